//go:build mutate

package rules_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/internal/helmengine"
	"github.com/istio-lightstep/istio-lightstep/internal/rules"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

// TestMutation breaks the rules, and the templates that make the subject and the
// texts, in every way it knows, one at a time. The corpus must catch each: a
// mutant that lives is a rule, a condition or a line that no case needs. With RULE=ID and
// -run TestMutation/rules it breaks one rule alone.
func TestMutation(t *testing.T) {
	bench := newMutationBench(t)
	var caught, all int
	for _, group := range []struct {
		name string
		run  func(*testing.T) (caught, all int)
	}{
		{"rules", bench.rules},
		{"templates", bench.templates},
	} {
		t.Run(group.name, func(t *testing.T) {
			c, a := group.run(t)
			t.Logf("%d of %d caught", c, a)
			caught, all = caught+c, all+a
		})
	}
	_, err := fmt.Fprintf(os.Stdout, "mutate: %d of %d caught\n", caught, all)
	require.NoError(t, err)
	require.Positive(t, all)
	require.Equal(t, all, caught)
}

// sample is a case with what the templates say of it when they are whole.
type sample struct {
	in    rules.Input
	want  verdict
	heavy bool
}

func (s sample) wants(rule string) bool { return len(s.said(rule)) > 0 }

// said gives what a rule found.
func (s sample) said(rule string) []problem.Problem { return by(rule, s.want.Problems) }

func by(rule string, problems []problem.Problem) []problem.Problem {
	return slices.DeleteFunc(slices.Clone(problems), func(p problem.Problem) bool { return p.ID != rule })
}

type mutationBench struct {
	samples   []sample // the corpus
	semantics []sample // of semantics.yaml, by all of its rules

	mutex   sync.Mutex
	killers map[string][]int // by rule or file: the samples that caught a mutant of it, the last one first
}

func newMutationBench(t *testing.T) *mutationBench {
	t.Helper()
	chart := loadChart(t, nil)
	judge := templates(t, chart)
	b := &mutationBench{killers: map[string][]int{}}
	for _, c := range cases(t) {
		in := input(t, chart, c)
		want, err := judge(in)
		require.NoError(t, err)
		require.Equal(t, *c.Want, findings(want.Problems), c.Name)
		b.samples = append(b.samples, sample{in, want, c.Heavy()})
	}
	judge = templates(t, loadChart(t, map[string]string{"templates/_rules.tpl": rulesTemplate(t, semantics(t)...)}))
	for _, s := range semantics(t) {
		for _, c := range s.Cases {
			in := rules.Input{Values: c.Values, Live: c.Live, Document: c.Document}
			want, err := judge(in)
			require.NoError(t, err)
			b.semantics = append(b.semantics, sample{in: in, want: want})
		}
	}
	return b
}

// count tells how many of n mutants are caught, two at a time or more.
func count(n int, caught func(i int) bool) (int, int) {
	var total atomic.Int64
	var work sync.WaitGroup
	next := make(chan int)
	for range runtime.GOMAXPROCS(0) {
		work.Go(func() {
			for i := range next {
				if caught(i) {
					total.Add(1)
				}
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	work.Wait()
	return int(total.Load()), n
}

// catches tells whether a sample of the corpus shows the difference that a mutant
// of a part, a rule or a file, makes. Those that showed one of the same part come
// first, the last of them before the others, and those of megabytes last.
func (b *mutationBench) catches(part string, differs func(sample) bool) bool {
	b.mutex.Lock()
	tried := slices.Clone(b.killers[part])
	b.mutex.Unlock()
	for _, i := range tried {
		if differs(b.samples[i]) {
			b.remember(part, i)
			return true
		}
	}
	for _, wants := range []bool{true, false} {
		for _, i := range b.wanting(part, wants) {
			if !slices.Contains(tried, i) && differs(b.samples[i]) {
				b.remember(part, i)
				return true
			}
		}
	}
	return false
}

func (b *mutationBench) remember(part string, sample int) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	others := slices.DeleteFunc(slices.Clone(b.killers[part]), func(i int) bool { return i == sample })
	b.killers[part] = append([]int{sample}, others...)
}

// wanting gives the samples in which a rule finds something, or those in which it
// does not, those of megabytes last.
func (b *mutationBench) wanting(rule string, wants bool) []int {
	var light, heavy []int
	for i, s := range b.samples {
		switch {
		case s.wants(rule) != wants:
		case s.heavy:
			heavy = append(heavy, i)
		default:
			light = append(light, i)
		}
	}
	return append(light, heavy...)
}

// rules breaks one rule after the other, which need not know of the others.
func (b *mutationBench) rules(t *testing.T) (caught, all int) {
	t.Helper()
	source, mutants := chartRules(t), ruleMutants(t)
	if only := os.Getenv("RULE"); only != "" {
		mutants = slices.DeleteFunc(mutants, func(m ruleMutant) bool { return m.rule["id"] != only })
	}
	whole := partials(t, nil)
	return count(len(mutants), func(i int) bool {
		m := mutants[i]
		mutated := source
		mutated.Rules = []map[string]any{m.rule}
		template, err := mutated.Template()
		if !assert.NoError(t, err, m.name) {
			return false
		}
		files := maps.Clone(whole)
		files["templates/_rules.tpl"] = &fstest.MapFile{Data: template}
		chart, err := helmengine.Load(files)
		if !assert.NoError(t, err, m.name) {
			return false
		}
		id, _ := m.rule["id"].(string)
		return assert.True(t, b.catches(id, func(s sample) bool {
			got, err := judgedAgain(chart, s.want.Subject)
			return err != nil || !slices.Equal(got, s.said(id))
		}), "lives: %s", m.name)
	})
}

// judgedAgain judges a subject that is made already.
func judgedAgain(chart *helmengine.Chart, subject map[string]any) ([]problem.Problem, error) {
	capabilities, err := chart.Capabilities(kubeVersion)
	if err != nil {
		return nil, err
	}
	values := subject["values"].(map[string]any)
	state := map[string]any{"_subject": subject}
	text, err := chart.Include(context.Background(), "istio-lightstep.problems.json", helmengine.Input{Capabilities: capabilities, Values: values, State: state})
	if err != nil {
		return nil, err
	}
	var found []problem.Problem
	err = json.Unmarshal([]byte(text), &found)
	return found, err
}

func (b *mutationBench) templates(t *testing.T) (caught, all int) {
	t.Helper()
	whole := partials(t, nil)
	semantic := partials(t, map[string]string{"templates/_rules.tpl": rulesTemplate(t, semantics(t)...)})
	for _, file := range []string{"templates/_problems.tpl", "templates/_subject.tpl", "templates/_types.tpl", "templates/_exporters.tpl", "templates/_settings.tpl"} {
		mutants := templateMutants(string(dataFile(t, file)))
		c, a := count(len(mutants), func(i int) bool {
			m := mutants[i]
			judge, err := judgeWith(semantic, file, []byte(m.text))
			if err != nil || slices.ContainsFunc(b.semantics, func(s sample) bool { return differs(judge, s.in, s.want) }) {
				return true
			}
			judge, err = judgeWith(whole, file, []byte(m.text))
			return assert.True(t, err != nil || b.catches(file, func(s sample) bool {
				return differs(judge, s.in, s.want)
			}), "lives: %s, %s", file, m.name)
		})
		caught, all = caught+c, all+a
	}
	return caught, all
}

// judgeWith gives the templates of a chart with one file replaced.
func judgeWith(chart fstest.MapFS, file string, data []byte) (evaluator, error) {
	files := maps.Clone(chart)
	files[file] = &fstest.MapFile{Data: data}
	loaded, err := helmengine.Load(files)
	if err != nil {
		return nil, err
	}
	return templatesOf(loaded)
}

// differs tells whether a judge fails, or says anything but what is wanted.
func differs(judge evaluator, in rules.Input, want verdict) bool {
	got, err := judge(in)
	if err != nil || len(got.Problems) != len(want.Problems) {
		return true
	}
	for i := range got.Problems {
		if got.Problems[i] != want.Problems[i] {
			return true
		}
	}
	a, errA := json.Marshal(got.Subject)
	b, errB := json.Marshal(want.Subject)
	return errA != nil || errB != nil || string(a) != string(b)
}

// ruleMutant is a rule with one thing wrong.
type ruleMutant struct {
	name string
	rule map[string]any
}

// ruleMutants negates each condition, takes each away, and swaps all with any
// and below with above. That no rule can be missing, TestCorpusIsBroad says.
func ruleMutants(t *testing.T) []ruleMutant {
	t.Helper()
	var mutants []ruleMutant
	for _, whole := range chartRules(t).Rules {
		text, err := json.Marshal(whole)
		require.NoError(t, err)
		for n := 0; ; n++ {
			var rule map[string]any
			require.NoError(t, json.Unmarshal(text, &rule))
			changes := conditionChanges(rule)
			if n == len(changes) {
				break
			}
			changes[n].apply()
			mutants = append(mutants, ruleMutant{fmt.Sprintf("%s: %s", rule["id"], changes[n].name), rule})
		}
	}
	return mutants
}

// change is one thing that can go wrong with a rule.
type change struct {
	name  string
	apply func()
}

// conditionChanges gives what can go wrong with a rule's conditions.
func conditionChanges(rule map[string]any) []change {
	var changes []change
	lists := 0
	for _, key := range []string{"when", "if"} {
		list, _ := rule[key].([]any)
		lists += len(list)
	}
	for _, key := range []string{"when", "if"} {
		list, _ := rule[key].([]any)
		for i := range list {
			changes = append(changes, nodeChanges(fmt.Sprintf("%s[%d]", key, i), &list[i], lists > 1)...)
		}
		if len(list) > 1 {
			changes = append(changes, change{key + " any instead of all", func() {
				rule[key] = []any{map[string]any{"any": list}}
			}})
		}
	}
	return changes
}

// nodeChanges gives what can go wrong with a condition and those in it. One of
// several conditions can also be as good as missing.
func nodeChanges(at string, node *any, several bool) []change {
	condition, _ := (*node).(map[string]any)
	changes := []change{{at + " negated", func() { *node = map[string]any{"not": condition} }}}
	if several {
		changes = append(changes, change{at + " missing", func() {
			*node = map[string]any{"any": []any{condition, map[string]any{"not": condition}}}
		}})
	}
	for _, swap := range [][2]string{{"all", "any"}, {"any", "all"}, {"below", "above"}, {"above", "below"}} {
		operand, ok := condition[swap[0]]
		if list, isList := operand.([]any); !ok || isList && len(list) < 2 {
			continue
		}
		changes = append(changes, change{fmt.Sprintf("%s %s instead of %s", at, swap[1], swap[0]), func() {
			delete(condition, swap[0])
			condition[swap[1]] = operand
		}})
	}
	for _, join := range []string{"all", "any"} {
		list, _ := condition[join].([]any)
		for i := range list {
			inner := nodeChanges(fmt.Sprintf("%s.%s[%d]", at, join, i), &list[i], false)
			changes = append(changes, inner...)
			if join == "any" {
				child := list[i]
				changes = append(changes, change{fmt.Sprintf("%s.any[%d] missing", at, i), func() {
					list[i] = map[string]any{"all": []any{child, map[string]any{"not": child}}}
				}})
			}
		}
	}
	if inner, ok := condition["not"]; ok {
		holder := inner
		changes = append(changes, nodeChanges(at+".not", &holder, false)...)
		for i := range changes {
			apply := changes[i].apply
			changes[i].apply = func() { apply(); condition["not"] = holder }
		}
	}
	return changes
}

// templateMutant is a template file with one thing wrong.
type templateMutant struct {
	name, text string
}

// swaps are the words of a template that have an opposite.
var swaps = map[string]string{
	"lt": "gt", "gt": "lt", "le": "gt", "eq": "ne", "ne": "eq", "and": "or", "or": "and",
	"first": "last", "last": "first", "true": "false", "false": "true",
}

var (
	word      = regexp.MustCompile(`\b(lt|gt|le|eq|ne|and|or|first|last|true|false)\b`)
	test      = regexp.MustCompile(`\{\{-? ?(?:else )?if (.*?) -?\}\}`)
	action    = regexp.MustCompile(`\{\{.*?\}\}`)
	unproved  = regexp.MustCompile(`(?s)\{\{- define "istio-lightstep\.(problems\.json|problems\.message|problems\.lines|whole|wholeLines|refuse)" -\}\}.*?\n\{\{- end -\}\}`)
	memoGuard = `{{- if not (hasKey . "_`
)

// templateMutants negates each test, and swaps each word that has an opposite. Templates that only print or refuse,
// and what keeps a result for later, are for other tests.
func templateMutants(whole string) []templateMutant {
	var mutants []templateMutant
	skipped := unproved.FindAllStringIndex(whole, -1)
	add := func(kind string, start, end int, replacement string) {
		for _, s := range skipped {
			if start >= s[0] && start < s[1] {
				return
			}
		}
		line := 1 + strings.Count(whole[:start], "\n")
		text := strings.TrimSpace(strings.Split(whole, "\n")[line-1])
		if strings.HasPrefix(text, memoGuard) {
			return
		}
		mutants = append(mutants, templateMutant{fmt.Sprintf("line %d, %s: %s", line, kind, text), whole[:start] + replacement + whole[end:]})
	}
	for _, m := range test.FindAllStringSubmatchIndex(whole, -1) {
		add("negated", m[2], m[3], "not ("+whole[m[2]:m[3]]+")")
	}
	for _, a := range action.FindAllStringIndex(whole, -1) {
		if strings.HasPrefix(whole[a[0]:], "{{/*") || strings.HasPrefix(whole[a[0]:], "{{- /*") {
			continue
		}
		for _, m := range word.FindAllStringIndex(whole[a[0]:a[1]], -1) {
			start, end := a[0]+m[0], a[0]+m[1]
			add(whole[start:end]+" swapped", start, end, swaps[whole[start:end]])
		}
	}
	return mutants
}

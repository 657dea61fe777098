//go:build mutate

package rules_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/internal/rules"
)

// TestMutation breaks the rules, and either evaluator, in every way it knows,
// one at a time. The corpus must catch each: a mutant that lives is a rule, a
// condition or a line of an evaluator that no case needs.
func TestMutation(t *testing.T) {
	bench := newMutationBench(t)
	var caught, all int
	for _, group := range []struct {
		name string
		run  func(testing.TB) (caught, all int)
	}{
		{"rules in Go", bench.rulesInGo},
		{"rules in templates", bench.rulesInTemplates},
		{"operators in Go", bench.operatorsInGo},
		{"evaluator in templates", bench.evaluatorInTemplates},
	} {
		t.Run(group.name, func(t *testing.T) {
			c, a := group.run(t)
			t.Logf("%d of %d caught", c, a)
			caught, all = caught+c, all+a
		})
	}
	fmt.Printf("mutate: %d of %d caught\n", caught, all)
	require.Positive(t, all)
	require.Equal(t, all, caught)
}

// sample is a case with what both evaluators say of it when they are whole.
type sample struct {
	in   rules.Input
	want verdict
	ids  []string
}

type mutationBench struct {
	samples []sample
	mutants []ruleMutant
	killers map[string]int // by mutant: the sample that caught it before
}

func newMutationBench(t *testing.T) *mutationBench {
	chart, inGo := loadChart(t, nil), native(loadRules(t))
	b := &mutationBench{mutants: ruleMutants(t), killers: map[string]int{}}
	for _, c := range cases(t) {
		in := input(t, chart, c)
		want, err := inGo(in)
		require.NoError(t, err)
		require.Equal(t, *c.Want, findings(want.Problems), c.Name)
		s := sample{in: in, want: want}
		for _, f := range *c.Want {
			s.ids = append(s.ids, f.ID)
		}
		b.samples = append(b.samples, s)
	}
	return b
}

// catches tells whether a sample shows the difference. Samples that showed it
// before come first, then those that want the rule.
func (b *mutationBench) catches(t testing.TB, mutant, rule string, differs func(sample) bool) bool {
	order := make([]int, 0, len(b.samples)+1)
	if i, ok := b.killers[mutant]; ok {
		order = append(order, i)
	}
	for wanted := range 2 {
		for i, s := range b.samples {
			if slices.Contains(s.ids, rule) == (wanted == 0) {
				order = append(order, i)
			}
		}
	}
	for _, i := range order {
		if differs(b.samples[i]) {
			b.killers[mutant] = i
			return true
		}
	}
	t.Errorf("lives: %s", mutant)
	return false
}

func (b *mutationBench) rulesInGo(t testing.TB) (caught, all int) {
	dialects := dataFile(t, "files/dialects.json")
	for _, m := range b.mutants {
		r, err := rules.Load(m.data, dialects)
		require.NoError(t, err, m.name)
		all++
		if b.catches(t, m.name, m.rule, func(s sample) bool {
			return !reflect.DeepEqual(r.Evaluate(s.want.Subject), s.want.Problems)
		}) {
			caught++
		}
	}
	return caught, all
}

func (b *mutationBench) rulesInTemplates(t testing.TB) (caught, all int) {
	for _, m := range b.mutants {
		judge := templates(t, loadChart(t, map[string]string{"files/rules.json": string(m.data)}))
		all++
		if b.catches(t, m.name, m.rule, func(s sample) bool {
			return differs(judge, rules.Input{Values: map[string]any{"_subject": s.want.Subject}}, s.want)
		}) {
			caught++
		}
	}
	return caught, all
}

func (b *mutationBench) operatorsInGo(t testing.TB) (caught, all int) {
	for _, name := range rules.Operators() {
		restore := rules.InvertOperator(name)
		judge := native(loadRules(t))
		all++
		if b.catches(t, "operator "+name, "", func(s sample) bool { return differs(judge, s.in, s.want) }) {
			caught++
		}
		restore()
	}
	return caught, all
}

func (b *mutationBench) evaluatorInTemplates(t testing.TB) (caught, all int) {
	for _, file := range []string{"templates/_problems.tpl", "templates/_subject.tpl"} {
		for _, m := range templateMutants(string(dataFile(t, file))) {
			all++
			if b.catches(t, file+": "+m.name, "", func() func(sample) bool {
				judge := templates(t, loadChart(t, map[string]string{file: m.text}))
				return func(s sample) bool { return differs(judge, s.in, s.want) }
			}()) {
				caught++
			}
		}
	}
	return caught, all
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

// ruleMutant is rules.json with one thing wrong.
type ruleMutant struct {
	name, rule string
	data       []byte
}

// ruleMutants deletes each rule, negates each condition, takes each condition
// away, and swaps all with any and below with above.
func ruleMutants(t *testing.T) []ruleMutant {
	whole := dataFile(t, "files/rules.json")
	read := func() (top map[string]any, list []any) {
		require.NoError(t, json.Unmarshal(whole, &top))
		list, _ = top["rules"].([]any)
		return top, list
	}
	var mutants []ruleMutant
	write := func(name, rule string, top map[string]any, list []any) {
		top["rules"], top["count"] = list, len(list)
		data, err := json.Marshal(top)
		require.NoError(t, err)
		mutants = append(mutants, ruleMutant{rule + ": " + name, rule, data})
	}
	_, list := read()
	for i, entry := range list {
		id, _ := entry.(map[string]any)["id"].(string)
		top, rest := read()
		write("deleted", id, top, slices.Delete(rest, i, i+1))
		for n := 0; ; n++ {
			top, list := read()
			rule, _ := list[i].(map[string]any)
			changes := conditionChanges(rule)
			if n == len(changes) {
				break
			}
			changes[n].apply()
			write(changes[n].name, id, top, list)
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
	held      = regexp.MustCompile(`\{\{-? \$holds = (.*?) -?\}\}`)
	action    = regexp.MustCompile(`\{\{.*?\}\}`)
	unproved  = regexp.MustCompile(`(?s)\{\{- define "istio-lightstep\.(problems\.json|problems\.message|problems\.lines|whole|refuse)" -\}\}.*?\n\{\{- end -\}\}`)
	memoGuard = `{{- if not (hasKey .Values "_`
)

// templateMutants negates each test and each finding of an evaluator, and
// swaps each word that has an opposite. Templates that only print or refuse,
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
	for _, m := range slices.Concat(test.FindAllStringSubmatchIndex(whole, -1), held.FindAllStringSubmatchIndex(whole, -1)) {
		add("negated", m[2], m[3], "not ("+whole[m[2]:m[3]]+")")
	}
	for _, a := range action.FindAllStringIndex(whole, -1) {
		for _, m := range word.FindAllStringIndex(whole[a[0]:a[1]], -1) {
			start, end := a[0]+m[0], a[0]+m[1]
			add(whole[start:end]+" swapped", start, end, swaps[whole[start:end]])
		}
	}
	return mutants
}

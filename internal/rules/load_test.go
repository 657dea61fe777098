package rules_test

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/internal/redact"
	"github.com/istio-lightstep/istio-lightstep/internal/rules"
)

// rule is one that Load takes, with keys replaced: `if` and so on.
func rule(replaced string) string {
	whole := `"id": "A", "severity": "error", "if": [{"path": "values.a", "present": true}], "path": "a", "reason": "r", "fix": "f", "source": "s"`
	key, _, _ := strings.Cut(replaced, ":")
	var kept []string
	for _, pair := range strings.Split(whole, `, "`) {
		pair = `"` + strings.TrimPrefix(pair, `"`)
		// A condition has a comma of its own.
		if k, _, ok := strings.Cut(pair, ":"); ok && k == key || strings.HasPrefix(pair, `"present"`) && key == `"if"` {
			continue
		}
		kept = append(kept, pair)
	}
	if replaced != "" {
		kept = append(kept, replaced)
	}
	return "{" + strings.Join(kept, ", ") + "}"
}

const exporterKeys = `"exporterKeys": {"grpc": {"a": "b"}, "http": {"a": "b"}, "kinds": {"b": {}}}`

func rulesFile(list ...string) string {
	return fmt.Sprintf(`{"count": %d, %s, "secrets": [], "rules": [%s]}`, len(list), exporterKeys, strings.Join(list, ","))
}

func TestLoadRefusesRules(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		rules string
		want  error
		says  string
	}{
		"no file":             {``, rules.ErrMalformed, "rules.json: malformed"},
		"cut short":           {rulesFile(rule(""))[:40], rules.ErrMalformed, "rules.json: malformed"},
		"no rules":            {`{"count": 0, "rules": []}`, rules.ErrEmpty, "rules.json: no entries"},
		"one less":            {`{"count": 2, "rules": [` + rule("") + `]}`, rules.ErrIncomplete, "rules.json: cut short: count is 2, there are 1 rules"},
		"unknown top key":     {`{"count": 1, "extra": 1, "rules": [` + rule("") + `]}`, rules.ErrUnknownKey, `unknown key "extra"`},
		"unknown key":         {rulesFile(rule(`"wen": []`)), rules.ErrUnknownKey, `rules.json: A: unknown key "wen"`},
		"duplicate id":        {rulesFile(rule(""), rule("")), rules.ErrDuplicateID, "rules.json: A: duplicate id"},
		"no id":               {rulesFile(rule(`"id": ""`)), rules.ErrMalformed, "rules.json: rule 0: malformed: id is no text"},
		"no reason":           {rulesFile(rule(`"reason": null`)), rules.ErrMalformed, "reason is no text"},
		"unknown severity":    {rulesFile(rule(`"severity": "fatal"`)), rules.ErrMalformed, `severity "fatal" is neither error nor warning`},
		"no condition":        {rulesFile(rule(`"if": []`)), rules.ErrMalformed, "if has no condition"},
		"no list":             {rulesFile(rule(`"if": {"path": "values.a", "equals": 1}`)), rules.ErrMalformed, "if is no list of conditions"},
		"unknown operator":    {rulesFile(rule(`"if": [{"path": "values.a", "like": 1}]`)), rules.ErrUnknownOperator, `rules.json: A: unknown operator: "like"`},
		"unknown, deep down":  {rulesFile(rule(`"if": [{"any": [{"not": {"path": "values.a", "like": 1}}]}]`)), rules.ErrUnknownOperator, `"like"`},
		"two operators":       {rulesFile(rule(`"if": [{"path": "values.a", "equals": 1, "is": "map"}]`)), rules.ErrMalformed, "one operator"},
		"all and any":         {rulesFile(rule(`"if": [{"all": [{"path": "values.a", "equals": 1}], "any": []}]`)), rules.ErrUnknownKey, `"any"`},
		"outside the subject": {rulesFile(rule(`"if": [{"path": "valus.a", "equals": 1}]`)), rules.ErrMalformed, `path "valus.a" starts outside of the subject`},
		"item without each":   {rulesFile(rule(`"if": [{"path": "item.a", "equals": 1}]`)), rules.ErrMalformed, `"item.a" starts outside`},
		"item of another":     {rulesFile(rule(`"path": "list[].a"`)), rules.ErrMalformed, "path list[].a has the item of a list that each does not name"},
		"index in a path":     {rulesFile(rule(`"if": [{"path": "values.a[0]", "equals": 1}]`)), rules.ErrMalformed, "cannot be followed"},
		"broken pattern":      {rulesFile(rule(`"if": [{"path": "values.a", "matches": "(?=a)"}]`)), rules.ErrMalformed, "matches: error parsing regexp"},
		"a number to match":   {rulesFile(rule(`"if": [{"path": "values.a", "matches": 1}]`)), rules.ErrMalformed, "1 is no regular expression"},
		"a ref to match":      {rulesFile(rule(`"if": [{"path": "values.a", "matches": {"ref": "values.b"}}]`)), rules.ErrMalformed, "is no regular expression"},
		"unknown type":        {rulesFile(rule(`"if": [{"path": "values.a", "is": "int"}]`)), rules.ErrMalformed, "is: int is no type"},
		"below a word":        {rulesFile(rule(`"if": [{"path": "values.a", "below": "x"}]`)), rules.ErrMalformed, "below: x is no number"},
		"in no list":          {rulesFile(rule(`"if": [{"path": "values.a", "in": "x"}]`)), rules.ErrMalformed, "in: the operand cannot be x"},
		"placeholder":         {rulesFile(rule(`"reason": "{valeus.a}"`)), rules.ErrMalformed, `"valeus.a" starts outside`},
		"index without each":  {rulesFile(rule(`"fix": "{index}"`)), rules.ErrMalformed, "{index} without each"},
		"public":              {`{"count": 1, "public": [1], "rules": [` + rule("") + `]}`, rules.ErrMalformed, "1 is no path"},
		"public secret":       {`{"count": 1, "public": ["values.a"], "secrets": ["values.a.b"], "rules": [` + rule("") + `]}`, rules.ErrMalformed, "values.a.b is public too"},
		"secret":              {`{"count": 1, "secrets": [1], "rules": [` + rule("") + `]}`, rules.ErrMalformed, "1 is no path"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := rules.Load([]byte(c.rules), chartDialects(t), dataFile(t, "files/backends.json"))
			require.ErrorIs(t, err, c.want, c.rules)
			assert.ErrorContains(t, err, c.says)
			var load *rules.LoadError
			require.True(t, errors.As(err, &load))
			assert.ErrorContains(t, err, "rules.json: ")
		})
	}
}

// TestLoadTellsAll: all faults are told at once.
func TestLoadTellsAll(t *testing.T) {
	t.Parallel()
	_, err := rules.Load([]byte(rulesFile(rule(`"extra": 1`), rule(`"if": [{"path": "values.a", "like": 1}]`))), chartDialects(t), dataFile(t, "files/backends.json"))
	for _, want := range []error{rules.ErrUnknownKey, rules.ErrUnknownOperator, rules.ErrDuplicateID} {
		assert.ErrorIs(t, err, want)
	}
}

// TestSubjectRefuses: what JSON cannot hold is an error that says where.
func TestSubjectRefuses(t *testing.T) {
	t.Parallel()
	r := loadRules(t)
	deep := map[string]any{}
	for range 2000 {
		deep = map[string]any{"a": deep}
	}
	for says, values := range map[string]map[string]any{
		"values: a: [1]: cannot be written as JSON: NaN": {"a": []any{1, math.NaN()}},
		"values: a: cannot be written as JSON: +Inf":     {"a": math.Inf(1)},
		"values: a: cannot be written as JSON":           {"a": func() {}},
		"more than 1000 levels deep":                     deep,
	} {
		_, err := r.Subject(rules.Input{Values: values})
		require.ErrorContains(t, err, says)
	}
}

// TestSubjectIsACopy: later changes of the values do not reach a subject.
func TestSubjectIsACopy(t *testing.T) {
	t.Parallel()
	r := loadRules(t)
	list := []any{"default"}
	values := map[string]any{"istio": map[string]any{"version": "1.26.2"}, "cacert": map[string]any{"namespaces": list}}
	subject, err := r.Subject(rules.Input{Values: values})
	require.NoError(t, err)
	list[0] = "changed"
	values["istio"].(map[string]any)["version"] = "changed"
	again, err := r.Subject(rules.Input{Values: map[string]any{
		"istio": map[string]any{"version": "1.26.2"}, "cacert": map[string]any{"namespaces": []string{"default"}},
	}})
	require.NoError(t, err)
	assert.Equal(t, again, subject)
	assert.Equal(t, "1.26", again["dialect"].(map[string]any)["minor"])
}

// TestChartShowsNothingForNothing: a placeholder of the chart's rules that no
// entry of public names would always read [redacted].
func TestChartShowsNothingForNothing(t *testing.T) {
	t.Parallel()
	public, err := redact.NewPublic(chartFile(t).Public)
	require.NoError(t, err)
	placeholder := regexp.MustCompile(`\{([A-Za-z][A-Za-z0-9_.-]*)\}`)
	for _, s := range chartRules(t) {
		each, _ := s.Rule["each"].(string)
		path, _ := s.Rule["path"].(string)
		for _, text := range []any{s.Rule["reason"], s.Rule["fix"]} {
			for _, m := range placeholder.FindAllStringSubmatch(fmt.Sprint(text), -1) {
				name := m[1]
				switch {
				case name == "index":
					continue
				case name == "value" && !strings.HasPrefix(path, "document.") && !strings.HasPrefix(path, "live."):
					name = "values." + path
				case name == "value":
					name = path
				case name == "item" || strings.HasPrefix(name, "item."):
					name = each + "[]" + strings.TrimPrefix(name, "item")
				}
				assert.NotNil(t, public.Entry(redact.Segments(name)), "%s in %v", name, text)
			}
		}
	}
}

// TestPublicValuesAreScalars: each public value is there by default, and is no
// map, where a scalar by mistake may be a token.
func TestPublicValuesAreScalars(t *testing.T) {
	t.Parallel()
	var defaults map[string]any
	require.NoError(t, yaml.Unmarshal(dataFile(t, "values.yaml"), &defaults))
	for _, entry := range chartFile(t).Public {
		if m, ok := entry.(map[string]any); ok {
			entry = m["path"]
		}
		path, ok := strings.CutPrefix(fmt.Sprint(entry), "values.")
		if !ok {
			continue
		}
		value, steps := any(defaults), strings.Split(strings.ReplaceAll(path, "[]", ".[]"), ".")
		for _, step := range steps {
			if list, ok := value.([]any); ok && step == "[]" {
				value = list[0]
				continue
			}
			m, _ := value.(map[string]any)
			found, ok := m[step]
			require.True(t, ok, "%s is no value", path)
			value = found
		}
		_, isMap := value.(map[string]any)
		assert.False(t, isMap, path)
	}
}

// TestConcurrentUse is for the race detector, and for the state that
// evaluations take from each other.
func TestConcurrentUse(t *testing.T) {
	t.Parallel()
	r, chart := loadRules(t), loadChart(t, nil)
	var work sync.WaitGroup
	for _, c := range cases(t) {
		in := input(t, chart, c)
		work.Go(func() {
			for range 3 {
				subject, err := r.Subject(in)
				if assert.NoError(t, err) {
					assert.Equal(t, *c.Want, findings(r.Evaluate(subject)), c.Name)
				}
			}
		})
	}
	work.Wait()
}

func TestLoadRefusesBackends(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		presets string
		want    error
		says    string
	}{
		"no id":        {`{"protocols": ["grpc"]}`, rules.ErrMalformed, "backends.json: preset 0: "},
		"no protocols": {`{"id": "a"}`, rules.ErrMalformed, "backends.json: preset 0: "},
		"twice":        {`{"id": "a", "protocols": ["grpc"]}, {"id": "a", "protocols": ["http"]}`, rules.ErrDuplicateID, "backends.json: a: "},
		"none":         {``, rules.ErrIncomplete, "backends.json: "},
		"no list":      {`1`, rules.ErrMalformed, "backends.json: "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			data := fmt.Sprintf(`{"count": %d, "presets": [%s]}`, strings.Count(c.presets, "{"), c.presets)
			_, err := rules.Load([]byte(rulesFile(rule(""))), chartDialects(t), []byte(data))
			require.ErrorIs(t, err, c.want)
			assert.ErrorContains(t, err, c.says)
		})
	}
}

// TestLoadRefusesExporterKeys: with no keys every exporter would be refused.
func TestLoadRefusesExporterKeys(t *testing.T) {
	t.Parallel()
	for _, keys := range []string{`"exporterKeys": 1`, strings.Replace(exporterKeys, `"http": {"a": "b"}`, `"http": []`, 1)} {
		_, err := rules.Load([]byte(strings.Replace(rulesFile(rule("")), exporterKeys, keys, 1)), nil, nil)
		require.ErrorIs(t, err, rules.ErrMalformed)
		assert.ErrorContains(t, err, "exporterKeys")
	}
}

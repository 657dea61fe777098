package values

import (
	"slices"
	"sort"

	"github.com/istio-lightstep/istio-lightstep/internal/problem"
)

// Nulls finds every null of the user's that makes Helm delete a default of the
// chart. Such a null is mostly a key whose children were commented out. Below
// a key that the schema leaves open it is how Helm users take an entry away,
// and no problem: declared tells whether the schema names a key. Strict, the
// problems are errors, otherwise warnings, for plain Helm allows them.
func (v *Values) Nulls(defaults map[string]any, declared func(Path) bool, strict bool) []problem.Problem {
	var problems []problem.Problem
	var walk func(user, chart map[string]any, path Path)
	walk = func(user, chart map[string]any, path Path) {
		for key, value := range user {
			standard, ok := chart[key]
			if !ok || standard == nil {
				continue
			}
			here := slices.Concat(path, Path{key})
			if value == nil && declared(here) {
				problems = append(problems, finding{helmAllows: true, Problem: problem.Problem{
					ID:     "LS-VALUES-NULL",
					Path:   here.String(),
					Reason: "is null, which makes Helm delete the chart's default",
					Fix:    "take the key away to keep the default; to empty it write " + empty(standard),
				}}.graded(strict))
			}
			below, ok := value.(map[string]any)
			standardBelow, standardOK := standard.(map[string]any)
			if ok && standardOK {
				walk(below, standardBelow, here)
			}
		}
	}
	walk(v.user, defaults, nil)
	sort.Slice(problems, func(i, j int) bool { return problems[i].Path < problems[j].Path })
	v.Locate(problems)
	return problems
}

// empty gives the empty value of the same type, as YAML.
func empty(value any) string {
	switch value.(type) {
	case map[string]any:
		return "{}"
	case []any:
		return "[]"
	case bool:
		return "false"
	case float64, int64, int:
		return "0"
	}
	return `""`
}

package report

import (
	"fmt"
	"strings"

	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

// shown are the problems that are not ignored.
func shown(problems []problem.Problem) []problem.Problem {
	left := make([]problem.Problem, 0, len(problems))
	for _, p := range problems {
		if p.IgnoredBy == "" {
			left = append(left, p)
		}
	}
	return left
}

// Ignored counts the problems that were ignored, by id and by what ignored
// them: `2 findings ignored: LS-X (1 by --ignore), LS-Y (1 by annotation on
// namespace/foo)`. It is "" where none was.
func Ignored(problems []problem.Problem) string {
	type reason struct{ id, by string }
	count := map[reason]int{}
	var ids []string
	bys := map[string][]string{}
	all := 0
	for _, p := range problems {
		if p.IgnoredBy == "" {
			continue
		}
		all++
		if bys[p.ID] == nil {
			ids = append(ids, p.ID)
		}
		r := reason{p.ID, p.IgnoredBy}
		if count[r]++; count[r] == 1 {
			bys[p.ID] = append(bys[p.ID], p.IgnoredBy)
		}
	}
	if all == 0 {
		return ""
	}
	var parts []string
	for _, id := range ids {
		var by []string
		for _, b := range bys[id] {
			by = append(by, fmt.Sprintf("%d by %s", count[reason{id, b}], b))
		}
		parts = append(parts, id+" ("+strings.Join(by, ", ")+")")
	}
	noun := "findings"
	if all == 1 {
		noun = "finding"
	}
	return fmt.Sprintf("%d %s ignored: %s", all, noun, strings.Join(parts, ", "))
}

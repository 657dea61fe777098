package report

import (
	"fmt"
	"strings"

	"github.com/istio-lightstep/istio-lightstep/internal/terminal"
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

// Ignored counts the ignored problems by ID and by what ignores them, such as
// `2 findings ignored: LS-X (1 by --ignore), LS-Y (1 by annotation on
// namespace/foo)`. It is empty if none is ignored.
func Ignored(problems []problem.Problem) string {
	type reason struct{ id, by string }
	count, all := map[reason]int{}, 0
	var reasons []reason
	for _, p := range problems {
		if p.IgnoredBy == "" {
			continue
		}
		all++
		r := reason{p.ID, p.IgnoredBy}
		if count[r]++; count[r] == 1 {
			reasons = append(reasons, r)
		}
	}
	if all == 0 {
		return ""
	}
	var ids []string
	by := map[string]string{}
	for _, r := range reasons {
		if by[r.id] == "" {
			ids = append(ids, r.id)
		} else {
			by[r.id] += ", "
		}
		by[r.id] += fmt.Sprintf("%d by %s", count[r], r.by)
	}
	for i, id := range ids {
		ids[i] = id + " (" + by[id] + ")"
	}
	return terminal.Counted(all, "finding") + " ignored: " + strings.Join(ids, ", ")
}

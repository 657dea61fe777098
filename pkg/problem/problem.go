// Package problem has the one shape in which everything wrong with values, with
// a control-plane document or with a mesh is reported.
package problem

import (
	"cmp"
	"slices"
)

// Severity tells how much a problem matters. As text and as JSON it is `error`,
// `warning` or `info`.
type Severity string

// The severities, the most severe first.
const (
	SeverityError   Severity = "error"   // the values are refused, or spans are lost
	SeverityWarning Severity = "warning" // probably a mistake
	SeverityInfo    Severity = "info"    // somebody's choice, and never a reason to fail
)

// Compare orders severities, the most severe first, as [cmp.Compare] orders
// numbers.
func (s Severity) Compare(other Severity) int { return cmp.Compare(s.rank(), other.rank()) }

func (s Severity) rank() int {
	switch s {
	case SeverityError:
		return 0
	case SeverityWarning:
		return 1
	default:
		return 2
	}
}

// Problem is one thing that is wrong, for the person who can fix it. It never
// holds a secret value.
type Problem struct {
	ID       string   `json:"id"`               // stable, such as LS-ADDRESS-PORT
	Severity Severity `json:"severity"`         // error, warning or info
	Path     string   `json:"path"`             // path in the values, such as gateways[0].namespace
	Reason   string   `json:"reason"`           // what is wrong, with the value unless it is secret
	Fix      string   `json:"fix"`              // what to do about it
	File     string   `json:"file,omitempty"`   // file that holds the value, or the --set that won
	Line     int      `json:"line,omitempty"`   // in the file, from 1; 0 is unknown
	Column   int      `json:"column,omitempty"` // in the line, from 1; 0 is unknown
	URL      string   `json:"url,omitempty"`    // page of the rule or the finding

	// IgnoredBy names what ignores the problem, such as --ignore. An ignored
	// problem is only counted.
	IgnoredBy string `json:"ignoredBy,omitempty"`
}

// Sort orders problems by severity, errors first. Problems of one severity keep
// their order.
func Sort(problems []Problem) {
	slices.SortStableFunc(problems, func(a, b Problem) int { return a.Severity.Compare(b.Severity) })
}

// HasErrors reports whether a problem is an error and is not ignored.
func HasErrors(problems []Problem) bool {
	return slices.ContainsFunc(problems, func(p Problem) bool { return p.Severity == SeverityError && p.IgnoredBy == "" })
}

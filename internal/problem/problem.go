// Package problem holds the one shape in which everything that is wrong with
// a set of values is reported.
package problem

import "sort"

// Severity says whether a problem refuses the values or only warns.
type Severity string

// The severities, the graver first.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
	Info    Severity = "info" // somebody's choice, told once and never a reason to fail
)

// Problem is one thing wrong with the values, told to the person who wrote
// them. It never holds the value of a secret.
type Problem struct {
	ID       string   `json:"id"`               // stable, such as LS-ADDRESS-PORT
	Severity Severity `json:"severity"`         // error, warning or info
	Path     string   `json:"path"`             // values path, such as gateways[0].namespace
	Reason   string   `json:"reason"`           // what is wrong, with the value where that is no secret
	Fix      string   `json:"fix"`              // what to do about it
	File     string   `json:"file,omitempty"`   // file that holds the value, or the --set that won
	Line     int      `json:"line,omitempty"`   // from 1; 0 is unknown
	Column   int      `json:"column,omitempty"` // from 1; 0 is unknown

	// IgnoredBy says what ignores it: then it is counted alone.
	IgnoredBy string `json:"ignoredBy,omitempty"`
}

// Rank orders severities, the graver first.
func (s Severity) Rank() int {
	switch s {
	case Error:
		return 0
	case Warning:
		return 1
	default:
		return 2
	}
}

// Sort orders problems by severity, errors first, and otherwise leaves the
// order they were found in.
func Sort(problems []Problem) {
	sort.SliceStable(problems, func(i, j int) bool {
		return problems[i].Severity.Rank() < problems[j].Severity.Rank()
	})
}

// Errors tells whether any of the problems refuses the values. Those that are
// ignored do not count.
func Errors(problems []Problem) bool {
	for _, p := range problems {
		if p.Severity == Error && p.IgnoredBy == "" {
			return true
		}
	}
	return false
}

package document

import (
	"fmt"
	"strings"

	"github.com/istio-lightstep/istio-lightstep/internal/redact"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

// The ids of the problems this package finds in the user's document.
const (
	idYAML      = "LS-DOCUMENT-YAML"          // not YAML, not UTF-8, or too big
	idDuplicate = "LS-DOCUMENT-DUPLICATE-KEY" // a key stands twice in one map
	idKind      = "LS-DOCUMENT-KIND"          // no document of the kind, or more than one
	idAlias     = "LS-DOCUMENT-ALIAS"         // writing would go through a YAML alias
	idType      = "LS-DOCUMENT-TYPE"          // text where ours is a map, and the like
	idName      = "LS-DOCUMENT-NAME"          // a list item has the name of ours and is another, or two have it
	idLayer     = "LS-DOCUMENT-LAYER"         // a list of ours would hide one in a weaker place
	idForm      = "LS-DOCUMENT-FORM"          // a form of YAML that cannot be edited safely
)

// Error says why the user's document was refused. Its File is empty: the
// caller knows the name.
type Error struct {
	Problem problem.Problem
}

// Error gives the line, the path, the reason and the fix.
func (e *Error) Error() string {
	p := e.Problem
	var text strings.Builder
	if p.Line > 0 {
		fmt.Fprintf(&text, "line %d: ", p.Line)
	}
	if p.Path != "" {
		text.WriteString(p.Path + ": ")
	}
	text.WriteString(p.Reason)
	if p.Fix != "" {
		text.WriteString(": " + p.Fix)
	}
	return text.String()
}

// refusal makes an *Error at a line and column (0 where unknown).
func refusal(id, path string, line, column int, reason, fix string) *Error {
	return &Error{problem.Problem{
		ID: id, Severity: problem.SeverityError, Path: redact.Key(path), Reason: reason, Fix: fix, Line: line, Column: column,
	}}
}

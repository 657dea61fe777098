package migrate

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

// Result is what sources come to. It holds secrets; Report and Diff do not.
type Result struct {
	Values      []byte            // values.yaml, without the access token
	Secret      []byte            // secret.yaml: the Secret with the access token; nil where none was found
	TokenValues []byte            // on a native target instead of Secret: values with the token alone
	Drained     []byte            // on the way to another backend: the values while LightStep's queue is emptied
	After       []byte            // and those without LightStep, after that
	Documents   []Document        // the sources, without what is LightStep's
	Findings    []Finding         // what became of each setting, in the order of the sources
	Steps       []Step            // what to do, in the order that loses no span
	Problems    []problem.Problem // what the chart's rules say about the values and the documents
	Found       bool              // anything of LightStep was found
	Unused      bool              // and nothing of it is in use: there are no values

	to       target
	replacer *strings.Replacer // of the secrets
	public   *publicWords
}

// String tells how much there is, and nothing of it.
func (r Result) String() string {
	return fmt.Sprintf("a migration of %d documents with %d findings", len(r.Documents), len(r.Findings))
}

// Format prints [Result.String], whatever the verb.
func (r Result) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, r.String()) }

// LogValue gives a log [Result.String].
func (r Result) LogValue() slog.Value { return slog.StringValue(r.String()) }

// MarshalText gives JSON and others [Result.String].
func (r Result) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// Document is a source before and after.
type Document struct {
	Name          string
	Before, After []byte

	live, command bool
}

// Format prints the name, whatever the verb: the text may hold secrets.
func (d Document) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, d.Name) }

// Changed tells whether anything was taken out.
func (d Document) Changed() bool { return string(d.Before) != string(d.After) }

// Outcome says what became of a setting.
type Outcome string

// The outcomes.
const (
	Moved   Outcome = "moved"   // it became a value of this chart
	Dropped Outcome = "dropped" // it was taken out and became none
	Left    Outcome = "left"    // it was not understood, or could not be edited, and is where it was
	ByHand  Outcome = "by hand" // there is something to do
	Rotate  Outcome = "rotate"  // a secret was stored in plain text
	Volume  Outcome = "volume"  // there will be more spans than before

	// These are about a whole document, of which nothing else is known.
	Unread   Outcome = "unread"   // it could not be read
	Template Outcome = "template" // it is a template, of which only what it renders can be read
)

// Finding is what became of one setting. It holds no secret.
type Finding struct {
	Outcome Outcome `json:"outcome"`
	File    string  `json:"file,omitempty"`
	Line    int     `json:"line,omitempty"`   // from 1; 0 is unknown
	Column  int     `json:"column,omitempty"` // from 1; 0 is unknown
	Path    string  `json:"path,omitempty"`   // where it stood
	To      string  `json:"to,omitempty"`     // the value it became
	Text    string  `json:"text,omitempty"`   // what, and why
}

// ErrNothing tells that no source holds anything of LightStep's.
var ErrNothing = errors.New("no tracing to LightStep was found")

// ErrPassedOver tells that nothing can be moved, though sources mention LightStep
// or could not be read.
var ErrPassedOver = errors.New("nothing can be moved; what mentions LightStep, and what could not be read, is named above")

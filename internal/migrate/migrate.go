package migrate

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"

	"github.com/istio-lightstep/istio-lightstep/internal/dialect"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
	"github.com/istio-lightstep/istio-lightstep/pkg/render"
)

// Source is one thing people have: a file of YAML or JSON, or a command line.
type Source struct {
	Name string // what reports call it, such as the name of the file
	Data []byte
	Live bool // it was read from a cluster: nobody installs anything from it
}

// MostMemory is more bytes than a file of 10 MiB, the largest that is read, keeps in
// memory: a limit for a program, which then rather spends some time on the garbage than
// twice the memory.
const MostMemory = 800 << 20

// Options say where to.
type Options struct {
	To  string // version of Istio, such as 1.26 or 1.26.2
	Dir string // folder that Write will write to, for the steps to name; default DefaultDir

	// Unseen is what of a cluster could not be looked at, and why. The result may
	// lack what is there.
	Unseen []string
	// Backend is where the spans are to go besides, and in the end alone; nil where
	// they stay with LightStep.
	Backend *Backend
	// Helm says that Istio was installed by Helm, where no source tells.
	Helm bool
	// Running is the version of the Istio that runs, where a cluster tells it; else it is
	// what the sources tell.
	Running string
}

// Migrate reads the sources, later ones the stronger, and moves what they hold
// of LightStep to values for a version of Istio.
//
// What is wrong with a source is a finding, or a problem in Result.Problems,
// and not an error. The error tells that the version is none the chart knows
// or the backend one that it cannot have (a *render.ProblemsError), or that the
// context was done.
func Migrate(ctx context.Context, sources []Source, o Options) (*Result, error) {
	known, err := loadTable()
	if err != nil {
		return nil, err
	}
	to, err := newTarget(ctx, "--to", o.To)
	if err != nil {
		return nil, err
	}
	if to.backend = o.Backend; o.Backend != nil {
		if err := o.Backend.refuse(ctx, to); err != nil {
			return nil, err
		}
	}
	to.running, _ = dialect.ParseVersion(o.Running) // unknown, where it is none
	public, err := loadPublic()
	if err != nil {
		return nil, err
	}
	facts := findFacts(parse(known, sources))
	decided, err := decide(ctx, facts, to, len(o.Unseen) > 0)
	if err != nil {
		return nil, err
	}
	return edit(decided).report(ctx, o, public)
}

// dir gives the folder for the steps to name.
func (o Options) dir() string {
	dir := cmp.Or(o.Dir, DefaultDir)
	if strings.HasPrefix(dir, "-") {
		return "./" + dir // a command would take it for an option
	}
	return dir
}

// target is the Istio that is migrated to.
type target struct {
	version  string // as it was given
	parsed   dialect.Version
	row      *dialect.Row
	direct   dialect.Version // the first whose proxies can send to LightStep themselves, by the chart
	renderer *render.Renderer
	running  dialect.Version // the one that runs, where a cluster tells it
	backend  *Backend        // that takes the place of LightStep; nil where none does
}

// native tells whether the proxies' own tracer is used there, which takes the
// token as a literal only.
func (t target) native() bool { return t.old() && t.backend == nil }

// old tells an Istio whose proxies have a tracer for LightStep of their own.
func (t target) old() bool { return t.row.Auto == "native" }

// newTarget finds the dialect of the version of a flag. The chart's own rules refuse one
// that it does not know.
func newTarget(ctx context.Context, flag, version string) (target, error) {
	renderer, err := render.New()
	if err != nil {
		return target{}, err
	}
	values, err := render.ReadValues(render.SetLiteral("istio.version=" + strings.TrimPrefix(version, "v")))
	if err != nil {
		return target{}, err
	}
	problems, err := renderer.Check(ctx, values)
	if err != nil {
		return target{}, err
	}
	problems = slices.DeleteFunc(problems, func(p problem.Problem) bool { return p.Path != "istio.version" || p.Severity != problem.SeverityError })
	if len(problems) > 0 {
		for i := range problems {
			problems[i].File = flag
		}
		return target{}, &render.ProblemsError{Problems: problems}
	}
	dialects, err := dialect.Load()
	if err != nil {
		return target{}, err
	}
	asked, err := dialect.ParseVersion(version)
	if err != nil {
		return target{}, err
	}
	return target{version: strings.TrimPrefix(version, "v"), parsed: asked, row: dialects.For(asked).Row, direct: dialects.Since(dialect.Delivers("direct")), renderer: renderer}, nil
}

// isPlaceholder reports whether the chart's rules refuse the token as a
// placeholder.
func (t target) isPlaceholder(ctx context.Context, token string) (bool, error) {
	values, err := render.ReadValues(render.SetLiteral(valueToken + "=" + token))
	if err != nil {
		return false, err
	}
	problems, err := t.renderer.Check(ctx, values)
	return slices.ContainsFunc(problems, func(p problem.Problem) bool { return p.ID == "LS-TOKEN-PLACEHOLDER" }), err
}

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
	redacted func(string) string // a text without the secrets
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

// Unseen tells whether a document could not be looked at, so that the result may lack
// what it says.
func (r *Result) Unseen() bool {
	return slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.Outcome == Unread || f.Outcome == Template })
}

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

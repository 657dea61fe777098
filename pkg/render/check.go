package render

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/istio-lightstep/istio-lightstep/internal/certificate"
	"github.com/istio-lightstep/istio-lightstep/internal/document"
	"github.com/istio-lightstep/istio-lightstep/internal/helmengine"
	"github.com/istio-lightstep/istio-lightstep/internal/pages"
	"github.com/istio-lightstep/istio-lightstep/internal/rules"
	"github.com/istio-lightstep/istio-lightstep/internal/values"
	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

// CheckOption changes what [Renderer.Check] checks.
type CheckOption func(*checkOptions)

type checkOptions struct {
	at           time.Time
	hasDocument  bool
	documentName string
	document     []byte
}

// WithDocument also checks your own control-plane document, such as an
// IstioOperator, an Istio of the Sail operator, the values of an Istio chart, an
// Application or HelmChart with these, the version of the chart included, or the
// ConfigMap of a mesh config; and
// Telemetries, EnvoyFilters and annotations of pods that change tracing. Problems
// call it by the name; their paths start with `document.`, or are empty if the problem
// is about the text as a whole, such as LS-DOCUMENT-KIND for a text in which nothing can
// be checked. An empty text, or a nil one, is such a problem.
func WithDocument(name string, text []byte) CheckOption {
	return func(o *checkOptions) { o.hasDocument, o.documentName, o.document = true, name, text }
}

// At sets the time at which certificates must be valid. The default is now.
func At(at time.Time) CheckOption {
	return func(o *checkOptions) { o.at = at }
}

// Check returns all problems in the values, errors first. It is stricter than
// [Renderer.Render]: what Helm accepts but is surely a mistake, such as a
// duplicate key or an expired certificate, is an error here, and a warning or
// nothing there.
//
// The error means that there was no check, such as that of ctx.
func (r *Renderer) Check(ctx context.Context, v *Values, opts ...CheckOption) ([]problem.Problem, error) {
	r, err := r.ready()
	if err != nil {
		return nil, err
	}
	o := checkOptions{at: time.Now()}
	for _, opt := range opts {
		if opt != nil {
			opt(&o)
		}
	}
	if err := given(ctx); err != nil {
		return nil, err
	}
	e := r.examination(v, true)
	if o.hasDocument {
		if err := r.addDocument(ctx, e, o.documentName, o.document); err != nil {
			return nil, err
		}
	}
	if err := e.run(ctx); err != nil {
		return nil, err
	}
	e.addCertificates(func(pem string) []problem.Problem { return certificate.Check(pemPath, pem, o.at) })
	if err := e.addEndOfLife(ctx, r); err != nil {
		return nil, err
	}
	return e.sorted(), nil
}

// orNone gives the values read, of a nil v none.
func (v *Values) orNone() *values.Values {
	if v == nil || v.read == nil {
		return &values.Values{}
	}
	return v.read.open()
}

// examination is one look at some values.
type examination struct {
	*embedded
	release  helmengine.Input
	previous []any
	user     *values.Values
	strict   bool // a surely mistaken value is an error, though Helm takes it

	documentName string
	document     *document.Document

	coalesced map[string]any
	judged    *rules.Judged     // by the rules, problems not located; nil where the values can't be judged
	problems  []problem.Problem // all
}

func (r *Renderer) examination(v *Values, strict bool) *examination {
	return &examination{embedded: r.embedded, release: r.input(nil), previous: r.previous, user: v.orNone(), strict: strict}
}

// addDocument adds the user's own control-plane document to what is judged, and
// what ours is called in it.
func (r *Renderer) addDocument(ctx context.Context, e *examination, name string, text []byte) error {
	read, err := document.Normalise(text)
	var refused *document.Error
	if errors.As(err, &refused) {
		found := refused.Problem
		found.File = name
		e.add(found)
	}
	e.documentName, e.document = name, read
	if read == nil {
		return nil
	}
	for _, found := range read.Problems {
		found.File = name
		e.problems = append(e.problems, found)
	}
	given := e.defaults
	if !problem.HasErrors(e.user.Problems(false)) {
		given = e.chart.Coalesce(e.user.User()) // they may name it
	}
	ours, err := r.chart.Include(ctx, "istio-lightstep.provider", r.input(given))
	if err != nil {
		return err
	}
	read.Value["ours"] = ours
	return r.addTelemetries(ctx, e, read, given, ours)
}

// run makes all checks but that of certificates.
func (e *examination) run(ctx context.Context) error {
	inText := e.user.Problems(e.strict)
	e.add(inText...)
	if problem.HasErrors(e.user.Problems(false)) {
		return nil
	}
	if problem.HasErrors(inText) && len(e.user.User()) == 0 {
		return nil // nothing was read: what is missing stands in what could not be
	}
	e.coalesced = e.chart.Coalesce(e.user.User())
	in := rules.Input{Values: e.coalesced, Previous: e.previous}
	if e.document != nil {
		in.Document = e.document.Value
	}
	judged, err := rules.Judge(ctx, e.chart, e.release, in)
	if err != nil {
		return fmt.Errorf("judging the values: %w", e.redacted(err))
	}
	e.judged = judged
	shape := map[string]bool{} // paths at which the schema refuses something
	if !judged.TooLong() {     // of which it would tell each entry
		inShape := e.schema.Check(e.coalesced, e.user)
		e.add(inShape...)
		for _, p := range inShape {
			shape[p.Path] = true
		}
	}
	e.addJudged(shape)
	return nil
}

// addJudged adds what the rules found, but for what the schema found too: that
// the value is of a wrong shape, or one that it is in. Where that is so of all
// that is told of a rule, it is of the rest.
func (e *examination) addJudged(shape map[string]bool) {
	told := map[string]bool{} // rules
	for _, p := range e.judged.Problems {
		if p.Path == "" && !told[p.ID] || explained(p.Path, shape) {
			continue
		}
		told[p.ID] = true
		p.URL = pages.Rule(p.ID)
		e.problems = append(e.problems, e.located(p))
	}
}

// explained tells whether the schema refuses what is at a path, or around it.
func explained(path string, shape map[string]bool) bool {
	for i := range len(path) {
		if (path[i] == '.' || path[i] == '[') && shape[path[:i]] {
			return true
		}
	}
	return shape[path] && path != ""
}

// located gives a problem with the position in the user's own document, where
// it is about that. Those in values are located at the end, all at once.
func (e *examination) located(p problem.Problem) problem.Problem {
	if e.document != nil && strings.HasPrefix(p.Path, "document.") {
		p.File = e.documentName
		p.Line, p.Column = e.document.Position(p.Path)
	}
	return p
}

// pemPath is the value that holds certificates.
const pemPath = "cacert.pem"

// addCertificates adds what check finds in the PEM among the values, but for
// what a rule, which knows no more than the text, found before: of text that is
// encrypted, that it is not PEM.
func (e *examination) addCertificates(check func(pem string) []problem.Problem) {
	var judged []problem.Problem
	if e.judged != nil {
		judged = e.judged.Problems
	}
	found := check(textAt(e.coalesced, pemPath))
	for _, p := range values.FirstOfEach(found, func(p *problem.Problem) *problem.Problem { return p }) {
		told := func(j problem.Problem) bool {
			return j.Path == p.Path && (j.ID == p.ID || j.ID == "LS-CA-ENCRYPTED" && p.ID == "LS-CA-PEM")
		}
		if !slices.ContainsFunc(judged, told) {
			e.add(p)
		}
	}
}

// textAt gives the string at a values path, "" where there is none.
func textAt(coalesced map[string]any, path string) string {
	steps := yamltree.Parse(path)
	value, found := steps.In(coalesced)
	if text, ok := value.(string); ok && found == len(steps) {
		return text
	}
	return ""
}

// sorted gives all problems, errors first, with their positions, and their
// paths as they may be shown.
func (e *examination) sorted() []problem.Problem {
	e.user.Locate(e.problems)
	hidden := e.hidden()
	for i := range e.problems {
		e.hide(hidden, &e.problems[i])
		e.problems[i].URL = cmp.Or(e.problems[i].URL, pages.Check)
	}
	problem.Sort(e.problems)
	return e.problems
}

// addEndOfLife says once that LightStep's public hosts come to their end, where
// the chart finds that spans go nowhere else. Errors come first: there it is not
// said.
func (e *examination) addEndOfLife(ctx context.Context, r *Renderer) error {
	if e.judged == nil || problem.HasErrors(e.problems) {
		return nil
	}
	path, err := r.chart.Include(ctx, "istio-lightstep.endOfLife", e.input(r))
	if err != nil {
		return e.redacted(err)
	}
	if path != "" {
		e.add(problem.Problem{
			ID: "LS-END-OF-LIFE", Severity: problem.SeverityInfo, Path: path, URL: pages.Check,
			Reason: "LightStep reached its end of life on 2026-03-01, or does so when your contract ends",
			Fix:    "send to another backend too: set `backends`, or have `istio-lightstep migrate --backend NAME` write the values",
		})
	}
	return nil
}

package render

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"github.com/istio-lightstep/istio-lightstep/charts"
	"github.com/istio-lightstep/istio-lightstep/internal/dialect"
	"github.com/istio-lightstep/istio-lightstep/internal/helmengine"
	"github.com/istio-lightstep/istio-lightstep/internal/redact"
	"github.com/istio-lightstep/istio-lightstep/internal/rules"
	"github.com/istio-lightstep/istio-lightstep/internal/schema"
	"github.com/istio-lightstep/istio-lightstep/internal/terminal"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
	"github.com/istio-lightstep/istio-lightstep/pkg/report"
)

// The defaults of a [Renderer].
const (
	DefaultKubeVersion = "v1.34.0"         // Kubernetes version
	DefaultRelease     = "istio-lightstep" // name of the release
	DefaultNamespace   = "istio-system"    // namespace of the release
)

// Renderer checks and renders values for one release. It is safe for concurrent
// use. The zero Renderer is the same as that of [New] without options.
type Renderer struct {
	*embedded
	release, namespace string
	capabilities       *helmengine.Capabilities
	previous           []any // objects that are installed now; nil where unknown
}

// Option configures a [Renderer].
type Option func(*options)

type options struct {
	release, namespace, kubeVersion string
	hasPrevious                     bool
	previousName                    string
	previous                        []byte
}

// WithRelease sets the name and the namespace of the release, as
// `helm install NAME -n NAMESPACE` does.
func WithRelease(name, namespace string) Option {
	return func(o *options) { o.release, o.namespace = name, namespace }
}

// WithKubeVersion sets the Kubernetes version to render for, such as v1.34.0,
// as `helm template --kube-version` does.
func WithKubeVersion(version string) Option {
	return func(o *options) { o.kubeVersion = version }
}

// New returns a [Renderer]. The first call loads the chart, which takes some
// milliseconds; later calls share it. The error is that of a release name, a
// namespace or a Kubernetes version that Helm or Kubernetes does not accept, or of
// what [WithPrevious] gives.
func New(opts ...Option) (*Renderer, error) {
	o := options{release: DefaultRelease, namespace: DefaultNamespace, kubeVersion: DefaultKubeVersion}
	for _, opt := range opts {
		if opt != nil {
			opt(&o)
		}
	}
	if err := helmengine.CheckRelease(o.release, o.namespace); err != nil {
		return nil, err
	}
	shared, err := load()
	if err != nil {
		return nil, err
	}
	capabilities, err := shared.chart.Capabilities(o.kubeVersion)
	if err != nil {
		return nil, err
	}
	r := &Renderer{embedded: shared, release: o.release, namespace: o.namespace, capabilities: capabilities}
	if o.hasPrevious {
		err = r.readPrevious(o.previousName, o.previous)
	}
	if err != nil {
		return nil, err
	}
	return r, nil
}

// ready gives a renderer that has the chart.
func (r *Renderer) ready() (*Renderer, error) {
	if r == nil || r.embedded == nil {
		return New()
	}
	return r, nil
}

// ChartVersion returns the version of the embedded chart, such as 1.2.3.
func (r *Renderer) ChartVersion() string {
	r, err := r.ready()
	if err != nil { // what is embedded is broken, and so is every other call
		return ""
	}
	return r.chart.Version()
}

// embedded is the chart that is part of this package, loaded and compiled.
type embedded struct {
	chart    *helmengine.Chart
	defaults map[string]any // never changed
	public   redact.Public
	schema   *schema.Schema
	dialects *dialect.Table
}

var load = sync.OnceValues(func() (*embedded, error) {
	e, err := loadEmbedded()
	if err != nil {
		return nil, fmt.Errorf("the embedded chart: %w", err)
	}
	return e, nil
})

func loadEmbedded() (*embedded, error) {
	files, err := fs.Sub(charts.FS, "istio-lightstep")
	if err != nil {
		return nil, err
	}
	chart, err := helmengine.Load(files)
	if err != nil {
		return nil, err
	}
	e := &embedded{chart: chart, defaults: chart.Defaults()}
	if e.dialects, err = dialect.Load(); err != nil {
		return nil, err
	}
	if e.public, err = rules.Public(chart); err != nil {
		return nil, err
	}
	schemaJSON, err := chart.File("values.schema.json")
	if err != nil {
		return nil, err
	}
	e.schema, err = schema.Compile(schemaJSON)
	return e, err
}

// Dialect is what a version of Istio supports. A minor version has more than one
// if a patch version changed something.
type Dialect struct {
	Minor      string   `json:"minor"`      // Istio's minor version, such as 1.16
	From       string   `json:"from"`       // first version of that minor it holds for, such as 1.16.1
	Auto       string   `json:"auto"`       // delivery that `auto` selects: native, collector or direct
	Deliveries []string `json:"deliveries"` // what `delivery` can be
	Outputs    []string `json:"outputs"`    // what `output` can be: cluster, and the control-plane documents
	Source     string   `json:"source"`     // evidence for this row
}

// Dialects returns the dialects of the supported Istio versions, the oldest
// first.
func (r *Renderer) Dialects() []Dialect {
	r, err := r.ready()
	if err != nil { // what is embedded is broken, and so is every other call
		return nil
	}
	rows := r.dialects.Rows()
	dialects := make([]Dialect, len(rows))
	for i, row := range rows {
		dialects[i] = Dialect{
			Minor: row.Minor, From: row.From.String(), Auto: row.Auto, Source: row.Source,
			Deliveries: slices.Clone(row.Deliveries), Outputs: slices.Clone(row.Outputs),
		}
	}
	return dialects
}

// ProblemsError is the error of values that were refused. Get it with
// [errors.As].
type ProblemsError struct {
	Problems []problem.Problem // at least one error, and all warnings; errors first
}

// Error gives all problems, in several lines each.
func (e *ProblemsError) Error() string {
	errors := 0
	for _, p := range e.Problems {
		if p.Severity == problem.SeverityError {
			errors++
		}
	}
	var text strings.Builder
	text.WriteString("found " + terminal.Counted(errors, "error"))
	if warnings := len(e.Problems) - errors; warnings > 0 {
		text.WriteString(" and " + terminal.Counted(warnings, "warning"))
	}
	text.WriteString("\n")
	_ = report.WriteText(&text, e.Problems) // to memory, which takes all
	return strings.TrimSuffix(text.String(), "\n")
}

package migrate

import (
	_ "embed"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"text/template"

	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/internal/terminal"
)

//go:embed steps.yaml
var stepsYAML []byte

// Step is one thing to do after the migration.
type Step struct {
	Text string `json:"text"`          // what, and why now
	Run  string `json:"run,omitempty"` // its commands, for one shell with those of the steps before
}

// route is a way from one configuration to another.
type route struct {
	From []string      `json:"from"`
	To   []string      `json:"to"`
	By   []string      `json:"by"` // what installs Istio: empty is istioctl or Helm
	Do   []plannedStep `json:"do"`
}

// plannedStep is a step as templates.
type plannedStep struct {
	Step
	Define string `json:"define"` // what the steps after it use too: variables and functions
}

// steps writes the steps of the first route that fits.
func (e *edited) steps(r *Result, o Options) error {
	var file struct {
		Steps   []route       `json:"steps"`
		Backend []plannedStep `json:"backend"`
	}
	if err := yaml.UnmarshalStrict(stepsYAML, &file); err != nil {
		return fmt.Errorf("steps.yaml: %w", err)
	}
	from, to, data := e.from(), e.kindOfTarget(), e.stepData(r, o)
	for _, way := range file.Steps {
		if slices.Contains(way.From, from) && slices.Contains(way.To, to) && (len(way.By) == 0 || slices.Contains(way.By, data.wrapper.by)) {
			if data.Backend != "" && from != "unused" {
				way.Do = append(way.Do, file.Backend...)
			}
			return r.writeSteps(way.Do, data)
		}
	}
	return fmt.Errorf("steps.yaml: there is no way from %s to %s", from, to)
}

// from tells how spans were sent.
func (e *edited) from() string {
	if e.leftover {
		return "unused"
	}
	switch e.plan.kind {
	case "lightstep":
		return "provider"
	case "":
		if !e.native && len(e.toLightStep) > 0 {
			return "collector"
		}
		return "native"
	}
	return e.plan.kind
}

func (e *edited) kindOfTarget() string {
	switch {
	case e.to.native():
		return "native"
	case e.to.old():
		return "old"
	}
	return e.to.row.Receiver
}

func (e *edited) stepData(r *Result, o Options) stepData {
	d := stepData{
		Dir: quoted(o.dir()), Ours: r.freeName(o.dir(), "lightstep.yaml"), Namespace: "istio-system", Root: asName(e.plane.root), Version: e.to.version,
		NewRevision: strings.ReplaceAll(e.to.version, ".", "-"),
		Telemetries: objectsNamed(e.plan.telemetries), Default: asName(e.plan.defaultProvider), Narrow: e.narrowFiles(r, o),
		NarrowGone: objectsNamed(e.plan.narrowGone), Routes: objectsNamed(e.plan.routes),
		Crashes: e.plan.kind == "lightstep", Secret: r.Secret != nil, Token: r.TokenValues != nil,
		native: e.from() == "native", installsOver: e.to.old(), helmOutput: "istiodValues",
	}
	if !slices.Contains(e.to.row.Outputs, d.helmOutput) {
		d.helmOutput = "legacyValues"
	}
	if b := e.to.backend; b != nil {
		d.Backend, d.Alone, d.OldSecret = asName(b.Name), b.Alone, asName(e.plan.tokenSecret)
		if keys := e.backendKeys(b.Name); len(keys) > 0 {
			d.BackendSecret, d.BackendKeys = d.Backend, strings.Join(keys, ", ")
		}
	}
	if namespace, _ := e.values["istio.namespace"].(string); namespace != "" {
		d.Namespace = asName(namespace)
	}
	for value, to := range map[string]*string{"istio.revision": &d.Revision, valueTokenFrom: &d.SecretName, valueCASecret: &d.CA} {
		text, _ := e.values[value].(string)
		*to = asName(text)
	}
	d.Rotate = slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.Outcome == Rotate })
	e.ownFiles(r, o, &d)
	return d
}

// ownFiles notes the user's files that Istio is installed from, and by what.
func (e *edited) ownFiles(r *Result, o Options, d *stepData) {
	written := r.documentNames()
	var names, gone []string
	for i, in := range e.inputs {
		switch by, w := e.installedBy(in); by {
		case "istioctl":
			d.istioctl = true
		case "helm":
			d.helm = true
		case "":
			continue
		default:
			d.wrapper = w
		}
		if in.command == nil && !in.Live && in.Name != "stdin" {
			file := files{before: quoted(in.Name)}
			if written[i] != "" {
				file.after = d.Dir + "/" + quoted(written[i])
			} else {
				gone = append(gone, terminal.Safe(filepath.Base(in.Name)))
			}
			d.files = append(d.files, file)
			names = append(names, terminal.Safe(filepath.Base(in.Name)))
		}
	}
	for _, doc := range e.decisions.documents {
		d.ingress = max(d.ingress, len(sites(doc.root, "spec.components.ingressGateways[]")))
		d.egress = max(d.egress, len(sites(doc.root, "spec.components.egressGateways[]")))
	}
	d.helm = (d.helm || o.Helm) && !d.istioctl
	if d.istioctl || d.helm && !o.Helm {
		d.wrapper = wrapper{}
	}
	if d.File = strings.Join(names, " and "); d.File == "" {
		d.File = "your document"
	}
	if len(gone) > 0 {
		d.Nothing = " (nothing is left of " + strings.Join(gone, " and ") + ")"
	}
}

// installedBy tells which program installs Istio from a file: istioctl, helm, one
// of those of wrappers, or none.
func (e *edited) installedBy(in *input) (string, wrapper) {
	for _, d := range e.decisions.documents {
		if in.Live || d.input != in || e.gone[d.root] {
			continue
		}
		if w, ok := d.wrapped(); ok {
			return w.by, w
		}
		if d.prefix != "" || d.kind == nil {
			continue
		}
		switch d.kind.Kind {
		case "IstioOperator", "IstioControlPlane":
			return "istioctl", wrapper{}
		case "values":
			if !e.configuresCollector(d) && !ofAnotherChart(d.root) {
				return "helm", wrapper{}
			}
		}
	}
	return "", wrapper{}
}

// configuresCollector tells values of a collector's chart, which are none of
// Istio's.
func (e *edited) configuresCollector(d *document) bool {
	return slices.ContainsFunc(e.collectors, func(c collectorConfig) bool { return c.document.outermost() == d })
}

// narrowFiles names the files, as written, that hold Telemetries for less than
// the mesh from which a provider of ours was taken.
func (e *edited) narrowFiles(r *Result, o Options) []string {
	written := r.documentNames()
	var names []string
	for i, in := range e.inputs {
		if e.plan.narrow[in] && written[i] != "" {
			names = append(names, quoted(o.dir())+"/"+quoted(written[i]))
		}
	}
	return names
}

func (r *Result) writeSteps(steps []plannedStep, data stepData) error {
	for i, step := range steps {
		text, err := fill(step.Text, data)
		if err != nil {
			return fmt.Errorf("steps.yaml: step %d: %w", i+1, err)
		}
		if text == "" {
			continue
		}
		run, err := fill(step.Run, data)
		if err != nil {
			return fmt.Errorf("steps.yaml: commands of step %d: %w", i+1, err)
		}
		define, err := fill(step.Define, data)
		if err != nil {
			return fmt.Errorf("steps.yaml: definitions of step %d: %w", i+1, err)
		}
		r.Steps = append(r.Steps, Step{Text: text, Run: strings.TrimSpace(define + "\n" + whole(run))})
	}
	return nil
}

// whole has commands end at the first that fails, by a shell of their own: the one
// that they are pasted into stays open.
func whole(run string) string {
	if !strings.Contains(run, "\n") {
		return run
	}
	return "(\nset -eo pipefail\n" + run + "\n)"
}

func fill(text string, data stepData) (string, error) {
	parsed, err := template.New("step").Parse(text)
	if err != nil {
		return "", err
	}
	var out strings.Builder
	if err := parsed.Execute(&out, data); err != nil {
		return "", err
	}
	return strings.TrimSpace(out.String()), nil
}

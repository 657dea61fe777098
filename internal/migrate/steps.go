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
	From []string `json:"from"`
	To   []string `json:"to"`
	By   []string `json:"by"` // what installs Istio: empty is istioctl or Helm
	Do   []Step   `json:"do"`
}

// steps writes the steps of the first route that fits.
func (m *migration) steps(chosen map[string]any) error {
	var file struct {
		Steps []route `json:"steps"`
	}
	if err := yaml.UnmarshalStrict(stepsYAML, &file); err != nil {
		return fmt.Errorf("steps.yaml: %w", err)
	}
	from, to, data := m.from(), m.kindOfTarget(), m.stepData(chosen)
	for _, r := range file.Steps {
		if slices.Contains(r.From, from) && slices.Contains(r.To, to) && (len(r.By) == 0 || slices.Contains(r.By, data.wrapper.by)) {
			return m.writeSteps(r.Do, data)
		}
	}
	return fmt.Errorf("steps.yaml: there is no way from %s to %s", from, to)
}

// from tells how spans were sent.
func (m *migration) from() string {
	if m.leftover {
		return "unused"
	}
	switch m.provider {
	case "lightstep":
		return "provider"
	case "":
		if !m.native && len(m.collectors) > 0 {
			return "collector"
		}
		return "native"
	}
	return m.provider
}

func (m *migration) kindOfTarget() string {
	if m.to.native() {
		return "native"
	}
	return m.to.row.Receiver
}

func (m *migration) stepData(chosen map[string]any) stepData {
	d := stepData{
		Dir: quoted(m.dir), Ours: m.result.freeName(m.dir, "lightstep.yaml"), Namespace: "istio-system", Root: asName(m.rootNamespace()), Version: m.to.version,
		NewRevision: strings.ReplaceAll(m.to.version, ".", "-"),
		Telemetries: objectsNamed(m.telemetries), Default: asName(m.defaultProvider), Narrow: m.narrowFiles(),
		NarrowGone: objectsNamed(m.narrowGone), Routes: objectsNamed(m.routes),
		Crashes: m.provider == "lightstep", Secret: m.result.Secret != nil, Token: m.result.TokenValues != nil,
		native: m.from() == "native",
	}
	if namespace, _ := chosen["istio.namespace"].(string); namespace != "" {
		d.Namespace = asName(namespace)
	}
	for value, to := range map[string]*string{"istio.revision": &d.Revision, valueTokenFrom: &d.SecretName, valueCASecret: &d.CA} {
		text, _ := chosen[value].(string)
		*to = asName(text)
	}
	d.Rotate = slices.ContainsFunc(m.result.Findings, func(f Finding) bool { return f.Outcome == Rotate })
	m.ownFiles(&d)
	return d
}

// ownFiles notes the user's files that Istio is installed from, and by what.
func (m *migration) ownFiles(d *stepData) {
	written := m.result.documentNames()
	var names, gone []string
	for i, in := range m.inputs {
		switch by, w := m.installedBy(in); by {
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
	for _, doc := range m.documents {
		d.ingress = max(d.ingress, len(sites(doc.root, "spec.components.ingressGateways[]")))
		d.egress = max(d.egress, len(sites(doc.root, "spec.components.egressGateways[]")))
	}
	d.helm = (d.helm || m.helm) && !d.istioctl
	if d.istioctl || d.helm && !m.helm {
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
func (m *migration) installedBy(in *input) (string, wrapper) {
	for _, d := range m.documents {
		if in.Live || d.input != in || d.gone {
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
			if !m.configuresCollector(d) {
				return "helm", wrapper{}
			}
		}
	}
	return "", wrapper{}
}

// configuresCollector tells values of a collector's chart, which are none of
// Istio's.
func (m *migration) configuresCollector(d *document) bool {
	return slices.ContainsFunc(m.allCollectors, func(c collectorConfig) bool { return c.document.outermost() == d })
}

// narrowFiles names the files, as written, that hold Telemetries for less than
// the mesh from which a provider of ours was taken.
func (m *migration) narrowFiles() []string {
	written := m.result.documentNames()
	var names []string
	for i, in := range m.inputs {
		if m.narrow[in] && written[i] != "" {
			names = append(names, quoted(m.dir)+"/"+quoted(written[i]))
		}
	}
	return names
}

func (m *migration) writeSteps(steps []Step, data stepData) error {
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
		m.result.Steps = append(m.result.Steps, Step{Text: text, Run: run})
	}
	return nil
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

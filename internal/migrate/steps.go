package migrate

import (
	_ "embed"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"text/template"

	"sigs.k8s.io/yaml"
)

//go:embed steps.yaml
var stepsYAML []byte

// route is a way from one configuration to another.
type route struct {
	From []string `json:"from"`
	To   []string `json:"to"`
	Do   []string `json:"do"`
}

// stepData is what the texts of steps.yaml may name.
type stepData struct {
	Namespace, Version, Revision, File, Secret, CA, Rotate string
	Telemetries                                            []string
	Crashes                                                bool
}

// steps writes the steps of the first route that fits.
func (m *migration) steps(chosen map[string]any) error {
	var file struct {
		Steps []route `json:"steps"`
	}
	if err := yaml.UnmarshalStrict(stepsYAML, &file); err != nil {
		return fmt.Errorf("steps.yaml: %w", err)
	}
	from, to := m.from(), m.kindOfTarget()
	for _, r := range file.Steps {
		if slices.Contains(r.From, from) && slices.Contains(r.To, to) {
			return m.writeSteps(r.Do, m.stepData(chosen))
		}
	}
	return fmt.Errorf("steps.yaml: there is no way from %s to %s", from, to)
}

// from tells how spans were sent.
func (m *migration) from() string {
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
	switch {
	case m.to.native():
		return "native"
	case !m.to.since("1.16.1"):
		return "zipkin"
	}
	return "otlp"
}

func (m *migration) stepData(chosen map[string]any) stepData {
	d := stepData{
		Namespace: "istio-system", Version: m.to.version, Telemetries: m.telemetry, File: "YOURS",
		Revision: strings.ReplaceAll(m.to.version, ".", "-"),
		Crashes:  m.provider == "lightstep",
	}
	if namespace, _ := chosen["istio.namespace"].(string); namespace != "" {
		d.Namespace = namespace
	}
	for i, document := range m.result.Documents {
		if document.Changed() && m.inputs[i].command == nil {
			d.File = filepath.Base(document.Name)
			break
		}
	}
	if m.result.Secret != nil {
		d.Secret = "`kubectl apply -f secret.yaml`, and delete the file."
	} else if name, _ := chosen[valueTokenFrom].(string); name != "" {
		d.Secret = "See that Secret " + name + " with the access token is in namespace " + d.Namespace + "."
	}
	if chosen[valueCASecret] != nil {
		d.CA = "See that Secret lightstep.cacert is in namespace " + d.Namespace + ": the collectors do not start without it."
	}
	if slices.ContainsFunc(m.result.Findings, func(f Finding) bool { return f.Outcome == Rotate }) {
		d.Rotate = "Make a new access token, change the Secret, see spans arrive, and withdraw the old one: it stood in clear."
	}
	return d
}

func (m *migration) writeSteps(texts []string, data stepData) error {
	for i, text := range texts {
		parsed, err := template.New("step").Parse(text)
		if err != nil {
			return fmt.Errorf("steps.yaml: step %d: %w", i+1, err)
		}
		var out strings.Builder
		if err := parsed.Execute(&out, data); err != nil {
			return fmt.Errorf("steps.yaml: step %d: %w", i+1, err)
		}
		if step := strings.TrimSpace(out.String()); step != "" {
			m.result.Steps = append(m.result.Steps, step)
		}
	}
	return nil
}

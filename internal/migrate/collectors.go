package migrate

import (
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/istio-lightstep/istio-lightstep/internal/collector"
	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// collectorConfig is the configuration of an OpenTelemetry Collector with an
// exporter that sends to LightStep.
type collectorConfig struct {
	document *document
	site     site           // the text that is the configuration
	inside   *document      // the same as a document, for the lines in it; nil where these are not known
	name     string         // of the exporter to LightStep
	exporter map[string]any // its settings
	relayed  bool           // it sends to the chart's relay beside it; its settings are the relay's
	config   collectorYAML
}

// collectorYAML is a collector's configuration, as far as it is read.
type collectorYAML struct {
	Receivers, Processors, Exporters, Connectors, Extensions map[string]any

	Service struct {
		Pipelines map[string]pipeline
	}
}

type pipeline struct{ Receivers, Processors, Exporters []string }

// findCollectors looks for collectors that export spans to LightStep, and takes
// those that the mesh sends to. The others are named.
func (m *migration) findCollectors() {
	m.allCollectors = m.readCollectors()
	destinations := m.destinations()
	reached := m.reached(destinations...)
	for i, c := range m.allCollectors {
		if c.exporter == nil {
			continue
		}
		if !c.document.ours() && len(destinations) > 0 && !reached[i] {
			c.tell(m, Left, "exporters."+c.name, "", "this exporter sends to LightStep, but nothing here shows that the mesh sends its spans to this collector: it is not changed, and no value is taken from it")
			continue
		}
		m.collectors = append(m.collectors, c)
		c.document.marked, m.lightstep = true, true
	}
}

// readCollectors reads every configuration of a collector: the texts of
// ConfigMaps, and in other kinds the maps that look like one.
func (m *migration) readCollectors() []collectorConfig {
	var all []collectorConfig
	read := func(d *document, s site) {
		if c, ok := m.readCollector(d, s); ok {
			all = append(all, c)
		}
	}
	for _, d := range m.documents {
		switch {
		case d.is("ConfigMap"):
			for _, s := range sites(d.root, "data.*") {
				read(d, s)
			}
		case d.owner == nil || !d.owner.is("ConfigMap"):
			for s := range yamltree.All(d.root) {
				if s.Value.Kind == yaml.MappingNode && yamltree.IsMap(at(s.Value, "exporters")) && yamltree.IsMap(at(s.Value, "service.pipelines")) {
					read(d, s)
				}
			}
		}
	}
	return all
}

// readCollector reads a text or a map that may be a collector's configuration.
// Exporters of anything but spans are named, and are none of the mesh's tracing.
func (m *migration) readCollector(d *document, s site) (collectorConfig, bool) {
	c := collectorConfig{document: d, site: s}
	if !c.parse(m) {
		return c, false
	}
	for _, name := range slices.Sorted(maps.Keys(c.config.Exporters)) {
		settings, _ := c.config.Exporters[name].(map[string]any)
		if !exportsToLightStep(name, settings) {
			continue
		}
		m.hideHeaders(settings)
		if traces := c.pipelinesOf(name, true); len(traces) == 0 && len(c.config.Service.Pipelines) > 0 {
			c.tell(m, Left, "exporters."+name, "", "this exporter sends to LightStep, but not the spans of the mesh: "+
				orNone(c.pipelinesOf(name, false))+"; it is not changed")
			continue
		}
		if c.exporter != nil {
			c.tell(m, ByHand, "exporters."+name, "", "this is a second exporter of spans to LightStep; the values are those of "+shown(c.name))
			continue
		}
		c.name, c.exporter = name, settings
	}
	c.readRelay()
	return c, true
}

// parse reads what is written, and finds where the parts of it stand.
func (c *collectorConfig) parse(m *migration) bool {
	d, s := c.document, c.site
	if s.Value.Kind == yaml.MappingNode {
		prefix := d.prefix
		if path := s.Path().String(); path != "" {
			prefix += path + "."
		}
		c.inside = &document{input: d.input, file: d.file, root: s.Value, prefix: prefix, holder: d.holder, held: d.held, owner: d.owner}
		return s.Value.Decode(&c.config) == nil
	}
	if !strings.Contains(yamltree.Text(s.Value), "exporters:") || yaml.Unmarshal([]byte(yamltree.Text(s.Value)), &c.config) != nil {
		return false
	}
	if d.file != nil && d.file.Embedded(s.Value) != nil && len(d.file.Embedded(s.Value).Roots) == 1 {
		file := d.file.Embedded(s.Value)
		m.inner[s.Value] = file
		c.inside = &document{input: d.input, file: file, root: file.Roots[0], prefix: d.prefix + s.Path().String() + ": "}
	}
	return true
}

// readRelay takes the settings of the chart's relay, where there is one, for
// those of the exporter that sends to it.
func (c *collectorConfig) readRelay() {
	written := yamltree.Text(yamltree.At(c.document.root, yamltree.Path{"data", collector.RelayConfig}))
	if c.exporter == nil || written == "" || !c.document.ours() {
		return
	}
	var relay struct {
		Endpoint   string
		CAFile     string `yaml:"ca_file"`
		ServerName string `yaml:"server_name"`
		Plaintext  bool
	}
	if yaml.Unmarshal([]byte(written), &relay) != nil {
		return
	}
	c.relayed = true
	c.exporter = map[string]any{"endpoint": relay.Endpoint, "tls": map[string]any{
		"insecure": relay.Plaintext, "ca_file": relay.CAFile, "server_name_override": relay.ServerName,
	}}
}

func orNone(pipelines []string) string {
	if len(pipelines) == 0 {
		return "no pipeline uses it"
	}
	return "it is in pipeline " + shownAll(pipelines)
}

// pipelinesOf gives the pipelines that use an exporter: those of spans, or the
// others.
func (c collectorConfig) pipelinesOf(exporter string, traces bool) []string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(c.config.Service.Pipelines)) {
		if isTraces(name) == traces && slices.Contains(c.config.Service.Pipelines[name].Exporters, exporter) {
			names = append(names, name)
		}
	}
	return names
}

// isTraces tells a pipeline of spans: its name is traces, or traces/ANYTHING.
func isTraces(pipeline string) bool {
	kind, _, _ := strings.Cut(pipeline, "/")
	return kind == "traces"
}

func exportsToLightStep(name string, exporter map[string]any) bool {
	endpoint := endpointSet(exporter)
	return headerOf(exporter) != nil || strings.Contains(name, "lightstep") || strings.Contains(endpoint, "lightstep")
}

// endpointSet gives the endpoint of an exporter, by HTTP that of traces.
func endpointSet(exporter map[string]any) string {
	for _, key := range []string{"traces_endpoint", "endpoint"} {
		if is, _ := exporter[key].(string); is != "" {
			return is
		}
	}
	return ""
}

func (c collectorConfig) endpoint() string { return endpointSet(c.exporter) }

// hideHeaders takes note of what an exporter's headers hold: it is never shown.
func (m *migration) hideHeaders(exporter map[string]any) {
	headers, _ := exporter["headers"].(map[string]any)
	for _, value := range headers {
		if secret, isText := value.(string); isText && secret != "" && !strings.Contains(secret, "${") {
			m.result.secrets = append(m.result.secrets, secret)
		}
	}
}

func headerOf(exporter map[string]any) any {
	headers, _ := exporter["headers"].(map[string]any)
	for name, value := range headers {
		if strings.EqualFold(name, tokenHeader) {
			return value
		}
	}
	return nil
}

// tell adds a finding about a place in the collector's configuration.
func (c collectorConfig) tell(m *migration, outcome Outcome, path, to, why string) {
	if c.inside != nil {
		keys := 2 // the last may have dots
		if strings.HasPrefix(path, "service.pipelines.") {
			keys = 3
		}
		var steps yamltree.Path
		for _, key := range strings.SplitN(path, ".", keys) {
			steps = append(steps, key)
		}
		if found := yamltree.Find(c.inside.root, steps); len(found) > 0 {
			m.tell(c.inside, outcome, found[0], to, why)
			return
		}
	}
	m.tell(c.document, outcome, c.site, to, why)
}

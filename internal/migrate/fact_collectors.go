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
	all      []string       // exporters to LightStep
	name     string         // of the one that sends spans; "" where none does
	exporter map[string]any // its settings
	relayed  bool           // it sends to the chart's relay beside it; its settings are the relay's
	config   collectorYAML

	toLightStep []string        // the pipelines whose spans go there
	within      map[string]bool // connectors between these, and no others
}

// collectorYAML is a collector's configuration, as far as it is read.
type collectorYAML struct {
	Receivers, Processors, Exporters, Connectors, Extensions map[string]any

	Service struct {
		Pipelines map[string]pipeline
	}
}

type pipeline struct{ Receivers, Processors, Exporters []string }

// findReached finds the collectors that export spans to LightStep, and that the
// mesh sends to.
func (f *facts) findReached() {
	destinations := f.destinations()
	reached := f.reached(destinations...)
	for i, c := range f.collectors {
		if c.exporter != nil && (c.document.ours() || len(destinations) == 0 || reached[i]) {
			f.toLightStep = append(f.toLightStep, c)
			f.marked[c.document], f.configured = true, true
		}
	}
}

// readCollectors reads every configuration of a collector: the texts of
// ConfigMaps, and in other kinds the maps that look like one.
func (f *facts) readCollectors() []collectorConfig {
	var all []collectorConfig
	read := func(d *document, s site) {
		if c, ok := readCollector(d, s); ok {
			all = append(all, c)
		}
	}
	for _, d := range f.documents {
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
func readCollector(d *document, s site) (collectorConfig, bool) {
	c := collectorConfig{document: d, site: s}
	if !c.parse() {
		return c, false
	}
	for _, name := range c.inOrder() {
		settings, _ := c.config.Exporters[name].(map[string]any)
		if !exportsToLightStep(name, settings) {
			continue
		}
		c.all = append(c.all, name)
		if c.exporter == nil && (len(c.pipelinesOf(name, true)) > 0 || len(c.config.Service.Pipelines) == 0) {
			c.name, c.exporter = name, settings
		}
	}
	c.followConnectors()
	c.readRelay()
	return c, true
}

// inOrder gives the exporters, those first that pipelines of spans name first, or that
// their processor sends to by default.
func (c collectorConfig) inOrder() []string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(c.config.Service.Pipelines)) {
		if !isTraces(name) {
			continue
		}
		for _, part := range c.config.Service.Pipelines[name].Processors {
			routing, _ := c.config.Processors[part].(map[string]any)
			list, _ := routing["default_exporters"].([]any)
			for _, exporter := range list {
				if text, isText := exporter.(string); isText {
					names = append(names, text)
				}
			}
		}
		names = append(names, c.config.Service.Pipelines[name].Exporters...)
	}
	var all []string
	listed := map[string]bool{}
	for _, name := range append(names, slices.Sorted(maps.Keys(c.config.Exporters))...) {
		if _, known := c.config.Exporters[name]; known && !listed[name] {
			listed[name] = true
			all = append(all, name)
		}
	}
	return all
}

// parse reads what is written, and finds where the parts of it stand.
func (c *collectorConfig) parse() bool {
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
	if yaml.Unmarshal([]byte(written), &relay) != nil || relay.Endpoint == "" {
		return
	}
	c.relayed = true
	c.exporter = map[string]any{"endpoint": relay.Endpoint, "tls": map[string]any{
		"insecure": relay.Plaintext, "ca_file": relay.CAFile, "server_name_override": relay.ServerName,
	}}
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

// takesNative tells whether a collector has a receiver for LightStep's own tracers.
func (c collectorConfig) takesNative() bool {
	return slices.ContainsFunc(slices.Collect(maps.Keys(c.config.Receivers)), func(name string) bool { return strings.Contains(name, "lightstep") })
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

// headersOf gives the headers of an exporter: a map, or a list of names and values.
// What else such a list has, no collector reads.
func headersOf(exporter map[string]any) (headers map[string]any, unread []any) {
	list, isList := exporter["headers"].([]any)
	if !isList {
		headers, _ = exporter["headers"].(map[string]any)
		return headers, nil
	}
	headers = map[string]any{}
	for _, item := range list {
		pair, _ := item.(map[string]any)
		if name, isNamed := pair["name"].(string); isNamed {
			headers[name] = pair["value"]
		} else {
			unread = append(unread, item)
		}
	}
	return headers, unread
}

// headerOf gives what the header with the token has.
func headerOf(exporter map[string]any) any {
	headers, _ := headersOf(exporter)
	for name, value := range headers {
		if strings.EqualFold(name, tokenHeader) {
			return value
		}
	}
	return nil
}

// authenticator gives the extension that a collector's exporter authenticates by,
// and its kind.
func (c collectorConfig) authenticator() (extension, kind string) {
	auth, _ := c.exporter["auth"].(map[string]any)
	extension, _ = auth["authenticator"].(string)
	kind, _, _ = strings.Cut(extension, "/")
	return extension, kind
}

// bearer gives the extension of the collector that adds the token, and the
// token. One that passes on each client's has none, or one for the other clients.
func (c collectorConfig) bearer() (extension, token string) {
	extension, kind := c.authenticator()
	settings, _ := c.config.Extensions[extension].(map[string]any)
	switch kind {
	case "bearertokenauth":
		token, _ = settings["token"].(string)
		return extension, token
	case headersSetter:
		header, _ := c.setHeaders()
		for _, key := range []string{"value", "default_value"} {
			if token, _ = header[key].(string); token != "" {
				return extension, token
			}
		}
	}
	return "", ""
}

// headersSetter is the kind of extensions that set headers of an exporter.
const headersSetter = "headers_setter"

// setHeaders gives the header with the token that an extension sets, nil where it
// sets none, and the others by their names.
func (c collectorConfig) setHeaders() (header, others map[string]any) {
	extension, _ := c.authenticator()
	settings, _ := c.config.Extensions[extension].(map[string]any)
	list, _ := settings["headers"].([]any)
	others = map[string]any{}
	for _, item := range list {
		set, _ := item.(map[string]any)
		if name, _ := set["key"].(string); !strings.EqualFold(name, tokenHeader) {
			others[name] = set
		} else if set["action"] != "delete" {
			header = set
		}
	}
	return header, others
}

// tokenPath gives the place in the collector's configuration that has the token.
func (c collectorConfig) tokenPath() string {
	if token, _ := headerOf(c.exporter).(string); token == "" {
		if extension, bearer := c.bearer(); bearer != "" {
			return "extensions." + extension
		}
	}
	return "exporters." + c.name
}

// otherPipelines gives those that send no spans to LightStep. One without any part is none: by a null, values take a
// pipeline of the collector's chart away.
func (c collectorConfig) otherPipelines() []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(c.config.Service.Pipelines)), func(name string) bool {
		is := c.config.Service.Pipelines[name]
		return slices.Contains(c.toLightStep, name) || len(is.Receivers)+len(is.Processors)+len(is.Exporters) == 0
	})
}

// inTraces gives the names that the pipelines of spans to LightStep list, each
// once; where no pipeline is known, none.
func (c collectorConfig) inTraces(list func(pipeline) []string) []string {
	var names []string
	for _, name := range c.toLightStep {
		for _, listed := range list(c.config.Service.Pipelines[name]) {
			if !slices.Contains(names, listed) {
				names = append(names, listed)
			}
		}
	}
	return names
}

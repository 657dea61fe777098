package migrate

import (
	"cmp"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// tell adds a finding about a place in the collector's configuration.
func (c collectorConfig) tell(l *ledger, outcome Outcome, path, to, why string) {
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
			l.tell(c.inside, outcome, found[0], to, why)
			return
		}
	}
	l.tell(c.document, outcome, c.site, to, why)
}

// nameOtherExporters names the exporters to LightStep that no value is made of.
func (m *decisions) nameOtherExporters() {
	for _, c := range m.collectors {
		for _, name := range c.all {
			m.hideHeaders(c.config.Exporters[name])
			switch {
			case len(c.pipelinesOf(name, true)) == 0 && len(c.config.Service.Pipelines) > 0:
				c.tell(m.ledger, Left, "exporters."+name, "", "this exporter sends to LightStep, but not the spans of the mesh: "+
					orNone(c.pipelinesOf(name, false))+"; it is not changed")
			case name != c.name:
				c.tell(m.ledger, ByHand, "exporters."+name, "", "this is a second exporter of spans to LightStep; the values are those of "+shown(c.name))
			case !m.marked[c.document]:
				c.tell(m.ledger, Left, "exporters."+c.name, "", "this exporter sends to LightStep, but nothing here shows that the mesh sends its spans to this collector: it is not changed, and no value is taken from it")
			}
		}
	}
}

// hideHeaders takes note of what an exporter's headers hold: it is never shown.
func (m *decisions) hideHeaders(exporter any) {
	settings, _ := exporter.(map[string]any)
	headers, _ := settings["headers"].(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		if secret, isText := headers[name].(string); isText && !strings.Contains(secret, "${") {
			m.hide(secret)
		}
	}
}

func orNone(pipelines []string) string {
	if len(pipelines) == 0 {
		return "no pipeline uses it"
	}
	return "it is in pipeline " + shownAll(pipelines)
}

// takeCollectors reads the collectors' exporters, and names what of their
// configuration the chart's collector does not do.
func (m *decisions) takeCollectors() {
	for _, c := range m.toLightStep {
		m.takeExporter(c)
		if c.document.ours() {
			if others := c.withoutChartsOwn(c.otherExporters()); len(others) > 0 {
				m.know(c.document, c.site, "collector.exporters", others, 50)
			}
			continue
		}
		if owner := c.document.outermost(); !owner.is("ConfigMap") && len(c.releases()) == 0 {
			c.tell(m.ledger, ByHand, "exporters", "", "nothing here names the release of this collector: it was taken for the one that the mesh sends to; check this")
		}
		m.nameProcessors(c)
		m.nameReceivers(c)
		m.nameTuned(c)
		m.nameExporters(c)
		m.namePipelines(c)
	}
}

func (m *decisions) takeExporter(c collectorConfig) {
	know := func(value string, is any) { m.know(c.document, c.site, value, is, 45) }
	path := "exporters." + c.name
	written := c.endpoint()
	to := endpointOf(written)
	to.port = cmp.Or(to.port, "443") // as gRPC has it
	if kind, _, _ := strings.Cut(c.name, "/"); kind == "otlphttp" || kind == "otlp_http" {
		c.tell(m.ledger, ByHand, path, "", "it used OTLP over HTTP; the chart uses OTLP over gRPC: check that "+shown(to.address())+" accepts it")
	}
	switch {
	case m.standsFor(written, false) != "":
		know(valueAddress, written)
	case to.host != "":
		know(valueAddress, to.address())
	}
	tls, _ := c.exporter["tls"].(map[string]any)
	insecure, _ := tls["insecure"].(bool)
	know(valueSecure, to.scheme == "https" || to.scheme != "http" && !insecure)
	if ca, _ := tls["ca_file"].(string); ca != "" {
		know(valueCAPath, ca)
	}
	if name, _ := tls["server_name_override"].(string); name != "" {
		know(valueServerName, name)
	}
	if c.relayed {
		know(valueRetryRefused, true)
	}
	if c.document.ours() {
		return
	}
	extension, bearer := c.bearer()
	token, _ := headerOf(c.exporter).(string)
	if token == "" && bearer != "" {
		m.hide(bearer)
		token = bearer
	}
	if token != "" && !ofEnvironment(token) {
		know(valueToken, token)
	} else if secret := m.secretBehind(token, c); secret != nil {
		m.takeSecretBehind(secret)
	} else if token != "" {
		c.tell(m.ledger, ByHand, path, valueTokenFrom, "the token comes from the collector's environment: name the Secret behind it")
	}
	headers, _ := c.exporter["headers"].(map[string]any)
	settings := maps.Clone(c.exporter)
	if bearer != "" && extension != "" {
		delete(settings, "auth")
	}
	unknown := slices.Concat(m.unknownSettings("", settings), m.unknownSettings("tls.", tls), m.unknownSettings("headers.", headers))
	if len(unknown) > 0 {
		c.tell(m.ledger, ByHand, path, "", "the chart has no value for "+shownAll(unknown)+" of this exporter: see whether LightStep's exporter needs it")
	}
}

// nameTuned names the settings for which the chart has values of its own, and
// that this collector had otherwise.
func (m *decisions) nameTuned(c collectorConfig) {
	var tuned []string
	for _, key := range append([]string{"compression"}, shared...) {
		if c.exporter[key] != nil {
			tuned = append(tuned, key)
		}
	}
	if len(tuned) > 0 {
		c.tell(m.ledger, ByHand, "exporters."+c.name, "", "the chart's exporter has values of its own for "+shownAll(tuned)+": see whether LightStep's exporter needs what is set here")
	}
	for _, name := range c.inTraces(func(p pipeline) []string { return p.Receivers }) {
		receiver, _ := c.config.Receivers[name].(map[string]any)
		protocols, _ := receiver["protocols"].(map[string]any)
		if grpc, _ := protocols["grpc"].(map[string]any); grpc["max_recv_msg_size_mib"] != nil {
			c.tell(m.ledger, ByHand, "receivers."+name, "", "the chart's collector takes calls of up to 3 MiB, whatever max_recv_msg_size_mib was here")
		}
	}
}

// takeTracers takes out tracers of the proxies' own that send to a collector that
// was taken. Zipkin's goes by its row.
func (m *decisions) takeTracers() {
	if len(m.toLightStep) == 0 {
		return
	}
	take := func(d *document, s site) {
		if address := textAt(s.Value, "address"); address != "" && m.leadsToLightStep(destinationOf(address)) {
			if !m.gone[s.Key] {
				m.tell(d, Dropped, s, "", "it sent to a collector that sends to LightStep; the chart makes a provider of its own")
			}
			m.remove(d, s)
		}
	}
	for _, kind := range m.Tracers {
		for _, mesh := range m.meshes {
			for _, s := range below(mesh.site, "defaultConfig.tracing."+kind) {
				take(mesh.document, s)
			}
		}
		for _, d := range m.documents {
			for _, p := range d.placed {
				if p.scope.Rows == "values" && p.scope.Unread == "" {
					for _, s := range below(p.base, "global.tracer."+kind) {
						take(d, s)
					}
				}
			}
		}
	}
}

// unknownSettings gives the settings of an exporter that no value stands for.
func (m *decisions) unknownSettings(prefix string, settings map[string]any) []string {
	var unknown []string
	for _, key := range slices.Sorted(maps.Keys(settings)) {
		if !slices.Contains(m.Exporter, prefix+strings.ToLower(key)) {
			unknown = append(unknown, prefix+key)
		}
	}
	return unknown
}

// nameProcessors names what was done to spans on their way.
func (m *decisions) nameProcessors(c collectorConfig) {
	for _, name := range c.inTraces(func(p pipeline) []string { return p.Processors }) {
		kind, _, _ := strings.Cut(name, "/")
		if slices.Contains(m.Processors, kind) {
			c.tell(m.ledger, Left, "processors."+name, "", "the chart's collector bounds its memory and batches by itself")
			continue
		}
		c.tell(m.ledger, ByHand, "processors."+name, "", "the chart's collector has no processors, so it sends spans on as they are. To keep this one, keep "+
			"this collector behind the chart's: set "+valueAddress+" to the address of its OTLP receiver, and "+valueSecure+" to what that speaks")
	}
}

// nameReceivers names what else is taken in: something may send there.
func (m *decisions) nameReceivers(c collectorConfig) {
	for _, name := range c.inTraces(func(p pipeline) []string { return p.Receivers }) {
		kind, _, _ := strings.Cut(name, "/")
		switch {
		case c.config.Connectors[name] != nil:
			c.tell(m.ledger, ByHand, "connectors."+name, "", "the chart's collector has no connectors: spans of other pipelines came to LightStep this way")
		case !slices.Contains(m.Receivers, kind):
			c.tell(m.ledger, ByHand, "receivers."+name, "", "the chart's collector has no such receiver: keep this collector for what sends to it")
		}
	}
}

// nameExporters names where else the same spans went.
func (m *decisions) nameExporters(c collectorConfig) {
	for _, name := range c.inTraces(func(p pipeline) []string { return p.Exporters }) {
		settings, _ := c.config.Exporters[name].(map[string]any)
		switch {
		case name == c.name || exportsToLightStep(name, settings):
		case slices.Contains(slices.Collect(maps.Keys(c.config.Connectors)), name):
			c.tell(m.ledger, ByHand, "connectors."+name, "", "the chart's collector has no connectors: what this one makes of spans is no longer made")
		default:
			c.tell(m.ledger, ByHand, "exporters."+name, "collector.exporters", "spans also went to this exporter; where that is still wanted, give it as collector.exporters")
		}
	}
}

// namePipelines names what the collector does besides.
func (m *decisions) namePipelines(c collectorConfig) {
	for _, name := range c.otherPipelines() {
		c.tell(m.ledger, ByHand, "service.pipelines."+name, "", "the chart's collector has no such pipeline: keep this collector for it")
	}
}

func (c collectorConfig) otherExporters() map[string]any {
	others := maps.Clone(c.config.Exporters)
	maps.DeleteFunc(others, func(name string, settings any) bool {
		e, _ := settings.(map[string]any)
		return exportsToLightStep(name, e)
	})
	return others
}

// shared are the settings that the chart gives every exporter of its collector.
var shared = []string{"sending_queue", "retry_on_failure", "keepalive", "timeout"}

// withoutChartsOwn takes out of exporters what the chart's own has alike: the
// chart gives them that itself, in the numbers that hold then.
func (c collectorConfig) withoutChartsOwn(exporters map[string]any) map[string]any {
	own, _ := c.config.Exporters[c.name].(map[string]any)
	for name, settings := range exporters {
		e, isMap := settings.(map[string]any)
		if !isMap {
			continue
		}
		e = maps.Clone(e)
		for _, key := range shared {
			if reflect.DeepEqual(e[key], own[key]) {
				delete(e, key)
			}
		}
		exporters[name] = e
	}
	return exporters
}

// afterCollector tells what to do with the collector that a provider sent to.
func (m *decisions) afterCollector(p *provider) string {
	said := "it sent to the collector " + shown(p.host) + "; "
	var kept []string
	for _, c := range m.toLightStep {
		if m.isAt(c, destination{p.service, p.namespace}) {
			kept = append(kept, c.otherPipelines()...)
		}
	}
	if len(kept) > 0 {
		return said + "keep that for its other pipelines (" + shownAll(kept) + ")"
	}
	return said + "once spans arrive through the chart's own, delete it where nothing else sends to it"
}

func (m *decisions) takeSecretBehind(v *secretVariable) {
	m.know(v.document, v.site, valueTokenFrom, v.secret, 45)
	m.know(v.document, v.site, "accessTokenFrom.key", v.key, 45)
	from := "the collector's namespace"
	if v.from != "" {
		from = "namespace " + shown(v.from)
	}
	m.tell(v.document, ByHand, v.site, valueTokenFrom, "Secret "+shown(v.secret)+" must be in the namespace of the release too, istio-system: copy it from "+from)
}

package migrate

import (
	"cmp"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// place gives a place in the collector's configuration, and the document that it
// is in, where its lines are known.
func (c collectorConfig) place(path string) (*document, site, bool) {
	if c.inside == nil {
		return nil, site{}, false
	}
	keys := 2 // the last may have dots
	if strings.HasPrefix(path, "service.pipelines.") {
		keys = 3
	}
	var steps yamltree.Path
	for _, key := range strings.SplitN(path, ".", keys) {
		steps = append(steps, key)
	}
	found := yamltree.Find(c.inside.root, steps)
	if len(found) == 0 {
		return nil, site{}, false
	}
	return c.inside, found[0], true
}

// tell adds a finding about a place in the collector's configuration.
func (c collectorConfig) tell(l *ledger, outcome Outcome, path, to, why string) {
	d, s, known := c.place(path)
	if pipelines := c.pipelinesOf(c.name, true); !known && len(pipelines) > 0 {
		// a pipeline alone names it
		_, name, _ := strings.Cut(path, ".")
		d, s, known = c.place("service.pipelines." + pipelines[0])
		why = shown(name) + ": " + why
	}
	if !known {
		d, s = c.document, c.site
	}
	l.tell(d, outcome, s, to, why)
}

// takeOnly says that of the collector's configuration the values are made of the
// exporter, its extension and its pipelines: any other mention is named.
func (c collectorConfig) takeOnly(l *ledger) {
	paths := []string{"exporters." + c.name}
	if extension, _ := c.bearer(); extension != "" {
		paths = append(paths, "extensions."+extension)
	}
	for _, name := range c.toLightStep {
		paths = append(paths, "service.pipelines."+name)
	}
	for _, path := range paths {
		if d, s, known := c.place(path); known {
			delete(l.knownAt, c.document.anchor(c.site))
			l.knownAt[d.anchor(s)] = true
		}
	}
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
	for _, key := range []string{"endpoint", "traces_endpoint", "proxy_url"} {
		written, _ := settings[key].(string)
		for _, secret := range endpointOf(written).secrets() {
			m.hide(secret)
		}
	}
	headers, unread := headersOf(settings)
	for _, item := range unread {
		pair, _ := item.(map[string]any)
		headers = merged(headers, pair)
	}
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		if secret, isText := headers[name].(string); isText && (!strings.Contains(secret, "${") || fallbackOf(secret) != "") {
			m.hide(secret)
		}
	}
}

func merged(a, b map[string]any) map[string]any {
	both := maps.Clone(a)
	maps.Copy(both, b)
	return both
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
		c.takeOnly(m.ledger)
		if owner := c.document.outermost(); !owner.is("ConfigMap") && len(c.releases()) == 0 {
			c.tell(m.ledger, ByHand, "exporters", "", "nothing here names the release of this collector: it was taken for the one that the mesh sends to; check this")
		} else if len(m.destinations()) == 0 {
			c.tell(m.ledger, ByHand, "exporters", "", "nothing here shows where the mesh sends its spans: this collector was taken for that; check this")
		}
		m.nameParts(c)
	}
}

func (m *decisions) takeExporter(c collectorConfig) {
	path := "exporters." + c.name
	d, at, known := c.place(path)
	if !known || c.document.ours() {
		d, at = c.document, c.site
	}
	know := func(value string, is any) { m.know(d, at, value, is, 45) }
	exporter := m.withTLS(c.exporter)
	written := c.endpoint()
	to := endpointOf(written)
	to.port = cmp.Or(to.port, "443") // as gRPC has it
	if to.user != "" {
		c.tell(m.ledger, ByHand, path, "", "the endpoint has credentials before its host, of basic authentication, and no value is made of them: LightStep takes the access token alone. "+
			"If something between asks for them, ask its operators. They were stored in plain text: rotate them")
	}
	if kind, _, _ := strings.Cut(c.name, "/"); kind == "otlphttp" || kind == "otlp_http" {
		c.tell(m.ledger, ByHand, path, "", "it used OTLP over HTTP; the chart uses OTLP over gRPC: check that "+shown(to.address())+" accepts it")
	}
	switch {
	case m.standsFor(written, false) != "":
		know(valueAddress, written)
	case to.host != "":
		know(valueAddress, to.address())
	}
	tls, _ := exporter["tls"].(map[string]any)
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
	m.takeTokenOf(c, d, at)
	headers, unread := headersOf(exporter)
	if len(unread) > 0 {
		c.tell(m.ledger, ByHand, path, valueTokenFrom, "no collector reads headers that are a list of such items, and none is taken: give the token, or name the Secret with it")
	}
	settings, others := m.withoutToken(c, exporter)
	unknown := slices.Concat(m.unknownSettings("", settings), m.unknownSettings("tls.", tls), m.unknownSettings("headers.", headers), m.unknownSettings("headers.", others))
	if len(unknown) > 0 {
		c.tell(m.ledger, ByHand, path, "", "the chart has no value for "+shownAll(unknown)+" of this exporter: see whether LightStep's exporter needs it")
	}
}

// nameTuned names the settings for which the chart has values of its own, and
// that this collector had otherwise.
func (m *decisions) nameTuned(c collectorConfig, receivers []string) {
	var tuned []string
	for _, key := range append([]string{"compression"}, shared...) {
		if c.exporter[key] != nil {
			tuned = append(tuned, key)
		}
	}
	if len(tuned) > 0 {
		c.tell(m.ledger, ByHand, "exporters."+c.name, "", "the chart's exporter has values of its own for "+shownAll(tuned)+": see whether LightStep's exporter needs what is set here")
	}
	for _, name := range receivers {
		receiver, _ := c.config.Receivers[name].(map[string]any)
		protocols, _ := receiver["protocols"].(map[string]any)
		if grpc, _ := protocols["grpc"].(map[string]any); grpc["max_recv_msg_size_mib"] != nil {
			c.tell(m.ledger, ByHand, "receivers."+name, "", "the chart's collector takes calls of up to 3 MiB, whatever max_recv_msg_size_mib was here")
		}
	}
}

// takeTracers takes out tracers of the proxies' own that send to a collector that
// was taken.
func (m *decisions) takeTracers(kinds ...string) {
	if len(m.toLightStep) == 0 {
		return
	}
	take := func(kind string, d *document, s site) {
		to := destinationOf(textAt(s.Value, "address"))
		if kind == "lightstep" {
			to = m.nativeDestination(textAt(s.Value, "address"))
		}
		if m.leadsToLightStep(to) {
			if !m.gone[s.Key] {
				m.tell(d, ByHand, s, "", m.afterCollector(endpointOf(textAt(s.Value, "address")).host, to))
				m.tell(d, Dropped, s, "", "it sent to a collector that sends to LightStep; the chart makes a provider of its own")
			}
			m.remove(d, s)
		}
	}
	for _, kind := range kinds {
		for _, mesh := range m.meshes {
			for _, s := range below(mesh.site, "defaultConfig.tracing."+kind) {
				take(kind, mesh.document, s)
			}
		}
		for _, d := range m.documents {
			for _, p := range d.placed {
				if p.scope.Rows == "values" && p.scope.Unread == "" {
					for _, s := range below(p.base, "global.tracer."+kind) {
						take(kind, d, s)
					}
				}
			}
		}
	}
}

// withTLS gives an exporter's settings as collectors have them since 0.39: older ones
// have those of TLS right below the exporter.
func (m *decisions) withTLS(exporter map[string]any) map[string]any {
	settings := maps.Clone(exporter)
	tls, _ := settings["tls"].(map[string]any)
	tls = merged(map[string]any{}, tls)
	for _, key := range m.Exporter {
		name, ofTLS := strings.CutPrefix(key, "tls.")
		if is, set := settings[name]; ofTLS && set {
			tls[name] = is
			delete(settings, name)
		}
	}
	if len(tls) > 0 {
		settings["tls"] = tls
	}
	return settings
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

// nameParts names what this collector did that the chart's does not: to spans on
// their way, with what else is taken in, as something may send there, where else the
// same spans went, and what it does besides.
func (m *decisions) nameParts(c collectorConfig) {
	for _, name := range c.inTraces(func(p pipeline) []string { return p.Processors }) {
		kind, _, _ := strings.Cut(name, "/")
		if slices.Contains(m.Processors, kind) {
			c.tell(m.ledger, Left, "processors."+name, "", "the chart's collector bounds its memory and batches by itself")
			continue
		}
		c.tell(m.ledger, ByHand, "processors."+name, valueConfig, "the chart's collector sends spans on as they are until it has this processor, with all that it removes, such as personal data. "+
			"Before it sends, give it in "+valueConfig+", and its name in service.pipelines.traces.processors there; check reports a type that the default image does not have. "+
			"One that cannot move needs this collector behind the chart's: set "+valueAddress+" to the address of its OTLP receiver, and "+valueSecure+" to what that speaks")
	}
	receivers := c.inTraces(func(p pipeline) []string { return p.Receivers })
	for _, name := range receivers {
		kind, _, _ := strings.Cut(name, "/")
		switch {
		case c.within[name]:
		case c.config.Connectors[name] != nil:
			c.tell(m.ledger, ByHand, "connectors."+name, "", "the chart's pipeline of traces takes spans from no connector: those of other pipelines came to LightStep this way")
		case !slices.Contains(m.Receivers, kind):
			c.tell(m.ledger, ByHand, "receivers."+name, valueConfig, "the chart's collector has no such receiver: give it in "+valueConfig+" with a pipeline of its own, or keep this collector for what sends to it")
		}
	}
	m.nameTuned(c, receivers)
	for _, name := range c.inTraces(func(p pipeline) []string { return p.Exporters }) {
		settings, _ := c.config.Exporters[name].(map[string]any)
		_, isConnector := c.config.Connectors[name]
		switch {
		case name == c.name || exportsToLightStep(name, settings) || c.within[name]:
		case isConnector:
			c.tell(m.ledger, ByHand, "connectors."+name, "", "the chart's pipeline of traces sends to no connector: what this one makes of spans is no longer made")
		default:
			c.tell(m.ledger, ByHand, "exporters."+name, "collector.exporters", "spans also went to this exporter; where that is still wanted, give it as collector.exporters")
		}
	}
	for _, name := range c.otherPipelines() {
		c.tell(m.ledger, ByHand, "service.pipelines."+name, valueConfig, "the chart's collector has no such pipeline: give it in "+valueConfig+" with the parts that it names, or keep this collector for it")
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

// afterCollector tells what to do with the collector at a host that spans went to.
func (m *decisions) afterCollector(host string, to destination) string {
	said := "it sent to the collector " + shown(host) + "; "
	var kept []string
	for _, c := range m.toLightStep {
		if m.isAt(c, to) {
			kept = append(kept, c.otherPipelines()...)
		}
	}
	if len(kept) > 0 {
		return said + "keep that for its other pipelines (" + shownAll(kept) + ")"
	}
	return said + "once spans arrive through the chart's own, delete it where nothing else sends to it"
}

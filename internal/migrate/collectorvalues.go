package migrate

import (
	"cmp"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// takeCollectors reads the collectors' exporters, and names what of their
// configuration the chart's collector does not do.
func (m *migration) takeCollectors() {
	for _, c := range m.collectors {
		m.takeExporter(c)
		if c.document.ours() {
			if others := c.withoutChartsOwn(c.otherExporters()); len(others) > 0 {
				m.know(c.document, c.site, "collector.exporters", others, 50)
			}
			continue
		}
		if owner := c.document.outermost(); !owner.is("ConfigMap") && len(c.releases()) == 0 {
			c.tell(m, ByHand, "exporters", "", "nothing here names the release of this collector: it was taken for the one that the mesh sends to; see that it is")
		}
		m.nameProcessors(c)
		m.nameReceivers(c)
		m.nameTuned(c)
		m.nameExporters(c)
		m.namePipelines(c)
	}
}

func (m *migration) takeExporter(c collectorConfig) {
	know := func(value string, is any) { m.know(c.document, c.site, value, is, 45) }
	path := "exporters." + c.name
	written := c.endpoint()
	to := endpointOf(written)
	to.port = cmp.Or(to.port, "443") // as gRPC has it
	if kind, _, _ := strings.Cut(c.name, "/"); kind == "otlphttp" || kind == "otlp_http" {
		c.tell(m, ByHand, path, "", "it spoke OTLP over HTTP; the chart speaks OTLP over gRPC: see that "+shown(to.address())+" takes that")
	}
	switch {
	case m.table.standsFor(written, false) != "":
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
	if token != "" && !strings.Contains(token, "${") {
		know(valueToken, token)
	} else if secret := m.secretBehind(token, c); secret != nil {
		m.takeSecretBehind(secret)
	} else if token != "" {
		c.tell(m, ByHand, path, valueTokenFrom, "the token comes from the collector's environment: name the Secret behind it")
	}
	headers, _ := c.exporter["headers"].(map[string]any)
	settings := maps.Clone(c.exporter)
	if bearer != "" && extension != "" {
		delete(settings, "auth")
	}
	unknown := slices.Concat(m.unknownSettings("", settings), m.unknownSettings("tls.", tls), m.unknownSettings("headers.", headers))
	if len(unknown) > 0 {
		c.tell(m, ByHand, path, "", "the chart has no value for "+shownAll(unknown)+" of this exporter: see whether LightStep's exporter needs it")
	}
}

// nameTuned names the settings for which the chart has values of its own, and
// that this collector had otherwise.
func (m *migration) nameTuned(c collectorConfig) {
	var tuned []string
	for _, key := range append([]string{"compression"}, shared...) {
		if c.exporter[key] != nil {
			tuned = append(tuned, key)
		}
	}
	if len(tuned) > 0 {
		c.tell(m, ByHand, "exporters."+c.name, "", "the chart's exporter has values of its own for "+shownAll(tuned)+": see whether LightStep's exporter needs what is set here")
	}
	for _, name := range c.inTraces(func(p pipeline) []string { return p.Receivers }) {
		receiver, _ := c.config.Receivers[name].(map[string]any)
		protocols, _ := receiver["protocols"].(map[string]any)
		if grpc, _ := protocols["grpc"].(map[string]any); grpc["max_recv_msg_size_mib"] != nil {
			c.tell(m, ByHand, "receivers."+name, "", "the chart's collector takes calls of up to 3 MiB, whatever max_recv_msg_size_mib was here")
		}
	}
}

// takeTracers takes out tracers of the proxies' own that send to a collector that
// was taken. Zipkin's goes by its row.
func (m *migration) takeTracers() {
	if len(m.collectors) == 0 {
		return
	}
	for _, d := range m.documents {
		m.eachScope(d, func(sc scope, base site) {
			if sc.Rows != "meshConfig" || sc.Unread != "" {
				return
			}
			for _, kind := range m.table.Tracers {
				for _, s := range below(base, "defaultConfig.tracing."+kind) {
					if address := textAt(s.Value, "address"); address != "" && m.leadsToLightStep(destinationOf(address)) {
						if !d.removed(s.Key) {
							m.tell(d, Dropped, s, "", "it sent to a collector that sends to LightStep; the chart makes a provider of its own")
						}
						d.remove(s)
					}
				}
			}
		})
	}
}

// bearer gives the extension of the collector that adds the token, and the
// token.
func (c collectorConfig) bearer() (extension, token string) {
	auth, _ := c.exporter["auth"].(map[string]any)
	extension, _ = auth["authenticator"].(string)
	if kind, _, _ := strings.Cut(extension, "/"); kind != "bearertokenauth" {
		return "", ""
	}
	settings, _ := c.config.Extensions[extension].(map[string]any)
	token, _ = settings["token"].(string)
	return extension, token
}

// unknownSettings gives the settings of an exporter that no value stands for.
func (m *migration) unknownSettings(prefix string, settings map[string]any) []string {
	var unknown []string
	for _, key := range slices.Sorted(maps.Keys(settings)) {
		if !slices.Contains(m.table.Exporter, prefix+strings.ToLower(key)) {
			unknown = append(unknown, prefix+key)
		}
	}
	return unknown
}

// nameProcessors names what was done to spans on their way.
func (m *migration) nameProcessors(c collectorConfig) {
	for _, name := range c.inTraces(func(p pipeline) []string { return p.Processors }) {
		kind, _, _ := strings.Cut(name, "/")
		if slices.Contains(m.table.Processors, kind) {
			c.tell(m, Left, "processors."+name, "", "the chart's collector bounds its memory and batches by itself")
			continue
		}
		c.tell(m, ByHand, "processors."+name, "", "the chart's collector has no processors, so it sends spans on as they are. To keep this one, keep "+
			"this collector behind the chart's: set "+valueAddress+" to the address of its OTLP receiver, and "+valueSecure+" to what that speaks")
	}
}

// nameReceivers names what else is taken in: something may send there.
func (m *migration) nameReceivers(c collectorConfig) {
	for _, name := range c.inTraces(func(p pipeline) []string { return p.Receivers }) {
		kind, _, _ := strings.Cut(name, "/")
		switch {
		case c.config.Connectors[name] != nil:
			c.tell(m, ByHand, "connectors."+name, "", "the chart's collector has no connectors: spans of other pipelines came to LightStep this way")
		case !slices.Contains(m.table.Receivers, kind):
			c.tell(m, ByHand, "receivers."+name, "", "the chart's collector has no such receiver: keep this collector for what sends to it")
		}
	}
}

// nameExporters names where else the same spans went.
func (m *migration) nameExporters(c collectorConfig) {
	for _, name := range c.inTraces(func(p pipeline) []string { return p.Exporters }) {
		settings, _ := c.config.Exporters[name].(map[string]any)
		switch {
		case name == c.name || exportsToLightStep(name, settings):
		case slices.Contains(slices.Collect(maps.Keys(c.config.Connectors)), name):
			c.tell(m, ByHand, "connectors."+name, "", "the chart's collector has no connectors: what this one makes of spans is no longer made")
		default:
			c.tell(m, ByHand, "exporters."+name, "collector.exporters", "spans also went to this exporter; where that is still wanted, give it as collector.exporters")
		}
	}
}

// namePipelines names what the collector does besides.
func (m *migration) namePipelines(c collectorConfig) {
	for _, name := range c.otherPipelines() {
		c.tell(m, ByHand, "service.pipelines."+name, "", "the chart's collector has no such pipeline: keep this collector for it")
	}
}

// otherPipelines gives those that send no spans to LightStep.
func (c collectorConfig) otherPipelines() []string {
	traces := c.pipelinesOf(c.name, true)
	return slices.DeleteFunc(slices.Sorted(maps.Keys(c.config.Service.Pipelines)), func(name string) bool {
		return slices.Contains(traces, name)
	})
}

// inTraces gives the names that the pipelines of spans to LightStep list, each
// once; where no pipeline is known, none.
func (c collectorConfig) inTraces(list func(pipeline) []string) []string {
	var names []string
	for _, name := range c.pipelinesOf(c.name, true) {
		for _, listed := range list(c.config.Service.Pipelines[name]) {
			if !slices.Contains(names, listed) {
				names = append(names, listed)
			}
		}
	}
	return names
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
func (m *migration) afterCollector(p *provider) string {
	said := "it sent to the collector " + shown(p.host) + "; "
	var kept []string
	for _, c := range m.collectors {
		if m.isAt(c, destination{p.service, p.namespace}) {
			kept = append(kept, c.otherPipelines()...)
		}
	}
	if len(kept) > 0 {
		return said + "keep that for its other pipelines (" + shownAll(kept) + ")"
	}
	return said + "once spans arrive through the chart's own, delete it where nothing else sends to it"
}

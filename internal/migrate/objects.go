package migrate

import (
	"cmp"
	"encoding/base64"
	"net"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	yamlfile "github.com/istio-lightstep/istio-lightstep/internal/document"
)

var indexed = regexp.MustCompile(`\[\d+\]`)

// plain gives what a node means.
func plain(node *yaml.Node) any { return yamlfile.Value(node) }

// ours tells an object that this chart has rendered.
func (d *document) ours() bool {
	return textAt(d.root, "kind") != "" && textAt(d.root, "metadata.labels.app~kubernetes~io/name") == release
}

// namespaced gives namespace/name of an object.
func (d *document) namespaced() string {
	return textAt(d.root, "metadata.namespace") + "/" + textAt(d.root, "metadata.name")
}

// object names an object of the cluster.
func (d *document) object() object {
	return object{
		Kind: strings.ToLower(textAt(d.root, "kind")), Namespace: cmp.Or(textAt(d.root, "metadata.namespace"), "istio-system"),
		Name: textAt(d.root, "metadata.name"), Version: textAt(d.root, "apiVersion"),
	}
}

// whole is the place of a whole document.
func (d *document) whole(path string) site { return site{path: path, value: d.root} }

// takeObjects reads the objects beside the control plane's documents.
func (m *migration) takeObjects() {
	for _, d := range m.documents {
		if d.command != nil || d.kind != nil && d.kind.Kind != "" && textAt(d.root, "kind") == "" {
			continue
		}
		switch {
		case d.is("Secret"):
			m.takeSecret(d)
		case d.ours() && d.is("StatefulSet"):
			for _, s := range sites(d.root, segments("spec.template.spec.containers[]")) {
				if list, ok := plain(at(s.value, "env")).([]any); ok {
					list = slices.DeleteFunc(list, func(v any) bool { e, _ := v.(map[string]any); return e["name"] == "LIGHTSTEP_ACCESS_TOKEN" })
					if len(list) > 0 {
						m.know(d, s, "collector.env", list, 50)
					}
				}
				for _, e := range sites(s.value, segments("env[]")) {
					if textAt(e.value, "name") == "LIGHTSTEP_ACCESS_TOKEN" {
						m.know(d, s, "accessTokenFrom.name", textAt(e.value, "valueFrom.secretKeyRef.name"), 50)
						m.know(d, s, "accessTokenFrom.key", textAt(e.value, "valueFrom.secretKeyRef.key"), 50)
					}
				}
			}
			for _, s := range sites(d.root, segments("spec.template.spec.volumes[]")) {
				switch textAt(s.value, "name") {
				case "access-token":
					m.know(d, s, valueTokenFrom, textAt(s.value, "secret.secretName"), 50)
				case "cacert":
					m.know(d, s, valueCASecret, textAt(s.value, "secret.secretName"), 50)
				}
			}
		}
		if d.ours() && !d.is("Telemetry") {
			m.tell(d, Dropped, d.whole(""), "", "this chart renders "+textAt(d.root, "kind")+" "+d.namespaced()+" itself")
			d.remove(nil)
		}
	}
	m.takeCollectors()
}

// takeSecret reads the CA's Secret, or one that holds the access token.
func (m *migration) takeSecret(d *document) {
	for _, block := range []string{"data", "stringData"} {
		for _, s := range sites(d.root, []string{block, "*"}) {
			m.hide(d, s.value)
			if block == "data" {
				if decoded, err := base64.StdEncoding.DecodeString(text(s.value)); err == nil && len(decoded) > 5 {
					m.result.secrets = append(m.result.secrets, strings.TrimSpace(string(decoded)))
				}
			}
		}
	}
	name, namespace := textAt(d.root, "metadata.name"), textAt(d.root, "metadata.namespace")
	if name == "lightstep.cacert" {
		if namespace != "" {
			m.know(d, d.whole("metadata.namespace"), valueNamespaces, namespace, 20)
		}
		return
	}
	keys := sites(d.root, []string{"data", "*"})
	keys = append(keys, sites(d.root, []string{"stringData", "*"})...)
	if len(keys) == 1 && strings.Contains(name, "lightstep") && !strings.Contains(keys[0].key.Value, "pem") {
		m.know(d, d.whole("metadata.name"), "accessTokenFrom.name", name, 10)
		m.know(d, d.whole("metadata.name"), "accessTokenFrom.key", keys[0].key.Value, 10)
	}
}

// serviceEntry gives the ServiceEntry for a host, or nil.
func (m *migration) serviceEntry(host string) *document {
	for _, d := range m.documents {
		if d.is("ServiceEntry") && slices.ContainsFunc(sites(d.root, segments("spec.hosts[]")), func(s site) bool { return text(s.value) == host }) {
			return d
		}
	}
	return nil
}

// throughEntry gives where a ServiceEntry leads to.
func (m *migration) throughEntry(d *document, p *provider) (host, port string) {
	host, port = p.host, p.port
	if address := sites(d.root, segments("spec.endpoints[]")); len(address) > 0 {
		host = textAt(address[0].value, "address")
	}
	for _, s := range sites(d.root, segments("spec.ports[]")) {
		if target := textAt(s.value, "targetPort"); textAt(s.value, "number") == p.port && target != "" {
			port = target
		}
	}
	if d.ours() {
		if !strings.HasSuffix(p.host, "."+release+".internal") {
			m.know(d, d.whole("spec.hosts"), "direct.host", p.host, 50)
		}
		if p.port != "4317" {
			m.know(d, d.whole("spec.ports"), "direct.port", literal(p.port), 50)
		}
		return host, port
	}
	m.dropRoute(d, p.host)
	return host, port
}

// dropRoute takes out a ServiceEntry or DestinationRule that is for LightStep
// alone, as its host tells; others may serve applications too.
func (m *migration) dropRoute(d *document, host string) {
	kind := textAt(d.root, "kind") + " " + d.namespaced()
	if !strings.Contains(host, "lightstep") {
		m.tell(d, ByHand, d.whole(""), "", kind+" is left: delete it once spans arrive, where applications do not use "+host)
		return
	}
	m.routes = append(m.routes, d.object())
	m.tell(d, Dropped, d.whole(""), "", kind+" is not needed any more; delete it from the cluster once spans arrive")
	d.remove(nil)
}

// takeRule reads the TLS settings of the DestinationRule for a provider's host.
func (m *migration) takeRule(p *provider) {
	for _, d := range m.documents {
		if !d.is("DestinationRule") || textAt(d.root, "spec.host") != p.host {
			continue
		}
		var tls site
		if found := sites(d.root, segments("spec.trafficPolicy.tls")); len(found) > 0 {
			tls = found[0]
		}
		for _, s := range sites(d.root, segments("spec.trafficPolicy.portLevelSettings[]")) {
			if found := below(s, []string{"tls"}); textAt(s.value, "port.number") == p.port && len(found) > 0 {
				tls = found[0]
			}
		}
		if mode := textAt(tls.value, "mode"); mode != "" {
			m.know(d, tls, "global.tracer.lightstep.secure", mode != "DISABLE" && mode != "ISTIO_MUTUAL", 50)
			if mode == "MUTUAL" {
				m.tell(d, ByHand, tls, "", "mode MUTUAL wants certificates of the client, which the chart has no values for; ask who runs the satellites whether SIMPLE will do")
			}
		}
		if ca := textAt(tls.value, "caCertificates"); ca != "" {
			m.know(d, tls, "global.tracer.lightstep.cacertPath", ca, 50)
		}
		if name := textAt(tls.value, "sni"); name != "" {
			m.know(d, tls, "collector.tls.serverName", name, 50)
		}
		if secret := textAt(tls.value, "credentialName"); secret != "" {
			m.tell(d, ByHand, tls, "cacert.existingSecret.name", "the CA is in Secret "+secret+": name it, and set cacertPath to a path that ends in its key")
		}
		if !d.ours() {
			m.dropRoute(d, p.host)
		}
	}
}

// collectorConfig is the configuration of an OpenTelemetry Collector that
// exports to LightStep.
type collectorConfig struct {
	document *document
	site     site
	exporter map[string]any
	others   map[string]any
}

// findCollectors looks for collectors that export to LightStep.
func (m *migration) findCollectors() {
	for _, d := range m.documents {
		if !d.is("ConfigMap") {
			continue
		}
		for _, s := range sites(d.root, segments("data.*")) {
			var config struct{ Exporters map[string]any }
			if !strings.Contains(text(s.value), "exporters:") || yaml.Unmarshal([]byte(text(s.value)), &config) != nil {
				continue
			}
			c := collectorConfig{document: d, site: s, others: map[string]any{}}
			for name, settings := range config.Exporters {
				if e, ok := settings.(map[string]any); ok && exportsToLightStep(name, e) {
					c.exporter = e
				} else {
					c.others[name] = settings
				}
			}
			if c.exporter != nil {
				m.collectors = append(m.collectors, c)
				d.marked, m.lightstep = true, true
				m.hideHeaders(d, s)
			}
		}
	}
}

func exportsToLightStep(name string, exporter map[string]any) bool {
	headers, _ := exporter["headers"].(map[string]any)
	endpoint, _ := exporter["endpoint"].(string)
	return headers[tokenHeader] != nil || strings.Contains(name, "lightstep") || strings.Contains(endpoint, "lightstep")
}

// hideHeaders hides a collector's configuration where it holds the token.
func (m *migration) hideHeaders(d *document, s site) {
	for _, c := range m.collectors {
		if token, isText := headerOf(c.exporter).(string); isText && c.site.key == s.key && !strings.Contains(token, "${") {
			m.result.secrets = append(m.result.secrets, token)
		}
	}
	if d.ours() {
		return
	}
}

func headerOf(exporter map[string]any) any {
	headers, _ := exporter["headers"].(map[string]any)
	return headers[tokenHeader]
}

// takeCollectors reads the collectors' exporters.
func (m *migration) takeCollectors() {
	for _, c := range m.collectors {
		tell := func(value string, is any) { m.know(c.document, c.site, value, is, 45) }
		endpoint, _ := c.exporter["endpoint"].(string)
		if u, err := url.Parse(endpoint); err == nil && u.Host != "" {
			if endpoint = u.Host; u.Port() == "" {
				endpoint = net.JoinHostPort(u.Hostname(), "443")
			}
			m.tell(c.document, ByHand, c.site, "", "it spoke OTLP over HTTP; the chart speaks OTLP over gRPC: see that "+endpoint+" takes that")
		}
		if endpoint != "" {
			tell("global.tracer.lightstep.address", endpoint)
		}
		tls, _ := c.exporter["tls"].(map[string]any)
		insecure, _ := tls["insecure"].(bool)
		tell("global.tracer.lightstep.secure", !insecure)
		if ca, _ := tls["ca_file"].(string); ca != "" {
			tell("global.tracer.lightstep.cacertPath", ca)
		}
		if name, _ := tls["server_name_override"].(string); name != "" {
			tell("collector.tls.serverName", name)
		}
		if token, _ := headerOf(c.exporter).(string); token != "" && !strings.Contains(token, "${") {
			tell("global.tracer.lightstep.accessToken", token)
		} else if token != "" && !c.document.ours() {
			m.tell(c.document, ByHand, c.site, "accessTokenFrom.name", "the token comes from the collector's environment: name the Secret behind it")
		}
		m.takeFurther(c)
	}
}

// takeFurther takes what else a collector exports to.
func (m *migration) takeFurther(c collectorConfig) {
	if len(c.others) == 0 {
		return
	}
	if c.document.ours() {
		m.know(c.document, c.site, "collector.exporters", c.others, 50)
		return
	}
	m.tell(c.document, ByHand, c.site, "collector.exporters", "the collector exports elsewhere too; where that is still wanted, give those exporters as collector.exporters")
}

// isSystemCA tells a file of the public authorities.
func (m *migration) isSystemCA(file string) bool {
	return slices.Contains(m.table.SystemCAs, path.Clean(file))
}

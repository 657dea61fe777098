package doctor

import (
	"cmp"
	"maps"
	"net"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	otelcol "github.com/istio-lightstep/istio-lightstep/internal/collector"
	"github.com/istio-lightstep/istio-lightstep/internal/doctor/finding"
	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
	"github.com/istio-lightstep/istio-lightstep/internal/relay"
	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// exporter is what sends spans from a collector to one backend, as far as the
// collector's configuration says it.
type exporter struct {
	id          string
	host        string // of the backend; "" where it is not said, or in the pod
	port        int    // 0: not said
	ca          secretUse
	caReread    bool // after a change, without a restart
	credentials []credential
	relayed     bool // by a container beside it (collector.retryRefused)
	drained     bool // it gets no more spans, and sends what waits
	addressed   bool // it sends to an address, known or not
	queueless   bool // its owner disabled the queue
}

// credential is a Secret that an exporter sends.
type credential struct {
	secretUse
	what    string // in words
	byEnv   bool   // it is in the environment, and sent as it is
	reread  bool   // after a change, without a restart
	isBlock bool   // it is not a header: it may have lines
}

// backend is what the values call the backend: the name in the exporter's.
func (x *exporter) backend() string {
	if _, name, named := strings.Cut(x.id, "/"); named {
		return name
	}
	return x.id
}

// facts add what the findings about a backend have to those of its collector.
func (x *exporter) facts(of finding.Facts) finding.Facts {
	of["exporter"], of["backend"], of["at"] = x.id, x.backend(), ""
	if x.host != "" {
		of["at"] = " at " + x.host
		if x.port != 0 {
			of["at"] = " at " + net.JoinHostPort(x.host, strconv.Itoa(x.port))
		}
	}
	return of
}

// configure reads what the chart's collector is told.
func (e *examination) configure(c *collector) {
	i := slices.IndexFunc(e.CollectorConfigs, func(m mesh.ConfigMap) bool { return m.Ref == c.Ref })
	if i < 0 {
		return
	}
	c.configMap = e.CollectorConfigs[i].Name
	var config map[string]any
	text, relayText := e.CollectorConfigs[i].Data["config.yaml"], e.CollectorConfigs[i].Data[otelcol.RelayConfig]
	if yamltree.Bounded(text) != nil || yamltree.Bounded(relayText) != nil || yaml.Unmarshal([]byte(text), &config) != nil {
		return
	}
	// A relay that cannot be read leaves its exporters at the loopback.
	relays, _ := relay.ReadOptions([]byte(relayText))
	for id, drained := range exportersOf(config) {
		x := c.exporter(id, config)
		x.drained = drained
		c.relay(x, settingsOf(config, "exporters", id), &relays)
		if at := net.ParseIP(x.host); x.host == "localhost" || at != nil && at.IsLoopback() {
			x.host, x.port = "", 0
		}
		c.exporters = append(c.exporters, x)
	}
	slices.SortFunc(c.exporters, func(a, b *exporter) int { return cmp.Compare(a.id, b.id) })
}

// exportersOf gives the exporters of a configuration's pipelines of traces,
// each with whether it is fed nothing more. What a connector takes on is in
// another pipeline; the tap keeps nothing.
func exportersOf(config map[string]any) map[string]bool {
	found := map[string]bool{}
	pipelines := settingsOf(config, "service", "pipelines")
	for _, name := range slices.Sorted(maps.Keys(pipelines)) {
		if signal, _, _ := strings.Cut(name, "/"); signal != "traces" {
			continue
		}
		ids, _, _ := unstructured.NestedStringSlice(pipelines, name, "exporters") // none where it is something else
		for _, id := range ids {
			_, connects := settingsOf(config, "connectors")[id]
			if id == otelcol.TapExporter || connects {
				continue
			}
			drained, before := found[id]
			found[id] = name == otelcol.DrainedPipeline && (drained || !before)
		}
	}
	return found
}

// settingsOf gives the map at a path, which is empty where there is none.
func settingsOf(config map[string]any, at ...string) map[string]any {
	settings, _, _ := unstructured.NestedMap(config, at...) // none where it is something else
	return settings
}

// textOf gives the text at a path, "" where there is none.
func textOf(config map[string]any, at ...string) string {
	text, _, _ := unstructured.NestedString(config, at...) // none where it is something else
	return text
}

// exporter reads one exporter of a configuration. Keys that others of its type
// have in another form say nothing.
func (c *collector) exporter(id string, config map[string]any) *exporter {
	settings := settingsOf(config, "exporters", id)
	x := &exporter{id: id}
	endpoint := cmp.Or(textOf(settings, "traces_endpoint"), textOf(settings, "endpoint"))
	x.addressed = endpoint != ""
	x.host, x.port = addressOf(endpoint)
	if enabled, said, _ := unstructured.NestedBool(settings, "sending_queue", "enabled"); said {
		x.queueless = !enabled
	}
	c.identify(x, textOf(settings, "tls", "ca_file"), textOf(settings, "tls", "cert_file"), textOf(settings, "tls", "key_file"))
	if extension := textOf(settings, "auth", "authenticator"); extension != "" {
		its := settingsOf(config, "extensions", extension)
		x.add(credential{secretUse: c.mounted(textOf(its, "filename")), what: "header " + cmp.Or(textOf(its, "header"), "authorization"), reread: true})
	}
	headers := settingsOf(settings, "headers")
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		if text, ok := headers[name].(string); ok {
			c.header(x, name, text)
		}
	}
	return x
}

// identify notes the Secrets by which backend and collector know each other.
func (c *collector) identify(x *exporter, ca, certificate, key string) {
	x.ca, x.caReread = c.mounted(ca), c.Rereads(ca)
	x.add(credential{secretUse: c.mounted(certificate), what: "the client certificate", isBlock: true, reread: true})
	x.add(credential{secretUse: c.mounted(key), what: "the key of the client certificate", isBlock: true, reread: true})
}

// add notes what is in a Secret.
func (x *exporter) add(one credential) {
	if one.Name != "" {
		x.credentials = append(x.credentials, one)
	}
}

// reference is a variable or a file in the collector's configuration.
var reference = regexp.MustCompile(`\$\{(?:(?:env:)?([A-Za-z_][A-Za-z0-9_]*)|file:([^}]+))(?::-[^}]*)?\}`)

// header notes the Secrets in a header.
func (c *collector) header(x *exporter, name, text string) {
	for _, found := range reference.FindAllStringSubmatch(text, -1) {
		if file := found[2]; file != "" {
			x.add(credential{secretUse: c.mounted(file), what: "header " + name, reread: c.Rereads(file)})
			continue
		}
		for _, v := range c.Env {
			if v.Name == found[1] && v.SecretName != "" {
				use := secretUse{mesh.Ref{Namespace: c.Namespace, Name: v.SecretName}, v.Key}
				x.add(credential{secretUse: use, what: "header " + name, byEnv: true})
			}
		}
	}
}

// relay looks through the container that an exporter sends to. That reads its
// files for each call or connection.
func (c *collector) relay(x *exporter, settings map[string]any, to *relay.Options) {
	receivers := []relay.Receiver{to.Receiver}
	for i := range to.Backends {
		receivers = append(receivers, to.Backends[i].Receiver)
	}
	for i, r := range receivers {
		byProxy := textOf(settings, "proxy_url") == "http://"+r.Listen
		if r.Listen == "" || !byProxy && textOf(settings, "endpoint") != r.Listen {
			continue
		}
		x.relayed = true
		c.identify(x, r.CAFile, r.CertFile, r.KeyFile)
		x.caReread = true
		switch {
		case !byProxy:
			x.host, x.port = addressOf(r.Endpoint)
		case x.port == 80 && !r.Plaintext:
			x.port = 443
		}
		if i == 0 {
			x.add(credential{secretUse: c.mounted(to.TokenFile), what: "header " + to.Header, reread: true})
		}
	}
}

// addressOf gives host and port of an endpoint: host:port, or a URL. It gives
// nothing where a part of it is a variable.
func addressOf(endpoint string) (host string, port int) {
	if strings.Contains(endpoint, "${") {
		return "", 0
	}
	if u, err := url.Parse(endpoint); err == nil && u.Host != "" {
		number := cmp.Or(u.Port(), map[string]string{"https": "443", "http": "80"}[strings.ToLower(u.Scheme)])
		port, _ = strconv.Atoi(number) // 0 where it is no number
		return u.Hostname(), port
	}
	endpoint = endpoint[strings.LastIndex(endpoint, "/")+1:] // dns:///host:port
	at := strings.LastIndex(endpoint, ":")
	if at < 0 {
		return endpoint, 0
	}
	port, _ = strconv.Atoi(endpoint[at+1:]) // 0 where it is no number
	return strings.Trim(endpoint[:at], "[]"), port
}

// mounted finds the Secret in which a file of the collector stands.
func (c *collector) mounted(file string) secretUse {
	for i := range c.Volumes {
		m := &c.Volumes[i]
		below, in := strings.CutPrefix(path.Clean(file), path.Clean(m.Path)+"/")
		if !in {
			continue
		}
		key, known := m.Files[below]
		if m.Files == nil {
			key, known = below, !strings.Contains(below, "/")
		}
		if known {
			return secretUse{mesh.Ref{Namespace: c.Namespace, Name: m.Secret}, key}
		}
	}
	return secretUse{}
}

// running gives the exporters that a replica has: those of the configuration,
// and those that it counts for, which it may have of an older one.
func (c *collector) running(o CollectorState) []*exporter {
	all := slices.Clone(c.exporters)
	for _, id := range slices.Sorted(maps.Keys(o.After)) {
		configured := slices.ContainsFunc(c.exporters, func(x *exporter) bool { return x.id == id })
		if !configured && id != "" && id != otelcol.TapExporter {
			all = append(all, &exporter{id: id})
		}
	}
	return all
}

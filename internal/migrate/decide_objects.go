package migrate

import (
	"context"
	"encoding/base64"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/istio-lightstep/istio-lightstep/internal/collector"
	"github.com/istio-lightstep/istio-lightstep/internal/dialect"
	yamlfile "github.com/istio-lightstep/istio-lightstep/internal/document"
	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
	"github.com/istio-lightstep/istio-lightstep/pkg/render"
)

// takeObjects reads the objects beside the control plane's documents.
func (m *decisions) takeObjects(ctx context.Context) error {
	for _, d := range m.documents {
		if d.command != nil || d.kind != nil && d.kind.Kind != "" && textAt(d.root, "kind") == "" {
			continue
		}
		switch {
		case d.is("Secret"):
			m.takeSecret(d)
		case d.ours() && d.is("StatefulSet"):
			for _, s := range sites(d.root, "spec.template.spec.containers[]") {
				if textAt(s.Value, "name") != "collector" {
					continue // what a container beside it has, the chart gives it
				}
				given, err := m.to.collectorEnv(ctx, textAt(s.Value, "resources.limits.memory"))
				if err != nil {
					return err
				}
				list, _ := yamltree.Value(at(s.Value, "env")).([]any)
				if list = slices.DeleteFunc(list, func(v any) bool { return isGiven(v, given) }); len(list) > 0 {
					m.know(d, s, "collector.env", list, 50)
				}
				for _, e := range sites(s.Value, "env[]") {
					if textAt(e.Value, "name") == "LIGHTSTEP_ACCESS_TOKEN" {
						m.know(d, s, valueTokenFrom, textAt(e.Value, "valueFrom.secretKeyRef.name"), 50)
						m.know(d, s, valueTokenKey, textAt(e.Value, "valueFrom.secretKeyRef.key"), 50)
					}
				}
			}
			for _, s := range sites(d.root, "spec.template.spec.volumes[]") {
				switch textAt(s.Value, "name") {
				case "access-token":
					m.know(d, s, valueTokenFrom, textAt(s.Value, "secret.secretName"), 50)
				case "cacert":
					m.know(d, s, valueCASecret, textAt(s.Value, "secret.secretName"), 50)
				}
			}
		}
		if d.ours() && !d.is("Telemetry") {
			m.tell(d, Dropped, d.whole(""), "", "this chart renders "+textAt(d.root, "kind")+" "+d.namespaced()+" itself")
			m.remove(d, site{})
		}
	}
	return nil
}

// takeSecretsOfLists finds the Secret that a list of settings takes the access
// token from.
func (m *decisions) takeSecretsOfLists() {
	for _, d := range m.documents {
		if d.command != nil || d.items != nil || d.holder != nil {
			continue
		}
		for list := range yamltree.All(d.root) {
			if !yamlfile.IsSetList(list) {
				continue
			}
			for _, item := range yamlfile.ItemsOfSet(list) {
				secret := textAt(item.Value, "valueFrom.secretKeyRef.name")
				if secret == "" || !isToken(textAt(item.Value, "name")) {
					continue
				}
				m.know(d, item, valueTokenFrom, secret, 40)
				m.know(d, item, valueTokenKey, textAt(item.Value, "valueFrom.secretKeyRef.key"), 40)
				m.remove(d, item)
				if namespace := textAt(item.Value, "valueFrom.secretKeyRef.namespace"); !sameNamespace(namespace, m.plane.namespace) {
					m.askForCopy(d, item, secret, "namespace "+shown(namespace))
				}
			}
		}
	}
}

// takeSecret reads the CA's Secret, or one that holds the access token.
func (m *decisions) takeSecret(d *document) {
	for _, block := range []string{"data", "stringData"} {
		for _, s := range sites(d.root, block+".*") {
			m.hide(yamltree.Text(s.Value))
			if block == "data" {
				if decoded, err := base64.StdEncoding.DecodeString(yamltree.Text(s.Value)); err == nil && len(decoded) > 5 {
					m.hide(strings.TrimSpace(string(decoded)))
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
	keys := sites(d.root, "data.*")
	keys = append(keys, sites(d.root, "stringData.*")...)
	if len(keys) == 1 && strings.Contains(name, "lightstep") && !strings.Contains(keys[0].Key.Value, "pem") {
		m.know(d, d.whole("metadata.name"), valueTokenFrom, name, 10)
		m.know(d, d.whole("metadata.name"), valueTokenKey, keys[0].Key.Value, 10)
	}
}

// collectorEnv gives the variables that the chart gives its collector by itself,
// with a memory limit: those of a render in which the owner sets none.
func (t target) collectorEnv(ctx context.Context, memoryLimit string) ([]any, error) {
	dialects, err := dialect.Load()
	if err != nil {
		return nil, err
	}
	_, newest := dialects.Range(dialect.Any)
	given := map[string]any{
		"istio":           map[string]any{"version": newest},
		"global":          map[string]any{"tracer": map[string]any{"lightstep": map[string]any{"address": "satellite.example.com:443", "secure": false}}},
		"accessTokenFrom": map[string]any{"name": "token"},
	}
	if memoryLimit != "" {
		given["collector"] = map[string]any{"resources": map[string]any{"limits": map[string]any{"memory": memoryLimit}}}
	}
	values, err := render.ReadValues(render.Map("the collector", given))
	if err != nil {
		return nil, err
	}
	result, err := t.renderer.Render(ctx, values)
	if err != nil {
		return nil, err
	}
	objects, err := result.Objects()
	for _, o := range objects {
		containers, _, _ := unstructured.NestedSlice(o.Object, "spec", "template", "spec", "containers")
		for _, c := range containers {
			if c, _ := c.(map[string]any); o.GetKind() == "StatefulSet" && c["name"] == collector.Container {
				env, _ := c["env"].([]any)
				return env, err
			}
		}
	}
	return nil, err
}

// isGiven tells a variable of the collector that the chart gives it, with the
// value that it has where the owner sets none.
func isGiven(variable any, given []any) bool {
	v, _ := variable.(map[string]any)
	return slices.ContainsFunc(given, func(g any) bool {
		chart, _ := g.(map[string]any)
		return chart["name"] == v["name"] && (chart["valueFrom"] != nil || chart["value"] == v["value"])
	})
}

// through gives where the ServiceEntries for a provider's host lead to. Without
// one, and where they do not agree, that is the host and port of the provider
// itself, and no entry.
func (m *decisions) through(p *provider) lead {
	own := lead{host: p.host, port: p.port}
	var leads []lead
	for _, entry := range m.entries[p.host] {
		if why := m.notForMesh(entry, p); why != "" {
			m.tell(entry, ByHand, entry.whole(""), "", "ServiceEntry "+entry.namespaced()+" is for "+shown(p.host)+", but "+why+": no value is taken from it, and it is not changed")
			continue
		}
		for _, l := range leadsOf(entry, p) {
			if !slices.Contains(leads, l) {
				leads = append(leads, l)
			}
		}
	}
	for _, l := range leads {
		if l.host != leads[0].host || l.port != leads[0].port {
			m.tellDisagreement(leads, own)
			return own
		}
	}
	for _, l := range leads {
		m.takeEntry(l.entry, p)
	}
	if len(leads) == 0 {
		return own
	}
	return leads[0]
}

func (m *decisions) tellDisagreement(leads []lead, own lead) {
	for _, l := range leads {
		m.tell(l.entry, ByHand, l.entry.whole(""), valueAddress, "ServiceEntry "+l.entry.namespaced()+" leads "+shown(own.host)+" to "+shown(l.address())+
			", and another ServiceEntry or endpoint leads it elsewhere: the values have "+shown(own.address())+"; set the address that is meant, and delete the entries once spans arrive")
	}
}

// takeEntry takes out a ServiceEntry, or what one of the chart's own says of its
// values.
func (m *decisions) takeEntry(entry *document, p *provider) {
	if !entry.ours() {
		m.dropRoute(entry, p.host, func() []string { return m.othersOfEntry(entry) })
		return
	}
	if !strings.HasSuffix(p.host, "."+release+".internal") {
		m.know(entry, entry.whole("spec.hosts"), "direct.host", p.host, 50)
	}
	if p.port != defaults["direct.port"] {
		m.know(entry, entry.whole("spec.ports"), "direct.port", literal(p.port), 50)
	}
}

// dropRoute takes out a ServiceEntry or DestinationRule that is for LightStep
// alone, as its host and the others that it serves tell; the rest may carry the
// traffic of applications.
func (m *decisions) dropRoute(d *document, host string, othersOf func() []string) {
	if m.routed[d] {
		return
	}
	m.routed[d] = true
	others := othersOf()
	kind := textAt(d.root, "kind") + " " + d.namespaced()
	switch {
	case len(others) > 0:
		m.tell(d, Left, d.whole(""), "", kind+" also serves "+strings.Join(others, ", ")+
			", so it is not changed. Once spans arrive, remove the part for "+shown(host)+" where no application uses it")
	case !strings.Contains(host, "lightstep"):
		m.tell(d, ByHand, d.whole(""), "", kind+" is left: delete it once spans arrive, where applications do not use "+shown(host))
	default:
		for _, host := range d.routedHosts() {
			if why := m.needs(host); why != "" {
				m.tell(d, ByHand, d.whole(""), "", kind+" is left: "+why+", and may need it")
				return
			}
		}
		m.plan.routes = append(m.plan.routes, d.object())
		m.tell(d, Dropped, d.whole(""), "", kind+" is no longer needed; delete it from the cluster once spans arrive")
		m.remove(d, site{})
	}
}

// takeRule reads the TLS settings of the DestinationRule for a provider's host.
func (m *decisions) takeRule(p *provider) {
	for _, d := range m.rules[p.host] {
		if why := m.notForMesh(d, p); why != "" {
			m.tell(d, ByHand, d.whole(""), "", "DestinationRule "+d.namespaced()+" is for "+shown(p.host)+", but "+why+": no value is taken from it, and it is not changed")
			continue
		}
		m.takeRuleTLS(d, p)
		if !d.ours() {
			m.dropRoute(d, p.host, func() []string { return m.othersOfRule(d, p.host) })
		}
	}
}

func (m *decisions) takeRuleTLS(d *document, p *provider) {
	tls := ruleTLS(d, p.port)
	if mode := textAt(tls.Value, "mode"); mode != "" {
		m.know(d, tls, valueSecure, mode != "DISABLE" && mode != "ISTIO_MUTUAL", 50)
		if mode == "MUTUAL" {
			m.tell(d, ByHand, tls, "", "mode MUTUAL"+clientCertificates)
		}
	}
	if ca := textAt(tls.Value, "caCertificates"); ca != "" {
		m.know(d, tls, valueCAPath, ca, 50)
	}
	if name := textAt(tls.Value, "sni"); name != "" {
		m.know(d, tls, valueServerName, name, 50)
	}
	if secret := textAt(tls.Value, "credentialName"); secret != "" {
		m.tell(d, ByHand, tls, valueCASecret, "the CA is in Secret "+shown(secret)+": name it, and set cacertPath to a path that ends in its key")
	}
}

// needing is what else than LightStep's spans goes to hosts by the objects that
// lead there. Of several reasons the last counts.
type needing struct {
	hosts map[string]reason // by host: another provider, such as one of access logs, or an object that names the host
	all   reason            // an application may send to known hosts alone, or not everything is known
}

// reason is why an object is needed, and which of all reasons it is.
type reason struct {
	number int
	text   string
}

// needs tells why objects that lead to a host are needed besides; "" where
// nothing does.
func (m *decisions) needs(host string) string {
	if m.needing == nil {
		m.needing = m.findNeeding()
	}
	if of := m.needing.hosts[host]; of.number > m.needing.all.number {
		return of.text
	}
	return m.needing.all.text
}

func (m *decisions) findNeeding() *needing {
	ours := map[string]bool{}
	for _, p := range m.providers {
		ours[p.name] = m.roles[p] != elsewhere
	}
	n := &needing{hosts: map[string]reason{}}
	number := 0
	because := func(text string) reason {
		number++
		return reason{number, text}
	}
	for _, d := range m.documents {
		if textAt(d.root, "kind") == "Sidecar" && textAt(d.root, "spec.outboundTrafficPolicy.mode") == "REGISTRY_ONLY" {
			n.all = because(d.describe() + " lets its workloads send to known hosts alone")
		}
	}
	for _, mesh := range m.meshes {
		if textAt(mesh.site.Value, "outboundTrafficPolicy.mode") == "REGISTRY_ONLY" {
			n.all = because("the mesh lets workloads send to known hosts alone (outboundTrafficPolicy)")
		}
		for _, s := range below(mesh.site, "extensionProviders[]") {
			name := textAt(s.Value, "name")
			if ours[name] {
				continue
			}
			for _, service := range below(s, "*.service") {
				to := yamltree.Text(service.Value)
				n.hosts[to[strings.LastIndexByte(to, '/')+1:]] = because("provider " + shown(name) + " sends there too")
			}
		}
	}
	m.findUsers(func(host, why string) {
		if _, known := n.hosts[host]; !known {
			n.hosts[host] = because(why)
		}
	})
	if m.blind {
		n.all = because("not all of the cluster could be looked at")
	}
	return n
}

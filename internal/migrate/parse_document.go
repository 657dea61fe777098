package migrate

import (
	"cmp"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/istio-lightstep/istio-lightstep/internal/redact"
	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// is tells whether a document is of a kind.
func (d *document) is(name string) bool { return d.kind != nil && d.kind.Kind == name }

// outermost gives the document that all of this one stands in.
func (d *document) outermost() *document { return cmp.Or(d.owner, d) }

// position gives where a node stands in the source.
func (d *document) position(node *yaml.Node) (line, column int) {
	if node == nil {
		return 0, 0
	}
	if d.command != nil {
		return node.Line, node.Column
	}
	if d.holder != nil {
		return d.holder.position(d.held.Key)
	}
	return d.file.Position(node)
}

// eachBelow calls f with a key that flags or items of a list set, and with all
// below it.
func (d *document) eachBelow(key *yaml.Node, f func(*yaml.Node)) {
	f(key)
	if value := d.below[key]; value != nil {
		d.eachBelow(value, f)
	}
	for k := range yamltree.Children(key) { // a value is below its key
		d.eachBelow(k, f)
	}
}

// found makes a finding about a place.
func (d *document) found(outcome Outcome, s site) Finding {
	f := Finding{Outcome: outcome, File: d.Name, Path: redact.Key(strings.TrimSuffix(d.prefix+s.Path().String(), ": "))}
	if d.command != nil && d.is("IstioOperator") {
		f.Path = strings.TrimPrefix(f.Path, "spec.")
	}
	key := s.Key
	if key == nil {
		key = d.root
	}
	f.Line, f.Column = d.position(key)
	return f
}

// anchor gives the node of the file that a place is about.
func (d *document) anchor(s site) *yaml.Node {
	if item := d.items[s.Key]; item != nil {
		return item
	}
	return cmp.Or(s.Key, d.root)
}

// ours tells an object that this chart has rendered: the name alone may be on
// somebody else's object.
func (d *document) ours() bool {
	return textAt(d.root, "kind") != "" && textAt(d.root, "metadata.labels.app\\.kubernetes\\.io/name") == release &&
		strings.HasPrefix(textAt(d.root, "metadata.labels.helm\\.sh/chart"), release+"-")
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
func (d *document) whole(path string) site { return site{Value: d.root, Steps: yamltree.Parse(path)} }

// describe names an object for a sentence.
func (d *document) describe() string {
	if d == nil {
		return "another Telemetry"
	}
	return shown(textAt(d.root, "kind") + " " + strings.Trim(d.namespaced(), "/"))
}

// target gives the namespace that an object is, or installs something, in;
// empty where it does not tell.
func (d *document) target() string {
	return cmp.Or(textAt(d.root, "spec.targetNamespace"), textAt(d.root, "spec.destination.namespace"), textAt(d.root, "metadata.namespace"))
}

// ofWorkload tells the configuration that pods have for their own proxy in an
// annotation.
func (d *document) ofWorkload() bool {
	return d.is("proxyConfig") && strings.Contains(d.prefix, yamltree.Path{proxyConfig}.String())
}

// routedHosts gives the hosts of a ServiceEntry or DestinationRule.
func (d *document) routedHosts() []string {
	path := map[bool]string{d.is("ServiceEntry"): "spec.hosts[]", d.is("DestinationRule"): "spec.host"}[true]
	if path == "" {
		return nil
	}
	var hosts []string
	for _, s := range sites(d.root, path) {
		hosts = append(hosts, yamltree.Text(s.Value))
	}
	return hosts
}

// proxyConfig is the annotation by which a workload configures its proxy.
const proxyConfig = "proxy.istio.io/config"

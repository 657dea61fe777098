package migrate

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"maps"
	"net"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"

	yamlfile "github.com/istio-lightstep/istio-lightstep/internal/document"
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
	switch {
	case d.holder == nil:
		return d.file.Position(node)
	case d.isWithin():
		return d.holder.position(node)
	}
	return d.holder.position(d.held.Key)
}

// isWithin tells an object that is a map of another one.
func (d *document) isWithin() bool { return d.holder != nil && d.holder.file == d.file }

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
	path := s.Path().String()
	if path == "" {
		path = strings.TrimRight(d.prefix, ".: ")
	} else {
		path = d.prefix + path
	}
	f := Finding{Outcome: outcome, File: d.Name, Path: redact.Key(path)}
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
	return yamlfile.Ours(d.root)
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
	name := strings.TrimSpace(textAt(d.root, "kind") + " " + strings.Trim(d.namespaced(), "/"))
	return shown(cmp.Or(name, d.Name)) // a file of values has none
}

// target gives the namespace that an object is, or installs something, in;
// empty where it does not tell.
func (d *document) target() string {
	return cmp.Or(textAt(d.root, "spec.targetNamespace"), textAt(d.root, "spec.destination.namespace"), textAt(d.root, "metadata.namespace"))
}

// ofWorkload tells the configuration that pods have for their own proxy in an
// annotation.
func (d *document) ofWorkload() bool {
	return d.is("proxyConfig") && d.owner != nil
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

// worth finds text that may be a document with settings of tracing.
var worth = regexp.MustCompile(`(?i:lightstep)|extension_?[pP]roviders|default_?[pP]roviders|random_?[sS]ampling_?[pP]ercentage|(?m:^\s*exporters:)|(?:telemetry|networking)\.istio\.io/`)

// isWorth tells text that may be a document with settings of tracing, or JSON patches
// that set any.
func isWorth(text string) bool {
	return worth.MatchString(text) || operations.MatchString(text) && traces.MatchString(text)
}

// addTexts takes note of documents that stand in texts of another one: the
// values of a wrapper, a mesh config, an annotation.
func (p *parsed) addTexts(d *document) {
	if d.Live && d.depth > 0 {
		return // see addText
	}
	puts := map[*yaml.Node]bool{}
	patches := patchesWithin(d)
	for s := range yamltree.All(d.root) {
		if !yamlfile.MayBeDocument(s) || isBelow(s, patches) {
			continue
		}
		kind := ""
		key, _, _ := literalOf(s)
		switch {
		case key == "mesh", d.is("ConfigMap") && s.Path().String() == "data.mesh":
			kind = "meshConfig"
		case p.Annotation.is(s, puts):
			kind = "proxyConfig"
		case s.Key.Value == lastApplied:
			if mentionsLightStep(s.Value.Value) {
				p.notes.tell(d, Left, s, "", "kubectl keeps the object here as it was applied, a token in it too, until it is applied again")
			}
			continue
		case p.inner[s.Value] != nil || !strings.ContainsAny(s.Value.Value, "{\n") || !isWorth(s.Value.Value):
			continue
		}
		if d.depth < 3 {
			p.addText(d, s, kind)
		}
	}
}

// literalOf gives the key and the text of a literal of kustomize's, which is an item
// KEY=TEXT of a generator.
func literalOf(s site) (key, text string, found bool) {
	if s.Key != s.Value || s.Up.Key == nil || s.Up.Key.Value != "literals" {
		return "", "", false
	}
	return strings.Cut(s.Value.Value, "=")
}

// addText takes note of the documents in one text.
func (p *parsed) addText(d *document, s site, kind string) {
	text, inner := s.Value.Value, (*yamlfile.File)(nil)
	if _, literal, found := literalOf(s); found {
		text = literal
	} else if d.holder == nil {
		inner = d.file.Embedded(s.Value)
	}
	holder := (*document)(nil)
	if inner == nil { // it cannot be edited where it stands
		var err error
		if inner, err = yamlfile.Open([]byte(text)); err != nil {
			p.tellUnreadText(d, s, err)
			return
		}
		holder = d
	} else {
		p.inner[s.Value] = inner
		if kind == "meshConfig" || isEntry(d, s) {
			d.file.KeepEmpty(s.Value) // istiod, or an installer, looks for the entry
		}
	}
	// What a ConfigMap of a cluster holds is none of its objects, and anybody may
	// have written it: beside the mesh config, a collector's configuration counts.
	foreign := d.Live && kind == "" && d.is("ConfigMap")
	for _, root := range inner.Roots {
		if foreign && textAt(root, "kind") != "" {
			continue
		}
		e := &document{input: d.input, file: inner, root: root, prefix: d.prefix + s.Path().String() + ": ", holder: holder, held: s, depth: d.depth + 1, owner: d.outermost()}
		switch e.kind = p.kindOf(root); {
		case kind != "":
			e.kind = p.kind(kind, "")
		case foreign, textAt(root, "kind") == "" && !yamlfile.IsValues(root) && !tracesMesh(root):
			e.kind = nil
		}
		p.add(e)
	}
	for _, list := range inner.Patches {
		if d.Live {
			break
		}
		p.addPatch(&document{input: d.input, file: inner, root: list, prefix: d.prefix + s.Path().String(), holder: holder, held: s, depth: d.depth + 1, owner: d.outermost()}, targetOf(s))
	}
}

// isEntry tells a key of a ConfigMap or Secret.
func isEntry(d *document, s site) bool {
	kind, path := textAt(d.root, "kind"), s.Path()
	return (kind == "ConfigMap" || kind == "Secret") && len(path) == 2 && (path[0] == "data" || path[0] == "stringData")
}

// tellUnreadText names a text that looks like settings, and is not YAML. The sweep
// names what any other mentions.
func (p *parsed) tellUnreadText(d *document, s site, err error) {
	var refused *yamlfile.Error
	if !hasSettings.MatchString(s.Value.Value) || !mentionsLightStep(s.Value.Value) || !errors.As(err, &refused) {
		return
	}
	f := d.found(Unread, s)
	f.Text = fmt.Sprintf("line %d of this text: %s; %s", refused.Problem.Line, refused.Problem.Reason, refused.Problem.Fix)
	if strings.Contains(s.Value.Value, "{{") {
		f.Outcome, f.Text = Template, "give what it renders, such as the output of `helm template`"
	}
	p.notes.hideTokens(s.Value.Value)
	p.notes.note(f)
}

// addWithin takes note of objects within another one. One without scopes is not changed:
// nothing tells what the other one is without it. What a cluster made of it is among its
// objects.
func (p *parsed) addWithin(d *document) {
	for s := range p.objectsWithin(d) {
		e := &document{
			input: d.input, file: d.file, root: s.Value, kind: p.kindOf(s.Value), prefix: d.prefix + s.Path().String() + ".",
			holder: d.holder, held: s, depth: d.depth + 1, owner: d.outermost(), within: true,
		}
		switch {
		case len(e.kind.Scopes) > 0:
			if d.holder != nil {
				e.held = d.held
			}
			p.place(e)
		case d.Live, d.someAt(s) != nil:
			continue
		default:
			e.holder = d
		}
		p.documents = append(p.documents, e)
	}
}

// objectsWithin gives the objects in a document that are read by themselves.
func (p *parsed) objectsWithin(d *document) iter.Seq[site] {
	return func(yield func(site) bool) {
		for s := range yamltree.All(d.root) {
			if s.Up == nil || s.Value.Kind != yaml.MappingNode || !yamltree.IsMap(at(s.Value, "spec")) {
				continue
			}
			if k := p.kindOf(s.Value); k != nil && k.Anywhere && !yield(s) {
				return
			}
		}
	}
}

// readApart gives what of a document is read by itself: control planes, which have
// scopes of their own, and JSON patches.
func (p *parsed) readApart(d *document) map[*yaml.Node]bool {
	apart := p.planesWithin(d)
	maps.Copy(apart, patchesWithin(d))
	return apart
}

// planesWithin gives the control planes in a document, which have scopes of their own.
func (p *parsed) planesWithin(d *document) map[*yaml.Node]bool {
	planes := map[*yaml.Node]bool{}
	for s := range p.objectsWithin(d) {
		if len(p.kindOf(s.Value).Scopes) > 0 {
			planes[s.Value] = true
		}
	}
	return planes
}

// endpoint is what a setting that names an address says.
type endpoint struct{ scheme, user, host, port, path string }

// resolvers are schemes of gRPC that say how a name is looked up, and nothing of
// TLS.
var resolvers = map[string]bool{"dns": true, "passthrough": true, "ipv4": true, "ipv6": true, "xds": true}

// variables are those of a shell, of Flux and of Helm, whose defaults may have colons and slashes: ${NAME:=host}.
var variables = regexp.MustCompile(`\$\{[^}]*\}|\{\{[^{}]*\}\}`)

var joined, parted = strings.NewReplacer(":", "\x00", "/", "\x01", "@", "\x02"), strings.NewReplacer("\x00", ":", "\x01", "/", "\x02", "@")

// endpointOf splits an address, with or without scheme, port and path. A variable
// stays whole.
func endpointOf(text string) endpoint {
	e := splitEndpoint(variables.ReplaceAllStringFunc(text, joined.Replace))
	e.user, e.host, e.port, e.path = parted.Replace(e.user), parted.Replace(e.host), parted.Replace(e.port), parted.Replace(e.path)
	return e
}

func splitEndpoint(text string) endpoint {
	var e endpoint
	rest := text
	if scheme, after, found := strings.Cut(text, "://"); found {
		e.scheme, rest = strings.ToLower(scheme), after
	} else if scheme, after, found := strings.Cut(text, ":"); found && resolvers[strings.ToLower(scheme)] {
		e.scheme, rest = strings.ToLower(scheme), after
	}
	if resolvers[e.scheme] {
		e.scheme, rest = "", rest[strings.LastIndexByte(rest, '/')+1:]
	}
	rest, path, found := strings.Cut(rest, "/")
	if found {
		e.path = "/" + path
	}
	if last := strings.LastIndexByte(rest, '@'); last > 0 && last+1 < len(rest) && rest[0] != '@' {
		e.user, rest = rest[:last], rest[last+1:]
	}
	if host, port, err := net.SplitHostPort(rest); err == nil {
		e.host, e.port = host, port
	} else {
		e.host = strings.Trim(rest, "[]")
	}
	if e.port == "" {
		e.port = map[string]string{"http": "80", "https": "443"}[e.scheme]
	}
	return e
}

// secrets gives what of an endpoint is nobody's to see: its password, or a token in the place of the
// user's name, and what its query sets.
func (e endpoint) secrets() (all []string) {
	if e.user != "" {
		name, password, found := strings.Cut(e.user, ":")
		if all = append(all, e.user, password); !found {
			all = append(all, name)
		}
	}
	if _, query, found := strings.Cut(e.path, "?"); found {
		for _, part := range strings.Split(query, "&") {
			_, value, _ := strings.Cut(part, "=")
			all = append(all, value)
		}
	}
	return all
}

// address gives host and port; "" where there is no host.
func (e endpoint) address() string {
	if e.host == "" || e.port == "" {
		return e.host
	}
	if variables.MatchString(e.host) {
		return e.host + ":" + e.port
	}
	return net.JoinHostPort(e.host, e.port)
}

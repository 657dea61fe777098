package migrate

import (
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"

	yamlfile "github.com/istio-lightstep/istio-lightstep/internal/document"
	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// worth finds text that may be a document with settings of tracing.
var worth = regexp.MustCompile(`(?i:lightstep)|extension_?[pP]roviders|default_?[pP]roviders|(?m:^\s*exporters:)`)

// addTexts takes note of documents that stand in texts of another one: the
// values of a wrapper, a mesh config, an annotation.
func (p *parsed) addTexts(d *document) {
	if d.Live && d.depth > 0 {
		return // see addText
	}
	for s := range yamltree.All(d.root) {
		if !mayBeDocument(s) {
			continue
		}
		kind := ""
		switch {
		case d.is("ConfigMap") && s.Path().String() == "data.mesh":
			kind = "meshConfig"
		case s.Key.Value == "proxy.istio.io/config":
			kind = "proxyConfig"
		case s.Key.Value == lastApplied:
			if mentionsLightStep(s.Value.Value) {
				p.notes.tell(d, Left, s, "", "kubectl keeps the object here as it was applied, a token in it too, until it is applied again")
			}
			continue
		case p.inner[s.Value] != nil || !strings.ContainsAny(s.Value.Value, "{\n") || !worth.MatchString(s.Value.Value):
			continue
		}
		if d.depth < 3 {
			p.addText(d, s, kind)
		}
	}
}

// mayBeDocument tells a text that is more than a word or a line.
func mayBeDocument(s site) bool {
	switch {
	case s.Value.Kind != yaml.ScalarNode || s.Key == nil:
		return false
	case s.Key == s.Value:
		return strings.Contains(s.Value.Value, "\n")
	}
	return strings.ContainsAny(s.Value.Value, "{\n:")
}

// addText takes note of the documents in one text.
func (p *parsed) addText(d *document, s site, kind string) {
	inner := d.file.Embedded(s.Value)
	holder := (*document)(nil)
	if inner == nil { // it cannot be edited where it stands
		var err error
		if inner, err = yamlfile.Open([]byte(s.Value.Value)); err != nil {
			return // the sweep names what it mentions
		}
		holder = d
	} else {
		p.inner[s.Value] = inner
		if kind == "meshConfig" {
			d.file.KeepEmpty(s.Value) // istiod looks for the entry
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
}

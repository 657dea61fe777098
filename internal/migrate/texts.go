package migrate

import (
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"

	yamlfile "github.com/istio-lightstep/istio-lightstep/internal/document"
)

// worth finds text that may be a document with settings of tracing.
var worth = regexp.MustCompile(`(?i:lightstep)|extension_?[pP]roviders|default_?[pP]roviders|(?m:^\s*exporters:)`)

// addTexts takes note of documents that stand in texts of another one: the
// values of a wrapper, a mesh config, an annotation.
func (m *migration) addTexts(d *document) {
	texts := func(key, value *yaml.Node) bool {
		return value.Kind == yaml.ScalarNode && key != nil && key != value && strings.ContainsAny(value.Value, "{\n:") || value.Kind == yaml.ScalarNode && key == value && strings.Contains(value.Value, "\n")
	}
	walk(d.root, texts, func(s site) {
		kind := ""
		switch {
		case d.is("ConfigMap") && s.path == "data.mesh":
			kind = "meshConfig"
		case s.key.Value == "proxy.istio.io/config":
			kind = "proxyConfig"
		case s.key.Value == lastApplied:
			if mentionsLightStep(s.value.Value) {
				m.tell(d, Left, s, "", "kubectl keeps the object here as it was applied, a token in it too, until it is applied again")
			}
			return
		case m.inner[s.value] != nil || !strings.ContainsAny(s.value.Value, "{\n") || !worth.MatchString(s.value.Value):
			return
		}
		if d.depth < 3 {
			m.addText(d, s, kind)
		}
	})
}

// addText takes note of the documents in one text.
func (m *migration) addText(d *document, s site, kind string) {
	inner := d.file.Embedded(s.value)
	holder := (*document)(nil)
	if inner == nil { // it cannot be edited where it stands
		var err error
		if inner, err = yamlfile.Open([]byte(s.value.Value)); err != nil {
			return // the sweep names what it mentions
		}
		holder = d
	} else {
		m.inner[s.value] = inner
		if kind == "meshConfig" {
			d.file.KeepEmpty(s.value) // istiod looks for the entry
		}
	}
	for _, root := range inner.Roots {
		e := &document{input: d.input, file: inner, root: root, prefix: d.prefix + s.path + ": ", holder: holder, held: s, depth: d.depth + 1, owner: d.outermost()}
		switch e.kind = m.kindOf(root); {
		case kind != "":
			e.kind = m.table.kind(kind, "")
		case textAt(root, "kind") == "" && !isValues(root) && !isMeshConfig(root):
			e.kind = nil
		}
		m.add(e)
	}
}

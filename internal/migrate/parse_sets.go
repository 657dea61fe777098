package migrate

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	yamlfile "github.com/istio-lightstep/istio-lightstep/internal/document"
	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// setOne is an item of a list, or an entry of a map, that sets one value.
type setOne struct {
	site site
	name string
}

// addSets takes note of values that lists set one by one, or a map whose keys have
// dots. Lists beside each other set parts of the same values.
func (p *parsed) addSets(d *document) {
	beside := map[*yaml.Node][]site{} // lists by the map that they stand in
	var maps []site
	for s := range yamltree.All(d.root) {
		switch {
		case yamlfile.IsSetList(s) && setsTracing(s):
			if up := s.Up.Value; beside[up] == nil {
				maps = append(maps, *s.Up)
			}
			beside[s.Up.Value] = append(beside[s.Up.Value], s)
		case hasKeysWithDots(s):
			if entries := entriesWithDots(s); len(entries) > 0 {
				p.addSet(d, s, entries)
			}
		}
	}
	for _, up := range maps {
		lists := beside[up.Value]
		if len(lists) == 1 {
			up = lists[0]
		}
		var items []setOne
		for _, list := range lists {
			for _, item := range yamlfile.ItemsOfSet(list) {
				items = append(items, setOne{item, textAt(item.Value, "name")})
			}
		}
		p.addSet(d, up, items)
	}
}

// setsTracing tells a list that sets something of tracing, or the revision of Istio.
func setsTracing(list site) bool {
	return len(yamlfile.SetItems(list, func(name string) bool { return aboutTracing(name) || name == "revision" && installsIstio(list) })) > 0
}

// addSet takes note of the values that items set.
func (p *parsed) addSet(d *document, at site, items []setOne) {
	e := &document{
		input: d.input, file: d.file, kind: p.kind("values", ""), holder: d.holder, held: d.held, depth: d.depth + 1, owner: d.outermost(),
		root:   &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Line: at.Value.Line, Column: at.Value.Column},
		prefix: d.prefix + at.Path().String() + ": ", items: map[*yaml.Node]*yaml.Node{}, below: map[*yaml.Node]*yaml.Node{},
	}
	if at.Key != nil {
		e.root.Line, e.root.Column = at.Key.Line, at.Key.Column
	}
	set := yamlfile.NewSetter(e.root, e.below)
	for _, item := range items {
		set.At(item.site.Key.Line, item.site.Key.Column)
		if value := valueSet(set, item.site); value != nil {
			set.Set(item.name, value)
		}
		for _, leaf := range set.Leaves {
			e.items[leaf] = item.site.Key
		}
	}
	p.place(e)
	p.documents = append(p.documents, e)
}

// valueSet gives what an item of a list, or an entry of a map, sets, or a text that
// nobody takes for it where that is somewhere else; nil for the access token of a
// Secret, which is taken by the Secret's name.
func valueSet(set *yamlfile.Setter, item site) *yaml.Node {
	if item.Value.Kind != yaml.MappingNode {
		return set.Value(item.Value)
	}
	return cmp.Or(set.ItemValue(item.Value), valueFrom(set, item.Value))
}

// valueFrom tells by a text where the value of an item is from.
func valueFrom(set *yamlfile.Setter, item *yaml.Node) *yaml.Node {
	for _, key := range []string{"path", "file"} {
		if file := textAt(item, key); file != "" {
			return set.Scalar("$(file " + file + ")")
		}
	}
	if name := textAt(item, "valueFrom.configMapKeyRef.name"); name != "" {
		return set.Scalar("$(ConfigMap " + name + ")")
	}
	if name := textAt(item, "valueFrom.secretKeyRef.name"); name != "" {
		if isToken(textAt(item, "name")) {
			return nil
		}
		return set.Scalar("$(Secret " + name + ")")
	}
	return set.Scalar("")
}

// isToken tells a key that sets LightStep's access token.
func isToken(key string) bool { return strings.HasSuffix(key, "lightstep.accessToken") }

// ofChart finds the part of a path that is within values of Istio's charts.
var ofChart = regexp.MustCompile(`\b(meshConfig|pilot|global)\..*`)

// isChartKey tells a key that sets a value of Istio's charts, as Helm's --set has it.
func isChartKey(key string) bool {
	at := ofChart.FindStringIndex(key)
	return at != nil && at[0] == 0
}

// hasKeysWithDots tells a map that sets values of tracing by such keys, as that of
// CloudFormation and of a HelmChart does.
func hasKeysWithDots(s site) bool {
	if s.Value.Kind != yaml.MappingNode {
		return false
	}
	for key := range yamltree.Children(s.Value) {
		if isChartKey(key.Value) && aboutTracing(key.Value) {
			return true
		}
	}
	return false
}

func entriesWithDots(s site) (entries []setOne) {
	for _, entry := range below(s, "*") {
		if name := yamltree.Key(entry.Key); isChartKey(name) && entry.Value.Kind == yaml.ScalarNode {
			entries = append(entries, setOne{entry, name})
		}
	}
	return entries
}

// addArguments takes note of values that arguments of Helm set, in a text of these
// alone, such as a variable of a plugin.
func (p *parsed) addArguments(d *document) {
	if d.Live {
		return
	}
	for s := range yamltree.All(d.root) {
		if s.Key == nil || s.Key == s.Value {
			continue
		}
		flags := tracingFlags(s.Value)
		if len(flags) == 0 {
			continue
		}
		e := &document{
			input: d.input, kind: p.kind("values", ""), holder: d, held: s, depth: d.depth + 1, owner: d.outermost(),
			root:   &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"},
			prefix: d.prefix + s.Path().String() + ": ", below: map[*yaml.Node]*yaml.Node{},
		}
		set := yamlfile.NewSetter(e.root, e.below)
		set.At(d.position(s.Key))
		for _, f := range flags {
			p.setBy(d.input, f.form, set, f.expr)
		}
		p.place(e)
		p.documents = append(p.documents, e)
	}
}

// setFlagOf is a flag that sets values: its form, and what it sets.
type setFlagOf struct{ form, expr string }

// tracingFlags gives the flags that set values in a text of arguments; none where the
// text is no such text, or none of them is about tracing.
func tracingFlags(node *yaml.Node) []setFlagOf {
	if node.Kind != yaml.ScalarNode || !strings.HasPrefix(node.Value, "-") || !setFlag.MatchString(node.Value) {
		return nil
	}
	var flags []setFlagOf
	about := false
	words := strings.Fields(node.Value)
	for i, word := range words {
		form, expr, joined := strings.Cut(word, "=")
		if !joined && i+1 < len(words) {
			expr = words[i+1]
		}
		if !strings.HasPrefix(form, "--") || !slices.Contains(setFlags, form) {
			continue
		}
		expr = strings.Trim(expr, `'"`)
		flags = append(flags, setFlagOf{form, expr})
		for _, one := range yamlfile.Assignments(expr) {
			key, _, found := strings.Cut(one, "=")
			about = about || found && aboutTracing(key)
		}
	}
	if !about {
		return nil
	}
	return flags
}

// aboutTracing tells a key of values that may be about tracing.
func aboutTracing(name string) bool {
	return strings.Contains(name, ".tracer") || strings.Contains(name, "meshConfig.") || strings.HasSuffix(name, "raceSampling") || strings.HasSuffix(name, "TRACE_SAMPLING") || mentionsLightStep(name)
}

// installsIstio tells whether a list is part of what names a chart of Istio's.
func installsIstio(list site) bool {
	for up := list.Up; up != nil; up = up.Up {
		if strings.Contains(cmp.Or(textAt(up.Value, "chart"), textAt(up.Value, "chart.name"), textAt(up.Value, "chart.spec.chart")), "istio") {
			return true
		}
	}
	return false
}

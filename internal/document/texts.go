package document

import (
	"bytes"
	"errors"
	"regexp"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"

	"github.com/istio-lightstep/istio-lightstep/internal/collector"
	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// MayBeDocument tells a text that is more than a word or a line, so that it may
// hold a document.
func MayBeDocument(s yamltree.Site) bool {
	switch {
	case s.Value.Kind != yaml.ScalarNode || s.Key == nil:
		return false
	case s.Key == s.Value:
		return strings.Contains(s.Value.Value, "\n")
	}
	return strings.ContainsAny(s.Value.Value, "{\n:")
}

// Ours tells an object that this chart has rendered: the name alone may be on
// somebody else's object.
func Ours(root *yaml.Node) bool {
	return text(root, "kind") != "" && yamltree.Text(at(root, "metadata.labels.app\\.kubernetes\\.io/name")) == collector.Chart &&
		strings.HasPrefix(yamltree.Text(at(root, "metadata.labels.helm\\.sh/chart")), collector.Chart+"-")
}

// meshConfigText is where a ConfigMap has the mesh config that istiod reads.
const meshConfigText = "data.mesh"

// isMeshConfigMap tells the ConfigMap of a mesh config that is not this chart's own.
func isMeshConfigMap(root *yaml.Node) bool {
	return text(root, "kind") == "ConfigMap" && at(root, meshConfigText) != nil && !Ours(root)
}

// istiosZipkin is the address that Istio's charts write into the mesh config by
// themselves, up to 1.21 (global.proxy.tracer is zipkin there).
var istiosZipkin = regexp.MustCompile(`^zipkin\.[^.:]+:[0-9]+$`)

// withoutDefaults gives the mesh config of a ConfigMap without the tracer that
// nobody set.
func withoutDefaults(meshConfig *yaml.Node) *yaml.Node {
	const zipkin = "defaultConfig.tracing.zipkin"
	if !istiosZipkin.MatchString(yamltree.Text(at(meshConfig, zipkin+".address"))) {
		return meshConfig
	}
	tracing := without(at(meshConfig, "defaultConfig.tracing"), "zipkin")
	proxies := without(yamltree.Get(meshConfig, "defaultConfig"), "tracing")
	rest := without(meshConfig, "defaultConfig")
	put(proxies, "tracing", tracing)
	put(rest, "defaultConfig", proxies)
	return rest
}

// unfolded gives the documents of a file as they are read: lists of objects as
// these, texts that hold settings of Istio as the maps that they are, and what
// lists set one by one merged into the values beside them. The nodes stand where
// they do in the file.
func unfolded(data []byte, documents []*yaml.Node) ([]*yaml.Node, error) {
	u := &unfolding{source: sync.OnceValue(func() *source { return newSource(bytes.TrimPrefix(data, byteOrderMark)) })}
	var all []*yaml.Node
	for _, root := range documents {
		if text(root, "kind") != "List" {
			all = append(all, root)
			continue
		}
		for _, item := range yamltree.Items(yamltree.Get(root, "items")) { // what `kubectl get -o yaml` prints
			if yamltree.IsMap(item) {
				all = append(all, yamltree.Resolved(item))
			}
		}
	}
	for _, root := range all {
		if err := u.texts(root); err != nil {
			return nil, err
		}
	}
	all = chartsConfigured(all)
	for _, root := range all {
		mergeSets(root)
	}
	return all, nil
}

// chartsConfigured gives documents in which each HelmChart of k3s has the values that a HelmChartConfig of its name lays
// over them, in the place of both.
func chartsConfigured(documents []*yaml.Node) []*yaml.Node {
	const content = "valuesContent"
	charts := map[string]*yaml.Node{}
	for _, root := range documents {
		if text(root, "kind") == "HelmChart" && yamltree.IsMap(at(root, "spec."+content)) {
			charts[named(root)] = yamltree.Get(root, "spec")
		}
	}
	var all []*yaml.Node
	for _, root := range documents {
		over := at(root, "spec."+content)
		chart := charts[named(root)]
		if text(root, "kind") != "HelmChartConfig" || chart == nil || !yamltree.IsMap(over) {
			all = append(all, root)
			continue
		}
		values := &chart.Content[yamltree.Index(chart, content)+1]
		both := overlaid([]*yaml.Node{yamltree.Resolved(over), yamltree.Resolved(*values)})
		both.Line, both.Column = (*values).Line, (*values).Column
		*values = both
	}
	return all
}

type unfolding struct{ source func() *source }

// texts reads the texts of a document.
func (u *unfolding) texts(root *yaml.Node) error {
	mesh := isMeshConfigMap(root)
	var found []yamltree.Site
	for s := range yamltree.All(root) {
		if MayBeDocument(s) && s.Key != s.Value && !replaced(s) {
			found = append(found, s)
		}
	}
	for _, s := range found {
		if err := u.text(s, mesh && s.Path().String() == meshConfigText); err != nil {
			return err
		}
	}
	return nil
}

// replaced tells values of an Application beside which it has others, which it uses.
func replaced(s yamltree.Site) bool {
	return yamltree.Key(s.Key) == "values" && s.Up != nil && yamltree.Get(s.Up.Value, "valuesObject") != nil
}

// text makes one text the map that it holds, where that has settings of Istio.
func (u *unfolding) text(s yamltree.Site, mesh bool) error {
	body, place := s.Value.Value, (*place)(nil)
	if s.Value.Style&yaml.LiteralStyle != 0 {
		body, place = u.source().literal(s.Value)
	}
	roots, err := parse([]byte(body))
	var refused *Error
	switch {
	case errors.As(err, &refused) && (mesh || looksLikeValues(s.Value.Value)):
		return u.refused(s, place, refused)
	case err != nil || len(roots) != 1, !mesh && !ofIstio(roots[0]):
		return nil //nolint:nilerr // it is a text of something else
	}
	settle(roots[0], s, place, map[*yaml.Node]bool{})
	*s.Value = *roots[0]
	return nil
}

// looksLikeValues tells a text of several lines with what values of Istio have.
func looksLikeValues(text string) bool {
	return strings.Contains(text, "\n") && (strings.Contains(text, "meshConfig:") || strings.Contains(text, "tracer:"))
}

// refused gives the reason for which a text cannot be read, about the file.
func (u *unfolding) refused(s yamltree.Site, in *place, err *Error) error {
	node := &yaml.Node{Line: max(1, err.Problem.Line), Column: err.Problem.Column}
	settle(node, s, in, map[*yaml.Node]bool{})
	if in != nil && err.Problem.Column == 0 {
		node.Column = 0
	}
	fix := err.Problem.Fix
	if strings.Contains(s.Value.Value, "{{") {
		fix = "give what the template renders, such as the output of `helm template`"
	}
	return refusal(err.Problem.ID, s.Path().String(), node.Line, node.Column, "in this text: "+err.Problem.Reason, fix)
}

// settle gives the nodes of a text their places in the file: where they stand in
// a literal one, and that of its key for any other.
func settle(node *yaml.Node, s yamltree.Site, in *place, seen map[*yaml.Node]bool) {
	if seen[node] {
		return
	}
	seen[node] = true
	if in != nil && node.Line >= 1 && node.Line <= len(in.lines) {
		node.Line, node.Column = in.line+node.Line-1, in.lines[node.Line-1].stripped+node.Column
	} else {
		node.Line, node.Column = s.Key.Line, s.Key.Column
	}
	if node.Alias != nil {
		settle(node.Alias, s, in, seen)
	}
	for _, c := range node.Content {
		settle(c, s, in, seen)
	}
}

// aboutIstiod tells a key of values that a rule may look at.
func aboutIstiod(name string) bool {
	for _, prefix := range []string{"global.", "pilot.", "meshConfig.", "env.", "envVarFrom", "sidecarInjectorWebhook."} {
		if strings.HasPrefix(name, prefix) || strings.Contains(name, "."+prefix) {
			return true
		}
	}
	return false
}

// mergeSets merges what lists set one by one, and the set of a HelmChart, into the
// values beside them, which they override.
func mergeSets(root *yaml.Node) {
	var found []yamltree.Site
	chart := text(root, "kind") == "HelmChart"
	for s := range yamltree.All(root) {
		if s.Up != nil && s.Key != nil && s.Up.Value.Kind == yaml.MappingNode && (IsSetList(s) || chart && isSetMap(s)) {
			found = append(found, s)
		}
	}
	for _, s := range found {
		tree := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Line: s.Key.Line, Column: s.Key.Column}
		set := NewSetter(tree, map[*yaml.Node]*yaml.Node{})
		for _, item := range SetItems(s, aboutIstiod) {
			set.At(item.Key.Line, item.Key.Column)
			value := set.ItemValue(item.Value)
			if value == nil {
				continue
			}
			if forced := text(item.Value, "forceString") == "true"; forced || yamltree.Key(s.Key) == "setString" {
				value.Tag = "!!str"
			}
			set.Set(text(item.Value, "name"), value)
		}
		for _, pair := range yamltree.Pairs(s.Value) {
			if IsSetList(s) {
				break
			}
			set.At(pair.Key.Line, pair.Key.Column)
			set.Set(yamltree.Key(pair.Key), set.Scalar(yamltree.Text(pair.Value)))
		}
		if len(tree.Content) > 0 {
			mergeSet(s, tree)
		}
	}
}

// isSetMap tells the set of a HelmChart, a map of keys such as a.b and values.
func isSetMap(s yamltree.Site) bool {
	return s.Value.Kind == yaml.MappingNode && yamltree.Key(s.Key) == "set" && s.Path().String() == "spec.set"
}

// valuesBeside are the keys of the values that what is set beside them overrides,
// the strongest first: of valuesObject and values an Application uses the former.
var valuesBeside = []string{"valuesObject", "valuesContent", "values"}

// mergeSet merges values that were set into those beside them.
func mergeSet(s yamltree.Site, tree *yaml.Node) {
	up := s.Up.Value
	for _, key := range valuesBeside {
		i := yamltree.Index(up, key)
		if i < 0 {
			continue
		}
		value := yamltree.Resolved(up.Content[i+1])
		switch value.Kind {
		case yaml.MappingNode:
			up.Content[i+1] = overlaid([]*yaml.Node{tree, value})
			return
		case yaml.SequenceNode: // of a helmfile, the last the strongest
			maps := []*yaml.Node{tree}
			for j := len(value.Content) - 1; j >= 0; j-- {
				maps = append(maps, yamltree.Resolved(value.Content[j]))
			}
			up.Content[i+1] = overlaid(maps)
			return
		default: // a text that could not be read
		}
	}
	key := *s.Key
	key.Value, key.Tag = "values", "!!str"
	up.Content = append(up.Content, &key, tree)
}

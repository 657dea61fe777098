package migrate

import (
	"path"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	yamlfile "github.com/istio-lightstep/istio-lightstep/internal/document"
	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// operations finds a text that may be a list of JSON patches.
var operations = regexp.MustCompile(`(?m)^\s*-\s*\{?["']?(op|path|value|from)\b|\[\s*\{\s*["'](op|path|value|from)["']`)

// addPatches takes note of what the lists of JSON patches in a document set.
func (p *parsed) addPatches(d *document) {
	if d.Live {
		return
	}
	for _, s := range d.lists {
		p.addPatch(&document{
			input: d.input, file: d.file, root: s.Value, prefix: d.prefix + s.Path().String(), holder: d.holder, held: d.held, owner: d.outermost(), depth: d.depth,
		}, targetOf(s))
	}
}

func arePatches(s site) bool { return s.Up != nil && yamlfile.IsJSONPatch(s.Value) }

// patchesWithin gives the lists of JSON patches in a document.
func patchesWithin(d *document) map[*yaml.Node]bool {
	found := map[*yaml.Node]bool{}
	for _, list := range d.lists {
		found[list.Value] = true
	}
	return found
}

// targetOf gives what a list of JSON patches is for, where that stands beside it.
func targetOf(patch site) *yaml.Node {
	if patch.Up == nil {
		return nil
	}
	return at(patch.Up.Value, "target")
}

// patchFiles finds a file that may name files of JSON patches, and what they are for.
var patchFiles = regexp.MustCompile(`(?m)^[ \t-]*["']?patches(JSON6902|Json6902)?["']?[ \t]*:`)

// opened is a source that was read as YAML.
type opened struct {
	file *yamlfile.File
	err  error
}

// findTargets finds what files of JSON patches are for, where another file names them beside a target. It gives the
// sources that it read for this.
func (p *parsed) findTargets(sources []Source) map[int]opened {
	all := map[int]opened{}
	for i, source := range sources {
		if source.Live || !patchFiles.Match(source.Data) {
			continue
		}
		file, err := yamlfile.Open(source.Data)
		all[i] = opened{file, err}
		if err != nil {
			continue // that is told when it is read
		}
		for _, root := range file.Roots {
			for s := range yamltree.All(root) {
				if target, name := at(s.Value, "target"), textAt(s.Value, "path"); yamltree.IsMap(target) && name != "" {
					p.targets[path.Join(path.Dir(source.Name), name)] = target
				}
			}
		}
	}
	return all
}

// addPatch takes note of what a list of JSON patches sets: each of its operations is
// read as an object of the target that has this one setting. What the object has beside
// it is not known, and nothing is taken out of the list.
func (p *parsed) addPatch(list *document, target *yaml.Node) {
	for i, item := range yamltree.Items(list.root) {
		item = yamltree.Resolved(item)
		key, value := yamltree.Entry(item, "value")
		steps := pointer(textAt(item, "path"))
		if operation := textAt(item, "op"); value == nil || operation != "add" && operation != "replace" || len(steps) > mostSteps {
			continue
		}
		e := &document{
			input: list.input, file: list.file, prefix: list.prefix + "[" + strconv.Itoa(i) + "]: ", holder: list, held: site{Key: list.root, Value: list.root},
			depth: list.depth + 1, owner: list.outermost(), patches: true, items: map[*yaml.Node]*yaml.Node{},
		}
		if list.holder != nil {
			e.holder, e.held = list.holder, list.held
		}
		e.root = e.patched(steps, item, key, yamltree.Resolved(value))
		if e.root.Kind != yaml.MappingNode {
			continue
		}
		p.identify(e, target)
		p.add(e)
	}
}

// pointer reads a JSON pointer (RFC 6901).
func pointer(text string) []string {
	if text == "" {
		return nil
	}
	steps := strings.Split(strings.TrimPrefix(text, "/"), "/")
	for i, step := range steps {
		steps[i] = strings.NewReplacer("~1", "/", "~0", "~").Replace(step)
	}
	return steps
}

// Bounds of what a path of a JSON patch may ask for: mostItems is the highest index of an
// item, before which the others stand empty.
const (
	mostItems = 100
	mostSteps = 30
)

// patched gives a tree with a value at the place of an operation, whose keys stand
// where that does. An item is a list's only one: of the others only parts of an item
// tell which it is.
func (d *document) patched(steps []string, item, key, value *yaml.Node) *yaml.Node {
	for i := len(steps) - 1; i >= 0; i-- {
		up := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Line: key.Line, Column: key.Column}
		index, err := strconv.Atoi(steps[i])
		switch last := i == len(steps)-1; {
		case i > 0 && (steps[i] == "-" || err == nil && last):
			up.Kind, up.Tag, up.Content = yaml.SequenceNode, "!!seq", []*yaml.Node{value}
		case i > 0 && err == nil && index >= 0 && index <= mostItems:
			up.Kind, up.Tag = yaml.SequenceNode, "!!seq"
			for range index {
				up.Content = append(up.Content, &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Line: key.Line, Column: key.Column})
			}
			up.Content = append(up.Content, value)
			d.below = map[*yaml.Node]*yaml.Node{} // it is laid over an item
		default:
			k := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: steps[i], Line: key.Line, Column: key.Column}
			up.Content = []*yaml.Node{k, value}
			d.items[k] = item
		}
		value = up
	}
	return value
}

// placedAt gives a map that stands where another does, as it may be of another file.
func placedAt(node, where *yaml.Node) *yaml.Node {
	placed := *node
	placed.Line, placed.Column, placed.Content = where.Line, where.Column, nil
	for _, c := range node.Content {
		placed.Content = append(placed.Content, placedAt(c, where))
	}
	return &placed
}

// identify gives what a JSON patch sets the kind and the name of its target. Where nothing tells the kind or its group
// the mesh config of an object tells that it is an IstioOperator; of a group alone it is the one that is known.
func (p *parsed) identify(d *document, target *yaml.Node) {
	name, group := textAt(target, "kind"), textAt(target, "group")
	if name == "" && group == "" && at(d.root, "spec.meshConfig") != nil {
		name = "IstioOperator"
	}
	for _, k := range p.Kinds {
		if name == "" && group != "" && k.Group == group {
			name = k.Kind
		}
	}
	if name == "" && group != "" {
		name = "object" // no kind is that of values
	}
	if name == "" || textAt(d.root, "kind") != "" {
		d.kind = p.kindOf(d.root)
		return
	}
	for _, k := range p.Kinds {
		if group == "" && k.Kind == name {
			group = k.Group
		}
	}
	for installer := range p.Installers {
		if of, kind, _ := strings.Cut(installer, "/"); group == "" && kind == name {
			group = of
		}
	}
	if d.kind = p.kind(name, group); d.kind != nil && len(d.kind.Scopes) == 0 && name != "ConfigMap" {
		d.kind = nil // what is read of these is an object as a whole
	}
	root := *d.root
	put := func(key string, value *yaml.Node) {
		root.Content = append(root.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: key}, value)
	}
	text := func(value string) *yaml.Node {
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: value}
	}
	put("apiVersion", text(strings.TrimPrefix(group+"/v1", "/")))
	put("kind", text(name))
	if metadata := at(d.root, "metadata"); metadata == nil && target != nil {
		put("metadata", placedAt(target, d.root)) // it has a name and a namespace too
	}
	d.root = &root
}

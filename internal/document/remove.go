package document

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// Cut is a piece of a file's text, from one byte offset to before another.
type Cut struct{ Start, End int }

// Bytes gives the file without what Remove marked, and the pieces of its text
// that were taken out, in order. An *Error says that this form of YAML cannot
// be edited safely, or that an alias elsewhere needs what is to go.
func (f *File) Bytes() ([]byte, []Cut, error) {
	r := newRemover(f)
	cuts, err := r.cuts()
	if err != nil {
		return nil, nil, err
	}
	text := []byte(string(byteOrderMark[:f.mark]) + Without(f.source.text, cuts))
	var wanted []*yaml.Node
	for _, root := range f.Roots {
		if !r.isGone(root, root) {
			wanted = append(wanted, r.prune(root))
		}
	}
	check := text
	if f.readable != nil {
		check = []byte(Without(f.readable.text, cuts))
	}
	if _, err = verified(check, wanted); err != nil {
		return nil, nil, err
	}
	for i := range cuts {
		cuts[i].Start, cuts[i].End = cuts[i].Start+f.mark, cuts[i].End+f.mark
	}
	return text, cuts, nil
}

// Without gives a text without its cuts, which are in order and may overlap.
func Without(text string, cuts []Cut) string {
	var out strings.Builder
	at := 0
	for _, c := range cuts {
		out.WriteString(text[at:max(at, c.Start)])
		at = max(at, c.End)
	}
	out.WriteString(text[at:])
	return out.String()
}

// remover finds the text of what goes.
type remover struct {
	file    *File
	emptied map[*yaml.Node]bool       // of maps, lists and texts that are files
	pruned  map[*yaml.Node]*yaml.Node // of what has an anchor
	inner   map[*yaml.Node]editedText // of texts that are files
	found   []Cut
}

// editedText is what is left of a file within another.
type editedText struct {
	text []byte
	cuts []Cut
	err  error
}

func newRemover(f *File) *remover {
	return &remover{file: f, emptied: map[*yaml.Node]bool{}, pruned: map[*yaml.Node]*yaml.Node{}, inner: map[*yaml.Node]editedText{}}
}

// edited gives what is left of the file that a text holds.
func (r *remover) edited(node *yaml.Node, inner *File) editedText {
	done, known := r.inner[node]
	if !known {
		done.text, done.cuts, done.err = inner.Bytes()
		r.inner[node] = done
	}
	return done
}

func (r *remover) cuts() ([]Cut, error) {
	for _, root := range r.file.Roots {
		if held := r.heldElsewhere(root); held != nil {
			line, column := r.file.Position(held)
			return nil, refusal(idAlias, "", line, column,
				"the alias *"+held.Value+" stands for a value that is to be removed", "write the value out here, without the alias")
		}
		if err := r.heldByOthers(root); err != nil {
			return nil, err
		}
		if r.isGone(root, root) {
			r.document(root)
			continue
		}
		if err := r.within(root, -1); err != nil {
			return nil, err
		}
	}
	for _, node := range slices.SortedFunc(maps.Keys(r.file.embedded), func(a, b *yaml.Node) int { return a.Line - b.Line }) {
		if err := r.within(node, 0); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(r.found, func(a, b Cut) int { return a.Start - b.Start })
	return r.found, nil
}

// isGone tells whether an entry or item goes: itself, or because nothing is
// left of its value.
func (r *remover) isGone(key, value *yaml.Node) bool {
	return r.file.gone[key] || r.isEmptied(value)
}

// isEmptied tells whether everything a node holds goes.
func (r *remover) isEmptied(node *yaml.Node) bool {
	node = yamltree.Resolved(node)
	if node.Kind == yaml.ScalarNode && r.file.embedded[node] == nil {
		return false
	}
	if known, ok := r.emptied[node]; ok {
		return known
	}
	r.emptied[node] = false
	left := 0
	for key, value := range yamltree.Children(node) {
		if !r.isGone(key, value) {
			left++
		}
	}
	empty := left == 0 && len(node.Content) > 0
	if inner := r.file.embedded[node]; inner != nil {
		within := newRemover(inner)
		empty = !r.file.kept[node] && len(inner.Roots) > 0 && len(inner.Patches) == 0 && !slices.ContainsFunc(inner.Roots, func(root *yaml.Node) bool { return !within.isGone(root, root) })
	}
	r.emptied[node] = empty
	return empty
}

// heldElsewhere gives an alias that stays though what it stands for goes.
func (r *remover) heldElsewhere(root *yaml.Node) *yaml.Node {
	going := map[*yaml.Node]bool{} // anchored nodes in what goes
	var kept []*yaml.Node          // aliases in what stays
	var walk func(node *yaml.Node, gone bool)
	walk = func(node *yaml.Node, gone bool) {
		if node.Kind == yaml.AliasNode && !gone {
			kept = append(kept, node)
		}
		if node.Anchor != "" && gone {
			going[node] = true
		}
		for key, value := range yamltree.Children(node) {
			below := gone || r.isGone(key, value)
			if key != value {
				walk(key, below)
			}
			walk(value, below)
		}
	}
	walk(root, r.isGone(root, root))
	for _, alias := range kept {
		if going[alias.Alias] && !r.isEmptied(alias.Alias) {
			return alias
		}
	}
	return nil
}

// prune gives a tree without what goes. Of what stays as it is, it is the tree
// itself.
func (r *remover) prune(node *yaml.Node) *yaml.Node {
	if done, ok := r.pruned[node]; ok {
		return done
	}
	pruned := node
	change := func() *yaml.Node {
		if pruned == node {
			copied := *node
			pruned = &copied
		}
		return pruned
	}
	if node.Anchor != "" {
		change() // an alias may lead here before it is done
		r.pruned[node] = pruned
	}
	if node.Kind == yaml.AliasNode {
		if alias := r.prune(node.Alias); alias != node.Alias {
			change().Alias = alias
		}
		return pruned
	}
	if inner := r.file.embedded[node]; inner != nil {
		if done := r.edited(node, inner); done.err == nil {
			change().Value = string(done.text)
			if !strings.HasSuffix(node.Value, "\n") {
				pruned.Value = strings.TrimRight(pruned.Value, "\n")
			}
		}
	}
	if left, changed := r.pruneContent(node); changed {
		change().Content = left
	}
	return pruned
}

// pruneContent gives what stays of a node's content, and whether that is another.
func (r *remover) pruneContent(node *yaml.Node) (left []*yaml.Node, changed bool) {
	at := 0
	for key, value := range yamltree.Children(node) {
		gone := r.isGone(key, value)
		pruned := value
		if !gone {
			pruned = r.prune(value)
		}
		if (gone || pruned != value) && !changed {
			left, changed = append(make([]*yaml.Node, 0, len(node.Content)), node.Content[:at]...), true
		}
		switch {
		case gone || !changed:
		case key == value:
			left = append(left, pruned)
		default:
			left = append(left, key, pruned)
		}
		if at++; key != value {
			at++
		}
	}
	return left, changed
}

// document cuts a whole document, and the marker right above it.
func (r *remover) document(root *yaml.Node) {
	s := r.file.source
	start := s.lineStart(s.offset(root))
	end := s.next(max(start, s.end(root, -1, root.Style&yaml.FlowStyle != 0)-1))
	if start > 0 {
		if above := s.lineStart(start - 1); isMarker(s.line(above)) {
			start = above
		}
	}
	r.found = append(r.found, Cut{start, end})
}

// within cuts what goes below a node that stays. outer is the indentation of
// what holds it.
func (r *remover) within(node *yaml.Node, outer int) error {
	if inner := r.file.embedded[node]; inner != nil {
		if r.isEmptied(node) {
			return nil
		}
		done := r.edited(node, inner)
		for _, c := range done.cuts {
			r.found = append(r.found, Cut{inner.place.mapped(c.Start), inner.place.mapped(c.End)})
		}
		return done.err
	}
	if node.Kind != yaml.MappingNode && node.Kind != yaml.SequenceNode || len(node.Content) == 0 {
		return nil
	}
	s := r.file.source
	entries := r.entries(node, outer)
	for i := 0; i < len(entries); i++ {
		if !entries[i].gone {
			inner := outer
			if node.Style&yaml.FlowStyle == 0 {
				inner = s.indentOf(node)
			}
			if err := r.within(entries[i].value, inner); err != nil {
				return err
			}
			continue
		}
		last := i
		for last+1 < len(entries) && entries[last+1].gone {
			last++
		}
		cut, err := r.run(node, entries, i, last)
		if err != nil {
			return err
		}
		r.found = append(r.found, cut...)
		i = last
	}
	return nil
}

// extent is one entry of a map or item of a list and its place in the text.
type extent struct {
	value      *yaml.Node
	start, end int
	line       int
	gone       bool
}

func (r *remover) entries(node *yaml.Node, outer int) []extent {
	s := r.file.source
	flow := node.Style&yaml.FlowStyle != 0
	own := outer
	if !flow {
		own = s.indentOf(node)
	}
	var list []extent
	for key, value := range yamltree.Children(node) {
		e := extent{value: value, start: s.offset(key), line: key.Line, gone: r.isGone(key, value)}
		if node.Kind == yaml.SequenceNode && !flow {
			e.start = s.itemDash(value, own)
		}
		list = append(list, e)
	}
	for i, e := range list {
		if e.gone || flow {
			list[i].end = max(s.end(e.value, own, flow), e.start)
		}
	}
	return list
}

// itemDash gives the offset of the dash of a block list's item.
func (s *source) itemDash(item *yaml.Node, column int) int {
	for number := item.Line; number >= 1 && number <= len(s.lines); number-- {
		at := s.lines[number-1] + column
		if at < len(s.text) && s.text[at] == '-' && s.column(at) == column {
			return at
		}
	}
	return s.offset(item)
}

// run gives the text of entries that go, one after the other.
func (r *remover) run(node *yaml.Node, entries []extent, first, last int) ([]Cut, error) {
	s := r.file.source
	start, end := entries[first].start, entries[last].end
	switch {
	case node.Style&yaml.FlowStyle != 0 && last+1 < len(entries):
		return []Cut{{start, entries[last+1].start}}, nil
	case node.Style&yaml.FlowStyle != 0:
		return []Cut{{entries[first-1].end, end}}, nil
	}
	prefix := s.text[s.lineStart(start):start]
	if strings.Trim(prefix, " -") != "" {
		return nil, refusal(idForm, "", entries[first].line, 0,
			fmt.Sprintf("line %d is written in a form of YAML that cannot be edited safely", entries[first].line), "remove it by hand")
	}
	var cuts []Cut
	if strings.Contains(prefix, "-") {
		// The first entry of a list's item: the dash stays.
		below := s.next(end)
		if next := entries[last+1].start; strings.TrimSpace(s.text[end:next]) == "" {
			return []Cut{{start, next}}, nil
		}
		if strings.TrimSpace(s.text[end:below]) != "" { // a comment on the line
			below = end
		} else {
			below = end + len(s.line(end))
		}
		return []Cut{{start, below}}, nil
	}
	for i := first; i <= last; i++ {
		e := entries[i]
		cuts = append(cuts, Cut{s.lineStart(e.start), s.next(max(e.start, e.end-1))})
	}
	return cuts, nil
}

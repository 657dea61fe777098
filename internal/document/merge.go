package document

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// Merge writes our control-plane document into the user's file and gives the
// whole file back. Of several documents in the file it takes the one of our
// kind (or, where ours has none, the one without a kind).
//
// Maps are merged key by key, lists of named objects by name, other lists by
// adding what they lack; where both say something, ours holds. Nothing of the
// user's is taken out. In a list whose items are one of several kinds, such as
// extension providers, an item of our name that is not ours is an error, and so
// is a list that ours would hide. The name and namespace of the user's document
// stay.
//
// An error about the user's file is an *Error. Merging again changes nothing.
func Merge(mine, ours []byte) ([]byte, error) {
	merged, err := MergeKeeping(mine, ours, nil)
	if err != nil {
		return nil, err
	}
	return merged.Text, nil
}

// Merged is the user's file with ours in it.
type Merged struct {
	Text     []byte
	Kept     []Place // what the user's document keeps though ours says it too
	Replaced []Place // single values of the user's in whose place ours are
}

// MergeKeeping is [Merge] but for settings that the user's document keeps.
func MergeKeeping(mine, ours []byte, settings []Keep) (*Merged, error) {
	own, err := ourDocument(ours)
	if err != nil {
		return nil, err
	}
	documents, err := parse(mine)
	if err != nil {
		return nil, err
	}
	if len(documents) == 0 {
		text, err := appended(mine, own)
		return &Merged{Text: text}, err
	}
	found, err := mergeInto(documents, own)
	if err != nil {
		return nil, err
	}
	target := found.Value
	if err := refuseDuplicates(target); err != nil {
		return nil, err
	}
	keepIdentity(target, own)
	merged := &Merged{Text: mine, Kept: keep(target, own, settings)}
	if err := refuseHidden(target, own); err != nil {
		return nil, err
	}
	m := &merger{aliased: aliasedNodes(target)}
	change, err := m.merge(found.Path(), target, own)
	if err != nil || change == nil {
		return merged, err
	}
	merged.Replaced = m.replaced
	merged.Text, err = edited(mine, documents, found.root, found.lifted(change))
	return merged, err
}

// mergeInto finds where ours goes: the document of our kind, or, for values, the
// place in another document where they stand.
func mergeInto(documents []*yaml.Node, own *yaml.Node) (held, error) {
	wanted := "of the kind to merge, " + described(own)
	fits := func(d *yaml.Node) bool { return text(d, "kind") == text(own, "kind") && group(d) == group(own) }
	if yamltree.Get(own, "kind") == nil {
		are := holdsValues
		if hasAny(own, istiodKeys) {
			are = holdsIstiod
		} else if err := refuseSubcharts(documents); err != nil {
			return held{}, err
		}
		found, err := holds(documents, wanted, fits, are)
		if err != nil {
			err = cmp.Or(refuseUnedited(documents), err)
		}
		return found, err
	}
	target, err := only(documents, wanted, fits)
	return whole(target), err
}

// ourDocument reads what the chart rendered: one document, without aliases.
// Its comments are about the chart's files, so they are left out.
func ourDocument(ours []byte) (*yaml.Node, error) {
	documents, err := parse(ours)
	if err != nil {
		return nil, fmt.Errorf("the rendered document: %w", err)
	}
	if len(documents) != 1 {
		return nil, fmt.Errorf("one rendered document is merged, not %d", len(documents))
	}
	if err := plain(documents[0]); err != nil {
		return nil, fmt.Errorf("the rendered document: %w", err)
	}
	return documents[0], refuseDuplicates(documents[0])
}

// plain takes comments out of a tree, and refuses aliases and anchors in it.
func plain(node *yaml.Node) error {
	if node.Kind == yaml.AliasNode || node.Anchor != "" || yamltree.IsMerge(node) {
		return errors.New("it holds an alias or an anchor")
	}
	node.HeadComment, node.LineComment, node.FootComment = "", "", ""
	for _, c := range node.Content {
		if err := plain(c); err != nil {
			return err
		}
	}
	return nil
}

// keepIdentity takes out of ours what says which document the user's is.
func keepIdentity(mine, ours *yaml.Node) {
	drop(ours, "kind")
	if yamltree.Get(mine, "apiVersion") != nil {
		drop(ours, "apiVersion")
	}
	metadata := yamltree.Get(ours, "metadata")
	for _, key := range []string{"name", "namespace"} {
		if text(yamltree.Get(mine, "metadata"), key) != "" {
			drop(metadata, key)
		}
	}
	if metadata != nil && len(metadata.Content) == 0 {
		drop(ours, "metadata")
	}
}

func drop(node *yaml.Node, key string) {
	if i := yamltree.Index(node, key); i >= 0 {
		node.Content = slices.Delete(node.Content, i, i+2)
	}
}

// change says what a node of the user's becomes; nil is no change.
type change struct {
	replace *yaml.Node      // the whole value becomes this
	inner   map[int]*change // changes within, by index in the node's Content
	added   []*yaml.Node    // keys and values in turn, or list items, at the end
}

// merger finds the changes that bring ours into the user's document.
type merger struct {
	aliased  map[*yaml.Node]bool // nodes that an alias stands for
	replaced []Place
}

func (m *merger) merge(path yamltree.Path, mine, ours *yaml.Node) (*change, error) {
	if ours.ShortTag() == "!!null" {
		return nil, nil // It says nothing, so the user's stays.
	}
	if yamltree.Equal(mine, ours) {
		return nil, nil
	}
	if mine.Kind == yaml.AliasNode {
		return nil, aliasRefusal(path, mine, "the value is the alias *"+mine.Value)
	}
	c, err := m.different(path, mine, ours)
	if err == nil && c != nil && m.aliased[mine] {
		return nil, aliasRefusal(path, mine, "the alias *"+mine.Anchor+" stands for this value elsewhere")
	}
	return c, err
}

func aliasRefusal(path yamltree.Path, mine *yaml.Node, reason string) *Error {
	return refusal(idAlias, path.String(), mine.Line, mine.Column,
		reason+", and ours has to write into it", "write the value out here, without the alias")
}

// different merges two values that are not equal.
func (m *merger) different(path yamltree.Path, mine, ours *yaml.Node) (*change, error) {
	switch {
	case isEmpty(mine):
		return &change{replace: ours}, nil
	case yamltree.IsNull(ours) || isEmpty(ours) && mine.Kind == ours.Kind:
		return nil, nil // nothing to add
	case mine.Kind != ours.Kind:
		return nil, refusal(idType, path.String(), mine.Line, mine.Column,
			fmt.Sprintf("the value is %s, and ours is %s", shape(mine), shape(ours)), "fix the value, or remove it")
	case mine.Kind == yaml.MappingNode:
		return m.mapping(path, mine, ours)
	case mine.Kind == yaml.SequenceNode:
		return m.list(path, mine, ours)
	default:
		m.replaced = append(m.replaced, Place{path.String(), mine.Line, mine.Column})
		return &change{replace: quotedAs(mine, ours)}, nil
	}
}

// isEmpty tells a value that holds nothing of the user's.
func isEmpty(node *yaml.Node) bool {
	return yamltree.IsNull(node) || node.Kind != yaml.ScalarNode && node.Kind != yaml.AliasNode && len(node.Content) == 0
}

func shape(node *yaml.Node) string {
	switch node.Kind {
	case yaml.MappingNode:
		return "a map"
	case yaml.SequenceNode:
		return "a list"
	default:
		return "a single value"
	}
}

// quotedAs gives ours in the user's quotes.
func quotedAs(mine, ours *yaml.Node) *yaml.Node {
	quotes := mine.Style & (yaml.DoubleQuotedStyle | yaml.SingleQuotedStyle)
	if quotes == 0 || ours.ShortTag() != "!!str" || ours.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
		return ours
	}
	styled := *ours
	styled.Style = quotes
	return &styled
}

func (m *merger) mapping(path yamltree.Path, mine, ours *yaml.Node) (*change, error) {
	c := &change{inner: map[int]*change{}}
	for i := 0; i+1 < len(ours.Content); i += 2 {
		key, wanted := ours.Content[i], ours.Content[i+1]
		name := yamltree.Key(key)
		at := append(slices.Clip(path), name)
		held, value := yamltree.Entry(mine, name)
		position := slices.Index(mine.Content, held)
		switch {
		case position >= 0:
			inner, err := m.merge(at, mine.Content[position+1], wanted)
			if err != nil {
				return nil, err
			}
			if inner != nil {
				c.inner[position+1] = inner
			}
		case value == nil:
			c.added = append(c.added, key, wanted)
		case !yamltree.Equal(value, wanted):
			return nil, aliasRefusal(at, mine, "the value comes through the merge key <<")
		}
	}
	return c.orNil(), nil
}

// orNil gives nil where nothing changes.
func (c *change) orNil() *change {
	if c.replace == nil && len(c.inner) == 0 && len(c.added) == 0 {
		return nil
	}
	return c
}

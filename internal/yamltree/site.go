package yamltree

import (
	"iter"
	"slices"

	"go.yaml.in/yaml/v3"
)

// Site is a place in a tree.
type Site struct {
	Key   *yaml.Node // the key of a map's entry, or the item of a list; nil at the root
	Value *yaml.Node // resolved
	Up    *Site      // what holds it; nil at the root
	Steps Path       // from Up, or else from the root, to here
}

// Path gives the path from the root to the place.
func (s Site) Path() Path {
	if s.Up == nil {
		return s.Steps
	}
	return append(slices.Clip(s.Up.Path()), s.Steps...)
}

func (s *Site) below(step any, key, value *yaml.Node) Site {
	return Site{Key: key, Value: Resolved(value), Up: s, Steps: Path{step}}
}

// Find gives the places that a path leads to from the root of a tree.
func Find(root *yaml.Node, path Path) []Site { return Site{Value: Resolved(root)}.Find(path) }

// Find gives the places that a path leads to from this one.
func (s Site) Find(path Path) []Site {
	if len(path) == 0 {
		return []Site{s}
	}
	var found []Site
	switch path[0].(type) {
	case Each:
		for i, item := range Items(s.Value) {
			found = append(found, s.below(i, item, item).Find(path[1:])...)
		}
	case Any:
		for _, p := range Pairs(s.Value) {
			found = append(found, s.below(Key(p.Key), p.Key, p.Value).Find(path[1:])...)
		}
	default:
		if step, key, value := follow(s.Value, path[0]); value != nil {
			return s.below(step, key, value).Find(path[1:])
		}
	}
	return found
}

// follow takes a step that leads to one place at most. It gives the step as it
// is written there.
func follow(n *yaml.Node, step any) (written any, key, value *yaml.Node) {
	switch step := step.(type) {
	case string:
		key, value = Entry(n, step)
		return step, key, value
	case Proto:
		for _, spelled := range []string{string(step), snake(string(step))} {
			if key, value = Entry(n, spelled); value != nil {
				return spelled, key, value
			}
		}
	case int:
		if items := Items(n); step < len(items) {
			return step, items[step], items[step]
		}
	case Named:
		if key, value = Entry(n, string(step)); value != nil {
			return string(step), key, value
		}
		for i, item := range Items(n) {
			if Text(Get(item, "name")) == string(step) {
				return i, item, item
			}
		}
	}
	return nil, nil, nil
}

// At gives the value that a path leads to, the first of several, or nil.
func At(root *yaml.Node, path Path) *yaml.Node {
	for i, step := range path {
		switch step.(type) {
		case Each, Any:
			for _, s := range Find(root, path[i:]) {
				return s.Value
			}
			return nil
		}
		if _, _, root = follow(root, step); root == nil {
			return nil
		}
	}
	return Resolved(root)
}

// All gives every place of a tree that is written out, the outer before the
// inner, the root first. Aliases are not followed: what they stand for comes
// where it is written.
func All(root *yaml.Node) iter.Seq[Site] {
	return func(yield func(Site) bool) {
		if root != nil {
			(&Site{Value: root}).all(yield)
		}
	}
}

func (s *Site) all(yield func(Site) bool) bool {
	if !yield(*s) {
		return false
	}
	i := 0
	for key, value := range Children(s.Value) {
		below := &struct {
			Site
			step [1]any // one piece of memory for both
		}{Site: Site{Key: key, Value: value, Up: s}}
		if below.step[0] = i; s.Value.Kind == yaml.MappingNode {
			below.step[0] = Key(key)
		}
		below.Steps = below.step[:]
		i++
		if !below.all(yield) {
			return false
		}
	}
	return true
}

// Outermost gives the places that match, but for those within another of them.
func Outermost(root *yaml.Node, match func(Site) bool) []Site {
	var found []Site
	for s := range All(root) {
		if n := len(found); (n == 0 || !s.within(found[n-1])) && match(s) {
			found = append(found, s)
		}
	}
	return found
}

func (s Site) within(other Site) bool {
	for up := s.Up; up != nil; up = up.Up {
		if up.Value == other.Value {
			return true
		}
	}
	return false
}

package yamltree

import (
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"

	"github.com/istio-lightstep/istio-lightstep/internal/redact"
)

// Path leads from the root of a document to a place in it. Its steps are the
// key of a map (a string), the index of a list's item (an int), a [Named], an
// [Each], an [Any], or a [Proto].
type Path []any

type (
	// Named is the first item of a list that has this name. In a map it is the
	// entry of that key: istiod's variables are either.
	Named string
	// Each is every item of a list.
	Each struct{}
	// Any is every entry of a map.
	Any struct{}
	// Proto is a key in either of the two spellings that JSON of protocol
	// buffers has, which Istio reads: accessToken or access_token. No text is
	// parsed to it: see [Path.Proto].
	Proto string
)

// Parse reads a path: `a.b[0].c`. `a[name=x]` is the item x of a list, `a[]` is
// each item, and `a.*` each entry of a map. A backslash takes its meaning from
// the character after it. Brackets that hold none of these belong to the key.
func Parse(text string) Path {
	var path Path
	var key strings.Builder
	pending, escaped := false, false // a key has begun; a part of it is escaped
	flush := func() {
		switch {
		case !pending:
		case key.String() == "*" && !escaped:
			path = append(path, Any{})
		default:
			path = append(path, key.String())
		}
		key.Reset()
		pending, escaped = false, false
	}
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case '\\':
			if i++; i < len(text) {
				key.WriteByte(text[i])
				pending, escaped = true, true
			}
		case '.':
			flush()
		case '[':
			if step, length := bracket(text[i:]); length > 0 {
				flush()
				path = append(path, step)
				i += length - 1
				continue
			}
			fallthrough
		default:
			key.WriteByte(c)
			pending = true
		}
	}
	flush()
	return path
}

// bracket reads the step in brackets that text begins with, and gives how many
// bytes it took; 0 is none.
func bracket(text string) (step any, length int) {
	end := strings.IndexByte(text, ']')
	if end < 0 {
		return nil, 0
	}
	inner := text[1:end]
	if inner == "" {
		return Each{}, end + 1
	}
	if name, found := strings.CutPrefix(inner, "name="); found && name != "" {
		return Named(name), end + 1
	}
	if index, err := strconv.Atoi(inner); err == nil && index >= 0 {
		return index, end + 1
	}
	return nil, 0
}

var escapeKey = strings.NewReplacer(`\`, `\\`, ".", `\.`, "[", `\[`, "]", `\]`)

// String writes the path as [Parse] reads it.
func (p Path) String() string {
	var text strings.Builder
	for _, step := range p {
		switch step := step.(type) {
		case int:
			text.WriteString("[" + strconv.Itoa(step) + "]")
		case Named:
			text.WriteString("[name=" + string(step) + "]")
		case Each:
			text.WriteString("[]")
		default:
			if text.Len() > 0 {
				text.WriteByte('.')
			}
			key := escapeKey.Replace(fmt.Sprint(step))
			switch step {
			case Any{}:
				key = "*"
			case "*":
				key = `\*`
			}
			text.WriteString(key)
		}
	}
	return text.String()
}

// Shown writes the path for people: what looks like a token among its keys is
// masked, and nothing in it acts on a terminal.
func (p Path) Shown() string { return redact.Key(p.String()) }

// In follows a path of keys and indexes into root, made of map[string]any and
// []any, and gives what it found last and how many steps led there. All steps:
// the path exists.
func (p Path) In(root any) (value any, steps int) {
	value = root
	for i, step := range p {
		switch step := step.(type) {
		case string:
			m, _ := value.(map[string]any)
			next, found := m[step]
			if !found {
				return value, i
			}
			value = next
		case int:
			list, _ := value.([]any)
			if step >= len(list) {
				return value, i
			}
			value = list[step]
		default:
			return value, i
		}
	}
	return value, len(p)
}

// HasPrefix tells whether the path begins with every step of prefix.
func (p Path) HasPrefix(prefix Path) bool {
	return len(prefix) <= len(p) && slices.Equal(p[:len(prefix)], prefix)
}

// Proto gives the path with each key in either spelling.
func (p Path) Proto() Path {
	either := slices.Clone(p)
	for i, step := range p {
		if key, ok := step.(string); ok {
			either[i] = Proto(key)
		}
	}
	return either
}

// Camel gives a key as Istio documents it: accessToken for access_token.
func Camel(key string) string {
	words := strings.Split(key, "_")
	for i, word := range words[1:] {
		if word != "" && words[0] != "" {
			words[i+1] = strings.ToUpper(word[:1]) + word[1:]
		}
	}
	return strings.Join(words, "")
}

// snake gives a key in the other spelling.
func snake(key string) string {
	if strings.ContainsAny(key, "./-_") {
		return key
	}
	var out strings.Builder
	for _, r := range key {
		if unicode.IsUpper(r) {
			out.WriteByte('_')
		}
		out.WriteRune(unicode.ToLower(r))
	}
	return out.String()
}

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

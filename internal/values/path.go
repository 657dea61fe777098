package values

import (
	"strconv"
	"strings"

	"github.com/istio-lightstep/istio-lightstep/internal/redact"
)

// Path leads from the root of the values to one of them: string keys of maps
// and int indexes of lists.
type Path []any

// ParsePath reads a path as it is written in a problem:
// gateways[0].namespace. A dot or a bracket that belongs to a key is escaped
// by a backslash, as with --set.
func ParsePath(text string) Path {
	var path Path
	var key strings.Builder
	pending := false // a key has begun
	flush := func() {
		if pending {
			path = append(path, key.String())
			key.Reset()
			pending = false
		}
	}
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case '\\':
			if i++; i < len(text) {
				key.WriteByte(text[i])
			}
			pending = true
		case '.':
			flush()
		case '[':
			index, length := leadingIndex(text[i:])
			if length == 0 {
				key.WriteByte(c)
				pending = true
				continue
			}
			flush()
			path = append(path, index)
			i += length - 1
		default:
			key.WriteByte(c)
			pending = true
		}
	}
	flush()
	return path
}

// leadingIndex reads "[12]" at the start of text and gives the index and how
// many bytes it took; 0 bytes is no index.
func leadingIndex(text string) (index, length int) {
	end := strings.IndexByte(text, ']')
	if end < 0 {
		return 0, 0
	}
	index, err := strconv.Atoi(text[1:end])
	if err != nil || index < 0 {
		return 0, 0
	}
	return index, end + 1
}

var escapePath = strings.NewReplacer(`\`, `\\`, ".", `\.`, "[", `\[`, "]", `\]`)

// String writes the path as ParsePath reads it.
func (p Path) String() string {
	var text strings.Builder
	for _, step := range p {
		switch step := step.(type) {
		case int:
			text.WriteByte('[')
			text.WriteString(strconv.Itoa(step))
			text.WriteByte(']')
		case string:
			if text.Len() > 0 {
				text.WriteByte('.')
			}
			text.WriteString(escapePath.Replace(step))
		}
	}
	return text.String()
}

// Shown writes the path for people: what looks like a token among its keys is
// masked, and nothing in it acts on a terminal.
func (p Path) Shown() string { return redact.Key(p.String()) }

// In follows the path into root, made of map[string]any and []any, and gives
// what it found last and how many steps led there. All steps: the path exists.
func (p Path) In(root any) (value any, steps int) {
	value = root
	for i, step := range p {
		next, ok := child(value, step)
		if !ok {
			return value, i
		}
		value = next
	}
	return value, len(p)
}

// child gives what one step below value leads to.
func child(value, step any) (any, bool) {
	switch step := step.(type) {
	case string:
		m, ok := value.(map[string]any)
		if !ok {
			return nil, false
		}
		v, ok := m[step]
		return v, ok
	case int:
		list, ok := value.([]any)
		if !ok || step >= len(list) {
			return nil, false
		}
		return list[step], true
	}
	return nil, false
}

// hasPrefix tells whether the path begins with every step of prefix.
func (p Path) hasPrefix(prefix Path) bool {
	if len(prefix) > len(p) {
		return false
	}
	for i, step := range prefix {
		if p[i] != step {
			return false
		}
	}
	return true
}

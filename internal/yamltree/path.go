package yamltree

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

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

package migrate

import (
	"regexp"
	"slices"
	"strings"

	"github.com/istio-lightstep/istio-lightstep/internal/redact"
)

// lexer shows the text of a document: its structure, its keys and the values
// that are public. It reads lines and not YAML, so that what is no YAML, or no
// YAML any more, is held to the same.
type lexer struct {
	*publicWords
	out     strings.Builder
	parents []parent // keys that have no value on their line, the deepest last
	depth   int      // of brackets that are open
	last    string   // key, for what stands after it
}

type parent struct {
	indent int
	key    string
}

// showDocument gives a text with everything redacted that is not public.
func (p *publicWords) showDocument(text string) string {
	l := &lexer{publicWords: p}
	for line := range strings.Lines(text) {
		body := strings.TrimRight(line, "\r\n")
		l.line(body)
		l.out.WriteString(line[len(body):])
	}
	return l.out.String()
}

func (l *lexer) line(body string) {
	rest := strings.TrimLeft(body, " \t")
	indent := len(body) - len(rest)
	l.out.WriteString(body[:indent])
	if l.depth == 0 && rest != "" {
		if rest == "---" || rest == "..." || rest == "-" {
			if rest != "-" {
				l.parents = nil
			}
			l.out.WriteString(rest)
			return
		}
		rest, indent = l.nested(rest, indent)
	}
	l.words(rest, indent)
}

// nested shows the dashes of list items, and finds the key that a line without
// one belongs to. It gives what stands after the dashes, and its column.
func (l *lexer) nested(rest string, indent int) (after string, column int) {
	column = indent
	for strings.HasPrefix(rest, "- ") {
		trimmed := strings.TrimLeft(rest[2:], " ")
		l.out.WriteString(rest[:len(rest)-len(trimmed)])
		column += len(rest) - len(trimmed)
		rest = trimmed
	}
	sibling := column == indent && keyAt(rest, false) > 0
	l.parents = slices.DeleteFunc(l.parents, func(p parent) bool { return p.indent > indent || sibling && p.indent == indent })
	l.last = ""
	if n := len(l.parents); n > 0 {
		l.last = l.parents[n-1].key
	}
	return rest, column
}

// A key and the colon after it, on a line of its own and within brackets, where
// JSON needs no blank after the colon.
var (
	blockKey = regexp.MustCompile(`^(?:"[^"]*"|'[^']*'|[^\s"'{}\[\],#&*!|>][^\s:]*(?::[^\s:]+)*)\s*:(?:\s|$)`)
	flowKey  = regexp.MustCompile(`^(?:(?:"[^"]*"|'[^']*')\s*:|[^\s"'{}\[\],#&*!|>][^\s:,{}\[\]]*(?::[^\s:,{}\[\]]+)*\s*:(?:\s|$))`)
)

// keyAt gives the offset after the colon of a key that a text begins with; 0
// where there is none.
func keyAt(text string, flow bool) int {
	if !flow && strings.IndexByte(text, ':') < 0 { // within brackets there are many words on a line
		return 0
	}
	pattern := blockKey
	if flow {
		pattern = flowKey
	}
	return strings.LastIndexByte(pattern.FindString(text), ':') + 1
}

// words shows what stands on a line after its indentation.
func (l *lexer) words(rest string, indent int) {
	for rest != "" {
		c := rest[0]
		switch c {
		case ' ', '\t':
			l.out.WriteByte(c)
			rest = rest[1:]
		case '#':
			l.out.WriteString("# " + redact.Redacted)
			return
		case '{', '[':
			l.depth++
			l.out.WriteByte(c)
			rest = rest[1:]
		case '}', ']', ',':
			if c != ',' {
				l.depth = max(0, l.depth-1)
			}
			l.out.WriteByte(c)
			rest = rest[1:]
		default:
			if colon := keyAt(rest, l.depth > 0); colon > 0 {
				l.keyed(rest[:colon], rest[colon:], indent)
				rest = rest[colon:]
			} else {
				rest = l.scalar(rest)
			}
		}
	}
}

// keyed shows a key, and takes note of it.
func (l *lexer) keyed(text, after string, indent int) {
	name := strings.TrimRight(strings.TrimSuffix(text, ":"), " \t")
	gap, quote := text[len(name):], ""
	if name[0] == '"' || name[0] == '\'' {
		quote, name = name[:1], name[1:len(name)-1]
	}
	l.last = name
	l.out.WriteString(quote + l.key(name) + quote + gap)
	if l.depth > 0 {
		return
	}
	l.parents = slices.DeleteFunc(l.parents, func(p parent) bool { return p.indent >= indent })
	l.parents = append(l.parents, parent{indent, name})
	if strings.TrimSpace(after) != "" && !blockHeader.MatchString(strings.TrimSpace(after)) {
		l.parents = l.parents[:len(l.parents)-1]
	}
}

var (
	blockHeader = regexp.MustCompile(`^[|>][-+0-9]{0,2}$`)
	anchored    = regexp.MustCompile(`^([&*])(\S+)$`)
	leading     = regexp.MustCompile(`^(&\S+|!\S*)\s+`)
)

// scalar shows a value, and gives what stands after it.
func (l *lexer) scalar(rest string) string {
	if rest[0] == '"' || rest[0] == '\'' {
		if i := closing(rest); i > 0 {
			l.out.WriteString(rest[:1] + l.value(l.last, rest[1:i]) + rest[:1])
			return rest[i+1:]
		}
		l.out.WriteString(redact.Redacted)
		return ""
	}
	if match := leading.FindString(rest); match != "" { // an anchor or a tag
		l.out.WriteString(match[:1] + l.key(strings.TrimSpace(match[1:])) + " ")
		return rest[len(match):]
	}
	end := len(rest)
	if l.depth > 0 {
		if i := strings.IndexAny(rest, ",{}[]"); i > 0 {
			end = i
		}
	}
	if i := strings.Index(rest[:end], " #"); i >= 0 {
		end = i
	}
	word := strings.TrimRight(rest[:end], " \t")
	switch match := anchored.FindStringSubmatch(word); {
	case blockHeader.MatchString(word):
		l.out.WriteString(word)
	case match != nil:
		l.out.WriteString(match[1] + l.key(match[2]))
	default:
		l.out.WriteString(l.value(l.last, word))
	}
	return rest[len(word):]
}

// closing gives the offset of the quote that ends quoted text, or -1.
func closing(text string) int {
	for i := 1; i < len(text); i++ {
		switch {
		case text[i] == '\\' && text[0] == '"':
			i++
		case text[i] == text[0] && text[0] == '\'' && i+1 < len(text) && text[i+1] == '\'':
			i++
		case text[i] == text[0]:
			return i
		}
	}
	return -1
}

// showCommands gives the text of command lines with everything redacted but
// the programs, the names of flags and what they set of public values.
func (p *publicWords) showCommands(text string) string {
	var out strings.Builder
	within, quoted := false, false
	flag := ""
	for line := range strings.Lines(text) {
		body := strings.TrimRight(line, "\r\n")
		command := within || commandLine.MatchString(line)
		if !within {
			flag, quoted = "", false
		}
		within = command && strings.HasSuffix(body, `\`)
		if !command && strings.TrimSpace(body) != "" {
			out.WriteString(redact.Redacted + line[len(body):])
			continue
		}
		for i, word := range strings.FieldsFunc(strings.ReplaceAll(body, "\t", " "), func(r rune) bool { return r == ' ' }) {
			if i > 0 {
				out.WriteByte(' ')
			} else {
				out.WriteString(body[:len(body)-len(strings.TrimLeft(body, " \t"))])
			}
			if quoted {
				out.WriteString(redact.Redacted)
				quoted = quoted && !openQuote(word)
				continue
			}
			var shown string
			shown, flag = p.word(word, flag)
			out.WriteString(shown)
			quoted = openQuote(word)
		}
		out.WriteString(line[len(body):])
	}
	return out.String()
}

func openQuote(word string) bool {
	return strings.Count(word, "'")%2 == 1 || strings.Count(word, `"`)%2 == 1
}

var flagName = regexp.MustCompile(`^--?[A-Za-z][-A-Za-z]{0,30}$`)

// word shows a word of a command line that stands after a flag, and gives the
// flag that it is.
func (p *publicWords) word(word, flag string) (shown, itself string) {
	name, value, assigned := strings.Cut(word, "=")
	switch {
	case word == `\`:
		return word, flag
	case flagName.MatchString(name):
		if !assigned {
			return word, name
		}
		return name + "=" + p.argument(name, value), ""
	case flag != "":
		return p.argument(flag, word), ""
	case slices.Contains(p.Commands, word[strings.LastIndexByte(word, '/')+1:]) && !redact.Tokenlike(word):
		return word, ""
	}
	return redact.Redacted, ""
}

// argument shows what a flag is given.
func (p *publicWords) argument(flag, text string) string {
	bare := strings.Trim(text, `'"`)
	if slices.Contains(p.Flags, flag) {
		return p.value("name", bare)
	}
	if !slices.Contains(setFlags, flag) {
		return redact.Redacted
	}
	parts := strings.Split(bare, ",")
	for i, part := range parts {
		key, value, found := strings.Cut(part, "=")
		if !found {
			parts[i] = redact.Redacted
			continue
		}
		parts[i] = p.key(strings.NewReplacer("[", ".", "]", "").Replace(key))
		if parts[i] != redact.Redacted {
			parts[i] = key
		}
		parts[i] += "=" + p.value(key[strings.LastIndexByte(key, '.')+1:], strings.Trim(value, `'"`))
	}
	return strings.Join(parts, ",")
}

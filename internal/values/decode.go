package values

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

// decode reads the text of a values file as Helm does and gives the problems
// of the text. The document is nil where Helm would refuse the file too.
//
// The common case, a file without a problem, is one strict decode and a few
// scans of the bytes. The tree of nodes, which costs as much again, is built
// only when one of these has found something to look at.
func decode(name string, data []byte) (*document, []finding) {
	doc := &document{name: name, data: data}
	var found []finding
	if bytes.IndexByte(data, '&') >= 0 && bytes.IndexByte(data, '*') >= 0 {
		if doc.parse(); doc.aliases {
			return nil, []finding{doc.tooManyAliases()}
		}
	}

	doc.values = map[string]any{}
	err := yaml.UnmarshalStrict(data, &doc.values)
	repeats := err != nil && strings.Contains(err.Error(), "already set in map")
	if repeats {
		// Strict decoding has a fault of its own: it refuses a key that
		// overrides a merged one. Helm's decoding decides.
		doc.values = map[string]any{}
		err = yaml.Unmarshal(data, &doc.values)
	}
	if !utf8.Valid(data) {
		f := notUTF8(name, data)
		f.helmAllows = err == nil // UTF-16, or what follows the first document
		found = append(found, f)
		if err != nil {
			return nil, found
		}
	}
	if err != nil {
		return nil, []finding{doc.refusal(err)}
	}
	if deeper(doc.values, maxDepth) {
		return nil, append(found, doc.tooDeep())
	}
	found = append(found, doc.directive()...)
	if repeats || mayCollide(doc.values) {
		found = append(found, doc.wrongKeys()...)
	}
	if marker(data, 0) >= 0 {
		found = append(found, doc.secondDocument()...)
	}
	return doc, found
}

// notUTF8 is the problem of a file that is not UTF-8, and where it stops being
// so.
func notUTF8(name string, data []byte) finding {
	f := finding{Problem: problem.Problem{
		ID:     "LS-VALUES-NOT-UTF8",
		Reason: "the file is UTF-16 text, which many tools do not read",
		Fix:    "save the file as UTF-8",
		File:   name,
	}}
	if bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")) {
		return f
	}
	valid := yamltree.InvalidUTF8(data)
	f.Reason = fmt.Sprintf("byte %#02x is not UTF-8 text", data[valid])
	f.Line = 1 + bytes.Count(data[:valid], []byte("\n"))
	f.Column = 1 + utf8.RuneCount(data[bytes.LastIndexByte(data[:valid], '\n')+1:valid])
	return f
}

// marker gives where, from an offset on, a line other than the first begins
// with "---" or "...", without which there is no second document; -1 is
// nowhere. Line breaks are those of YAML 1.1, and a zero byte is half a sign
// of UTF-16.
func marker(data []byte, from int) int {
	first := -1
	for _, mark := range []string{"---", "...", "-\x00-", ".\x00.", "\x00-\x00-", "\x00.\x00."} {
		for at := max(from, 1); ; at++ {
			i := bytes.Index(data[min(at, len(data)):], []byte(mark))
			if i < 0 {
				break
			}
			at += i
			if strings.IndexByte("\n\r\x85\xa8\xa9\x00", data[at-1]) >= 0 {
				if first < 0 || at < first {
					first = at
				}
				break
			}
		}
	}
	return first
}

// mayCollide tells whether a key of the values may have been another type in
// YAML, so that it can meet a string of the same look: 1 and "1". A strict
// decode does not see these.
func mayCollide(value any) bool {
	switch value := value.(type) {
	case map[string]any:
		for key, v := range value {
			if key == "true" || key == "false" || key != "" && strings.IndexByte("0123456789+-.", key[0]) >= 0 {
				return true
			}
			if mayCollide(v) {
				return true
			}
		}
	case []any:
		for _, v := range value {
			if mayCollide(v) {
				return true
			}
		}
	}
	return false
}

// refusal turns an error of Helm's decoder into a problem. The decoder may
// quote the text, so its words are used only where they are known not to.
func (d *document) refusal(err error) finding {
	f := finding{Problem: problem.Problem{ID: "LS-VALUES-SYNTAX", File: d.name}}
	var notMap *json.UnmarshalTypeError
	var notNumber *json.UnsupportedValueError
	text := err.Error()
	switch {
	case errors.As(err, &notMap):
		f.ID = "LS-VALUES-NOT-A-MAP"
		found, _, _ := strings.Cut(notMap.Value, " ") // "number 5" holds the value
		f.Reason = "the file holds a " + strings.Replace(found, "array", "list", 1) + " and not keys with values"
		f.Fix = "write keys with values, such as `delivery: auto`"
		f.Line, f.Column = d.start()
	case errors.As(err, &notNumber):
		f.Reason = "the file holds .nan or .inf, which Helm cannot read"
		f.Fix = "write a number, or quote it if text is meant"
	case strings.Contains(text, "unsupported map key"), strings.Contains(text, "invalid map key"):
		f.Reason = "a key is null, a list or a map"
		f.Fix = "write a key that is text; quote it if it is `null` or `~`"
		f.Line, f.Column = d.badKey()
	case strings.Contains(text, "excessive aliasing"):
		return d.tooManyAliases()
	default:
		f.Reason = "the file is not YAML that Helm can read"
		line, words := yamltree.SyntaxError(d.data, err)
		switch {
		case line > 0:
			f.Reason += ": " + words
		case words != "":
			f.Reason = words
		}
		f.Line = line
		f.Column, f.Fix = d.indentation(line)
	}
	return f
}

// indentation gives the column where the text of a line begins, and what to do
// about a syntax error there.
func (d *document) indentation(line int) (column int, fix string) {
	fix = "fix the line, or the one before it: its indentation, a quote or a `: `"
	if line == 0 {
		return 0, "check quotes, tags and indentation"
	}
	text, _, _ := bytes.Cut(d.data[d.offset(line):], []byte("\n"))
	if i := bytes.IndexByte(text, '\t'); i >= 0 && len(bytes.TrimLeft(text[:i], " ")) == 0 {
		return i + 1, "indent with spaces; YAML takes no tab"
	}
	return len(text) - len(bytes.TrimLeft(text, " ")) + 1, fix
}

// offset gives where a line begins, counted from 1.
func (d *document) offset(line int) int {
	at := 0
	for ; line > 1; line-- {
		i := bytes.IndexByte(d.data[at:], '\n')
		if i < 0 {
			return len(d.data)
		}
		at += i + 1
	}
	return at
}

package values

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/internal/bounded"
	"github.com/istio-lightstep/istio-lightstep/internal/helmengine"
	"github.com/istio-lightstep/istio-lightstep/internal/redact"
	"github.com/istio-lightstep/istio-lightstep/internal/terminal"
	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

// Limit is the most that is read of one values file, or of one file named by
// --set-file, in bytes. Helm has no such limit and needs 650 MiB or more for
// a file of this size.
const Limit = bounded.Document

// kind says how a source is applied. Kinds are applied in this order, which is
// Helm's (pkg/cli/values/options.go of v3.22.0), whatever order they come in.
type kind int

const (
	file kind = iota
	setJSON
	set
	setString
	setFile
	setLiteral
	kinds
)

// flags are the command-line flags of the kinds.
var flags = [kinds]string{"--values", "--set-json", "--set", "--set-string", "--set-file", "--set-literal"}

// Source is one values file or one --set flag.
type Source struct {
	kind kind
	name string                 // of a file, for messages
	expr string                 // of a flag, as given after it
	text func() ([]byte, error) // of a file, or a [bounded.TooLargeError]
	made bool                   // its text is not the user's, and so are no lines in it
}

// File is a values file, as --values takes it, but never a URL: nothing here
// reaches for the network.
func File(path string) Source {
	return Source{kind: file, name: path, text: func() ([]byte, error) { return bounded.File(path, Limit) }}
}

// Reader is the text of a values file read from r, once, by Read. The name is
// what messages call it.
func Reader(name string, r io.Reader) Source {
	return Source{kind: file, name: name, text: func() ([]byte, error) {
		if r == nil {
			return nil, fmt.Errorf("%s: %w", name, errNoReader)
		}
		return bounded.Read(r, Limit)
	}}
}

var errNoReader = errors.New("a nil Reader has no values")

// Bytes is the text of a values file, which the caller does not change while
// the values are in use. The name is what messages call it.
func Bytes(name string, data []byte) Source {
	return Source{kind: file, name: name, text: func() ([]byte, error) {
		if len(data) > Limit {
			return nil, bounded.ErrTooLarge
		}
		return data, nil
	}}
}

// Map is a values file that was never written. The name is what messages call
// it.
func Map(name string, values map[string]any) Source {
	return Source{kind: file, name: name, made: true, text: func() ([]byte, error) {
		data, err := encoded(values)
		switch {
		case err != nil:
			return nil, fmt.Errorf("%s: %w", name, err)
		case len(data) > Limit:
			return nil, bounded.ErrTooLarge
		}
		return data, nil
	}}
}

// encoded encodes values. A panic is that of a MarshalJSON among them, and ends no
// program that renders for many.
func encoded(values map[string]any) (data []byte, err error) {
	defer func() {
		if value := recover(); value != nil {
			err = fmt.Errorf("panic while encoding the values: %v", value)
		}
	}()
	return yaml.Marshal(values)
}

// Set is what follows --set: a=1,b.c=2.
func Set(expr string) Source { return Source{kind: set, expr: expr} }

// SetString is what follows --set-string: as Set, every value a string.
func SetString(expr string) Source { return Source{kind: setString, expr: expr} }

// SetJSON is what follows --set-json: a={"b":1}.
func SetJSON(expr string) Source { return Source{kind: setJSON, expr: expr} }

// SetFile is what follows --set-file: a=FILE. The file's text, to the last
// newline, is the value. FILE is a path, not "-" and not a URL.
func SetFile(expr string) Source { return Source{kind: setFile, expr: expr} }

// SetLiteral is what follows --set-literal: one key, the rest its value.
func SetLiteral(expr string) Source { return Source{kind: setLiteral, expr: expr} }

// fileName matches what is plainly the name of a file. What stands after
// --set-file may by mistake be the secret itself, and is then not repeated.
var fileName = regexp.MustCompile(`^[\w./\\:~ -]{1,200}\.[A-Za-z]{2,5}$`)

// readNamed gives the text of a file that --set-file names.
func readNamed(name string) ([]byte, error) {
	data, err := bounded.File(name, Limit)
	if err != nil && !fileName.MatchString(name) {
		err = fmt.Errorf("%s (not shown, as it could be the value itself): %w", redact.Redacted, errors.Unwrap(err))
	}
	return data, err
}

// maxIndexes is the most that the list indexes of one flag may add up to.
// Helm makes a list as long as its highest index, up to 65536, and copies it
// each time it grows: a short flag could ask for any amount of memory.
const maxIndexes = 1 << 17

// applyFlag merges a flag over what there is.
func (v *Values) applyFlag(s Source) error {
	if indexes(s.expr) > maxIndexes {
		v.refuse(s, "its list indexes are too high", "write long lists in a values file")
		return nil
	}
	var failed error // reading the file that --set-file names
	var large bool
	err := helmengine.Set(flags[s.kind], s.expr, v.user, func(path string) ([]byte, error) {
		data, err := readNamed(path)
		if large = large || errors.Is(err, bounded.ErrTooLarge); err != nil && !large {
			failed = err
		}
		return data, err
	})
	o := &origin{Source: s}
	switch {
	case failed != nil:
		return fmt.Errorf("reading %s: %w", o.shown(nil), failed)
	case large:
		v.findings = append(v.findings, tooLarge(o.shown(nil), ""))
	case s.kind == setJSON && strings.HasPrefix(strings.TrimSpace(s.expr), "{"):
		v.refuse(s, "a whole JSON object without a key is accepted by Helm 4 and refused by Helm 3", "write key=json for each of its keys, such as --set-json 'collector={\"replicas\": 4}', which both accept")
	case err != nil:
		v.refuse(s, reason(err), "a comma or a backslash in a value is written `\\,` or `\\\\`; or put the value in a file")
	case s.kind == setJSON && deeper(v.user, maxDepth):
		v.findings = append(v.findings, deepFinding(o.shown(nil)))
	default:
		v.sources = append(v.sources, o)
	}
	return nil
}

// refuse notes a flag that Helm refuses too.
func (v *Values) refuse(s Source, reason, fix string) {
	o := &origin{Source: s}
	v.findings = append(v.findings, finding{Problem: problem.Problem{
		ID: "LS-VALUES-SET", Reason: reason, Fix: fix, File: o.shown(nil),
	}})
}

// reason tells why Helm cannot read a flag, without Helm's words, which may
// quote its value.
func reason(err error) string {
	switch said := err.Error(); {
	case strings.Contains(said, "has no value"):
		return "a key has no value: write key=value, and mind that a comma starts the next key"
	case strings.Contains(said, "interface conversion"):
		return "it sets a key below a value that is no map, or an index of a value that is no list"
	case strings.Contains(said, "index"):
		return "a list index is not a number from 0 to 65536, followed by =, . or ["
	case strings.Contains(said, "nested level"):
		return "its path is more than 30 keys deep"
	case strings.Contains(said, "list must terminate"):
		return "a list that starts with { has no }"
	}
	return "Helm cannot read it"
}

var index = regexp.MustCompile(`\[\+?(\d{1,9})`)

// indexes adds up what may be list indexes of an expression.
func indexes(expr string) int {
	sum := 0
	for _, m := range index.FindAllStringSubmatch(expr, -1) {
		n, _ := strconv.Atoi(m[1])
		sum += n
	}
	return sum
}

// sets tells whether the flag alone, laid over nothing, gives a value at path.
func (o *origin) sets(path yamltree.Path) bool {
	o.once.Do(func() {
		o.tree = map[string]any{}
		_ = helmengine.Set(flags[o.kind], o.expr, o.tree, func(string) ([]byte, error) { return nil, nil })
	})
	value, steps := path.In(o.tree)
	if steps < len(path) {
		return false
	}
	// a[1]=x makes a list of two, the first of which it does not set.
	if i, ok := path[len(path)-1].(int); ok && value == nil {
		list, _ := path[:len(path)-1].In(o.tree)
		return i == len(list.([]any))-1
	}
	return true
}

// keyOnly matches what can be shown of a flag before its first =.
var keyOnly = regexp.MustCompile(`^[\w.\[\]\\/-]{1,200}$`)

// shown gives the flag by the path it sets, never by its value: a secret may
// stand under a path that is not known to be secret, because it is misspelt.
func (o *origin) shown(path yamltree.Path) string {
	key, _, ok := strings.Cut(o.expr, "=")
	if !ok || !keyOnly.MatchString(key) {
		key = ""
	}
	// A flag may set many paths; the JSON of one sets what is below its key.
	below := o.kind == setJSON && key != "" && path.HasPrefix(yamltree.Parse(key))
	if len(path) > 0 && !below {
		key = path.String()
	}
	key = terminal.Safe(redact.Tokens(key)) // bounded where it is shown, behind the masks
	if key == "" {
		return flags[o.kind] + " …"
	}
	return flags[o.kind] + " " + key + "=…"
}

package values

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/istio-lightstep/istio-lightstep/internal/bounded"
	"github.com/istio-lightstep/istio-lightstep/internal/helmengine"
	"github.com/istio-lightstep/istio-lightstep/internal/redact"
	"github.com/istio-lightstep/istio-lightstep/internal/terminal"
	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

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
	err := parse(s.kind, s.expr, v.user, func(path string) ([]byte, error) {
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

// parse puts a flag's expression into values. read gives the file that
// --set-file names.
func parse(k kind, expr string, into map[string]any, read func(string) ([]byte, error)) error {
	switch k {
	case setJSON:
		return helmengine.ParseSetJSON(expr, into)
	case set:
		return helmengine.ParseSet(expr, into)
	case setString:
		return helmengine.ParseSetString(expr, into)
	case setFile:
		return helmengine.ParseSetFile(expr, into, read)
	default: // setLiteral, the last kind
		return helmengine.ParseSetLiteral(expr, into)
	}
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
		_ = parse(o.kind, o.expr, o.tree, func(string) ([]byte, error) { return nil, nil })
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

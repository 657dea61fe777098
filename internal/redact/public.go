package redact

import (
	"fmt"
	"regexp"
	"strings"
)

// Public are the paths whose values may be shown. A path covers all below it.
// The zero Public shows nothing.
type Public struct {
	entries []Entry
	secrets []string // paths that are never shown
}

// Entry is one public path.
type Entry struct {
	path  []string
	match *regexp.Regexp // nil: any value
}

// NewPublic reads the list "public" of rules.json: each a path, such as
// values.gateways[].name, or {"path": PATH, "matches": RE2}, of which a value
// is shown only where it matches.
func NewPublic(list []any) (Public, error) {
	var p Public
	for _, item := range list {
		var e Entry
		path, _ := item.(string)
		if m, ok := item.(map[string]any); ok {
			path, _ = m["path"].(string)
			pattern, _ := m["matches"].(string)
			match, err := regexp.Compile(pattern)
			if err != nil || pattern == "" || len(m) != 2 {
				return Public{}, fmt.Errorf("%v is neither a path nor a path that matches something", item)
			}
			e.match = match
		}
		if path == "" {
			return Public{}, fmt.Errorf("%v is no path", item)
		}
		e.path = Segments(path)
		p.entries = append(p.entries, e)
	}
	return p, nil
}

// Entry gives the entry that covers a path, nil where its value is not public.
// A list's item is the segment [].
func (p Public) Entry(path []string) *Entry {
	for i := range p.entries {
		e := &p.entries[i]
		if len(path) < len(e.path) {
			continue
		}
		same := 0
		for same < len(e.path) && e.path[same] == path[same] {
			same++
		}
		if same == len(e.path) {
			return e
		}
	}
	return nil
}

// Shows tells whether the entry lets a value be shown.
func (e *Entry) Shows(text string) bool {
	return e != nil && (e.match == nil || e.match.MatchString(text))
}

// Foreign tells whether a path leads to what is no value of the user's: what
// runs on the cluster, or the table of dialects. Nothing in it is masked.
func Foreign(path []string) bool { return path[0] == "live" || path[0] == "dialect" }

// Segments splits a path at its dots; the item of a list, written list[], is
// a segment of its own.
func Segments(path string) []string {
	return strings.Split(strings.ReplaceAll(path, "[]", ".[]"), ".")
}

// Pattern is what a value of the entry must match to be shown, "" where any may
// be.
func (e *Entry) Pattern() string {
	if e.match == nil {
		return ""
	}
	return e.match.String()
}

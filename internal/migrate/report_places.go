package migrate

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	yamlfile "github.com/istio-lightstep/istio-lightstep/internal/document"
	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

// asGiven has problems of what is left of a source name the places of the source
// as it was given: that is the file that people have.
func (e *edited) asGiven(in *input, left []byte, problems []problem.Problem) {
	back := newWayBack(in.Data, left, e.cuts[in])
	at := map[place][]int{} // problems by their places
	for i := range problems {
		p := &problems[i]
		if !strings.HasPrefix(p.Path, "document.") || p.Line == 0 {
			continue
		}
		p.Line, p.Column = back.place(p.Line, max(1, p.Column))
		at[place{p.Line, p.Column}] = append(at[place{p.Line, p.Column}], i)
		if list := strings.TrimPrefix(p.Path, "document."); besideIt.MatchString(list) {
			s := &sweeper{input: in, table: e.table}
			if name := s.within(p.Line); name != "" {
				p.Path = "document." + name
			}
		}
	}
	if len(at) == 0 {
		return
	}
	for _, d := range e.decisions.documents {
		if d.input != in || d.holder != nil || d.items != nil {
			continue
		}
		for s := range yamltree.All(d.root) {
			line, column := d.position(d.anchor(s))
			for _, i := range at[place{line, column}] {
				path, ofRules := d.found(Left, s).Path, strings.TrimPrefix(problems[i].Path, "document.")
				if besideIt.MatchString(ofRules) || samePlace(path, ofRules) {
					problems[i].Path = "document." + path
				}
			}
		}
	}
}

// besideIt is the path of an object that stands beside the control plane's document.
var besideIt = regexp.MustCompile(`^[a-zA-Z]+\[\d+\]$`)

var indices = regexp.MustCompile(`\[\d+\]`)

// samePlace tells whether the path of a source and one of the rules, which is of
// the document in it, differ in the numbers of items alone.
func samePlace(path, ofRules string) bool {
	path, ofRules = indices.ReplaceAllString(path, "[]"), indices.ReplaceAllString(ofRules, "[]")
	return strings.HasSuffix("."+path, "."+ofRules)
}

// wayBack leads from places of what is left of a text to those of the text.
type wayBack struct {
	data, left  []byte
	starts      []int // of the lines of the text,
	leftStarts  []int // and of what is left
	from, added []int // from which byte of what is left on, how many were taken out before it
}

func newWayBack(data, left []byte, cuts []yamlfile.Cut) *wayBack {
	w := &wayBack{data: data, left: left, starts: lineStarts(data), leftStarts: lineStarts(left)}
	at, taken := 0, 0
	for _, c := range cuts {
		if c.End <= at {
			continue
		}
		start := max(at, c.Start)
		w.from = append(w.from, start-taken)
		at, taken = c.End, taken+c.End-start
		w.added = append(w.added, taken)
	}
	return w
}

// place gives a line and column, from 1; columns count characters.
func (w *wayBack) place(line, column int) (int, int) {
	offset := w.leftStarts[min(line, len(w.leftStarts))-1]
	for range column - 1 {
		if offset == len(w.left) || w.left[offset] == '\n' {
			break
		}
		_, size := utf8.DecodeRune(w.left[offset:])
		offset += size
	}
	if i, _ := slices.BinarySearch(w.from, offset+1); i > 0 {
		offset += w.added[i-1]
	}
	at, found := slices.BinarySearch(w.starts, offset)
	if !found {
		at--
	}
	return at + 1, utf8.RuneCount(w.data[w.starts[at]:offset]) + 1
}

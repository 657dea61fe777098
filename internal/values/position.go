package values

import (
	"go.yaml.in/yaml/v3"

	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

// Position is where a value was given.
type Position struct {
	File   string // the file's name, or the flag with the path it sets: --set istio.version=…
	Line   int    // of the key or the list item in the file, from 1; 0 is unknown
	Column int    // from 1; 0 is unknown
	Flag   string // the flag, such as --set; empty for a file
	Text   string // a scalar as the file writes it, where it is public and safe to print; empty for a flag
}

// Position tells where the value at path was given: by the source that won,
// or, where the path does not exist, by the one that gave its nearest parent.
// The zero Position means that the user gave nothing there.
func (v *Values) Position(path string) Position {
	if v == nil || len(v.sources) == 0 {
		return Position{}
	}
	full := yamltree.Parse(path)
	_, steps := full.In(v.user)
	for ; steps > 0; steps-- {
		for i := len(v.sources) - 1; i >= 0; i-- {
			if at, ok := v.in(v.sources[i], full[:steps]); ok {
				return at
			}
		}
	}
	// Nothing of the path is given. The last file is where it belongs.
	for i := len(v.sources) - 1; i >= 0; i-- {
		if s := v.sources[i]; s.kind == file {
			return Position{File: s.name}
		}
	}
	return Position{}
}

// in tells where a source gives the value at path, and whether it does.
func (v *Values) in(s *origin, path yamltree.Path) (Position, bool) {
	if s.kind != file {
		if !s.sets(path) {
			return Position{}, false
		}
		return Position{File: s.shown(path), Flag: flags[s.kind]}, true
	}
	s.document.parse()
	if s.document.root == nil {
		return Position{}, false
	}
	found := yamltree.Find(s.document.root, path)
	if len(found) == 0 {
		return Position{}, false
	}
	at := Position{File: s.name}
	if !s.made {
		at.Line, at.Column = found[0].Key.Line, found[0].Key.Column
	}
	if value := found[0].Value; value.Kind == yaml.ScalarNode {
		at.Text = v.shown(path, value.Value)
	}
	return at, true
}

// Locate fills in file, line and column of the problems that have a path and
// no file.
func (v *Values) Locate(problems []problem.Problem) {
	for i := range problems {
		p := &problems[i]
		if p.Path == "" || p.File != "" {
			continue
		}
		at := v.Position(p.Path)
		p.File, p.Line, p.Column = at.File, at.Line, at.Column
	}
}

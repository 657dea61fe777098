package values

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"

	"go.yaml.in/yaml/v3"

	"github.com/istio-lightstep/istio-lightstep/internal/bounded"
	"github.com/istio-lightstep/istio-lightstep/internal/helmengine"
	"github.com/istio-lightstep/istio-lightstep/internal/redact"
	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

// Values are the user's values, merged, and where each came from. They are
// safe for concurrent use.
type Values struct {
	user     map[string]any
	sources  []*origin // in the order they were applied
	public   redact.Public
	findings []finding
}

// origin is a source that was applied, kept to find positions in.
type origin struct {
	Source
	document *document // of a file that could be decoded

	once sync.Once
	tree map[string]any // what a flag sets by itself, made when first asked for
}

// finding is a problem of the text, and whether plain Helm takes the text.
type finding struct {
	problem.Problem
	helmAllows bool
}

// Read reads the sources and merges them in Helm's order: values files as
// given, then --set-json, --set, --set-string, --set-file and --set-literal,
// each as given. A value is shown only where its path is public, written as in
// rules.yaml: values.istio.version.
//
// The error says that a source cannot be read. What is wrong inside a source
// is a problem: see Problems.
func Read(public redact.Public, sources ...Source) (*Values, error) {
	v := &Values{user: map[string]any{}, public: public}
	for k := range kinds {
		for _, s := range sources {
			if s.kind != k {
				continue
			}
			apply := v.applyFlag
			if k == file {
				apply = v.applyFile
			}
			if err := apply(s); err != nil {
				return nil, err
			}
		}
	}
	return v, nil
}

// applyFile merges a values file over what there is.
func (v *Values) applyFile(s Source) error {
	data, err := s.text()
	if errors.Is(err, bounded.ErrTooLarge) {
		v.findings = append(v.findings, tooLarge(s.name, ""))
		return nil
	}
	if err != nil {
		return fmt.Errorf("reading values: %w", err)
	}
	doc, found := decode(s.name, data)
	if s.made {
		for i := range found {
			found[i].Line, found[i].Column = 0, 0
		}
	}
	v.findings = append(v.findings, FirstOfEach(found, func(f *finding) *problem.Problem { return &f.Problem })...)
	if doc == nil {
		return nil
	}
	v.user = helmengine.MergeFile(v.user, doc.values)
	v.sources = append(v.sources, &origin{Source: s, document: doc})
	return nil
}

// Most is how many findings of one kind are told, as many as the chart tells of
// one rule.
const Most = 100

// FirstOfEach leaves the first findings of each kind, and says how many more
// there are. of gives the problem in a finding.
func FirstOfEach[T any](found []T, of func(*T) *problem.Problem) []T {
	count := map[string]int{}
	told := slices.DeleteFunc(found, func(f T) bool {
		id := of(&f).ID
		count[id]++
		return count[id] > Most
	})
	for _, f := range slices.Clone(told) {
		p := of(&f)
		if more := count[p.ID] - Most; more > 0 {
			*p = problem.Problem{
				ID:       p.ID,
				Severity: p.Severity,
				Reason:   fmt.Sprintf("and %d more of %s", more, p.ID),
				Fix:      "look at those above first: many of one kind mostly have one cause",
				File:     p.File,
			}
			told = append(told, f)
			delete(count, p.ID)
		}
	}
	return told
}

// User gives the merged values of the user, without the chart's defaults, as
// Helm decodes them. The caller does not change the map.
func (v *Values) User() map[string]any { return v.user }

// Problems gives what is wrong with the text of the sources. Strict, all are
// errors; otherwise what plain Helm allows is a warning. Where the latter
// still has errors, User is incomplete and nothing is to be built on it.
func (v *Values) Problems(strict bool) []problem.Problem {
	problems := make([]problem.Problem, 0, len(v.findings))
	for _, f := range v.findings {
		problems = append(problems, f.graded(strict))
	}
	problem.Sort(problems)
	return problems
}

// graded gives the problem with its severity.
func (f finding) graded(strict bool) problem.Problem {
	f.Severity = problem.SeverityError
	if f.helmAllows && !strict {
		f.Severity = problem.SeverityWarning
	}
	return f.Problem
}

// shown gives a scalar as it may be shown, "" where it may not.
func (v *Values) shown(path yamltree.Path, text string) string {
	steps := []string{"values"}
	for _, step := range path {
		key, ok := step.(string)
		if !ok {
			key = "[]"
		}
		steps = append(steps, key)
	}
	if !v.public.Entry(steps).Shows(text) {
		return ""
	}
	return redact.Value(v.public.Hidden(map[string]any{"values": v.user}).Mask(text))
}

// Format prints how many sources there are, whatever the verb: values hold
// secrets.
func (v *Values) Format(f fmt.State, _ rune) {
	if v == nil {
		_, _ = io.WriteString(f, "no values")
		return
	}
	_, _ = fmt.Fprintf(f, "values of %d sources", len(v.sources))
}

// tooLarge is the problem of a source that holds more than Limit bytes.
func tooLarge(file, path string) finding {
	return finding{Problem: problem.Problem{
		ID:     "LS-VALUES-TOO-LARGE",
		Path:   path,
		Reason: fmt.Sprintf("holds more than %d MiB", Limit>>20),
		Fix:    "name the file that was meant: values for this chart take a few KiB",
		File:   file,
	}}
}

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

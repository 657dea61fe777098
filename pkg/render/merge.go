package render

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"sync"

	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/internal/document"
	"github.com/istio-lightstep/istio-lightstep/internal/pages"
	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

//go:embed kept.yaml
var keptYAML []byte

// keptSetting is an entry of kept.yaml, where its keys are told.
type keptSetting struct {
	Value  string   `json:"value"`
	Places []string `json:"places"`
	Items  []string `json:"items"`
	shared bool     // the variable that names the shared mesh ConfigMap
}

var keptSettings = sync.OnceValues(func() ([]keptSetting, error) {
	var all []keptSetting
	if err := yaml.UnmarshalStrict(keptYAML, &all); err != nil {
		return nil, fmt.Errorf("kept.yaml: %w", err)
	}
	for i := range all {
		var places []string
		for _, place := range all[i].Places {
			for _, place := range document.Layered(place) {
				if !slices.Contains(places, place) {
					places = append(places, place)
				}
			}
		}
		all[i].Places = places
	}
	return append(all, keptSetting{Places: document.SharedPlaces(), shared: true}), nil
})

// Merge writes the control-plane document that the values were rendered to into
// your own of the same kind, and returns its whole text: comments, order and
// layout stay. A setting of your document that the values do not set wins over
// the chart's default.
//
// The rules check the merged document. A [*ProblemsError] refuses it, for
// example if istiod already reads another shared mesh ConfigMap. Problems
// without an error are warnings: what was kept and what was replaced. They call
// your document by the name. Any other error means that the result is not one
// control-plane document.
func (r *Renderer) Merge(ctx context.Context, v *Values, rendered *Result, name string, mine []byte) ([]byte, []problem.Problem, error) {
	r, err := r.ready()
	if err != nil {
		return nil, nil, err
	}
	if err := given(ctx); err != nil {
		return nil, nil, err
	}
	settings, err := keptSettings()
	if err != nil {
		return nil, nil, err
	}
	var keep []document.Keep
	named := map[string]string{} // the value behind a place
	for _, s := range settings {
		if s.Value != "" && v.names(s.Value) {
			continue
		}
		keep = append(keep, document.Keep{Places: s.Places, Items: s.Items, Shared: s.shared})
		for _, place := range s.Places {
			named[place] = s.Value
		}
	}
	merged, err := document.MergeKeeping(mine, rendered.YAML(), keep)
	var refused *document.Error
	if errors.As(err, &refused) {
		e := r.examination(v, false)
		found := refused.Problem
		found.File = name
		e.add(found)
		return nil, nil, &ProblemsError{e.sorted()}
	}
	if err != nil {
		return nil, nil, err
	}
	called := name + " (merged)"
	problems, err := r.Check(ctx, v, WithDocument(called, merged.Text))
	if err != nil {
		return nil, nil, err
	}
	problems = slices.DeleteFunc(problems, func(p problem.Problem) bool { return p.File != called })
	if problem.HasErrors(problems) {
		return nil, nil, &ProblemsError{problems}
	}
	return merged.Text, append(problems, changes(merged, name, named)...), nil
}

// names tells whether the user's values name a value.
func (v *Values) names(path string) bool {
	steps := yamltree.Parse(path)
	value, found := steps.In(v.orNone().User())
	return found == len(steps) && value != nil
}

// changes tells what a merge kept and replaced of the user's. It holds no
// value.
func changes(merged *document.Merged, name string, named map[string]string) []problem.Problem {
	var all []problem.Problem
	for _, place := range merged.Kept {
		if named[place.Path] == "" {
			continue // the rules have judged it
		}
		all = append(all, problem.Problem{
			ID: "LS-DOCUMENT-KEPT", Severity: problem.SeverityWarning, Path: place.Path, File: name, Line: place.Line, Column: place.Column, URL: pages.Check,
			Reason: "the values do not set " + named[place.Path] + ", so the document keeps its own setting",
			Fix:    "to change it, set " + named[place.Path],
		})
	}
	for _, place := range merged.Replaced {
		all = append(all, problem.Problem{
			ID: "LS-DOCUMENT-REPLACED", Severity: problem.SeverityWarning, Path: place.Path, File: name, Line: place.Line, Column: place.Column, URL: pages.Check,
			Reason: "the document's own setting is replaced by this chart's",
			Fix:    "compare the two before you apply the document",
		})
	}
	return all
}

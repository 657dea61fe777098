package migrate

import (
	"context"
	"slices"
	"strings"

	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
	"github.com/istio-lightstep/istio-lightstep/pkg/render"
)

// ownValues is what the rules call our values; no file of the user's is called
// so.
const ownValues = "values of this chart"

// otherTracer is the rule that has other tracers removed.
const otherTracer = "LS-DOCUMENT-OTHER-TRACER"

// answered are the rules about what the report has steps and a section of its
// own for: a document of the version before the upgrade, and the sampling.
var answered = []string{"LS-DOCUMENT-VERSION", "LS-DOCUMENT-SAMPLING"}

// check asks the chart's rules about the values, and about the documents
// beside them.
func (e *edited) check(ctx context.Context, r *Result) error {
	sources := []render.Source{render.Bytes(ownValues, r.Values)}
	if r.TokenValues != nil {
		sources = append(sources, render.Bytes(ownValues, r.TokenValues))
	}
	values, err := render.ReadValues(sources...)
	if err != nil {
		return err
	}
	problems, err := e.to.renderer.Check(ctx, values)
	if err != nil {
		return err
	}
	for _, later := range [][]byte{r.Drained, r.After} {
		if later == nil {
			continue
		}
		values, err := render.ReadValues(render.Bytes(ownValues, later))
		if err != nil {
			return err
		}
		more, err := e.to.renderer.Check(ctx, values)
		if err != nil {
			return err
		}
		for _, p := range more {
			if !slices.ContainsFunc(problems, func(known problem.Problem) bool { return known.ID == p.ID && known.Path == p.Path }) {
				problems = append(problems, p)
			}
		}
	}
	for i, in := range e.inputs {
		if in.file == nil || !e.hasControlPlane(in) {
			continue
		}
		with, err := e.to.renderer.Check(ctx, values, render.WithDocument(in.Name, e.documents[i].After))
		if err != nil {
			return err
		}
		for _, p := range with {
			if e.partial && p.ID == otherTracer {
				continue // it is the mesh's, and stays
			}
			if strings.HasPrefix(p.Path, "document.") && !slices.Contains(answered, p.ID) {
				problems = append(problems, p)
			}
		}
	}
	r.Problems = problems
	return nil
}

// hasControlPlane tells whether a source has one document that the rules know.
func (e *edited) hasControlPlane(in *input) bool {
	count := 0
	for _, d := range e.decisions.documents {
		if d.input == in && d.prefix == "" && d.kind != nil && !e.gone[d.root] &&
			slices.Contains([]string{"IstioOperator", "IstioControlPlane", "Istio", "values", "meshConfig"}, d.kind.Kind) {
			count++
		}
	}
	return count == 1
}

package render

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/istio-lightstep/istio-lightstep/internal/document"
	"github.com/istio-lightstep/istio-lightstep/internal/telemetries"
	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

// addTelemetries adds to a document what its Telemetries do otherwise than those
// that the values render. Values that render none are left to the rules.
func (r *Renderer) addTelemetries(ctx context.Context, e *examination, read *document.Document, values map[string]any, provider string) error {
	if len(read.Telemetries) == 0 {
		return nil
	}
	values = maps.Clone(values)
	values["output"] = "cluster" // the same file gives the control plane's document
	documents, err := r.chart.Render(ctx, r.input(values))
	if err != nil {
		return ctx.Err() // the values' own problems are told by the rules
	}
	var ours []*unstructured.Unstructured
	for _, d := range documents {
		if d.Kind != "Telemetry" {
			continue
		}
		object, err := Document{rendered: seal(d)}.Object()
		if err != nil {
			return err
		}
		ours = append(ours, object)
	}
	if len(ours) == 0 {
		return nil
	}
	var text bytes.Buffer
	for _, name := range slices.Sorted(maps.Keys(read.Telemetries)) {
		if !strings.Contains(name, "/") {
			read.Add("telemetries", map[string]any{"of": telemetries.Nowhere, "by": name}, read.Telemetries[name])
			continue
		}
		if err := json.NewEncoder(&text).Encode(yamltree.Value(read.Telemetries[name])); err != nil {
			return err
		}
		text.WriteString("---\n")
	}
	if text.Len() == 0 {
		return nil
	}
	effect, names, err := telemetries.Beside(ours, &text)
	if errors.Is(err, telemetries.ErrNone) {
		return nil
	}
	if err != nil {
		e.problems = append(e.problems, problem.Problem{
			ID: "LS-DOCUMENT-TYPE", Severity: problem.SeverityError, File: e.documentName,
			Reason: "a Telemetry has a value of the wrong type", Fix: "have `kubectl apply --dry-run=server` name it",
		})
		return nil //nolint:nilerr // it is one of the problems
	}
	for _, d := range effect.Deviations(names, provider) {
		read.Add("telemetries", map[string]any{"of": d.Of, "by": d.By, "scope": d.Scope, "provider": d.Provider}, read.Telemetries[d.By])
	}
	return nil
}

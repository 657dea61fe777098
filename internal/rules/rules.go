package rules

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/istio-lightstep/istio-lightstep/internal/helmengine"
	"github.com/istio-lightstep/istio-lightstep/internal/redact"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

// Input is what is known when values are judged.
type Input struct {
	Values   map[string]any // merged: the chart's defaults and the user's
	Document map[string]any // the user's control-plane document as {meshConfig, values}; nil where there is none
	Live     map[string]any // what runs on the cluster; nil where unknown
	Previous []any          // StatefulSets and ConfigMaps that ran before; nil where unknown
}

// Judged is what the templates make of values. It is never changed.
type Judged struct {
	// State is what the templates keep of the values: given to a render with
	// these, they are not judged again.
	State map[string]any
	// Subject is all that rules may ask about, as JSON holds it.
	Subject map[string]any
	// Problems are what is wrong: errors first, then in the order of rules.yaml
	// and of the items that a rule looks at.
	Problems []problem.Problem
}

// TooLong tells whether a list or a map of the values has more entries than the
// templates look at.
func (j *Judged) TooLong() bool {
	_, found := j.Subject["long"]
	return found
}

// Judge asks the chart, for a release. The error tells that a value is nothing
// that JSON can hold, or that the context was done.
func Judge(ctx context.Context, chart *helmengine.Chart, release helmengine.Input, in Input) (*Judged, error) {
	release.Values, release.State = in.Values, map[string]any{}
	if in.Document != nil {
		release.State["_document"] = in.Document
	}
	if in.Live != nil {
		release.State["_live"] = in.Live
	}
	if in.Previous != nil {
		release.State["_previous"] = in.Previous
	}
	state, err := chart.Evaluate(ctx, "istio-lightstep.problems", release)
	if err != nil {
		return nil, err
	}
	j := &Judged{State: state}
	j.Subject, _ = state["_subject"].(map[string]any)
	found, _ := state["_problems"].([]any)
	for _, item := range found {
		j.Problems = append(j.Problems, read(item))
	}
	return j, nil
}

func read(item any) problem.Problem {
	entry, _ := item.(map[string]any)
	text := func(key string) string {
		value, _ := entry[key].(string)
		return value
	}
	return problem.Problem{
		ID: text("id"), Severity: problem.Severity(text("severity")), Path: text("path"), Reason: text("reason"), Fix: text("fix"),
	}
}

// Public gives the paths of the subject whose values may be shown.
func Public(chart *helmengine.Chart) (redact.Public, error) {
	data, err := chart.File("files/rules.json")
	if err != nil {
		return redact.Public{}, err
	}
	var list struct {
		Public  []any
		Secrets []string
	}
	if err := json.Unmarshal(data, &list); err != nil {
		return redact.Public{}, fmt.Errorf("files/rules.json: %w", err)
	}
	public, err := redact.NewPublic(list.Public)
	for _, path := range list.Secrets {
		public.Hide(path)
	}
	return public, err
}

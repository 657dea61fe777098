package rules_test

import (
	"context"
	"io/fs"
	"path"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/charts"
	"github.com/istio-lightstep/istio-lightstep/internal/helmengine"
	"github.com/istio-lightstep/istio-lightstep/internal/rules"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
	"github.com/istio-lightstep/istio-lightstep/test/corpus"
)

// verdict is all that the templates say of one input.
type verdict struct {
	Subject  map[string]any    `json:"subject"`
	Problems []problem.Problem `json:"problems"`
}

// evaluator judges coalesced values.
type evaluator func(rules.Input) (verdict, error)

const kubeVersion = "v1.34.0"

// verdictTemplate prints what the chart's templates make of the values.
const verdictTemplate = `{{- define "verdict" -}}
{{- range $key, $value := (get .Values "memo of the test" | default dict) }}{{ $_ := set $ $key $value }}{{ end -}}
{{- $_ := unset .Values "memo of the test" -}}
{"problems": {{ include "istio-lightstep.problems.json" . }}, "subject": {{ toRawJson ._subject }}}
{{- end -}}`

// partials gives the chart without what it renders: its data, its named
// templates, and verdictTemplate. Files given replace the chart's own.
func partials(tb testing.TB, replaced map[string]string) fstest.MapFS {
	tb.Helper()
	chart, err := fs.Sub(charts.FS, "istio-lightstep")
	require.NoError(tb, err)
	files := fstest.MapFS{"templates/_verdict.tpl": {Data: []byte(verdictTemplate)}}
	err = fs.WalkDir(chart, ".", func(name string, entry fs.DirEntry, err error) error {
		rendered := strings.HasPrefix(name, "templates/") && !strings.HasPrefix(path.Base(name), "_")
		if err != nil || entry.IsDir() || rendered || name == "values.schema.json" {
			return err
		}
		data, err := fs.ReadFile(chart, name)
		files[name] = &fstest.MapFile{Data: data, Mode: 0o644}
		return err
	})
	require.NoError(tb, err)
	for name, data := range replaced {
		files[name] = &fstest.MapFile{Data: []byte(data), Mode: 0o644}
	}
	return files
}

// loadChart loads what partials gives.
func loadChart(tb testing.TB, replaced map[string]string) *helmengine.Chart {
	tb.Helper()
	chart, err := helmengine.Load(partials(tb, replaced))
	require.NoError(tb, err)
	return chart
}

// dataFile reads a file of the chart.
func dataFile(tb testing.TB, name string) []byte {
	tb.Helper()
	data, err := fs.ReadFile(charts.FS, "istio-lightstep/"+name)
	require.NoError(tb, err)
	return data
}

// templates judges by the chart's templates, in process.
func templates(tb testing.TB, chart *helmengine.Chart) evaluator {
	tb.Helper()
	judge, err := templatesOf(chart)
	require.NoError(tb, err)
	return judge
}

func templatesOf(chart *helmengine.Chart) (evaluator, error) {
	capabilities, err := chart.Capabilities(kubeVersion)
	if err != nil {
		return nil, err
	}
	release := helmengine.Input{ReleaseName: "istio-lightstep", Namespace: "istio-system", Capabilities: capabilities}
	return func(in rules.Input) (verdict, error) {
		judged, err := rules.Judge(context.Background(), chart, release, in)
		if err != nil {
			return verdict{}, err
		}
		return verdict{judged.Subject, judged.Problems}, nil
	}, nil
}

// withMemo adds what a release finds on its cluster to the values: the verdict's
// template puts it where templates keep it, which no values reach.
func withMemo(in rules.Input) map[string]any {
	values, memo := map[string]any{}, map[string]any{}
	for key, value := range in.Values {
		values[key] = value
	}
	if in.Live != nil {
		memo["_live"] = in.Live
	}
	if in.Document != nil {
		memo["_document"] = in.Document
	}
	if len(memo) > 0 {
		values["memo of the test"] = memo
	}
	return values
}

// input gives a case as evaluators take it.
func input(tb testing.TB, chart *helmengine.Chart, c corpus.Case) rules.Input {
	tb.Helper()
	user, err := c.User()
	require.NoError(tb, err)
	return rules.Input{Values: chart.Coalesce(user), Live: c.Live, Document: c.Document}
}

// cases gives the cases that the rules are asked about.
func cases(tb testing.TB) []corpus.Case {
	tb.Helper()
	all, err := corpus.Cases()
	require.NoError(tb, err)
	var asked []corpus.Case
	for _, c := range all {
		if !c.Schema {
			asked = append(asked, c)
		}
	}
	return asked
}

// findings names the problems.
func findings(problems []problem.Problem) []corpus.Finding {
	found := []corpus.Finding{}
	for _, p := range problems {
		found = append(found, corpus.Finding{ID: p.ID, Path: p.Path})
	}
	return found
}

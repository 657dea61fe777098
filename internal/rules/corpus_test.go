package rules_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/internal/rules"
	"github.com/istio-lightstep/istio-lightstep/test/corpus"
)

// TestCorpus runs every case through both evaluators: each must find what the
// case wants, and both must say it in the same words about the same subject.
func TestCorpus(t *testing.T) {
	t.Parallel()
	chart := loadChart(t, nil)
	inGo, inTemplates := native(loadRules(t)), templates(t, chart)
	for _, c := range cases(t) {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			in := input(t, chart, c)
			want, err := inGo(in)
			require.NoError(t, err)
			assert.Equal(t, *c.Want, findings(want.Problems), "%s", c.File)
			got, err := inTemplates(in)
			require.NoError(t, err)
			assertSame(t, want, got)
		})
	}
}

// assertSame compares verdicts as JSON, which is all that templates have.
func assertSame(tb testing.TB, want, got verdict) {
	tb.Helper()
	for _, v := range []*verdict{&want, &got} {
		if len(v.Problems) == 0 {
			v.Problems = nil
		}
	}
	assert.Equal(tb, want.Problems, got.Problems)
	wantSubject, err := json.Marshal(want.Subject)
	require.NoError(tb, err)
	gotSubject, err := json.Marshal(got.Subject)
	require.NoError(tb, err)
	assert.JSONEq(tb, string(wantSubject), string(gotSubject))
}

// TestCorpusIsBroad: each rule is wanted by a case, and each rule's case has
// another of the same file where it does not fire.
func TestCorpusIsBroad(t *testing.T) {
	t.Parallel()
	fired, silent := map[string]bool{}, map[string]bool{}
	all := cases(t)
	assert.GreaterOrEqual(t, len(all), 150)
	for _, id := range ruleIDs(t) {
		for _, c := range all {
			if wants(c, id) {
				fired[id] = true
			} else {
				silent[id] = true
			}
		}
		assert.True(t, fired[id], "no case wants %s", id)
		assert.True(t, silent[id], "every case wants %s", id)
	}
}

func wants(c corpus.Case, id string) bool {
	for _, f := range *c.Want {
		if f.ID == id {
			return true
		}
	}
	return false
}

func ruleIDs(tb testing.TB) []string {
	tb.Helper()
	var data struct {
		Rules []struct{ ID string }
	}
	require.NoError(tb, json.Unmarshal(dataFile(tb, "files/rules.json"), &data))
	ids := make([]string, len(data.Rules))
	for i, r := range data.Rules {
		ids[i] = r.ID
	}
	return ids
}

// BenchmarkEvaluate is the evaluation alone, of values with nothing wrong.
func BenchmarkEvaluate(b *testing.B) {
	r, in := loadRules(b), benchmarkInput(b)
	subject, err := r.Subject(in)
	require.NoError(b, err)
	b.ReportAllocs()
	for b.Loop() {
		r.Evaluate(subject)
	}
}

// BenchmarkSubject is the making of the subject alone.
func BenchmarkSubject(b *testing.B) {
	r, in := loadRules(b), benchmarkInput(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.Subject(in); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkTemplates is the same work done by the chart's templates.
func BenchmarkTemplates(b *testing.B) {
	judge, in := templates(b, loadChart(b, nil)), benchmarkInput(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := judge(in); err != nil {
			b.Fatal(err)
		}
	}
}

func benchmarkInput(b *testing.B) rules.Input {
	b.Helper()
	for _, c := range cases(b) {
		if c.Name == "the newest Istio" {
			return input(b, loadChart(b, nil), c)
		}
	}
	b.Fatal("the case to measure is gone")
	return rules.Input{}
}

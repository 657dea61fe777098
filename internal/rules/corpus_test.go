package rules_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/test/corpus"
)

// TestCorpus runs every case: the templates must find what it wants.
func TestCorpus(t *testing.T) {
	t.Parallel()
	chart := loadChart(t, nil)
	judge := templates(t, chart)
	for _, c := range cases(t) {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			got, err := judge(input(t, chart, c))
			require.NoError(t, err)
			assert.Equal(t, *c.Want, findings(got.Problems), "%s", c.File)
		})
	}
}

// assertSame compares verdicts as JSON, which is all that Helm prints.
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
	var ids []string
	for _, r := range chartRules(tb).Rules {
		id, _ := r["id"].(string)
		ids = append(ids, id)
	}
	return ids
}

// BenchmarkJudge is what values cost that have nothing wrong.
func BenchmarkJudge(b *testing.B) {
	chart := loadChart(b, nil)
	judge := templates(b, chart)
	for _, c := range cases(b) {
		if c.Name != "the newest Istio" {
			continue
		}
		in := input(b, chart, c)
		b.ReportAllocs()
		for b.Loop() {
			if _, err := judge(in); err != nil {
				b.Fatal(err)
			}
		}
		return
	}
	b.Fatal("the case to measure is gone")
}

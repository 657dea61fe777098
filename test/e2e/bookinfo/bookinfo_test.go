package bookinfo_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/bookinfo"
	"github.com/istio-lightstep/istio-lightstep/test/spantest"
)

var mesh = bookinfo.Mesh{Namespace: "default", RouterSpan: true}

func TestNumberOfSpans(t *testing.T) {
	t.Parallel()
	old := bookinfo.Mesh{Namespace: "default"}
	for reviews, want := range map[string][2]int{"v1": {7, 6}, "v2": {9, 8}, "v3": {9, 8}} {
		assert.Len(t, mesh.Parts(reviews), want[0])
		assert.Equal(t, want[0], mesh.Tree(reviews).Count())
		assert.Len(t, old.Parts(reviews), want[1])
		assert.Equal(t, want[1], old.Tree(reviews).Count())
	}
}

// What a satellite recorded on Istio 1.31, of one request for each version of reviews.
func recorded(t *testing.T) ([]spantest.RecordedSpan, spantest.Sent) {
	t.Helper()
	data, err := os.ReadFile("../../spantest/testdata/istio-1.31.jsonl")
	require.NoError(t, err)
	spans, err := spantest.ParseOTLP(data)
	require.NoError(t, err)
	return spans, spantest.ByQuery("e2e", "recorded-0", "recorded-1", "recorded-2")
}

func TestRecorded(t *testing.T) {
	t.Parallel()
	spans, sent := recorded(t)
	report := spantest.Judge(spans, sent, mesh.Trees()...)
	assert.Equal(t, 3, report.Complete, "%s", report)
	assert.Equal(t, 25, mesh.Expected(report))
	assert.Equal(t, map[string]int{"v1": 1, "v2": 1, "v3": 1}, bookinfo.Reviews(report))
	other := bookinfo.Mesh{Namespace: "elsewhere", RouterSpan: true}
	assert.Zero(t, spantest.Judge(spans, sent, other.Trees()...).Complete)
}

// Each span of each trace is missed: where it is lost, one less is as expected.
func TestEachSpanIsMissed(t *testing.T) {
	t.Parallel()
	spans, sent := recorded(t)
	for i := range spans {
		left := append(append([]spantest.RecordedSpan{}, spans[:i]...), spans[i+1:]...)
		report := spantest.Judge(left, sent, mesh.Trees()...)
		assert.Equal(t, 2, report.Complete, "%v", spans[i])
	}
	for i := range spans {
		twice := append(append([]spantest.RecordedSpan{}, spans...), spans[i])
		assert.Equal(t, 2, spantest.Judge(twice, sent, mesh.Trees()...).Complete, "%v", spans[i])
	}
}

func TestNothingCame(t *testing.T) {
	t.Parallel()
	_, sent := recorded(t)
	assert.Equal(t, 21, mesh.Expected(spantest.Judge(nil, sent, mesh.Trees()...)), "the smaller tree counts")
}

package rules_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/istio-lightstep/istio-lightstep/internal/rules"
)

func queueOf(t *testing.T, judge evaluator, collector map[string]any) map[string]any {
	t.Helper()
	in := rules.Input{Values: map[string]any{"collector": collector, "istio": map[string]any{"version": "1.26.2"}}}
	got, err := judge(in)
	require.NoError(t, err)
	return got.Subject["queue"].(map[string]any)
}

// inMemory is a collector without a volume, with these memory limits.
func inMemory(limits map[string]any, bytes any) map[string]any {
	return map[string]any{
		"persistence": map[string]any{"enabled": false, "size": "2Gi"},
		"resources":   map[string]any{"limits": limits},
		"queue":       map[string]any{"bytes": bytes},
	}
}

// TestQuantities: a queue has as many bytes as Kubernetes takes a quantity for.
func TestQuantities(t *testing.T) {
	t.Parallel()
	judge := templates(t, loadChart(t, nil))
	read := 0
	queue := func(given any) map[string]any {
		return queueOf(t, judge, inMemory(map[string]any{}, given))
	}
	for _, unit := range []string{"", "k", "M", "G", "T", "Ki", "Mi", "Gi", "Ti"} {
		for _, number := range []string{"2700000", "2717179", "9999999.999", "12345678.7", "20000.0", "70000.001", "1.5", "7.001"} {
			text := number + unit
			want := resource.MustParse(text)
			// Kubernetes rounds a part of a byte up, which no queue needs.
			whole := want.Value()
			if exact := want.AsDec(); exact.Sign() > 0 && whole > 0 && want.CmpInt64(whole) < 0 {
				whole--
			}
			if whole < 2700000 || whole > 1<<53 {
				continue // No queue at all, and more than JSON's numbers hold exactly.
			}
			read++
			got := queue(text)
			assert.Equal(t, "ok", got["state"], text)
			assert.EqualValues(t, whole, got["each"], text)
		}
	}
	assert.Equal(t, 46, read)
	for _, given := range []any{int64(1073741824), 1073741824.0, "1073741824", "1Gi", "1024Mi", "1.0Gi", "0001Gi", "+1Gi", "1.Gi", "1073741824000m", "+1073741824."} {
		assert.EqualValues(t, 1073741824, queue(given)["each"], "%v", given)
	}
	for text, want := range map[string]int64{"1e9": 1e9, "129e6": 129e6, "1E+6": 1e6, "1.5e6": 1500000, ".5Gi": 1 << 29, "129M": 129e6, "0.001E": 1e15} {
		assert.EqualValues(t, want, queue(text)["each"], text)
		exact := resource.MustParse(text)
		assert.Equal(t, want, exact.Value(), text)
	}
	for state, all := range map[string][]any{
		"malformed": {"2GB", "1 Gi", "Gi", "1gi", "0x10", "+-1Gi", "-+1Gi", "1Gi\n", ".", ".Gi", "-", "1e-3", "1ei", "1Ei", "1E99", "1e16", "abc", "1u", "1e+", "9007199254740993", "9P ", true, []any{"1Gi"}, map[string]any{}},
		"none":      {"0", 0, "-1Gi", -5, "0.999", "-0", "0Ki", "500m", "0e9", "-1e9", "-.5"},
		"small":     {"1k", 2699999},
	} {
		for _, given := range all {
			assert.Equal(t, state, queue(given)["state"], "%v", given)
		}
	}
}

// TestQueueShares: what a collector keeps follows from its volume, or else its
// memory, and is divided among the exporters whose queues are there.
func TestQueueShares(t *testing.T) {
	t.Parallel()
	judge := templates(t, loadChart(t, nil))
	volume := map[string]any{"enabled": true, "size": "2Gi"}
	const most = int64(2<<30) * 40 / 100
	for name, c := range map[string]struct {
		collector map[string]any
		each      int64
	}{
		"of a volume":                   {map[string]any{"persistence": volume}, most},
		"of memory":                     {inMemory(map[string]any{"memory": "512Mi"}, ""), 128 << 20},
		"of nothing that is known":      {inMemory(map[string]any{}, ""), 128 << 20},
		"of memory that cannot be read": {inMemory(map[string]any{"memory": "abc"}, ""), 128 << 20},
		"of memory in plain bytes":      {inMemory(map[string]any{"memory": 1000000000}, ""), 250000000},
		"given":                         {map[string]any{"persistence": volume, "queue": map[string]any{"bytes": "1Gi"}}, 1 << 30},
	} {
		for exporters, count := range map[string]int64{
			``:      1,
			`debug`: 1, `otlp/a`: 2, `otlp_grpc/a`: 2, `otlphttp`: 2, `otlp_http/a`: 2, `otlpx`: 1, `a/otlp`: 1,
		} {
			c.collector["exporters"] = map[string]any{exporters: map[string]any{"endpoint": "a:1"}}
			queue := queueOf(t, judge, c.collector)
			assert.Equal(t, "ok", queue["state"], name)
			assert.EqualValues(t, c.each/count, queue["each"], "%s with %s", name, exporters)
		}
	}
	for _, own := range []struct {
		queue any
		count int64
	}{
		{nil, 1},
		{map[string]any{"enabled": false}, 1},
		{map[string]any{"storage": nil}, 1},
		{map[string]any{"storage": "other"}, 1},
		{map[string]any{"storage": "file_storage"}, 2},
		{map[string]any{"enabled": true, "queue_size": 5}, 1}, // it has a size of its own
		{"what is this", 2},
	} {
		queue := queueOf(t, judge, map[string]any{
			"persistence": volume, "exporters": map[string]any{"otlp/a": map[string]any{"sending_queue": own.queue}, "otlp/b": "no map", "otlp/c": nil},
		})
		assert.EqualValues(t, most/own.count, queue["each"], fmt.Sprint(own.queue))
	}
}

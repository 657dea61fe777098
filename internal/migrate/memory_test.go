//go:build !race

package migrate_test

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/internal/migrate"
)

// mostPerByte is how much of the heap a byte of a file may take: 10 MiB, the most
// that is read, take less than 1 GiB.
const mostPerByte = 95

// TestMemoryGrowsWithTheInput measures what is live on the heap: what a file
// takes, and nothing that waits for the garbage collector.
func TestMemoryGrowsWithTheInput(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(20))
	_, err := migrate.Migrate(t.Context(), []migrate.Source{{Name: "mine.yaml", Data: []byte(changed)}}, migrate.Options{To: "1.28"})
	require.NoError(t, err) // the chart is read by now
	for _, name := range []string{"providers of others", "a mesh config in a ConfigMap", "Telemetries"} {
		t.Run(name, func(t *testing.T) {
			data := []byte(hostileShapes[name](6_000))
			runtime.GC() // what ran before counts in the base, or not at all
			base := live()
			done, peak := make(chan struct{}), make(chan uint64)
			go func() { peak <- most(done) }()
			result, err := migrate.Migrate(t.Context(), []migrate.Source{{Name: "mine.yaml", Data: data}}, migrate.Options{To: "1.28"})
			require.NoError(t, err)
			_ = result.Report()
			for _, d := range result.Documents {
				_ = result.Diff(d)
			}
			close(done)
			perByte := float64(<-peak-base) / float64(len(data))
			t.Logf("%.0f bytes for each of %d", perByte, len(data))
			assert.Less(t, perByte, float64(mostPerByte))
		})
	}
}

// live gives the bytes that the last garbage collection found to be in use.
func live() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// most gives the most that is live until something is done.
func most(done chan struct{}) uint64 {
	peak := live()
	for {
		select {
		case <-done:
			return max(peak, live())
		case <-time.After(time.Millisecond):
			peak = max(peak, live())
		}
	}
}

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestEachKeepsTheOrderAndBoundsTheWork(t *testing.T) {
	names := make([]int, 500)
	for i := range names {
		names[i] = i
	}
	var begun atomic.Int64
	emitted := []int{}
	err := each(t.Context(), names,
		func(_ context.Context, name int) int {
			begun.Add(1)
			time.Sleep(time.Duration(name%7) * 100 * time.Microsecond)
			return name * 2
		},
		func(name, outcome int) error {
			assert.Equal(t, name*2, outcome)
			emitted = append(emitted, name)
			if name == 0 {
				time.Sleep(20 * time.Millisecond) // time enough to begin them all
				assert.Less(t, begun.Load(), int64(100), "targets held in memory")
			}
			return nil
		})
	require.NoError(t, err)
	assert.Equal(t, names, emitted)
}

func TestEachStopsWhenNothingCanBeWritten(t *testing.T) {
	full := errors.New("no space left on device")
	var begun atomic.Int64
	err := each(t.Context(), make([]int, 10_000),
		func(context.Context, int) int { return int(begun.Add(1)) },
		func(int, int) error { return full })
	require.ErrorIs(t, err, full)
	assert.Less(t, begun.Load(), int64(1000))
}

// BenchmarkRenderEach renders targets by one call of the command.
func BenchmarkRenderEach(b *testing.B) {
	for _, count := range []int{1000, 10_000} {
		b.Run(fmt.Sprintf("%d targets", count), func(b *testing.B) {
			dir := b.TempDir()
			args := []string{"render", "--each", "--set", "istio.version=1.26.2"}
			for i := range count {
				name := filepath.Join(dir, fmt.Sprintf("%05d.yaml", i))
				values := fmt.Sprintf("global: {tracer: {lightstep: {address: 'satellite-%05d:8184', accessToken: t0ken-of-a-project}}}\n", i)
				require.NoError(b, os.WriteFile(name, []byte(values), 0o600))
				args = append(args, "-f", name)
			}
			var memory runtime.MemStats
			var said strings.Builder
			b.ReportAllocs()
			for b.Loop() {
				said.Reset()
				if run(args, nil, io.Discard, &said) != exitFine {
					b.Fatal(said.String())
				}
			}
			runtime.ReadMemStats(&memory)
			b.ReportMetric(float64(count*b.N)/b.Elapsed().Seconds(), "targets/s")
			b.ReportMetric(float64(memory.Sys)/(1<<20), "MiB-of-system")
		})
	}
}

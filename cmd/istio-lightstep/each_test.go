package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

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

package values

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"
)

// BenchmarkRead sets reading a file without a problem against decoding it.
// The file is the chart's own values.yaml: larger than what users write.
func BenchmarkRead(b *testing.B) {
	data, err := os.ReadFile("../../charts/istio-lightstep/values.yaml")
	require.NoError(b, err)
	b.Run("decode alone", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var v map[string]any
			if err := yaml.Unmarshal(data, &v); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("read", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			v, err := Read(public, Bytes("f", data), Set("istio.version=1.26.2"))
			if err != nil || len(v.Problems(true)) > 0 {
				b.Fatal(err)
			}
		}
	})
	b.Run("read and one position", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			v, err := Read(public, Bytes("f", data))
			if err != nil || v.Position("pilot.traceSampling").Line == 0 {
				b.Fatal(err)
			}
		}
	})
}

package render_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/pkg/render"
)

// measured is the example that benchmarks use: a collector with a private CA.
var measured = filepath.Join(examples, "istio-1.26", "values.yaml")

func measuredText(b *testing.B) []byte {
	b.Helper()
	text, err := os.ReadFile(measured)
	require.NoError(b, err)
	return text
}

// BenchmarkDecode is what any reader of the values must do: the measure of
// BenchmarkCheck.
func BenchmarkDecode(b *testing.B) {
	text := measuredText(b)
	b.ReportAllocs()
	for b.Loop() {
		var values map[string]any
		require.NoError(b, yaml.Unmarshal(text, &values))
	}
}

func BenchmarkReadValues(b *testing.B) {
	text := measuredText(b)
	b.ReportAllocs()
	for b.Loop() {
		readValues(b, render.Bytes("values.yaml", text))
	}
}

func BenchmarkCheck(b *testing.B) {
	r, v := newRenderer(b), readValues(b, render.File(measured))
	b.ReportAllocs()
	for b.Loop() {
		problems, err := r.Check(b.Context(), v)
		require.NoError(b, err)
		require.Empty(b, problems)
	}
}

// renderText does all that a `helm template` process does but to start.
func renderText(b *testing.B, r *render.Renderer, text []byte) []byte {
	b.Helper()
	result, err := r.Render(b.Context(), readValues(b, render.Bytes("values.yaml", text)))
	require.NoError(b, err)
	return result.YAML()
}

func BenchmarkRender(b *testing.B) {
	r, text := newRenderer(b), measuredText(b)
	b.ReportAllocs()
	for b.Loop() {
		renderText(b, r, text)
	}
}

func BenchmarkRenderParallel(b *testing.B) {
	r, text := newRenderer(b), measuredText(b)
	b.ReportAllocs()
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			renderText(b, r, text)
		}
	})
}

func BenchmarkObjects(b *testing.B) {
	result, err := newRenderer(b).Render(b.Context(), readValues(b, render.File(measured)))
	require.NoError(b, err)
	b.ReportAllocs()
	for b.Loop() {
		_, err := result.Objects()
		require.NoError(b, err)
	}
}

// BenchmarkNamespaces renders a CA Secret for each of many namespaces. The time
// for one namespace must stay about the same.
func BenchmarkNamespaces(b *testing.B) {
	r := newRenderer(b)
	perNamespace := map[int]float64{}
	for _, n := range []int{1_000, 10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			var text strings.Builder
			text.WriteString("cacert:\n  namespaces:\n")
			for i := range n {
				fmt.Fprintf(&text, "  - team-%05d\n", i)
			}
			v := readValues(b, render.File(filepath.Join(examples, "istio-1.14", "values.yaml")), render.Bytes("many.yaml", []byte(text.String())))
			b.ReportAllocs()
			for b.Loop() {
				result, err := r.Render(b.Context(), v)
				require.NoError(b, err)
				require.Equal(b, n+1, strings.Count(string(result.YAML()), "\nkind: Secret\n"))
			}
			perNamespace[n] = float64(b.Elapsed().Nanoseconds()) / float64(b.N) / float64(n)
			b.ReportMetric(perNamespace[n], "ns/namespace")
		})
	}
	if few, many := perNamespace[1_000], perNamespace[10_000]; many > 3*few {
		b.Errorf("a namespace takes %.0f ns among 10,000, %.0f ns among 1,000: not linear", many, few)
	}
}

// leastRatio is how many times longer than a render a `helm template` process
// must take: see docs/adr/0006-rules-as-a-template.md.
const leastRatio = 20

// BenchmarkRenderAndHelm compares with a `helm template` process, turn about in
// one run: the shortest render with the least processor time of a process. Other
// work on the machine changes these two less than it changes medians.
func BenchmarkRenderAndHelm(b *testing.B) {
	helm := os.Getenv("HELM3")
	require.NotEmpty(b, helm, "HELM3 must name a helm v3.22.0 binary, as `make bench` does")
	r, text := newRenderer(b), measuredText(b)
	chart := filepath.Join("..", "..", "charts", "istio-lightstep")
	process, warm := time.Hour, time.Hour
	var printed, rendered []byte
	for b.Loop() {
		command := exec.CommandContext(b.Context(), helm, "template", render.DefaultRelease, chart,
			"-n", render.DefaultNamespace, "--kube-version", render.DefaultKubeVersion, "-f", measured)
		var err error
		printed, err = command.Output()
		require.NoError(b, err)
		process = min(process, command.ProcessState.UserTime()+command.ProcessState.SystemTime())
		for range 50 {
			start := time.Now()
			rendered = renderText(b, r, text)
			warm = min(warm, time.Since(start))
		}
	}
	require.Equal(b, string(printed), string(rendered))
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(process.Microseconds()), "µs/helm")
	b.ReportMetric(float64(warm.Microseconds()), "µs/render")
	ratio := float64(process) / float64(warm)
	b.Logf("render is %.0f times faster than helm template (%v, %v)", ratio, warm, process)
	if ratio < leastRatio {
		b.Errorf("that is less than %d times", leastRatio)
	}
}

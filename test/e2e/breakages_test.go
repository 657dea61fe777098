//go:build e2e

package e2e_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// breakage is a chart that somebody broke.
type breakage struct {
	name string
	// In file of the chart's templates, old becomes new; an empty old takes the
	// whole file away.
	file, old, new string
	// says is what names the cause in the suite's message.
	says []string
}

var breakages = []breakage{
	{
		name: "the collector's mount of the CA is gone",
		file: "collector/statefulset.yaml",
		old:  "            - name: cacert\n              mountPath: {{ include \"istio-lightstep.cacertDirectory\" . }}\n              readOnly: true\n",
		says: []string{"LS-COLLECTOR-DOWN", "/etc/lightstep/cacert.pem: no such file or directory"},
	},
	{
		name: "the port's name says HTTP/1.1",
		file: "collector/_collector.tpl",
		old:  "grpc-otlp", new: "http-otlp",
		says: []string{"LS-ROUTE-PROTOCOL", "http-otlp"},
	},
	{
		name: "the Telemetry names another provider",
		file: "mesh/telemetry.yaml",
		old:  "- name: {{ include \"istio-lightstep.provider\" . | toYaml }}", new: "- name: lightstep-elsewhere",
		says: []string{"lightstep-elsewhere"},
	},
	{
		name: "there is no Telemetry",
		file: "mesh/telemetry.yaml",
		says: []string{"LS-TELEMETRY-MISSING"},
	},
	{
		name: "the CA's Secret is in another namespace",
		file: "secrets/cacert.yaml",
		old:  "{{- $namespaces := list .Release.Namespace }}", new: "{{- $namespaces := list \"default\" }}",
		says: []string{"LS-CA-MISSING-COLLECTOR", "lightstep.cacert"},
	},
}

// TestBreakagesFit makes each broken chart, in every suite and without a cluster: the item
// that installs them runs in none of the short ones.
func TestBreakagesFit(t *testing.T) {
	for _, b := range breakages {
		b.chart(t, "../../charts/istio-lightstep")
	}
}

// breakagesAreSeen installs a broken chart and requires that the suite's own
// assertion fails, with a message that names the cause.
func breakagesAreSeen(t *testing.T, m *mesh) {
	m.unreleased(t)
	m.document(t)
	for _, b := range breakages {
		t.Run(b.name, func(t *testing.T) {
			broken := m.releaseOf(b.chart(t, filepath.Join(m.Root, "charts/istio-lightstep")))
			broken.NoWait = true
			_, err := broken.Install(t, t.Context(), m.values())
			t.Cleanup(func() {
				ctx := context.WithoutCancel(t.Context())
				require.NoError(t, broken.Drop(t, ctx))
				m.removeVolumes(ctx, t)
			})
			require.NoError(t, err)
			// As long as a sound chart takes to be traced by.
			time.Sleep(20 * time.Second)
			_, err = m.verdict(t.Context(), m.bookinfo(), m.page().Send(t.Context(), 10), 10*time.Second)
			require.Error(t, err, "the suite does not see it")
			for _, says := range b.says {
				assert.ErrorContains(t, err, says)
			}
			if !t.Failed() {
				m.step("red, as it should be: %s", b.name)
			}
		})
	}
}

// chart makes a broken copy of a chart.
func (b breakage) chart(t *testing.T, sound string) string {
	t.Helper()
	chart := filepath.Join(t.TempDir(), "istio-lightstep")
	require.NoError(t, os.CopyFS(chart, os.DirFS(sound)))
	file := filepath.Join(chart, "templates", b.file)
	if b.old == "" {
		require.NoError(t, os.Remove(file))
		return chart
	}
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Contains(t, string(text), b.old, "the breakage no longer fits the chart")
	require.NoError(t, os.WriteFile(file, []byte(strings.ReplaceAll(string(text), b.old, b.new)), 0o600))
	return chart
}

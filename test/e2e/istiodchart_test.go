//go:build e2e

package e2e_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/istio"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/release"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/settings"
)

// istiodByHelm installs a second istiod, a revision, by Istio's own chart with
// our values document, and has it inject a namespace of its own. One release
// serves both.
func istiodByHelm(t *testing.T, m *mesh) {
	if m.Istio.Minor != settings.Known[0].Minor {
		t.Skip("for the newest Istio")
	}
	m.released(t)
	ctx := context.WithoutCancel(t.Context())
	const revision = "by-helm"
	document, err := m.release().Document(t, ctx, "istiodValues", m.values(), m.version())
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "istiod-lightstep.yaml")
	require.NoError(t, os.WriteFile(file, []byte(document), 0o600))
	istiod := release.New(m.cluster, "istiod-"+revision, istio.Namespace, m.istiodChart(t), file)
	t.Cleanup(func() { require.NoError(t, istiod.Drop(t, ctx)) })
	_, err = istiod.Install(t, ctx, istiodValues(revision, m.Istio.Version))
	require.NoError(t, err)
	m.step("istiod %s, installed by Helm, runs as revision %s", m.Istio.Version, revision)
	other := m.otherBookinfo(t, map[string]string{"istio.io/rev": revision})
	m.deliverAt(t, other, 50)
	m.deliver(t, 50)
}

// istiodValues are the user's own values of the istiod chart: those of
// test/offline/images/istio.yaml.
func istiodValues(revision, version string) release.Values {
	return release.Values{
		"revision":         revision,
		"global":           tree{"hub": "docker.io/istio", "tag": version},
		"telemetry":        tree{"enabled": false},
		"autoscaleEnabled": false,
		"resources":        tree{"requests": tree{"cpu": "10m", "memory": "128Mi"}},
		"env": tree{
			"PILOT_ENABLE_METADATA_EXCHANGE": "false",
			"PILOT_ENABLE_ALPN_FILTER":       "false",
			"PILOT_DISABLE_MX_ALPN":          "true",
		},
	}
}

// istiodChart is the folder of Istio's own chart, in the module of its release.
func (m *mesh) istiodChart(t *testing.T) string {
	t.Helper()
	return filepath.Join(m.module(t, "istio.io/istio"), "manifests/charts/istio-control/istio-discovery")
}

// module is the folder of a Go module as this Istio was built with it.
func (m *mesh) module(t *testing.T, name string) string {
	t.Helper()
	list := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", name)
	list.Dir = filepath.Join(m.Root, "test/conformance/istio", m.Istio.Minor)
	said, err := list.Output()
	require.NoError(t, err)
	return strings.TrimSpace(string(said))
}

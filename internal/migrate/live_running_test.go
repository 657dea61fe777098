package migrate_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
	"github.com/istio-lightstep/istio-lightstep/internal/migrate"
)

// TestTheIstioThatRunsIsNotUpgraded: what a cluster tells of its istiod is what the steps and the values are for.
func TestTheIstioThatRunsIsNotUpgraded(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/live/mesh.yaml")
	require.NoError(t, err)
	steps := func(to string, replace ...string) (*migrate.Result, string) {
		recorded, err := mesh.ReadRecorded(strings.NewReader(strings.NewReplacer(replace...).Replace(string(text))))
		require.NoError(t, err)
		live, err := migrate.ReadLive(t.Context(), recorded, migrate.LiveOptions{})
		require.NoError(t, err)
		result, err := migrate.Migrate(t.Context(), live.Sources, migrate.Options{To: to, Helm: live.Helm, Running: live.Running})
		require.NoError(t, err)
		var said strings.Builder
		for _, step := range result.Steps {
			said.WriteString(step.Text + "\n" + step.Run + "\n")
		}
		return result, said.String()
	}
	const image, domain = "pilot:1.20.0", "        env:\n        - {name: REVISION"
	for _, upgrade := range []string{"there is nothing to upgrade", "Uninstall the old control plane", "NEW_ISTIOCTL", "Tell the chart which Istio runs now"} {
		_, same := steps("1.20")
		assert.NotContains(t, same, upgrade)
		_, digest := steps("1.20.0", image, "pilot:1.20.0-distroless@sha256:0")
		assert.NotContains(t, digest, upgrade)
		_, older := steps("1.28")
		assert.Contains(t, older, upgrade)
		_, unknown := steps("1.20", image, "pilot:ours")
		assert.Contains(t, unknown, upgrade)
	}
	_, same := steps("1.20")
	assert.Contains(t, same, "Istio 1.20.0 runs already, so it is not upgraded.")

	for _, args := range []string{"[discovery, --domain, corp.example]", "[discovery, --domain=corp.example]"} {
		result, _ := steps("1.28", domain, "        args: "+args+"\n"+domain)
		assert.Contains(t, string(result.Values), "clusterDomain: corp.example\n")
	}
	result, _ := steps("1.28", domain, "        args: [discovery, --domain, cluster.local]\n"+domain)
	assert.NotContains(t, string(result.Values), "clusterDomain")
}

// TestWhatMadeTheMeshConfigMap: that of a release of Helm's may be of a chart with istiod below it.
func TestWhatMadeTheMeshConfigMap(t *testing.T) {
	t.Parallel()
	const by = "release: istio}\n  annotations: {meta.helm.sh/release-name: NAME}"
	for name, c := range map[string]struct {
		labels      string
		said, never []string
	}{
		"istiod":   {strings.Replace(by, "NAME", "istiod", 1), []string{"--install istiod "}, []string{"CHARTS="}},
		"revision": {strings.Replace(by, "NAME", "istiod-canary", 1), []string{"--install istiod-canary "}, []string{"CHARTS="}},
		"another":  {strings.Replace(by, "NAME", "platform", 1), []string{"CHARTS=$(helm list -n istio-system --filter '^platform$' -o json)", "helm get values platform -n istio-system"}, nil},
		"Flux": {
			"helm.toolkit.fluxcd.io/name: mesh, helm.toolkit.fluxcd.io/namespace: flux}\n  annotations: {meta.helm.sh/release-name: platform}",
			[]string{"flux reconcile helmrelease mesh -n flux"},
			[]string{"--install platform"},
		},
		"Argo CD": {"argocd.argoproj.io/instance: mesh}", []string{"argocd app sync mesh"}, []string{"ISTIOCTL"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile("testdata/live/mesh.yaml")
			require.NoError(t, err)
			recorded, err := mesh.ReadRecorded(strings.NewReader(strings.Replace(string(text), "release: istio}", c.labels, 1)))
			require.NoError(t, err)
			live, err := migrate.ReadLive(t.Context(), recorded, migrate.LiveOptions{})
			require.NoError(t, err)
			result, err := migrate.Migrate(t.Context(), live.Sources, migrate.Options{To: "1.28", Helm: strings.Contains(c.labels, "meta.helm.sh")})
			require.NoError(t, err)
			for _, text := range c.said {
				assert.Contains(t, result.Report(), text)
			}
			for _, text := range c.never {
				assert.NotContains(t, result.Report(), text)
			}
		})
	}
}

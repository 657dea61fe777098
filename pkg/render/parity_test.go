//go:build parity

package render_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/pkg/render"
)

// helmTemplate runs the `helm template` of the binary that HELM3 names.
func helmTemplate(t *testing.T, args ...string) (string, error) {
	t.Helper()
	helm := os.Getenv("HELM3")
	require.NotEmpty(t, helm, "HELM3 must name a helm v3.22.0 binary, as `make test` does")
	var refused bytes.Buffer
	command := exec.CommandContext(t.Context(), helm, append([]string{"template"}, args...)...)
	command.Stderr = &refused
	out, err := command.Output()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		require.NoError(t, err)
	}
	if err != nil {
		return "", errors.New(refused.String())
	}
	return string(out), nil
}

// Every example and output, rendered for other releases and versions of
// Kubernetes than the goldens: the same bytes as Helm 3, or both refuse. With
// -short, other releases are compared for the cluster's objects alone, which is
// where the name and the namespace stand.
func TestHelm3PrintsTheSame(t *testing.T) {
	chart := filepath.Join("..", "..", "charts", "istio-lightstep")
	for _, release := range []struct{ name, namespace, kubeVersion string }{
		{render.DefaultRelease, render.DefaultNamespace, render.DefaultKubeVersion},
		{"tracing", "spans", "1.20.3"},
	} {
		r := newRenderer(t, render.WithRelease(release.name, release.namespace), render.WithKubeVersion(release.kubeVersion))
		for _, folder := range cases(t) {
			for _, output := range outputs {
				if testing.Short() && output != "cluster" && release.name != render.DefaultRelease {
					continue
				}
				t.Run(release.name+"/"+filepath.Base(folder)+"/"+output, func(t *testing.T) {
					t.Parallel()
					file := filepath.Join(folder, "values.yaml")
					want, wantErr := helmTemplate(t, release.name, chart, "-n", release.namespace,
						"--kube-version", release.kubeVersion, "-f", file, "--set", "output="+output)
					result, err := r.Render(t.Context(), readValues(t, render.File(file), render.Set("output="+output)))
					if wantErr != nil {
						var refused *render.ProblemsError
						require.ErrorAs(t, err, &refused, "helm: %v", wantErr)
						for _, p := range refused.Problems {
							assert.ErrorContains(t, wantErr, p.ID)
						}
						return
					}
					require.NoError(t, err)
					assert.Equal(t, want, string(result.YAML()))
					if output != "cluster" {
						require.Equal(t, want, string(result.WithoutHooks().YAML()), "only the cluster's objects have hooks")
						return
					}
					want, err = helmTemplate(t, release.name, chart, "-n", release.namespace, "--no-hooks",
						"--kube-version", release.kubeVersion, "-f", file, "--set", "output="+output)
					require.NoError(t, err)
					assert.Equal(t, want, string(result.WithoutHooks().YAML()))
				})
			}
		}
	}
}

// All that platforms and teams set, at once: the same bytes as Helm 3.
func TestHelm3PrintsEverything(t *testing.T) {
	t.Parallel()
	const file = "testdata/everything.yaml"
	want, err := helmTemplate(t, render.DefaultRelease, filepath.Join("..", "..", "charts", "istio-lightstep"),
		"-n", render.DefaultNamespace, "--kube-version", render.DefaultKubeVersion, "-f", file)
	require.NoError(t, err)
	result, err := newRenderer(t).Render(t.Context(), readValues(t, render.File(file)))
	require.NoError(t, err)
	assert.Equal(t, want, string(result.YAML()))
	for _, kind := range []string{"HorizontalPodAutoscaler", "PodMonitor", "PrometheusRule", "NetworkPolicy", "Telemetry", "ServiceAccount"} {
		assert.Contains(t, want, "\nkind: "+kind+"\n")
	}
}

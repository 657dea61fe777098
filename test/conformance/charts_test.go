package conformance_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/internal/document"
	"github.com/istio-lightstep/istio-lightstep/test/conformance/istio"
)

// checkIstiodValues gives Istio's own istiod chart our values beside the
// user's: as a second -f, which replaces lists, and merged into one file.
func (c *conformance) checkIstiodValues(t *testing.T) {
	t.Helper()
	mine := []byte(c.mineIstiod())
	merged, err := document.Merge(mine, c.render(t, "istiodValues").YAML())
	require.NoError(t, err)
	checkMineComments(t, string(mine), string(merged))
	c.did(mergedInto)
	c.checkControlPlane(t, c.istiodChart(t, merged))
	c.checkControlPlane(t, c.istiodChart(t, mine, c.render(t, "istiodValues", controlPlane).YAML()))
	c.did(secondFileLists)
}

// checkSail gives the istiod chart what Sail would: the values of our document.
// Sail's own decoding of the document is not asked.
func (c *conformance) checkSail(t *testing.T) {
	t.Helper()
	ours := decode(t, c.render(t, "sail", controlPlane).YAML())
	assert.Equal(t, "sailoperator.io/v1", ours["apiVersion"])
	assert.Equal(t, "Istio", ours["kind"])
	values, err := yaml.Marshal(at(ours, "spec", "values"))
	require.NoError(t, err)
	c.checkControlPlane(t, c.istiodChart(t, []byte(c.mineIstiod()), values))
	c.did(valuesOnly)
}

func (c *conformance) istiodChart(t *testing.T, values ...[]byte) istio.Manifests {
	t.Helper()
	manifests := helmTemplate(t, "istiod", c.chart(t, "manifests/charts/istio-control/istio-discovery"), values)
	c.did(tookChart)
	return manifests
}

// checkGatewayValues gives Istio's own gateway chart our values. Where the
// injector makes the gateway's container, it is asked for the outcome.
func (c *conformance) checkGatewayValues(t *testing.T) {
	t.Helper()
	ours := c.render(t, "gatewayValues", controlPlane).YAML()
	const name = "istio-ingressgateway"
	chart := "manifests/charts/gateway"
	if c.row.GatewayVolumes == "secretVolumes" {
		chart = "manifests/charts/gateways/istio-ingress"
	}
	var flags []string
	if c.tools.Minor == "1.26" {
		// Its chart's schema refuses every value, the chart's own too, as Helm
		// reads schemas since 3.18.
		flags = append(flags, "--skip-schema-validation")
	}
	gateway, err := helmTemplate(t, name, c.chart(t, chart), [][]byte{ours}, flags...).Deployment(name)
	require.NoError(t, err)
	spec := gateway.Spec.Template.Spec
	if c.row.GatewayVolumes == "volumes" {
		spec = c.injectGateway(t, gateway.Spec.Template).Spec
	}
	assert.Equal(t, caSecret, secretAt(spec, caDirectory), "the Secret at %s", caDirectory)
	assert.Equal(t, "mine-certs", secretAt(spec, "/etc/mine"), "the user's own volume")
	c.did(tookChart)
	c.did(gatewayCA)
	c.did(mineSurvives)
}

func (c *conformance) injectGateway(t *testing.T, template corev1.PodTemplateSpec) *corev1.Pod {
	t.Helper()
	manifests, err := c.tools.ManifestGenerate(t.Context(), nil)
	require.NoError(t, err)
	config, err := manifests.InjectConfig()
	require.NoError(t, err)
	pod := corev1.Pod{ObjectMeta: template.ObjectMeta, Spec: template.Spec}
	pod.APIVersion, pod.Kind, pod.Name, pod.Namespace = "v1", "Pod", "gateway", "istio-system"
	text, err := yaml.Marshal(pod)
	require.NoError(t, err)
	injected, err := c.tools.KubeInject(t.Context(), config, text)
	require.NoError(t, err)
	return injected
}

// checkLegacyValues gives the Helm chart of 1.4 and 1.5 our values.
func (c *conformance) checkLegacyValues(t *testing.T) {
	t.Helper()
	ours := c.render(t, "legacyValues")
	c.checkWarnings(t, ours)
	mine := []byte(`# The mesh of our shop.
pilot:
  env: {MINE: kept}
gateways:
  istio-egressgateway: {enabled: true} # the second gateway
global:
  proxy: {accessLogFile: /dev/stdout}
`)
	merged, err := document.Merge(mine, ours.YAML())
	require.NoError(t, err)
	checkMineComments(t, string(mine), string(merged))
	c.did(mergedInto)
	chart := legacyChart(t, c.chart(t, "install/kubernetes/helm/istio"))
	for _, values := range [][][]byte{{mine, ours.YAML()}, {merged}} {
		manifests := helmTemplate(t, "istio", chart, values)
		c.did(tookChart)
		c.checkControlPlane(t, manifests)
		for _, name := range []string{"istio-ingressgateway", "istio-egressgateway"} {
			gateway, err := manifests.Deployment(name)
			require.NoError(t, err)
			spec := gateway.Spec.Template.Spec
			if c.collector() {
				assert.Empty(t, secretAt(spec, caDirectory))
				assert.Subset(t, spec.Containers[0].Args, []string{"--zipkinAddress", collectorZipkin})
				c.did(gatewaysCollector)
				continue
			}
			assert.Equal(t, caSecret, secretAt(spec, caDirectory), "the Secret that %s mounts at %s", name, caDirectory)
			assert.Subset(t, spec.Containers[0].Args, []string{
				"--lightstepAddress", satellite, "--lightstepAccessToken", tokenMarker,
				"--lightstepSecure=true", "--lightstepCacertPath", cacertPath,
			})
		}
		if c.native() {
			c.did(gatewayCA)
			c.did(gatewayArgs)
		}
	}
}

// legacyChart copies the Helm chart of 1.4 and 1.5 with two conditions mended,
// which today's templates refuse to parse: `(a) and (b)` is now `and (a) (b)`.
func legacyChart(t *testing.T, source string) string {
	t.Helper()
	chart := t.TempDir()
	require.NoError(t, os.CopyFS(chart, os.DirFS(source)))
	for _, name := range []string{"role.yaml", "rolebindings.yaml"} {
		file := filepath.Join(chart, "charts", "gateways", "templates", name)
		content, err := os.ReadFile(file)
		require.NoError(t, err)
		require.NoError(t, os.Chmod(file, 0o600))
		require.NoError(t, os.WriteFile(file,
			bytes.ReplaceAll(content, []byte("if ($spec.sds) and ("), []byte("if and ($spec.sds) (")), 0o600))
	}
	return chart
}

// chart is the folder of one of the release's own charts.
func (c *conformance) chart(t *testing.T, path string) string {
	t.Helper()
	source, err := c.tools.Source(t.Context())
	require.NoError(t, err)
	return filepath.Join(source, filepath.FromSlash(path))
}

// helmTemplate renders a chart by the Helm that HELM3 names, each text of values
// its own -f. flags are further ones.
func helmTemplate(t *testing.T, release, chart string, values [][]byte, flags ...string) istio.Manifests {
	t.Helper()
	helm := os.Getenv("HELM3")
	require.NotEmpty(t, helm, "HELM3 must name a helm 3 binary, as `make conformance` does")
	args := append([]string{"template", release, chart, "--namespace", "istio-system", "--kube-version", "v1.34.0"}, flags...)
	folder := t.TempDir()
	for i, text := range values {
		file := filepath.Join(folder, fmt.Sprintf("%d.yaml", i))
		require.NoError(t, os.WriteFile(file, text, 0o600))
		args = append(args, "-f", file)
	}
	cmd := exec.CommandContext(t.Context(), helm, args...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	require.NoError(t, cmd.Run(), "%s", &stderr)
	manifests, err := istio.ParseManifests(stdout.Bytes())
	require.NoError(t, err)
	return manifests
}

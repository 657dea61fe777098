package conformance_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/test/conformance/istio"
)

// TestMutualTLS has each release inject the collectors of collector.mtls, in a
// mesh whose defaults are against it: the sidecar takes part in incoming spans
// alone. Istio's own kinds are validated and analyzed. For releases whose proxies
// cannot, the values are refused.
func TestMutualTLS(t *testing.T) {
	forEachRelease(t, func(t *testing.T, tools istio.Tools) {
		t.Helper()
		values := fmt.Sprintf("istio: {version: %q}\ncollector: {mtls: {mode: STRICT}}\n", tools.Minor+".2") +
			"backends: {a: {protocol: grpc, endpoint: \"a.example.com:4317\"}}\n"
		switch {
		case !since(tools, "1.16"):
			_, err := renderText(t, values)
			require.ErrorContains(t, err, "LS-COLLECTOR-MTLS")
			return
		case !since(tools, "1.20"):
			t.Skip("the injection of 1.16 was not looked at")
		}
		objects, err := rendered(t, values).Objects()
		require.NoError(t, err)
		var ours istio.Manifests
		for _, object := range objects {
			if slices.Contains([]string{"Telemetry", "DestinationRule", "PeerAuthentication"}, object.GetKind()) {
				ours = append(ours, object)
			}
		}
		require.Len(t, ours, 4)
		require.NoError(t, tools.Validate(t.Context(), ours))
		require.NoError(t, tools.Analyze(t.Context(), objects))

		injected := injectedCollector(t, tools, objects)
		proxy := proxyOf(t, injected)
		env := map[string]string{}
		for _, variable := range proxy.Env {
			env[variable.Name] = variable.Value
		}
		assert.Equal(t, "false", env["ISTIO_META_DNS_CAPTURE"])
		assert.Contains(t, env["PROXY_CONFIG"], `"terminationDrainDuration":"15s"`)
		assert.NotContains(t, env, "ISTIO_KUBE_APP_PROBERS", "the probes are not rewritten")

		i := slices.IndexFunc(injected.Spec.InitContainers, func(c corev1.Container) bool { return c.Name == "istio-init" })
		require.GreaterOrEqual(t, i, 0)
		flags := injected.Spec.InitContainers[i].Args
		for flag, want := range map[string]string{"-i": "", "-b": "4317"} {
			at := slices.Index(flags, flag)
			require.GreaterOrEqual(t, at, 0, "%s of %v", flag, flags)
			assert.Equal(t, want, flags[at+1], flag)
		}
		collector := slices.IndexFunc(injected.Spec.Containers, func(c corev1.Container) bool { return c.Name == "collector" })
		require.GreaterOrEqual(t, collector, 0)
		assert.Equal(t, "health", injected.Spec.Containers[collector].ReadinessProbe.HTTPGet.Port.StrVal)
		assert.NotContains(t, injected.Annotations, "prometheus.io/port", "metrics stay where they are")
	})
}

// injectedCollector gives a collector's pod as a mesh that captures DNS has it.
func injectedCollector(t *testing.T, tools istio.Tools, objects istio.Manifests) *corev1.Pod {
	t.Helper()
	mesh := []byte(`
apiVersion: install.istio.io/v1alpha1
kind: IstioOperator
spec: {meshConfig: {defaultConfig: {proxyMetadata: {ISTIO_META_DNS_CAPTURE: "true"}}}}
`)
	manifests, err := tools.ManifestGenerate(t.Context(), [][]byte{mesh})
	require.NoError(t, err)
	config, err := manifests.InjectConfig()
	require.NoError(t, err)
	object, err := objects.Find("StatefulSet", releaseName+"-collector")
	require.NoError(t, err)
	var set appsv1.StatefulSet
	require.NoError(t, runtime.DefaultUnstructuredConverter.FromUnstructured(object.Object, &set))
	pod := corev1.Pod{ObjectMeta: set.Spec.Template.ObjectMeta, Spec: set.Spec.Template.Spec}
	pod.APIVersion, pod.Kind, pod.Name, pod.Namespace = "v1", "Pod", "collector", "istio-system"
	text, err := yaml.Marshal(pod)
	require.NoError(t, err)
	injected, err := tools.KubeInject(t.Context(), config, text)
	require.NoError(t, err)
	return injected
}

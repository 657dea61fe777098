// Package conformance_test asks real Istio releases whether what the project
// renders means there what it says.
package conformance_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/mod/semver"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/test/conformance/istio"
)

// tokenMarker stands for the access token. It is easy to look for, and nobody's.
const tokenMarker = "conformance-token-marker"

// forEachRelease runs the test once per release, side by side. A release
// whose binaries are missing fails: nothing passes for want of them.
func forEachRelease(t *testing.T, test func(t *testing.T, tools istio.Tools)) {
	t.Helper()
	releases := istio.Releases()
	require.NotEmpty(t, releases)
	for _, release := range releases {
		t.Run(release.Version, func(t *testing.T) {
			t.Parallel()
			tools, err := istio.Open(release)
			require.NoError(t, err)
			test(t, tools)
		})
	}
}

// meshOf gives the mesh config that a control plane's manifests hold.
func meshOf(t *testing.T, manifests istio.Manifests) map[string]any {
	t.Helper()
	text, err := manifests.ConfigMapKey("istio", "mesh")
	require.NoError(t, err)
	var mesh map[string]any
	require.NoError(t, yaml.Unmarshal([]byte(text), &mesh))
	return mesh
}

// plainPod is an application's pod that knows nothing of Istio.
var plainPod = []byte(`
apiVersion: v1
kind: Pod
metadata:
  name: plain
  namespace: default
  labels: {app: plain}
spec:
  containers:
  - name: app
    image: example/app
    ports:
    - containerPort: 9080
`)

// proxyOf gives the sidecar of an injected pod, which newer releases make an
// init container.
func proxyOf(t *testing.T, pod *corev1.Pod) corev1.Container {
	t.Helper()
	for _, container := range slices.Concat(pod.Spec.Containers, pod.Spec.InitContainers) {
		if container.Name == "istio-proxy" {
			return container
		}
	}
	require.Fail(t, "the pod has no istio-proxy")
	return corev1.Container{}
}

// since tells whether the release's minor is the given one or a later one.
func since(tools istio.Tools, minor string) bool {
	return semver.Compare("v"+tools.Minor, "v"+minor) >= 0
}

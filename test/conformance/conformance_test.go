// Package conformance_test asks real Istio releases whether what the project
// renders means there what it says.
package conformance_test

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/util/yaml"
	sigsyaml "sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/test/conformance/istio"
)

// tokenMarker stands for the access token. It is easy to look for, and nobody's.
const tokenMarker = "conformance-token-marker"

// openAll gives the tools of every release to test. One that is missing fails
// the test: nothing passes for want of a binary.
func openAll(t *testing.T) []istio.Tools {
	t.Helper()
	var all []istio.Tools
	for _, release := range istio.Releases() {
		tools, err := istio.Open(release)
		require.NoError(t, err)
		all = append(all, tools)
	}
	require.NotEmpty(t, all)
	return all
}

// objectsOf decodes manifests into their objects. Text between them that is no
// object, which old istioctl prints, fails the test.
func objectsOf(t *testing.T, manifests []byte) []map[string]any {
	t.Helper()
	var objects []map[string]any
	for decoder := yaml.NewYAMLOrJSONDecoder(bytes.NewReader(manifests), 4096); ; {
		var object map[string]any
		err := decoder.Decode(&object)
		if errors.Is(err, io.EOF) {
			return objects
		}
		require.NoError(t, err)
		if len(object) > 0 {
			objects = append(objects, object)
		}
	}
}

// meshOf gives the mesh config that the manifests hold, as a ConfigMap does.
func meshOf(t *testing.T, manifests []byte) map[string]any {
	t.Helper()
	var mesh map[string]any
	require.NoError(t, sigsyaml.Unmarshal([]byte(configMapKey(t, manifests, "istio", "mesh")), &mesh))
	return mesh
}

// configMapKey gives the text of one key of the one ConfigMap of that name.
func configMapKey(t *testing.T, manifests []byte, name, key string) string {
	t.Helper()
	var found []string
	for _, object := range objectsOf(t, manifests) {
		if object["kind"] != "ConfigMap" || object["metadata"].(map[string]any)["name"] != name {
			continue
		}
		text, ok := object["data"].(map[string]any)[key].(string)
		require.True(t, ok, "ConfigMap %s has no text %q", name, key)
		found = append(found, text)
	}
	require.Len(t, found, 1, "ConfigMaps named %s", name)
	return found[0]
}

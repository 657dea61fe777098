package spantest_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/test/spantest"
)

// The cluster is the one that kubectl would take.
func TestKubeconfig(t *testing.T) {
	folder := t.TempDir()
	write := func(name, current string) string {
		file := filepath.Join(folder, name)
		require.NoError(t, os.WriteFile(file, fmt.Appendf(nil, `apiVersion: v1
kind: Config
current-context: %[2]q
clusters: [{name: %[1]s, cluster: {server: "https://%[1]s.example:6443"}}]
users: [{name: %[1]s, user: {token: %[1]s-token}}]
contexts: [{name: %[1]s, context: {cluster: %[1]s, user: %[1]s}}]
`, name, current), 0o600))
		return file
	}
	t.Setenv("KUBECONFIG", write("stage", "stage")+string(filepath.ListSeparator)+write("shop", ""))
	for context, host := range map[string]string{"": "https://stage.example:6443", "shop": "https://shop.example:6443"} {
		config, err := spantest.Kubeconfig(context)
		require.NoError(t, err)
		assert.Equal(t, host, config.Host)
	}
	config, err := spantest.Kubeconfig("shop")
	require.NoError(t, err)
	assert.Equal(t, "shop-token", config.BearerToken)
	_, err = spantest.Kubeconfig("elsewhere")
	require.ErrorContains(t, err, `"elsewhere"`)
	t.Setenv("KUBECONFIG", filepath.Join(folder, "none"))
	t.Setenv("KUBERNETES_SERVICE_HOST", "")
	_, err = spantest.Kubeconfig("")
	require.ErrorContains(t, err, "set $KUBECONFIG to the file of your cluster")
}

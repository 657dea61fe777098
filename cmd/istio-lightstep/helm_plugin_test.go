package main

import (
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestHelmSaysWhichCluster: the command asks the server that Helm was told of, with that
// token and that trust, and tells nobody the token.
func TestHelmSaysWhichCluster(t *testing.T) {
	const token = "t0kz9d6b7a1e4c52"
	var asked atomic.Int64
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") == "Bearer "+token {
			asked.Add(1)
		}
		refuse(w, http.StatusForbidden, "Forbidden")
	}))
	t.Cleanup(server.Close)
	folder := t.TempDir()
	ca, kubeconfig := filepath.Join(folder, "ca.pem"), filepath.Join(folder, "kubeconfig")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	require.NoError(t, os.WriteFile(ca, text, 0o600))
	require.NoError(t, os.WriteFile(kubeconfig, []byte(kubeconfigOf("http://127.0.0.1:1")), 0o600))
	for name, c := range map[string]struct {
		variables []string
		asks      bool
	}{
		"its CA":            {[]string{"HELM_KUBECAFILE=" + ca, "HELM_KUBEINSECURE_SKIP_TLS_VERIFY=false"}, true},
		"its name":          {[]string{"HELM_KUBECAFILE=" + ca, "HELM_KUBETLS_SERVER_NAME=example.com"}, true},
		"another name":      {[]string{"HELM_KUBECAFILE=" + ca, "HELM_KUBETLS_SERVER_NAME=other.test"}, false},
		"no CA":             {nil, false},
		"no CA, unverified": {[]string{"HELM_KUBEINSECURE_SKIP_TLS_VERIFY=true"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			asked.Store(0)
			command := exec.CommandContext(t.Context(), "istio-lightstep", "doctor", "mesh")
			command.Env = append(os.Environ(), "HELM_PLUGIN_NAME=lightstep", "KUBECONFIG="+kubeconfig,
				"HELM_KUBEAPISERVER="+server.URL, "HELM_KUBETOKEN="+token)
			command.Env = append(command.Env, c.variables...)
			told, err := command.CombinedOutput()
			require.Error(t, err)
			assert.Equal(t, c.asks, asked.Load() > 0, "%s", told)
			assert.NotContains(t, string(told), token)
		})
	}
}

package load_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/cluster"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/load"
)

// kubelets answers for the kubelets of two nodes, each with one pod.
func kubelets(t *testing.T, summary string) *cluster.Cluster {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if r.URL.Path == "/api/v1/nodes" {
			_, _ = fmt.Fprint(w, `{"kind":"NodeList","apiVersion":"v1","items":[{"metadata":{"name":"a"}},{"metadata":{"name":"b"}}]}`)
			return
		}
		node, found := strings.CutSuffix(strings.TrimPrefix(r.URL.Path, "/api/v1/nodes/"), "/proxy/stats/summary")
		if assert.True(t, found, r.URL.Path) {
			_, _ = fmt.Fprint(w, strings.ReplaceAll(summary, "NODE", node))
		}
	}))
	t.Cleanup(server.Close)
	file := filepath.Join(t.TempDir(), "kubeconfig")
	require.NoError(t, os.WriteFile(file, fmt.Appendf(nil, `{apiVersion: v1, kind: Config, current-context: c, contexts: [{name: c, context: {cluster: c}}],
  clusters: [{name: c, cluster: {server: %s}}]}`, server.URL), 0o600))
	c, err := cluster.Connect(file, "")
	require.NoError(t, err)
	return c
}

func TestUse(t *testing.T) {
	t.Parallel()
	usage, err := load.Use(t.Context(), kubelets(t, `{"pods":[{"podRef":{"name":"p-NODE","namespace":"n"},"containers":[
		{"name":"c","cpu":{"usageCoreNanoSeconds":2500000000},"memory":{"workingSetBytes":3145728}}]}]}`))
	require.NoError(t, err)
	assert.Equal(t, load.Usage{"n/p-a/c": {CPU: 2.5, Memory: 3}, "n/p-b/c": {CPU: 2.5, Memory: 3}}, usage)
	_, err = load.Use(t.Context(), kubelets(t, `no JSON`))
	require.ErrorContains(t, err, "usage on node a")
}

func TestCPUIsThatBetweenTwoLooks(t *testing.T) {
	t.Parallel()
	before := load.Usage{"n/a/c": {CPU: 10}, "n/b/c": {CPU: 4}, "n/other/c": {CPU: 1}}
	after := load.Usage{"n/a/c": {CPU: 12}, "n/b/c": {CPU: 4.5}, "n/other/c": {CPU: 90}, "n/new/c": {CPU: 3}}
	assert.InDelta(t, 5.5, load.CPU(before, after, func(name string) bool { return !strings.Contains(name, "other") }), 1e-9)
}

func TestJudgeOfPages(t *testing.T) {
	t.Parallel()
	sound := load.Pages{Seconds: 10, Requests: 200, Expected: 1800, Delivered: 1800}
	require.NoError(t, sound.Judge())
	assert.InDelta(t, 20, sound.Rate(), 1e-9)
	lost, failed := sound, sound
	lost.Delivered--
	require.ErrorContains(t, lost.Judge(), "1799 of 1800 spans were delivered")
	failed.Failed = 2
	require.ErrorContains(t, failed.Judge(), "2 of 202 requests failed")
	assert.InDelta(t, 0, load.Spans{Sent: 5}.PerCore(), 0, "no time was taken, so no rate is known")
	assert.InDelta(t, 50, load.Spans{Sent: 100, CPU: 2}.PerCore(), 1e-9)
}

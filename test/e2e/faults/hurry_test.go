package faults

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/cluster/clustertest"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/satellite"
)

// What fixes a fault is what a user does, a Secret that is written: kubelets are made to
// read one at once only where that causes a fault, which is not timed.
func TestWhatIsTimedHurriesNoKubelet(t *testing.T) {
	t.Parallel()
	authority, err := satellite.NewAuthority("pool")
	require.NoError(t, err)
	for name, c := range map[string]struct {
		act  func(context.Context, *Mesh) error
		pods int
	}{
		"a CA is fixed":    {caMended, 0},
		"a token is fixed": {func(ctx context.Context, m *Mesh) error { return m.takeUpToken(ctx, "right", false) }, 0},
		"a wrong token":    {tokenWrong, 1},
	} {
		server, cluster := clustertest.New(t, `
apiVersion: v1
kind: Pod
metadata: {name: shop-collector-0, namespace: tracing, labels: {app.kubernetes.io/component: collector, app.kubernetes.io/instance: shop}}
status: {phase: Running}
`)
		m := &Mesh{Cluster: cluster, Satellite: &satellite.Satellite{Authority: authority}, Delivery: Collector, ReleaseNamespace: "tracing", Release: "shop"}
		require.NoError(t, c.act(t.Context(), m), name)
		pods, secrets := 0, 0
		for _, write := range server.Writes() {
			if strings.Contains(write, "/pods/") {
				pods++
			}
			if strings.Contains(write, "/secrets/") {
				secrets++
			}
		}
		assert.Equal(t, c.pods, pods, "%s: pods that are touched", name)
		assert.Equal(t, 1, secrets, "%s: Secrets that are written", name)
	}
}

package cluster_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/cluster"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/cluster/clustertest"
)

// used is a node, what runs on it, and what that uses at the moment.
const used = `
apiVersion: v1
kind: Node
metadata: {name: one, labels: {zone: a}, annotations: {seen: "12:00"}}
spec: {taints: [{key: busy}]}
---
apiVersion: metrics.k8s.io/v1beta1
kind: PodMetrics
metadata: {name: shop-1, namespace: default}
window: 12s
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop, namespace: default}
spec: {template: {metadata: {annotations: {kubectl.kubernetes.io/restartedAt: "12:00"}}}}
`

func taken(t *testing.T, stream string, changes ...string) cluster.Snapshot {
	t.Helper()
	_, c := clustertest.New(t, strings.NewReplacer(changes...).Replace(stream))
	s, err := c.Snapshot(t.Context())
	require.NoError(t, err)
	return s
}

// What is measured when it is asked for, and books that controllers keep of nodes, change
// while nobody does anything. A restart that somebody asked for is a change.
func TestSnapshotsOfWhatChangesByItself(t *testing.T) {
	t.Parallel()
	before := taken(t, used)
	assert.Len(t, before, 2)
	assert.Empty(t, before.Diff(taken(t, used, "window: 12s", "window: 14s", "seen: \"12:00\"", "seen: \"12:01\"", "busy", "idle")))
	assert.Equal(t, []string{"~ Node /one: labels.zone"}, before.Diff(taken(t, used, "zone: a", "zone: b")))
	assert.Equal(t, []string{"~ Deployment default/shop: spec.template.metadata.annotations.kubectl.kubernetes.io/restartedAt"},
		before.Diff(taken(t, used, "restartedAt: \"12:00\"", "restartedAt: \"12:01\"")))
}

// An API that somebody else serves may be away: what all others have is read.
func TestSnapshotsWithoutAnAPI(t *testing.T) {
	t.Parallel()
	server, c := clustertest.New(t, used)
	server.Away("metrics.k8s.io/v1beta1")
	s, err := c.Snapshot(t.Context())
	require.NoError(t, err)
	assert.Len(t, s, 2)
}

const released = `
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: spans-collector, namespace: tracing}
---
apiVersion: v1
kind: Secret
metadata: {name: sh.helm.release.v1.spans.v1, namespace: tracing}
---
apiVersion: v1
kind: Secret
metadata: {name: lightstep.cacert, namespace: tracing, labels: {app.kubernetes.io/instance: spans}}
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: pvc-1}
spec: {claimRef: {namespace: tracing, name: queue-spans-collector-0}}
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: pvc-2}
spec: {claimRef: {namespace: shop, name: orders}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: istiod, namespace: istio-system}
spec: {replicas: 2, env: spans}
`

// On a cluster of a user's, others change things meanwhile.
func TestSnapshotsOfARelease(t *testing.T) {
	t.Parallel()
	all := taken(t, released)
	assert.Len(t, all, 6)
	of := all.Of("spans")
	assert.Len(t, of, 4)
	assert.Empty(t, of.Diff(taken(t, released, "replicas: 2", "replicas: 3", "orders", "bills").Of("spans")))
	assert.Equal(t, []string{"~ StatefulSet tracing/spans-collector: spec.replicas"},
		of.Diff(taken(t, strings.Replace(released, "namespace: tracing}\n---", "namespace: tracing}\nspec: {replicas: 1}\n---", 1)).Of("spans")))
}

package cluster_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/cluster/clustertest"
)

const running = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop, namespace: shop, generation: 2}
spec: {replicas: 1}
status: {observedGeneration: 2, replicas: 1, updatedReplicas: 1, availableReplicas: 1}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: stock, namespace: shop, generation: 1}
spec: {replicas: 2}
status: {observedGeneration: 1, replicas: 2, updatedReplicas: 2, availableReplicas: 2}
`

const waiting = running + `
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: old, namespace: shop, generation: 3}
spec: {replicas: 1}
status: {observedGeneration: 2, replicas: 1, updatedReplicas: 1, availableReplicas: 1}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: ends, namespace: shop, generation: 1}
spec: {replicas: 3}
status: {observedGeneration: 1, replicas: 3, updatedReplicas: 2, availableReplicas: 1}
---
apiVersion: v1
kind: Pod
metadata: {name: image, namespace: shop}
status: {containerStatuses: [{name: app, state: {waiting: {reason: ImagePullBackOff, message: no such image}}}]}
---
apiVersion: v1
kind: Pod
metadata: {name: full, namespace: shop}
status: {conditions: [{type: PodScheduled, status: "False", reason: Unschedulable, message: no room}]}
---
apiVersion: v1
kind: Pod
metadata: {name: ended, namespace: shop}
status: {containerStatuses: [{name: app, ready: false, lastState: {terminated: {exitCode: 3, reason: Error}}}]}
---
apiVersion: v1
kind: Pod
metadata: {name: starts, namespace: shop}
status: {containerStatuses: [{name: app, state: {waiting: {reason: PodInitializing}}}]}
---
apiVersion: v1
kind: Event
metadata: {name: long-ago, namespace: shop}
type: Warning
reason: LongAgo
lastTimestamp: "2020-01-01T00:00:00Z"
involvedObject: {name: image, namespace: shop}
`

func TestReadyIsWhatWasWrittenLast(t *testing.T) {
	t.Parallel()
	_, c := clustertest.New(t, running)
	require.NoError(t, c.Ready(t.Context(), "shop"))
	require.NoError(t, c.Ready(t.Context(), "empty"))

	_, c = clustertest.New(t, waiting)
	require.NoError(t, c.Ready(t.Context(), "shop", "shop", "stock"), "others are not asked for")
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	err := c.Ready(ctx, "shop")
	require.ErrorIs(t, err, context.DeadlineExceeded)
	for _, says := range []string{
		"waited until all of namespace shop is ready",
		"deployment old: 1 of 1 pods are new and available, 1 in all",
		"statefulset ends: 1 of 3 pods are new and available, 3 in all",
		"pod image: app waits: ImagePullBackOff no such image", "pod full: no room", "pod ended: app ended with 3: Error",
	} {
		require.ErrorContains(t, err, says)
	}
	for _, not := range []string{"deployment shop", "statefulset stock", "pod starts", "LongAgo"} {
		assert.NotContains(t, err.Error(), not)
	}
}

func TestGone(t *testing.T) {
	t.Parallel()
	_, c := clustertest.New(t, `
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop, namespace: shop, labels: {app: shop}}
---
apiVersion: v1
kind: Pod
metadata: {name: shop-1, namespace: shop, labels: {app: shop}}
`)
	require.NoError(t, c.Gone(t.Context(), "shop", "app=other"))
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	require.ErrorContains(t, c.Gone(ctx, "shop", "app=shop"), "waited until nothing with app=shop is left in shop")
}

// Every pod and event is saved, with its log or why there is none.
func TestSaveState(t *testing.T) {
	t.Parallel()
	_, c := clustertest.New(t, waiting)
	dir := filepath.Join(t.TempDir(), "new")
	require.NoError(t, c.SaveState(t.Context(), dir))
	read := func(name string) string {
		text, err := os.ReadFile(filepath.Join(dir, name))
		require.NoError(t, err)
		return string(text)
	}
	assert.Contains(t, read("shop_image.yaml"), "reason: ImagePullBackOff")
	assert.Contains(t, read("shop_ended.yaml"), "exitCode: 3")
	assert.NotEmpty(t, read("shop_image_app.log"), "why there is no log")
	assert.Contains(t, read("events.txt"), "Warning shop/image LongAgo")
}

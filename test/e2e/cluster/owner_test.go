package cluster_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/cluster"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/cluster/clustertest"
)

// users are a user's things, and what an earlier run left.
const users = `
apiVersion: v1
kind: Namespace
metadata: {name: lightstep, labels: {of: user}}
---
apiVersion: v1
kind: Namespace
metadata: {name: default}
---
apiVersion: v1
kind: Secret
metadata: {name: lightstep-access-token, namespace: istio-system}
data: {token: dG9rZW4=}
---
apiVersion: v1
kind: Namespace
metadata: {name: of-an-earlier-run, labels: {istio-lightstep-e2e/run: other}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop, namespace: default}
`

const secret = `
apiVersion: v1
kind: Secret
metadata: {name: lightstep-access-token}
stringData: {token: ours}
`

// On a cluster that the run did not make, nothing that it did not make is changed.
func TestWhatIsTheUsersStays(t *testing.T) {
	t.Parallel()
	server, c := clustertest.New(t, users)
	c.Run = "mine"
	before, ctx := server.Objects(t), t.Context()
	for what, err := range map[string]error{
		"label a namespace":             c.Namespace(ctx, "default", map[string]string{"istio-injection": "enabled"}),
		"take a namespace":              c.Namespace(ctx, "lightstep", nil),
		"take one of another run":       c.Namespace(ctx, "of-an-earlier-run", nil),
		"delete a namespace":            c.DeleteNamespace(ctx, "lightstep"),
		"delete one of another run":     c.DeleteNamespace(ctx, "of-an-earlier-run"),
		"write a Secret":                c.Apply(ctx, "istio-system", secret),
		"delete a Secret":               c.Delete(ctx, "istio-system", secret),
		"restart what is in namespaces": c.RollOut(ctx, "default", "shop"),
		"restart all of a namespace":    c.Restart(ctx, "lightstep-none"),
	} {
		if what == "restart all of a namespace" {
			require.NoError(t, err, "there is none")
			continue
		}
		require.ErrorIs(t, err, cluster.ErrForeign, what)
	}
	assert.Equal(t, before, server.Objects(t))
	assert.Empty(t, server.Writes())
}

// What the run makes has its label, and may be changed and deleted by it.
func TestWhatIsTheRunsIsTakenBack(t *testing.T) {
	t.Parallel()
	server, c := clustertest.New(t, users)
	c.Run = "mine"
	before, ctx := server.Objects(t), t.Context()
	require.NoError(t, c.Namespace(ctx, "bookinfo-1", map[string]string{"istio-injection": "enabled"}))
	require.NoError(t, c.Namespace(ctx, "bookinfo-1", map[string]string{"istio.io/rev": "next"}))
	require.NoError(t, c.Apply(ctx, "bookinfo-1", secret))
	require.NoError(t, c.Apply(ctx, "bookinfo-1", secret), "again")
	assert.Contains(t, server.Objects(t)["/api/v1/namespaces/bookinfo-1/secrets/lightstep-access-token"], `"istio-lightstep-e2e/run":"mine"`)
	made, err := c.Made(ctx)
	require.NoError(t, err)
	assert.Equal(t, []string{"bookinfo-1"}, made)

	require.NoError(t, c.Delete(ctx, "bookinfo-1", secret))
	require.NoError(t, c.Delete(ctx, "bookinfo-1", secret), "again")
	require.NoError(t, c.DeleteNamespace(ctx, "bookinfo-1"))
	require.NoError(t, c.DeleteNamespace(ctx, "bookinfo-1"), "again")
	assert.Equal(t, before, server.Objects(t))
}

// On a cluster that was made for the run everything is the run's, and nothing is marked.
func TestAMadeClusterIsTheRuns(t *testing.T) {
	t.Parallel()
	server, c := clustertest.New(t, users)
	ctx := t.Context()
	require.NoError(t, c.Namespace(ctx, "default", map[string]string{"istio-injection": "enabled"}))
	require.NoError(t, c.Apply(ctx, "istio-system", secret))
	assert.NotContains(t, server.Objects(t)["/api/v1/namespaces/istio-system/secrets/lightstep-access-token"], cluster.RunLabel)
	require.NoError(t, c.RollOut(ctx, "default", "shop"))
	require.NoError(t, c.DeleteNamespace(ctx, "lightstep"))
}

// The context is taken by its name, so that programs which are told it take the same
// cluster, whatever the file's current one becomes.
func TestTheCurrentContextIsNamed(t *testing.T) {
	_, c := clustertest.New(t, "")
	assert.Equal(t, "shop", c.Context)
	t.Setenv("KUBECONFIG", c.Kubeconfig)
	same, err := cluster.Connect("", "shop")
	require.NoError(t, err)
	assert.Equal(t, c.Config.Host, same.Config.Host)
	_, err = cluster.Connect("", "elsewhere")
	require.Error(t, err)
}

// A run that is interrupted makes nothing more.
func TestStop(t *testing.T) {
	t.Parallel()
	server, c := clustertest.New(t, users)
	c.Run = "mine"
	require.NoError(t, c.Namespace(t.Context(), "before", nil))
	before := server.Objects(t)
	c.Stop()
	require.ErrorIs(t, c.Namespace(t.Context(), "after", nil), cluster.ErrStopped)
	require.ErrorIs(t, c.DeleteNamespace(t.Context(), "before"), cluster.ErrStopped)
	assert.Equal(t, before, server.Objects(t))
	again, err := cluster.Connect(c.Kubeconfig, c.Context)
	require.NoError(t, err)
	again.Run = c.Run
	require.NoError(t, again.DeleteNamespace(t.Context(), "before"), "another connection takes it back")
}

func TestSnapshots(t *testing.T) {
	t.Parallel()
	server, c := clustertest.New(t, users)
	ctx := t.Context()
	before, err := c.Snapshot(ctx)
	require.NoError(t, err)
	assert.Len(t, before, 5)
	require.NoError(t, c.Namespace(ctx, "default", map[string]string{"istio-injection": "enabled"}))
	require.NoError(t, c.Namespace(ctx, "new", nil))
	require.NoError(t, c.DeleteNamespace(ctx, "lightstep"))
	// istiod writes these whenever it comes to a new namespace.
	require.NoError(t, c.Apply(ctx, "new", "{apiVersion: v1, kind: ConfigMap, metadata: {name: istio-ca-crl, namespace: new}}"))
	require.NoError(t, c.Apply(ctx, "new", "{apiVersion: v1, kind: ConfigMap, metadata: {name: istio-ca-crl-of-a-user, namespace: new}}"))
	after, err := c.Snapshot(ctx)
	require.NoError(t, err)
	assert.Equal(t, []string{"+ ConfigMap new/istio-ca-crl-of-a-user", "+ Namespace /new", "- Namespace /lightstep", "~ Namespace /default: metadata.labels.istio-injection"}, before.Diff(after))
	assert.Empty(t, after.Diff(after))
	assert.NotEmpty(t, server.Writes())
}

const pods = `
apiVersion: v1
kind: Pod
metadata:
  name: shop-1a-x
  namespace: default
  labels: {app: shop, pod-template-hash: 1a}
  ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: shop-1a, uid: u1}]
---
apiVersion: v1
kind: Pod
metadata: {name: alone, namespace: default, labels: {of: user}}
`

// A pod that another of the same owner and labels replaces is the same; another label, or
// an owner that has none any more, is not.
func TestSnapshotsOfPods(t *testing.T) {
	t.Parallel()
	taken := func(changes ...string) cluster.Snapshot {
		_, c := clustertest.New(t, strings.NewReplacer(changes...).Replace(pods))
		s, err := c.Snapshot(t.Context())
		require.NoError(t, err)
		return s
	}
	before := taken()
	assert.Empty(t, before.Diff(taken("1a", "2b", "-x", "-y", "u1", "u2")), "a new revision")
	assert.Empty(t, before.Diff(taken("kind: Pod\nmetadata: {name: alone", "kind: Pod\nmetadata: {name: helper-pod-1, namespace: default}\n"+
		"---\napiVersion: v1\nkind: Pod\nmetadata: {name: alone")), "kind's own")
	assert.Equal(t, []string{"~ Pod default/of ReplicaSet shop: app=other, app=shop"}, before.Diff(taken("app: shop", "app: other")))
	assert.Equal(t, []string{"+ Pod default/another", "- Pod default/alone"}, before.Diff(taken("alone", "another")))
	assert.Equal(t, []string{"+ Pod default/of ReplicaSet till", "- Pod default/of ReplicaSet shop"}, before.Diff(taken("name: shop-1a,", "name: till-1a,")))
}

// Fields that differ are named, and what they hold is not.
func TestDiffNamesFields(t *testing.T) {
	t.Parallel()
	deployment := "{apiVersion: apps/v1, kind: Deployment, metadata: {name: a, namespace: default}, spec: {list: [{image: one}, 2], count: 1}}"
	taken := func(stream string) cluster.Snapshot {
		_, c := clustertest.New(t, stream)
		s, err := c.Snapshot(t.Context())
		require.NoError(t, err)
		return s
	}
	assert.Equal(t, []string{"~ Deployment default/a: spec.count, spec.list[0].image"},
		taken(deployment).Diff(taken(strings.NewReplacer("one", "two", "count: 1", "count: null").Replace(deployment))))
	assert.Equal(t, []string{"~ Deployment default/a: spec.list"}, taken(deployment).Diff(taken(strings.Replace(deployment, ", 2", "", 1))))
}

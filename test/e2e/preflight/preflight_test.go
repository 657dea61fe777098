package preflight_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/cluster/clustertest"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/preflight"
)

var plan = preflight.Plan{
	Context: "shop", Named: "shop", Namespaces: []string{"lightstep-1", "bookinfo-1"}, Release: "spans", ReleaseNamespace: "istio-system",
	Istio: true, IstioNamespace: "istio-system",
}

// Each of these alone is a reason to change nothing.
var reasons = map[string]string{
	"namespace lightstep-1":                                       `{apiVersion: v1, kind: Namespace, metadata: {name: lightstep-1}}`,
	"namespace istio-system":                                      `{apiVersion: v1, kind: Namespace, metadata: {name: istio-system}}`,
	"Secret istio-system/lightstep-access-token":                  `{apiVersion: v1, kind: Secret, metadata: {name: lightstep-access-token, namespace: istio-system}}`,
	"Secret istio-system/lightstep.cacert":                        `{apiVersion: v1, kind: Secret, metadata: {name: lightstep.cacert, namespace: istio-system}}`,
	"ConfigMap istio-system/spans":                                `{apiVersion: v1, kind: ConfigMap, metadata: {name: spans, namespace: istio-system}}`,
	"release spans, Secret istio-system/sh.helm.release.v1.spans": `{apiVersion: v1, kind: Secret, metadata: {name: sh.helm.release.v1.spans.v1, namespace: istio-system, labels: {owner: helm, name: spans}}}`,
	"PersistentVolumeClaim istio-system/queue-0":                  `{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: queue-0, namespace: istio-system, labels: {app.kubernetes.io/instance: spans}}}`,
	"StatefulSet istio-system/spans":                              `{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: spans, namespace: istio-system, labels: {app.kubernetes.io/instance: spans}}}`,
	"definition gateways.networking.istio.io":                     `{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: gateways.networking.istio.io}}`,
	"webhook istio-sidecar-injector":                              `{apiVersion: admissionregistration.k8s.io/v1, kind: MutatingWebhookConfiguration, metadata: {name: istio-sidecar-injector}}`,
	"webhook istiod-default-validator":                            `{apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingWebhookConfiguration, metadata: {name: istiod-default-validator}}`,
}

// others exist too, and are of no concern.
const others = `
apiVersion: v1
kind: Namespace
metadata: {name: lightstep}
---
apiVersion: v1
kind: Secret
metadata: {name: sh.helm.release.v1.other.v1, namespace: istio-system, labels: {owner: helm, name: other}}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: certificates.cert-manager.io}
---
`

func TestNothingExists(t *testing.T) {
	t.Parallel()
	server, c := clustertest.New(t, others)
	require.NoError(t, plan.Check(t.Context(), c))
	assert.Empty(t, server.Writes())
}

func TestWhatExistsIsAReason(t *testing.T) {
	t.Parallel()
	all := ""
	for says, object := range reasons {
		server, c := clustertest.New(t, others+object)
		err := plan.Check(t.Context(), c)
		require.ErrorContains(t, err, "nothing was changed", says)
		require.ErrorContains(t, err, says)
		assert.Empty(t, server.Writes())
		all += "---\n" + object + "\n"
	}
	_, c := clustertest.New(t, all)
	err := plan.Check(t.Context(), c)
	for says := range reasons {
		require.ErrorContains(t, err, says, "all are said at once")
	}
	mine := plan
	mine.Istio = false
	err = mine.Check(t.Context(), c)
	require.Error(t, err)
	for _, istios := range []string{"namespace istio-system", "definition", "webhook"} {
		assert.NotContains(t, err.Error(), istios, "Istio stays")
	}
}

func TestTheClusterMustBeNamed(t *testing.T) {
	t.Parallel()
	_, c := clustertest.New(t, "")
	other := plan
	other.Named = "stage"
	require.ErrorContains(t, other.Check(t.Context(), c), `names the context "stage", and the cluster is that of "shop"`)
}

func TestThePlanIsListed(t *testing.T) {
	t.Parallel()
	other := plan
	other.Further, other.Secrets = []string{"bookinfo-RANDOM"}, []string{"token"}
	for _, says := range []string{"create and delete  namespace bookinfo-RANDOM\n", "create and delete  Secret istio-system/token, if there is none\n"} {
		assert.Contains(t, other.String(), says)
		assert.NotContains(t, plan.String(), says)
	}
	for _, says := range []string{"context shop", "namespace bookinfo-1", "release spans in namespace istio-system", "all of Istio", "nothing else"} {
		assert.Contains(t, plan.String(), says)
	}
	mine := plan
	mine.Istio = false
	assert.NotContains(t, mine.String(), "all of Istio")
	assert.Contains(t, mine.String(), "tracing of the whole mesh")
}

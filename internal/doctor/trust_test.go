package doctor

import (
	"encoding/base64"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/istio-lightstep/istio-lightstep/internal/doctor/finding"
)

// TestATenantsIstiodRunsNoMesh has a tenant label a Deployment as istiod, with all
// that a control plane of the chart's needs. It changes no finding.
func TestATenantsIstiodRunsNoMesh(t *testing.T) {
	t.Parallel()
	ratings := "Pod bookinfo/ratings-v1-7c9-a1"
	tenantsCA := base64.StdEncoding.EncodeToString([]byte(authorities(t)["LS-CA-DIFFERS"]))
	for name, c := range map[string]struct {
		base    string
		changes []change
		ids     []string
	}{
		"a mesh without a fault": {base: "collector"},
		"the command of a fix": {
			base: "collector", changes: []change{{Delete: "ConfigMap istio-system/istio-lightstep"}},
			ids: []string{"LS-SHARED-MISSING"},
		},
		"a proxy whose revision is gone": {
			base:    "collector",
			changes: []change{{Patch: ratings, With: map[string]any{"metadata": map[string]any{"annotations": map[string]any{"sidecar.istio.io/status": `{"revision":"zzz"}`}}}}},
			ids:     []string{"LS-PROXY-ORPHAN"},
		},
		"a Telemetry whose revision is gone": {
			base:    "collector",
			changes: []change{{Patch: "Telemetry istio-system/istio-lightstep", With: map[string]any{"metadata": map[string]any{"labels": map[string]any{"istio.io/rev": "zzz"}}}}},
			ids:     []string{"LS-TELEMETRY-REVISION"},
		},
		"the CA that is copied": {
			base: "direct",
			changes: []change{
				{Delete: "Secret bookinfo/lightstep.cacert"},
				{Delete: "Secret istio-system/lightstep.cacert"},
				{Apply: "apiVersion: v1\nkind: Secret\nmetadata: {name: lightstep.cacert, namespace: aaa-tenant}\ndata: {cacert.pem: " + tenantsCA + "}\n"},
			},
			ids: []string{"LS-CA-MISSING", "LS-CA-MISSING"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			look := func(files ...string) []finding.Finding {
				r := invaded(t, c.base, files...)
				for _, change := range c.changes {
					change.apply(t, r)
				}
				snapshot, d := examined(t, r)
				found := d.Examine(snapshot, nil)
				result := d.Summarise(snapshot, nil, found)
				assert.Len(t, result.Planes, 1)
				text := outputs(t, result)["doctor"]
				if len(files) > 0 {
					assert.Equal(t, []string{"aaa-tenant/my-app"}, result.Strangers)
					assert.Contains(t, text, "not a control plane, although labelled as one: aaa-tenant/my-app")
				} else {
					assert.NotContains(t, text, "not a control plane")
				}
				return found
			}
			alone, invaded := look(), look("fakeistiod.yaml")
			assert.Equal(t, c.ids, append([]string(nil), idsOf(invaded)...))
			assert.Equal(t, alone, invaded)
			for _, f := range invaded {
				assert.NotContains(t, f.Mend, "aaa-tenant")
			}
		})
	}
}

// TestWhoRunsTheMeshIsUnknown: without the right to see webhooks, nothing is
// concluded from what might be a control plane, and that is no pass.
func TestWhoRunsTheMeshIsUnknown(t *testing.T) {
	t.Parallel()
	r := invaded(t, "collector", "fakeistiod.yaml")
	change{Patch: "Pod bookinfo/ratings-v1-7c9-a1", With: map[string]any{"metadata": map[string]any{"annotations": map[string]any{"sidecar.istio.io/status": `{"revision":"zzz"}`}}}}.apply(t, r)
	r.Denied = []string{"mutatingwebhookconfigurations.admissionregistration.k8s.io", "validatingwebhookconfigurations.admissionregistration.k8s.io"}
	snapshot, d := examined(t, r)
	found := d.Examine(snapshot, nil)
	assert.Empty(t, found)
	assert.True(t, d.Summarise(snapshot, nil, found).Partial())
	change{Delete: "Deployment istio-system/istiod"}.apply(t, r)
	snapshot, d = examined(t, r)
	assert.NotContains(t, idsOf(d.Examine(snapshot, nil)), "LS-ISTIOD-MISSING")
}

// TestATenantsFaultExplainsNothingOfOthers: what is wrong in one namespace is the
// cause of what its own proxies say, not of what others do.
func TestATenantsFaultExplainsNothingOfOthers(t *testing.T) {
	t.Parallel()
	r := recordedBase(t, "collector")
	const shop = "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {istio-injection: enabled}}\n"
	for _, c := range []change{{Apply: shop}, {Apply: otherPod}, tenantsRule("shop", `["."]`, collectorHost, "ISTIO_MUTUAL")} {
		c.apply(t, r)
	}
	snapshot, d := examined(t, r)
	failing := func(namespace, workload string) *Observations {
		return proxyState(func(s *ProxyState) {
			s.Pod.Namespace, s.Workload, s.After.Succeeded, s.After.Failed = namespace, workload, 9, 1
		})
	}
	assert.Equal(t, []string{"LS-ROUTE-MTLS"}, idsOf(d.Examine(snapshot, failing("shop", "deployment/cart"))))
	assert.Equal(t, []string{"LS-ROUTE-MTLS", "LS-PROXY-FAILING"}, idsOf(d.Examine(snapshot, failing("bookinfo", "deployment/ratings-v1"))))
}

// TestATenantsTelemetryIsNoExcuse: a Telemetry that is labelled as the chart's, in
// a namespace of a tenant, and called wanted, does not hide that the mesh has none.
func TestATenantsTelemetryIsNoExcuse(t *testing.T) {
	t.Parallel()
	r := recordedBase(t, "collector")
	change{Move: &struct {
		Object    string `json:"object"`
		Namespace string `json:"namespace"`
	}{"Telemetry istio-system/istio-lightstep", "bookinfo"}}.apply(t, r)
	onPurpose("Telemetry bookinfo/istio-lightstep", "LS-TELEMETRY-NAMESPACE").apply(t, r)
	snapshot, d := examined(t, r)
	result := d.Summarise(snapshot, nil, d.Examine(snapshot, nil))
	assert.Equal(t, []string{"LS-TELEMETRY-NAMESPACE"}, idsOf(result.Findings))
	assert.True(t, result.Errors())
}

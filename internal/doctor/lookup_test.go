package doctor

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What a mesh has beside the objects of the chart.
const (
	collectorHost = "istio-lightstep-collector.istio-system.svc.cluster.local"
	meshMutual    = `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: default, namespace: istio-system}
spec: {host: "*.local", trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}}
`
	otherPod = `
apiVersion: v1
kind: Pod
metadata: {name: cart, namespace: shop, labels: {app: cart, pod-template-hash: x}, ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: cart, controller: true, uid: "1"}]}
spec: {containers: [{name: istio-proxy, image: "docker.io/istio/proxyv2:1.26.2", args: [proxy, sidecar]}]}
status: {phase: Running}
`
)

const unselectedPod = `
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web, pod-template-hash: x}, ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, controller: true, uid: "2"}]}
spec: {containers: [{name: istio-proxy, image: "docker.io/istio/proxyv2:1.26.2", args: [proxy, sidecar]}]}
status: {phase: Running}
`

// selecting is a rule for some workloads alone, with which no span arrives.
func selecting(namespace, labels, host string) change {
	return change{Apply: `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: mine, namespace: ` + namespace + `}
spec: {workloadSelector: {matchLabels: ` + labels + `}, host: "` + host + `", trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}}
`}
}

func tenantsRule(namespace, exportTo, host, mode string) change {
	return change{Apply: `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: mine, namespace: ` + namespace + `}
spec: {exportTo: ` + exportTo + `, host: "` + host + `", trafficPolicy: {tls: {mode: ` + mode + `}}}
`}
}

// aged is a rule of shop for the collector that has an age.
func aged(name, created, mode string) change {
	rule := tenantsRule("shop", `["."]`, collectorHost, mode).Apply
	return change{Apply: strings.Replace(rule, "name: mine", "name: "+name+", creationTimestamp: \""+created+"\"", 1)}
}

// TestTheRuleThatCounts: Istio looks for a DestinationRule in the namespace of the
// proxies, then in that of the service, then in the root namespace, and heeds
// exportTo in the latter two.
func TestTheRuleThatCounts(t *testing.T) {
	t.Parallel()
	ours := change{Delete: "DestinationRule istio-system/istio-lightstep-collector"}
	hide := change{Patch: "DestinationRule istio-system/istio-lightstep-collector", With: map[string]any{"spec": map[string]any{"exportTo": []any{"shop"}}}}
	secure := change{Delete: "DestinationRule istio-system/istio-lightstep-satellite"}
	for name, c := range map[string]struct {
		base    string
		changes []change
		lost    map[string]string // by the finding's id and subject
	}{
		"a rule of a namespace without proxies masks nothing": {
			"collector",
			[]change{ours, {Apply: meshMutual}, tenantsRule("aaa", `["."]`, collectorHost, "DISABLE")},
			map[string]string{"LS-ROUTE-MTLS destinationrule istio-system/default": "every span"},
		},
		"even exported to all": {
			"collector",
			[]change{ours, {Apply: meshMutual}, tenantsRule("aaa", `["*"]`, collectorHost, "DISABLE")},
			map[string]string{"LS-ROUTE-MTLS destinationrule istio-system/default": "every span"},
		},
		"nor harms": {"collector", []change{tenantsRule("aaa", `["*"]`, collectorHost, "ISTIO_MUTUAL")}, nil},
		"a tenant's rule is that of its proxies alone": {
			"collector",
			[]change{{Apply: otherPod}, tenantsRule("shop", `["*"]`, collectorHost, "ISTIO_MUTUAL")},
			map[string]string{"LS-ROUTE-MTLS destinationrule shop/mine": "every span of namespace shop"},
		},
		"and comes first although it fits less": {
			"collector",
			[]change{{Apply: otherPod}, tenantsRule("shop", `["."]`, "*.local", "ISTIO_MUTUAL")},
			map[string]string{"LS-ROUTE-MTLS destinationrule shop/mine": "every span of namespace shop"},
		},
		"a tenant's rule saves its own proxies": {
			"collector",
			[]change{ours, {Apply: meshMutual}, {Apply: otherPod}, tenantsRule("shop", `["."]`, collectorHost, "DISABLE")},
			map[string]string{"LS-ROUTE-MTLS destinationrule istio-system/default": "every span of 2 namespaces (bookinfo, istio-system)"},
		},
		"a rule that is not exported to them is not theirs, and hides one that fits less": {"collector", []change{{Apply: otherPod}, hide, {Apply: meshMutual}}, nil},
		"a rule for a host with a dot, and not the whole name, is for none": {
			"collector",
			[]change{{Apply: otherPod}, tenantsRule("shop", `["."]`, "istio-lightstep-collector.istio-system", "ISTIO_MUTUAL")},
			nil,
		},
		"a rule that is exported elsewhere is none for its own namespace": {
			"collector", []change{{Apply: otherPod}, tenantsRule("shop", `["aaa"]`, collectorHost, "ISTIO_MUTUAL")}, nil,
		},
		"of two rules for a host the oldest with a policy counts": {
			"collector",
			[]change{
				{Apply: otherPod},
				aged("b", "2026-11-22T10:00:02Z", "ISTIO_MUTUAL"), aged("a", "2026-11-22T10:00:03Z", "DISABLE"),
				{Apply: strings.Replace(strings.Replace(aged("mine", "2026-11-22T10:00:01Z", "DISABLE").Apply, ", trafficPolicy: {tls: {mode: DISABLE}}", "", 1), "mine", "bare", 1)},
			},
			map[string]string{"LS-ROUTE-MTLS destinationrule shop/b": "every span of namespace shop"},
		},
		"settings of the port replace those of the host": {
			"collector",
			[]change{{Apply: otherPod}, {Apply: strings.Replace(tenantsRule("shop", `["."]`, collectorHost, "ISTIO_MUTUAL").Apply,
				"ISTIO_MUTUAL}}", "ISTIO_MUTUAL}, portLevelSettings: [{port: {number: 4317}}]}", 1)}},
			nil,
		},
		"a rule with a selector is that of the pods that it selects": {
			"collector",
			[]change{{Apply: otherPod}, {Apply: unselectedPod}, selecting("shop", `{app: cart}`, collectorHost)},
			map[string]string{"LS-ROUTE-MTLS destinationrule shop/mine": "every span of 1 pod of namespace shop"},
		},
		"even where it has no labels": {
			"collector",
			[]change{{Apply: otherPod}, selecting("shop", `{}`, collectorHost)},
			map[string]string{"LS-ROUTE-MTLS destinationrule shop/mine": "every span of namespace shop"},
		},
		"it harms no pod of another namespace": {"collector", []change{{Apply: otherPod}, selecting("istio-system", `{app: cart}`, collectorHost)}, nil},
		"nor one without its labels":           {"collector", []change{{Apply: unselectedPod}, selecting("shop", `{app: cart}`, collectorHost)}, nil},
		"nor where another fits closer": {
			"collector",
			[]change{{Apply: otherPod}, selecting("shop", `{app: cart}`, "*.local"), {Apply: strings.Replace(tenantsRule("shop", `["."]`, collectorHost, "DISABLE").Apply, "mine", "other", 1)}},
			nil,
		},
		"a tenant's rule is none for the satellite": {
			"direct",
			[]change{secure, tenantsRule("aaa", `["*"]`, "satellite.istio-lightstep.internal", "SIMPLE")},
			map[string]string{"LS-ROUTE-RULE host satellite.istio-lightstep.internal": "every span"},
		},
		"a tenant switches TLS to the satellite off for itself": {
			"direct",
			[]change{
				{Apply: otherPod},
				{Apply: "apiVersion: v1\nkind: Secret\nmetadata: {name: lightstep.cacert, namespace: shop}\n"},
				tenantsRule("shop", `["."]`, "satellite.istio-lightstep.internal", "DISABLE"),
			},
			map[string]string{"LS-ROUTE-RULE-TLS destinationrule shop/mine": "every span of namespace shop"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := recordedBase(t, c.base)
			for _, change := range c.changes {
				change.apply(t, r)
			}
			snapshot, d := examined(t, r)
			lost := map[string]string{}
			for _, f := range d.Examine(snapshot, nil) {
				if len(f.ID) > 8 && f.ID[:8] == "LS-ROUTE" {
					lost[f.ID+" "+f.Subject] = f.Lost
					require.NotEmpty(t, f.Fix())
					if f.Subject == "destinationrule shop/mine" {
						assert.Empty(t, f.Mend, "no object of the chart's changes it")
					}
				}
			}
			if c.lost == nil {
				c.lost = map[string]string{}
			}
			assert.Equal(t, c.lost, lost)
		})
	}
}

// TestRulesAreExportedAsTheMeshConfigSays where they do not say it themselves.
func TestRulesAreExportedAsTheMeshConfigSays(t *testing.T) {
	t.Parallel()
	snapshot, d := examined(t, recordedBase(t, "collector"))
	e := &examination{Doctor: d, Snapshot: snapshot}
	p := e.planes()[0]
	ours := &snapshot.DestinationRules[0]
	ours.ExportTo = nil
	require.Same(t, ours, e.ruleFor(p, "bookinfo"))
	p.Config.RuleExportTo = []string{"."}
	assert.Nil(t, e.ruleFor(p, "bookinfo"))
	assert.Same(t, ours, e.ruleFor(p, "istio-system"))
	ours.ExportTo = []string{".", "bookinfo"}
	assert.Same(t, ours, e.ruleFor(p, "bookinfo"))
	assert.Nil(t, e.ruleFor(p, ""), "no rule of all")
}

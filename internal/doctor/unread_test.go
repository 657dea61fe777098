package doctor

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
)

// TestAnUnreadableObjectHidesNoOther has a tenant make an object that has a value
// of the wrong type, as Istio's definitions without a schema let it.
func TestAnUnreadableObjectHidesNoOther(t *testing.T) {
	t.Parallel()
	unreadable := func(version, kind, spec string) string {
		return "apiVersion: " + version + "\nkind: " + kind + "\nmetadata: {name: bad, namespace: bookinfo}\nspec: " + spec + "\n"
	}
	telemetry := unreadable("telemetry.istio.io/v1", "Telemetry", `{tracing: "x"}`)
	for name, c := range map[string]struct {
		base   string
		broken []change
		id     string
		bad    string
		named  mesh.Gap
	}{
		"Telemetry": {
			"collector",
			[]change{{Delete: "Telemetry istio-system/istio-lightstep"}},
			"LS-TELEMETRY-MISSING",
			telemetry,
			mesh.Gap{What: "telemetry bookinfo/bad", Why: "spec.tracing has a value of the wrong type", Object: true},
		},
		"ServiceEntry": {
			"direct",
			[]change{{Delete: "ServiceEntry istio-system/istio-lightstep-satellite"}},
			"LS-ROUTE-SERVICE-ENTRY",
			unreadable("networking.istio.io/v1", "ServiceEntry", `{hosts: 3}`),
			mesh.Gap{What: "serviceentry bookinfo/bad", Why: "spec.hosts has a value of the wrong type", Object: true},
		},
		"DestinationRule": {
			"direct",
			[]change{{Delete: "DestinationRule istio-system/istio-lightstep-satellite"}},
			"LS-ROUTE-RULE",
			unreadable("networking.istio.io/v1", "DestinationRule", `{trafficPolicy: {tls: x}}`),
			mesh.Gap{What: "destinationrule bookinfo/bad", Why: "spec.trafficPolicy.tls has a value of the wrong type", Object: true},
		},
		"Sidecar": {
			"collector",
			[]change{{Apply: `
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: default, namespace: bookinfo}
spec: {egress: [{hosts: ["./*"]}]}
`}},
			"LS-ROUTE-SIDECAR",
			unreadable("networking.istio.io/v1", "Sidecar", `{egress: x}`),
			mesh.Gap{What: "sidecar bookinfo/bad", Why: "spec.egress has a value of the wrong type", Object: true},
		},
		"NetworkPolicy": {
			"collector",
			[]change{{Apply: `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: closed, namespace: bookinfo}
spec: {podSelector: {}, policyTypes: [Egress]}
`}},
			"LS-ROUTE-POLICY-WORKLOAD",
			unreadable("networking.k8s.io/v1", "NetworkPolicy", `{podSelector: x}`),
			mesh.Gap{What: "networkpolicy bookinfo/bad", Why: "spec.podSelector has a value of the wrong type", Object: true},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := recordedBase(t, c.base)
			change{Apply: c.bad}.apply(t, r)
			snapshot, d := examined(t, r)
			assert.Equal(t, []mesh.Gap{c.named}, snapshot.Gaps)
			assert.Empty(t, d.Examine(snapshot, nil))
			for _, change := range c.broken {
				change.apply(t, r)
			}
			snapshot, d = examined(t, r)
			found := d.Examine(snapshot, nil)
			assert.Equal(t, []string{c.id}, idsOf(found))
			result := d.Summarise(snapshot, nil, found)
			assert.True(t, result.Partial(), "what cannot be read is no pass")
			assert.Contains(t, outputs(t, result)["doctor"], "could not check "+c.named.What+": "+c.named.Why+"\n")
			for _, p := range result.Problems() {
				if p.ID == "LS-NOT-LOOKED-AT" {
					assert.Equal(t, "correct the object, or delete it", p.Fix)
				}
			}
		})
	}
	r := recordedBase(t, "collector")
	for i := range 12 {
		change{Apply: strings.Replace(telemetry, "name: bad", fmt.Sprintf("name: bad-%d", i), 1)}.apply(t, r)
	}
	snapshot, _ := examined(t, r)
	assert.Len(t, snapshot.Gaps, 6)
	assert.Equal(t, mesh.Gap{What: "7 more telemetries.telemetry.istio.io", Why: "they cannot be read", Object: true}, snapshot.Gaps[5])
}

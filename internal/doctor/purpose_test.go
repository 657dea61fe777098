package doctor

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

// annotated is the mesh in which a namespace's spans are off and one of its
// workloads has an old proxy.
func annotated(t *testing.T, changes ...change) *Result {
	t.Helper()
	r := recordedBase(t, "collector")
	changes = append([]change{{Apply: `
apiVersion: telemetry.istio.io/v1
kind: Telemetry
metadata: {name: quiet, namespace: bookinfo}
spec: {tracing: [{disableSpanReporting: true}]}
`}, {Patch: "Pod bookinfo/ratings-v1-7c9-a1", With: map[string]any{"spec": map[string]any{"initContainers": []any{
		map[string]any{"name": "istio-proxy", "image": "docker.io/istio/proxyv2:1.16.0", "args": []any{"proxy", "sidecar"}},
	}}}}}, changes...)
	for _, c := range changes {
		c.apply(t, r)
	}
	snapshot, d := examined(t, r)
	return d.Summarise(snapshot, nil, d.Examine(snapshot, nil))
}

func onPurpose(object, ids string) change {
	return change{Patch: object, With: map[string]any{"metadata": map[string]any{"annotations": map[string]any{"istio-lightstep.io/on-purpose": ids}}}}
}

func TestWhatIsOnPurposeIsCountedAndNoMore(t *testing.T) {
	t.Parallel()
	r := annotated(t)
	assert.Equal(t, []string{"LS-PROXY-OLD", "LS-TELEMETRY-DISABLED"}, idsOf(r.Findings))
	assert.True(t, r.Errors())

	r = annotated(t, onPurpose("Telemetry bookinfo/quiet", "LS-X, LS-TELEMETRY-DISABLED"))
	assert.Equal(t, []string{"LS-PROXY-OLD"}, idsOf(r.Findings))
	assert.Contains(t, outputs(t, r)["doctor"], "\n1 finding ignored: LS-TELEMETRY-DISABLED (1 by annotation on telemetry/bookinfo/quiet)\n")

	r.Ignore(func(id string) bool { return id == "LS-PROXY-OLD" }, "--ignore")
	assert.False(t, r.Errors())
	assert.False(t, problem.HasErrors(r.Problems()))
	said := outputs(t, r)
	const counted = "2 findings ignored: LS-TELEMETRY-DISABLED (1 by annotation on telemetry/bookinfo/quiet), LS-PROXY-OLD (1 by --ignore)"
	for format, wanted := range map[string]string{
		"text": counted, "doctor": counted, "github": "::notice title=ignored::" + counted, "JSON": `"ignoredBy": "--ignore"`,
		"sarif": `"justification": "ignored by --ignore"`, "junit": `<skipped message="ignored by --ignore">`, "json": `"ignoredBy": "--ignore"`,
	} {
		assert.Contains(t, said[format], wanted, format)
	}
	assert.NotContains(t, said["doctor"], "error:")
	assert.Contains(t, said["doctor"], "No lost spans found.")
}

func TestAnAnnotationCountsForItsOwnObjectAlone(t *testing.T) {
	t.Parallel()
	both := []string{"LS-PROXY-OLD", "LS-TELEMETRY-DISABLED"}
	for _, c := range []change{
		onPurpose("Namespace bookinfo", "LS-TELEMETRY-DISABLED,LS-PROXY-OLD"),
		onPurpose("Telemetry istio-system/istio-lightstep", "LS-TELEMETRY-DISABLED,LS-PROXY-OLD"),
		onPurpose("Telemetry bookinfo/quiet", "LS-TELEMETRY-, LS-*, LS-PROXY-OLD"),
		onPurpose("Pod bookinfo/productpage-v1-7c9-a1", "LS-PROXY-OLD"),
	} {
		r := annotated(t, c)
		assert.Equal(t, both, idsOf(r.Findings), c.Patch)
		assert.Empty(t, r.Ignored, c.Patch)
	}
	r := annotated(t, onPurpose("Pod bookinfo/ratings-v1-7c9-a1", "LS-PROXY-OLD"))
	assert.Equal(t, both[1:], idsOf(r.Findings))
	// One pod does not speak for its workload.
	second := change{Apply: strings.ReplaceAll(`
apiVersion: v1
kind: Pod
metadata: {name: X, namespace: bookinfo, labels: {pod-template-hash: x}, ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: ratings-v1, controller: true, uid: "1"}]}
spec: {containers: [{name: istio-proxy, image: "docker.io/istio/proxyv2:1.16.0", args: [proxy, sidecar]}]}
status: {phase: Running}
`, "X", "ratings-other")}
	r = annotated(t, onPurpose("Pod bookinfo/ratings-v1-7c9-a1", "LS-PROXY-OLD"), second)
	assert.Equal(t, both, idsOf(r.Findings))
}

// TestATenantSilencesNothingOfTheMesh: what decides for all counts where those
// can write who run the mesh.
func TestATenantSilencesNothingOfTheMesh(t *testing.T) {
	t.Parallel()
	for namespace, silenced := range map[string]bool{"bookinfo": false, "istio-system": true} {
		r := recordedBase(t, "direct")
		for _, c := range []change{{Delete: "DestinationRule istio-system/istio-lightstep-satellite"}, {Apply: `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: plain, namespace: ` + namespace + `, annotations: {istio-lightstep.io/on-purpose: LS-ROUTE-RULE-TLS}}
spec: {host: satellite.istio-lightstep.internal, trafficPolicy: {tls: {mode: DISABLE}}}
`}} {
			c.apply(t, r)
		}
		snapshot, d := examined(t, r)
		result := d.Summarise(snapshot, nil, d.Examine(snapshot, nil))
		assert.Equal(t, !silenced, slices.Contains(idsOf(result.Findings), "LS-ROUTE-RULE-TLS"), namespace)
		assert.Equal(t, silenced, slices.Contains(idsOf(result.Ignored), "LS-ROUTE-RULE-TLS"), namespace)
	}
}

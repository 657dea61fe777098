package doctor

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

// claimOf is a claim with the labels of the chart's collectors.
func claimOf(namespace, name string) change {
	return change{Apply: fmt.Sprintf(`
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: %q
  namespace: %s
  labels: {app.kubernetes.io/name: istio-lightstep, app.kubernetes.io/instance: istio-lightstep, app.kubernetes.io/component: collector}
`, name, namespace)}
}

func TestClaimsThatAreInUseOrNotOursAreNotTold(t *testing.T) {
	t.Parallel()
	r := recordedBase(t, "collector")
	for _, c := range []change{
		claimOf("istio-system", "queue-istio-lightstep-collector-0"),
		claimOf("istio-system", "queue-istio-lightstep-collector-1"),
		claimOf("istio-system", "data-istio-lightstep-collector-7"),
		claimOf("istio-system", "queue-istio-lightstep-collector-last"),
		claimOf("istio-system", "queue-7"),
		claimOf("bookinfo", "queue-istio-lightstep-collector-7"),
	} {
		c.apply(t, r)
	}
	snapshot, d := examined(t, r)
	assert.Empty(t, d.Examine(snapshot, nil))
	assert.Len(t, snapshot.Claims, 2)
}

func TestClaimsOfACollectorThatIsScaledToNothingAreNoFindingOfTheirOwn(t *testing.T) {
	t.Parallel()
	r := recordedBase(t, "collector")
	for _, b := range breakages(t) {
		if b.ID == "LS-COLLECTOR-SCALED-DOWN" && b.Base == "collector" {
			for _, c := range b.Break {
				c.apply(t, r)
			}
		}
	}
	claimOf("istio-system", "queue-istio-lightstep-collector-0").apply(t, r)
	snapshot, d := examined(t, r)
	assert.Equal(t, []string{"LS-COLLECTOR-SCALED-DOWN"}, idsOf(d.Examine(snapshot, nil)))
}

// TestANameOfAClaimIsNoCommand has a claim whose name Kubernetes would not take.
func TestANameOfAClaimIsNoCommand(t *testing.T) {
	t.Parallel()
	r := recordedBase(t, "direct")
	claimOf("istio-system", "queue-$(reboot)\x1b[2J-0").apply(t, r)
	snapshot, d := examined(t, r)
	found := d.Examine(snapshot, nil)
	assert.Equal(t, []string{"LS-COLLECTOR-CLAIM-LEFT"}, idsOf(found))
	for _, f := range found {
		assert.NotContains(t, f.Mend, "$(")
		assert.NotContains(t, f.Reason+f.Subject, "\x1b")
	}
}

func TestWhoMayNotSeeClaimsIsToldAndNotFailed(t *testing.T) {
	t.Parallel()
	r := recordedBase(t, "collector")
	r.Denied = []string{"persistentvolumeclaims"}
	snapshot, d := examined(t, r)
	result := d.Summarise(snapshot, nil, d.Examine(snapshot, nil))
	assert.Equal(t, []mesh.Gap{{What: "persistentvolumeclaims in namespace istio-system", Why: "permission denied", Optional: true}}, result.Gaps)
	assert.False(t, result.Partial())
	for _, p := range result.Problems() {
		assert.Equal(t, problem.SeverityWarning, p.Severity)
	}
}

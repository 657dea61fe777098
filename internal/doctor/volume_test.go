package doctor

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

// TestWhoMayNotAskAKubeletIsToldAndNotFailed has somebody with the ClusterRole
// of docs, which does not give a right over all containers of a node.
func TestWhoMayNotAskAKubeletIsToldAndNotFailed(t *testing.T) {
	t.Parallel()
	snapshot, d := examined(t, recordedBase(t, "collector"))
	forbidden := apierrors.NewForbidden(schema.GroupResource{Resource: "nodes"}, "worker-1", nil)
	seen := d.Observe(t.Context(), &fakePods{nodes: forbidden, asked: map[mesh.Ref]int{}}, snapshot, Asking{Parallel: 2, Timeout: DefaultTimeout})
	result := d.Summarise(snapshot, seen, d.Examine(snapshot, seen))
	assert.Equal(t, []mesh.Gap{{
		What: "the volume usage of the collectors", Why: "permission denied: reading volume usage from a kubelet requires the permission to get nodes/proxy", Optional: true,
	}}, result.Gaps)
	assert.False(t, result.Partial())
	var out strings.Builder
	require.NoError(t, result.WriteText(&out, false))
	assert.Contains(t, out.String(), "No lost spans found.")
	assert.Contains(t, out.String(), "could not check the volume usage of the collectors: permission denied")
	require.Len(t, result.Problems(), 1)
	assert.Equal(t, problem.SeverityWarning, result.Problems()[0].Severity)

	result.Gaps = append(result.Gaps, mesh.Gap{What: "secrets", Why: "permission denied"})
	assert.True(t, result.Partial())
}

func TestAVolumeIsMadeTwiceAsLarge(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "10Gi", VolumeState{}.larger())
	assert.Equal(t, "64Gi", VolumeState{Capacity: 32 << 30}.larger())
	assert.Equal(t, "63Gi", VolumeState{Capacity: 31<<30 + 1<<28}.larger())
}

func FuzzReadVolumes(f *testing.F) {
	f.Add([]byte(`{"pods":[{"podRef":{"name":"a","namespace":"b"},"volume":[{"capacityBytes":1,"pvcRef":{"name":"c"}}]}]}`))
	c := &collector{pods: []*mesh.Pod{{Meta: mesh.Meta{Ref: mesh.Ref{Namespace: "b", Name: "a"}}}}}
	f.Fuzz(func(t *testing.T, answer []byte) {
		found, err := readVolumes(answer, []*collector{c})
		for _, v := range found {
			require.NoError(t, err)
			assert.LessOrEqual(t, v.used(), 1.0)
		}
	})
}

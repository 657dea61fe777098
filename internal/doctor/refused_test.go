package doctor

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
)

// refusedApp is a ReplicaSet of a namespace and the event of its refused pod.
const refusedApp = `apiVersion: v1
kind: Event
metadata: {name: NAME.1, namespace: SPACE}
reason: FailedCreate
involvedObject: {apiVersion: apps/v1, kind: ReplicaSet, name: NAME, namespace: SPACE}
message: 'Error creating: pods "x" is forbidden: exceeded quota: small, requested: pods=1'
lastTimestamp: "2026-12-01T12:50:00Z"
---
apiVersion: apps/v1
kind: ReplicaSet
metadata: {name: NAME, namespace: SPACE}
spec: {replicas: 1, selector: {matchLabels: {app: x}}, template: {metadata: {labels: {app: x}}}}
status: {replicas: 0}
`

func refuse(t *testing.T, r *mesh.Recorded, namespace, name string) {
	t.Helper()
	change{Apply: strings.NewReplacer("NAME", name, "SPACE", namespace).Replace(refusedApp)}.apply(t, r)
}

func TestWhatWasRefusedAndIsNotAnyMoreIsNotTold(t *testing.T) {
	t.Parallel()
	for name, mended := range map[string]func(*testing.T, *mesh.Recorded){
		"the pod is there": func(t *testing.T, r *mesh.Recorded) {
			t.Helper()
			change{Patch: "ReplicaSet bookinfo/app-5c7", With: map[string]any{"status": map[string]any{"replicas": 1}}}.apply(t, r)
		},
		"a pod was made since, and another is on its way": func(t *testing.T, r *mesh.Recorded) {
			t.Helper()
			change{Apply: `{apiVersion: v1, kind: Pod, metadata: {name: app-5c7-zx2, namespace: bookinfo, creationTimestamp: "2026-12-01T12:51:00Z",
labels: {sidecar.istio.io/inject: "false"}}}`}.apply(t, r)
		},
		"nobody wants it any more": func(t *testing.T, r *mesh.Recorded) {
			t.Helper()
			change{Delete: "ReplicaSet bookinfo/app-5c7"}.apply(t, r)
		},
		"its namespace is not of the mesh": func(t *testing.T, r *mesh.Recorded) {
			t.Helper()
			for _, object := range []string{"ReplicaSet bookinfo/app-5c7", "Event bookinfo/app-5c7.1"} {
				change{Move: &struct {
					Object    string `json:"object"`
					Namespace string `json:"namespace"`
				}{object, "default"}}.apply(t, r)
			}
			for i := range r.Objects {
				if r.Objects[i].GetKind() == "Event" {
					require.NoError(t, unstructured.SetNestedField(r.Objects[i].Object, "default", "involvedObject", "namespace"))
				}
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := recordedBase(t, "collector")
			refuse(t, r, "bookinfo", "app-5c7")
			snapshot, d := examined(t, r)
			require.Equal(t, []string{"LS-POD-REFUSED"}, idsOf(d.Examine(snapshot, nil)))
			mended(t, r)
			snapshot, d = examined(t, r)
			assert.Empty(t, d.Examine(snapshot, nil))
			assert.Empty(t, snapshot.Gaps)
		})
	}
}

func TestALongRefusalIsCutShort(t *testing.T) {
	t.Parallel()
	assert.Equal(t, strings.Repeat("é", longest)+"…", short(strings.Repeat("é", longest+1)))
	whole := strings.Repeat("é", longest)
	assert.Equal(t, whole, short(whole))
}

// TestRefusalsAreAskedForWithinABound has a mesh of which nothing can be made.
func TestRefusalsAreAskedForWithinABound(t *testing.T) {
	t.Parallel()
	r := recordedBase(t, "collector")
	server := &apiServer{objects: r}
	cluster := serve(t, server)
	_, err := mesh.Read(t.Context(), cluster, mesh.Options{})
	require.NoError(t, err)
	before := server.calls
	for i := range 60 {
		refuse(t, r, "bookinfo", fmt.Sprintf("app%d-5c7", i))
	}
	cluster = serve(t, server)
	snapshot, err := mesh.Read(t.Context(), cluster, mesh.Options{})
	require.NoError(t, err)
	assert.Len(t, snapshot.Refusals, 50)
	assert.Equal(t, []mesh.Gap{{What: "10 more workloads whose pods were refused", Why: "50 are looked at"}}, snapshot.Gaps)
	const pages = 60/7 + 1
	assert.Equal(t, 50+pages-1, server.calls-2*before, "one request for each, and those for the pages of events")
}

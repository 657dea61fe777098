package doctor

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
	"github.com/istio-lightstep/istio-lightstep/test/eras"
)

// now is when the recorded meshes are looked at.
var now = time.Date(2026, 12, 1, 13, 0, 0, 0, time.UTC)

// change is one change of a recorded mesh. Those of breakages are what a user
// might do: delete, apply, and patch, which merges as `kubectl patch
// --type=merge` does.
type change struct {
	Delete string         `json:"delete"` // KIND NAMESPACE/NAME
	Patch  string         `json:"patch"`  // KIND NAMESPACE/NAME
	With   map[string]any `json:"with"`
	Apply  string         `json:"apply"` // an object
	Move   *struct {
		Object    string `json:"object"`
		Namespace string `json:"namespace"`
	} `json:"move"`
	Mount *struct {
		Pods   string `json:"pods"` // the namespace of those with a proxy
		Path   string `json:"path"`
		Secret string `json:"secret"`
	} `json:"mount"`
	Version *struct{ From, To string } `json:"version"` // in every image
}

type base struct {
	Example string   `json:"example"`
	Changes []change `json:"changes"`
}

func readYAML(t *testing.T, name string, into any) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	require.NoError(t, err)
	require.NoError(t, yaml.UnmarshalStrict(data, into), name)
}

// recordedBase makes a healthy mesh: what runs, and what the chart rendered.
func recordedBase(t *testing.T, name string) *mesh.Recorded {
	t.Helper()
	var bases map[string]base
	readYAML(t, "bases.yaml", &bases)
	b, ok := bases[name]
	require.True(t, ok, "testdata/bases.yaml has no %q", name)
	runs, err := os.ReadFile(filepath.Join("testdata", "mesh.yaml"))
	require.NoError(t, err)
	rendered, err := eras.Golden(filepath.Join("..", "..", "examples", b.Example), "cluster")
	require.NoError(t, err)
	r := &mesh.Recorded{}
	for i, data := range [][]byte{runs, rendered} {
		part, err := mesh.ReadRecorded(bytes.NewReader(data))
		require.NoError(t, err)
		for _, o := range part.Objects {
			if i == 1 {
				installed(&o)
			}
			if _, hook := o.GetAnnotations()["helm.sh/hook"]; !hook {
				r.Objects = append(r.Objects, o)
			}
		}
	}
	for _, c := range b.Changes {
		c.apply(t, r)
	}
	return r
}

// installed marks an object as Helm does.
func installed(o *unstructured.Unstructured) {
	annotations := o.GetAnnotations()
	if annotations == nil {
		annotations = map[string]string{}
	}
	annotations["meta.helm.sh/release-name"] = "istio-lightstep"
	annotations["meta.helm.sh/release-namespace"] = "istio-system"
	o.SetAnnotations(annotations)
	_ = unstructured.SetNestedField(o.Object, "2026-11-22T10:30:00Z", "metadata", "creationTimestamp")
}

func find(t *testing.T, r *mesh.Recorded, name string) int {
	t.Helper()
	kind, at, found := strings.Cut(name, " ")
	require.True(t, found, name)
	i := slices.IndexFunc(r.Objects, func(o unstructured.Unstructured) bool {
		full := strings.TrimPrefix(o.GetNamespace()+"/"+o.GetName(), "/")
		return o.GetKind() == kind && full == at
	})
	require.GreaterOrEqual(t, i, 0, "there is no %s", name)
	return i
}

func (c change) apply(t *testing.T, r *mesh.Recorded) {
	t.Helper()
	switch {
	case c.Delete != "":
		i := find(t, r, c.Delete)
		r.Objects = slices.Delete(r.Objects, i, i+1)
	case c.Patch != "":
		i := find(t, r, c.Patch)
		r.Objects[i].Object = mergePatch(r.Objects[i].Object, c.With)
	case c.Apply != "":
		part, err := mesh.ReadRecorded(strings.NewReader(c.Apply))
		require.NoError(t, err)
		require.NotEmpty(t, part.Objects)
		r.Objects = append(r.Objects, part.Objects...)
	case c.Move != nil:
		r.Objects[find(t, r, c.Move.Object)].SetNamespace(c.Move.Namespace)
	case c.Mount != nil:
		c.mount(t, r)
	case c.Version != nil:
		for i, o := range r.Objects {
			data, err := o.MarshalJSON()
			require.NoError(t, err)
			data = bytes.ReplaceAll(data, []byte(":"+c.Version.From), []byte(":"+c.Version.To))
			require.NoError(t, r.Objects[i].UnmarshalJSON(data))
		}
	default:
		require.Fail(t, "a change that changes nothing")
	}
}

// mount mounts a Secret in the proxies of a namespace.
func (c change) mount(t *testing.T, r *mesh.Recorded) {
	t.Helper()
	for i := range r.Objects {
		o := &r.Objects[i]
		if o.GetKind() != "Pod" || o.GetNamespace() != c.Mount.Pods {
			continue
		}
		for _, list := range []string{"containers", "initContainers"} {
			containers, _, err := unstructured.NestedSlice(o.Object, "spec", list)
			require.NoError(t, err)
			for _, one := range containers {
				if container, ok := one.(map[string]any); ok && container["name"] == "istio-proxy" {
					container["volumeMounts"] = []any{map[string]any{"name": "certs", "mountPath": c.Mount.Path}}
				}
			}
			if containers != nil {
				require.NoError(t, unstructured.SetNestedSlice(o.Object, containers, "spec", list))
			}
		}
		volume := map[string]any{"name": "certs", "secret": map[string]any{"secretName": c.Mount.Secret, "optional": true}}
		require.NoError(t, unstructured.SetNestedSlice(o.Object, []any{volume}, "spec", "volumes"))
	}
}

// mergePatch is RFC 7386.
func mergePatch(target, patch map[string]any) map[string]any {
	merged := make(map[string]any, len(target))
	for key, value := range target {
		merged[key] = value
	}
	for key, value := range patch {
		inner, isMap := value.(map[string]any)
		switch {
		case value == nil:
			delete(merged, key)
		case isMap:
			before, _ := merged[key].(map[string]any)
			merged[key] = mergePatch(before, inner)
		default:
			merged[key] = value
		}
	}
	return merged
}

// examined examines a recorded mesh.
func examined(t *testing.T, r *mesh.Recorded) (*mesh.Snapshot, *Doctor) {
	t.Helper()
	snapshot, err := mesh.Read(t.Context(), r, mesh.Options{})
	require.NoError(t, err)
	snapshot.At = now
	d, err := New()
	require.NoError(t, err)
	return snapshot, d
}

package insync

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func read(t *testing.T, text string) map[string]any {
	t.Helper()
	var object map[string]any
	require.NoError(t, json.Unmarshal([]byte(text), &object))
	return object
}

func TestDifferences(t *testing.T) {
	t.Parallel()
	kept := `{"spec": {"cpu": "1", "list": [{"a": 1, "default": true}], "more": 3}, "status": {}}`
	for applied, want := range map[string][]string{
		`{"spec": {"cpu": "1", "list": [{"a": 1}]}}`: nil,
		`{"spec": {"cpu": "1000m"}}`:                 {`.spec.cpu: "1000m" was applied, and "1" is kept`},
		`{"spec": {"list": []}}`:                     {".spec.list: 0 items were applied, and 1 are kept"},
		`{"spec": {"list": [{"a": 2, "b": 1}]}}`:     {".spec.list[0].a: 2 was applied, and 1 is kept", ".spec.list[0].b: 1 was applied, and it is gone"},
		`{"spec": {"cpu": {}, "more": [3]}}`:         {".spec.cpu: a map was applied, and it is gone", ".spec.more: 1 items were applied, and 0 are kept"},
		`{"spec": {"none": null}}`:                   {".spec.none: <nil> was applied, and it is gone"},
	} {
		assert.Equal(t, want, Differences(read(t, applied), read(t, kept)), applied)
	}
}

const ports = `{"apiVersion": "v1", "kind": "A", "metadata": {"name": "a", "namespace": "b", "labels": {"x": "y"}},
	"spec": {"ports": [{"port": 1, "name": "one"}, {"port": 2}], "atomic": {"a": [1]}, "set": ["x"]}}`

func TestOwned(t *testing.T) {
	t.Parallel()
	const all = `{"f:metadata": {"f:labels": {"f:x": {}}}, "f:spec": {"f:atomic": {}, "f:set": {"v:\"x\"": {}}, "f:ports": {
		"k:{\"port\":1,\"protocol\":\"TCP\"}": {".": {}, "f:port": {}, "f:name": {}}, "k:{\"port\":2,\"protocol\":\"TCP\"}": {".": {}, "f:port": {}}}}}`
	assert.Empty(t, Owned(read(t, ports), read(t, all)))
	const others = `{"f:metadata": {"f:labels": {"f:x": {}, "f:z": {}}}, "f:spec": {"f:atomic": {}, "f:set": {"v:\"y\"": {}}, "f:ports": {
		"k:{\"port\":1,\"protocol\":\"TCP\"}": {".": {}, "f:port": {}}, "k:{\"port\":3,\"protocol\":\"TCP\"}": {}, "bad": {}}}}`
	assert.Equal(t, []string{
		".metadata.labels.z: it is owned, and was not applied",
		".spec.ports[bad]: it is owned, and was not applied",
		".spec.ports[0].name: it was applied, and is not owned",
		`.spec.ports[{"port":3,"protocol":"TCP"}]: it is owned, and was not applied`,
		".spec.ports[1]: it was applied, and is not owned",
		`.spec.set["y"]: it is owned, and was not applied`,
		".spec.set[0]: it was applied, and is not owned",
	}, Owned(read(t, ports), read(t, others)))
}

func TestWholeNumbersAreOfAnyType(t *testing.T) {
	t.Parallel()
	assert.Empty(t, Differences(map[string]any{"a": int64(1)}, map[string]any{"a": 1.0}))
	assert.Empty(t, Owned(map[string]any{"metadata": map[string]any{"name": "a"}, "data": "b"}, map[string]any{"f:data": map[string]any{}}))
}

func TestTaken(t *testing.T) {
	t.Parallel()
	const others = `{"f:status": {"f:a": {}}, "f:metadata": {"f:labels": {".": {}, "f:z": {}}},
		"f:spec": {"f:ports": {"k:{\"port\":1}": {".": {}, "f:name": {}}}}}`
	assert.Equal(t, []string{".spec.ports[0].name"}, Taken(read(t, ports), read(t, others)))
}

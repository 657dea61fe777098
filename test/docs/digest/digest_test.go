package digest_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/test/docs/digest"
)

// tree makes one whose examples render these objects.
func tree(t *testing.T, objects string) string {
	t.Helper()
	root := t.TempDir()
	for _, example := range []string{"istio-1.26", "istio-1.26-direct"} {
		dir := filepath.Join(root, "examples", example, "rendered")
		require.NoError(t, os.MkdirAll(dir, 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "cluster.yaml"), []byte(objects), 0o600))
	}
	return root
}

func digests(t *testing.T, objects string) string {
	t.Helper()
	root := tree(t, objects)
	of, err := digest.Defaults(root)
	require.NoError(t, err)
	all, err := digest.Examples(root)
	require.NoError(t, err)
	other := filepath.Join(root, "examples", "backends", "rendered")
	require.NoError(t, os.MkdirAll(other, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(other, "cluster.diff"), []byte("--- ../../istio-1.26/rendered/cluster.yaml\n+kind: C\n"), 0o600))
	again, err := digest.Defaults(root)
	require.NoError(t, err)
	assert.Equal(t, of, again, "another example is none of the defaults")
	further, err := digest.Examples(root)
	require.NoError(t, err)
	assert.NotEqual(t, all, further)
	return of
}

// A comment and the chart's own version change no digest of the examples, a value does.
func TestDigestOfTheExamples(t *testing.T) {
	t.Parallel()
	of := func(objects string) string {
		all, err := digest.Examples(tree(t, objects))
		require.NoError(t, err)
		return all
	}
	assert.Equal(t, of(objects), of(strings.ReplaceAll(strings.Replace(objects, "# Source", "# Other", 1), "0.1.0", "0.2.0")))
	assert.NotEqual(t, of(objects), of(strings.Replace(objects, "name: a", "name: b", 1)))
}

const objects = `---
# Source: istio-lightstep/templates/a.yaml
kind: A
metadata:
  name: a
  labels: {helm.sh/chart: istio-lightstep-0.1.0, app.kubernetes.io/version: "0.1.0"}
---
kind: B
spec: {template: {metadata: {labels: {helm.sh/chart: istio-lightstep-0.1.0}}}, list: [{image: "c:1"}]}
`

func TestDigestIsThatOfWhatAUserGets(t *testing.T) {
	t.Parallel()
	first := digests(t, objects)
	for what, other := range map[string]string{
		"a comment":         strings.Replace(objects, "# Source", "# Other source", 1),
		"the version":       strings.ReplaceAll(objects, "0.1.0", "0.2.0"),
		"how it is written": strings.Replace(objects, `"c:1"`, `'c:1'`, 1),
	} {
		assert.Equal(t, first, digests(t, other), what)
	}
	for what, other := range map[string]string{
		"a value":   strings.Replace(objects, "c:1", "c:2", 1),
		"an object": objects + "---\nkind: C\n",
		"a label":   strings.Replace(objects, "name: a", "name: b", 1),
	} {
		assert.NotEqual(t, first, digests(t, other), what)
	}
	_, err := digest.Defaults(t.TempDir())
	require.ErrorContains(t, err, "has no rendered objects")
	_, err = digest.Defaults(tree(t, "a: [\n"))
	require.ErrorContains(t, err, "cluster.yaml")
}

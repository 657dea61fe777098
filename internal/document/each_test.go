package document_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/internal/document"
	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// TestOpenEach: one document that cannot be read hides no other one, and nothing
// of its text is lost.
func TestOpenEach(t *testing.T) {
	const text = "\ufeffa: 1\nb: 2\n---\nports:\n  5432: {}\n--- # ü\n- a list\n---\n{{ if .Values.x }}\nc: {{ .x }}\n---\nd: [1, 2]\ne: 3\n"
	file, unread, err := document.OpenEach([]byte(text))
	require.NoError(t, err)
	require.Len(t, file.Roots, 2)
	require.Len(t, unread, 3)
	assert.Equal(t, 5, unread[0].Err.Problem.Line)
	assert.Equal(t, "mapping key must be a string", unread[0].Err.Problem.Reason)
	assert.Equal(t, 7, unread[1].Err.Problem.Line)
	assert.Contains(t, unread[2].Text, "{{ if")
	_, d := yamltree.Entry(file.Roots[1], "d")
	line, column := file.Position(d.Content[1])
	assert.Equal(t, [2]int{12, 8}, [2]int{line, column})
	key, _ := yamltree.Entry(file.Roots[1], "d")
	file.Remove(key)
	after, cuts, err := file.Bytes()
	require.NoError(t, err)
	assert.Len(t, cuts, 1)
	assert.Equal(t, "\ufeffa: 1\nb: 2\n---\nports:\n  5432: {}\n--- # ü\n- a list\n---\n{{ if .Values.x }}\nc: {{ .x }}\n---\ne: 3\n", string(after))
}

func TestOpenEachReadsAllOrNothing(t *testing.T) {
	_, unread, err := document.OpenEach([]byte("a: 1\n---\nb: 2\n"))
	require.NoError(t, err)
	assert.Empty(t, unread)
	_, _, err = document.OpenEach([]byte("a: \xff"))
	require.ErrorContains(t, err, "not UTF-8")
	file, unread, err := document.OpenEach([]byte("a: [\n"))
	require.NoError(t, err)
	assert.Empty(t, file.Roots)
	assert.Len(t, unread, 1)
}

// TestOpenFindsPatches: lists of JSON patches stand beside the documents, and stay as
// they are.
func TestOpenFindsPatches(t *testing.T) {
	const patch = "- {op: add, path: /a, value: 1}\n"
	file, err := document.Open([]byte("a: 1\nb: 2\n---\n" + patch))
	require.NoError(t, err)
	require.Len(t, file.Roots, 1)
	require.Len(t, file.Patches, 1)
	key, _ := yamltree.Entry(file.Roots[0], "a")
	file.Remove(key)
	after, _, err := file.Bytes()
	require.NoError(t, err)
	assert.Equal(t, "b: 2\n---\n"+patch, string(after))
	_, err = document.Normalise([]byte(patch))
	require.ErrorContains(t, err, "a list of JSON patches")
	_, err = document.Open([]byte("- {op: add, path: /a, value: {b: 1, b: 2}}\n"))
	require.ErrorContains(t, err, "duplicate key")
}

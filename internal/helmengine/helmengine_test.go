package helmengine

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"helm.sh/helm/v3/pkg/chart/loader"
)

const fixtureDir = "testdata/fixture"

func loadFixture(tb testing.TB) *Chart {
	tb.Helper()
	c, err := Load(os.DirFS(fixtureDir))
	require.NoError(tb, err)
	return c
}

// input gives a render of the chart with the user's values.
func input(tb testing.TB, c *Chart, user map[string]any) Input {
	tb.Helper()
	capabilities, err := c.Capabilities("v1.34.0")
	require.NoError(tb, err)
	return Input{ReleaseName: "rel", Namespace: "ns", Capabilities: capabilities, Values: c.Coalesce(user)}
}

// Helm reads a folder and applies its .helmignore; from a file system we must
// come to the same files.
func TestLoadReadsWhatHelmReads(t *testing.T) {
	for _, dir := range []string{fixtureDir, "../../charts/istio-lightstep"} {
		want, err := loader.LoadDir(dir)
		require.NoError(t, err)
		got, err := Load(os.DirFS(dir))
		require.NoError(t, err)
		assert.Equal(t, want, got.chart, "files of %s", dir)
	}
}

func TestLoadRefuses(t *testing.T) {
	_, err := Load(os.DirFS("testdata"))
	assert.ErrorContains(t, err, "Chart.yaml file is missing")

	dir := t.TempDir()
	chart := "apiVersion: v2\nname: a\nversion: 1.0.0\ndependencies: [{name: b, version: 1.0.0, repository: ''}]\n"
	require.NoError(t, os.WriteFile(dir+"/Chart.yaml", []byte(chart), 0o600))
	_, err = Load(os.DirFS(dir))
	assert.ErrorContains(t, err, "dependencies is not supported")
}

func TestFile(t *testing.T) {
	c := loadFixture(t)
	data, err := c.File("files/rules.json")
	require.NoError(t, err)
	assert.JSONEq(t, `{"rules": ["kept"]}`, string(data))
	data[0] = 'x'
	again, err := c.File("files/rules.json")
	require.NoError(t, err)
	assert.Equal(t, byte('{'), again[0], "the chart's own bytes were handed out")

	_, err = c.File("files/rules.yaml")
	assert.ErrorIs(t, err, fs.ErrNotExist, "an ignored file")
}

func TestRenderKeepsTemplatesFromTheCallersValues(t *testing.T) {
	c := loadFixture(t)
	in := input(t, c, nil)
	_, err := c.Render(t.Context(), in)
	require.NoError(t, err)
	assert.NotContains(t, in.Values, "_memo")
	assert.Empty(t, in.State)

	in.Values["_memo"] = "taken"
	out, err := c.Render(t.Context(), in)
	require.NoError(t, err)
	assert.Contains(t, string(YAML(out)), "memo: computed", "a key of the values is not the templates' own")

	in.State = map[string]any{"_memo": "given"}
	out, err = c.Render(t.Context(), in)
	require.NoError(t, err)
	assert.Contains(t, string(YAML(out)), "memo: given", "a value set beforehand")
}

func TestRenderErrors(t *testing.T) {
	c := loadFixture(t)
	_, err := c.Render(t.Context(), input(t, c, map[string]any{"name": "refused"}))
	assert.EqualError(t, err, "execution error at (fixture/templates/fails.yaml:1:38): \n\nname: refused")
	_, err = c.Render(t.Context(), input(t, c, map[string]any{"name": "broken"}))
	assert.ErrorContains(t, err, "YAML parse error on fixture/templates/fails.yaml")

	for version, want := range map[string]string{
		"":      `invalid Kubernetes version ""`,
		"new":   `invalid Kubernetes version "new"`,
		"v1.12": "chart fixture needs Kubernetes >= 1.13.0-0, not v1.12",
	} {
		_, err = c.Capabilities(version)
		assert.ErrorContains(t, err, want)
	}
	_, err = c.Render(t.Context(), Input{})
	assert.ErrorContains(t, err, "no capabilities given")

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = c.Render(ctx, input(t, c, nil))
	assert.ErrorIs(t, err, context.Canceled)
}

func TestIncludeAndNotes(t *testing.T) {
	c := loadFixture(t)
	text, err := c.Include(t.Context(), "fixture.explain", input(t, c, nil))
	require.NoError(t, err)
	assert.Equal(t, "name=default count=1 release=ns/rel kube=v1.34.0 files={\"rules\": [\"kept\"]}\n", text)

	_, err = c.Include(t.Context(), "fixture.absent", input(t, c, nil))
	assert.ErrorContains(t, err, "fixture.absent")

	notes, err := c.Notes(t.Context(), input(t, c, map[string]any{"name": "refused"}))
	require.NoError(t, err)
	assert.Equal(t, "Notes for rel.\n", notes)
}

func TestLookup(t *testing.T) {
	c := loadFixture(t)
	in := input(t, c, nil)
	var asked []string
	in.Lookup = func(apiVersion, kind, namespace, name string) (map[string]any, error) {
		asked = append(asked, strings.Join([]string{apiVersion, kind, namespace, name}, " "))
		if kind == "Pod" {
			return map[string]any{"items": []any{map[string]any{"kind": "Pod"}, map[string]any{"kind": "Pod"}}}, nil
		}
		return map[string]any{"metadata": map[string]any{"uid": "u-1"}}, nil
	}
	out, err := c.Render(t.Context(), in)
	require.NoError(t, err)
	assert.Contains(t, string(YAML(out)), "  uid: u-1\n  pods: \"2\"\n")
	assert.Equal(t, []string{"v1 Namespace  kube-system", "v1 Pod default "}, asked)

	in.Lookup = func(string, string, string, string) (map[string]any, error) { return nil, nil }
	out, err = c.Render(t.Context(), in)
	require.NoError(t, err)
	assert.NotContains(t, string(YAML(out)), "uid:", "nothing found")

	in.Lookup = func(string, string, string, string) (map[string]any, error) { return nil, errors.New("forbidden") }
	_, err = c.Render(t.Context(), in)
	assert.ErrorContains(t, err, "forbidden")
}

func TestRenderIsConcurrentAndDeterministic(t *testing.T) {
	c := loadFixture(t)
	shared := input(t, c, map[string]any{"count": 3})
	want, err := c.Render(t.Context(), shared)
	require.NoError(t, err)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 20 {
				got, err := c.Render(t.Context(), shared)
				assert.NoError(t, err)
				assert.Equal(t, string(YAML(want)), string(YAML(got)))
			}
		})
	}
	group.Wait()
}

// Helm renders the notes with the documents, so notes that fail refuse the
// values; they are no document.
func TestRenderRefusesWhereNotesFail(t *testing.T) {
	c := smallChart(t, map[string]string{"a.yaml": "kind: ConfigMap\n", "NOTES.txt": `{{ if .Values.bad }}{{ fail "no notes" }}{{ end }}told`})
	out, err := c.Render(t.Context(), input(t, c, nil))
	require.NoError(t, err)
	assert.NotContains(t, string(YAML(out)), "told")
	in := input(t, c, map[string]any{"bad": true})
	_, err = c.Render(t.Context(), in)
	_, wantErr := ByHelm(c, in)
	require.Error(t, wantErr)
	assert.EqualError(t, err, wantErr.Error())
}

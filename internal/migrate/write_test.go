package migrate_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/internal/migrate"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
	"github.com/istio-lightstep/istio-lightstep/pkg/render"
)

const mine = `# mine
global:
  proxy: {tracer: lightstep, image: proxyv2}
  tracer:
    lightstep:
      address: satellite.example.com:443
      accessToken: t0kz9d6b7a1e4c52
      cacertPath: /etc/lightstep/cacert.pem
`

func migrated(t *testing.T, name, to string) *migrate.Result {
	t.Helper()
	result, err := migrate.Migrate(t.Context(), []migrate.Source{{Name: name, Data: []byte(mine)}}, migrate.Options{To: to})
	require.NoError(t, err)
	return result
}

func TestWrite(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	written, err := migrated(t, "old/istio.yaml", "1.28").Write(t.Context(), dir, false)
	require.NoError(t, err)
	assert.Equal(t, []string{"values.yaml", "secret.yaml", "report.md", "istio.yaml"}, written)
	for name, mode := range map[string]os.FileMode{"values.yaml": 0o644, "secret.yaml": 0o600, "report.md": 0o600, "istio.yaml": 0o600} {
		info, err := os.Stat(filepath.Join(dir, name))
		require.NoError(t, err)
		assert.Equal(t, mode, info.Mode().Perm(), name)
		text, err := os.ReadFile(filepath.Join(dir, name))
		require.NoError(t, err)
		assert.Equal(t, name == "secret.yaml", containsToken(text), name)
	}
	left, err := os.ReadFile(filepath.Join(dir, "istio.yaml"))
	require.NoError(t, err)
	assert.Equal(t, "# mine\nglobal:\n  proxy: {image: proxyv2}\n", string(left))
	assert.Empty(t, problems(t, filepath.Join(dir, "values.yaml")), "values.yaml alone passes the check")
}

func TestWriteToNative(t *testing.T) {
	dir := t.TempDir()
	written, err := migrated(t, "values.yaml", "1.14").Write(t.Context(), dir, false)
	require.NoError(t, err)
	assert.Equal(t, []string{"values.yaml", "token-values.yaml", "report.md", "values.2.yaml"}, written)
	info, err := os.Stat(filepath.Join(dir, "token-values.yaml"))
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	assert.Empty(t, problems(t, filepath.Join(dir, "values.yaml"), filepath.Join(dir, "token-values.yaml")))
}

func TestWriteOverwritesNothing(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "report.md"), []byte("mine"), 0o600))
	result := migrated(t, "istio.yaml", "1.28")
	_, err := result.Write(t.Context(), dir, false)
	var there *migrate.ExistsError
	require.ErrorAs(t, err, &there)
	assert.Equal(t, []string{"report.md"}, there.Files)
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Len(t, entries, 1, "nothing was written")

	_, err = result.Write(t.Context(), dir, true)
	require.NoError(t, err)
	text, err := os.ReadFile(filepath.Join(dir, "report.md"))
	require.NoError(t, err)
	assert.Contains(t, string(text), "# Migration")
}

func TestWriteRefusesWhatIsNoFile(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.Symlink("elsewhere", filepath.Join(dir, "secret.yaml")))
	_, err := migrated(t, "istio.yaml", "1.28").Write(t.Context(), dir, true)
	require.ErrorContains(t, err, "is no plain file")
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Len(t, entries, 1)
}

func containsToken(text []byte) bool {
	return strings.Contains(string(text), "t0kz9d6b7a1e4c52")
}

// problems gives the errors of the check.
func problems(t *testing.T, files ...string) []problem.Problem {
	t.Helper()
	var sources []render.Source
	for _, file := range files {
		sources = append(sources, render.File(file))
	}
	values, err := render.ReadValues(sources...)
	require.NoError(t, err)
	renderer, err := render.New()
	require.NoError(t, err)
	found, err := renderer.Check(t.Context(), values)
	require.NoError(t, err)
	var errors []problem.Problem
	for _, p := range found {
		if p.Severity == problem.SeverityError {
			errors = append(errors, p)
		}
	}
	return errors
}

// TestWriteSparesItsInputs: the steps install the files as they were, so none is
// written over, however it is named.
func TestWriteSparesItsInputs(t *testing.T) {
	for name, input := range map[string]string{
		"its own name":        "istio.yaml",
		"the name of another": "values.yaml",
		"by a link":           "link.yaml",
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			file := filepath.Join(dir, input)
			if name == "by a link" {
				require.NoError(t, os.WriteFile(filepath.Join(dir, "report.md"), []byte(mine), 0o600))
				file = filepath.Join(t.TempDir(), input)
				require.NoError(t, os.Symlink(filepath.Join(dir, "report.md"), file))
			} else {
				require.NoError(t, os.WriteFile(file, []byte(mine), 0o600))
			}
			for _, force := range []bool{false, true} {
				_, err := migrated(t, file, "1.28").Write(t.Context(), dir, force)
				var refused *migrate.InputError
				require.ErrorAs(t, err, &refused)
				require.ErrorContains(t, err, "name another folder")
			}
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			assert.Equal(t, mine, string(text))
			entries, err := os.ReadDir(dir)
			require.NoError(t, err)
			assert.Len(t, entries, 1)
		})
	}
}

//go:build release

package release

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"
)

// verifiesOpenPGP has Helm verify the chart and its plugin: both Helms the chart of
// the registry and of a server, Helm 4 the plugin. What another key signed, what was
// changed by one byte, and what has no provenance is refused.
func verifiesOpenPGP(t *testing.T, r released) {
	t.Helper()
	assets := filepath.Join(r.dist, "assets")
	archive, plugin := "istio-lightstep-"+version+".tgz", "helm-lightstep_"+version+"_"+here().os+"_"+here().arch+".tgz"
	key, err := readPGPKey(r.keyring, false)
	require.NoError(t, err)
	_, others := writePGP(t, newPGP(t, nil), "")

	pages := t.TempDir()
	require.NoError(t, os.CopyFS(filepath.Join(pages, "released"), os.DirFS(assets)))
	for _, file := range []string{archive, plugin} {
		content, err := os.ReadFile(filepath.Join(assets, file))
		require.NoError(t, err)
		write(t, filepath.Join(pages, "unsigned", file), content)
		content[4] ^= 1 // the time of gzip: it unpacks to the same
		write(t, filepath.Join(pages, "changed", file), content)
		signed, err := os.ReadFile(filepath.Join(assets, file+".prov"))
		require.NoError(t, err)
		write(t, filepath.Join(pages, "changed", file+".prov"), signed)
	}
	page := httptest.NewServer(http.FileServer(http.Dir(pages)))
	t.Cleanup(page.Close)

	const mismatch, stranger = "sha256 sum does not match", "openpgp: signature made by unknown entity"
	values := filepath.Join(r.root, "examples", "istio-1.26", "values.yaml")
	inRegistry := []string{"oci://" + r.registry + "/charts/istio-lightstep", "--version", version, "--plain-http"}
	for _, with := range []string{"HELM3", "HELM4"} {
		helm := func(keyring string, args ...string) (string, error) {
			return try(t.Context(), t.TempDir(), homeOfHelm(t), program(t, with), append(args, "--keyring", keyring)...)
		}
		for _, command := range [][]string{{"pull", "--verify"}, {"template", "istio-lightstep", "--verify", "-n", "istio-system", "-f", values}, {"show", "chart", "--verify"}} {
			printed, err := helm(r.keyring, append(command, inRegistry...)...)
			require.NoError(t, err, printed)
			if command[0] == "pull" {
				assert.Contains(t, printed, key.fingerprint, with)
			}
			printed, err = helm(others, append(command, inRegistry...)...)
			require.Error(t, err, "%s %s", with, command)
			assert.Contains(t, printed, stranger)
		}
		printed, err := helm(r.keyring, "pull", "--verify", page.URL+"/released/"+archive)
		require.NoError(t, err, printed)
		printed, err = helm(r.keyring, "pull", "--verify", page.URL+"/changed/"+archive)
		require.Error(t, err, with)
		assert.Contains(t, printed, mismatch)
		printed, err = helm(r.keyring, "pull", "--verify", page.URL+"/unsigned/"+archive)
		require.Error(t, err, with)
		assert.Contains(t, printed, ".prov")
	}

	install := func(from, keyring string) (string, error) {
		env := homeOfHelm(t)
		printed, err := try(t.Context(), t.TempDir(), env, program(t, "HELM4"), "plugin", "install", page.URL+"/"+from+"/"+plugin, "--keyring", keyring)
		if err == nil {
			assert.Contains(t, run(t, t.TempDir(), env, program(t, "HELM4"), "lightstep", "version"), "Version: v"+version)
		}
		return printed, err
	}
	printed, err := install("released", r.keyring)
	require.NoError(t, err, printed)
	assert.Contains(t, printed, "Using Key With Fingerprint: "+key.fingerprint)
	for _, refused := range []struct{ from, keyring, says string }{
		{"released", others, stranger}, {"changed", r.keyring, mismatch}, {"unsigned", r.keyring, "no provenance file (.prov) found"},
	} {
		printed, err := install(refused.from, refused.keyring)
		require.Error(t, err, refused)
		assert.Contains(t, printed, refused.says)
	}

	shown := run(t, t.TempDir(), nil, program(t, "HELM4"), append([]string{"show", "chart"}, inRegistry...)...)
	var chart struct{ Annotations map[string]string }
	require.NoError(t, yaml.Unmarshal([]byte(shown), &chart))
	var named signKey
	require.NoError(t, yaml.Unmarshal([]byte(chart.Annotations["artifacthub.io/signKey"]), &named))
	assert.Equal(t, signKey{key.fingerprint, repository + "/releases/download/v" + version + "/" + filepath.Base(r.keyring)}, named)
}

// homeOfHelm has Helm keep what it keeps in a folder of its own.
func homeOfHelm(t *testing.T) []string {
	t.Helper()
	home := t.TempDir()
	return []string{"HELM_CACHE_HOME=" + home + "/c", "HELM_CONFIG_HOME=" + home + "/o", "HELM_DATA_HOME=" + home + "/d"}
}

// write writes a file into a folder that may not exist yet.
func write(t *testing.T, file string, content []byte) {
	t.Helper()
	require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o750))
	require.NoError(t, os.WriteFile(file, content, 0o600))
}

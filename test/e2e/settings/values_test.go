package settings_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/settings"
)

type tree = map[string]any

func suites() tree {
	return tree{
		"global": tree{"tracer": tree{"lightstep": tree{"address": "satellite:9292", "accessToken": "suite's"}}},
		"cacert": tree{"pem": "suite's"}, "collector": tree{"replicas": 2},
	}
}

// README's recommended values name the Secret of the token: two tokens are refused.
func TestAUsersFileIsLastAndUnchanged(t *testing.T) {
	t.Parallel()
	own := suites()
	under, secrets, err := settings.Under(own, []byte("accessTokenFrom: {name: lightstep-access-token}\n"))
	require.NoError(t, err)
	assert.Equal(t, settings.Secrets{Token: "lightstep-access-token", TokenKey: "token"}, secrets)
	want := suites()
	delete(want["global"].(tree)["tracer"].(tree)["lightstep"].(tree), "accessToken")
	assert.Equal(t, want, under)
	assert.Equal(t, suites(), own, "the suite's own stay as they are")

	under, secrets, err = settings.Under(suites(), []byte("cacert: {existingSecret: {name: mine, key: ca.crt}}\n"))
	require.NoError(t, err)
	assert.Equal(t, settings.Secrets{CA: "mine", CAKey: "ca.crt"}, secrets)
	assert.Empty(t, under["cacert"])

	under, secrets, err = settings.Under(suites(), []byte("collector: {replicas: 3}\n"))
	require.NoError(t, err)
	assert.Equal(t, suites(), under)
	assert.Zero(t, secrets)
	_, _, err = settings.Under(suites(), []byte("{"))
	require.ErrorContains(t, err, "E2E_VALUES")
}

// What a file sets stays so, whatever a test sets: also a null, which takes a value away.
func TestWhatAUsersFileDecides(t *testing.T) {
	t.Parallel()
	file := []byte("istio: {version: 1.31.1, revision: null}\ndelivery: collector\n")
	for path, set := range map[string]bool{
		"istio.version": true, "istio.revision": true, "delivery": true, "istio": true,
		"istio.namespace": false, "cacert": false, "delivery.of": false, "cacert.pem.of": false,
	} {
		assert.Equal(t, set, settings.Decides(file, "meshConfig.shared", path), path)
	}
	assert.False(t, settings.Decides(nil, "istio.version"))
}

// The README's block for LightStep is the recommended file. Its satellite is the suite's on a
// kind cluster; elsewhere the suite's own is a backend beside it.
func TestAFileThatNamesASatellite(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../../README.md")
	require.NoError(t, err)
	_, block, _ := strings.Cut(string(page), "```yaml\nglobal:")
	block, _, _ = strings.Cut("global:"+block, "```")
	require.Contains(t, block, "address: lightstep-satellite.lightstep:9292")
	require.Contains(t, block, "accessTokenFrom:")

	kind := suites()
	kind["global"].(tree)["tracer"].(tree)["lightstep"].(tree)["address"] = "lightstep-satellite.lightstep:9292"
	under, secrets, err := settings.Under(kind, []byte(block))
	require.NoError(t, err)
	assert.False(t, secrets.Beside)
	assert.Equal(t, "lightstep-access-token", secrets.Token)
	assert.NotContains(t, under, "backends")

	under, secrets, err = settings.Under(suites(), []byte(block))
	require.NoError(t, err)
	assert.True(t, secrets.Beside)
	assert.Equal(t, []string{"lightstep-access-token", settings.Satellite}, secrets.Names())
	assert.Equal(t, tree{
		"collector": tree{"replicas": 2},
		"backends": tree{"e2e": tree{
			"preset": "lightstep", "endpoint": "satellite:9292",
			"headers": tree{"lightstep-access-token": tree{"secret": tree{"name": "e2e", "key": "token"}}},
			"tls":     tree{"ca": tree{"name": "e2e", "key": "cacert.pem"}},
		}},
	}, under)
	_, _, err = settings.Under(suites(), []byte(block+"delivery: direct\n"))
	require.ErrorContains(t, err, "SUITE=observe")

	under, secrets, err = settings.Under(suites(), []byte("backends: {honeycomb: {preset: honeycomb}}\n"))
	require.NoError(t, err)
	assert.Equal(t, suites(), under, "the suite's satellite stays where LightStep's is")
	assert.False(t, secrets.Beside)
}

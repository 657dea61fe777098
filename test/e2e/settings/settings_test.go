package settings_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/settings"
)

func env(pairs map[string]string) func(string) string {
	return func(name string) string { return pairs[name] }
}

func TestDefaultsAreWhatAUserInstalls(t *testing.T) {
	t.Parallel()
	s, err := settings.FromEnv(env(map[string]string{"HOME": "/home/me"}), "/repo")
	require.NoError(t, err)
	assert.Equal(t, "1.31.0", s.Istio.Version)
	assert.Equal(t, settings.Build, s.Images)
	assert.Equal(t, "istio-lightstep", s.Release)
	assert.Equal(t, "istio-system", s.Namespace)
	assert.Equal(t, "default", s.Application)
	assert.Equal(t, "istio-lightstep", s.Cluster)
	assert.Equal(t, "/home/me/.cache/istio-lightstep", s.Cache)
	assert.False(t, s.Own())
	assert.False(t, s.Keep)
}

func TestTheRunsOwnClusterIsNotTheUsers(t *testing.T) {
	t.Parallel()
	s, err := settings.FromEnv(env(map[string]string{"E2E_CLUSTER": "second"}), "/repo")
	require.NoError(t, err)
	assert.Equal(t, "second", s.Cluster)
	s.Kubeconfig = "/cache/e2e.kubeconfig" // as the run does once its kind cluster is there
	assert.False(t, s.Own())
}

func TestAClusterOfOnesOwn(t *testing.T) {
	t.Parallel()
	s, err := settings.FromEnv(env(map[string]string{
		"E2E_KUBECONFIG": "mine", "E2E_CONTEXT": "blue", "E2E_INSTALLED": "1", "KEEP": "true", "ISTIO": "1.20",
		"E2E_GATEWAY": "http://10.0.0.1:80/", "ISTIO_LIGHTSTEP_CACHE": "/cache",
	}), "/repo")
	require.NoError(t, err)
	assert.True(t, s.Own())
	assert.True(t, s.Installed)
	assert.True(t, s.Keep)
	assert.Equal(t, "blue", s.Context)
	assert.Equal(t, "http://10.0.0.1:80", s.Gateway)
	assert.Equal(t, "/cache", s.Cache)
	assert.False(t, s.Istio.RouterSpan)
}

func TestAllThatIsWrongIsSaidAtOnce(t *testing.T) {
	t.Parallel()
	_, err := settings.FromEnv(env(map[string]string{
		"ISTIO": "1.3", "IMAGES": "guess", "KEEP": "maybe", "E2E_INSTALLED": "1",
	}), "/repo")
	require.Error(t, err)
	assert.ErrorContains(t, err, "ISTIO=1.3 is not known: take one of 1.31, 1.28, 1.20")
	assert.ErrorContains(t, err, "IMAGES=guess is not known")
	assert.ErrorContains(t, err, "KEEP=maybe is neither 1 nor 0")
	assert.ErrorContains(t, err, "set E2E_KUBECONFIG too")
}

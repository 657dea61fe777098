package settings_test

import (
	"flag"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/settings"
)

func env(pairs map[string]string) func(string) string {
	return func(name string) string { return pairs[name] }
}

// read gives the settings of an environment and arguments.
func read(t *testing.T, environment map[string]string, arguments ...string) (settings.Settings, error) {
	t.Helper()
	set := flag.NewFlagSet("e2e", flag.ContinueOnError)
	flagged := settings.Flags(set, env(environment))
	require.NoError(t, set.Parse(arguments))
	return flagged.Settings("/repo")
}

func TestAFlagWinsOverTheEnvironment(t *testing.T) {
	t.Parallel()
	s, err := read(t, map[string]string{"ISTIO": "1.20", "SUITE": "faults"}, "-istio=1.28", "-keep=1")
	require.NoError(t, err)
	assert.Equal(t, "1.28", s.Istio.Minor)
	assert.Equal(t, settings.Faults, s.Suite)
	assert.Equal(t, "kind-two-nodes.yaml", s.Suite.Node())
	assert.True(t, s.Keep)
	for _, row := range settings.Table {
		assert.NotEmpty(t, row.Usage, row.Flag)
		assert.Nil(t, flag.Lookup(row.Flag), "a flag of the testing package")
	}
}

// Each suite's node is there.
func TestSuitesHaveTheirNodes(t *testing.T) {
	t.Parallel()
	for _, suite := range []settings.Suite{settings.Quick, settings.Faults} {
		_, err := os.Stat("../../offline/images/node/" + suite.Node())
		require.NoError(t, err)
	}
}

func TestDefaultsAreWhatAUserInstalls(t *testing.T) {
	t.Parallel()
	s, err := read(t, map[string]string{"HOME": "/home/me"})
	require.NoError(t, err)
	assert.Equal(t, "1.31.0", s.Istio.Version)
	assert.Equal(t, settings.Auto, s.Images)
	assert.Equal(t, settings.Quick, s.Suite)
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
	s, err := read(t, map[string]string{"E2E_CLUSTER": "second"})
	require.NoError(t, err)
	assert.Equal(t, "second", s.Cluster)
	s.Kubeconfig = "/cache/e2e.kubeconfig" // as the run does once its kind cluster is there
	assert.False(t, s.Own())
}

func TestAClusterOfOnesOwn(t *testing.T) {
	t.Parallel()
	s, err := read(t, map[string]string{
		"E2E_KUBECONFIG": "mine", "E2E_CONTEXT": "blue", "E2E_INSTALLED": "1", "KEEP": "true", "ISTIO": "1.20",
		"E2E_GATEWAY": "http://10.0.0.1:80/", "ISTIO_LIGHTSTEP_CACHE": "/cache",
	})
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
	_, err := read(t, map[string]string{
		"ISTIO": "1.3", "SUITE": "some", "IMAGES": "guess", "KEEP": "maybe", "E2E_INSTALLED": "1",
	})
	require.Error(t, err)
	assert.ErrorContains(t, err, "istio 1.3 is not known: take one of 1.31, 1.28, 1.20")
	assert.ErrorContains(t, err, "images guess is not known: take auto, build or pull")
	assert.ErrorContains(t, err, "keep maybe is neither 1 nor 0")
	assert.ErrorContains(t, err, "set kubeconfig (E2E_KUBECONFIG) too")
	assert.ErrorContains(t, err, "suite some is not known: take one of e2e, all")
}

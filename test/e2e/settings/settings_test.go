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
	assert.Empty(t, s.Run)
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
		"E2E_GATEWAY": "http://10.0.0.1:80/", "ISTIO_LIGHTSTEP_CACHE": "/cache", "E2E_URL": "https://shop.example/?cart=1",
	})
	require.NoError(t, err)
	assert.True(t, s.Own())
	assert.True(t, s.Installed)
	assert.True(t, s.Keep)
	assert.Equal(t, "blue", s.Context)
	assert.Equal(t, "http://10.0.0.1:80", s.Gateway)
	assert.Equal(t, "/cache", s.Cache)
	assert.False(t, s.Istio.RouterSpan)
	assert.Equal(t, settings.Observe, s.Suite, "nothing is changed unless it is asked for")
	assert.Equal(t, settings.Observed{URL: "https://shop.example/?cart=1", Requests: 20}, s.Observed)
	assert.Equal(t, "bookinfo-"+s.Run, s.Application)
	other, err := read(t, map[string]string{"E2E_CONTEXT": "blue"})
	require.NoError(t, err)
	assert.True(t, other.Own(), "a context is one of the user's, too")
	assert.NotEqual(t, s.Run, other.Run)
}

// Any patch of a supported Istio can be named, and any minor where it is installed.
func TestVersions(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]settings.Istio{
		"1.28":   {Minor: "1.28", Version: "1.28.2", RouterSpan: true, Direct: true, GatewayAPI: "v1"},
		"1.28.5": {Minor: "1.28", Version: "1.28.5", RouterSpan: true, Direct: true, GatewayAPI: "v1"},
		"1.27.3": {Minor: "1.27", Version: "1.27.3", Direct: true, GatewayAPI: "v1"},
		"1.21":   {Minor: "1.21", Version: "1.21.0", GatewayAPI: "v1alpha3"},
		"1.31.2": {Minor: "1.31", Version: "1.31.2", RouterSpan: true, Direct: true, GatewayAPI: "v1"},
	} {
		s, err := read(t, map[string]string{"ISTIO": given, "E2E_INSTALLED": "1", "E2E_KUBECONFIG": "mine", "SUITE": "e2e", "E2E_CHANGES": "mine"})
		require.NoError(t, err, given)
		assert.Equal(t, want, s.Istio, given)
	}
	_, err := read(t, map[string]string{"ISTIO": "1.27.3"})
	require.ErrorContains(t, err, "E2E_INSTALLED=1")
	for _, given := range []string{"1", "1.x", "2.1", "1.2.3.4", "latest"} {
		_, err := read(t, map[string]string{"ISTIO": given})
		require.ErrorContains(t, err, "istio "+given+" is not", given)
	}
}

// What changes a mesh does not run on a user's cluster, unless that is named.
func TestWhatChangesAMeshNeedsItsName(t *testing.T) {
	t.Parallel()
	for suite, says := range map[string]string{
		"e2e": "E2E_CHANGES", "all": "kind cluster of its own", "doctor": "kind cluster of its own", "faults": "kind cluster of its own",
		"load": "kind cluster of its own", "migrate": "kind cluster of its own", "demo": "kind cluster of its own",
	} {
		_, err := read(t, map[string]string{"SUITE": suite, "E2E_KUBECONFIG": "mine"})
		require.ErrorContains(t, err, says, suite)
		_, err = read(t, map[string]string{"SUITE": suite})
		require.NoError(t, err, suite)
		_, err = read(t, map[string]string{"SUITE": suite, "E2E_KUBECONFIG": "mine", "E2E_CHANGES": "blue"})
		assert.Equal(t, suite == "e2e", err == nil, suite)
	}
}

func TestAllThatIsWrongIsSaidAtOnce(t *testing.T) {
	t.Parallel()
	_, err := read(t, map[string]string{
		"ISTIO": "1.3", "SUITE": "some", "IMAGES": "guess", "KEEP": "maybe", "E2E_INSTALLED": "1", "E2E_REQUESTS": "none",
	})
	require.Error(t, err)
	assert.ErrorContains(t, err, "istio 1.3 is not known: take one of 1.31, 1.28, 1.20")
	assert.ErrorContains(t, err, "images guess is not known: take auto, build or pull")
	assert.ErrorContains(t, err, "keep maybe is neither 1 nor 0")
	assert.ErrorContains(t, err, "set kubeconfig (E2E_KUBECONFIG) too")
	assert.ErrorContains(t, err, "suite some is not known: take one of observe, e2e, all")
	assert.ErrorContains(t, err, "requests none is not a number of requests")
}

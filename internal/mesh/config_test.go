package mesh

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func parsedConfig(t *testing.T, text string) *Config {
	t.Helper()
	c, err := ParseMeshConfig(text)
	require.NoError(t, err)
	return c
}

// The cases are what istiod 1.16 and 1.20 were seen to make of them
// (docs/traps.md, pkg/config/mesh/mesh.go).
func TestMergeAsIstiodDoes(t *testing.T) {
	t.Parallel()
	shared := parsedConfig(t, `
enableTracing: true
rootNamespace: shared
defaultProviders: {tracing: [ours]}
defaultConfig: {tracing: {sampling: 50}}
extensionProviders:
- {name: ours, opentelemetry: {service: a.b, port: 4317}}
- {name: both, opentelemetry: {service: shared.b, port: 4317}}
`)
	standard := parsedConfig(t, `
rootNamespace: istio-config
defaultDestinationRuleExportTo: ["."]
discovery_selectors: [{match_labels: {env_type: prod}}]
defaultConfig: {tracing: {zipkin: {address: "zipkin:9411"}}}
extensionProviders:
- {name: both, zipkin: {service: standard.b, port: 9411}}
- {name: theirs, envoyOtelAls: {service: c.d, port: 4317}}
`)
	merged := Merge(shared, standard)
	assert.Equal(t, "istio-config", merged.RootNamespace, "the standard wins")
	assert.Equal(t, []string{"."}, merged.RuleExportTo)
	assert.Equal(t, map[string]string{"env_type": "prod"}, merged.Discovery[0].MatchLabels, "keys of labels stay as they are")
	assert.True(t, *merged.EnableTracing, "where the standard is silent, the shared stands")
	assert.Equal(t, []string{"ours"}, merged.DefaultProviders)
	assert.True(t, merged.DefaultShared)
	assert.False(t, Merge(shared, parsedConfig(t, "defaultProviders: {tracing: [both]}")).DefaultShared, "the standard has them too")
	assert.False(t, Merge(nil, standard).DefaultShared)
	assert.Equal(t, []string{"zipkin"}, merged.Tracers())
	assert.Zero(t, merged.Sampling(), "tracing is replaced as one whole")

	ours, ok := merged.Provider("ours")
	require.True(t, ok)
	assert.True(t, ours.Shared)
	both, ok := merged.Provider("both")
	require.True(t, ok)
	assert.Equal(t, "zipkin", both.Kind())
	assert.True(t, both.Hidden)
	theirs, ok := merged.Provider("theirs")
	require.True(t, ok)
	assert.False(t, theirs.Traces())
	for name, traces := range map[string]bool{"prometheus": false, "stackdriver": true, "envoy": false} {
		provider, ok := merged.Provider(name)
		assert.True(t, ok, "Istio has %s by itself", name)
		assert.Equal(t, traces, provider.Traces(), name)
	}

	off := Merge(shared, parsedConfig(t, "enable_tracing: false"))
	assert.False(t, *off.EnableTracing, "both spellings of a key count")
	assert.Equal(t, &Config{}, Merge(nil, nil))
}

func TestAnErrorNeverRepeatsTheMeshConfig(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"accessToken: s3cret\n\tbroken: [",
		"s3cret",
		"extensionProviders: s3cret",
		"extensionProviders: [{name: a, opentelemetry: {port: s3cret}}]",
		"defaultConfig: {tracing: s3cret}",
		"enableTracing: s3cret",
	} {
		_, err := ParseMeshConfig(text)
		require.Error(t, err, text)
		assert.NotContains(t, err.Error(), "s3cret")
	}
}

func TestServiceRef(t *testing.T) {
	t.Parallel()
	for service, at := range map[string]Ref{
		"istio-system/collector.istio-system.svc.cluster.local": {"istio-system", "collector"},
		"collector.istio-system.svc.cluster.local":              {"istio-system", "collector"},
		"collector.istio-system":                                {"istio-system", "collector"},
		"istio-system/satellite.lightstep.internal":             {},
		"ingest.lightstep.com":                                  {},
		"":                                                      {},
	} {
		got, ok := ServiceRef(service)
		assert.Equal(t, at, got, service)
		assert.Equal(t, at != Ref{}, ok, service)
	}
}

func TestVersions(t *testing.T) {
	t.Parallel()
	for image, version := range map[string]string{
		"docker.io/istio/pilot:1.31.0":                     "1.31.0",
		"docker.io/istio/pilot:1.28.2-distroless":          "1.28.2",
		"registry:5000/pilot:1.20.0@sha256:0123":           "1.20.0",
		"docker.io/istio/pilot:built":                      "unknown",
		"docker.io/istio/pilot@sha256:0123456789abcdef":    "unknown",
		"docker.io/istio/pilot:1.31-alpha.0123456789abcde": "unknown",
	} {
		assert.Equal(t, version, imageVersion(image).String(), image)
	}
	assert.False(t, labelVersion("1.0.0").Known(), "what a chart built by oneself calls itself")
	assert.Equal(t, "1.30.3", labelVersion("v1.30.3_build").String())
}

func FuzzParseMeshConfig(f *testing.F) {
	f.Add("extensionProviders: [{name: a, opentelemetry: {service: a.b, port: 4317}}]")
	f.Add("default_config: {tracing: {lightstep: {access_token: s3cret}}}")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := ParseMeshConfig(text)
		if err == nil {
			Merge(c, c)
			c.Tracers()
			c.Sampling()
		} else if len(err.Error()) > 300 {
			t.Fatal("an error that repeats its input")
		}
		_, _, _ = PodTracing(text)
	})
}

func FuzzReadRecorded(f *testing.F) {
	f.Add("apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: b}\nspec: {containers: [{name: istio-proxy, image: 'proxyv2:1.31.0'}]}\n")
	f.Add("apiVersion: telemetry.istio.io/v1\nkind: Telemetry\nmetadata: {name: a}\nspec: {tracing: [{randomSamplingPercentage: 1}]}\n")
	f.Fuzz(func(t *testing.T, text string) {
		r, err := ReadRecorded(strings.NewReader(text))
		if err != nil {
			return
		}
		if _, err := Read(t.Context(), r, Options{}); err != nil {
			t.Fatal(err)
		}
	})
}

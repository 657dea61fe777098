package conformance_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/test/conformance/istio"
	"github.com/istio-lightstep/istio-lightstep/test/conformance/otelcol"
	"github.com/istio-lightstep/istio-lightstep/test/eras"
)

// collectorConfig is the ConfigMap of the collector, and the key in it.
const (
	collectorName   = "istio-lightstep-collector"
	collectorConfig = "config.yaml"
)

// collectorEnv are the variables that the collector's configuration may name.
var collectorEnv = []string{"LIGHTSTEP_ACCESS_TOKEN=" + tokenMarker}

// checkCollectorConfig has the real collector read its configuration.
func (c *conformance) checkCollectorConfig(t *testing.T, objects istio.Manifests) {
	t.Helper()
	config, err := objects.ConfigMapKey(collectorName, collectorConfig)
	require.NoError(t, err)
	require.NoError(t, validateConfig(t, config))
	c.did(collectorReads)
}

func validateConfig(t *testing.T, config string) error {
	t.Helper()
	collector, err := otelcol.Open()
	require.NoError(t, err)
	return collector.Validate(t.Context(), collectorEnv, writeConfig(t, config))
}

func writeConfig(t *testing.T, config string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), collectorConfig)
	require.NoError(t, os.WriteFile(file, []byte(config), 0o600))
	return file
}

// TestExamplesCollectorConfig has the real collector read the configuration of
// every example that has one.
func TestExamplesCollectorConfig(t *testing.T) {
	folders, err := filepath.Glob("../../examples/*/rendered")
	require.NoError(t, err)
	read := 0
	for _, folder := range folders {
		folder = filepath.Dir(folder)
		content, err := eras.Golden(folder, "cluster")
		require.NoError(t, err)
		if !strings.Contains(string(content), collectorConfig+":") {
			continue
		}
		read++
		t.Run(filepath.Base(folder), func(t *testing.T) {
			t.Parallel()
			manifests, err := istio.ParseManifests(content)
			require.NoError(t, err)
			config, err := manifests.ConfigMapKey(collectorName, collectorConfig)
			if err != nil { // A release of another name.
				config = onlyConfig(t, manifests)
			}
			// The files of backends are not here.
			config = regexp.MustCompile(`\$\{file:[^}]+\}`).ReplaceAllString(config, "of-a-file")
			require.NoError(t, validateConfig(t, config))
		})
	}
	require.NotZero(t, read, "no example has a collector")
}

// onlyConfig gives the one collector configuration among objects.
func onlyConfig(t *testing.T, manifests istio.Manifests) string {
	t.Helper()
	var configs []string
	for _, object := range manifests {
		if config, ok := at(object.Object, "data", collectorConfig).(string); ok {
			configs = append(configs, config)
		}
	}
	require.Len(t, configs, 1)
	return configs[0]
}

// TestCollectorRefuses shows that validate can fail.
func TestCollectorRefuses(t *testing.T) {
	c := &conformance{run: run{Version: "1.31.0", Delivery: "collector", Mesh: meshShared}}
	good, err := c.cluster(t).ConfigMapKey(collectorName, collectorConfig)
	require.NoError(t, err)
	require.NoError(t, validateConfig(t, good))
	for name, change := range map[string][2]string{
		"unknown key":             {"compression: none", "compressed: none"},
		"batch over the queue":    {"queue_size: 858993459", "queue_size: 100000"},
		"unknown extension":       {"  bearertokenauth:", "  bearertokenauths:"},
		"extension not set":       {"extensions: [health_check,", "extensions: [health_check/other,"},
		"pipeline without a part": {"processors: [memory_limiter]", "processors: [memory_limiter, batch]"},
		"a number that is none":   {"queue_size: 858993459", "queue_size: many"},
	} {
		t.Run(name, func(t *testing.T) {
			require.Contains(t, good, change[0])
			var refusal *otelcol.Refusal
			require.ErrorAs(t, validateConfig(t, strings.ReplaceAll(good, change[0], change[1])), &refusal)
			assert.NotContains(t, refusal.Message, tokenMarker)
		})
	}
}

package migrate_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/internal/migrate"
)

const meshOfCluster = `apiVersion: v1
kind: ConfigMap
metadata: {name: istio, namespace: istio-system}
data:
  mesh: |
    defaultProviders: {tracing: [ls]}
    extensionProviders:
    - name: ls
      lightstep: {service: sat.ls, port: 9292, accessToken: t0kz9d6b7a1e4c52}
`

func telemetry(name, created, more, sampling string) string {
	return "---\napiVersion: telemetry.istio.io/v1\nkind: Telemetry\nmetadata: {name: " + name + ", namespace: istio-system" + created + more + "}\n" +
		"spec: {tracing: [{providers: [{name: ls}], randomSamplingPercentage: " + sampling + "}]}\n"
}

// TestTelemetryThatIstioHeeds: of several mesh-wide Telemetries of a cluster the
// oldest counts, and none of another revision, in whatever order they come.
func TestTelemetryThatIstioHeeds(t *testing.T) {
	const y2020, y2023, other = `, creationTimestamp: "2020-01-01T00:00:00Z"`, `, creationTimestamp: 2023-01-01T00:00:00Z`, ", labels: {istio.io/rev: other}"
	migrated := func(t *testing.T, texts ...string) (*migrate.Result, string) {
		t.Helper()
		var sources []migrate.Source
		for _, text := range texts {
			sources = append(sources, migrate.Source{Name: "mine.yaml", Data: []byte(text)})
		}
		result, err := migrate.Migrate(t.Context(), sources, migrate.Options{To: "1.28"})
		require.NoError(t, err)
		return result, string(result.Values)
	}
	for name, texts := range map[string][]string{
		"the older first":           {meshOfCluster + telemetry("a", y2020, "", "3") + telemetry("b", y2023, "", "7")},
		"the older last":            {meshOfCluster + telemetry("b", y2023, "", "7") + telemetry("a", y2020, "", "3")},
		"in files of their own":     {meshOfCluster, telemetry("a", y2020, "", "3"), telemetry("b", y2023, "", "7")},
		"of one age, by name":       {meshOfCluster + telemetry("a", y2020, "", "3") + telemetry("b", y2020, "", "7")},
		"of another revision":       {meshOfCluster + telemetry("a", y2023, "", "3") + telemetry("b", y2020, other, "7")},
		"of another, no time":       {meshOfCluster + telemetry("a", "", "", "3") + telemetry("b", "", other, "7")},
		"of this revision":          {strings.Replace(meshOfCluster, "istio-system}", "istio-system, labels: {istio.io/rev: other}}", 1) + telemetry("b", y2023, "", "7") + telemetry("a", y2020, other, "3")},
		"a file that is to come":    {meshOfCluster + telemetry("b", y2020, "", "7"), telemetry("b", "", "", "3")},
		"no time at all, the last":  {meshOfCluster + telemetry("b", "", "", "7") + telemetry("a", "", "", "3")},
		"a revision, and none told": {strings.Replace(meshOfCluster, "name: istio,", "name: mine,", 1) + telemetry("a", "", other, "3")},
	} {
		t.Run(name, func(t *testing.T) {
			_, values := migrated(t, texts...)
			assert.Contains(t, values, "traceSampling: 3\n")
		})
	}
	result, _ := migrated(t, meshOfCluster+telemetry("a", y2023, "", "3")+telemetry("b", y2020, other, "7"))
	assert.Contains(t, string(result.Documents[0].After), "name: b", "it is another control plane's")
	assert.NotContains(t, string(result.Documents[0].After), "name: a")
	assert.Contains(t, result.Report(), "Telemetry istio-system/b is for revision other alone, and is not changed")
}

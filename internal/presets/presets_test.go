package presets_test

import (
	"cmp"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/internal/presets"
)

func TestEveryPresetDiffersFromLightStep(t *testing.T) {
	t.Parallel()
	ids, err := presets.IDs()
	require.NoError(t, err)
	require.Len(t, ids, 17)
	for _, id := range ids {
		if id == "lightstep" {
			continue
		}
		d, err := presets.NewDifference("lightstep", id)
		require.NoError(t, err, id)
		differ := 0
		for _, r := range d.Differences {
			assert.NotEmpty(t, r.From, "%s: %s", id, r.About)
			assert.NotEmpty(t, r.To, "%s: %s", id, r.About)
			if !r.Same {
				differ++
			}
		}
		assert.Positive(t, differ, id)
		assert.Len(t, d.Differences, 11)
		assert.NotContains(t, d.String(), "%!")
	}
}

func rows(t *testing.T, from, to string) map[string]presets.Row {
	t.Helper()
	d, err := presets.NewDifference(from, to)
	require.NoError(t, err)
	all := map[string]presets.Row{}
	for _, r := range d.Differences {
		all[r.About] = r
	}
	return all
}

func TestWhatDiffers(t *testing.T) {
	t.Parallel()
	honeycomb := rows(t, "lightstep", "honeycomb")
	assert.True(t, honeycomb["protocol"].Same)
	assert.Equal(t, "lightstep-access-token: the token of a Secret", honeycomb["headers"].From)
	assert.Equal(t, "x-honeycomb-team: the token of a Secret", honeycomb["headers"].To)
	assert.Equal(t, "api.honeycomb.io:443", honeycomb["endpoint"].To)
	assert.Contains(t, honeycomb["volume"].To, "counts as an event of the contract")
	require.Len(t, honeycomb["volume"].Sources, 1)
	assert.Regexp(t, `^https://.*, read 2026-\d\d-\d\d$`, honeycomb["volume"].Sources[0])
	assert.Equal(t, "http alone", rows(t, "lightstep", "dynatrace")["protocol"].To)
	assert.Contains(t, rows(t, "lightstep", "dynatrace")["queue"].To, "60 minutes")
	assert.Equal(t, "at most 900000 bytes before compression", rows(t, "lightstep", "new-relic")["request"].To)
	assert.Equal(t, `authorization: "Basic " and base64(INSTANCE:TOKEN) of a Secret`, rows(t, "lightstep", "grafana-cloud")["headers"].To)
	assert.Equal(t, "by the collector's extension sigv4auth", rows(t, "lightstep", "aws-xray")["headers"].To)
	assert.Equal(t, "none, as it mostly runs in the cluster", rows(t, "lightstep", "jaeger")["TLS"].To)
	assert.Equal(t, "none", rows(t, "lightstep", "jaeger")["headers"].To)
	assert.Equal(t, "your own, such as ingest.us1.signalfx.com:443", rows(t, "lightstep", "splunk")["endpoint"].To)
}

func TestPresetsThatThereAreNot(t *testing.T) {
	t.Parallel()
	_, err := presets.NewDifference("lightstep", "honey\x1bcomb")
	require.ErrorContains(t, err, `"honey\x1bcomb" is not a preset: use one of lightstep, grafana-cloud`)
	_, err = presets.NewDifference("tempo", "tempo")
	require.ErrorContains(t, err, "both tempo")
}

// The batch of the chart is what the page says of it.
func TestTheBatchIsTheCharts(t *testing.T) {
	t.Parallel()
	template, err := os.ReadFile("../../charts/istio-lightstep/templates/collector/_exporter.tpl")
	require.NoError(t, err)
	most := regexp.MustCompile(`4[_,]?063[_,]?232`).FindString(string(template))
	require.NotEmpty(t, most)
	assert.Equal(t, fmt.Sprintf("at most %s bytes before compression", most), rows(t, "lightstep", "honeycomb")["request"].To)
}

// TestExamplesHaveThePath holds what messages advise against the rule that
// tells of an endpoint without its vendor's path.
func TestExamplesHaveThePath(t *testing.T) {
	t.Parallel()
	all, err := presets.Load()
	require.NoError(t, err)
	for _, p := range all {
		assert.Equal(t, p.Path == "" && p.Intake.Hosts == "", p.Hosts == "", "%s: path or intake, and hosts, belong together", p.ID)
		assert.True(t, p.Intake.Paths == "" || p.Intake.Hosts != "", "%s: paths are those of hosts that take no spans", p.ID)
		if p.Path == "" {
			continue
		}
		example := cmp.Or(p.Endpoints["http"], p.Example)
		host, path, _ := strings.Cut(strings.TrimPrefix(example, "https://"), "/")
		if strings.HasPrefix(example, "https://") {
			path = strings.TrimSuffix("/"+path, "/")
			assert.Regexp(t, p.Path+"$", strings.TrimSuffix(path, "/v1/traces")+"/v1/traces", p.ID)
		}
		assert.Regexp(t, p.Hosts, strings.TrimSuffix(host, ":443"), p.ID)
	}
}

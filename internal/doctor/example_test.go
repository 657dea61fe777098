package doctor

import (
	"flag"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	otelcol "github.com/istio-lightstep/istio-lightstep/internal/collector"
	"github.com/istio-lightstep/istio-lightstep/internal/doctor/finding"
)

var update = flag.Bool("update", false, "write finding/examples.yaml")

const examplesHead = "# What doctor says on the mesh of its tests, for docs/findings: go test ./internal/doctor -run TestExamples -update\n"

// found examines a recorded mesh after changes.
func found(t *testing.T, base string, changes []change, seen *Observations) []finding.Finding {
	t.Helper()
	r := recordedBase(t, base)
	for _, c := range changes {
		c.apply(t, r)
	}
	snapshot, d := examined(t, r)
	return d.Examine(snapshot, seen)
}

// elsewhere are facts of findings that other packages make, and test.
var elsewhere = map[string]finding.Facts{
	"LS-APP-HEADERS": {
		"workload": "deployment/reviews-v1", "namespace": "bookinfo", "destinations": "ratings.bookinfo:9080", "headers": "traceparent and tracestate",
		"count": "10", "requests": "10", "proof": "they had the x-request-id of the request that it took, and not its trace", "url": "https://shop.example/productpage",
	},
	"LS-COMPARE-LOST": {"exporter": "otlp_http/honeycomb", "count": "12", "refused": "12", "full": "0", "sent": "35988"},
	"LS-COMPARE-BEHIND": {
		"exporter": "otlp_http/honeycomb", "queue": "12 % full", "pod": "istio-lightstep-collector-0", "release": "istio-lightstep", "namespace": "istio-system",
	},
	"LS-COMPARE-DIFFERS": {
		"exporter": "otlp_http/honeycomb", "other": "otlp_grpc/lightstep", "count": "40", "unsure": "0", "namespace": "istio-system",
		"pod": "istio-lightstep-collector-0",
	},
}

// told gives a finding of every id that the tables here bring about.
func told(t *testing.T) map[string]finding.Finding {
	t.Helper()
	all := map[string]finding.Finding{}
	keep := func(found []finding.Finding) {
		for _, f := range found {
			if _, known := all[f.ID]; !known {
				all[f.ID] = f
			}
		}
	}
	for _, b := range breakages(t) {
		keep(found(t, b.Base, b.Break, nil))
	}
	for _, text := range authorities(t) {
		keep(found(t, "direct", []change{caChange("bookinfo", text)}, nil))
	}
	for id, answers := range asked() {
		if id != "" {
			keep(found(t, "collector", nil, answers[0]))
		}
	}
	keep(withDrained(t, map[string]otelcol.Queue{"otlp_http/old": {Known: true, Size: 12, Capacity: 100}}))
	var stale []change
	readYAML(t, "stale-token.yaml", &stale)
	keep(found(t, "collector", stale, nil))
	catalogue, err := finding.Load()
	require.NoError(t, err)
	for id, facts := range elsewhere {
		keep([]finding.Finding{catalogue.Make(id, "", time.Time{}, facts)})
	}
	return all
}

// TestExamplesAreWhatIsSaid holds the pages' examples to what doctor says.
func TestExamplesAreWhatIsSaid(t *testing.T) {
	t.Parallel()
	catalogue, err := finding.Load()
	require.NoError(t, err)
	said := told(t)
	examples := map[string]finding.Example{}
	for _, k := range catalogue.Kinds() {
		if !unfilled.MatchString(strings.ReplaceAll(k.Lost+k.Reason+k.Mend+k.Advice, "jsonpath={.", "")) {
			continue // the texts say it themselves
		}
		f, here := said[k.ID]
		require.True(t, here, "%s has no example for its page", k.ID)
		examples[k.ID] = finding.Example{Lost: f.Lost, Reason: f.Reason, Mend: f.Mend, Advice: f.Advice}
		assert.NotRegexp(t, unfilled, strings.ReplaceAll(f.Lost+f.Reason+f.Mend, "jsonpath={.", ""), k.ID)
	}
	if *update {
		data, err := yaml.Marshal(examples)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile("finding/examples.yaml", slices.Concat([]byte(examplesHead), data), 0o600))
		return
	}
	for _, k := range catalogue.Kinds() {
		if want, open := examples[k.ID]; open {
			require.NotNil(t, k.Example, "%s: run go test ./internal/doctor -run TestExamples -update", k.ID)
			assert.Equal(t, want, *k.Example, k.ID)
		} else {
			assert.Nil(t, k.Example, k.ID)
		}
	}
}

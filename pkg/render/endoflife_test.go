package render_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
	"github.com/istio-lightstep/istio-lightstep/pkg/render"
)

// endsOfLife checks values, and gives the paths at which the end of life is told.
func endsOfLife(t *testing.T, text string) (paths []string, explained bool) {
	t.Helper()
	renderer, err := render.New()
	require.NoError(t, err)
	values, err := render.ReadValues(render.Bytes("values.yaml", []byte("istio: {version: 1.28.2}\n"+text)))
	require.NoError(t, err)
	problems, err := renderer.Check(t.Context(), values)
	require.NoError(t, err)
	require.False(t, problem.HasErrors(problems), "%v", problems)
	for _, p := range problems {
		if p.ID == "LS-END-OF-LIFE" {
			assert.Equal(t, problem.SeverityInfo, p.Severity)
			assert.Contains(t, p.Fix, "migrate --backend")
			assert.NotEmpty(t, p.URL)
			paths = append(paths, p.Path)
		}
	}
	told, err := renderer.Explain(t.Context(), values)
	require.NoError(t, err)
	return paths, strings.Contains(told, "\nEnd of life ")
}

func TestTheEndOfLifeIsToldOnce(t *testing.T) {
	t.Parallel()
	for address, public := range map[string]bool{
		"ingest.lightstep.com:443": true, "ingest.eu.lightstep.com:443": true, "collector-grpc.LightStep.com:443": true,
		"lightstep-satellite.lightstep:9292": false, "lightstep.com.example.org:443": false, "notlightstep.com:443": false,
	} {
		paths, explained := endsOfLife(t, "accessTokenFrom: {name: token}\nglobal: {tracer: {lightstep: {address: '"+address+"'}}}\n")
		var want []string
		if public {
			want = []string{"global.tracer.lightstep.address"}
		}
		assert.Equal(t, want, paths, address)
		assert.Equal(t, public, explained, "%s: the template knows the same hosts", address)
	}
}

// Who sends to another backend too knows the way out.
func TestTheEndOfLifeIsToldWhereSpansGoNowhereElse(t *testing.T) {
	t.Parallel()
	const public = "accessTokenFrom: {name: token}\nglobal: {tracer: {lightstep: {address: 'ingest.lightstep.com:443'}}}\n"
	const honeycomb = "honeycomb: {preset: honeycomb, headers: {x-honeycomb-team: {secret: {name: honeycomb, key: api-key}}}}"
	lightstep := func(more string) string {
		return "lightstep: {preset: lightstep, headers: {lightstep-access-token: {secret: {name: ls, key: token}}}" + more + "}"
	}
	for text, want := range map[string][]string{
		public + "backends: {" + honeycomb + "}\n":                                                   nil,
		public + "collector: {exporters: {zipkin: {endpoint: 'http://zipkin:9411/api/v2/spans'}}}\n": nil,
		public + "backends: {" + honeycomb[:len(honeycomb)-1] + ", drain: true}}\n":                  {"global.tracer.lightstep.address"},
		"backends: {" + lightstep("") + "}\n":                                                        {"backends.lightstep"},
		"backends: {" + lightstep("") + ", " + honeycomb + "}\n":                                     nil,
		"backends: {" + lightstep(", drain: true") + ", " + honeycomb + "}\n":                        nil,
	} {
		paths, _ := endsOfLife(t, text)
		assert.Equal(t, want, paths, text)
	}
}

package render_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/internal/behind"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
	"github.com/istio-lightstep/istio-lightstep/pkg/render"
)

// The path to the satellite is known without the Istio version, and is not where
// the address is wrong.
func TestSatelliteOf(t *testing.T) {
	lightstep := "global: {tracer: {lightstep: {accessToken: " + accessToken + ", address: "
	given, problems, err := behind.SatelliteOf(t.Context(), readValues(t, render.Bytes("values.yaml", []byte(lightstep+"'satellite:8184'}}}"))), time.Now())
	require.NoError(t, err)
	assert.Equal(t, []string(nil), found(problems))
	assert.Equal(t, "satellite:8184", given.Address)
	assert.Equal(t, accessToken, given.Token)
	assert.Empty(t, given.Delivery)
	elsewhere := []problem.Problem{{Path: "global.tracer.lightstep.address"}}
	given.Locate(elsewhere)
	assert.Equal(t, []problem.Problem{{Path: "global.tracer.lightstep.address", File: "values.yaml", Line: 1, Column: 63}}, elsewhere)

	given, problems, err = behind.SatelliteOf(t.Context(), readValues(t, render.Bytes("values.yaml", []byte(lightstep+"'https://x'}}}"))), time.Now())
	require.NoError(t, err)
	assert.Nil(t, given)
	assert.Contains(t, found(problems), "error LS-ADDRESS-URL global.tracer.lightstep.address values.yaml:1")
	_, _, err = behind.SatelliteOf(t.Context(), "values", time.Now())
	require.EqualError(t, err, "string is not *render.Values")
}

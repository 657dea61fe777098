package backends_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/backends"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/measured"
)

func run() backends.Run {
	return backends.Run{
		Setup: measured.Setup{Commit: "0123abcd", At: "2026-11-28 15:00"}, Istio: "1.31.0", Away: "two", Seconds: 60, Requests: 10,
		Rows: []backends.Row{
			{Backend: "one", Protocol: "grpc", Expected: 90, Delivered: 90, Due: 45, Came: 45},
			{Backend: "two", Protocol: "http", Expected: 90, Delivered: 90, Doubled: 1, Due: 45},
		},
	}
}

func TestJudge(t *testing.T) {
	t.Parallel()
	require.NoError(t, run().Judge())
	for says, change := range map[string]func(*backends.Run){
		"1 of 10 requests failed":                           func(r *backends.Run) { r.Failed = 1 },
		"backend one has 89 of 90 spans":                    func(r *backends.Run) { r.Rows[0].Delivered-- },
		"backend one has 91 of 90 spans":                    func(r *backends.Run) { r.Rows[0].Delivered++ },
		"no span was due at backend two":                    func(r *backends.Run) { r.Rows[1].Due = 0 },
		"backend two was away, and yet it took 1 spans":     func(r *backends.Run) { r.Rows[1].Came = 1 },
		"backend one had 44 of 45 spans while two was away": func(r *backends.Run) { r.Rows[0].Came-- },
		"backend two refused the token, and yet it took 1 spans": func(r *backends.Run) {
			r.Refused, r.Rows[1].Came = true, 1
		},
	} {
		broken := run()
		change(&broken)
		require.ErrorContains(t, broken.Judge(), says)
	}
}

func TestKeepReplacesTheRunOfTheSameIstio(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	older, newer, refused := run(), run(), run()
	older.Istio, newer.Requests, refused.Refused = "1.20.0", 12, true
	for _, r := range []backends.Run{refused, run(), older, newer} {
		require.NoError(t, r.Keep(folder))
	}
	kept, err := backends.Read(folder)
	require.NoError(t, err)
	assert.Equal(t, []backends.Run{newer, refused, older}, kept)
}

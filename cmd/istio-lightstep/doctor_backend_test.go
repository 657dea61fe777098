package main

import (
	"bufio"
	"io"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

// Each path tells its own problems, also where those of the values were dropped and left room behind them.
func TestEachPathTellsItsOwnProblems(t *testing.T) {
	t.Parallel()
	job := &backendJob{streams: &streams{out: bufio.NewWriter(io.Discard), err: io.Discard}}
	broken := func(name string, severity problem.Severity) *route {
		return &route{name: name, skipped: "for the test", problems: []problem.Problem{{ID: name, Severity: severity}}}
	}
	paths := []*route{broken("one", problem.SeverityError), broken("two", problem.SeverityWarning)}
	all, err := job.walk(t.Context(), paths, make([]problem.Problem, 0, 4))
	require.NoError(t, err)
	require.Len(t, all, 2)
	for i, p := range paths {
		assert.Equal(t, p.problems, all[i].problems)
	}
}

package spantest_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/test/spantest"
)

// flaky answers with what each of its answers gives, and then with the last.
type flaky []func() ([]spantest.RecordedSpan, error)

func (f *flaky) Spans(context.Context, spantest.Query) ([]spantest.RecordedSpan, error) {
	next := (*f)[0]
	if len(*f) > 1 {
		*f = (*f)[1:]
	}
	return next()
}

// The last question is asked again as the others are.
func TestTheLastLookIsTriedAgain(t *testing.T) {
	t.Parallel()
	s := &shop{}
	sent, err := spantest.Get(t.Context(), nil, serve(t, s), 2)
	require.NoError(t, err)
	all := func() ([]spantest.RecordedSpan, error) { return s.spans, nil }
	fewer := func() ([]spantest.RecordedSpan, error) { return s.spans[:9], nil }
	none := func() ([]spantest.RecordedSpan, error) { return nil, nil }
	away := func() ([]spantest.RecordedSpan, error) { return nil, errors.New("status 503") }
	for name, source := range map[string]flaky{
		"away": {all, away, away, all}, "fewer": {all, fewer, none, all}, "both": {away, fewer, all, fewer, away, all},
	} {
		report, err := quick.Await(within(t, time.Minute), &source, sent, expected())
		require.NoError(t, err, name)
		assert.Equal(t, 2, report.Complete, name)
	}
	report, err := quick.Await(within(t, time.Second), &flaky{all, away}, sent, expected())
	require.ErrorContains(t, err, "all traces came, and were not read a second time: status 503")
	require.NotErrorIs(t, err, spantest.ErrIncomplete)
	assert.Equal(t, 2, report.Complete)
	_, err = quick.Await(within(t, time.Second), &flaky{all, fewer}, sent, expected())
	require.ErrorIs(t, err, spantest.ErrIncomplete)
	_, err = quick.Await(within(t, time.Hour), &flaky{all, func() ([]spantest.RecordedSpan, error) { return nil, spantest.ErrSource }}, sent, expected())
	require.ErrorIs(t, err, spantest.ErrSource)
}

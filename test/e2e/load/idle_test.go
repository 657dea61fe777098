package load

import (
	"errors"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestIdleShareOfAMachine(t *testing.T) {
	t.Parallel()
	before, err := parseProcessor("cpu  10 0 10 70 10 0 0 0 5 0\ncpu0 1\n")
	require.NoError(t, err)
	after, err := parseProcessor("cpu  40 10 20 100 20 5 5 10 50 0\n")
	require.NoError(t, err)
	assert.InDelta(t, 40.0/110, after.Idle(before), 1e-9)
	assert.InDelta(t, 1, before.Idle(before), 0)
	for _, bad := range []string{"", "cpu 1 2 3\n", "cpu a 0 0 0 0 0 0 0\n", "intr 1 2 3 4 5 6 7 8 9\n"} {
		_, err := parseProcessor(bad)
		require.Error(t, err, bad)
	}
	_, err = ReadProcessor()
	require.NoError(t, err)
}

func TestHighestRate(t *testing.T) {
	t.Parallel()
	// A machine on which 1,000 spans a second take a tenth, and 3,600 are too many.
	machine := func(perSecond float64) (Tried, error) {
		tried := Tried{PerSecond: perSecond, Reached: perSecond, Idle: 1 - perSecond/10000}
		if perSecond > 3600 {
			tried.Refused = 1
		}
		return tried, nil
	}
	rates := func(all []Tried) (rates []float64) {
		for _, tried := range all {
			rates = append(rates, tried.PerSecond)
		}
		return rates
	}
	best, all, err := Highest(500, 0.2, 2, machine)
	require.NoError(t, err)
	assert.Equal(t, []float64{500, 1000, 2000, 4000, 3000, 3500}, rates(all), "spans are refused")
	assert.InDelta(t, 3500, best.PerSecond, 0)
	best, all, err = Highest(500, 0.7, 2, machine)
	require.NoError(t, err)
	assert.Equal(t, []float64{500, 1000, 2000, 4000, 3000, 3500}, rates(all), "the machine is busy")
	assert.InDelta(t, 3000, best.PerSecond, 0)
	best, _, err = Highest(500, 0, 2, func(perSecond float64) (Tried, error) {
		return Tried{PerSecond: perSecond, Reached: min(perSecond, 3000)}, nil
	})
	require.NoError(t, err)
	assert.InDelta(t, 3000, best.PerSecond, 0, "the sender does not keep the rate")
	_, _, err = Highest(500, 0.99, 2, machine)
	require.ErrorContains(t, err, "of 500 spans a second 500 were taken and 0 refused in all, and 95 % of the machine were idle")
	_, _, err = Highest(500, 0.2, 2, func(float64) (Tried, error) { return Tried{}, errors.New("no machine") })
	require.Error(t, err)
}

func TestScaledIsJudged(t *testing.T) {
	t.Parallel()
	well := Scaled{Rate: Tried{Idle: 0.25}, Taken: 10, Delivered: 10}
	require.NoError(t, well.Judge(0.2))
	require.ErrorContains(t, Scaled{}.Judge(0), "0 of 0 spans")
	for want, change := range map[string]func(*Scaled){
		"1 spans were refused": func(s *Scaled) { s.Refused = 1 },
		"9 of 10 spans":        func(s *Scaled) { s.Delivered = 9 },
		"10 % of the machine":  func(s *Scaled) { s.Rate.Idle = 0.1 },
	} {
		of := well
		change(&of)
		require.ErrorContains(t, of.Judge(0.2), want)
	}
}

func TestScaledIsKept(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "scale.json")
	none, err := ReadScaled(file)
	require.NoError(t, err)
	assert.Zero(t, none)
	well := Scaled{Rate: Tried{PerSecond: 1000, Reached: 998, Idle: 0.25}, Seconds: 500, Away: 240, Taken: 10, Delivered: 10}
	require.NoError(t, well.Keep(file))
	kept, err := ReadScaled(file)
	require.NoError(t, err)
	assert.Equal(t, well, kept)
}

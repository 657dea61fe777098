//go:build parity

package render_test

import (
	"bytes"
	"fmt"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/pkg/render"
)

// The same random values each time, by Render and by Helm 3: the same bytes, or
// both refuse. Enough of either, or it shows nothing.
func TestRandomValuesAsHelm(t *testing.T) {
	helm := os.Getenv("HELM3")
	require.NotEmpty(t, helm, "HELM3 must name a helm v3.22.0 binary, as `make test` does")
	const seeds = 200
	g, r := newGenerator(t), newRenderer(t)
	rendered := 0
	for seed := range uint64(seeds) {
		if _, err := r.Render(t.Context(), readValues(t, render.Bytes("values.yaml", g.values(t, seed, "")))); err == nil {
			rendered++
		}
	}
	assert.Greater(t, rendered, seeds/10, "values that are rendered")
	assert.Less(t, rendered, seeds*4/5, "values that are rendered")
	for seed := range uint64(seeds) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			assertAsHelm(t, helm, r, g.values(t, seed, ""))
		})
	}
}

// Helm 4 refuses what Helm 3 refuses, which TestHelm4RendersTheSameObjects does
// not show, as every example is good.
func TestRandomValuesOfHelm4(t *testing.T) {
	helm := os.Getenv("HELM4")
	require.NotEmpty(t, helm, "HELM4 must name a helm 4 binary, as `make test` does")
	g, r := newGenerator(t), newRenderer(t)
	for seed := range uint64(60) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			values := g.values(t, seed, "")
			printed, helmErr := helmPrints(t, helm, values)
			result, err := r.Render(t.Context(), readValues(t, render.Bytes("values.yaml", values)))
			require.Equal(t, helmErr != nil, err != nil, "%s: helm %v, Render %v", values, helmErr, err)
			if err == nil {
				assert.ElementsMatch(t, lines(result.YAML()), lines(printed), "%s", values)
			}
		})
	}
}

// lines gives a text's lines without what Helm 4 does otherwise: blanks at the
// end of a document, and the order of documents.
func lines(text []byte) []string {
	var kept []string
	for line := range bytes.Lines(text) {
		if line = bytes.TrimRight(line, " \n"); len(line) > 0 {
			kept = append(kept, string(line))
		}
	}
	return kept
}

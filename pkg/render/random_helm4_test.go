//go:build helm4

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

// Helm 4 refuses what Helm 3 refuses, which TestHelm4RendersTheSameText does
// not show, as every example is good.
func TestRandomValuesOfHelm4(t *testing.T) {
	helm := os.Getenv("HELM4")
	require.NotEmpty(t, helm, "HELM4 must name a helm 4 binary, as `make test-all` does")
	g, r := newGenerator(t), newRenderer(t)
	for seed := range uint64(60) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			values := g.values(t, seed, "")
			printed, helmErr := helmPrints(t, helm, values)
			result, err := r.Render(t.Context(), readValues(t, render.Bytes("values.yaml", values)))
			require.Equal(t, helmErr != nil, err != nil, "%s: helm %v, Render %v", values, helmErr, err)
			if err == nil {
				assert.Equal(t, lines(result.YAML()), lines(printed), "%s", values)
			}
		})
	}
}

// lines gives a text's lines without what Helm 4 does otherwise: blanks at the
// end of a document.
func lines(text []byte) []string {
	var kept []string
	for line := range bytes.Lines(text) {
		if line = bytes.TrimRight(line, " \n"); len(line) > 0 {
			kept = append(kept, string(line))
		}
	}
	return kept
}

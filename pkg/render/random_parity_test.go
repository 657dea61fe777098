//go:build parity

package render_test

import (
	"fmt"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/pkg/render"
)

// The same random values each time, by Render and by Helm 3: the same bytes, or
// both refuse. Enough of either, or it shows nothing. With -short, fewer.
func TestRandomValuesAsHelm(t *testing.T) {
	helm := os.Getenv("HELM3")
	require.NotEmpty(t, helm, "HELM3 must name a helm v3.22.0 binary, as `make test` does")
	seeds := 200
	if testing.Short() {
		seeds = 60
	}
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

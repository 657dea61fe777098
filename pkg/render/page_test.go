//go:build !race

package render_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/internal/pages"
	"github.com/istio-lightstep/istio-lightstep/pkg/render"
	"github.com/istio-lightstep/istio-lightstep/test/corpus"
)

// Every problem of the corpus names the page of its rule, or of the checks that
// no rule makes.
func TestProblemsNameTheirPage(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "rules.md"))
	require.NoError(t, err)
	cases, err := corpus.Cases()
	require.NoError(t, err)
	r, seen := newRenderer(t), map[bool]int{}
	for i, c := range cases {
		if testing.Short() && (c.Heavy() || i%4 != 0) {
			continue
		}
		v, err := render.ReadValues(sources(t, c)...)
		if err != nil {
			continue
		}
		problems, err := r.Check(t.Context(), v, render.WithDocument("mine.yaml", []byte("kind: [")))
		require.NoError(t, err)
		for _, p := range problems {
			rule := strings.Contains(string(text), "\n## "+p.ID+"\n") && p.URL == pages.Rule(p.ID)
			assert.True(t, rule || p.URL == pages.Check, "%s: %s: %s", c.Name, p.ID, p.URL)
			seen[rule]++
		}
	}
	assert.Greater(t, seen[true], 100)
	assert.Greater(t, seen[false], 100)
}

package helmengine

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A template that would run for hours ends soon after its context, whatever its
// loop does.
func TestContextEndsATemplate(t *testing.T) {
	const forever = `{{ $list := list }}{{ $d := dict }}{{ $many := until 20000 }}{{ range $many }}{{ range $many }}{{ range $many }}`
	for name, body := range map[string]string{
		"prints":   `x`,
		"includes": `{{- $_ := include "small" . -}}`,
		"appends":  `{{- $list = append (list 1) 2 -}}`,
		"sets":     `{{- $_ := set $d "a" 1 -}}`,
		"unsets":   `{{- $_ := unset $d "a" -}}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := smallChart(t, map[string]string{
				"endless.yaml": forever + body + `{{ end }}{{ end }}{{ end }}`,
				"_small.tpl":   `{{ define "small" }}{{ end }}`,
			})
			ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
			defer cancel()
			start := time.Now()
			_, err := c.Render(ctx, input(t, c, nil))
			require.ErrorIs(t, err, context.DeadlineExceeded)
			assert.ErrorContains(t, err, "small/templates/endless.yaml")
			assert.Less(t, time.Since(start), time.Minute, "without its context it takes years")
			// The program is whole again for the next render.
			text, err := c.Include(t.Context(), "small", input(t, c, nil))
			require.NoError(t, err)
			assert.Empty(t, text)
		})
	}
}

package render

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Errors of the template engine may quote what a template was given.
func TestTemplateErrorsAreRedacted(t *testing.T) {
	shared, err := load()
	require.NoError(t, err)
	e := &examination{embedded: shared, coalesced: map[string]any{
		"cacert": map[string]any{"pem": "a private key"},
		"global": map[string]any{"tracer": map[string]any{"lightstep": map[string]any{"accessToken": "a-token"}}},
	}}
	assert.EqualError(t, e.redacted(errors.New("wrong: a-token, a private key and a-token")), "wrong: [redacted], [redacted] and [redacted]")
	assert.ErrorIs(t, e.redacted(fmt.Errorf("between templates: %w", context.Canceled)), context.Canceled)
	e.coalesced = map[string]any{"cacert": "text", "global": nil}
	assert.EqualError(t, e.redacted(errors.New("text")), "text")
}

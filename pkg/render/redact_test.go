package render

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/internal/values"
)

// Errors of the template engine may quote what a template was given: whatever
// the user gave is masked in it, but for what is public.
func TestTemplateErrorsAreRedacted(t *testing.T) {
	shared, err := load()
	require.NoError(t, err)
	user, err := values.Read(shared.public, values.Bytes("values.yaml", []byte(`
global: {tracer: {lightstep: {accessToken: a-token, address: "public.example:443"}}}
cacert: {pem: "a private key"}
accessTokenFrom: {name: NotAName}
gateways: [{name: edge-gateway, namespace: edge, selector: {app: selected}}]
collector:
  podAnnotations: {annotation-key: "in \"quotes\"", other: short}
  exporters: {otlp_http/second: {endpoint: "https://second.example"}}
`)))
	require.NoError(t, err)
	e := &examination{embedded: shared, user: user, coalesced: shared.chart.Coalesce(user.User())}
	for said, want := range map[string]string{
		"wrong: a-token, a private key and a-token":          "wrong: [redacted], [redacted] and [redacted]",
		"map[annotation-key:in \"quotes\" other:selected]":   "map[[redacted]:[redacted] other:[redacted]]",
		`can't use "in \"quotes\"" or "short" and NotAName`:  `can't use "[redacted]" or "[redacted]" and [redacted]`,
		"otlp_http/second: https://second.example":           "[redacted]: [redacted]",
		"public.example:443, edge-gateway, edge, pod, short": "public.example:443, edge-gateway, edge, pod, short",
	} {
		assert.EqualError(t, e.redacted(errors.New(said)), want)
	}
	assert.ErrorIs(t, e.redacted(fmt.Errorf("between templates: %w", context.Canceled)), context.Canceled)
	none, err := values.Read(shared.public)
	require.NoError(t, err)
	e = &examination{embedded: shared, user: none, coalesced: map[string]any{"cacert": "text", "global": nil}}
	assert.EqualError(t, e.redacted(errors.New("text")), "text")
}

package migrate_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/internal/migrate"
	"github.com/istio-lightstep/istio-lightstep/internal/terminal"
)

// TestHostileFileName gives a file a name that a terminal or a CI system would
// act on: no sentence of the report has it as it is.
func TestHostileFileName(t *testing.T) {
	t.Parallel()
	const name = "e\x1b[31m\n::error::pwn\u202e.yaml"
	text := "apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nspec:\n  meshConfig:\n    defaultProviders: {tracing: [ls]}\n" +
		"    extensionProviders: [{name: ls, lightstep: {service: a.example.com, port: 443, accessToken: t0kz9d6b7a1e4c52}}]\n"
	result, err := migrate.Migrate(t.Context(), []migrate.Source{{Name: name, Data: []byte(text)}}, migrate.Options{To: "1.28"})
	require.NoError(t, err)
	require.NotEmpty(t, result.Steps)
	var sentences strings.Builder
	for _, step := range result.Steps {
		assert.Equal(t, terminal.Safe(step.Text), step.Text)
		assert.Equal(t, terminal.SafeLines(step.Run), step.Run)
		sentences.WriteString(step.Text)
	}
	assert.Contains(t, sentences.String(), `pwn\u202e`, "no sentence names the file")
}

//go:build !race

package migrate_test

import (
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"mvdan.cc/sh/v3/syntax"

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

// TestFileNamesAreNoCommands gives each file of every shape a name that a shell
// would run, within quotes of either kind too.
func TestFileNamesAreNoCommands(t *testing.T) {
	t.Parallel()
	const evil = "x'; touch evil; echo \"$(touch evil)`touch evil`"
	named := 0
	for i, s := range readShapes(t) {
		if testing.Short() && i%5 != 0 {
			continue
		}
		sources := slices.Clone(s.sources)
		for i := range sources {
			sources[i].Name = evil + path.Ext(sources[i].Name)
		}
		result, err := migrate.Migrate(t.Context(), sources, migrate.Options{To: s.to})
		require.NoError(t, err)
		for _, step := range result.Steps {
			script, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(step.Run), s.file)
			require.NoError(t, err, "%s\n%s", s.file, step.Run)
			if strings.Contains(step.Run, "evil") {
				named++
			}
			syntax.Walk(script, func(node syntax.Node) bool {
				if call, ok := node.(*syntax.CallExpr); ok && len(call.Args) > 0 {
					require.NotEqual(t, "touch", call.Args[0].Lit(), "%s\n%s", s.file, step.Run)
				}
				return true
			})
		}
	}
	require.Greater(t, named, 30)
}

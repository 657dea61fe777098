//go:build !race

package migrate

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// stages are the steps in their order, as files are named after them, and what
// each makes.
var stages = []struct{ prefix, makes string }{
	{"parse", "parsed"},
	{"fact", "facts"},
	{"decide", "decisions"},
	{"edit", "edited"},
	{"report", ""},
	{"steps", ""},
}

// TestStagesKnowTheEarlierOnesAlone: no file of a step names what a later step
// makes.
func TestStagesKnowTheEarlierOnesAlone(t *testing.T) {
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	seen := map[string]bool{}
	for _, file := range files {
		prefix, _, _ := strings.Cut(strings.TrimSuffix(file, ".go"), "_")
		at := slices.IndexFunc(stages, func(s struct{ prefix, makes string }) bool { return s.prefix == prefix })
		if at < 0 || strings.HasSuffix(file, "_test.go") {
			continue
		}
		seen[prefix] = true
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		require.NoError(t, err)
		ast.Inspect(parsed, func(n ast.Node) bool {
			if name, ok := n.(*ast.Ident); ok {
				for _, later := range stages[at+1:] {
					assert.NotEqual(t, later.makes, name.Name, "%s is of an earlier step", file)
				}
			}
			return true
		})
	}
	assert.Len(t, seen, len(stages))
}

// TestStagesArePure: a step makes the same of the same, and leaves what it was
// given as it was.
func TestStagesArePure(t *testing.T) {
	known, err := loadTable()
	require.NoError(t, err)
	to, err := newTarget(t.Context(), "--to", "1.28")
	require.NoError(t, err)
	files, err := filepath.Glob("testdata/corpus/*.txtar")
	require.NoError(t, err)
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		require.NoError(t, err)
		var sources []Source
		for _, f := range archive.Files {
			if name, ok := strings.CutPrefix(f.Name, "in/"); ok {
				sources = append(sources, Source{Name: name, Data: f.Data})
			}
		}
		p := parse(known, sources)
		read := p.notes.after()
		f := findFacts(p)
		first, err := decide(t.Context(), f, to, false)
		require.NoError(t, err)
		decided, second := first.after(), edit(first)
		assert.Equal(t, decided, first.ledger, "%s: edit changed a decision", file)
		again, err := decide(t.Context(), f, to, false)
		require.NoError(t, err)
		assert.Equal(t, decided, again.ledger, "%s: decided twice, it is not the same", file)
		assert.Equal(t, first.values, again.values, file)
		assert.Equal(t, second.documents, edit(again).documents, file)
		assert.Equal(t, read, p.notes, "%s: a later step wrote down what was read", file)
	}
}

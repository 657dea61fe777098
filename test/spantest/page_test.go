package spantest_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// functions gives the exported functions of the package, each with what it returns first.
func functions(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	files, err := fs.Glob(os.DirFS("."), "*.go")
	require.NoError(t, err)
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		require.NoError(t, err)
		for _, declared := range file.Decls {
			function, ok := declared.(*ast.FuncDecl)
			if !ok || function.Recv != nil || !function.Name.IsExported() {
				continue
			}
			returns := ""
			if results := function.Type.Results; results != nil {
				if of, ok := results.List[0].Type.(*ast.Ident); ok {
					returns = of.Name
				}
			}
			all[function.Name.Name] = returns
		}
	}
	return all
}

// What docs/testing.md names of the package is there, and its tables have every source and
// every option.
func TestThePageNamesWhatThereIs(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(page)
	require.NoError(t, err)
	known := functions(t)
	require.Equal(t, "Source", known["Jaeger"])
	named := map[string]bool{}
	for _, found := range regexp.MustCompile("spantest\\.([A-Z]\\w+)|[`(]((?:With|By)[A-Z]\\w+)").FindAllStringSubmatch(string(text), -1) {
		name := found[1] + found[2]
		named[name] = true
		assert.Contains(t, known, name, "%s names it", page)
	}
	for name, returns := range known {
		if slices.Contains([]string{"Source", "SourceOption", "RequestOption"}, returns) {
			assert.True(t, named[name], "%s does not name %s", page, name)
		}
	}
}

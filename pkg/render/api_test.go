package render_test

import (
	"bytes"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const module = "github.com/istio-lightstep/istio-lightstep"

// compiled gives what type-checks the packages below pkg.
func compiled(t *testing.T) types.Importer {
	t.Helper()
	list, err := exec.CommandContext(t.Context(), "go", "list", "-export", "-deps", "-f", "{{.ImportPath}} {{.Export}}", module+"/pkg/...").Output()
	require.NoError(t, err)
	files := map[string]string{}
	for line := range bytes.Lines(list) {
		path, file, _ := strings.Cut(strings.TrimSpace(string(line)), " ")
		files[path] = file
	}
	return importer.ForCompiler(token.NewFileSet(), "gc", func(path string) (io.ReadCloser, error) { return os.Open(files[path]) })
}

// apiWalk collects the packages whose types the exported API shows.
type apiWalk struct {
	seen     map[types.Type]bool
	packages map[string]bool
}

func (w *apiWalk) typ(t types.Type) {
	if t == nil || w.seen[t] {
		return
	}
	w.seen[t] = true
	switch t := t.(type) {
	case *types.Alias:
		w.typ(types.Unalias(t))
	case *types.Named:
		w.named(t)
	case *types.Signature:
		w.tuple(t.Params())
		w.tuple(t.Results())
	case *types.Struct:
		for field := range t.Fields() {
			if field.Exported() {
				w.typ(field.Type())
			}
		}
	case *types.Map:
		w.typ(t.Key())
		w.typ(t.Elem())
	case interface{ Elem() types.Type }:
		w.typ(t.Elem())
	case *types.Interface:
		for method := range t.Methods() {
			w.typ(method.Type())
		}
	}
}

func (w *apiWalk) named(t *types.Named) {
	if pkg := t.Obj().Pkg(); pkg != nil {
		w.packages[pkg.Path()] = true
		if !strings.HasPrefix(pkg.Path(), module) {
			return
		}
	}
	w.typ(t.Underlying())
	methods := types.NewMethodSet(types.NewPointer(t))
	for method := range methods.Methods() {
		if method.Obj().Exported() {
			w.typ(method.Type())
		}
	}
}

func (w *apiWalk) tuple(vars *types.Tuple) {
	for v := range vars.Variables() {
		w.typ(v.Type())
	}
}

// Who uses these packages is not tied to a version of Helm, nor to anything else
// but the standard library and the type of unstructured objects, nor to a type
// that they cannot name.
func TestAPIShowsNoTypeOfHelm(t *testing.T) {
	packages := compiled(t)
	for name, foreign := range map[string][]string{
		"render":  {module + "/pkg/render", module + "/pkg/problem", "k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"},
		"report":  {module + "/pkg/report", module + "/pkg/problem"},
		"problem": {module + "/pkg/problem"},
	} {
		pkg, err := packages.Import(module + "/pkg/" + name)
		require.NoError(t, err)
		w := apiWalk{seen: map[types.Type]bool{}, packages: map[string]bool{}}
		for _, name := range pkg.Scope().Names() {
			if object := pkg.Scope().Lookup(name); object.Exported() {
				w.typ(object.Type())
			}
		}
		var seen []string
		for path := range w.packages {
			if strings.Contains(path, ".") {
				seen = append(seen, path)
			}
		}
		assert.ElementsMatch(t, foreign, seen, name)
	}
}

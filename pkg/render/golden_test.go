package render_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
	"github.com/istio-lightstep/istio-lightstep/pkg/render"
	"github.com/istio-lightstep/istio-lightstep/test/eras"
)

const examples = "../../examples"

// outputs are all that the value `output` takes.
var outputs = []string{"cluster", "istioOperator", "istiodValues", "gatewayValues", "legacyValues", "sail"}

// newRenderer gives a renderer of the goldens' release.
func newRenderer(tb testing.TB, opts ...render.Option) *render.Renderer {
	tb.Helper()
	r, err := render.New(opts...)
	require.NoError(tb, err)
	return r
}

func readValues(tb testing.TB, sources ...render.Source) *render.Values {
	tb.Helper()
	v, err := render.ReadValues(sources...)
	require.NoError(tb, err)
	return v
}

// cases gives the folders of the examples.
func cases(tb testing.TB) []string {
	tb.Helper()
	files, err := filepath.Glob(filepath.Join(examples, "*", "values.yaml"))
	require.NoError(tb, err)
	require.NotEmpty(tb, files)
	for i, file := range files {
		files[i] = filepath.Dir(file)
	}
	return files
}

// Each golden is what Helm 3 printed. Where there is none Helm refused.
func TestRenderGivesTheGoldens(t *testing.T) {
	r := newRenderer(t)
	for _, folder := range cases(t) {
		for _, output := range outputs {
			t.Run(filepath.Base(folder)+"/"+output, func(t *testing.T) {
				v := readValues(t, render.File(filepath.Join(folder, "values.yaml")), render.Set("output="+output))
				result, err := r.Render(t.Context(), v)
				want, noGolden := eras.Golden(folder, output)
				if errors.Is(noGolden, os.ErrNotExist) {
					var refused *render.ProblemsError
					require.ErrorAs(t, err, &refused)
					return
				}
				require.NoError(t, noGolden)
				require.NoError(t, err)
				assert.Equal(t, string(want), string(result.YAML()))

				objects, err := result.Objects()
				require.NoError(t, err)
				hooks := strings.Count(string(want), "\n    helm.sh/hook: ")
				assert.Len(t, objects, strings.Count("\n"+string(want), "\nkind: ")-hooks)
				for _, object := range objects {
					assert.NotContains(t, object.GetAnnotations(), "helm.sh/hook")
				}
			})
		}
	}
}

// The examples are what people copy.
func TestExamplesPassCheck(t *testing.T) {
	r := newRenderer(t)
	for _, folder := range cases(t) {
		problems, err := r.Check(t.Context(), readValues(t, render.File(filepath.Join(folder, "values.yaml"))))
		require.NoError(t, err)
		for _, p := range problems {
			assert.NotEqual(t, problem.SeverityError, p.Severity, "%s: %+v", folder, p)
		}
	}
}

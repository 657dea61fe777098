package eras_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/pkg/render"
	"github.com/istio-lightstep/istio-lightstep/test/eras"
)

// outputs are all that the value `output` takes.
var outputs = []string{"cluster", "istioOperator", "istiodValues", "gatewayValues", "legacyValues", "sail"}

// setup gives what every test here needs, and the folders of the examples.
func setup(t *testing.T) (*eras.Table, *render.Renderer, []string) {
	t.Helper()
	table, err := eras.Read()
	require.NoError(t, err)
	r, err := render.New()
	require.NoError(t, err)
	files, err := filepath.Glob("../../examples/*/values.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for i := range files {
		files[i] = filepath.Dir(files[i])
	}
	return table, r, files
}

// Every delivery of every row is in one era, and every era has an example.
func TestEveryRowHasAnExample(t *testing.T) {
	table, r, folders := setup(t)
	rows := r.Dialects()
	versions, err := eras.Versions(rows)
	require.NoError(t, err)
	for i, row := range rows {
		for _, version := range versions[i] {
			for _, delivery := range row.Deliveries {
				assert.Len(t, table.In(delivery, version), 1, "eras of Istio %s, delivery %s", version, delivery)
			}
		}
	}
	examples := map[int][]string{}
	for _, folder := range folders {
		_, era, err := table.Cases(folder, rows)
		require.NoError(t, err)
		examples[era] = append(examples[era], folder)
	}
	for i, era := range table.Eras {
		assert.NotEmpty(t, examples[i], "examples of %s, Istio %v", era.Delivery, era.Istio)
	}
}

// seen is what was seen of the lines that eras.yaml names: a rule, and a version.
type seen map[[2]string]bool

// Every row gives the goldens of every example of its era, but for the lines
// that eras.yaml names. Those are there for all the rows that it names, and for
// no others.
func TestEveryRowGivesTheGoldens(t *testing.T) {
	table, r, folders := setup(t)
	warned, refused, compared := seen{}, seen{}, 0
	versions := map[string]bool{}
	for _, folder := range folders {
		cases, _, err := table.Cases(folder, r.Dialects())
		require.NoError(t, err)
		for _, c := range cases {
			versions[c.Version] = true
			for _, output := range outputs {
				t.Run(filepath.Base(folder)+"/"+c.Version+"/"+output, func(t *testing.T) {
					if rowGivesTheGolden(t, table, r, c, output, warned, refused) {
						compared++
					}
				})
			}
		}
	}
	t.Logf("%d documents compared", compared)
	for version := range versions {
		for rule, when := range table.Warnings {
			assert.Equal(t, eras.Holds(when, version), warned[[2]string{rule, version}], "%s warns for Istio %s", rule, version)
		}
		for rule, when := range table.Refused {
			assert.Equal(t, eras.Holds(when, version), refused[[2]string{rule, version}], "%s refuses Istio %s", rule, version)
		}
	}
}

// rowGivesTheGolden renders a document and tells whether there was a golden to
// compare it with.
func rowGivesTheGolden(
	t *testing.T, table *eras.Table, r *render.Renderer, c eras.Case, output string, warned, refused seen,
) bool {
	t.Helper()
	golden, err := eras.Golden(c.Folder, output)
	noGolden := errors.Is(err, os.ErrNotExist)
	require.True(t, err == nil || noGolden, "%v", err)

	v, err := render.ReadValues(render.Bytes("values.yaml", c.Values), render.Set("output="+output))
	require.NoError(t, err)
	result, err := r.Render(t.Context(), v)
	var problems *render.ProblemsError
	if errors.As(err, &problems) {
		byRow := false
		for _, p := range problems.Problems {
			if when, ok := table.Refused[p.ID]; ok {
				assert.True(t, eras.Holds(when, c.Version), "refused by %s", p.ID)
				byRow, refused[[2]string{p.ID, c.Version}] = true, true
			}
		}
		assert.True(t, byRow || noGolden || !slices.Contains(c.Row.Outputs, output), "refused: %v", err)
		return false
	}
	require.NoError(t, err)
	document := string(result.YAML())
	for rule := range table.Warnings {
		if eras.Warns(document, rule) {
			warned[[2]string{rule, c.Version}] = true
		}
	}
	if noGolden && !slices.Contains(c.OwnRow.Outputs, output) {
		return false // The example's own Istio has no such document.
	}
	require.False(t, noGolden, "rendered, and the example has no golden of it")
	assert.Equal(t, table.Want(c, string(golden)), table.WithoutWarnings(document))
	return true
}

// What eras.yaml names is in a golden: it names no line that is there no longer.
func TestNamedLinesAreInGoldens(t *testing.T) {
	table, _, _ := setup(t)
	goldens, err := filepath.Glob("../../examples/*/rendered/*.yaml")
	require.NoError(t, err)
	var all strings.Builder
	for _, golden := range goldens {
		text, err := os.ReadFile(golden)
		require.NoError(t, err)
		all.Write(text)
	}
	for _, rule := range table.Minor {
		assert.True(t, eras.Warns(all.String(), rule), "%s", rule)
	}
	for _, variants := range table.Lines {
		assert.True(t, slices.ContainsFunc(variants, func(v eras.Variant) bool {
			return strings.Contains(all.String(), " "+v.Text+"\n") || strings.Contains(all.String(), "\n"+v.Text+"\n")
		}), "%v", variants)
	}
	for name := range table.Examples {
		assert.FileExists(t, filepath.Join("../../examples", name, "values.yaml"))
	}
}

package doctor

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/internal/doctor/finding"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

// breakage is one way to break a recorded healthy mesh.
type breakage struct {
	ID   string `json:"-"` // the one finding that is expected
	What string `json:"-"`

	Base  string   `json:"base"` // a healthy mesh of bases.yaml
	Break []change `json:"break"`
	Times int      `json:"times"` // how often it is found: for so many workloads or namespaces; 0 is once
	Mend  string   `json:"mend"`  // a part of the command that is expected

	Severity problem.Severity `json:"severity"` // where it is not that of the catalogue

	Advice string `json:"advice"` // a part of the sentence that is expected in the place of a command
}

// breakages gives the rows of the catalogue that break a recorded mesh. The
// end-to-end tests break a real mesh by the others, and by many of these.
func breakages(t *testing.T) []breakage {
	t.Helper()
	var catalogue []struct {
		ID       string         `json:"id"`
		What     string         `json:"what"`
		Recorded *breakage      `json:"recorded"`
		Mesh     map[string]any `json:"mesh"`
	}
	readYAML(t, "breakages.yaml", &catalogue)
	var all []breakage
	for _, row := range catalogue {
		if b := row.Recorded; b != nil {
			b.ID, b.What = row.ID, row.What
			all = append(all, *b)
		}
	}
	require.NotEmpty(t, all)
	return all
}

func idsOf(found []finding.Finding) []string {
	ids := make([]string, len(found))
	for i, f := range found {
		ids[i] = f.ID
	}
	return ids
}

func TestHealthyMeshesHaveNoFinding(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"collector", "direct", "native", "relayed", "backends", "beside", "meshed", "excluded"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			snapshot, d := examined(t, recordedBase(t, name))
			assert.Empty(t, d.Examine(snapshot, nil))
			assert.Empty(t, snapshot.Gaps)
			require.Len(t, snapshot.Istiods, 1)
			assert.Len(t, d.Summarise(snapshot, nil, nil).Planes, 1)
		})
	}
}

// unfilled is a fact that a check forgot to give. Braces of JSON and of Go
// templates have something else in them.
var unfilled = regexp.MustCompile(`\{[A-Za-z][A-Za-z0-9_.]*\}`)

func TestEachBreakageHasItsOneFinding(t *testing.T) {
	t.Parallel()
	for _, b := range breakages(t) {
		t.Run(b.ID+" "+b.What, func(t *testing.T) {
			t.Parallel()
			r := recordedBase(t, b.Base)
			for _, c := range b.Break {
				c.apply(t, r)
			}
			snapshot, d := examined(t, r)
			found := d.Examine(snapshot, nil)
			require.Equal(t, slices.Repeat([]string{b.ID}, max(b.Times, 1)), idsOf(found))
			k, _ := d.catalogue.Kind(b.ID)
			for _, f := range found {
				for _, text := range []string{f.Lost, f.Reason, f.Fix(), f.Subject} {
					assert.NotEmpty(t, text)
					assert.NotRegexp(t, unfilled, strings.ReplaceAll(text, "jsonpath={.", ""))
				}
				assert.Contains(t, f.Mend, b.Mend)
				assert.Equal(t, cmp.Or(b.Severity, k.Severity), f.Severity)
				assert.Contains(t, f.Advice, b.Advice)
				if b.Advice == "" && k.Advice == "" {
					assert.Empty(t, f.Advice, "a command was refused")
				}
			}
		})
	}
}

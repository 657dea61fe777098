package migrate_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/internal/migrate"
	"github.com/istio-lightstep/istio-lightstep/pkg/render"
)

func TestTimeline(t *testing.T) {
	for _, way := range [][2]string{{"1.4", "1.31"}, {"1.14", "1.31"}, {"1.16", "1.16"}, {"1.16.1", "1.22.3"}} {
		t.Run(way[0]+" to "+way[1], func(t *testing.T) {
			timeline, err := migrate.NewTimeline(t.Context(), way[0], way[1])
			require.NoError(t, err)
			text := timeline.String()
			file := filepath.Join("testdata", "timeline", way[0]+"-"+way[1]+".txt")
			if *update {
				require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
			}
			wanted, err := os.ReadFile(file)
			require.NoError(t, err)
			assert.Equal(t, string(wanted), text)
		})
	}
}

func TestTimelineRefuses(t *testing.T) {
	_, err := migrate.NewTimeline(t.Context(), "1.20", "1.14")
	require.ErrorContains(t, err, "--from 1.20 is not before --to 1.14")
	for flag, way := range map[string][2]string{"--from": {"1.3", "1.31"}, "--to": {"1.14", "2.0"}} {
		_, err := migrate.NewTimeline(t.Context(), way[0], way[1])
		var refused *render.ProblemsError
		require.ErrorAs(t, err, &refused)
		assert.Equal(t, flag, refused.Problems[0].File)
	}
}

// TestChangesAreTold holds changes.yaml to the dialects: an entry for a version
// without a row would never be printed. The rules that it names are there.
func TestChangesAreTold(t *testing.T) {
	text, err := os.ReadFile("changes.yaml")
	require.NoError(t, err)
	var file struct {
		Changes []struct{ At, What, Answer, Source string }
	}
	require.NoError(t, yaml.Unmarshal(text, &file))
	renderer, err := render.New()
	require.NoError(t, err)
	rows := map[string]bool{}
	for _, d := range renderer.Dialects() {
		rows[d.From] = true
	}
	rules, err := os.ReadFile("../../charts/istio-lightstep/files/rules.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, file.Changes)
	for _, c := range file.Changes {
		assert.True(t, rows[c.At], "no dialect begins at %s", c.At)
		assert.NotEmpty(t, c.What)
		assert.NotEmpty(t, c.Source)
		for _, id := range regexp.MustCompile(`LS-[A-Z-]+[A-Z]`).FindAllString(c.Answer, -1) {
			assert.True(t, strings.Contains(string(rules), "id: "+id+"\n"), "there is no rule %s", id)
		}
	}
}

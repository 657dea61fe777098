package migrate_test

import (
	"bytes"
	"encoding/base64"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/internal/migrate"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

var update = flag.Bool("update", false, "write what the corpus comes to")

// shape is one case of the corpus: files as people have them under in/, and
// what they come to under want/. Its comment says what is shown, and has lines
// `to: VERSION`, `token: TEXT` where there is one, and `hidden: TEXT, TEXT` for
// what the report must not show. A shape that public repositories have tells
// which kind of source it is from, and what is wanted of it: `public:`, `wanted:`.
type shape struct {
	file        string
	archive     *txtar.Archive
	title       string
	to, token   string
	public      bool
	hidden      []string
	values      string // outcome, as its comment has it: fine, errors or none
	sources     []migrate.Source
	wanted, got map[string]string
}

// readShapes reads the corpus.
func readShapes(tb testing.TB) []*shape {
	tb.Helper()
	files, err := filepath.Glob("testdata/corpus/*.txtar")
	require.NoError(tb, err)
	require.GreaterOrEqual(tb, len(files), 40)
	var all []*shape
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		require.NoError(tb, err)
		s := &shape{file: file, archive: archive, hidden: hidden, wanted: map[string]string{}, got: map[string]string{}}
		for i, line := range strings.Split(strings.TrimSpace(string(archive.Comment)), "\n") {
			key, value, _ := strings.Cut(line, ": ")
			switch {
			case i == 0:
				s.title = line
			case key == "to":
				s.to = value
			case key == "token":
				s.token = value
			case key == "values":
				s.values = value
			case key == "hidden":
				s.hidden = slices.Concat(hidden, strings.Split(value, ", "))
			case key == "public":
				s.public = true
			}
		}
		for _, f := range archive.Files {
			if name, ok := strings.CutPrefix(f.Name, "in/"); ok {
				s.sources = append(s.sources, migrate.Source{Name: name, Data: f.Data})
			} else {
				s.wanted[f.Name] = string(f.Data)
			}
		}
		all = append(all, s)
	}
	return all
}

func TestCorpus(t *testing.T) {
	shapes := readShapes(t)
	public := 0
	for _, s := range shapes {
		if s.public {
			public++
		}
	}
	require.GreaterOrEqual(t, public, 30)
	rows := []string{
		fmt.Sprintf("%d shapes, each with its expected outcome in its file: the report, the values, the diff and the steps.", len(shapes)),
		fmt.Sprintf("%d of them are of public origin: files in public repositories have this shape, under other names and values.", public), "",
		"| shape | to | moved | removed | left | by hand | values |", "|---|---|---|---|---|---|---|",
	}
	for _, s := range shapes {
		t.Run(strings.TrimSuffix(filepath.Base(s.file), ".txtar"), func(t *testing.T) {
			result, err := migrate.Migrate(t.Context(), s.sources, migrate.Options{To: s.to})
			require.NoError(t, err)
			s.hold(t, result)
			rows = append(rows, s.row(result))
			if *update {
				s.update(t)
				return
			}
			require.Equal(t, s.wanted, s.got)
		})
	}
	replaceInDocs(t, map[string]string{"corpus": "\n" + strings.Join(rows, "\n") + "\n\n"})
}

// hold takes what came out, and holds it to what is true of every migration.
func (s *shape) hold(t *testing.T, result *migrate.Result) {
	t.Helper()
	s.got["want/report.md"] = result.Report()
	outcome := "none"
	if result.Found && !result.Unused {
		s.got["want/values.yaml"] = string(result.Values)
		outcome = "fine"
		for _, p := range result.Problems {
			if p.Severity == problem.SeverityError && !strings.HasPrefix(p.Path, "document.") {
				outcome = "errors"
			}
		}
	}
	require.Equal(t, s.values, outcome, "%v", result.Problems)
	for name, data := range map[string][]byte{"want/secret.yaml": result.Secret, "want/token-values.yaml": result.TokenValues} {
		if data != nil {
			s.got[name] = string(data)
		}
	}
	require.Len(t, result.Documents, len(s.sources))
	for i, d := range result.Documents {
		require.Equal(t, string(s.sources[i].Data), string(d.Before))
		require.True(t, taken(d.Before, d.After), "%s holds what was not there:\n%s", d.Name, d.After)
		if !d.Changed() {
			continue
		}
		diff := result.Diff(d)
		s.got["want/without/"+d.Name] = string(d.After)
		s.got["want/"+d.Name+".diff"] = diff
	}
	s.holdToken(t)
	s.holdComplete(t, result)
}

// holdComplete migrates what is left: where all was understood, nothing of
// LightStep's is found any more.
func (s *shape) holdComplete(t *testing.T, result *migrate.Result) {
	t.Helper()
	var again []migrate.Source
	for _, d := range result.Documents {
		if bytes.Contains(d.After, []byte("exporters:")) {
			return // the collector is taken away later
		}
		again = append(again, migrate.Source{Name: d.Name, Data: d.After})
	}
	for _, f := range result.Findings {
		if f.Outcome == migrate.Left || strings.Contains(f.Text, "it is still there") || strings.Contains(f.Text, "it is not changed") {
			return
		}
	}
	second, err := migrate.Migrate(t.Context(), again, migrate.Options{To: s.to})
	require.NoError(t, err)
	require.False(t, second.Found, "%s", second.Report())
}

// hidden are tokens of the corpus that stand where they are not understood, or
// that another one overrules.
var hidden = []string{"77aa88bb99cc", "5c5c5c5c5c5c", "8d8d8d8d8d8d", "9e9e9e9e9e9e"}

// holdToken looks for the token where it must not be, and where it must.
func (s *shape) holdToken(t *testing.T) {
	t.Helper()
	for name, text := range s.got {
		for _, token := range s.hidden {
			require.False(t, !strings.HasPrefix(name, "want/without/") && strings.Contains(text, token), "%s holds %s", name, token)
		}
	}
	if s.token == "" {
		require.NotContains(t, s.got, "want/secret.yaml")
		require.NotContains(t, s.got, "want/token-values.yaml")
		return
	}
	for name, text := range s.got {
		if strings.HasSuffix(name, ".diff") || name == "want/report.md" || name == "want/values.yaml" {
			require.NotContains(t, text, s.token, name)
			require.NotContains(t, text, base64.StdEncoding.EncodeToString([]byte(s.token)), name)
		}
	}
	require.Contains(t, s.got["want/secret.yaml"]+s.got["want/token-values.yaml"], s.token)
}

// taken tells whether one text is the other with pieces taken out.
func taken(before, after []byte) bool {
	at := 0
	for _, b := range after {
		i := bytes.IndexByte(before[at:], b)
		if i < 0 {
			return false
		}
		at += i + 1
	}
	return true
}

// row is the shape's line in the table of docs/migrate.md.
func (s *shape) row(result *migrate.Result) string {
	counts := map[migrate.Outcome]int{}
	for _, f := range result.Findings {
		counts[f.Outcome]++
	}
	values := map[string]string{"fine": "pass `check`", "errors": "wait for what is by hand", "none": "nothing found"}[s.values]
	for _, p := range result.Problems {
		if p.Severity == problem.SeverityError {
			counts[migrate.ByHand]++
		}
	}
	return fmt.Sprintf("| %s | %s | %d | %d | %d | %d | %s |", s.title, s.to,
		counts[migrate.Moved], counts[migrate.Dropped], counts[migrate.Left], counts[migrate.ByHand], values)
}

// update writes the outcome into the shape's file.
func (s *shape) update(t *testing.T) {
	t.Helper()
	archive := &txtar.Archive{Comment: s.archive.Comment}
	for _, f := range s.archive.Files {
		if strings.HasPrefix(f.Name, "in/") {
			archive.Files = append(archive.Files, f)
		}
	}
	for _, name := range sorted(s.got) {
		archive.Files = append(archive.Files, txtar.File{Name: name, Data: []byte(s.got[name])})
	}
	require.NoError(t, os.WriteFile(s.file, txtar.Format(archive), 0o600))
	require.NoError(t, os.Chmod(s.file, 0o644))
}

func sorted(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }

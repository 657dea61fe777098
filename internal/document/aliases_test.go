package document_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/internal/document"
	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// TestRemoveAt: what others have by an alias is refused, and what an alias leads
// to goes by that alias.
func TestRemoveAt(t *testing.T) {
	for name, c := range map[string]struct {
		before string
		paths  []string
		after  string // "" where it is refused
		line   int
		named  string
	}{
		"another key has all of it":           {"ls: &ls {a: 1}\nmine: *ls\nb: 2\n", []string{"ls.a"}, "", 2, "the alias *ls stands for"},
		"another key has a part of it":        {"ls: &ls {a: 1, c: 3}\nmine: *ls\n", []string{"ls.a"}, "", 2, "the alias *ls stands for"},
		"another map merges it in":            {"ls: &ls {a: 1}\nmine:\n  <<: *ls\n  b: 2\n", []string{"ls.a"}, "", 3, "the alias *ls stands for"},
		"another map merges it in, of a list": {"ls: &ls {a: 1}\nmine:\n  <<: [*ls]\n  b: 2\n", []string{"ls.a"}, "", 3, "the merge key << stands for"},
		"the document merges it in":           {"ls: &ls {a: 1}\n<<: *ls\n", []string{"ls.a"}, "", 2, "the alias *ls stands for"},
		"another item has it":                 {"ls: &ls {a: 1}\nmine: [*ls]\n", []string{"ls.a"}, "", 2, "the alias *ls stands for"},
		"another has it within another alias": {"ls: &ls {a: 1}\no: &o {ls: *ls}\nmine: *o\n", []string{"ls.a", "o.ls.a"}, "", 3, "the alias *o stands for"},
		"another has it where it is written":  {"mine: &ls {a: 1}\nls: *ls\n", []string{"ls.a"}, "", 1, "the anchor &ls stands for"},
		"both are named":                      {"ls: &ls {a: 1}\nmine: *ls\nother: {<<: *ls}\n", []string{"ls.a"}, "", 2, "the alias *ls stands for"},
		"all goes by its key, and an alias":   {"ls: &ls {a: 1}\nmine: *ls\n", []string{"ls.a", "ls"}, "", 2, "the alias *ls stands for"},
		"the alias leads there":               {"ls: &ls {a: 1}\nmine: *ls\nb: 2\n", []string{"ls.a", "mine.a"}, "b: 2\n", 0, ""},
		"a holder, and the alias":             {"x-ls: &ls {a: 1}\nmine: *ls\nb: 2\n", []string{"mine.a"}, "b: 2\n", 0, ""},
		"a holder, a merge key":               {"x-ls: &ls {a: 1, c: 3}\nmine: {<<: *ls, b: 2}\n", []string{"mine.a"}, "x-ls: &ls {c: 3}\nmine: {<<: *ls, b: 2}\n", 0, ""},
		"a holder, and another key":           {"x-ls: &ls {a: 1}\nls: *ls\nmine: *ls\n", []string{"ls.a"}, "", 3, "the alias *ls stands for"},
		"a merged key that the map overrides": {"ls: &ls {a: 1}\nmine: {<<: *ls, a: 2}\n", []string{"ls.a"}, "mine: {a: 2}\n", 0, ""},
		"an alias of what stays":              {"ls: &ls {a: 1, c: &c 3}\nmine: *c\n", []string{"ls.a"}, "ls: &ls {c: &c 3}\nmine: *c\n", 0, ""},
		"an alias in what goes":               {"ls: &ls {a: 1}\nb: {mine: *ls}\nc: 2\n", []string{"ls.a", "b"}, "c: 2\n", 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			f, err := document.Open([]byte(c.before))
			require.NoError(t, err)
			for _, path := range c.paths {
				found := yamltree.Find(f.Roots[0], yamltree.Parse(path))
				require.Len(t, found, 1)
				f.RemoveAt(found[0])
			}
			after, _, err := f.Bytes()
			if c.after != "" {
				require.NoError(t, err)
				assert.Equal(t, c.after, string(after))
				return
			}
			var refused *document.Error
			require.ErrorAs(t, err, &refused, "%s", after)
			assert.Equal(t, c.line, refused.Problem.Line)
			assert.Equal(t, "LS-DOCUMENT-ALIAS", refused.Problem.ID)
			assert.Contains(t, refused.Problem.Reason, c.named)
		})
	}
}

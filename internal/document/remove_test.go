package document_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/istio-lightstep/istio-lightstep/internal/document"
	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// removals take the keys named x, and items that are x, out of a file.
var removals = []struct{ name, before, after string }{
	{"a key", "a: 1\nx: 2 # two\nb: 3\n", "a: 1\nb: 3\n"},
	{"the last key without an end of line", "a: 1\nx: 2", "a: 1\n"},
	{"what holds nothing else", "a:\n  b:\n    x: 1\nc: 2\n", "c: 2\n"},
	{"not what was empty before", "a: {}\nb:\nx: 1\n", "a: {}\nb:\n"},
	{"comments around it stay", "a:\n  # one\n  x: 1\n  # two\n  b: 2\n", "a:\n  # one\n  # two\n  b: 2\n"},
	{"Windows line ends", "a: 1\r\nx:\r\n  y: 2\r\nb: 3\r\n", "a: 1\r\nb: 3\r\n"},
	{"tabs at ends of lines", "a:\t1\nx:\t2\t\nb: 3\t\n", "a:\t1\nb: 3\t\n"},
	{"a byte order mark", "\ufeffa: 1\nx: 2\n", "\ufeffa: 1\n"},
	{"a block of text", "x: |\n  one\n\n  two\nb: 3\n", "b: 3\n"},
	{"text over lines", "x: \"one\n  two\"\ny: one\n  two\n", "y: one\n  two\n"},
	{"an item", "a:\n- 1\n- x\n- 2\n", "a:\n- 1\n- 2\n"},
	{"the first key of an item", "a:\n- x: 1\n  b: 2\n", "a:\n- b: 2\n"},
	{"the first key of an item, a comment below", "a:\n- x: 1\n  # two\n  b: 2\n", "a:\n- \n  # two\n  b: 2\n"},
	{"the first two keys of an item", "a:\n  - x:\n      y: 1\n    x2: {x: 1}\n    b: 2\n", "a:\n  - b: 2\n"},
	{"all of an item", "a:\n- x: 1\n- b: 2\n", "a:\n- b: 2\n"},
	{"an item in an item", "a:\n- - x\n  - 1\n", "a:\n- - 1\n"},
	{"within braces, first", "a: {x: 1, b: 2}\n", "a: {b: 2}\n"},
	{"within braces, last", "a: {b: 2, x: 1}\n", "a: {b: 2}\n"},
	{"within braces, between", "a: {b: 2, x: [1, 2], c: 3,}\n", "a: {b: 2, c: 3,}\n"},
	{"within brackets", "a: [1, x, 2]\n", "a: [1, 2]\n"},
	{"JSON", "{\n  \"a\": 1,\n  \"x\": {\n    \"y\": 2\n  },\n  \"b\": 3\n}\n", "{\n  \"a\": 1,\n  \"b\": 3\n}\n"},
	{"JSON, the last", "{\n  \"a\": 1,\n  \"x\": 2\n}\n", "{\n  \"a\": 1\n}\n"},
	{"a whole document", "a: 1\n---\nx: 2\n---\nb: 3\n", "a: 1\n---\nb: 3\n"},
	{"all there is", "# why\nx: 2\n", "# why\n"},
	{"an anchor that only what goes has used", "x: &n 1\ny: {x: *n}\na: 2\n", "a: 2\n"},
	{"a map through a merge key", "m: &m {x: 1}\na:\n  <<: *m\n  b: 2\n", "a:\n  b: 2\n"},
}

// mark marks keys named x, and items that are x.
func mark(f *document.File, node *yaml.Node, wanted func(*yaml.Node) bool) {
	for i, child := range node.Content {
		key := node.Kind == yaml.SequenceNode || i%2 == 0
		if key && child.Kind == yaml.ScalarNode && wanted(child) {
			f.Remove(child)
		}
		mark(f, child, wanted)
	}
}

func isX(node *yaml.Node) bool { return node.Value == "x" }

func TestRemove(t *testing.T) {
	for _, c := range removals {
		t.Run(c.name, func(t *testing.T) {
			f, err := document.Open([]byte(c.before))
			require.NoError(t, err)
			for _, root := range f.Roots {
				mark(f, root, func(n *yaml.Node) bool { return n.Value == "x" || n.Value == "x2" })
			}
			after, cuts, err := f.Bytes()
			require.NoError(t, err)
			assert.Equal(t, c.after, string(after))
			assert.NotEmpty(t, cuts)
		})
	}
}

func TestRemoveRefusesWhatAnAliasNeeds(t *testing.T) {
	f, err := document.Open([]byte("x: &n {a: 1}\nb: *n\n"))
	require.NoError(t, err)
	f.Remove(f.Roots[0].Content[0])
	_, _, err = f.Bytes()
	var refused *document.Error
	require.ErrorAs(t, err, &refused)
	assert.Equal(t, 2, refused.Problem.Line)
	assert.Equal(t, "LS-DOCUMENT-ALIAS", refused.Problem.ID)
}

func TestEmbedded(t *testing.T) {
	const before = "data:\n  mesh: |-\n    a: 1 # one\n\n    x:\n      y: 2\n    b: 3\n  other: 'x: 1'\n"
	f, err := document.Open([]byte(before))
	require.NoError(t, err)
	data := f.Roots[0].Content[1]
	inner := f.Embedded(data.Content[1])
	require.NotNil(t, inner)
	key, value := yamltree.Entry(inner.Roots[0], "x")
	line, column := inner.Position(key)
	assert.Equal(t, []int{5, 5}, []int{line, column})
	line, column = inner.Position(value.Content[0])
	assert.Equal(t, []int{6, 7}, []int{line, column})
	assert.Nil(t, f.Embedded(data.Content[3]), "text in quotes")

	inner.Remove(key)
	after, _, err := f.Bytes()
	require.NoError(t, err)
	assert.Equal(t, "data:\n  mesh: |-\n    a: 1 # one\n\n    b: 3\n  other: 'x: 1'\n", string(after))

	a, _ := yamltree.Entry(inner.Roots[0], "a")
	b, _ := yamltree.Entry(inner.Roots[0], "b")
	inner.Remove(a, b)
	after, _, err = f.Bytes()
	require.NoError(t, err)
	assert.Equal(t, "data:\n  other: 'x: 1'\n", string(after), "nothing is left of the text")
}

// within are removals from a text within a file: before and after.
var within = [][2]string{
	{"d:\n  m: |\n    a: {x: 1, b: 2}\n", "d:\n  m: |\n    a: {b: 2}\n"},
	{"d:\n  m: |-\n      a: {b: 2, x: 1}\n  o: 1\n", "d:\n  m: |-\n      a: {b: 2}\n  o: 1\n"},
	{"d:\n  m: |\n    a:\n    - x: 1\n      b: 2\n    - c\n", "d:\n  m: |\n    a:\n    - b: 2\n    - c\n"},
	{"d:\n  m: |2\n    a: 1\n    x: 2\n", "d:\n  m: |2\n    a: 1\n"},
	{"d:\r\n  m: |\r\n    x: 1\r\n    a: {x: 1, b: 2}\r\n", "d:\r\n  m: |\r\n    a: {b: 2}\r\n"},
	{"m: |\n a: 1\n x: 2\n\n\nb: 3\n", "m: |\n a: 1\n\n\nb: 3\n"},
	{"m: |\n a: 1\n ---\n x: 2\n ---\n b: {c: 1, x: 2}", "m: |\n a: 1\n ---\n b: {c: 1}"},
}

func TestRemoveWithinText(t *testing.T) {
	for _, c := range within {
		t.Run(c[0], func(t *testing.T) {
			f, err := document.Open([]byte(c[0]))
			require.NoError(t, err)
			markTexts(f, f.Roots[0], isX)
			after, _, err := f.Bytes()
			require.NoError(t, err)
			assert.Equal(t, c[1], string(after))
		})
	}
}

// markTexts marks within every text that is a file of its own.
func markTexts(f *document.File, node *yaml.Node, wanted func(*yaml.Node) bool) {
	for _, child := range node.Content {
		if inner := f.Embedded(child); inner != nil {
			for _, root := range inner.Roots {
				mark(inner, root, wanted)
			}
		}
		markTexts(f, child, wanted)
	}
}

// FuzzRemove takes keys and items out of any text, and holds the result against
// a reading that shares no code with the removal.
func FuzzRemove(f *testing.F) {
	for _, c := range removals {
		f.Add(c.before, uint16(1))
	}
	for _, c := range within {
		f.Add(c[0], uint16(1))
	}
	for _, c := range merges {
		f.Add(operator+c.mine, uint16(0b101))
	}
	f.Fuzz(func(t *testing.T, text string, which uint16) {
		file, err := document.Open([]byte(text))
		if err != nil {
			return
		}
		n := 0
		wanted := func(node *yaml.Node) bool {
			n++
			return isX(node) || which>>(n%16)&1 == 1
		}
		for _, root := range file.Roots {
			mark(file, root, wanted)
			markTexts(file, root, isX)
		}
		after, cuts, err := file.Bytes()
		if err != nil {
			var refused *document.Error
			require.ErrorAs(t, err, &refused)
			return
		}
		at := 0
		kept := ""
		for _, cut := range cuts {
			require.GreaterOrEqual(t, cut.End, cut.Start)
			kept += text[at:max(at, cut.Start)]
			at = max(at, cut.End)
		}
		require.Equal(t, kept+text[at:], string(after), "what is left are pieces of the text")
		_, err = document.Open(after)
		require.NoError(t, err)
	})
}

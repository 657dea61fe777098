package doctor

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/internal/terminal"
)

// TestAHostileConfigMapIsRefusedOrEscaped: what acts on a terminal stays escaped, and
// what is too large, too deep or expands too far is refused.
func TestAHostileConfigMapIsRefusedOrEscaped(t *testing.T) {
	t.Parallel()
	edit := Edit{Key: "mesh", Remove: []string{"enableTracing"}}
	out, err := edit.Apply([]byte(`data: {mesh: "enableTracing: true\nname: \"\\e[2J\\x9b31m$(curl evil)\"\n"}`))
	require.NoError(t, err)
	assert.NotContains(t, string(out), "enableTracing")
	for line := range strings.Lines(string(out)) {
		line = strings.TrimSuffix(line, "\n")
		assert.Equal(t, terminal.Safe(line), line)
	}
	for name, inner := range map[string]string{
		"aliases": "a: &a [x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c]\n" +
			"e: &e [*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e]\ng: [*f,*f,*f,*f,*f,*f,*f,*f]\n",
		"depth":   "a: " + strings.Repeat("[", 5000) + strings.Repeat("]", 5000),
		"size":    "a: " + strings.Repeat("x", 11<<20),
		"UTF-8":   "a: \xff",
		"control": "a: \x1b[2J",
	} {
		for _, text := range []string{inner, "data:\n  mesh: |\n    " + strings.ReplaceAll(inner, "\n", "\n    ")} {
			_, err := edit.Apply([]byte(text))
			require.Error(t, err, name)
			assert.Equal(t, terminal.Safe(err.Error()), err.Error(), name)
			assert.Less(t, len(err.Error()), 300, name)
		}
	}
}

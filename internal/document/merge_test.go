package document_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/internal/document"
)

func TestMerge(t *testing.T) {
	for name, c := range merges {
		t.Run(name, func(t *testing.T) {
			got, err := document.Merge([]byte(operator+c.mine), []byte(operator+c.ours))
			require.NoError(t, err)
			assert.Equal(t, operator+c.want, string(got))

			again, err := document.Merge(got, []byte(operator+c.ours))
			require.NoError(t, err)
			assert.Equal(t, string(got), string(again), "merging twice")
		})
	}
}

func TestMergeKeepsWindowsLineEnds(t *testing.T) {
	for name, c := range merges {
		t.Run(name, func(t *testing.T) {
			windows := "\ufeff" + strings.ReplaceAll(operator+c.mine, "\n", "\r\n")
			got, err := document.Merge([]byte(windows), []byte(operator+c.ours))
			require.NoError(t, err)
			assert.Equal(t, "\ufeff"+strings.ReplaceAll(operator+c.want, "\n", "\r\n"), string(got))
		})
	}
}

func TestMergeTakesTheDocumentOfOurKind(t *testing.T) {
	mine := "# A namespace first.\napiVersion: v1\nkind: Namespace\n---\n" + operator + "spec: {}\n---\nglobal: {a: 1}\n...\n"
	ours := "---\n# Source: istio-lightstep/templates/x.yaml\n" + operator + "metadata:\n  name: x\nspec:\n  profile: default\n"

	got, err := document.Merge([]byte(mine), []byte(ours))
	require.NoError(t, err)
	assert.Equal(t, "# A namespace first.\napiVersion: v1\nkind: Namespace\n---\n"+operator+
		"spec:\n  profile: default\nmetadata:\n  name: x\n---\nglobal: {a: 1}\n...\n", string(got))

	got, err = document.Merge([]byte(mine), []byte("global:\n  b: 2\n"))
	require.NoError(t, err)
	assert.Equal(t, strings.Replace(mine, "{a: 1}", "{a: 1, b: 2}", 1), string(got))
}

func TestMergeKeepsTheNameOfTheUsersDocument(t *testing.T) {
	mine := operator + "metadata:\n  name: mine\n"
	ours := operator + "metadata:\n  name: ours\n  namespace: istio-system\n  annotations: {a: b}\n"
	got, err := document.Merge([]byte(mine), []byte(ours))
	require.NoError(t, err)
	assert.Equal(t, mine+"  namespace: istio-system\n  annotations: {a: b}\n", string(got))
}

func TestMergeOnTheLineOfAByteOrderMark(t *testing.T) {
	got, err := document.Merge([]byte("\ufeffglobal: {a: 1}\n"), []byte("global: {a: 2}\n"))
	require.NoError(t, err)
	assert.Equal(t, "\ufeffglobal: {a: 2}\n", string(got))
}

func TestMergeIntoAFileWithoutDocuments(t *testing.T) {
	for mine, want := range map[string]string{
		"":                          "a: 1\n",
		"# To be written.":          "# To be written.\na: 1\n",
		"# One\r\n---\r\n# Two\r\n": "# One\r\n---\r\n# Two\r\na: 1\r\n",
	} {
		got, err := document.Merge([]byte(mine), []byte("a: 1\n"))
		require.NoError(t, err)
		assert.Equal(t, want, string(got))
	}
}

func TestMergeRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		mine, ours, id, path string
		line                 int
	}{
		"no document of the kind": {"kind: Istio\n", operator, "LS-DOCUMENT-KIND", "", 0},
		"two of them":             {operator + "---\n" + operator, operator, "LS-DOCUMENT-KIND", "", 4},
		"a list at the root":      {"- a\n", operator, "LS-DOCUMENT-KIND", "", 1},
		"broken YAML":             {operator + "spec: [\n", operator, "LS-DOCUMENT-YAML", "", 3},
		"not UTF-8":               {operator + "a: \xff\n", operator, "LS-DOCUMENT-YAML", "", 3},
		"duplicate keys":          {operator + "spec:\n  a: 1\n  a: 2\n", operator, "LS-DOCUMENT-DUPLICATE-KEY", "spec.a", 5},
		"a map where ours is a list": {
			operator + "spec:\n  values:\n    a: {b: 1}\n", operator + "spec: {values: {a: [b]}}\n",
			"LS-DOCUMENT-TYPE", "spec.values.a", 5,
		},
		"an alias to write into": {
			operator + "x: &x\n  a: 1\nspec: *x\n", operator + "spec: {b: 1}\n",
			"LS-DOCUMENT-ALIAS", "spec", 5,
		},
		"an anchor that an alias uses": {
			operator + "spec: &x\n  a: 1\ny: *x\n", operator + "spec: {b: 1}\n",
			"LS-DOCUMENT-ALIAS", "spec", 3,
		},
		"a value that comes through a merge key": {
			operator + "x: &x\n  a: {b: 1}\nspec:\n  <<: *x\n", operator + "spec: {a: {c: 1}}\n",
			"LS-DOCUMENT-ALIAS", "spec.a", 6,
		},
		"a value that a later merge key overrules": {
			operator + "x: &x\n  a: {b: 1}\nspec:\n  a: {d: 1}\n  <<: *x\n", operator + "spec: {a: {c: 1}}\n",
			"LS-DOCUMENT-ALIAS", "spec.a", 6,
		},
		"broken YAML that the parser places a line too high": {operator + "spec:\n  - b\n c\n", operator, "LS-DOCUMENT-YAML", "", 5},
		"one key in two forms":                               {operator + "spec: {yes: 1, on: 2}\n", operator, "LS-DOCUMENT-DUPLICATE-KEY", "spec.true", 3},
		"a document too deep":                                {operator + "spec: " + strings.Repeat("[", 1200) + strings.Repeat("]", 1200) + "\n", operator, "LS-DOCUMENT-YAML", "", 1},
		"a provider of our name that is another": {
			operator + "spec:\n  meshConfig:\n    extensionProviders:\n    - name: a\n    - {name: ours, zipkin: {port: 9411}}\n",
			operator + "spec: {meshConfig: {extensionProviders: [{name: ours, opentelemetry: {port: 4317}}]}}\n",
			"LS-DOCUMENT-NAME", "spec.meshConfig.extensionProviders[1]", 7,
		},
		"a provider of our name that has a field more": {
			"meshConfig:\n  extensionProviders: [{name: ours, zipkin: {port: 9411}, x: 1}]\n",
			"meshConfig: {extensionProviders: [{name: ours, zipkin: {port: 9411}}]}\n",
			"LS-DOCUMENT-NAME", "meshConfig.extensionProviders[0]", 2,
		},
		"a volume of our name that is another": {
			operator + "spec:\n  volumes:\n  - name: v\n    a: {b: 1}\n",
			operator + "spec: {volumes: [{name: v, c: 1}]}\n", "LS-DOCUMENT-NAME", "spec.volumes[0]", 5,
		},
		"a list in the weaker mesh config": {
			operator + "spec:\n  values:\n    meshConfig:\n      extensionProviders: [{name: a}]\n",
			operator + "spec: {meshConfig: {extensionProviders: [{name: ours}]}}\n",
			"LS-DOCUMENT-LAYER", "spec.values.meshConfig.extensionProviders", 6,
		},
		"a list among the defaults of a chart's values": {
			"_internal_defaults_do_not_set:\n  meshConfig:\n    extensionProviders: [{name: a}]\n",
			"meshConfig: {extensionProviders: [{name: ours}]}\n",
			"LS-DOCUMENT-LAYER", "_internal_defaults_do_not_set.meshConfig.extensionProviders", 3,
		},
		"a list among the defaults of a Sail Istio's values": {
			operator + "spec:\n  values:\n    defaults:\n      meshConfig: {extensionProviders: [{name: a}]}\n",
			operator + "spec: {values: {meshConfig: {extensionProviders: [{name: ours}]}}}\n",
			"LS-DOCUMENT-LAYER", "spec.values.defaults.meshConfig.extensionProviders", 6,
		},
		"a list in values that istioctl lays over the mesh config": {
			operator + "spec:\n  unvalidatedValues:\n    meshConfig:\n      extensionProviders: [{name: a}]\n",
			operator + "spec: {meshConfig: {extensionProviders: [{name: ours}]}}\n",
			"LS-DOCUMENT-LAYER", "spec.unvalidatedValues.meshConfig.extensionProviders", 6,
		},
		"a setting in values that istioctl lays over the others": {
			operator + "spec:\n  unvalidatedValues:\n    global: {proxy: {tracer: zipkin}}\n",
			operator + "spec: {values: {global: {proxy: {tracer: lightstep}}}}\n",
			"LS-DOCUMENT-LAYER", "spec.unvalidatedValues.global.proxy.tracer", 5,
		},
		"two items of our name": {
			operator + "spec:\n  g:\n  - {name: a, namespace: x}\n  - {name: a, namespace: y}\n",
			operator + "spec: {g: [{name: a, b: 1}]}\n", "LS-DOCUMENT-NAME", "spec.g[1]", 6,
		},
		"a last text that a line after it would change": {
			operator + "spec:\n  a: |\n    x", operator + "spec: {b: 1}\n", "LS-DOCUMENT-FORM", "", 0,
		},
		"a key that is a map": {
			operator + "spec:\n  ? {a: 1}\n  : b\n", operator + "spec: {b: 1}\n", "LS-DOCUMENT-FORM", "spec", 4,
		},
		"a key that is a number": {
			operator + "spec:\n  00: b\n", operator + "spec: {b: 1}\n", "LS-DOCUMENT-FORM", "spec", 4,
		},
		"aliases that grow": {
			operator + bomb(), operator + "spec: {x9: 1}\n", "LS-DOCUMENT-ALIAS", "", 1,
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := document.Merge([]byte(c.mine), []byte(c.ours))
			var refused *document.Error
			require.True(t, errors.As(err, &refused), "%v", err)
			assert.Equal(t, c.id, refused.Problem.ID, "%v", err)
			assert.Equal(t, c.path, refused.Problem.Path, "%v", err)
			assert.Equal(t, c.line, refused.Problem.Line, "%v", err)
			assert.NotEmpty(t, refused.Problem.Fix)
		})
	}
}

// bomb is a document whose aliases stand for 10^9 values.
func bomb() string {
	out := "spec:\n  x0: &x0 [a,a,a,a,a,a,a,a,a,a]\n"
	for i := 1; i < 9; i++ {
		alias := "*x" + string(rune('0'+i-1))
		out += "  x" + string(rune('0'+i)) + ": &x" + string(rune('0'+i)) + " [" + strings.Repeat(alias+",", 10) + "]\n"
	}
	return out
}

func TestMergeSaysNoValue(t *testing.T) {
	const token = "MARKER-token-4711"
	for _, mine := range []string{
		operator + "spec:\n  accessToken: " + token + "\n  accessToken: " + token + "\n",
		operator + "spec: {accessToken: " + token + "\n",
		operator + "spec:\n  a: " + token + ": b\n",
		operator + "spec:\n  accessToken: {a: " + token + "}\n",
		operator + "spec: \"" + token + "\\q\"\n",
	} {
		_, err := document.Merge([]byte(mine), []byte(operator+"spec: {accessToken: x}\n"))
		require.Error(t, err, mine)
		assert.NotContains(t, err.Error(), token)
	}
}

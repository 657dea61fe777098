package yamltree_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
	helmyaml "sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

func root(t *testing.T, text string) *yaml.Node {
	t.Helper()
	roots, err := yamltree.Read([]byte(text), 1<<20)
	require.NoError(t, err)
	require.Len(t, roots, 1)
	return roots[0]
}

// TestMeaning holds what a tree means to what Helm's decoder makes of it.
func TestMeaning(t *testing.T) {
	for _, text := range []string{
		"b: &b {a: 2}\nm: {a: 1, <<: *b}\nn: {<<: *b, a: 1}\n",
		"b: &b {a: 2, x: 1}\nc: &c {a: 3, y: 1}\nm:\n  <<: [*b, *c]\n  x: 4\n",
		"a: yes\nyes: 1\n010: 2\n1.50: 3\nq: 010\nw: 1_0\ne: 2001-01-01\nr: 1e3\n\"yes\": 4\n~x: ~\n",
		"a: [1, {b: !!str 1, c: 0x1f}]\nb: |\n  t\n'on': On\nf: .5\n",
		"k: &k name\n*k : 1\n",
		"a: !!binary aGk=\nb: &b !<tag:yaml.org,2002:binary> \"MTA=\"\nc: !!binary |\n  aG\n  k=\nd: [*b, !!binary eWVz, !!binary /v9h]\n!!binary aGk= : 1\n",
		"a: !!float 10\nb: !!int \"10\"\nc: !!str 0x10\nd: !!bool \"true\"\ne: !!str yes\nf: !!null \"\"\ng: !!str\nh: !!int 0x1F\ni: !!float \".5\"\n",
	} {
		var want any
		require.NoError(t, helmyaml.Unmarshal([]byte(text), &want))
		assert.Equal(t, fmt.Sprint(want), fmt.Sprint(yamltree.Value(root(t, text))), text)
	}
}

const places = `plain: {a: 1}
list:
- name: x
  v: &v {deep: [1, 2]}
- {name: y, v: *v}
variables: {ONE: 1}
yes: 5
access_token: t
more:
  own: 1
  <<: [{own: 2, base: 3}, {base: 4}]
`

func TestFind(t *testing.T) {
	n := root(t, places)
	for text, want := range map[string]string{
		"":                     "=1:1",
		"plain.a":              "plain.a=1:9",
		"list[1].v.deep[1]":    "list[1].v.deep[1]=4:20",
		"list[].name":          "list[0].name=3:3 list[1].name=5:4",
		"list[name=y].name":    "list[1].name=5:4",
		"variables[name=ONE]":  "variables.ONE=6:13",
		"*.a":                  "plain.a=1:9",
		"true":                 "true=7:1",
		"yes":                  "",
		"more.own":             "more.own=11:9",
		"more.base":            "more.base=11:17",
		"more.*":               "more.own=11:9 more.base=11:17",
		"list[7]":              "",
		"plain[0]":             "",
		"plain.a.b":            "",
		"list[].v.deep[].none": "",
	} {
		var got []string
		for _, s := range yamltree.Find(n, yamltree.Parse(text)) {
			at := n
			if s.Key != nil {
				at = s.Key
			}
			got = append(got, fmt.Sprintf("%s=%d:%d", s.Path(), at.Line, at.Column))
		}
		assert.Equal(t, want, strings.Join(got, " "), text)
		if len(got) > 0 {
			assert.Equal(t, yamltree.Find(n, yamltree.Parse(text))[0].Value, yamltree.At(n, yamltree.Parse(text)), text)
		} else {
			assert.Nil(t, yamltree.At(n, yamltree.Parse(text)), text)
		}
	}
	found := yamltree.Find(n, yamltree.Parse("accessToken").Proto())
	require.Len(t, found, 1)
	assert.Equal(t, "access_token", found[0].Path().String())
	assert.Equal(t, "t", yamltree.Text(found[0].Value))
}

func TestAll(t *testing.T) {
	var got []string
	for s := range yamltree.All(root(t, "a: &a {b: [x]}\nc: *a\n1: 2\n")) {
		got = append(got, s.Path().String())
	}
	assert.Equal(t, []string{"", "a", "a.b", "a.b[0]", "c", "1"}, got)
}

func TestBounds(t *testing.T) {
	deep := strings.Repeat("[", yamltree.MaxDepth+2) + strings.Repeat("]", yamltree.MaxDepth+2)
	bomb := "a: &a [x, x]\n"
	for c := 'b'; c < 'z'; c++ {
		bomb += fmt.Sprintf("%[1]c: &%[1]c [*%[2]c, *%[2]c]\n", c, c-1)
	}
	for text, want := range map[string]error{
		deep: yamltree.ErrDepth, bomb: yamltree.ErrAliases, "a: &a {b: *a}": yamltree.ErrAliases, "a: &a {<<: *a, b: *a}": yamltree.ErrAliases,
		"a: &a [" + strings.Repeat("x", 1000) + "]\nb: [" + strings.Repeat("*a,", 2000) + "]": yamltree.ErrAliases,
	} {
		roots, err := yamltree.Read([]byte("first: 1\n---\n"+text), 1<<20)
		require.ErrorIs(t, err, want)
		assert.Len(t, roots, 1, "what was read before")
	}
}

// TestSyntaxError: the line is the one that a person looks for.
func TestSyntaxError(t *testing.T) {
	for text, want := range map[string]string{
		"a: 1\nb: 2\n c: 3\n":   "3 mapping values are not allowed in this context",
		"{a: 1\nb: 2}":          "2 did not find expected ',' or '}'",
		"a:\n  - b\n c\n":       "3 did not find expected key",
		"a: 1\nb: [\n":          "2 did not find expected node content",
		"a: 1\nb: !!binary x\n": "2 a !!binary value is not base64",
		"a: *x\n":               "0 an alias (*name) has no anchor (&name) before it",
	} {
		_, err := yamltree.Read([]byte(text), 0)
		require.Error(t, err)
		line, words := yamltree.SyntaxError([]byte(text), err)
		assert.Equal(t, want, fmt.Sprint(line, " ", words), text)
	}
}

// FuzzRead holds that reading and walking any text ends, that every place is
// found again by its path, and that it means what Helm's decoder reads.
func FuzzRead(f *testing.F) {
	for _, text := range []string{
		places, "a: &a {b: *a}", "? [a]\n: b", "yes: 1\ntrue: 2", "<<: {a: 1}\na: 2", "a: !!float x", "~: 1", "a: .inf", "a: 1\n---\nb: 2",
		"0x10: 1\n1_0: 2\n.5: 3", "a: &k b\n*k : 1", "{'<<': {a: 1}}",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		roots, err := yamltree.Read([]byte(text), 1<<16)
		if err != nil {
			line, _ := yamltree.SyntaxError([]byte(text), err)
			require.GreaterOrEqual(t, line, 0)
		}
		for _, n := range roots {
			_ = yamltree.Value(n)
			for s := range yamltree.All(n) {
				if found := yamltree.Find(n, yamltree.Parse(s.Path().String())); len(found) > 0 && unique(n) {
					require.Same(t, yamltree.Resolved(s.Value), found[0].Value, "%s", s.Path())
				}
			}
		}
		var want any
		if len(roots) == 1 && err == nil && !strings.Contains(text, "!") && unique(roots[0]) && helmyaml.Unmarshal([]byte(text), &want) == nil {
			got, err := json.Marshal(yamltree.Value(roots[0]))
			require.NoError(t, err)
			text, err := json.Marshal(want)
			require.NoError(t, err)
			require.JSONEq(t, string(text), string(got))
		}
	})
}

// unique tells whether each key of a tree stands once, without merge keys, of
// which the decoders differ.
func unique(n *yaml.Node) bool {
	seen := map[string]bool{}
	for k, v := range yamltree.Children(n) {
		if n.Kind == yaml.MappingNode {
			key := yamltree.Key(k)
			if seen[key] || yamltree.IsMerge(k) || key == "" || !unique(k) {
				return false
			}
			seen[key] = true
		}
		if !unique(v) {
			return false
		}
	}
	return true
}

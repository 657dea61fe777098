package values

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

func TestPosition(t *testing.T) {
	ca := filepath.Join(t.TempDir(), "ca.crt")
	require.NoError(t, os.WriteFile(ca, []byte("PEM"), 0o600))
	base := Bytes("base.yaml", []byte(strings.Join([]string{
		"global:",
		"  tracer:",
		"    lightstep:",
		"      address: host:1",
		"      accessToken: " + token,
		"istio: {version: 1.30, namespace: &ns istio-system}",
		"gateways:",
		"- name: a",
		"  namespace: *ns",
		"- {name: b, namespace: x}",
		"collector:",
		"  nodeSelector:",
		"    kubernetes.io/os: linux",
		"    yes: 1",
		"  resources: &r",
		"    limits: {cpu: 1}",
		"other:",
		"  limits: {cpu: 0}",
		"  <<: *r",
		"more:",
		"  <<: [*r, {limits: {cpu: 9}, requests: 1}]",
		"  requests: 2",
		"twice: 1",
		"twice: 2",
		"ref: *r",
	}, "\n")))
	over := Bytes("over.yaml", []byte("istio:\n  namespace: other\nlist: [[1], [2, 3]]\n"))

	for _, test := range []struct {
		path, want, text string
		more             []Source
	}{
		{path: "global.tracer.lightstep.address", want: "base.yaml:4:7", text: "host:1"},
		{path: "global.tracer.lightstep.accessToken", want: "base.yaml:5:7"},
		{path: "global.tracer", want: "base.yaml:2:3"},
		{path: "istio.version", want: "base.yaml:6:9", text: "1.30"},
		{path: "istio.namespace", want: "over.yaml:2:3", text: "other"},
		{path: "istio", want: "over.yaml:1:1"},
		{path: "gateways", want: "base.yaml:7:1"},
		{path: "gateways[0]", want: "base.yaml:8:3"},
		{path: "gateways[0].namespace", want: "base.yaml:9:3", text: "istio-system"},
		{path: "gateways[1].namespace", want: "base.yaml:10:13", text: "x"},
		{path: "list[1][1]", want: "over.yaml:3:17", text: "3"},
		{path: `collector.nodeSelector.kubernetes\.io/os`, want: "base.yaml:13:5", text: "linux"},
		{path: "collector.nodeSelector.true", want: "base.yaml:14:5", text: "1"},

		// aliases and merge keys lead to the anchor; the last of a map wins
		{path: "other.limits.cpu", want: "base.yaml:16:14", text: "1"},
		{path: "more.limits.cpu", want: "base.yaml:16:14", text: "1"},
		{path: "more.requests", want: "base.yaml:22:3", text: "2"},
		{path: "ref.limits.cpu", want: "base.yaml:16:14", text: "1"},
		{path: "twice", want: "base.yaml:24:1", text: "2"},

		// what is not there is told by its nearest parent
		{path: "global.tracer.lightstep.secure", want: "base.yaml:3:5"},
		{path: "gateways[1].selector", want: "base.yaml:10:3"},
		{path: "gateways[7].name", want: "base.yaml:7:1"},
		{path: "istio.revision", want: "over.yaml:1:1"},
		{path: "nowhere.at.all", want: "over.yaml:0:0"},

		// flags, the last that sets the path
		{path: "istio.version", want: "--set istio.version=…", more: []Source{Set("a=1,istio.version=1.26"), Set("b=2")}},
		{path: "istio.version", want: "--set-string istio.version=…", more: []Source{SetString("istio.version=1"), Set("istio.version=2")}},
		{path: "istio.namespace", want: "over.yaml:2:3", text: "other", more: []Source{Set("istio.version=1")}},
		{path: "istio.revision", want: "--set istio=…", more: []Source{Set("istio.version=1")}},
		{path: "gateways[1].name", want: "--set gateways[1].name=…", more: []Source{Set("gateways[1].name=c")}},
		{path: "gateways[0].name", want: "base.yaml:8:3", text: "a", more: []Source{Set("gateways[1]=null")}},
		{path: "new[0]", want: "--set new=…", more: []Source{Set("new[1]=x")}},
		{path: "istio.version", want: "--set-json istio=…", more: []Source{SetJSON(`istio={"version":"1.26"}`)}},
		{path: "b.c", want: "--set-json b.c=…", more: []Source{SetJSON(`a=1,b={"c":1}`)}},
		{path: "cacert.pem", want: "--set-file cacert.pem=…", more: []Source{SetFile("cacert.pem=" + ca)}},
		{path: "a.b", want: "--set-literal a.b=…", more: []Source{SetLiteral("a.b=x,y=" + token)}},
		{path: tokenPath, want: "--set " + tokenPath + "=…", more: []Source{Set(tokenPath + "=" + token)}},
	} {
		t.Run(test.path+" "+test.want, func(t *testing.T) {
			v := read(t, append([]Source{base, over}, test.more...)...)
			at := v.Position(test.path)
			got := at.File
			if at.Flag == "" {
				got = fmt.Sprintf("%s:%d:%d", at.File, at.Line, at.Column)
			} else {
				assert.True(t, strings.HasPrefix(at.File, at.Flag+" "), at.Flag)
			}
			assert.Equal(t, test.want, got)
			assert.Equal(t, test.text, at.Text)
			assert.NotContains(t, fmt.Sprint(at), token)
		})
	}
}

func TestPositionWithoutFiles(t *testing.T) {
	assert.Zero(t, (*Values)(nil).Position("a"))
	assert.Zero(t, read(t).Position("a"))
	assert.Zero(t, read(t, Set("b=1")).Position("a"))
}

// A value of the last document decoded, not of a parent that was replaced.
func TestPositionOfAReplacedMap(t *testing.T) {
	v := read(t, Bytes("one", []byte("a: {b: 1}")), Bytes("two", []byte("a: text")))
	at := v.Position("a.b")
	assert.Equal(t, Position{File: "two", Line: 1, Column: 1, Text: "text"}, at)
}

func TestLocate(t *testing.T) {
	v := read(t, Bytes("f", []byte("a:\n  b: 1\n")))
	problems := []problem.Problem{{Path: "a.b"}, {}, {Path: "a", File: "known", Line: 7}}
	v.Locate(problems)
	assert.Equal(t, []problem.Problem{{Path: "a.b", File: "f", Line: 2, Column: 3}, {}, {Path: "a", File: "known", Line: 7}}, problems)
}

func TestPositionIsSafeForConcurrentUse(t *testing.T) {
	v := read(t, Bytes("f", []byte("a: 1")), Set("b=1"))
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			assert.Equal(t, 1, v.Position("a").Line)
			assert.Equal(t, "--set", v.Position("b").Flag)
		})
	}
	group.Wait()
}

func TestOnlyPublicValuesAreShown(t *testing.T) {
	v := read(t, Bytes("f", []byte("istio: {version: 1.30}\nother: S3CRETtoken12345\ncacert: {pem: x}\nlist: [a, 'https://u:p@b']\n")))
	for path, want := range map[string]string{
		"istio.version": "1.30", "other": "[redacted]", "cacert.pem": "", "list[0]": "a", "list[1]": "https://[redacted]@b", "istio": "",
	} {
		assert.Equal(t, want, v.Position(path).Text, path)
	}
}

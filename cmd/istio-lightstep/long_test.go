//go:build !race

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// No line of an output is as long as a key, a value or an argument of 5,000
// characters that the user gave.
func TestNoOutputRepeatsALongText(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	key, words := strings.Repeat("k", 1000), strings.Repeat("v ", 2500) // YAML has no longer key without a `?`
	long := strings.Repeat("k", 5000)
	good := write("good.yaml", "istio: {version: 1.26.2}\nglobal: {tracer: {lightstep: {address: 'a:443', accessToken: example-token}}}\n")
	bad := write("bad.yaml", "istio: {version: '"+long+"'}\n? "+long+"\n: 1\n"+key+": 1\nglobal: {tracer: {lightstep: {address: '"+long+":4317', accessToken: '"+words+"'}}}\n"+
		"delivery: '"+words+"'\ngateways: [{name: '"+words+"'}]\nbackends: {'"+key+"': {protocol: '"+words+"', preset: '"+words+"', endpoint: '"+long+"'}}\n"+
		"collector: {replicas: '"+words+"', exporters: {otlp/"+key+": {endpoint: '"+long+"', "+key+": 1, headers: {'"+key+" a': a}}}, env: [{name: '"+long+"', value: '"+words+"'}]}\n")
	repeated := write("repeated.yaml", "? "+long+"\n: 1\n? "+long+"\n: 2\n")
	document := write("document.yaml", "apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nspec:\n  meshConfig:\n    "+key+": 1\n"+
		"    extensionProviders: [{name: '"+words+"', lightstep: {service: '"+words+"'}}]\n  values: {pilot: {env: {SHARED_MESH_CONFIG: '"+long+"'}}}\n")
	calls := [][]string{
		{"explain", "-f", bad},
		{"render", "-f", bad},
		{"check", "-f", repeated},
		{"check", "-f", good, "--with", document},
		{"migrate", "--to", "1.28", document},
		{long},
		{"check", "--" + long},
		{"check", "-f", good, "-o", long},
		{"check", "-f", good, "--ignore", long},
		{"check", "-f", good, "--kube-version", long},
		{"check", "-f", filepath.Join(dir, long)},
		{"check", "-f", good, "--set", long + "=1"},
		{"check", "-f", good, "--set", long + "[0=1"},
		{"check", "-f", good, "--set-string", "istio.version=" + words},
		{"render", "-f", good, "--release", long},
		{"migrate", "--to", long, document},
		{"check", "-f", good, "--set-file", "cacert.pem=" + long},
	}
	for _, format := range []string{"text", "json", "junit", "sarif", "github"} {
		calls = append(calls, []string{"check", "-o", format, "-f", bad})
	}
	for _, call := range calls {
		var out bytes.Buffer
		_ = run(call, strings.NewReader(""), &out, &out)
		output := out.String()
		require.NotEmpty(t, output, "%.60q", call)
		assert.False(t, strings.Contains(output, strings.Repeat("k", 1000)), "%.60q: %.300s", call, output)
		assert.False(t, strings.Contains(output, strings.Repeat("v ", 500)), "%.60q: %.300s", call, output)
	}
}

//go:build !race

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// planted are texts in which TOKEN stands where none is expected.
var planted = map[string]string{
	"key":            "TOKEN: 1",
	"key below":      "collector: {TOKEN: 1}",
	"name":           "accessTokenFrom: {name: TOKEN}",
	"gateway":        "gateways: [{name: TOKEN, namespace: TOKEN}]",
	"namespace":      "istio: {version: 1.26.2, namespace: TOKEN}",
	"version":        "istio: {version: TOKEN}",
	"anchor":         "istio: &TOKEN {version: 1.26.2}\nx: *TOKEN",
	"missing anchor": "x: *TOKEN",
	"comment":        "# TOKEN\nistio: {version: 1.26.2} # TOKEN\nx: [",
	"tag":            "istio: !TOKEN {version: 1.26.2}",
	"URL":            "collector: {exporters: {otlp_http/a: {endpoint: 'https://u:TOKEN@a:1/?token=TOKEN'}}}",
	"query":          "image: {repository: 'https://a/?x=TOKEN'}",
	"header":         "collector: {exporters: {otlp_grpc/a: {endpoint: 'a:1', headers: {'authorization: Bearer TOKEN': TOKEN}}}}",
	"exporter":       "collector: {exporters: {otlp_grpc/TOKEN: {endpoint: TOKEN}}}",
	"annotation":     "collector: {podAnnotations: {TOKEN: 'Bearer TOKEN', a: TOKEN}}",
	"environment":    "collector: {env: [{name: TOKEN, value: TOKEN}, {name: A_TOKEN, value: TOKEN}]}",
	"provider":       "controlPlane: {extensionProviders: [{name: TOKEN, lightstep: {accessToken: TOKEN}}]}",
	"list":           "cacert: {namespaces: [TOKEN]}",
	"type":           "collector: {replicas: TOKEN}",
	"duplicate":      "TOKEN: 1\nTOKEN: 2",
	"second":         "istio: {version: 1.26.2}\n---\nTOKEN: TOKEN",
	"no map":         "TOKEN",
	"null":           "TOKEN: null\noutput: TOKEN",
	"tracer":         "global: {proxy: {tracer: TOKEN}, tracer: {TOKEN: {address: TOKEN}}}",
	"last applied":   `metadata: {annotations: {kubectl.kubernetes.io/last-applied-configuration: '{"accessToken":"TOKEN"}'}}`,
}

// No output of a command has a token that stands anywhere in its input, be it
// one that looks like a token, or the token of the values, that looks like a
// word.
func TestNoOutputHasATokenOfTheInput(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, token := range []string{"S3CRETtoken12345", "open-sesame"} {
		good := write("good.yaml", "istio: {version: 1.26.2}\nglobal: {tracer: {lightstep: {address: 'ingest.lightstep.com:443', accessToken: "+token+"}}}\n")
		for name, text := range planted {
			text = strings.ReplaceAll(text, "TOKEN", token) + "\n"
			bad := write("planted.yaml", text)
			document := write("document.yaml", "apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nspec:\n  meshConfig:\n    accessLogFile: /dev/stdout\n"+
				"  values: {global: {proxy: {tracer: lightstep}, tracer: {lightstep: {address: 'a:1', accessToken: "+token+"}}}}\n  "+strings.ReplaceAll(text, "\n", "\n  "))
			calls := [][]string{
				{"explain", "-f", good, "-f", bad},
				{"migrate", "--to", "1.26", document},
				{"migrate", "--to", "1.26", good, bad},
				{"check", "-f", good, "--with", document},
				{"check", "-f", good, "--set", token + "=1", "--set-string", "collector.podLabels." + token + "=" + token},
				{"doctor", "backend", "-f", good, "-f", bad, "--timeout", "1ms"},
			}
			for _, format := range []string{"text", "json", "junit", "sarif", "github"} {
				calls = append(calls, []string{"check", "-o", format, "-f", good, "-f", bad})
			}
			for _, call := range calls {
				var out, told bytes.Buffer
				_ = run(call, strings.NewReader(""), &out, &told)
				if said := out.String() + told.String(); strings.Contains(said, token) {
					t.Errorf("%s: %v: %s", name, call, said)
				}
			}
			// What is rendered holds what it must hold; what people are told does not.
			for _, call := range [][]string{{"render", "-f", good, "-f", bad}, {"render", "-f", good, "--set", "output=istioOperator", "--into", document}} {
				var told bytes.Buffer
				_ = run(call, strings.NewReader(""), &bytes.Buffer{}, &told)
				if strings.Contains(told.String(), token) {
					t.Errorf("%s: %v: %s", name, call, told.String())
				}
			}
		}
	}
}

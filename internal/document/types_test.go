package document_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/internal/document"
)

// What is of another type than Istio reads is reported, all of it and with its
// position, whatever the document's kind.
func TestMistyped(t *testing.T) {
	for mine, want := range map[string][]string{
		operator + "spec: no\n":                                                             {"3:7 spec true or false a map"},
		operator + "spec:\n  meshConfig: a\n  values: [b]\n":                                {"4:15 spec.meshConfig text a map", "5:11 spec.values a list a map"},
		"meshConfig: text\n":                                                                {"1:13 meshConfig text a map"},
		"meshConfig: {extensionProviders: {a: b}}\n":                                        {"1:34 meshConfig.extensionProviders a map a list"},
		"extensionProviders: {a: b}\n":                                                      {"1:21 extensionProviders a map a list"},
		"meshConfig:\n  extensionProviders: [x, {name: [y]}, {name: 5}]\n":                  {"2:24 meshConfig.extensionProviders[0] text a map", "2:34 meshConfig.extensionProviders[1].name a list text", "2:47 meshConfig.extensionProviders[2].name a number text"},
		"meshConfig: {enableTracing: \"false\"}\n":                                          {"1:29 meshConfig.enableTracing text true or false"},
		"meshConfig: {defaultConfig: {tracing: {sampling: many, zipkin: []}}}\n":            {"1:50 meshConfig.defaultConfig.tracing.sampling text a number", "1:64 meshConfig.defaultConfig.tracing.zipkin a list a map"},
		"defaults: {pilot: {env: [a]}}\n":                                                   {"1:25 defaults.pilot.env a list a map"},
		"_internal_defaults_do_not_set: {meshConfig: {enableTracing: 1}}\n":                 {"1:61 _internal_defaults_do_not_set.meshConfig.enableTracing a number true or false"},
		"a: &x text\nglobal: {proxy: *x}\n":                                                 {"1:4 global.proxy text a map"},
		operator + "spec: {components: {pilot: {k8s: {env: {A: b}}}}}\n":                    {"3:40 spec.components.pilot.k8s.env a map a list"},
		operator + "spec: {values: {global: {proxy: {tracer: [zipkin]}}}}\n":                {"3:42 spec.values.global.proxy.tracer a list text"},
		"meshConfig:\nglobal: null\npilot: {traceSampling: \"10\", env: {A: 1}}\n":          nil,
		"meshConfig: {enableTracing: yes, defaultConfig: {tracing: {sampling: \"1.5\"}}}\n": nil,
		operator + "spec: {profile: default, values: {}}\n":                                 nil,
	} {
		got, err := document.Normalise([]byte(mine))
		require.NoError(t, err, mine)
		var found []string
		for _, p := range got.Problems {
			assert.Equal(t, "LS-DOCUMENT-TYPE", p.ID)
			types := strings.NewReplacer("the value is ", "", ", and it must be", "").Replace(p.Reason)
			found = append(found, fmt.Sprintf("%d:%d %s %s", p.Line, p.Column, p.Path, types))
		}
		assert.ElementsMatch(t, want, found, mine)
	}
}

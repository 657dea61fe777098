//go:build !race

package migrate_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/internal/migrate"
)

// chained gives n pipelines, each of which sends to the one before it. Their names
// are in the other order.
func chained(n int) string {
	var out strings.Builder
	for i := 1; i < n; i++ {
		fmt.Fprintf(&out, "    traces/%08d: {receivers: [forward/%d], exporters: [forward/%d]}\n", n-i, i, i-1)
	}
	return out.String()
}

// hostileShapes are documents of n parts, of each kind that is looked at.
var hostileShapes = map[string]func(n int) string{
	"providers of LightStep": func(n int) string {
		return head + repeated(n, "    - {name: p%[1]d, lightstep: {service: s%[1]d.lightstep.com, port: 443, accessToken: t0kz9d6b7a1e%[1]d}}\n")
	},
	"providers of others": func(n int) string {
		return head + repeated(n, "    - {name: p%[1]d, opentelemetry: {service: c%[1]d.obs, port: 4317}}\n") +
			"    - {name: ls, lightstep: {service: ingest.lightstep.com, port: 443, accessToken: t0kz9d6b7a1e4c52}}\n"
	},
	"unknown keys": func(n int) string {
		return "global:\n  tracer:\n    lightstep:\n      address: a.lightstep.com:443\n" + repeated(n, "      unknown%[1]d: value%[1]d\n")
	},
	"texts of LightStep": func(n int) string {
		return "global:\n  tracer:\n    lightstep:\n      address: a.lightstep.com:443\n" + repeated(n, "x%[1]d: lightstep-%[1]d\n")
	},
	"documents": func(n int) string {
		return head + repeated(n, "    - {name: p%[1]d, lightstep: {service: s%[1]d.lightstep.com, port: 443}}\n") +
			repeated(n/4, "---\napiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: {name: s%[1]d}\nspec: {hosts: [s%[1]d.lightstep.com]}\n") +
			repeated(n/4, "---\napiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: s%[1]d}\nspec: {host: s%[1]d.lightstep.com, trafficPolicy: {tls: {mode: SIMPLE}}}\n")
	},
	"a mesh config in a ConfigMap": func(n int) string {
		return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: istio}\ndata:\n  mesh: |\n    extensionProviders:\n" +
			repeated(n, "    - {name: p%[1]d, lightstep: {service: s.lightstep.com, port: 443}}\n    - {name: o%[1]d, zipkin: {}}\n")
	},
	"flags": func(n int) string {
		return "istioctl install" + repeated(n, " --set values.global.tracer.lightstep.address=a%[1]d:1,x%[1]d=1") + "\n"
	},
	"collectors": func(n int) string {
		return head + "    - {name: o, opentelemetry: {service: c5.obs.svc.cluster.local, port: 4317}}\n" +
			repeated(n/5, "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: c%[1]d, namespace: obs}\ndata:\n  config.yaml: |\n"+
				"    receivers: {otlp: {protocols: {grpc: {}}}}\n    exporters: {otlp: {endpoint: \"ingest.lightstep.com:443\"}}\n"+
				"    service: {pipelines: {traces: {receivers: [otlp], exporters: [otlp]}}}\n"+
				"---\napiVersion: v1\nkind: Service\nmetadata: {name: c%[1]d, namespace: obs}\nspec: {selector: {app: c%[1]d}}\n")
	},
	"Telemetries": func(n int) string {
		return head + "    - {name: ls, lightstep: {service: ingest.lightstep.com, port: 443, accessToken: t0kz9d6b7a1e4c52}}\n" +
			repeated(n/4, "---\napiVersion: telemetry.istio.io/v1\nkind: Telemetry\nmetadata: {name: t%[1]d, namespace: a}\nspec: {tracing: [{providers: [{name: ls}]}]}\n")
	},
	"pipelines in a chain": func(n int) string {
		return "receivers: {otlp: {}}\nexporters: {otlp/ls: {endpoint: \"ingest.lightstep.com:443\"}}\nconnectors:\n" + repeated(n/4, "  forward/%[1]d: {}\n") +
			"service:\n  pipelines:\n    traces/0: {receivers: [forward/0], exporters: [otlp/ls]}\n" + chained(n/4)
	},
	"mesh configs of several revisions": func(n int) string {
		return repeated(n/4, "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: istio-r%[1]d, namespace: istio-system}\ndata:\n  mesh: |\n"+
			"    extensionProviders: [{name: ls, lightstep: {service: ingest.lightstep.com, port: 443}}]\n")
	},
	"providers that send by themselves": func(n int) string {
		return repeated(n/4, "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: istio-r%[1]d, namespace: istio-system}\ndata:\n  mesh: |\n"+
			"    extensionProviders: [{name: d%[1]d, opentelemetry: {service: ingest.lightstep.com, port: 443}}]\n")
	},
	"Telemetries within an object": func(n int) string {
		return head + "    - {name: ls, lightstep: {service: ingest.lightstep.com, port: 443}}\n---\nraw:\n  resources:\n" +
			repeated(n/4, "  - {apiVersion: telemetry.istio.io/v1, kind: Telemetry, metadata: {name: t%[1]d, namespace: a}, spec: {tracing: [{providers: [{name: ls}]}]}}\n")
	},
	"commands in a workflow": func(n int) string {
		return "steps:\n" + repeated(n/4, "- run: helm upgrade istiod istio/istiod --set global.tracer.lightstep.address=a%[1]d:1\n")
	},
	"commands beside settings": func(n int) string {
		return changed + "steps:\n" + repeated(n/4, "- run: helm upgrade istiod istio/istiod --set global.tracer.lightstep.address=a%[1]d:1\n")
	},
	"tokens with their key elsewhere": func(n int) string {
		return changed + "env:\n" + repeated(n, "- name: LIGHTSTEP_ACCESS_TOKEN\n  value: t0kz9d6b7a1e%[1]d\n")
	},
	"variables with defaults": func(n int) string {
		return head + repeated(n, "    - {name: p%[1]d, lightstep: {service: \"${S%[1]d:-s%[1]d.lightstep.com}\", port: 443, accessToken: \"${T:-t0kz9d6b7a1e%[1]d}\"}}\n")
	},
	"mentions on one line": func(n int) string {
		return changed + "x: \"" + strings.Repeat("lightstep ", n*10) + "\"\n"
	},
	"mentions in a comment": func(n int) string {
		return changed + "# " + strings.Repeat("lightstep ", n*10) + "\n"
	},
	"tokens on one line": func(n int) string {
		return changed + "x: \"" + strings.Repeat("t0kz9d6b7a1e4c52 ", n*10) + "\"\n"
	},
	"a long token of one letter": func(n int) string {
		return head + "    - {name: ls, lightstep: {service: ingest.lightstep.com, port: 443, accessToken: " + strings.Repeat("A", n*40) + "}}\n"
	},
	"a long text that could be base64": func(n int) string {
		return changed + "lightstep: \"" + strings.Repeat("QUFB/", n*10) + "\"\n"
	},
	"words on one line": func(n int) string {
		return changed + "x: " + strings.Repeat("word é ", n*10) + "\n"
	},
	"a list on one line": func(n int) string {
		return changed + "x: [" + strings.Repeat("word, \"text\", ", n*10) + "end]\n"
	},
	"maps on one line": func(n int) string {
		return changed + "x: [" + strings.Repeat("{a: lightstep, b: c}, ", n) + "{}]\n"
	},
	"a JSON line": func(n int) string {
		return `{"apiVersion":"install.istio.io/v1alpha1","kind":"IstioOperator","spec":{"meshConfig":{"extensionProviders":[` +
			repeated(n, `{"name":"p%[1]d","lightstep":{"service":"s%[1]d.lightstep.com","port":443,"accessToken":"t0kz9d6b7a1e%[1]d"}},`) + `{"name":"z","zipkin":{}}]}}}`
	},
	"lines that mention it": func(n int) string {
		return changed + repeated(n*10, "# x\nk%[1]d: a lightstep\n")
	},
	"a shell's line": func(n int) string {
		return "istioctl install --set values.global.tracer.lightstep.address=a:1 " + strings.Repeat("lightstep 'word' ", n) + "\n"
	},
	"small documents": func(n int) string {
		return head + "    - {name: ls, lightstep: {service: ingest.lightstep.com, port: 443, accessToken: t0kz9d6b7a1e4c52}}\n" +
			strings.Repeat("---\nkind: a\n", n)
	},
	"users of a host": func(n int) string {
		return routed + repeated(n/4, "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: v%[1]d}\nspec: {hosts: [ingest.lightstep.com]}\n---\n")
	},
}

const head = "apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nspec:\n  meshConfig:\n    extensionProviders:\n"

// TestLargeInputsTakeLinearTime compares inputs of which one is ten times the
// other. Quadratic time would be a hundred times as long; thirty leaves room
// for a busy machine, the best of some runs counts.
func TestLargeInputsTakeLinearTime(t *testing.T) {
	for name, shape := range hostileShapes {
		t.Run(name, func(t *testing.T) {
			n := 500
			if name == "providers of LightStep" || name == "unknown keys" {
				n = 2_000
			}
			ratio := 0.0
			for range 3 {
				few, many := took(t, shape(n)), took(t, shape(10*n))
				if ratio = many.Seconds() / few.Seconds(); ratio < 30 {
					t.Logf("%s and %s", few, many)
					return
				}
			}
			assert.Less(t, ratio, 30.0)
		})
	}
}

func took(t *testing.T, text string) time.Duration {
	t.Helper()
	start := time.Now()
	result, err := migrate.Migrate(t.Context(), []migrate.Source{{Name: "mine.yaml", Data: []byte(text)}}, migrate.Options{To: "1.28"})
	require.NoError(t, err)
	require.True(t, result.Found)
	require.NotEmpty(t, result.Report())
	for _, d := range result.Documents {
		_ = result.Diff(d)
	}
	return time.Since(start)
}

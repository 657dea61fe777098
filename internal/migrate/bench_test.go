package migrate_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/istio-lightstep/istio-lightstep/internal/migrate"
)

// long is a control plane's document of 5,000 lines, LightStep's parts in its
// middle.
func long() []byte {
	var out strings.Builder
	out.WriteString("apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nspec:\n  meshConfig:\n    extensionProviders:\n")
	for i := range 600 {
		fmt.Fprintf(&out, "    - name: provider-%d # ours\n      opentelemetry:\n        service: collector-%d.observability\n        port: 4317\n", i, i)
	}
	out.WriteString("    - name: lightstep\n      lightstep: {service: ingest.lightstep.com, port: 443, accessToken: t0kz9d6b7a1e4c52}\n  values:\n    pilot:\n      env:\n")
	for i := range 2500 {
		fmt.Fprintf(&out, "        VARIABLE_%d: \"%d\"\n", i, i)
	}
	out.WriteString("    global:\n      proxy:\n        tracer: lightstep\n")
	for strings.Count(out.String(), "\n") < 5000 {
		out.WriteString("        # a comment\n")
	}
	return []byte(out.String())
}

func BenchmarkMigrate(b *testing.B) {
	data := long()
	for b.Loop() {
		if _, err := migrate.Migrate(b.Context(), []migrate.Source{{Name: "mine.yaml", Data: data}}, migrate.Options{To: "1.28"}); err != nil {
			b.Fatal(err)
		}
	}
}

package render_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"strings"

	"github.com/istio-lightstep/istio-lightstep/pkg/render"
)

// values is a file such as a user of the Helm chart has.
const values = `
istio:
  version: 1.26.2
global:
  tracer:
    lightstep:
      address: ingest.lightstep.com:443
      accessToken: example-access-token
`

func Example() {
	renderer, err := render.New(render.WithRelease("tracing", "spans"), render.WithKubeVersion("v1.34.0"))
	if err != nil {
		log.Fatal(err)
	}
	given, err := render.ReadValues(render.Bytes("values.yaml", []byte(values)), render.Set("collector.replicas=3"))
	if err != nil {
		log.Fatal(err)
	}
	result, err := renderer.Render(context.Background(), given)
	if err != nil {
		log.Fatal(err)
	}
	objects, err := result.Objects()
	if err != nil {
		log.Fatal(err)
	}
	for _, object := range objects {
		fmt.Println(object.GetKind(), object.GetNamespace()+"/"+object.GetName())
	}
	// Output:
	// NetworkPolicy spans/tracing-istio-lightstep-collector
	// PodDisruptionBudget spans/tracing-istio-lightstep-collector
	// ServiceAccount spans/tracing-istio-lightstep-collector
	// Secret spans/tracing-istio-lightstep-access-token
	// ConfigMap spans/tracing-istio-lightstep-collector
	// ConfigMap istio-system/tracing-istio-lightstep
	// Service spans/tracing-istio-lightstep-collector-metrics
	// Service spans/tracing-istio-lightstep-collector
	// StatefulSet spans/tracing-istio-lightstep-collector
	// DestinationRule istio-system/tracing-istio-lightstep-collector
	// Telemetry istio-system/tracing-istio-lightstep
}

// What is wrong is told with where and what to do, all at once.
func ExampleRenderer_Check() {
	renderer, err := render.New()
	if err != nil {
		log.Fatal(err)
	}
	given, err := render.ReadValues(
		render.Bytes("values.yaml", []byte(values)),
		render.Set("global.tracer.lightstep.address=https://ingest.lightstep.com"),
		render.Set("colector.replicas=3"),
	)
	if err != nil {
		log.Fatal(err)
	}
	problems, err := renderer.Check(context.Background(), given)
	if err != nil {
		log.Fatal(err)
	}
	for _, p := range problems {
		fmt.Printf("%s %s\n  at   %s %s\n  fix  %s\n", p.Severity, p.ID, p.File, p.Path, p.Fix)
	}
	// Output:
	// error LS-VALUES-UNKNOWN-KEY
	//   at   --set colector=… colector
	//   fix  write `collector`
	// error LS-ADDRESS-URL
	//   at   --set global.tracer.lightstep.address=… global.tracer.lightstep.address
	//   fix  leave the scheme and the path out: host:port, for example ingest.lightstep.com:443
}

// The user's own IstioOperator is checked beside the values: here it still
// names the provider that Istio took away.
func ExampleWithDocument() {
	renderer, err := render.New()
	if err != nil {
		log.Fatal(err)
	}
	given, err := render.ReadValues(render.Bytes("values.yaml", []byte(values)))
	if err != nil {
		log.Fatal(err)
	}
	mine := strings.Join([]string{
		"apiVersion: install.istio.io/v1alpha1",
		"kind: IstioOperator",
		"spec:",
		"  meshConfig:",
		"    extensionProviders:",
		"      - name: old",
		"        lightstep: {service: satellite, port: 9292}",
	}, "\n")
	problems, err := renderer.Check(context.Background(), given, render.WithDocument("mine.yaml", []byte(mine)))
	if err != nil {
		log.Fatal(err)
	}
	for _, p := range problems {
		fmt.Printf("%s:%d: %s %s\n", p.File, p.Line, p.Severity, p.Path)
	}
	// Output:
	// mine.yaml:7: warning document.meshConfig.extensionProviders[0].lightstep
}

func ExampleProblemsError() {
	renderer, err := render.New()
	if err != nil {
		log.Fatal(err)
	}
	given, err := render.ReadValues(render.Bytes("values.yaml", []byte(values)), render.Set("istio.version=1.3.0"))
	if err != nil {
		log.Fatal(err)
	}
	_, err = renderer.Render(context.Background(), given)
	var refused *render.ProblemsError
	if errors.As(err, &refused) {
		for _, p := range refused.Problems {
			fmt.Println(p.ID, "at", p.Path)
		}
	}
	// Output:
	// LS-ISTIO-VERSION-OLD at istio.version
}

func ExampleRenderer_Explain() {
	renderer, err := render.New()
	if err != nil {
		log.Fatal(err)
	}
	given, err := render.ReadValues(render.Bytes("values.yaml", []byte(values)))
	if err != nil {
		log.Fatal(err)
	}
	text, err := renderer.Explain(context.Background(), given)
	if err != nil {
		log.Fatal(err)
	}
	first, _, _ := strings.Cut(text, "\n")
	fmt.Println(first)
	// Output:
	// Istio           1.26.2: OpenTelemetry tracer, by the extension provider istio-lightstep
}

// Values do not show what they hold.
func ExampleValues() {
	given, err := render.ReadValues(render.Bytes("values.yaml", []byte(values)), render.Set("pilot.traceSampling=10"))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%+v\n", given)
	// Output:
	// values of 2 sources
}

func ExampleRenderer_Dialects() {
	renderer, err := render.New()
	if err != nil {
		log.Fatal(err)
	}
	for _, dialect := range renderer.Dialects() {
		if dialect.Minor == "1.16" {
			fmt.Println(dialect.From, dialect.Auto, dialect.Deliveries)
		}
	}
	// Output:
	// 1.16.0 collector [collector]
	// 1.16.1 collector [collector]
}

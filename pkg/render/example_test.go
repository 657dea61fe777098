package render_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
	"github.com/istio-lightstep/istio-lightstep/pkg/render"
	"github.com/istio-lightstep/istio-lightstep/pkg/report"
)

// values is a file such as a user of the Helm chart has.
const values = `
istio:
  version: 1.26.2
global:
  tracer:
    lightstep:
      address: lightstep-satellite.lightstep:9292
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
	//   fix  remove the scheme and the path: write host:port, for example ingest.lightstep.com:443
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
	// mine.yaml:0: info document.sharedMeshConfig
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
	// Istio           1.26.2: OpenTelemetry tracer, through the extension provider istio-lightstep
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

// A program of its own makes the values, such as one for each mesh of an
// inventory, and renders them without writing a file.
func ExampleMap() {
	given, err := render.ReadValues(
		render.Bytes("values.yaml", []byte(values)),
		render.Map("mesh east", map[string]any{
			"istio":     map[string]any{"version": "1.3.0"},
			"collector": map[string]any{"replicas": 3},
		}),
	)
	if err != nil {
		log.Fatal(err)
	}
	problems, err := new(render.Renderer).Check(context.Background(), given)
	if err != nil {
		log.Fatal(err)
	}
	for _, p := range problems {
		fmt.Println(p.File, p.Path, p.ID)
	}
	// Output:
	// mesh east istio.version LS-ISTIO-VERSION-OLD
}

// images gives the images of an object's containers.
func images(object *unstructured.Unstructured) []string {
	fields := []string{"spec", "template", "spec", "containers"}
	if object.GetKind() == "Pod" {
		fields = []string{"spec", "containers"}
	}
	containers, _, _ := unstructured.NestedSlice(object.Object, fields...)
	var all []string
	for _, container := range containers {
		image, _, _ := unstructured.NestedString(container.(map[string]any), "image")
		all = append(all, image)
	}
	return all
}

// A policy over images looks at Helm's hooks too: they are pods of the release.
func ExampleResult_Hooks() {
	given, err := render.ReadValues(render.Bytes("values.yaml", []byte(values)),
		render.Set("collector.image.repository=registry.example.com/otelcol"))
	if err != nil {
		log.Fatal(err)
	}
	result, err := new(render.Renderer).Render(context.Background(), given)
	if err != nil {
		log.Fatal(err)
	}
	objects, err := result.Objects()
	if err != nil {
		log.Fatal(err)
	}
	hooks, err := result.Hooks()
	if err != nil {
		log.Fatal(err)
	}
	for _, object := range append(objects, hooks...) {
		for _, image := range images(object) {
			if !strings.HasPrefix(image, "registry.example.com/") {
				fmt.Println(object.GetKind(), object.GetName(), "has an image from elsewhere")
			}
		}
	}
	// Output:
	// Pod istio-lightstep-test has an image from elsewhere
	// Job istio-lightstep-collector-drain has an image from elsewhere
}

// A control-plane document may be text that is not a Kubernetes object, such as
// the values of an Istio chart. Source names the template of a document.
func ExampleResult_Documents() {
	given, err := render.ReadValues(render.Bytes("values.yaml", []byte(values)), render.Set("output=istiodValues"))
	if err != nil {
		log.Fatal(err)
	}
	result, err := new(render.Renderer).Render(context.Background(), given)
	if err != nil {
		log.Fatal(err)
	}
	for _, document := range result.Documents() {
		if _, err := document.Object(); errors.Is(err, render.ErrNotObject) {
			first, _, _ := strings.Cut(string(document.YAML()), "\n")
			fmt.Println(document.Source, "begins with", first)
		}
	}
	// Output:
	// istio-lightstep/templates/control-plane/istiod-values.yaml begins with pilot:
}

// A result does not show what it holds, however it is printed.
func ExampleResult() {
	given, err := render.ReadValues(render.Bytes("values.yaml", []byte(values)), render.Set("output=istiodValues"))
	if err != nil {
		log.Fatal(err)
	}
	result, err := new(render.Renderer).Render(context.Background(), given)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%v\n%+v\n%#v\n", result, *result, result)
	// Output:
	// values of istio-lightstep/templates/control-plane/istiod-values.yaml
	// values of istio-lightstep/templates/control-plane/istiod-values.yaml
	// values of istio-lightstep/templates/control-plane/istiod-values.yaml
}

func ExampleRenderer_ChartVersion() {
	renderer, err := render.New()
	if err != nil {
		log.Fatal(err)
	}
	major, _, _ := strings.Cut(renderer.ChartVersion(), ".")
	fmt.Println("major version", major)
	// Output:
	// major version 0
}

// The zero Renderer is ready for use: it is that of New without options.
func ExampleRenderer() {
	var renderer render.Renderer
	given, err := render.ReadValues(render.Bytes("values.yaml", []byte(values)))
	if err != nil {
		log.Fatal(err)
	}
	result, err := renderer.Render(context.Background(), given)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(result.Documents()) > 0)
	// Output: true
}

// targets are two meshes; the Istio of one is too old.
var targets = []render.Target{
	{Name: "east", Sources: []render.Source{render.Bytes("values.yaml", []byte(values))}},
	{Name: "west", Sources: []render.Source{render.Bytes("values.yaml", []byte(values)), render.Set("istio.version=1.3.0")}},
}

// Many meshes are rendered in parallel. The outcomes come in the order of the
// targets.
func ExampleEach() {
	var renderer render.Renderer
	for target, outcome := range render.Each(context.Background(), targets, renderer.Render, render.WithParallel(8)) {
		var refused *render.ProblemsError
		switch {
		case errors.As(outcome.Err, &refused):
			fmt.Println(target.Name, "is refused:", refused.Problems[0].ID)
		case outcome.Err != nil:
			log.Fatal(outcome.Err)
		default:
			fmt.Println(target.Name, "has", len(outcome.Value.Documents()), "documents")
		}
	}
	// Output:
	// east has 13 documents
	// west is refused: LS-ISTIO-VERSION-OLD
}

// Many meshes are checked in parallel, and one report tells of all.
func ExampleEach_report() {
	var renderer render.Renderer
	check := func(ctx context.Context, v *render.Values) ([]problem.Problem, error) { return renderer.Check(ctx, v) }
	w, err := report.New(report.JSON, os.Stdout)
	if err != nil {
		log.Fatal(err)
	}
	for target, outcome := range render.Each(context.Background(), targets, check) {
		if outcome.Err != nil {
			log.Fatal(outcome.Err)
		}
		if err := w.Target(target.Name, outcome.Value); err != nil {
			log.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		log.Fatal(err)
	}
	// Output:
	// [
	//   {
	//     "id": "LS-ISTIO-VERSION-OLD",
	//     "severity": "error",
	//     "path": "istio.version",
	//     "reason": "Istio 1.3.0 is older than 1.4, the oldest version that this chart supports",
	//     "fix": "set istio.version to 1.4 or newer",
	//     "file": "--set istio.version=…",
	//     "url": "https://github.com/istio-lightstep/istio-lightstep/blob/main/docs/rules.md#ls-istio-version-old"
	//   }
	// ]
}

// Ours is written into the IstioOperator of the user, whose comment stays.
func ExampleRenderer_Merge() {
	var renderer render.Renderer
	given, err := render.ReadValues(render.Bytes("values.yaml", []byte(values)), render.Set("output=istioOperator"))
	if err != nil {
		log.Fatal(err)
	}
	result, err := renderer.Render(context.Background(), given)
	if err != nil {
		log.Fatal(err)
	}
	mine := "apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nspec:\n  profile: minimal # ours\n"
	merged, warnings, err := renderer.Merge(context.Background(), given, result, "mine.yaml", []byte(mine))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(strings.Contains(string(merged), "profile: minimal # ours"), strings.Contains(string(merged), "SHARED_MESH_CONFIG"), len(warnings))
	// Output: true true 0
}

// Package render makes the manifests that send the spans of an Istio mesh to
// LightStep, and to further OTLP backends, from the values of the istio-lightstep
// chart, and tells what is wrong with those values.
//
// A [Renderer] holds the chart. [ReadValues] reads values as Helm reads them,
// from files, readers and --set expressions. [Renderer.Check] gives all that is
// wrong with them; [Renderer.Render] gives the objects:
//
//	renderer, err := render.New()
//	…
//	values, err := render.ReadValues(render.File("values.yaml"), render.Set("istio.version=1.26.2"))
//	…
//	result, err := renderer.Render(ctx, values)
//	var refused *render.ProblemsError
//	if errors.As(err, &refused) {
//		for _, p := range refused.Problems {
//			fmt.Println(p.File, p.Line, p.Path, p.Reason, p.Fix)
//		}
//	}
//
// # What it promises
//
// [Result.YAML] is what `helm template` of Helm v3.22.0 prints for the same
// chart, values, release and Kubernetes version, byte for byte. What Helm
// refuses is refused.
//
// The chart is part of the package: nothing is read but the sources named. No
// network, no cluster and no environment takes part, and in a render no clock.
// The same input gives the same bytes. What the chart would look up on a
// cluster, such as the running Istio's version, counts as unknown.
//
// # Secrets
//
// Values hold an access token and may hold PEM. No problem, error, log line or
// printed form of [Values] and [Result] shows them; [Result.YAML] and
// [Result.Objects] hold them, for that is what they are for.
package render

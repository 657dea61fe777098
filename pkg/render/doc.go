// Package render renders the manifests that send the spans of an Istio mesh to
// LightStep, and to further OTLP backends, from the values of the istio-lightstep
// chart, and reports the problems in those values.
//
// A [Renderer] holds the chart. [ReadValues] reads values as Helm reads them:
// from files, readers, maps and --set expressions. [Renderer.Check] reports all
// problems in them; [Renderer.Render] gives the objects:
//
//	renderer, err := render.New()
//	…
//	values, err := render.ReadValues(render.File("values.yaml"), render.Set("istio.version=1.26.2"))
//	…
//	result, err := renderer.Render(ctx, values)
//	var refused *render.ProblemsError
//	if errors.As(err, &refused) {
//		report.WriteText(os.Stderr, refused.Problems)
//	}
//
// [Result.Objects] has what `helm install` applies, [Result.Hooks] what Helm runs
// at a time of its own, and [Result.Documents] every document with its template.
// [Each] renders or checks many targets in parallel; a panic on one of them is
// its error, a [*PanicError]. A nil reader or context is an error too. Package problem has the type
// of a problem, and package report writes problems as SARIF, JUnit and more.
//
// # Guarantees
//
// [Result.YAML] is what `helm template` of Helm v3.22.0 prints for the same
// chart, values, release and Kubernetes version, byte for byte. What Helm
// refuses is refused.
//
// The chart is part of the package: nothing is read but the sources named. A
// render uses no network, no cluster, no environment and no clock. The same
// input gives the same bytes. What the chart would look up on a cluster, such
// as the version of the running Istio, counts as unknown.
//
// # Secrets
//
// Values hold an access token and may hold PEM. No problem, error, log line or
// printed form of a [Source], of [Values], of a [Result] or of a [Document] shows
// them, whatever the fmt verb. [Result.YAML], [Result.Files], [Result.Objects],
// [Result.Hooks], [Document.YAML] and [Document.Object] hold them: that is what
// they are for.
//
// # Stability
//
// The packages below pkg have the version of the chart and follow Semantic
// Versioning. Before 1.0.0 a minor version may change the API; CHANGELOG.md then
// names each change and its replacement, and a patch version changes none. IDs of
// problems and the format of reports are part of the API. The text of a problem
// is not, nor are the rendered bytes across versions. From 1.0.0 on, what
// compiles against one minor version compiles against the next.
package render

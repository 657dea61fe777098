// Package spantest tests that each request through an Istio gateway leaves one
// whole trace where the mesh sends its spans. It is for the tests of whoever owns
// the mesh, in their own repository:
//
//	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
//	defer cancel()
//	source := spantest.Jaeger("http://jaeger.example:16686")
//	sent, err := spantest.Get(ctx, client, "https://shop.example/checkout?cart=1", 20)
//	// handle err
//	report, err := spantest.Await(ctx, source, sent,
//		spantest.Span("istio-ingressgateway", spantest.Span("checkout", spantest.Span("stock"))))
//
// [Get] sends requests and keeps what finds their traces. [Await] reads the traces
// from a [Source] until each is the expected [Tree], or until the context's deadline.
// The error names the hop whose spans are missing, and the command that finds the
// reason.
//
// Sources are [Jaeger], [Tempo], [Zipkin], [File] for what the file exporter of an
// OpenTelemetry Collector writes, and [Tap] for the tap beside the collectors of the
// chart istio-lightstep. Any type with the method of [Source] is one.
//
// The package changes nothing: it sends GET requests to the given URL and reads from
// the source. [Tap] opens a port forward to the collectors' pods.
//
// Before 1.0.0 a minor version may change the exported names; CHANGELOG.md then says
// what to do.
//
// The package has no other dependency on the project that it belongs to, and none on
// package testing.
package spantest

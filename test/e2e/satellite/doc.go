// Package satellite runs what LightStep's satellites are to a mesh: a real
// OpenTelemetry Collector that takes OTLP/gRPC over TLS on port 9292 with a
// certificate of a private authority, and refuses every call without the right
// lightstep-access-token.
//
// Behind it a second collector, the recorder, writes every span to a file and
// sends it to Zipkin, for people to look at. The satellite answers a call only
// when the recorder has taken it, and the recorder stays where it is while the
// satellite goes away, changes its certificate or its tokens, is slow or frozen.
// So what a satellite took is on record, exactly once for every time it took it.
package satellite

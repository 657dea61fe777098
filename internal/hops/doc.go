// Package hops follows marked requests through a mesh by the spans that its
// proxies made of them, and finds the applications at which their traces end.
//
// A proxy makes a span of each request that its application takes (kind
// server) and of each that it makes (kind client). It knows that the one
// belongs to the other by headers alone, which the application has to copy
// from the request that it takes to those that it makes. Where it does not,
// the client's span is the first of a trace of its own. It is told to belong
// to a request that was taken by what is left:
//
//   - it has the same x-request-id, which is then the one header of them that
//     the application copies: this is certain; or
//   - the same proxy made it while its application answered the request, in
//     each of several requests, while it answered no other one, and it makes
//     no such calls otherwise.
//
// Spans come from the taps beside the chart's collectors: see package tap.
package hops

// Package trace reads the spans that a satellite received and judges them
// request by request: one tree each, with the names, services, kinds and parents
// that Istio's proxies give Bookinfo.
//
// Requests carry a marker in their URL, which the gateway's span repeats. So a
// request finds its trace though nothing was put into its tracing headers.
//
// [Read] takes the lines of the collector's file exporter, [Bookinfo.Check]
// judges spans, and a [Report] tells what is missing, doubled or out of place,
// and what that most likely comes from. Nothing here needs a cluster.
package trace

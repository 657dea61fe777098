// Package faults breaks a mesh that traces, in every way that users meet, and
// counts what becomes of the spans: [Table] lists the faults as data, [Mesh.Run]
// has one happen under traffic, and a [Row] is what was seen.
//
// Every request brings a trace id of its own choice (W3C traceparent), so that a
// trace is known by name though none of its spans arrives. All requests are
// answered by reviews v3: each makes the same number of spans, and what is
// expected is a product, not a guess.
//
// Rows are kept in results/faults-<delivery>.json of the module, which names
// every trace that was sent and how many of its spans came, and
// docs/reliability.md is written from those files alone:
//
//	go -C test/e2e run ./faults/cmd/table
package faults

// Package backend looks at the way of spans to a backend, as a proxy or a
// collector would go it, and says where and why it ends.
//
// [Probe] goes step by step: DNS, TCP, TLS, HTTP/2, one empty export with the
// access token, and for a collector whether gzip is taken. [Collector.Send] sends one marked span through a collector
// and reads from the collector's own metrics whether it left.
//
// Nothing but the addresses given is contacted: no proxy of the environment, no
// service configuration in DNS, no second backend. Each step has a time limit,
// and all end at once when the context does. What a server says is shown only
// with the access token taken out of it.
package backend

// Package helmengine renders one Helm chart in process, as `helm template` of
// Helm v3.22.0 does, byte for byte. It is the only package that imports Helm,
// and no Helm type leaves it.
//
// What differs from the `helm` command is only what a library must not do:
// nothing is read from the environment, the network or a cluster, and values
// are not checked against the chart's schema, which the caller does with a
// schema compiled once.
//
// Loading the chart, the values, the install order and the hooks are Helm's own
// code. What Helm does anew at each render and can't be told not to, parsing all
// templates and decoding all documents, is done here once or not at all; that
// makes a render some five times as fast. The tests hold every such part against
// Helm's: the engine, its functions, coalescing, splitting and sorting.
//
// A [Chart] never changes after [Load], so it may be used by any number of
// goroutines at once.
package helmengine

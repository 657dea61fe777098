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
// templates and decoding all documents, is done here once or not at all, and a
// template that is included again, with nothing changed since, is not run again;
// that makes a render many times as fast. The tests hold every such part
// against Helm's: the engine, its functions, coalescing, splitting and sorting.
//
// For that, three things are asked of a chart: it changes values by set and
// unset alone, calls .Template by that name where it does, and has no partial
// that prints all of its root at once.
//
// A [Chart] never changes after [Load], so it may be used by any number of
// goroutines at once.
package helmengine

// Package helmengine renders one Helm chart in process, as `helm template` of
// Helm v3.22.0 does, byte for byte. It is the only package that imports Helm,
// and no Helm type leaves it.
//
// What differs from the `helm` command is only what a library must not do:
// nothing is read from the environment, the network or a cluster; the chart is
// loaded once; and values are not checked against the chart's schema, which
// the caller does with a schema compiled once.
//
// A [Chart] never changes after [Load], so it may be used by any number of
// goroutines at once.
package helmengine

// Package mesh reads what decides about spans on a cluster: every istiod and
// its mesh config, proxies, Telemetries, routes, Secrets and collectors. It
// only reads, a bounded page at a time, and keeps small structs of its own, so
// that ten thousand pods fit in memory. What it has no right to see is noted as
// a Gap. A snapshot is made alike of a cluster and of recorded objects.
package mesh

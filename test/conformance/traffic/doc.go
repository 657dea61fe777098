// Package traffic sends spans to a collector as the proxies of a mesh do, and
// receives them as a distant backend does: in calls of a few spans, over many
// connections, answered after a delay, by a receiver that is slow or stalls.
//
// Every span has an id of its own, so that what was acknowledged can be held to
// what was received.
package traffic

// Package load measures what a mesh and its collectors bear: requests a second
// of Bookinfo with tracing and without, and spans a second of the collectors
// alone, with the processor time and the memory that they take.
//
// Spans are sent as proxies send them, in calls of five. Figures are kept in
// results/load.json of the module; docs/reliability.md is written from them.
package load

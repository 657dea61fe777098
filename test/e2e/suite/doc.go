// Package suite keeps what a run of the whole suite showed on one Istio, for
// docs/reliability.md.
package suite

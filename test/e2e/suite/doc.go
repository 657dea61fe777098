// Package suite keeps what the whole suite showed on each Istio, for
// docs/reliability.md.
package suite

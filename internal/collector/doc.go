// Package collector knows the chart's OpenTelemetry Collector from outside: what
// its exporters and ports are called, and what its own metrics say.
//
// [ReadMetrics] is the one reader of those metrics: for `helm test`, for the
// wait before an uninstall ([Drain]) and for doctor.
package collector

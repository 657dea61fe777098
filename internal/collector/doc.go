// Package collector knows the chart's OpenTelemetry Collector from outside: what
// its objects, containers, exporters and ports are called, and what its own
// metrics report. Nothing else in Go writes those names.
//
// [ReadMetrics] is the one reader of the metrics: for `helm test`, for the
// wait before an uninstall ([Drain]) and for doctor. Package tap is the
// container that keeps spans for doctor.
package collector

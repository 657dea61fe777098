// Package telemetries tells which Telemetries decide about the spans of a
// workload, and what comes of them together.
//
// The order is Istio's (pilot/pkg/model/telemetry.go of 1.20 and newer): of the
// root namespace and of the workload's namespace the oldest Telemetry without a
// selector counts; then those whose selector matches, from the oldest on. Each
// replaces what it sets itself.
package telemetries

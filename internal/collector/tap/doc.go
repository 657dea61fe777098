// Package tap keeps the last spans that passed a collector, as far as it takes
// to see who called whom, and shows them to `doctor trace`.
//
// A Tap runs beside the chart's collector, which sends it a copy of every span
// by OTLP/gRPC on the pod's loopback. It keeps names, ids and times of a
// bounded number of spans in memory, nothing else of them and nothing on disk,
// and answers GET /spans on the loopback too, in lines of JSON. Doctor asks
// through a port-forward and reads the lines by [Read].
package tap

// Package alerts has a real Prometheus, a program on this machine, scrape the
// collectors of a cluster and evaluate the chart's alerts.
//
// Pods of a cluster have no address here: Prometheus asks a server of this
// package which collectors there are, and gets the metrics of each from it.
package alerts

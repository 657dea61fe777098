//go:build e2e

// Package e2e_test proves on a real mesh what the chart promises. It needs Docker,
// or a cluster of your own: see package settings.
package e2e_test

// Package presets knows the backends of the chart's files/backends.yaml, and
// what differs between two of them.
package presets

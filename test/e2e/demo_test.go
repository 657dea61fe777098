//go:build demo

package e2e_test

import "testing"

// TestDemo leaves a mesh that traces, with the traces of some requests, and tells
// where to look at them. It is for KEEP=1.
func TestDemo(t *testing.T) {
	m := newMesh(t)
	m.released(t)
	m.tracing(t, m.bookinfo())
	m.deliver(t, 50)
}

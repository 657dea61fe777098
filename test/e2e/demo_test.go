//go:build e2e

package e2e_test

import (
	"testing"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/settings"
)

// TestDemo leaves a mesh that traces, with the traces of some requests, and tells
// where to look at them. It is for KEEP=1.
func TestDemo(t *testing.T) {
	m := newMesh(t, settings.Demo)
	m.released(t)
	m.tracing(t, m.bookinfo())
	m.deliver(t, 50)
}

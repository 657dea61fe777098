package document_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/internal/document"
)

func TestTracersOfAnnotations(t *testing.T) {
	t.Parallel()
	d, err := document.Normalise([]byte(`apiVersion: install.istio.io/v1alpha1
kind: IstioOperator
spec:
  components:
    ingressGateways:
    - name: istio-ingressgateway
      k8s:
        podAnnotations:
          proxy.istio.io/config: |
            tracing: {lightstep: {address: "sat.obs:9292"}, sampling: 100}
    egressGateways:
    - k8s: {podAnnotations: {proxy.istio.io/config: "tracing: {zipkin: {address: a}}"}}
    - k8s: {podAnnotations: {proxy.istio.io/config: "tracing: {lightstep: }"}}
    - k8s: {podAnnotations: {proxy.istio.io/config: "no: yaml: at all"}}
    - k8s: {podAnnotations: {proxy.istio.io/config: [lightstep]}}
    - k8s: {podAnnotations: {proxy.istio.io/config: ""}}
`))
	require.NoError(t, err)
	assert.Equal(t, []any{"lightstep", "zipkin"}, d.Value["annotationTracers"])
	line, column := d.Position("document.annotationTracers[0]")
	assert.Equal(t, [2]int{9, 11}, [2]int{line, column})
	line, _ = d.Position("document.annotationTracers[1]")
	assert.Equal(t, 12, line)
}

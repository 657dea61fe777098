package render_test

import (
	"errors"
	"testing"

	"github.com/istio-lightstep/istio-lightstep/pkg/render"
)

// FuzzRender lays any text, as a values file and as a --set, over values that
// are fine: the end is a result whose every document can be decoded, or the
// problems; never anything else, and never a secret told.
func FuzzRender(f *testing.F) {
	for _, seed := range [][2]string{
		{"pilot: {traceSampling: 5}", "istio.version=1.14.6"},
		{"collector: {podLabels: {a: \"b\\nc: d\"}, nodeSelector: {\"x: y\": \"- z\"}}", "collector.headerName=a: b"},
		{"istio: {revision: \"a\\\"b\", namespace: 'x # y'}", "output=sail"},
		{"global: {tracer: {lightstep: {accessToken: \"x\\u0007\", cacertPath: '/a/{b}'}}}", "delivery=direct"},
		{"controlPlane: {extensionProviders: [{name: '*a'}, 5]}", "output=istioOperator"},
		{"gateways: [{name: a, namespace: &x b, selector: {}}]\ncacert: {namespaces: [*x]}", "istio.version=1.10.0,cacert.pem=p"},
		{"collector: {exporters: {otlp/two: {endpoint: \"${env:X}\"}}}", "collector.image.repository=a b"},
	} {
		f.Add(seed[0], seed[1])
	}
	r := newRenderer(f)
	f.Fuzz(func(t *testing.T, text, expr string) {
		for i := range 3 {
			at, in := len(text)*i/2, len(expr)*i/2
			assertSafe(t, told(t, r, render.Bytes("good.yaml", []byte(good)),
				render.Bytes("fuzz.yaml", []byte(text[:at]+marker+text[at:])), render.Set(expr[:in]+marker+expr[in:])))
		}
		// Not as a file's name: that would read this machine's files.
		v, err := render.ReadValues(render.Bytes("good.yaml", []byte(good)), render.Bytes("fuzz.yaml", []byte(text)), render.Set(expr))
		if err != nil {
			assertNoSecret(t, err.Error())
			return
		}
		result, err := r.Render(t.Context(), v)
		var refused *render.ProblemsError
		switch {
		case errors.As(err, &refused):
			assertNoSecret(t, err.Error())
			return
		case err != nil:
			t.Fatalf("%q %q: %v", text, expr, err)
		}
		if _, err := result.Objects(); err != nil {
			t.Fatalf("%q %q: %v\n%s", text, expr, err, result.YAML())
		}
		if _, err := r.Explain(t.Context(), v); err != nil {
			t.Fatalf("%q %q: %v", text, expr, err)
		}
	})
}

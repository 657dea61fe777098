package observe_test

import (
	"errors"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/client-go/rest"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/observe"
	"github.com/istio-lightstep/istio-lightstep/test/spantest"
)

func TestTree(t *testing.T) {
	t.Parallel()
	span := spantest.Span
	for text, want := range map[string]*spantest.Tree{
		"edge": span("edge"),
		"edge ( checkout( stock+ , cache? ), *.audit )": span("edge",
			span("checkout", span("stock").Times(1, spantest.Unlimited), span("cache").Optional()), span("*.audit")),
		"a?(b)": span("a", span("b")).Optional(),
	} {
		tree, err := observe.Tree(" " + text + " ")
		require.NoError(t, err)
		assert.Equal(t, want, tree, text)
	}
	for text, says := range map[string]string{
		"": "a service is missing", "a(": "a service is missing", "a(b": "a , or a ) is missing", "a)": "more follows", "a(b,)": "a service is missing",
	} {
		_, err := observe.Tree(text)
		require.ErrorContains(t, err, says, text)
	}
}

func TestSource(t *testing.T) {
	t.Parallel()
	cluster := func() (*rest.Config, error) { return &rest.Config{}, nil }
	for text, want := range map[string]spantest.Source{
		"jaeger=http://j": spantest.Jaeger("http://j", spantest.WithSourceClient(http.DefaultClient)),
		"tempo=http://t":  spantest.Tempo("http://t", spantest.WithSourceClient(http.DefaultClient)),
		"zipkin=http://z": spantest.Zipkin("http://z", spantest.WithSourceClient(http.DefaultClient)),
		"file=/spans":     spantest.File("/spans"), "tap=istio-system/spans": spantest.Tap(&rest.Config{}, "istio-system", "spans"),
	} {
		source, err := observe.Source(text, http.DefaultClient, cluster)
		require.NoError(t, err)
		assert.Equal(t, want, source, text)
	}
	for _, text := range []string{"", "jaeger", "jaeger=", "tap=spans", "honeycomb=http://h"} {
		_, err := observe.Source(text, nil, cluster)
		require.ErrorContains(t, err, "E2E_SOURCE", text)
	}
	_, err := observe.Source("tap=a/b", nil, func() (*rest.Config, error) { return nil, errors.New("no kubeconfig") })
	require.ErrorContains(t, err, "no kubeconfig")
}

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

func TestSink(t *testing.T) {
	t.Parallel()
	cluster := func() (*rest.Config, error) { return &rest.Config{}, nil }
	for text, want := range map[string]spantest.Sink{
		"jaeger=http://j": spantest.Jaeger("http://j", spantest.Using(http.DefaultClient)),
		"tempo=http://t":  spantest.Tempo("http://t", spantest.Using(http.DefaultClient)),
		"zipkin=http://z": spantest.Zipkin("http://z", spantest.Using(http.DefaultClient)),
		"file=/spans":     spantest.File("/spans"), "tap=istio-system/spans": spantest.Tap(&rest.Config{}, "istio-system", "spans"),
	} {
		sink, err := observe.Sink(text, http.DefaultClient, cluster)
		require.NoError(t, err)
		assert.Equal(t, want, sink, text)
	}
	for _, text := range []string{"", "jaeger", "jaeger=", "tap=spans", "honeycomb=http://h"} {
		_, err := observe.Sink(text, nil, cluster)
		require.ErrorContains(t, err, "E2E_SINK", text)
	}
	_, err := observe.Sink("tap=a/b", nil, func() (*rest.Config, error) { return nil, errors.New("no kubeconfig") })
	require.ErrorContains(t, err, "no kubeconfig")
}

package spantest_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// onAMesh is the test of another repository for Bookinfo on a mesh: by the trace ids that
// it sends, and with traces that the gateway begins.
const onAMesh = `package mesh_test

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/istio-lightstep/istio-lightstep/test/spantest"
)

func TestBookinfoIsTraced(t *testing.T) {
	var source spantest.Source
	if url := os.Getenv("ZIPKIN_URL"); url != "" {
		source = spantest.Zipkin(url)
	} else {
		config, err := spantest.Kubeconfig("")
		if err != nil {
			t.Fatal(err)
		}
		source = spantest.Tap(config, os.Getenv("TAP_NAMESPACE"), os.Getenv("TAP_RELEASE"))
	}
	tree := spantest.Span("istio-ingressgateway",
		spantest.Span("productpage", spantest.Span("details"), spantest.Span("reviews", spantest.Span("ratings").Optional())))
	for name, options := range map[string][]spantest.RequestOption{"trace ids": nil, "the gateway starts": {spantest.WithMarker()}} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
			defer cancel()
			sent, err := spantest.Get(ctx, nil, os.Getenv("PAGE_URL"), 12, options...)
			if err != nil {
				t.Fatal(err)
			}
			report, err := spantest.Await(ctx, source, sent, tree)
			if err != nil {
				t.Fatal(err)
			}
			t.Log(report)
		})
	}
}
`

// A repository outside of this one tests a mesh. The end-to-end tests run this with
// PAGE_URL and a source.
func TestAnotherRepositoryOnAMesh(t *testing.T) {
	if os.Getenv("PAGE_URL") == "" {
		t.Skip("make e2e runs it on its mesh")
	}
	s := newScratch(t)
	s.must(t, "mod", "init", "example.com/mesh-tests")
	require.NoError(t, os.WriteFile(filepath.Join(s.dir, "mesh_test.go"), []byte(onAMesh), 0o600))
	s.must(t, "get", module)
	s.must(t, "mod", "tidy")
	t.Log(s.must(t, "test", "-count=1", "-v", "./..."))
}

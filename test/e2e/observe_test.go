//go:build e2e

package e2e_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"k8s.io/client-go/rest"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/cluster"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/observe"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/settings"
	"github.com/istio-lightstep/istio-lightstep/test/spantest"
)

// TestObserve sends requests to a URL of the user's and waits for their traces. It
// creates, changes and deletes nothing on any cluster.
func TestObserve(t *testing.T) {
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	s, err := flagged.Settings(root)
	require.NoError(t, err)
	if s.Suite != settings.Observe {
		t.Skipf("not of the suite %s (-suite)", s.Suite)
	}
	of := s.Observed
	require.NotEmpty(t, of.URL, "url (E2E_URL) is missing: the URL to send requests to")
	var ca []byte
	if of.CA != "" {
		ca, err = os.ReadFile(of.CA)
		require.NoError(t, err)
	}
	client, err := spantest.Client(ca)
	require.NoError(t, err)
	tree, err := observe.Tree(of.Tree)
	require.NoError(t, err)
	source, err := observe.Source(of.Source, client, func() (*rest.Config, error) {
		c, err := cluster.Connect(s.Kubeconfig, s.Context)
		if err != nil {
			return nil, err
		}
		return c.Config, nil
	})
	require.NoError(t, err)
	t.Logf("this run sends %d requests and reads their traces; it creates, changes and deletes nothing", of.Requests)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	sent, err := spantest.Get(ctx, client, of.URL, of.Requests)
	require.NoError(t, err)
	report, err := spantest.Await(ctx, source, sent, tree)
	if err != nil {
		t.Fatalf("%v\n%s", err, spantest.Doctor(context.WithoutCancel(ctx), "mesh"))
	}
	t.Log(report)
}

//go:build e2e

package e2e_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/satellite"
)

// helmTestFails breaks the path to the satellite at each step that `helm test` takes: it
// fails there, with the finding, and passes once that is fixed.
func helmTestFails(t *testing.T, m *mesh) {
	m.unreleased(t)
	m.install(t)
	m.helmTestPasses(t)
	host := m.satellite.Host()
	right, err := m.satellite.Authority.Issue(host, host+".svc", host+".svc.cluster.local")
	require.NoError(t, err)
	other, err := satellite.NewAuthority("another pool")
	require.NoError(t, err)
	shows := func(a *satellite.Authority, name string) func(context.Context) error {
		return func(ctx context.Context) error {
			certificate, err := a.Issue(name)
			if err != nil {
				return err
			}
			return m.satellite.Show(ctx, certificate)
		}
	}
	itself := func(ctx context.Context) error { return m.satellite.Show(ctx, right) }
	token := m.satellite.Token()
	for _, step := range []struct {
		says       string
		cause, fix func(context.Context) error
	}{
		{"LS-SATELLITE-DNS", func(ctx context.Context) error {
			values := m.values()
			values["global"].(tree)["tracer"].(tree)["lightstep"].(tree)["address"] = "nowhere." + m.satellite.Namespace + ":9292"
			_, err := m.release().Upgrade(t, ctx, values)
			return err
		}, func(ctx context.Context) error {
			_, err := m.release().Upgrade(t, ctx, m.values())
			return err
		}},
		{
			"LS-SATELLITE-TCP",
			func(ctx context.Context) error { return m.satellite.Scale(ctx, 0) },
			func(ctx context.Context) error { return m.satellite.Scale(ctx, 1) },
		},
		{"LS-SATELLITE-NAME", shows(m.satellite.Authority, "pool.example"), itself},
		{"LS-SATELLITE-CA", shows(other, host), itself},
		{
			"LS-SATELLITE-TOKEN",
			func(ctx context.Context) error { return m.satellite.Accept(ctx, "no-token-of-this-release") },
			func(ctx context.Context) error { return m.satellite.Accept(ctx, token) },
		},
		{"LS-SPAN-REFUSED", m.collectors(0), m.collectors(2)},
	} {
		require.NoError(t, step.cause(t.Context()), step.says)
		said, err := m.release().Test(t, t.Context())
		all := fmt.Sprint(said, err)
		require.Error(t, err, "%s is not seen: %s", step.says, said)
		assert.Contains(t, all, step.says)
		assert.NotContains(t, all, token)
		require.NoError(t, step.fix(context.WithoutCancel(t.Context())))
		m.step("helm test fails with %s", step.says)
	}
	m.helmTestPasses(t)
}

func (m *mesh) helmTestPasses(t *testing.T) {
	t.Helper()
	said, err := m.release().Test(t, t.Context())
	require.NoError(t, err, "%s", said)
}

// collectors sets their number past the release, and waits.
func (m *mesh) collectors(n int) func(context.Context) error {
	return func(ctx context.Context) error {
		_, err := m.cluster.Kubernetes.AppsV1().StatefulSets(m.Namespace).Patch(ctx, m.Release+"-collector", types.MergePatchType,
			fmt.Appendf(nil, `{"spec":{"replicas":%d}}`, n), metav1.PatchOptions{})
		if err != nil {
			return err
		}
		if n == 0 {
			return m.cluster.Gone(ctx, m.Namespace, "app.kubernetes.io/component=collector,app.kubernetes.io/instance="+m.Release)
		}
		return m.cluster.Ready(ctx, m.Namespace)
	}
}

//go:build e2e

package e2e_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/istio"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/release"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/settings"
	"github.com/istio-lightstep/istio-lightstep/test/spantest"
)

// upgradeOfValues changes what rolls both collectors, rolls it back and tests the
// release, with traffic running: no request fails and no trace is lost.
func upgradeOfValues(t *testing.T, m *mesh) {
	m.unreleased(t)
	m.install(t)
	m.tracing(t, m.bookinfo())
	running := m.page().Start(t.Context(), 10)
	// Stopped below too; a test that ends before stops it here.
	defer running.Stop()
	ctx := t.Context()
	smaller := release.Values{"collector": tree{"queue": tree{"bytes": "20Mi"}}}
	_, err := m.release().Upgrade(t, ctx, m.values(), smaller)
	require.NoError(t, err)
	m.step("upgraded, both collectors rolled")
	require.NoError(t, m.release().Rollback(t, ctx, 0))
	m.step("rolled back, both collectors rolled again")
	said, err := m.release().Test(t, ctx)
	require.NoError(t, err, "%s", said)
	assert.NotContains(t, said, token)
	m.step("helm test: the way to the satellite is fine")
	report, err := m.verdict(ctx, m.bookinfo(), running.Stop(), arrival)
	require.NoError(t, err)
	m.step("%s: %s", t.Name(), report)
}

// endsLate gives proxies that end the time to send what they have, as docs/upgrading.md says.
const endsLate = `
apiVersion: install.istio.io/v1alpha1
kind: IstioOperator
spec: {meshConfig: {defaultConfig: {terminationDrainDuration: 15s}}}
`

// upgradeOfIstio moves from 1.28.2 to the run's Istio by a revision beside the
// old one, with traffic running.
func upgradeOfIstio(t *testing.T, m *mesh) {
	if m.Istio.Minor != settings.Known[0].Minor {
		t.Skip("for the newest Istio")
	}
	m.unreleased(t)
	ctx := context.WithoutCancel(t.Context())
	old := m.replaceIstio(t, "1.28", endsLate)
	m.deployBookinfo(t, m.Application, old)
	m.endGently(t)
	require.NoError(t, m.cluster.Restart(ctx, m.Application))
	// Only Bookinfo's Gateway has the gateway listen.
	m.findGateway(t)
	require.NoError(t, m.page().Answers(ctx))
	before := release.Values{"istio": tree{"version": old.Release.Version}}
	m.install(t, before)
	m.tracing(t, m.bookinfo())
	m.deliver(t, requests)

	running := m.page().Start(ctx, 10)
	defer running.Stop()
	switched := m.moveToRevision(t, old)
	time.Sleep(30 * time.Second) // Requests after all has settled.
	sent := running.Stop()
	m.judgeSwitch(t, sent, switched)
}

// endGently has Bookinfo's containers serve on for the time in which its proxies
// drain. Without it a request can reach a container that has ended, with any
// tracing or none.
func (m *mesh) endGently(t *testing.T) {
	t.Helper()
	ctx := t.Context()
	deployments := m.cluster.Kubernetes.AppsV1().Deployments(m.Application)
	list, err := deployments.List(ctx, metav1.ListOptions{})
	require.NoError(t, err)
	for _, d := range list.Items {
		patch := fmt.Sprintf(`{"spec":{"template":{"spec":{"containers":[{"name":%q,"lifecycle":{"preStop":{"sleep":{"seconds":5}}}}]}}}}`,
			d.Spec.Template.Spec.Containers[0].Name)
		_, err := deployments.Patch(ctx, d.Name, types.StrategicMergePatchType, []byte(patch), metav1.PatchOptions{})
		require.NoError(t, err)
	}
}

// replaceIstio takes Istio away and installs another minor with our document and
// others; at the test's end the run's own is back.
func (m *mesh) replaceIstio(t *testing.T, minor string, documents ...string) *istio.Installation {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	other, err := settings.Lookup(minor)
	require.NoError(t, err)
	installation := m.istioOf(t, other, "")
	require.NoError(t, m.istio.Uninstall(ctx))
	t.Cleanup(func() {
		require.NoError(t, m.istio.Uninstall(ctx))
		m.document(t)
		m.deployBookinfo(t, m.Application, m.istio)
		require.NoError(t, m.cluster.Restart(ctx, m.Application))
		m.findGateway(t)
	})
	text, err := m.release().Document(t, ctx, "istioOperator", m.values(), release.Values{"istio": tree{"version": other.Version}})
	require.NoError(t, err)
	require.NoError(t, installation.Install(ctx, append(documents, text)...))
	m.documented = true
	m.step("Istio %s runs", other.Version)
	return installation
}

// moveToRevision installs the run's Istio as a revision beside the old one, moves
// gateway and Bookinfo over, and takes the old one away. It gives when Bookinfo's
// last pod was replaced.
func (m *mesh) moveToRevision(t *testing.T, old *istio.Installation) time.Time {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	const revision = "next"
	next := m.istioOf(t, m.Istio, revision)
	text, err := m.release().Document(t, ctx, "istioOperator", m.values(), m.version())
	require.NoError(t, err)
	require.NoError(t, next.Install(ctx, endsLate, text))
	require.NoError(t, m.cluster.Ready(ctx, istio.Namespace))
	m.step("Istio %s runs beside %s as revision %s, and has the gateway", m.Istio.Version, old.Release.Version, revision)
	require.NoError(t, m.cluster.Namespace(ctx, m.Application, next.Label()))
	require.NoError(t, m.cluster.Restart(ctx, m.Application))
	switched := time.Now()
	m.step("Bookinfo's pods have the new proxies")
	require.NoError(t, old.Remove(ctx))
	require.NoError(t, m.cluster.Gone(ctx, istio.Namespace, "app=istiod,istio.io/rev=default"))
	_, err = m.release().Upgrade(t, ctx, m.values(), m.version())
	require.NoError(t, err)
	m.step("Istio %s is gone, and the release is upgraded", old.Release.Version)
	return switched
}

// judgeSwitch requires that no request failed and that every trace is complete, also of
// requests that were sent while the switch went on: docs/upgrading.md promises that an
// upgrade by revision loses none. It tells when the last incomplete one was sent.
func (m *mesh) judgeSwitch(t *testing.T, sent spantest.Sent, switched time.Time) {
	t.Helper()
	report, err := m.account(t, sent)
	var settled time.Duration
	for _, result := range report.Results {
		if len(result.Problems) > 0 {
			settled = max(settled, result.Request.At.Sub(switched))
		}
	}
	m.step("%s: %s; the last incomplete one %.1f s after the switch", t.Name(), report, settled.Seconds())
	m.delivery.Settled = new(settled.Round(time.Second / 10).Seconds())
	require.NoError(t, sent.Err(), "no request fails")
	assert.NoError(t, err, "traces are lost by an upgrade by revision")
}

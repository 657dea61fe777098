//go:build e2e

package e2e_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/release"
	"github.com/istio-lightstep/istio-lightstep/test/spantest"
)

// mutualTLSToCollectors goes from plain text to mutual TLS and back as
// docs/platforms.md says, with traffic running, and replaces a collector on the
// way: no request fails, and nothing is lost but by a change of the mode. With STRICT,
// plain text is refused, doctor finds nothing, and an uninstall sends what is queued.
func mutualTLSToCollectors(t *testing.T, m *mesh) {
	m.unreleased(t)
	_, refused := m.release().DryRun(t, t.Context(), m.values(), mutualTLS("STRICT"))
	require.ErrorContains(t, refused, "LS-COLLECTOR-MTLS-ROOT")
	m = m.elsewhere(t)
	m.install(t)
	m.tracing(t, m.bookinfo())
	running := m.page().Start(t.Context(), 10)
	// Stopped below too; a test that ends before stops it here.
	defer running.Stop()
	_, refused = m.release().Upgrade(t, t.Context(), m.values(), mutualTLS("STRICT"))
	require.ErrorContains(t, refused, "LS-COLLECTOR-MTLS-STEP")
	var changes []time.Time
	change := func(mode string) {
		changes = append(changes, time.Now())
		m.mutualTLS(t, mode)
	}
	change("PERMISSIVE")
	m.haveSidecars(t, true)
	assert.True(t, m.answersPlainText(t), "PERMISSIVE takes plain text")
	change("STRICT")
	m.haveSidecars(t, true)
	m.strict(t)
	pods := m.cluster.Kubernetes.CoreV1().Pods(m.Namespace)
	require.NoError(t, pods.Delete(t.Context(), m.collector(0), metav1.DeleteOptions{}))
	time.Sleep(15 * time.Second) // Longer than it still takes spans.
	require.NoError(t, m.cluster.Ready(t.Context(), m.Namespace))
	m.step("a collector was replaced")
	change("PERMISSIVE")
	change("DISABLE")
	m.haveSidecars(t, false)
	m.judgeChanges(t, running.Stop(), changes)
	m.uninstallStrict(t)
}

// judgeChanges requires that no request failed, and that what is missing is of calls that
// were under way at a change of the mode: Envoy resets those to a cluster that it replaces
// (docs/traps.md). A call has spans of the 5 seconds before it, and is one of each proxy.
func (m *mesh) judgeChanges(t *testing.T, sent spantest.Sent, changes []time.Time) {
	t.Helper()
	const (
		proxies, spansOfACall = 7, 5
		before, after         = 6 * time.Second, 15 * time.Second // Helm's time, and istiod's
	)
	report, _ := m.account(t, sent)
	require.NoError(t, sent.Err(), "no request fails")
	m.step("%s: %s", t.Name(), report)
	for _, result := range report.Results {
		atChange := slices.ContainsFunc(changes, func(change time.Time) bool {
			return result.Request.At.After(change.Add(-before)) && result.Request.At.Before(change.Add(after))
		})
		assert.True(t, len(result.Problems) == 0 || atChange, "%v, of a request at %s, is not by a change at one of %v", result.Problems, result.Request.At, changes)
	}
	assert.LessOrEqual(t, m.bookinfo().Expected(report)-report.Spans, len(changes)*proxies*spansOfACall, "spans are lost by %d changes", len(changes))
}

// elsewhere is the mesh with the release in a namespace of its own, which is gone at the
// test's end.
func (m *mesh) elsewhere(t *testing.T) *mesh {
	t.Helper()
	of := *m
	of.Namespace = "tracing"
	ctx := context.WithoutCancel(t.Context())
	require.NoError(t, m.cluster.Namespace(ctx, of.Namespace, nil))
	t.Cleanup(func() {
		m.delivery = of.delivery
		require.NoError(t, m.cluster.DeleteNamespace(ctx, of.Namespace))
	})
	return &of
}

func mutualTLS(mode string) release.Values {
	return release.Values{"collector": tree{"mtls": tree{"mode": mode}}}
}

func (m *mesh) mutualTLS(t *testing.T, mode string, values ...release.Values) {
	t.Helper()
	_, err := m.release().Upgrade(t, t.Context(), append([]release.Values{m.values(), mutualTLS(mode)}, values...)...)
	require.NoError(t, err)
	m.step("collector.mtls.mode is %s", mode)
}

// strict holds what is so with STRICT: a pod that is not of the mesh is refused, and
// all that does not send spans works as without a sidecar.
func (m *mesh) strict(t *testing.T) {
	t.Helper()
	m.helmTestPasses(t)
	said, err := m.cluster.Logs(t.Context(), m.Namespace, m.Release+"-test", "doctor", false)
	require.NoError(t, err)
	assert.Contains(t, said, "refuse plain text", "of both collectors")
	assert.False(t, m.answersPlainText(t), "STRICT takes plain text")
	before := m.accepted(t, 0) + m.accepted(t, 1)
	assert.Eventually(t, func() bool { return m.accepted(t, 0)+m.accepted(t, 1) > before }, arrival, time.Second,
		"metrics are read, and tell of spans")
	m.doctorIsQuiet(t)
	m.step("STRICT: plain text is refused, helm test passes, metrics are read, doctor finds nothing")
}

// uninstallStrict takes a release away that has mutual TLS, with traffic running: what
// was answered before is delivered.
func (m *mesh) uninstallStrict(t *testing.T) {
	t.Helper()
	m.mutualTLS(t, "PERMISSIVE")
	m.mutualTLS(t, "STRICT")
	running := m.page().Start(t.Context(), 10)
	defer running.Stop()
	time.Sleep(5 * time.Second) // So that there is something under way.
	begin := time.Now()
	require.NoError(t, m.release().Uninstall(t, t.Context()))
	m.step("uninstalled in %.0f s", time.Since(begin).Seconds())
	_, err := m.verdict(t.Context(), m.bookinfo(), running.Stop().Between(time.Time{}, begin), arrival)
	require.NoError(t, err, "what was answered before the uninstall is delivered")
}

// answersPlainText tells whether the first collector's port for spans answers a pod
// that is not of the mesh in plain text: with the frame by which each HTTP/2 server
// begins.
func (m *mesh) answersPlainText(t *testing.T) bool {
	t.Helper()
	collector, err := m.cluster.Kubernetes.CoreV1().Pods(m.Namespace).Get(t.Context(), m.collector(0), getOptions)
	require.NoError(t, err)
	const script = `trap '' PIPE # Who is refused may find the connection closed.
exec 3<>/dev/tcp/$0/4317 || exit 1
printf 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0' >&3 2>/dev/null
timeout 5 head -c 9 <&3 | wc -c`
	said := m.fromOutside(t, script, collector.Status.PodIP)
	m.step("plain text from a pod that is not of the mesh: %s bytes of an answer", said)
	return said == "9"
}

// fromOutside runs a script in a pod that is not of the mesh.
func (m *mesh) fromOutside(t *testing.T, script, argument string) string {
	t.Helper()
	readers, err := m.cluster.Pods(t.Context(), m.satellite.Namespace, "app=recorder")
	require.NoError(t, err)
	require.NotEmpty(t, readers)
	said, err := m.cluster.Exec(t.Context(), m.satellite.Namespace, readers[0].Name, "reader", "bash", "-c", script, argument)
	require.NoError(t, err)
	return strings.TrimSpace(string(said))
}

// doctorIsQuiet holds that doctor finds nothing, and could look at all.
func (m *mesh) doctorIsQuiet(t *testing.T) {
	t.Helper()
	report, err := m.shell(t).Doctor(t.Context())
	require.NoError(t, err)
	assert.Empty(t, report.Findings, "false alarms")
	assert.Empty(t, report.Gaps)
}

// haveSidecars holds that every collector has a sidecar, or that none has.
func (m *mesh) haveSidecars(t *testing.T, want bool) {
	t.Helper()
	collectors, err := m.cluster.Pods(t.Context(), m.Namespace, "app.kubernetes.io/component=collector")
	require.NoError(t, err)
	require.NotEmpty(t, collectors)
	for _, pod := range collectors {
		all := slices.Concat(pod.Spec.Containers, pod.Spec.InitContainers)
		has := slices.ContainsFunc(all, func(c corev1.Container) bool { return c.Name == "istio-proxy" })
		assert.Equal(t, want, has, "%s has a sidecar", pod.Name)
	}
}

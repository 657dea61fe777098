//go:build e2e

package e2e_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/release"
	"github.com/istio-lightstep/istio-lightstep/test/spantest"
)

// takes tells whether the run's Istio has what these values of telemetry need. Its row of
// dialects.yaml says so: where it has not, this rule of the chart refuses them.
func (m *mesh) takes(t *testing.T, rule string, telemetry tree) bool {
	t.Helper()
	_, err := m.release().Document(t, t.Context(), "istioOperator", m.values(), m.version(), release.Values{"telemetry": telemetry})
	if err == nil {
		return true
	}
	require.ErrorContains(t, err, rule)
	m.step("Istio %s has not what %s is about", m.Istio.Version, rule)
	return false
}

// withoutPropagation holds what disableContextPropagation does in a namespace: its proxies
// add no headers of a trace to what they send, so who takes it begins a trace of its own.
// What comes there, or has headers already, is passed on.
func (of teams) withoutPropagation(t *testing.T, everywhere release.Values) {
	t.Helper()
	telemetry := tree{"namespaces": tree{of.shop: tree{"disableContextPropagation": true}}}
	if !of.takes(t, "LS-TELEMETRY-PROPAGATION", telemetry) {
		return
	}
	_, err := of.release().Upgrade(t, t.Context(), of.values(), everywhere, release.Values{"telemetry": telemetry})
	require.NoError(t, err)
	const n = 20
	of.until(t, of.shop, of.Application, n, func(s spantest.RecordedSpan) bool {
		return s.Kind == spantest.KindClient || s.Parent == ""
	})

	alone := of.call(t, of.shop, of.Application, n)
	of.all(t, alone, n, n, "", "")
	clients, servers := of.spans(t, alone)
	for _, s := range servers {
		assert.Empty(t, s.Parent, "%+v", s)
	}
	of.traces(t, 2*n, clients, servers)

	arriving := of.call(t, of.Application, of.shop, n)
	of.all(t, arriving, n, n, "", "")
	clients, servers = of.spans(t, arriving)
	of.traces(t, n, clients, servers)
	assert.Equal(t, traceIDs(clients), traceIDs(servers), "what comes into the namespace is traced as a whole")

	const trace, parent = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
	passed := of.call(t, of.shop, of.Application, n, "traceparent: 00-"+trace+"-"+parent+"-01")
	of.all(t, passed, n, n, "", "")
	clients, servers = of.spans(t, passed)
	for _, s := range slices.Concat(clients, servers) {
		assert.Equal(t, []string{trace, parent}, []string{s.TraceID, s.Parent}, "headers of the application are passed on: %+v", s)
	}
	of.step("with disableContextPropagation, %d of %d calls begin a trace at the server", n, n)
}

// byConventions holds what serviceAttributeEnrichment does: services have the names of
// their workloads, and once pods are injected anew, spans have the attributes of the
// service.
func (of teams) byConventions(t *testing.T, everywhere release.Values) {
	t.Helper()
	telemetry := tree{"serviceAttributeEnrichment": "OTEL_SEMANTIC_CONVENTIONS"}
	if !of.takes(t, "LS-SERVICE-ATTRIBUTES-ISTIO", telemetry) {
		return
	}
	ctx := context.WithoutCancel(t.Context())
	_, err := of.release().Upgrade(t, ctx, of.values(), everywhere, release.Values{"telemetry": telemetry})
	require.NoError(t, err)
	const n = 20
	workloads := map[string]string{spantest.KindClient: "tls-client", spantest.KindServer: "details"}
	named := func(s spantest.RecordedSpan) bool { return s.Service == workloads[s.Kind] }
	of.until(t, of.shop, of.shop, n, named)
	require.NoError(t, of.cluster.Restart(ctx, of.shop))

	containers := map[string]string{"tls-client": "client", "details": "details"}
	versions := map[string]string{"tls-client": of.Istio.Version, "details": "1.20.3"} // the tag of the only container's image
	instances := map[string]string{}
	for app, container := range containers {
		pods, err := of.cluster.Pods(ctx, of.shop, "app="+app)
		require.NoError(t, err)
		require.Len(t, pods, 1)
		instances[app] = of.shop + "." + pods[0].Name + "." + container
	}
	spans := of.until(t, of.shop, of.shop, n, named)
	for _, s := range spans {
		for attribute, want := range map[string]string{
			"service.namespace": of.shop, "service.version": versions[s.Service], "service.instance.id": instances[s.Service], ofCollector: ofMesh,
		} {
			assert.Equal(t, want, s.Resource[attribute], "%s of %+v", attribute, s)
		}
	}
	of.step("%d spans are named by their workloads, and have the attributes of their services", len(spans))
}

// until makes calls until each has the client's and the server's span, and all are so. It
// gives the last spans. Proxies need a moment for what changed.
func (of teams) until(t *testing.T, from, to string, n int, so func(spantest.RecordedSpan) bool) []spantest.RecordedSpan {
	t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); ; {
		c := of.call(t, from, to, n)
		var spans []spantest.RecordedSpan
		for come := time.Now().Add(arrival); len(spans) < 2*n && time.Now().Before(come); time.Sleep(time.Second) {
			spans = of.marked(t, c)
		}
		others := slices.DeleteFunc(slices.Clone(spans), so)
		if len(spans) == 2*n && len(others) == 0 {
			return spans
		}
		require.True(t, time.Now().Before(deadline), "%d spans of %d calls, %d of them not as they should: %+v", len(spans), n, len(others), others)
	}
}

// traces holds how many traces spans are of.
func (of teams) traces(t *testing.T, n int, clients, servers []spantest.RecordedSpan) {
	t.Helper()
	ids := traceIDs(slices.Concat(clients, servers))
	assert.Len(t, slices.Compact(ids), n)
}

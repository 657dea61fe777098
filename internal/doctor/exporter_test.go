package doctor

import (
	"context"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	otelcol "github.com/istio-lightstep/istio-lightstep/internal/collector"
	"github.com/istio-lightstep/istio-lightstep/internal/doctor/finding"
	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

// about gives the findings as ID and backend.
func about(found []finding.Finding) []string {
	all := make([]string, len(found))
	for i, f := range found {
		all[i] = strings.TrimSpace(f.ID + " " + f.Backend)
	}
	return all
}

// losing has both a full queue and a token that is refused.
func losing(s *CollectorState, x *exporterState) {
	failure(CauseToken, time.Second)(s, x)
	x.After.Queue.Size = 100
	x.After.SendFailed += 5
	x.After.EnqueueFailed += 3
}

// exportersIn gives the exporters of a base's collector.
func exportersIn(t *testing.T, base string) []string {
	t.Helper()
	var ids []string
	for _, x := range collectorOf(t, base).exporters {
		ids = append(ids, x.id)
	}
	return ids
}

func TestEveryExporterOfAPipelineIsLookedAt(t *testing.T) {
	t.Parallel()
	assert.Equal(t, []string{"otlp_grpc/lightstep"}, exportersIn(t, "collector"))
	assert.Equal(t, []string{"otlp_grpc/honeycomb", "otlp_http/own"}, exportersIn(t, "backends"))
	assert.Equal(t, []string{"otlp_grpc/jaeger", "otlp_grpc/lightstep", "otlp_grpc/own", "otlp_http/grafana"}, exportersIn(t, "beside"))
}

// TestABackendLosesAsLightStepDoes has the same answers for each exporter of
// each mesh: each gets what LightStep gets where it is alone.
func TestABackendLosesAsLightStepDoes(t *testing.T) {
	t.Parallel()
	control := found(t, "collector", nil, collectorState(losing))
	require.Equal(t, []string{"LS-COLLECTOR-TOKEN-REFUSED lightstep", "LS-COLLECTOR-QUEUE-FULL lightstep"}, about(control))
	for _, base := range []string{"backends", "beside"} {
		for _, id := range exportersIn(t, base) {
			_, name, _ := strings.Cut(id, "/")
			of := found(t, base, nil, collectorSending(losing, id))
			require.Equal(t, []string{"LS-COLLECTOR-TOKEN-REFUSED " + name, "LS-COLLECTOR-QUEUE-FULL " + name}, about(of), base)
			for i, f := range of {
				assert.Equal(t, strings.ReplaceAll(control[i].Lost, "lightstep", name), f.Lost)
				assert.Contains(t, f.Reason, "backend "+name)
				assert.NotRegexp(t, unfilled, f.Lost+f.Reason+f.Mend)
			}
		}
	}
}

// TestBackendsSideBySideHaveFindingsOfTheirOwn: that of one explains none of
// another.
func TestBackendsSideBySideHaveFindingsOfTheirOwn(t *testing.T) {
	t.Parallel()
	seen := collectorSending(func(s *CollectorState, x *exporterState) {
		switch x.id {
		case "otlp_grpc/lightstep":
			failure(CauseRefused, time.Second)(s, x)
			x.After.Queue.Size = 100
		case "otlp_http/grafana":
			x.After.Queue.Size = 100
		case "otlp_grpc/jaeger":
			x.After.SendFailed = 4
		}
	}, exportersIn(t, "beside")...)
	assert.ElementsMatch(t, []string{
		"LS-COLLECTOR-UNAVAILABLE lightstep", "LS-COLLECTOR-QUEUE-FULL grafana", "LS-COLLECTOR-DROPPING jaeger",
	}, about(found(t, "beside", nil, seen)))
}

// TestTheLogSaysWhoseFailureItIs, and where it does not, it may be that of each
// which sends nothing.
func TestTheLogSaysWhoseFailureItIs(t *testing.T) {
	t.Parallel()
	seen := collectorSending(func(s *CollectorState, x *exporterState) {
		switch x.id {
		case "otlp_grpc/honeycomb":
			failure(CauseAuthority, time.Second)(s, x)
			s.Failures[0].Exporter = ""
		case "otlp_http/own":
			x.After.Sent++
		}
	}, exportersIn(t, "backends")...)
	assert.Equal(t, []string{"LS-COLLECTOR-TLS honeycomb"}, about(found(t, "backends", nil, seen)))
	older := strings.ReplaceAll(collectorLog, "otelcol.component.id", "name")
	assert.Equal(t, readFailures([]byte(collectorLog)), readFailures([]byte(older)))
}

// TestExportersThatOnlyTheMetricsName are looked at too: the collectors run with
// an older configuration, or it cannot be read.
func TestExportersThatOnlyTheMetricsName(t *testing.T) {
	t.Parallel()
	full := func(_ *CollectorState, x *exporterState) { x.After.Queue.Size = 100 }
	for name, base := range map[string][]change{
		"older":      nil,
		"unreadable": {{Patch: "ConfigMap istio-system/istio-lightstep-collector", With: map[string]any{"data": map[string]any{"config.yaml": "exporters: ["}}}},
		"foreign":    {{Patch: "ConfigMap istio-system/istio-lightstep-collector", With: map[string]any{"data": map[string]any{"config.yaml": "exporters: 5\nservice: {pipelines: {traces: {exporters: {a: b}}}}"}}}},
	} {
		assert.Equal(t, []string{"LS-COLLECTOR-QUEUE-FULL gone"}, about(found(t, "backends", base, collectorSending(full, "otlp_grpc/gone"))), name)
		assert.Empty(t, found(t, "backends", base, collectorSending(full, otelcol.TapExporter)), name)
	}
}

// TestTheSecretsOfABackend are looked at as LightStep's.
func TestTheSecretsOfABackend(t *testing.T) {
	t.Parallel()
	const config = "ConfigMap istio-system/istio-lightstep-collector"
	later := map[string]any{"metadata": map[string]any{"managedFields": []any{map[string]any{
		"manager": "kubectl", "operation": "Update", "apiVersion": "v1", "fieldsType": "FieldsV1", "time": "2026-11-22T12:30:00Z",
		"fieldsV1": map[string]any{"f:data": map[string]any{"f:token": map[string]any{}, "f:ca.crt": map[string]any{}, "f:x-honeycomb-team": map[string]any{}}},
	}}}}
	data := func(key, text string) map[string]any { return map[string]any{"data": map[string]any{key: text}} }
	for _, c := range []struct {
		base   string
		change change
		want   []string
	}{
		{"backends", change{Delete: "Secret istio-system/honeycomb"}, []string{"LS-TOKEN-SECRET-MISSING honeycomb"}},
		{"backends", change{Delete: "Secret istio-system/own-ca"}, []string{"LS-CA-MISSING-COLLECTOR own"}},
		{"backends", change{Delete: "Secret istio-system/own-client"}, []string{"LS-TOKEN-SECRET-MISSING own"}},
		{"backends", change{Patch: "Secret istio-system/own-backend", With: data("header", "")}, []string{"LS-TOKEN-EMPTY own"}},
		{"backends", change{Patch: "Secret istio-system/own-backend", With: data("header", "YQpi")}, []string{"LS-TOKEN-CHARACTERS own"}},
		{"backends", change{Patch: "Secret istio-system/honeycomb", With: map[string]any{"data": map[string]any{"x-honeycomb-team": nil}}}, []string{"LS-TOKEN-KEY-MISSING honeycomb"}},
		{"backends", change{Patch: "Secret istio-system/own-ca", With: data("ca.crt", "eA==")}, []string{"LS-CA-PEM own"}},
		// The collector rereads the one, and a container beside it the other.
		{"backends", change{Patch: "Secret istio-system/honeycomb", With: later}, []string{}},
		{"backends", change{Patch: "Secret istio-system/own-ca", With: later}, []string{}},
		{"beside", change{Patch: "Secret istio-system/own-backend", With: later}, []string{"LS-COLLECTOR-TOKEN-STALE own"}},
		{"beside", change{Delete: "Secret istio-system/own-backend"}, []string{"LS-TOKEN-SECRET-MISSING own"}},
		{"beside", change{Delete: "Secret istio-system/grafana-cloud"}, []string{"LS-TOKEN-SECRET-MISSING grafana"}},
		{"backends", change{Delete: config}, []string{}},
	} {
		got := found(t, c.base, []change{c.change}, nil)
		assert.Equal(t, c.want, about(got), "%+v", c.change)
		namesItsBackend(t, got)
	}
}

// namesItsBackend: who reads a finding knows which backend it is about.
func namesItsBackend(t *testing.T, found []finding.Finding) {
	t.Helper()
	for _, f := range found {
		require.NotEmpty(t, f.Backend, f.ID)
		assert.Contains(t, f.Lost+f.Reason, "backend "+f.Backend, f.ID)
		assert.NotRegexp(t, unfilled, f.Lost+f.Reason+f.Mend, f.ID)
	}
}

func TestEachFaultOfABackendsCA(t *testing.T) {
	t.Parallel()
	for id, text := range authorities(t) {
		if id == "LS-CA-DIFFERS" {
			continue // no proxy has it
		}
		got := found(t, "backends", []change{{Patch: "Secret istio-system/own-ca", With: map[string]any{
			"data": map[string]any{"ca.crt": base64.StdEncoding.EncodeToString([]byte(text))},
		}}}, nil)
		require.Equal(t, []string{id + " own"}, about(got))
		namesItsBackend(t, got)
		assert.Contains(t, got[0].Mend, "--from-file=ca.crt=Cert_Auth.crt")
	}
}

// TestACommandKeepsTheOtherKeysOfASecret: that of a backend is its owner's, who
// may have more in it.
func TestACommandKeepsTheOtherKeysOfASecret(t *testing.T) {
	t.Parallel()
	refused := collectorSending(failure(CauseToken, time.Second), "otlp_grpc/honeycomb", "otlp_http/own")
	all := found(t, "backends", nil, refused)
	require.Equal(t, []string{"LS-COLLECTOR-TOKEN-REFUSED honeycomb", "LS-COLLECTOR-TOKEN-REFUSED own"}, about(all))
	assert.Equal(t, "kubectl create secret generic honeycomb --namespace istio-system --from-file=x-honeycomb-team=FILE --dry-run=client --output yaml | kubectl apply -f -", all[0].Mend)
	assert.Equal(t, "kubectl create secret generic own-backend --namespace istio-system --from-file=header=FILE --dry-run=client --output json | "+
		"kubectl patch secret own-backend --namespace istio-system --type=merge --patch-file=/dev/stdin", all[1].Mend)
}

// honeycombPods are collectors that lose every span for a backend: its queue is
// full, it refuses the key, and the counters rise between the two looks.
type honeycombPods struct {
	*fakePods
}

func (h *honeycombPods) Ask(ctx context.Context, pod mesh.Ref, port int, paths []string, take func(string, []byte) error) error {
	if port != otelcol.MetricsPort {
		return h.fakePods.Ask(ctx, pod, port, paths, take)
	}
	times := h.begin(pod)
	defer h.end()
	var text strings.Builder
	for name, value := range map[string]int{"queue_size": 100, "queue_capacity": 100, "send_failed_spans": 40 * times, "enqueue_failed_spans": 9 * times} {
		fmt.Fprintf(&text, "otelcol_exporter_%s{exporter=\"otlp_grpc/honeycomb\"} %d\n", name, value)
	}
	return take(paths[0], []byte(text.String()))
}

func (*honeycombPods) Log(context.Context, mesh.Ref, string, int) ([]byte, error) {
	line := strings.ReplaceAll(strings.Split(collectorLog, "\n")[3], otelcol.Exporter, "otlp_grpc/honeycomb")
	return []byte(strings.ReplaceAll(line, "2026-11-22T19:58:00.000Z", now.Format("2006-01-02T15:04:05.000Z0700"))), nil
}

// TestAMeshWithABackendAloneIsAskedAboutIt, from the answers of its pods to what
// is told.
func TestAMeshWithABackendAloneIsAskedAboutIt(t *testing.T) {
	t.Parallel()
	snapshot, d := examined(t, recordedBase(t, "backends"))
	pods := &honeycombPods{&fakePods{asked: map[mesh.Ref]int{}}}
	seen := d.Observe(t.Context(), pods, snapshot, Asking{Parallel: 2, Timeout: time.Minute, Pause: time.Millisecond})
	result := d.Summarise(snapshot, seen, d.Examine(snapshot, seen))
	assert.Equal(t, []string{
		"LS-COLLECTOR-TOKEN-REFUSED honeycomb", "LS-COLLECTOR-TOKEN-REFUSED honeycomb",
		"LS-COLLECTOR-QUEUE-FULL honeycomb", "LS-COLLECTOR-QUEUE-FULL honeycomb",
	}, about(result.Findings))
	assert.True(t, result.Errors())
	assert.Contains(t, result.Findings[0].Reason, "backend honeycomb at api.honeycomb.io:443")
	assert.NotContains(t, fmt.Sprint(result.Findings), "s3cret")
}

// TestTheNetworkToEachBackend: each has a host and port of its own.
func TestTheNetworkToEachBackend(t *testing.T) {
	t.Parallel()
	deny := change{Apply: `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: deny, namespace: istio-system}
spec: {podSelector: {matchLabels: {app.kubernetes.io/component: collector}}, policyTypes: [Egress], egress: [{ports: [{port: 4317}]}]}`}
	assert.Equal(t, []string{"LS-ROUTE-POLICY-EGRESS grafana", "LS-ROUTE-POLICY-EGRESS lightstep"}, slices.Sorted(slices.Values(about(found(t, "beside", []change{deny}, nil)))),
		"jaeger and own have port 4317")
	only := []change{
		{Patch: "ConfigMap istio-system/istio", With: map[string]any{"data": map[string]any{"mesh": "outboundTrafficPolicy: {mode: REGISTRY_ONLY}"}}},
		{Patch: "Pod istio-system/istio-lightstep-collector-0", With: map[string]any{"spec": map[string]any{"containers": []any{
			map[string]any{"name": "collector"}, map[string]any{"name": "istio-proxy", "image": "docker.io/istio/proxyv2:1.31.0"},
		}}}},
	}
	all := found(t, "backends", only, nil)
	assert.Equal(t, []string{"LS-ROUTE-REGISTRY-ONLY honeycomb", "LS-ROUTE-REGISTRY-ONLY own"}, about(all))
	assert.Contains(t, all[0].Reason, "host api.honeycomb.io")
}

// TestADrainedBackendIsNoError: what waits in its queue is told of, and a queue
// that is full is that of nobody's new spans.
func TestADrainedBackendIsNoError(t *testing.T) {
	t.Parallel()
	const old = "otlp_http/old"
	drain := func(t *testing.T, snapshot *mesh.Snapshot) {
		t.Helper()
		for i := range snapshot.CollectorConfigs {
			data := snapshot.CollectorConfigs[i].Data
			data["config.yaml"] = strings.Replace(data["config.yaml"], "pipelines:", "pipelines:\n    traces/drained: {exporters: ["+old+"]}", 1)
			require.Contains(t, data["config.yaml"], old)
		}
	}
	for name, c := range map[string]struct {
		change func(*CollectorState, *exporterState)
		want   []string
	}{
		"empty":   {func(*CollectorState, *exporterState) {}, []string{}},
		"full":    {func(_ *CollectorState, x *exporterState) { x.After.Queue.Size = 100 }, []string{"LS-COLLECTOR-DRAINING old"}},
		"away":    {failure(CauseRefused, time.Second), []string{"LS-COLLECTOR-DRAINING old"}},
		"dropped": {func(_ *CollectorState, x *exporterState) { x.After.SendFailed = 3 }, []string{"LS-COLLECTOR-DROPPING old"}},
	} {
		snapshot, d := examined(t, recordedBase(t, "backends"))
		drain(t, snapshot)
		all := d.Examine(snapshot, collectorSending(c.change, old))
		assert.Equal(t, c.want, about(all), name)
		assert.Equal(t, name == "dropped", finding.HasErrors(all), name)
	}
}

// TestABackendWithoutAQueueSaysSo: it is its owner's choice where its settings
// say it.
func TestABackendWithoutAQueueSaysSo(t *testing.T) {
	t.Parallel()
	disabled := change{Patch: "ConfigMap istio-system/istio-lightstep-collector", With: map[string]any{"data": map[string]any{"config.yaml": `
exporters:
  debug: {}
  otlp_grpc/none: {endpoint: "none:4317", sending_queue: {enabled: false}}
  otlp_grpc/some: {endpoint: "some:4317", sending_queue: {enabled: true}}
service: {pipelines: {traces: {exporters: [debug, otlp_grpc/none, otlp_grpc/some]}}}`}}}
	all := found(t, "backends", []change{disabled}, nil)
	require.Equal(t, []string{"LS-COLLECTOR-NO-QUEUE none"}, about(all))
	assert.Equal(t, problem.SeverityInfo, all[0].Severity)
	assert.Contains(t, all[0].Reason, "otlp_grpc/none")

	without := func(_ *CollectorState, x *exporterState) { x.After.Queue = otelcol.Queue{} }
	all = found(t, "backends", nil, collectorSending(without, "otlp_grpc/honeycomb"))
	require.Equal(t, []string{"LS-COLLECTOR-NO-QUEUE honeycomb"}, about(all))
	assert.Equal(t, problem.SeverityWarning, all[0].Severity)
	assert.Empty(t, found(t, "backends", []change{{Patch: disabled.Patch, With: map[string]any{"data": map[string]any{
		"config.yaml": "exporters: {debug: {}}\nservice: {pipelines: {traces: {exporters: [debug]}}}",
	}}}}, collectorSending(without, "debug")), "debug has nothing that can be away")
}

func TestAddressOf(t *testing.T) {
	t.Parallel()
	for endpoint, want := range map[string]string{
		"api.honeycomb.io:443": "api.honeycomb.io 443", "https://otlp.example.com": "otlp.example.com 443", "http://a.b/v1": "a.b 80",
		"https://a.b:4318/otlp": "a.b 4318", "dns:///c.d:4317": "c.d 4317", "[::1]:4317": "::1 4317", "https://${env:HOST}/x": " 0", "alone": "alone 0",
	} {
		host, port := addressOf(endpoint)
		assert.Equal(t, want, host+" "+number(float64(port)), endpoint)
	}
}

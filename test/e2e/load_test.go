//go:build e2e

package e2e_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/cluster"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/faults"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/istio"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/load"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/settings"
	"github.com/istio-lightstep/istio-lightstep/test/spantest"
)

// TestLoad measures, and keeps the figures in results/load.json.
func TestLoad(t *testing.T) {
	m := newMesh(t, settings.Load)
	m.volumeSize = "2Gi" // the default: its queue holds 5 minutes of 3,000 spans/s
	require.NoError(t, m.satellite.WithoutZipkin(t.Context()))
	m.onlyReviews(t)
	of := m.faulty(t, faults.Collector)
	m.deliverFaulty(t, of)
	t.Cleanup(func() { m.removeFaulty(t, of) })
	m.tracing(t, m.bookinfo())
	results := load.Results{Setup: m.setup(t)}
	// Kept as it goes: a run that is ended early has what it measured.
	keep := func() { require.NoError(t, results.Write("results/load.json")) }
	address := m.exposeCollectors(t)
	for _, run := range spansRuns {
		spans := m.spans(t, of, address, run)
		assert.NoError(t, spans.Judge())
		results.Spans = append(results.Spans, spans)
		keep()
	}
	require.NoError(t, of.Upgrade(t.Context(), nil))
	require.NoError(t, m.cluster.Ready(t.Context(), m.Namespace))
	for _, sampling := range []int{100, 0} {
		m.sample(t, sampling)
		require.NoError(t, m.page().Answers(t.Context()))
		// The change of the sampling is on its way to the proxies.
		time.Sleep(10 * time.Second)
		for _, perSecond := range []float64{20, 0} {
			pages := m.pages(t, of, sampling, perSecond)
			assert.NoError(t, pages.Judge())
			results.Pages = append(results.Pages, pages)
			keep()
		}
	}
}

// spansRuns are what collectors alone bear.
var spansRuns = []load.Spans{
	{Replicas: 1, PerSecond: usualLoad, Latency: 20},
	{Replicas: 1, PerSecond: usualLoad, Latency: 50},
	{Replicas: 1, PerSecond: usualLoad, Latency: 200},
	// Slower than the traffic: 20 batches of some 300 spans every 3 s.
	{Replicas: 1, PerSecond: usualLoad, Latency: 3000},
	{Replicas: 1, PerSecond: usualLoad, Stalled: 20},
	{Replicas: 1, Latency: 50},
	{Replicas: 3, Latency: 50},
	{Replicas: 1, Away: true},
}

// usualLoad is the number of spans a second of which none may be refused.
const usualLoad = 3000

// connections are those to one collector.
const connections = 50

// sample sets the sampling in the release's Telemetry: the chart refuses 0, for
// which it is uninstalled. The next upgrade takes it back.
func (m *mesh) sample(t *testing.T, percent int) {
	t.Helper()
	require.NoError(t, m.sampleBy(t.Context(), percent))
}

func (m *mesh) sampleBy(ctx context.Context, percent int) error {
	telemetries := schema.GroupVersionResource{Group: "telemetry.istio.io", Version: "v1", Resource: "telemetries"}
	patch := fmt.Appendf(nil, `[{"op":"replace","path":"/spec/tracing/0/randomSamplingPercentage","value":%d}]`, percent)
	_, err := m.cluster.Dynamic.Resource(telemetries).Namespace(istio.Namespace).
		Patch(ctx, m.Release, types.JSONPatchType, patch, metav1.PatchOptions{})
	return err
}

// isProxy picks the containers of Istio's proxies.
func isProxy(container string) bool { return strings.HasSuffix(container, "/istio-proxy") }

// isCollector picks the collectors' containers.
func (m *mesh) isCollector(container string) bool {
	return strings.HasPrefix(container, m.Namespace+"/"+m.Release+"-collector-") && strings.HasSuffix(container, "/collector")
}

// pages asks for the page, so often a second, or as often as it is answered.
func (m *mesh) pages(t *testing.T, of *faults.Mesh, sampling int, perSecond float64) load.Pages {
	t.Helper()
	ctx := t.Context()
	result := load.Pages{Sampling: sampling, PerSecond: perSecond}
	duration := 30 * time.Second
	if perSecond == 0 {
		perSecond, duration = 5000, time.Minute
	}
	page := m.page()
	page.concurrency = 8
	metricsBefore := m.metrics(t, of)
	before, err := load.Use(ctx, m.cluster)
	require.NoError(t, err)
	start := time.Now()
	running := page.Start(ctx, perSecond)
	time.Sleep(duration)
	requests := running.Stop()
	result.Seconds = time.Since(start).Seconds()
	// The kubelet looks at its containers every ten seconds or so.
	time.Sleep(20 * time.Second)
	after, err := load.Use(ctx, m.cluster)
	require.NoError(t, err)

	result.Failed = len(requests.Failed())
	result.Requests = len(requests.Requests()) - result.Failed
	result.Median, result.P99 = latencies(requests)
	result.ProxyCPU = load.CPU(before, after, isProxy) / float64(result.Requests) * 1000
	if sampling > 0 {
		result.Expected = result.Requests * len(m.bookinfo().Parts(faults.Reviews))
	}
	result.Delivered = int(m.delivered(t, of, metricsBefore, result.Expected))
	m.step("%+v", result)
	return result
}

func latencies(requests spantest.Sent) (median, p99 float64) {
	var took []time.Duration
	for _, r := range requests.Requests() {
		if r.Failure == "" {
			took = append(took, r.Took)
		}
	}
	slices.Sort(took)
	at := func(part float64) float64 {
		return float64(took[int(part*float64(len(took)-1))].Microseconds()) / 1000
	}
	return at(0.5), at(0.99)
}

const sentSpans = "otelcol_exporter_sent_spans"

func (m *mesh) metrics(t *testing.T, of *faults.Mesh) map[string]float64 {
	t.Helper()
	values, err := of.Metrics(t.Context())
	require.NoError(t, err)
	return values
}

// delivered waits until the satellite has so many spans more than before, or no
// more come, and gives their number.
func (m *mesh) delivered(t *testing.T, of *faults.Mesh, before map[string]float64, want int) float64 {
	t.Helper()
	last, since := 0.0, time.Now()
	for {
		got := m.metrics(t, of)[sentSpans] - before[sentSpans]
		if got != last {
			last, since = got, time.Now()
		}
		if (want > 0 && int(got) >= want) || time.Since(since) > 20*time.Second {
			return got
		}
		time.Sleep(time.Second)
	}
}

// exposeCollectors gives an address from which the collectors are reached from
// here.
func (m *mesh) exposeCollectors(t *testing.T) string {
	t.Helper()
	service, err := m.cluster.Kubernetes.CoreV1().Services(m.Namespace).Create(t.Context(), &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Name: "load"},
		Spec: corev1.ServiceSpec{
			Type: corev1.ServiceTypeNodePort,
			Selector: map[string]string{
				"app.kubernetes.io/component": "collector", "app.kubernetes.io/instance": m.Release,
			},
			Ports: []corev1.ServicePort{{Name: "grpc-otlp", Port: 4317, TargetPort: intstr.FromString("spans")}},
		},
	}, metav1.CreateOptions{})
	require.NoError(t, err)
	t.Cleanup(func() {
		_ = m.cluster.Kubernetes.CoreV1().Services(m.Namespace).Delete(context.Background(), "load", metav1.DeleteOptions{})
	})
	nodes, err := m.cluster.Kubernetes.CoreV1().Nodes().List(t.Context(), metav1.ListOptions{})
	require.NoError(t, err)
	for _, address := range nodes.Items[0].Status.Addresses {
		if address.Type == corev1.NodeInternalIP {
			port := net.JoinHostPort(address.Address, strconv.Itoa(int(service.Spec.Ports[0].NodePort)))
			// The node hears of the port in its own time.
			require.Eventually(t, func() bool {
				connection, err := (&net.Dialer{Timeout: time.Second}).DialContext(t.Context(), "tcp", port)
				return err == nil && connection.Close() == nil
			}, cluster.Timeout, time.Second, "nobody answers at %s", port)
			return port
		}
	}
	require.Fail(t, "the node has no address")
	return ""
}

// spans sends spans, as proxies do, to so many collectors, with a satellite that
// does what the run says.
func (m *mesh) spans(t *testing.T, of *faults.Mesh, address string, result load.Spans) load.Spans {
	t.Helper()
	ctx := t.Context()
	require.NoError(t, of.Upgrade(ctx, tree{"collector": tree{"replicas": result.Replicas}}))
	require.NoError(t, m.cluster.Ready(ctx, m.Namespace))
	switch {
	case result.Away:
		require.NoError(t, m.satellite.Scale(ctx, 0))
	case result.Latency > 0:
		require.NoError(t, of.Slow(ctx, time.Duration(result.Latency)*time.Millisecond))
	}
	metricsBefore := m.metrics(t, of)
	before, err := load.Use(ctx, m.cluster)
	require.NoError(t, err)
	peak := load.Peak(ctx, m.cluster, m.isCollector)
	thawed := m.stall(t, result.Stalled)
	sent, err := load.Generator{
		Address: address, Connections: connections * result.Replicas, PerSecond: result.PerSecond,
	}.Send(ctx, 30*time.Second)
	require.NoError(t, errors.Join(err, <-thawed))
	if result.Away {
		require.NoError(t, m.satellite.Scale(ctx, 1))
	}
	result.Seconds, result.Taken, result.Refused = sent.Seconds, sent.Taken, sent.Refused
	result.Sent = int(m.delivered(t, of, metricsBefore, sent.Taken))
	time.Sleep(20 * time.Second)
	after, err := load.Use(ctx, m.cluster)
	require.NoError(t, err)
	result.CPU = load.CPU(before, after, m.isCollector)
	result.Memory = peak()
	result.Limit, result.Restarts = m.limits(t)
	if result.Latency > 0 {
		require.NoError(t, of.Quick(ctx))
		require.NoError(t, of.SlowRemoved(ctx))
	}
	m.step("%+v; %.0f spans/s per core; %s", result, result.PerCore(), sent.Reason)
	return result
}

// stall has the satellite keep its connections and answer nothing for so many
// seconds, from 5 seconds on. The channel gives the error once it answers again.
func (m *mesh) stall(t *testing.T, seconds int) <-chan error {
	t.Helper()
	done := make(chan error, 1)
	if seconds == 0 {
		done <- nil
		return done
	}
	ctx := t.Context()
	go func() {
		time.Sleep(5 * time.Second)
		err := m.satellite.Freeze(ctx)
		time.Sleep(time.Duration(seconds) * time.Second)
		done <- errors.Join(err, m.satellite.Thaw(context.WithoutCancel(ctx)))
	}()
	return done
}

// limits gives the collectors' memory limit in MiB and how often they were
// started again.
func (m *mesh) limits(t *testing.T) (limit float64, restarts int) {
	t.Helper()
	pods, err := m.cluster.Pods(t.Context(), m.Namespace, "app.kubernetes.io/component=collector")
	require.NoError(t, err)
	for _, pod := range pods {
		for _, c := range pod.Spec.Containers {
			if c.Name == "collector" {
				limit = float64(c.Resources.Limits.Memory().Value()) / (1 << 20)
			}
		}
		for _, s := range pod.Status.ContainerStatuses {
			restarts += int(s.RestartCount)
		}
	}
	return limit, restarts
}

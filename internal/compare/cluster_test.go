package compare

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/internal/collector/tap"
	"github.com/istio-lightstep/istio-lightstep/internal/doctor/finding"
	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
)

// pod is a collector that counts. Its metrics are those of a collector 0.155.0,
// with other numbers in them.
type pod struct {
	started            time.Time
	accepted, refused  float64
	sent, failed, full map[string]float64
	queued             map[string]float64 // of 1e8 bytes, and of 1000 requests
	down               error
	tap                *tap.Tap
	every              func(p *pod, seconds float64) // what happens as time passes
	restarts           int
}

const (
	one = "otlp_grpc/lightstep"
	two = "otlp_grpc/second"
)

func (p *pod) restart(now time.Time) {
	p.started, p.accepted, p.refused = now, 0, 0
	p.sent, p.failed, p.full = map[string]float64{}, map[string]float64{}, map[string]float64{}
}

func (p *pod) metrics(t *testing.T, now time.Time) string {
	t.Helper()
	text, err := os.ReadFile("../collector/testdata/0.155-plain.txt")
	require.NoError(t, err)
	uptime := now.Sub(p.started).Seconds()
	replaced := strings.NewReplacer(
		"otelcol_process_uptime 5.039172262", fmt.Sprintf("otelcol_process_uptime %g", uptime),
		`otelcol_receiver_accepted_spans{receiver="otlp",transport="http"} 2`, fmt.Sprintf(`otelcol_receiver_accepted_spans{receiver="otlp",transport="http"} %g`, p.accepted),
		`otelcol_receiver_refused_spans{receiver="otlp",transport="http"} 0`, fmt.Sprintf(`otelcol_receiver_refused_spans{receiver="otlp",transport="http"} %g`, p.refused),
		`queue_size{data_type="traces",exporter="otlp_grpc/lightstep"} 144`, fmt.Sprintf(`queue_size{data_type="traces",exporter="otlp_grpc/lightstep"} %g`, p.queued[one]),
		`queue_size{data_type="traces",exporter="otlp_grpc/second"} 1`, fmt.Sprintf(`queue_size{data_type="traces",exporter="otlp_grpc/second"} %g`, p.queued[two]),
	).Replace(string(text))
	require.NotContains(t, replaced, `exporter="otlp_grpc/lightstep"} 144`)
	for name, counts := range map[string]map[string]float64{"sent": p.sent, "send_failed": p.failed, "enqueue_failed": p.full} {
		for exporter, n := range counts {
			replaced += fmt.Sprintf("otelcol_exporter_%s_spans{exporter=%q} %g\n", name, exporter, n)
		}
	}
	return replaced
}

// cluster has a release with collectors, and is the clock too: as it is slept,
// its collectors count.
type cluster struct {
	*mesh.Recorded
	t    *testing.T
	now  time.Time
	asks time.Duration // that a pod takes to answer
	away func() error  // the API server does not answer
	news int           // how often lists had their time anew
	pods map[string]*pod
}

const objects = `
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: shop-istio-lightstep-collector, namespace: istio-system, labels: &labels {
  app.kubernetes.io/name: istio-lightstep, app.kubernetes.io/instance: shop, app.kubernetes.io/component: collector}}
spec: {replicas: 2}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: shop-istio-lightstep-collector, namespace: istio-system, labels: {app.kubernetes.io/name: istio-lightstep, app.kubernetes.io/instance: shop}}
data:
  config.yaml: |
    service:
      pipelines:
        traces: {receivers: [otlp], exporters: [otlp_grpc/lightstep, otlp_grpc/second]}
        traces/tap: {receivers: [otlp], exporters: [otlp_grpc/tap]}
        traces/drained: {receivers: [otlp/drained], exporters: [otlp_http/old]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: shop-istio-lightstep, namespace: istio-system, labels: {app.kubernetes.io/name: istio-lightstep, app.kubernetes.io/instance: shop}}
data: {mesh: "defaultProviders: {}", config.yaml: "no configuration: ["}
`

func podObject(name string) string {
	return fmt.Sprintf(`
---
apiVersion: v1
kind: Pod
metadata: {name: %s, namespace: istio-system, labels: {
  app.kubernetes.io/name: istio-lightstep, app.kubernetes.io/instance: shop, app.kubernetes.io/component: collector}}
spec: {containers: [{name: collector}]}
status: {phase: Running}
`, name)
}

func newCluster(t *testing.T) *cluster {
	t.Helper()
	c := &cluster{t: t, now: time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC), pods: map[string]*pod{}}
	c.read(objects + podObject("collector-0") + podObject("collector-1"))
	for _, name := range []string{"collector-0", "collector-1"} {
		c.add(name)
	}
	return c
}

func (c *cluster) read(text string) {
	c.t.Helper()
	recorded, err := mesh.ReadRecorded(strings.NewReader(text))
	require.NoError(c.t, err)
	c.Recorded = recorded
}

func (c *cluster) add(name string) *pod {
	p := &pod{queued: map[string]float64{}, every: func(*pod, float64) {}}
	p.restart(c.now.Add(-time.Hour))
	c.pods[name] = p
	return p
}

// both have an exporter send as many spans in each second, to each backend, to
// the end of a time of traffic.
func (c *cluster) both(perSecond float64, until time.Duration) {
	end := c.now.Add(until)
	for _, p := range c.pods {
		p.every = func(p *pod, seconds float64) {
			if c.now.Before(end) {
				p.accepted += perSecond * seconds
				p.sent[one] += perSecond * seconds
				p.sent[two] += perSecond * seconds
			}
		}
	}
}

// Now is the cluster's time.
func (c *cluster) Now() time.Time { return c.now }

// Sleep has the collectors count for some time.
func (c *cluster) Sleep(ctx context.Context, d time.Duration) error {
	for _, p := range c.pods {
		p.every(p, d.Seconds())
	}
	c.now = c.now.Add(d)
	return ctx.Err()
}

// Anew counts.
func (c *cluster) Anew() { c.news++ }

// List lists, or says that the API server is away.
func (c *cluster) List(ctx context.Context, of mesh.Resource, query mesh.Query, each func([]byte) error) error {
	if c.away != nil {
		if err := c.away(); err != nil {
			return err
		}
	}
	return c.Recorded.List(ctx, of, query, each)
}

// Ask answers as a collector or its tap does.
func (c *cluster) Ask(ctx context.Context, at mesh.Ref, port int, paths []string, take func(string, []byte) error) error {
	p := c.pods[at.Name]
	if p == nil || p.down != nil {
		return errors.Join(errors.New("port 8888 does not answer"), ctx.Err())
	}
	if err := c.Sleep(ctx, c.asks); err != nil {
		return err
	}
	for _, path := range paths {
		answer := []byte(p.metrics(c.t, c.now))
		if port == 4320 {
			recorder := httptest.NewRecorder()
			p.tap.ServeHTTP(recorder, httptest.NewRequestWithContext(ctx, http.MethodGet, path, nil))
			answer = recorder.Body.Bytes()
		}
		if err := take(path, answer); err != nil {
			return err
		}
	}
	return nil
}

func (c *cluster) run(change ...func(*Options)) (*Report, error) {
	c.t.Helper()
	catalogue, err := finding.Load()
	require.NoError(c.t, err)
	o := Options{Namespace: "istio-system", For: time.Hour, Every: time.Minute, Settle: DefaultSettle, Timeout: time.Minute, clock: c}
	for _, f := range change {
		f(&o)
	}
	return Run(c.t.Context(), c, catalogue, o)
}

func (c *cluster) compared(change ...func(*Options)) *Report {
	c.t.Helper()
	r, err := c.run(change...)
	require.NoError(c.t, err)
	return r
}

func ids(r *Report) []string {
	all := []string{}
	for _, f := range r.Findings {
		all = append(all, f.ID+" "+f.Subject)
	}
	return all
}

func text(t *testing.T, r *Report) string {
	t.Helper()
	var b strings.Builder
	require.NoError(t, r.WriteText(&b, false))
	return b.String()
}

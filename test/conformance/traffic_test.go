package conformance_test

import (
	"cmp"
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"

	"github.com/istio-lightstep/istio-lightstep/test/conformance/otelcol"
	"github.com/istio-lightstep/istio-lightstep/test/conformance/traffic"
	"github.com/istio-lightstep/istio-lightstep/test/docs/digest"
	"github.com/istio-lightstep/istio-lightstep/test/ports"
)

const (
	// callsPerSecond of five spans make 3,000 spans a second.
	callsPerSecond = 600
	// startTime is what a collector may take to listen on a busy machine.
	startTime = 30 * time.Second
	// drainTime is what it may take to deliver what it accepted, once nothing
	// hinders it.
	drainTime = 30 * time.Second
)

// limitMemory is the limit of a container of 512 MiB, the default: as rendered
// the limit is a part of the memory of whatever machine this is.
var limitMemory = []string{
	"yaml:processors::memory_limiter::limit_mib: 410",
	"yaml:processors::memory_limiter::spike_limit_mib: 102",
}

// TestTrafficOfProxies sends what the proxies of a mesh send, calls of five
// spans, through the real collector as rendered to a backend that is some
// milliseconds away. Nothing may be refused, and what was acknowledged must be
// delivered.
func TestTrafficOfProxies(t *testing.T) {
	for _, latency := range []time.Duration{20 * time.Millisecond, 50 * time.Millisecond, 200 * time.Millisecond} {
		t.Run("answers_after_"+latency.String(), func(t *testing.T) {
			rig := newRig(t, latency)
			sent := rig.send(t, proxies(50), 3*time.Second)
			rig.wantAll(t, sent)
			assert.Less(t, rig.backend.Calls.Load(), int64(len(sent.Acknowledged)/20), "calls to the backend: spans are not batched")
		})
	}
	t.Run("two_thousand_proxies", func(t *testing.T) {
		rig := newRig(t, 50*time.Millisecond)
		rig.wantAll(t, rig.send(t, proxies(2000), 4*time.Second))
		_, memory, err := rig.process.Usage()
		require.NoError(t, err)
		// A buffer of 512 KiB for each, the receiver's default, would take a gigabyte
		// in the end.
		assert.Less(t, memory, 256.0, "MiB")
	})
}

// TestTrafficMeetsTrouble has the backend slow, its connections stalled, and the
// collector killed.
func TestTrafficMeetsTrouble(t *testing.T) {
	t.Run("a_backend_slower_than_the_traffic", func(t *testing.T) {
		t.Parallel()
		rig := newRig(t, 50*time.Millisecond)
		rig.backend.Limit(500)
		sent := rig.send(t, proxies(50), 5*time.Second)
		require.NotZero(t, rig.backend.Missing(sent.Acknowledged), "the backend was not slower than the traffic")
		rig.backend.Limit(0)
		rig.wantAll(t, sent)
	})

	t.Run("a_stalled_connection", func(t *testing.T) {
		t.Parallel()
		rig := newRig(t, 20*time.Millisecond)
		rig.wantAll(t, rig.send(t, proxies(5), time.Second))
		end := rig.backend.Stall()
		t.Cleanup(end)
		before := rig.backend.Received()
		sent := rig.send(t, traffic.Proxies{Count: 5, CallsPerSecond: 50}, 2*time.Second)
		require.Equal(t, before, rig.backend.Received(), "the connection was not stalled")
		// Keepalive asks after 10 s and gives up after 5 s. The stall goes on.
		rig.wantAll(t, sent)
	})

	// A queue that is full refuses what comes, and keeps what it took.
	for _, killed := range []bool{false, true} {
		t.Run(fmt.Sprintf("a_full_queue_killed_%t", killed), func(t *testing.T) {
			t.Parallel()
			rig := newRigOf(t, 20*time.Millisecond, smallQueue)
			rig.goAway()
			sent := rig.send(t, proxies(50), 8*time.Second)
			require.NotZero(t, sent.Refused, "the queue was not full")
			require.Greater(t, len(sent.Acknowledged), 2000, "spans that the queue took")
			if killed {
				rig.process.Kill()
				rig.as.start(t)
			}
			rig.comeBack(t)
			rig.wantDelivered(t, sent)
		})
	}

	t.Run("the_collector_is_killed", func(t *testing.T) {
		t.Parallel()
		rig := newRig(t, 200*time.Millisecond)
		// A backend slower than the traffic leaves the queue full of spans, however
		// fast this machine is.
		rig.backend.Limit(500)
		go func() {
			time.Sleep(2 * time.Second)
			rig.process.Kill()
		}()
		sent := rig.send(t, proxies(50), 3*time.Second)
		require.NotZero(t, sent.Refused, "the collector was not killed while it was sent to")
		require.NotZero(t, rig.backend.Missing(sent.Acknowledged), "the collector had nothing left to lose")
		rig.backend.Limit(0)
		rig.as.start(t)
		rig.wantDelivered(t, sent)
	})
}

// cost is what a collector takes to deliver spans.
type cost struct {
	Collector string `json:"collector"`
	// PerCPUSecond is the number of spans for a second of processor time, Memory
	// what the collector held in MiB when the last span had come.
	PerCPUSecond float64 `json:"perCPUSecond"`
	Memory       float64 `json:"memory"`
	// With is what it was measured with.
	With with `json:"with,omitzero"`
}

// with is what a result was measured with.
type with struct {
	Commit    string `json:"commit"`
	At        string `json:"at"`
	Collector string `json:"collector"`
	Envoy     string `json:"envoy,omitempty"`
	Chart     string `json:"chart"`
	Examples  string `json:"examples"`
}

// now is what this run measures with.
func now(t *testing.T) with {
	t.Helper()
	module, err := os.ReadFile("collector/go.mod")
	require.NoError(t, err)
	version := regexp.MustCompile(`go\.opentelemetry\.io/collector/otelcol v(\S+)`).FindSubmatch(module)
	require.NotNil(t, version)
	chart, err := digest.Defaults("../..")
	require.NoError(t, err)
	examples, err := digest.Examples("../..")
	require.NoError(t, err)
	return with{
		Commit: commit(t), At: time.Now().UTC().Format("2006-01-02 15:04"), Collector: string(version[1]), Chart: chart, Examples: examples,
	}
}

// The page compares these with those of its tree.
func TestCostsNameTheChart(t *testing.T) {
	t.Parallel()
	assert.Regexp(t, `^[0-9a-f]{12}$`, now(t).Chart)
	assert.Regexp(t, `^[0-9a-f]{12}$`, now(t).Examples)
}

// commit is that of the tree, with "+" where it has changes.
func commit(t *testing.T) string {
	t.Helper()
	said, err := exec.CommandContext(t.Context(), "git", "describe", "--always", "--dirty=+", "--abbrev=8", "--exclude=*").Output()
	require.NoError(t, err)
	return strings.TrimSpace(string(said))
}

// costsFile keeps them, for the page about reliability.
const costsFile = "../e2e/results/traffic.json"

const (
	floor      = "receives and drops"
	peer       = "batches in memory"
	ours       = "this chart"
	atReceiver = "this chart with mutual TLS at the receiver"
	atSidecar  = "this chart with mutual TLS at a sidecar"
)

// TestTrafficCostsProcessorTime holds the spans that the collector delivers for
// a second of processor time to those of two others: the floor, which receives
// and drops, and the peer, which batches in memory and loses what it holds when
// it is killed. Mutual TLS costs the rest, at the receiver or, with the time of
// an Envoy, at a sidecar. The bounds are about half of what was measured: only a
// change of kind breaks them, no busy machine. With -update it measures for
// longer, with gzip and the sidecar too, and keeps the figures.
func TestTrafficCostsProcessorTime(t *testing.T) {
	rounds, costs := 2, []cost{{Collector: floor}, {Collector: peer}, {Collector: ours}, {Collector: atReceiver}}
	if *update {
		rounds, costs = 4, append(costs, cost{Collector: atSidecar}, cost{Collector: peer + gzip}, cost{Collector: ours + gzip})
	}
	of := map[string]*cost{}
	for i := range costs {
		of[costs[i].Collector] = &costs[i]
	}
	for round := range rounds {
		for name, one := range of {
			t.Run(fmt.Sprintf("%s_%d", name, round), func(t *testing.T) {
				perCPUSecond, memory := newRigOf(t, 20*time.Millisecond, configured(name)).cost(t, name != floor)
				one.PerCPUSecond += perCPUSecond / float64(rounds)
				one.Memory = max(one.Memory, memory)
			})
		}
	}
	if t.Failed() {
		return
	}
	t.Logf("%+v", costs)
	assert.Greater(t, of[ours].PerCPUSecond, 0.25*of[peer].PerCPUSecond, "of the peer's")
	assert.Greater(t, of[ours].PerCPUSecond, 0.15*of[floor].PerCPUSecond, "of the floor's")
	assert.Greater(t, of[atReceiver].PerCPUSecond, 0.4*of[ours].PerCPUSecond, "of plain text's")
	if *update {
		for i := range costs {
			costs[i].With = now(t)
		}
		of[atSidecar].With.Envoy = envoyVersion(t)
		text, err := json.MarshalIndent(costs, "", " ")
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(costsFile, append(text, '\n'), 0o644))
	}
}

const gzip = " with gzip"

// configured gives what replaces the configuration that is rendered, if anything
// does.
func configured(name string) func(t *testing.T, r *rig) {
	base, compressed := strings.CutSuffix(name, gzip)
	compression := map[bool]string{true: "gzip", false: "none"}[compressed]
	switch base {
	case floor:
		return receiveAndDrop
	case peer:
		return func(t *testing.T, r *rig) {
			t.Helper()
			r.batchInMemory(t, compression)
		}
	case atReceiver:
		return receiveMutualTLS
	case atSidecar:
		return startSidecar
	default:
		return func(_ *testing.T, r *rig) {
			r.as.configs = append(r.as.configs, "yaml:exporters::otlp_grpc/lightstep::compression: "+compression)
		}
	}
}

// smallQueue is the least queue that the chart takes.
func smallQueue(_ *testing.T, r *rig) {
	r.as.configs = append(r.as.configs, "yaml:exporters::otlp_grpc/lightstep::sending_queue::queue_size: 3145728")
}

// proxies send 3,000 spans a second, however many they are.
func proxies(count int) traffic.Proxies {
	return traffic.Proxies{Count: count, CallsPerSecond: callsPerSecond}
}

// rig is a collector between proxies and a backend.
type rig struct {
	backend *traffic.Backend
	as      configuredCollector
	process *otelcol.Process
	address string // of the backend
	folder  string
	tls     *tls.Config // of the senders; nil: plain text
	front   string      // where they send, if not to the collector
	beside  int         // the process there; 0: none

	goAway   func() // closes the backend
	comeBack func(t *testing.T)
}

func newRig(t *testing.T, latency time.Duration) *rig {
	t.Helper()
	return newRigOf(t, latency, nil)
}

// newRigOf starts a collector as rendered, unless configure replaces its
// configuration.
func newRigOf(t *testing.T, latency time.Duration, configure func(t *testing.T, r *rig)) *rig {
	t.Helper()
	r := &rig{backend: &traffic.Backend{Latency: latency}, address: ports.Address(t), folder: t.TempDir()}
	authority, certificate := newCertificate(t)
	require.NoError(t, os.WriteFile(filepath.Join(r.folder, caFile), authority, 0o600))
	mountSecret(t, filepath.Join(r.folder, "access-token"), "token", tokenMarker)
	r.comeBack = func(t *testing.T) {
		t.Helper()
		stop, err := r.backend.Serve(r.address, grpc.Creds(credentials.NewServerTLSFromCert(&certificate)))
		require.NoError(t, err)
		r.goAway = stop
		t.Cleanup(stop)
	}
	r.comeBack(t)
	r.as = configureCollector(t, r.folder, r.address, true, nil, limitMemory...)
	if configure != nil {
		configure(t, r)
	}
	r.process = r.as.start(t)
	first := traffic.Proxies{Address: cmp.Or(r.front, r.as.receiver), Count: 1, CallsPerSecond: 20, TLS: r.tls}
	require.Eventually(t, func() bool {
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		sent, err := first.Send(ctx)
		return err == nil && len(sent.Acknowledged) > 0
	}, startTime, 50*time.Millisecond, "the collector does not receive")
	return r
}

// send sends for so long.
func (r *rig) send(t *testing.T, from traffic.Proxies, duration time.Duration) traffic.Sent {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), duration)
	defer cancel()
	from.Address, from.TLS = cmp.Or(r.front, r.as.receiver), r.tls
	sent, err := from.Send(ctx)
	require.NoError(t, err)
	require.NotEmpty(t, sent.Acknowledged)
	return sent
}

// wantAll demands that nothing was refused and all was delivered.
func (r *rig) wantAll(t *testing.T, sent traffic.Sent) {
	t.Helper()
	require.Zero(t, sent.Refused, "spans refused of %d: %v", len(sent.Acknowledged)+sent.Refused, sent.Reason)
	r.wantDelivered(t, sent)
}

func (r *rig) wantDelivered(t *testing.T, sent traffic.Sent) {
	t.Helper()
	missing := 0
	require.Eventually(t, func() bool {
		missing = r.backend.Missing(sent.Acknowledged)
		return missing == 0
	}, drainTime, 50*time.Millisecond, "spans acknowledged and not delivered, of %d", len(sent.Acknowledged))
}

// usage is that of the collector and of what is beside it.
func (r *rig) usage(t *testing.T) (cpu time.Duration, memory float64) {
	t.Helper()
	cpu, memory, err := r.process.Usage()
	require.NoError(t, err)
	if r.beside != 0 {
		more, held, err := otelcol.UsageOf(r.beside)
		require.NoError(t, err)
		cpu, memory = cpu+more, memory+held
	}
	return cpu, memory
}

// cost sends, and gives the spans that the collector delivered for a second of
// its processor time, and its memory in MiB.
func (r *rig) cost(t *testing.T, delivers bool) (perCPUSecond, memory float64) {
	t.Helper()
	before, _ := r.usage(t)
	sent := r.send(t, proxies(50), 3*time.Second)
	if delivers {
		r.wantAll(t, sent)
	}
	after, memory := r.usage(t)
	return float64(len(sent.Acknowledged)) / (after - before).Seconds(), memory
}

// receiveAndDrop is the least that a collector does with a span.
func receiveAndDrop(t *testing.T, r *rig) {
	t.Helper()
	r.replaceConfig(t, `
exporters:
  debug: {verbosity: basic, sampling_initial: 1, sampling_thereafter: 1000000000}
service:
  pipelines:
    traces: {receivers: [otlp], processors: [memory_limiter], exporters: [debug]}
`)
}

// batchInMemory is what the defaults of the opentelemetry-collector Helm chart
// come to with an exporter of OTLP: a batch processor, and the exporter's own
// queue in memory.
func (r *rig) batchInMemory(t *testing.T, compression string) {
	t.Helper()
	r.replaceConfig(t, fmt.Sprintf(`
exporters:
  otlp_grpc:
    endpoint: %s
    compression: %s
    tls: {ca_file: %s}
service:
  pipelines:
    traces: {receivers: [otlp], processors: [memory_limiter, batch], exporters: [otlp_grpc]}
`, r.address, compression, filepath.Join(r.folder, caFile)))
}

// replaceConfig gives the collector the pipeline of text in place of that of the
// chart, and the memory that the peer's chart lets Go take.
func (r *rig) replaceConfig(t *testing.T, text string) {
	t.Helper()
	r.as.configs = []string{writeConfig(t, fmt.Sprintf(`
receivers:
  otlp:
    protocols:
      grpc: {endpoint: %s}
processors:
  memory_limiter: {check_interval: 5s, limit_mib: 410, spike_limit_mib: 128}
  batch: {}
%s
  telemetry: {metrics: {level: none}}
`, r.as.receiver, text))}
	r.as.env = []string{"GOMEMLIMIT=410MiB"}
}

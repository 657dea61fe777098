package conformance_test

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	collectortrace "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/internal/relay"
	"github.com/istio-lightstep/istio-lightstep/pkg/render"
	"github.com/istio-lightstep/istio-lightstep/test/conformance/istio"
	"github.com/istio-lightstep/istio-lightstep/test/ports"
)

// refusing is a satellite that refuses spans while it has a code, and every
// token but one.
type refusing struct {
	*satellitePool
	code    atomic.Int32
	refused atomic.Int64
	poison  string // name of a span that it fails on
}

// Export refuses, or takes spans as the satellite does.
func (r *refusing) Export(ctx context.Context, request *collectortrace.ExportTraceServiceRequest) (*collectortrace.ExportTraceServiceResponse, error) {
	incoming, _ := metadata.FromIncomingContext(ctx)
	code := codes.Code(r.code.Load())
	if tokens := incoming.Get("lightstep-access-token"); code == codes.OK && (len(tokens) != 1 || tokens[0] != tokenMarker) {
		code = codes.Unauthenticated
	}
	if r.poison != "" && strings.Contains(request.String(), r.poison) {
		code = codes.Internal
	}
	if code != codes.OK {
		r.refused.Add(1)
		return nil, status.Error(code, "refused")
	}
	return r.satellitePool.Export(ctx, request)
}

func newRefusing(t *testing.T, folder string) *refusing {
	t.Helper()
	r := &refusing{satellitePool: newSatellite(t, folder, true)}
	listener, err := net.Listen("tcp", r.address)
	require.NoError(t, err)
	server := grpc.NewServer(r.options...)
	collectortrace.RegisterTraceServiceServer(server, r)
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)
	return r
}

// refuse sends spans, sees the collector refused, mends what it was refused for,
// and wants every span.
func (r *refusing) refuse(t *testing.T, collector startedCollector, name string, mend func()) {
	t.Helper()
	before := r.refused.Load()
	for n := range 20 {
		collector.send(t, fmt.Sprint(name, n))
	}
	require.Eventually(t, func() bool { return r.refused.Load() > before }, 20*time.Second, 20*time.Millisecond, "refused")
	mend()
	for n := range 20 {
		r.wantSpan(t, fmt.Sprint(name, n), tokenMarker)
	}
}

// TestRefusedSpansAreKept runs the real collector with the chart's relay, as
// both are in one pod: what the satellite refuses, for whatever a person can
// mend, arrives once it is mended, with nothing restarted.
func TestRefusedSpansAreKept(t *testing.T) {
	folder := t.TempDir()
	satellite := newRefusing(t, folder)
	token := filepath.Join(folder, "access-token")
	mountSecret(t, token, "token", "a wrong one")
	values := []render.Source{render.Set("collector.retryRefused.enabled=true")}
	listen := ports.Address(t)
	startRelay(t, folder, satellite.address, listen, values)
	collector := startCollectorWith(t, folder, satellite.address, true, values, "yaml:exporters::otlp_grpc/lightstep::endpoint: "+listen)

	satellite.refuse(t, collector, "wrong token", func() { mountSecret(t, token, "token", tokenMarker) })
	for _, code := range []codes.Code{
		codes.ResourceExhausted, codes.Internal, codes.Unknown, codes.PermissionDenied, codes.Unauthenticated, codes.Unimplemented,
		codes.FailedPrecondition, codes.NotFound, codes.AlreadyExists,
	} {
		satellite.code.Store(int32(code))
		satellite.refuse(t, collector, code.String(), func() { satellite.code.Store(0) })
	}

	// What is invalid is dropped, and keeps nothing else back.
	satellite.code.Store(int32(codes.InvalidArgument))
	before := satellite.refused.Load()
	collector.send(t, "invalid")
	require.Eventually(t, func() bool { return satellite.refused.Load() > before }, 20*time.Second, 20*time.Millisecond)
	satellite.code.Store(0)
	collector.send(t, "valid")
	satellite.wantSpan(t, "valid", tokenMarker)
	assert.Empty(t, satellite.token(t, "invalid"))
}

// TestWhatIsInABatchIsDropped has one sender, as the last of 20 that is not held
// back: what the backend can never take does not stop what comes behind it.
func TestWhatIsInABatchIsDropped(t *testing.T) {
	folder := t.TempDir()
	satellite := newRefusing(t, folder)
	satellite.poison = "poison"
	mountSecret(t, filepath.Join(folder, "access-token"), "token", tokenMarker)
	values := []render.Source{render.Set("collector.retryRefused.enabled=true")}
	options := relayOptions(t, folder, satellite.address, values)
	options.Patience = 5 * time.Second
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	go func() { _ = relay.Serve(t.Context(), listener, options) }()
	collector := startCollectorWith(t, folder, satellite.address, true, values, "yaml:exporters::otlp_grpc/lightstep::endpoint: "+listener.Addr().String(),
		"yaml:exporters::otlp_grpc/lightstep::sending_queue::num_consumers: 1")

	collector.send(t, "no UTF-8: \xff")
	time.Sleep(time.Second) // a batch of its own
	start := time.Now()
	collector.send(t, "first")
	satellite.wantSpan(t, "first", tokenMarker)
	assert.Less(t, time.Since(start), options.Patience, "what grpc-go cannot read is dropped at once")

	collector.send(t, "poison")
	require.Eventually(t, func() bool { return satellite.refused.Load() > 0 }, 20*time.Second, 20*time.Millisecond)
	start = time.Now()
	collector.send(t, "second")
	satellite.wantSpan(t, "second", tokenMarker)
	assert.Greater(t, satellite.refused.Load(), int64(2), "it is sent again")
	assert.Greater(t, time.Since(start), options.Patience/2)
	refused := satellite.refused.Load()
	time.Sleep(6 * time.Second) // the longest time between two attempts is 5 s
	assert.Equal(t, refused, satellite.refused.Load(), "the collector dropped it")
}

// TestRefusedSpansAreDroppedWithoutARelay shows what the relay is for: once a
// collector keeps them by itself, it can go.
func TestRefusedSpansAreDroppedWithoutARelay(t *testing.T) {
	folder := t.TempDir()
	satellite := newRefusing(t, folder)
	mountSecret(t, filepath.Join(folder, "access-token"), "token", tokenMarker)
	collector := startCollectorWith(t, folder, satellite.address, true, nil)
	satellite.code.Store(int32(codes.Unauthenticated))
	collector.send(t, "refused")
	require.Eventually(t, func() bool { return satellite.refused.Load() > 0 }, 20*time.Second, 20*time.Millisecond)
	time.Sleep(100 * time.Millisecond) // the answer is on its way
	satellite.code.Store(0)
	collector.send(t, "taken")
	satellite.wantSpan(t, "taken", tokenMarker)
	assert.Empty(t, satellite.token(t, "refused"))
}

// relayOptions are the chart's, with the token that folder has.
func relayOptions(t *testing.T, folder, address string, values []render.Source) relay.Options {
	t.Helper()
	c := &conformance{run: run{Version: "1.31.0", Delivery: "collector", Mesh: meshShared}}
	objects, err := c.render(t, "cluster", append(values,
		render.SetString("global.tracer.lightstep.address="+address),
		render.SetString("global.tracer.lightstep.cacertPath="+filepath.Join(folder, caFile)))...).Objects()
	require.NoError(t, err)
	text, err := istio.Manifests(objects).ConfigMapKey(collectorName, "relay.yaml")
	require.NoError(t, err)
	options, err := relay.ReadOptions([]byte(text))
	require.NoError(t, err)
	options.TokenFile = filepath.Join(folder, "access-token", "token")
	return options
}

// startRelay runs this project's command as the chart's container does, with
// the chart's file.
func startRelay(t *testing.T, folder, address, listen string, values []render.Source) {
	t.Helper()
	options := relayOptions(t, folder, address, values)
	options.Listen = listen
	runRelay(t, folder, options)
}

// runRelay runs it with these options.
func runRelay(t *testing.T, folder string, options relay.Options) {
	t.Helper()
	moved, err := yaml.Marshal(options)
	require.NoError(t, err)
	config := filepath.Join(folder, "relay.yaml")
	require.NoError(t, os.WriteFile(config, moved, 0o600))

	program := buildCommand(t, folder)
	process := exec.CommandContext(context.WithoutCancel(t.Context()), program, "relay-collector", "--config="+config)
	process.Stderr = t.Output()
	require.NoError(t, process.Start())
	t.Cleanup(func() { _ = process.Process.Kill(); _ = process.Wait() })
}

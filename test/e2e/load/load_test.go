package load_test

import (
	"context"
	"net"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/load"
)

// receiver takes calls after a time, or refuses them.
type receiver struct {
	ptraceotlp.UnimplementedGRPCServer
	after   time.Duration
	refuses bool
}

func (r *receiver) Export(context.Context, ptraceotlp.ExportRequest) (ptraceotlp.ExportResponse, error) {
	time.Sleep(r.after)
	if r.refuses {
		return ptraceotlp.NewExportResponse(), status.Error(codes.Unavailable, "full")
	}
	return ptraceotlp.NewExportResponse(), nil
}

// listen gives the address of a receiver.
func listen(t *testing.T, r receiver) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	server := grpc.NewServer()
	ptraceotlp.RegisterGRPCServer(server, &r)
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)
	return listener.Addr().String()
}

func TestGeneratorKeepsItsRate(t *testing.T) {
	t.Parallel()
	for name, after := range map[string]time.Duration{"answers at once": 0, "answers late": 30 * time.Millisecond} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := load.Generator{Address: listen(t, receiver{after: after}), Connections: 10, PerSecond: 500}
			var taken []int
			// A busy machine may keep it from its rate at times; one that waits for answers has 667 each time.
			for len(taken) < 3 && !slices.ContainsFunc(taken, func(n int) bool { return 850 <= n && n <= 1150 }) {
				sent, err := g.Send(t.Context(), 2*time.Second)
				require.NoError(t, err)
				require.Zero(t, sent.Refused)
				taken = append(taken, sent.Taken)
			}
			assert.InDelta(t, 1000, taken[len(taken)-1], 150, "calls of each try: %v", taken)
		})
	}
}

// counting counts the connections that a listener takes.
type counting struct {
	net.Listener
	taken atomic.Int64
}

func (c *counting) Accept() (net.Conn, error) {
	connection, err := c.Listener.Accept()
	if err == nil {
		c.taken.Add(1)
	}
	return connection, err
}

func TestGeneratorMakesConnectionsAnew(t *testing.T) {
	t.Parallel()
	for renew, anew := range map[time.Duration]bool{0: false, time.Millisecond: true} {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		connections := &counting{Listener: listener}
		server := grpc.NewServer()
		ptraceotlp.RegisterGRPCServer(server, &receiver{after: 5 * time.Millisecond})
		go func() { _ = server.Serve(connections) }()
		t.Cleanup(server.Stop)
		sent, err := load.Generator{Address: listener.Addr().String(), Connections: 2, Renew: renew}.Send(t.Context(), 2*time.Second)
		require.NoError(t, err)
		assert.Zero(t, sent.Refused)
		assert.Equal(t, anew, connections.taken.Load() > 2, "%s: %d connections", renew, connections.taken.Load())
	}
}

func TestGeneratorCountsWhatIsRefused(t *testing.T) {
	t.Parallel()
	g := load.Generator{Address: listen(t, receiver{refuses: true}), Connections: 2}
	sent, err := g.Send(t.Context(), 200*time.Millisecond)
	require.NoError(t, err)
	assert.Zero(t, sent.Taken)
	assert.Positive(t, sent.Refused)
	assert.Contains(t, sent.Reason, "full")
}

func TestJudgeOfSpans(t *testing.T) {
	t.Parallel()
	sound := load.Spans{PerSecond: 100, Seconds: 10, Taken: 995, Sent: 995, Memory: 10, Limit: 20}
	require.NoError(t, sound.Judge())
	for says, wrong := range map[string]func(*load.Spans){
		"5 spans were refused at 100 a second":     func(s *load.Spans) { s.Refused = 5 },
		"800 spans were sent, and were to be 1000": func(s *load.Spans) { s.Taken, s.Sent = 800, 800 },
		"995 spans were taken and 990 delivered":   func(s *load.Spans) { s.Sent = 990 },
		"collectors were started again 1 times":    func(s *load.Spans) { s.Restarts = 1 },
		"a collector took 21 MiB of 20":            func(s *load.Spans) { s.Memory = 21 },
	} {
		spans := sound
		wrong(&spans)
		require.ErrorContains(t, spans.Judge(), says)
	}
	most := load.Spans{Seconds: 10, Taken: 10, Sent: 10, Refused: 900}
	assert.NoError(t, most.Judge(), "as many as are taken: some are refused")
}

func TestWhatTheSatelliteDid(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "away", load.Spans{Away: true}.Satellite())
	assert.Equal(t, "answers after 50 ms", load.Spans{Latency: 50}.Satellite())
	assert.Equal(t, "keeps connections and answers nothing for 20 s", load.Spans{Stalled: 20}.Satellite())
}

package traffic

import (
	"context"
	"encoding/binary"
	"net"
	"sync"
	"sync/atomic"
	"time"

	collectortrace "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/grpc"
	_ "google.golang.org/grpc/encoding/gzip" // read what is compressed
)

// Backend receives spans.
type Backend struct {
	collectortrace.UnimplementedTraceServiceServer
	// Latency is the time until a call is answered. Calls do not wait for each
	// other.
	Latency time.Duration
	// Calls is the number of calls that were answered.
	Calls atomic.Int64

	perSecond atomic.Int64
	one       sync.Mutex // held by the call that is received, where perSecond bounds it
	stalled   atomic.Bool
	stall     sync.RWMutex // locked while connections stall
	lock      sync.Mutex
	received  map[uint64]int
}

// Serve receives on the address until the function that it returns is called.
func (b *Backend) Serve(address string, options ...grpc.ServerOption) (stop func(), err error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, err
	}
	server := grpc.NewServer(options...)
	collectortrace.RegisterTraceServiceServer(server, b)
	go func() { _ = server.Serve(stallingListener{listener, b}) }()
	return server.Stop, nil
}

// Limit bounds how many spans are received in a second; 0 removes the bound.
func (b *Backend) Limit(spansPerSecond int) { b.perSecond.Store(int64(spansPerSecond)) }

// Stall stops reading from every connection that is open, without closing it, as
// a network does that drops packets. A later connection is served. The function
// that it returns ends the stall.
func (b *Backend) Stall() (end func()) {
	b.stalled.Store(true)
	b.stall.Lock()
	return sync.OnceFunc(func() {
		b.stalled.Store(false)
		b.stall.Unlock()
	})
}

// Export receives a call. A call whose caller is gone while it waits for the
// limit is not received.
func (b *Backend) Export(ctx context.Context, request *collectortrace.ExportTraceServiceRequest) (*collectortrace.ExportTraceServiceResponse, error) {
	ids := spanIDs(request)
	if err := b.wait(ctx, len(ids)); err != nil {
		return nil, err
	}
	time.Sleep(b.Latency)
	b.lock.Lock()
	defer b.lock.Unlock()
	if b.received == nil {
		b.received = map[uint64]int{}
	}
	for _, id := range ids {
		b.received[id]++
	}
	b.Calls.Add(1)
	return &collectortrace.ExportTraceServiceResponse{}, nil
}

// wait takes the time that the limit gives a call, one call after the other.
func (b *Backend) wait(ctx context.Context, spans int) error {
	b.one.Lock()
	defer b.one.Unlock()
	limit := b.perSecond.Load()
	if limit <= 0 || ctx.Err() != nil {
		return ctx.Err()
	}
	select {
	case <-time.After(time.Duration(spans) * time.Second / time.Duration(limit)):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Received is the number of different spans that came.
func (b *Backend) Received() int {
	b.lock.Lock()
	defer b.lock.Unlock()
	return len(b.received)
}

// Missing is the number of the given spans that have not come.
func (b *Backend) Missing(ids []uint64) int {
	b.lock.Lock()
	defer b.lock.Unlock()
	missing := 0
	for _, id := range ids {
		if b.received[id] == 0 {
			missing++
		}
	}
	return missing
}

func spanIDs(request *collectortrace.ExportTraceServiceRequest) []uint64 {
	var ids []uint64
	for _, resource := range request.ResourceSpans {
		for _, scope := range resource.ScopeSpans {
			for _, span := range scope.Spans {
				ids = append(ids, binary.BigEndian.Uint64(span.SpanId))
			}
		}
	}
	return ids
}

type stallingListener struct {
	net.Listener
	backend *Backend
}

// Accept makes a connection stall with those of its time.
func (l stallingListener) Accept() (net.Conn, error) {
	connection, err := l.Listener.Accept()
	if err != nil || l.backend.stalled.Load() {
		return connection, err
	}
	return stallingConnection{connection, l.backend}, nil
}

type stallingConnection struct {
	net.Conn
	backend *Backend
}

// Read waits for the end of a stall before it hands on what it read.
func (c stallingConnection) Read(into []byte) (int, error) {
	n, err := c.Conn.Read(into)
	c.backend.stall.RLock()
	c.backend.stall.RUnlock() //nolint:staticcheck // Only the wait counts.
	return n, err
}

package backend_test

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	collectortrace "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/istio-lightstep/istio-lightstep/internal/backend"
	"github.com/istio-lightstep/istio-lightstep/test/dns"
	"github.com/istio-lightstep/istio-lightstep/test/ports"
)

// replica stands in for one collector: it counts, in the lines that one of
// version 0.155.0 prints, and takes spans where it is told to.
type replica struct {
	collectortrace.UnimplementedTraceServiceServer
	mutex                       sync.Mutex
	accepted, sent, lost, queue int
	traces                      []string
	asked                       int
	elsewhere                   int              // what otlp_http/empty sent
	after                       func(r *replica) // what becomes of a span, with the mutex held
	everAsked                   func(r *replica) // at each look at the metrics, with the mutex held
	refusal                     error
}

func (r *replica) take(trace string) error {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if r.refusal != nil {
		return r.refusal
	}
	r.accepted++
	r.traces = append(r.traces, trace)
	r.after(r)
	return nil
}

func (r *replica) Export(_ context.Context, request *collectortrace.ExportTraceServiceRequest) (*collectortrace.ExportTraceServiceResponse, error) {
	span := request.ResourceSpans[0].ScopeSpans[0].Spans[0]
	return &collectortrace.ExportTraceServiceResponse{}, r.take(hex.EncodeToString(span.TraceId))
}

func (r *replica) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	if request.Method == http.MethodPost && request.URL.Path == "/api/v2/spans" {
		var spans []struct{ TraceID string }
		if json.NewDecoder(request.Body).Decode(&spans) != nil || r.take(spans[0].TraceID) != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		w.WriteHeader(http.StatusAccepted)
		return
	}
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.asked++
	if r.everAsked != nil {
		r.everAsked(r)
	}
	_, _ = fmt.Fprintf(w, `# HELP otelcol_exporter_queue_size Current size of the retry queue (in batches). [Development]
# TYPE otelcol_exporter_queue_size gauge
otelcol_exporter_queue_size{data_type="traces",exporter="otlp_grpc/lightstep"} %[1]d
otelcol_exporter_queue_size{data_type="traces",exporter="otlp_grpc/second"} 7
otelcol_exporter_queue_size{data_type="traces",exporter="otlp_http/empty"} 0
# TYPE otelcol_exporter_queue_capacity gauge
otelcol_exporter_queue_capacity{data_type="traces",exporter="otlp_grpc/lightstep"} 100
# TYPE otelcol_exporter_sent_spans counter
otelcol_exporter_sent_spans{exporter="otlp_grpc/lightstep",server_address="127.0.0.1",server_port="4317"} %[2]d
otelcol_exporter_sent_spans{exporter="otlp_http/empty"} %[6]d
# TYPE otelcol_exporter_send_failed_spans_total counter
otelcol_exporter_send_failed_spans_total{exporter="otlp_grpc/lightstep"} %[3]d
otelcol_exporter_send_failed_spans_total{exporter="otlp_grpc/second"} %[4]d
# TYPE otelcol_receiver_accepted_spans counter
otelcol_receiver_accepted_spans{receiver="otlp",transport="grpc"} %[5]d
`, r.queue, r.sent, r.lost, r.asked, r.accepted, r.elsewhere)
}

// arrives is what becomes of a span that the backend takes, after a while.
func arrives(r *replica) {
	r.queue++
	go func() {
		time.Sleep(300 * time.Millisecond)
		r.mutex.Lock()
		defer r.mutex.Unlock()
		r.sent++
		r.queue--
	}()
}

// replicas serves the metrics of each at a loopback address of its own, all at
// one port, and has the name collectors.test stand for all of them. Spans go to
// the last.
func replicas(t *testing.T, all ...*replica) backend.Collector {
	t.Helper()
	var port string
	var addresses []net.IP
	for i, r := range all {
		ip := net.IPv4(127, 0, 0, byte(i+1))
		listener, err := net.Listen("tcp", net.JoinHostPort(ip.String(), orZero(port)))
		require.NoError(t, err)
		_, port, _ = net.SplitHostPort(listener.Addr().String())
		addresses = append(addresses, ip)
		server := &http.Server{Handler: r, ReadHeaderTimeout: time.Second}
		go func() { _ = server.Serve(listener) }()
		t.Cleanup(func() { _ = server.Close() })
	}
	dns.Answer(t, addresses...)
	taking := all[len(all)-1]
	return backend.Collector{
		Address: serve(t, nil, func(s *grpc.Server) { collectortrace.RegisterTraceServiceServer(s, taking) }),
		Metrics: net.JoinHostPort("collectors.test", port),
		Timeout: 10 * time.Second, Wait: time.Minute,
	}
}

// briefly is for what does not arrive: the time that it is waited for passes.
func briefly(c *backend.Collector) { c.Wait = 3 * time.Second }

// listensAs takes connections at the addresses of two replicas, at one port. What each
// connection gets is the answer of its replica, by the number of the connection.
func listensAs(t *testing.T, replicas ...func(net.Conn, int)) string {
	t.Helper()
	var port string
	for i, answer := range replicas {
		listener, err := net.Listen("tcp", net.JoinHostPort(net.IPv4(127, 0, 0, byte(i+1)).String(), orZero(port)))
		require.NoError(t, err)
		_, port, _ = net.SplitHostPort(listener.Addr().String())
		t.Cleanup(func() { _ = listener.Close() })
		go func() {
			for number := 0; ; number++ {
				conn, err := listener.Accept()
				if err != nil {
					return
				}
				t.Cleanup(func() { _ = conn.Close() })
				go answer(conn, number)
			}
		}()
	}
	return net.JoinHostPort("127.0.0.1", port)
}

// resets ends each connection when plain text comes, as a proxy does that takes mutual TLS
// alone.
func resets(conn net.Conn, _ int) {
	_, _ = conn.Read(make([]byte, 1))
	_ = conn.Close()
}

func isSilent(net.Conn, int) {}

// answers says some words, and ends the connection.
func answers(words string) func(net.Conn, int) {
	return func(conn net.Conn, _ int) {
		_, _ = conn.Read(make([]byte, 100))
		_, _ = conn.Write([]byte(words))
		_ = conn.Close()
	}
}

// settings is the head of the frame that each HTTP/2 server begins with.
const settings = "\x00\x00\x00\x04\x00\x00\x00\x00\x00"

// soon refuses plain text from the third connection on.
func soon(conn net.Conn, number int) {
	if number < 2 {
		answers(settings)(conn, number)
		return
	}
	resets(conn, number)
}

func orZero(port string) string {
	if port == "" {
		return "0"
	}
	return port
}

func TestMarkedSpan(t *testing.T) {
	id, err := backend.ParseTraceID("0af7651916cd43dd8448eb211c80319c")
	require.NoError(t, err)
	idle := func(*replica) {}
	mutual := func(first, second func(net.Conn, int), changes ...func(*backend.Collector)) func(*backend.Collector) {
		return func(c *backend.Collector) {
			c.Mutual, c.Address = true, listensAs(t, first, second)
			for _, change := range changes {
				change(c)
			}
		}
	}
	impatient := func(c *backend.Collector) { c.Timeout = 3 * time.Second }
	for name, c := range map[string]struct {
		other, taking *replica
		change        func(*backend.Collector)
		id            string
		told          string
		none          bool // no span is sent
	}{
		"arrives":           {other: &replica{}, taking: &replica{after: arrives}, told: "the backend took the marked span, the only one on its way"},
		"among others":      {other: &replica{sent: 40, accepted: 50, everAsked: func(r *replica) { r.sent, r.accepted = r.sent+5, r.accepted+5 }}, taking: &replica{after: arrives}, told: "the marked one among them"},
		"refused for good":  {other: &replica{}, taking: &replica{lost: 3, after: func(r *replica) { r.lost++ }}, id: "LS-SPAN-LOST", told: "gave up 1 spans"},
		"lost by another":   {other: &replica{everAsked: func(r *replica) { r.lost = r.asked }}, taking: &replica{after: arrives}, id: "LS-SPAN-LOST", told: "gave up"},
		"waits":             {other: &replica{}, taking: &replica{after: func(r *replica) { r.queue++ }}, change: briefly, id: "LS-SPAN-QUEUED", told: "it sent nothing to the backend meanwhile, and the queue of otlp_grpc/lightstep is 1 % full"},
		"another waits":     {other: &replica{queue: 9}, taking: &replica{after: arrives}, change: briefly, id: "LS-SPAN-UNPROVEN", told: "never ran empty (9 % full)"},
		"collector refuses": {other: &replica{}, taking: &replica{refusal: status.Error(codes.ResourceExhausted, "queue is full")}, id: "LS-SPAN-REFUSED", told: "ResourceExhausted: queue is full"},
		"no collector":      {other: &replica{}, taking: &replica{after: idle}, change: func(c *backend.Collector) { c.Address = ports.Refused(t) }, id: "LS-SPAN-REFUSED", told: "connection refused"},
		"no metrics":        {other: &replica{}, taking: &replica{after: arrives}, change: func(c *backend.Collector) { c.Metrics = at("collectors.test", ports.Refused(t)) }, id: "LS-SPAN-UNPROVEN", told: "cannot be read"},
		"no metrics named":  {other: &replica{}, taking: &replica{after: arrives}, change: func(c *backend.Collector) { c.Metrics = "" }, id: "LS-SPAN-UNPROVEN", told: "cannot be read"},
		"Zipkin": {other: &replica{}, taking: &replica{after: arrives}, change: func(c *backend.Collector) {
			c.Zipkin, c.Address = true, strings.Replace(c.Metrics, "collectors.test", "127.0.0.2", 1)
		}, told: "the only one on its way"},
		"mutual TLS alone":         {other: &replica{}, taking: &replica{after: idle}, change: mutual(resets, resets), told: "127.0.0.2", none: true},
		"mutual TLS alone, soon":   {other: &replica{}, taking: &replica{after: idle}, change: mutual(resets, soon), told: "refuse plain text", none: true},
		"plain text as well":       {other: &replica{}, taking: &replica{after: idle}, change: mutual(answers(settings), answers(settings), briefly), id: "LS-SPAN-PLAINTEXT" + " " + "LS-SPAN-PLAINTEXT", told: "accepts plain text", none: true},
		"one takes plain text":     {other: &replica{}, taking: &replica{after: idle}, change: mutual(answers(settings), resets, briefly), id: "LS-SPAN-PLAINTEXT", told: "127.0.0.1", none: true},
		"another takes plain text": {other: &replica{}, taking: &replica{after: idle}, change: mutual(resets, answers(settings), briefly), id: "LS-SPAN-PLAINTEXT", told: "accepts plain text", none: true},
		"one is silent":            {other: &replica{}, taking: &replica{after: idle}, change: mutual(resets, isSilent, impatient), id: "LS-SPAN-UNPROVEN", told: "did not answer plain text in time", none: true},
		"one says something":       {other: &replica{}, taking: &replica{after: idle}, change: mutual(resets, answers("HTTP/1.1 400 Bad Request\r\n\r\n")), id: "LS-SPAN-UNPROVEN", told: "not as gRPC does", none: true},
		"one says half a word":     {other: &replica{}, taking: &replica{after: idle}, change: mutual(resets, answers("?")), id: "LS-SPAN-UNPROVEN", told: "not as gRPC does", none: true},
		"nothing to refuse": {other: &replica{}, taking: &replica{after: idle}, change: func(c *backend.Collector) {
			c.Mutual, c.Address = true, ports.Refused(t)
		}, id: "LS-SPAN-REFUSED" + " " + "LS-SPAN-REFUSED", told: "connection refused", none: true},
		"Zipkin refuses": {other: &replica{}, taking: &replica{refusal: status.Error(codes.Internal, "")}, change: func(c *backend.Collector) {
			c.Zipkin, c.Address = true, strings.Replace(c.Metrics, "collectors.test", "127.0.0.2", 1)
		}, id: "LS-SPAN-REFUSED", told: "400 Bad Request"},
	} {
		t.Run(name, func(t *testing.T) {
			collector := replicas(t, c.other, c.taking)
			if c.change != nil {
				c.change(&collector)
			}
			var told strings.Builder
			problems, err := collector.Send(t.Context(), id, func(s backend.Step) {
				_, _ = fmt.Fprintf(&told, "%s: %s %v\n", s.Name, s.Seen, s.Problems)
			})
			require.NoError(t, err)
			assert.Contains(t, told.String(), c.told)
			var ids []string
			for _, p := range problems {
				ids = append(ids, p.ID)
			}
			assert.Equal(t, strings.Fields(c.id), append([]string{}, ids...))
			if c.none {
				assert.Empty(t, c.taking.traces)
			} else if c.id != "LS-SPAN-REFUSED" {
				assert.Equal(t, []string{id.String()}, c.taking.traces)
			}
			if c.id == "" {
				assert.Positive(t, c.other.asked, "the other replica")
			}
			if c.id == "" && !c.none {
				assert.Greater(t, c.other.asked, 1, "the other replica, before and after")
			}
		})
	}
}

// A collector that accepts connections only after two seconds is waited for.
func TestMarkedSpanWaitsForCollectors(t *testing.T) {
	taking := &replica{after: arrives}
	collector := replicas(t, &replica{}, taking)
	collector.Address = ports.Address(t)
	collector.Ready = time.Minute
	late := make(chan error, 1)
	server := grpc.NewServer()
	t.Cleanup(server.Stop)
	collectortrace.RegisterTraceServiceServer(server, taking)
	time.AfterFunc(2*time.Second, func() {
		listener, err := net.Listen("tcp", collector.Address)
		late <- err
		if err == nil {
			_ = server.Serve(listener)
		}
	})
	var told []string
	problems, err := collector.Send(t.Context(), backend.NewTraceID(), func(s backend.Step) {
		told = append(told, s.Name+": "+s.Seen)
	})
	require.NoError(t, <-late)
	require.NoError(t, err)
	assert.Empty(t, problems)
	require.Len(t, told, 5, told)
	assert.Regexp(t, "^waiting: up to 1m0s, until the collectors accept spans and their metrics can be read: .*refused", told[0])
	assert.Equal(t, "ready: the collectors accept spans", told[1])
	assert.Contains(t, told[4], "arrival: the backend took the marked span")
}

// What does not become ready is reported as without the wait.
func TestMarkedSpanWaitEnds(t *testing.T) {
	collector := replicas(t, &replica{})
	collector.Address = ports.Refused(t)
	collector.Ready = 1500 * time.Millisecond
	var told []string
	problems, err := collector.Send(t.Context(), backend.NewTraceID(), func(s backend.Step) { told = append(told, s.Name) })
	require.NoError(t, err)
	require.Len(t, problems, 1)
	assert.Equal(t, "LS-SPAN-REFUSED", problems[0].ID)
	assert.Equal(t, []string{"waiting", "ready", "metrics", "span"}, told)

	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	_, err = collector.Send(ctx, backend.NewTraceID(), func(backend.Step) {})
	require.ErrorIs(t, err, context.DeadlineExceeded)
}

// Each backend is told of by its name: what one lacks does not hide what
// another got.
func TestMarkedSpanToSeveral(t *testing.T) {
	taking := &replica{after: func(r *replica) { arrives(r); r.elsewhere++ }}
	several := replicas(t, &replica{}, taking)
	several.Feeds = []string{"otlp_grpc/lightstep", "otlp_http/empty"}
	var told strings.Builder
	tell := func(s backend.Step) { _, _ = fmt.Fprintf(&told, "%s: %s\n", s.Name, s.Seen) }
	problems, err := several.Send(t.Context(), backend.NewTraceID(), tell)
	require.NoError(t, err)
	assert.Empty(t, problems)
	assert.Contains(t, told.String(), "arrival: lightstep took the marked span, the only one on its way; empty took the marked span")

	taking.mutex.Lock()
	taking.after = arrives
	taking.mutex.Unlock()
	told.Reset()
	several.Feeds = append(several.Feeds, "otlp_grpc/second")
	briefly(&several)
	problems, err = several.Send(t.Context(), backend.NewTraceID(), tell)
	require.NoError(t, err)
	require.Len(t, problems, 2)
	assert.Equal(t, "LS-SPAN-QUEUED", problems[0].ID)
	assert.Contains(t, problems[0].Reason, "it sent nothing to empty meanwhile, and the queue of otlp_http/empty is empty")
	assert.Equal(t, "LS-SPAN-LOST", problems[1].ID)
	assert.Contains(t, problems[1].Reason, "second refuses what the collector sends")
}

func TestTraceID(t *testing.T) {
	t.Parallel()
	assert.NotEqual(t, backend.NewTraceID(), backend.NewTraceID())
	id := backend.NewTraceID()
	parsed, err := backend.ParseTraceID(id.String())
	require.NoError(t, err)
	assert.Equal(t, id, parsed)
	for _, wrong := range []string{"", "0af7", strings.Repeat("0", 32), strings.Repeat("g", 32), id.String() + "00"} {
		_, err := backend.ParseTraceID(wrong)
		assert.Error(t, err, wrong)
	}
}

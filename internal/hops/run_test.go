package hops

import (
	"context"
	"crypto/tls"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	collectortrace "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	commonv1 "go.opentelemetry.io/proto/otlp/common/v1"
	resourcev1 "go.opentelemetry.io/proto/otlp/resource/v1"
	tracev1 "go.opentelemetry.io/proto/otlp/trace/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/istio-lightstep/istio-lightstep/internal/collector/tap"
	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
)

func init() { every = 50 * time.Millisecond }

// fakeMesh is a gateway that makes the spans of a simulation, and the taps of
// two collectors that get them.
type fakeMesh struct {
	mu      sync.Mutex
	mesh    *simulation
	taps    map[string]*tap.Tap // by pod
	asked   []http.Header
	host    string
	refuses error
	mute    bool // no span is made
	fails   int  // so many questions after the requests
}

func newFakeMesh(change ...func(map[string]app)) *fakeMesh {
	return &fakeMesh{mesh: bookinfo(change...), taps: map[string]*tap.Tap{"collector-0": tap.New(1000), "collector-1": tap.New(1000)}}
}

func (f *fakeMesh) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked, f.host = append(f.asked, r.Header), r.Host
	if r.URL.Path == "/elsewhere" {
		http.Redirect(w, r, "/productpage", http.StatusFound)
		return
	}
	parts := strings.Split(r.Header.Get("Traceparent"), "-")
	if len(parts) != 4 {
		parts = []string{"", r.Header.Get("X-B3-Traceid"), "", ""}
	}
	if f.mute {
		return
	}
	f.mesh.through(parts[1], r.Header.Get("X-Client-Trace-Id"), []string{"reviews-v1", "reviews-v2"}[len(f.asked)%2])
	for i, s := range f.mesh.spans {
		_, _ = f.taps[[]string{"collector-0", "collector-1"}[i%2]].Export(r.Context(), otlp(s))
	}
	f.mesh.spans = nil
}

// otlp is a span as its proxy sends it.
func otlp(s tap.Span) *collectortrace.ExportTraceServiceRequest {
	bytes := func(id string) []byte {
		b, _ := hex.DecodeString(id)
		return b
	}
	tag := func(key, value string) *commonv1.KeyValue {
		return &commonv1.KeyValue{Key: key, Value: &commonv1.AnyValue{Value: &commonv1.AnyValue_StringValue{StringValue: value}}}
	}
	kind := tracev1.Span_SPAN_KIND_SERVER
	if s.Kind == tap.Client {
		kind = tracev1.Span_SPAN_KIND_CLIENT
	}
	return &collectortrace.ExportTraceServiceRequest{ResourceSpans: []*tracev1.ResourceSpans{{
		Resource: &resourcev1.Resource{Attributes: []*commonv1.KeyValue{tag("service.name", s.Service)}},
		ScopeSpans: []*tracev1.ScopeSpans{{Spans: []*tracev1.Span{{
			TraceId: bytes(s.Trace), SpanId: bytes(s.ID), ParentSpanId: bytes(s.Parent), Name: s.Name, Kind: kind,
			StartTimeUnixNano: s.Start, EndTimeUnixNano: s.End,
			Attributes: []*commonv1.KeyValue{
				tag("node_id", s.Node), tag("guid:x-request-id", s.Request), tag("guid:x-client-trace-id", s.Client), tag("upstream_cluster.name", s.Upstream),
			},
		}}}},
	}}}
}

// Ask asks a tap as a port-forward does.
func (f *fakeMesh) Ask(ctx context.Context, pod mesh.Ref, port int, paths []string, take func(string, []byte) error) error {
	if f.refuses != nil {
		return f.refuses
	}
	if port != 4320 || f.taps[pod.Name] == nil {
		return errors.New("connection refused")
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.asked) > 0 && f.fails > 0 && pod.Name == "collector-1" {
		f.fails--
		return errors.New("lost connection")
	}
	for _, path := range paths {
		answer := httptest.NewRecorder()
		f.taps[pod.Name].ServeHTTP(answer, httptest.NewRequestWithContext(ctx, http.MethodGet, path, nil))
		if err := take(path, answer.Body.Bytes()); err != nil {
			return err
		}
	}
	return nil
}

// tapped is a mesh whose collector has a tap.
func tapped() *mesh.Snapshot {
	s := snapshot()
	s.Istiods = []*mesh.Istiod{{Meta: mesh.Meta{Ref: mesh.Ref{Namespace: "istio-system", Name: "istiod"}}}}
	labels := map[string]string{"app.kubernetes.io/component": "collector", "app.kubernetes.io/name": "istio-lightstep"}
	s.Workloads = []mesh.Workload{{
		Meta: mesh.Meta{Ref: mesh.Ref{Namespace: "istio-system", Name: "collector"}, Labels: labels, Labelled: true, Release: mesh.Release{Name: "lightstep", Namespace: "istio-system"}},
		Kind: "StatefulSet", Replicas: 2, Selector: labels, PortNames: map[string]int{"spans": 4317, "tap": 4320},
	}}
	for _, name := range []string{"collector-0", "collector-1"} {
		s.Pods = append(s.Pods, mesh.Pod{Meta: mesh.Meta{Ref: mesh.Ref{Namespace: "istio-system", Name: name}, Labels: labels}, Running: true})
	}
	return s
}

// followed runs the whole of it against a fake mesh.
func followed(t *testing.T, f *fakeMesh, s *mesh.Snapshot, change ...func(*Options)) *Report {
	t.Helper()
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	target, err := url.Parse(server.URL + "/productpage?q=s3cret")
	require.NoError(t, err)
	target.User = url.UserPassword("me", "s3cret")
	o := Options{URL: target, Agent: "test", Requests: 4, Timeout: 5 * time.Second, Wait: time.Second, Settle: 10 * time.Millisecond}
	for _, c := range change {
		c(&o)
	}
	catalogue, err := loaded()
	require.NoError(t, err)
	r, err := Run(t.Context(), f, s, catalogue, o)
	require.NoError(t, err)
	var written strings.Builder
	require.NoError(t, r.WriteText(&written, true))
	require.NoError(t, r.WriteJSON(&written))
	assert.NotContains(t, written.String(), "s3cret")
	return r
}

func TestRequestsAreSentAndFollowed(t *testing.T) {
	t.Parallel()
	f := newFakeMesh(copies("productpage", request))
	r := followed(t, f, tapped(), func(o *Options) { o.Host = "bookinfo.example" })
	assert.Equal(t, []string{"LS-APP-HEADERS deployment default/productpage"}, subjects(r))
	assert.Empty(t, r.Gaps)
	assert.Equal(t, []int{4, 4, 4}, []int{r.Sent, r.Answered, r.Followed})
	assert.True(t, r.Errors())
	require.Len(t, f.asked, 4)
	assert.Regexp(t, `^istio-lightstep doctor trace http://127.0.0.1:\d+/productpage --host bookinfo.example$`, r.Findings[0].Mend)
	assert.Equal(t, "bookinfo.example", f.host)
	traces := map[string]bool{}
	for _, h := range f.asked {
		assert.Equal(t, "test", h.Get("User-Agent"))
		assert.Regexp(t, `^00-[0-9a-f]{32}-[0-9a-f]{16}-01$`, h.Get("Traceparent"))
		assert.Empty(t, h.Get("X-B3-Traceid"))
		traces[h.Get("Traceparent")] = true
	}
	assert.Len(t, traces, 4, "each has its own trace")

	assert.Empty(t, followed(t, newFakeMesh(), tapped()).Problems())
}

// TestOlderProxies speak Zipkin, and read no traceparent.
func TestOlderProxies(t *testing.T) {
	t.Parallel()
	f, s := newFakeMesh(copies("productpage", request)), tapped()
	s.Workloads[0].PortNames["spans"] = 9411
	r := followed(t, f, s)
	require.Len(t, r.Findings, 1)
	assert.Contains(t, r.Findings[0].Reason, "does not copy x-b3-traceid, x-b3-spanid")
	assert.Empty(t, f.asked[0].Get("Traceparent"))
	assert.Equal(t, "1", f.asked[0].Get("X-B3-Sampled"))
}

// TestWhatCannotBeFollowedIsToldWithItsMend holds every case in which nothing
// can be said of headers.
func TestWhatCannotBeFollowedIsToldWithItsMend(t *testing.T) {
	t.Parallel()
	gone := func(f *fakeMesh, _ *mesh.Snapshot, _ *Options) { delete(f.taps, "collector-1") }
	for name, c := range map[string]struct {
		change   func(*fakeMesh, *mesh.Snapshot, *Options)
		why, fix string
		sent     int
	}{
		"no tap": {
			func(_ *fakeMesh, s *mesh.Snapshot, _ *Options) { delete(s.Workloads[0].PortNames, "tap") },
			"collector istio-system/collector has no tap", "helm --kube-context=c upgrade lightstep YOUR-CHART --namespace istio-system --reset-then-reuse-values --set collector.tap.enabled=true --wait", 0,
		},
		"no tap, and no release": {func(_ *fakeMesh, s *mesh.Snapshot, _ *Options) {
			delete(s.Workloads[0].PortNames, "tap")
			s.Workloads[0].Release = mesh.Release{}
		}, "has no tap", "istio-lightstep render -f YOUR-VALUES.yaml --set collector.tap.enabled=true | kubectl --context=c apply -f -", 0},
		"another delivery": {
			func(_ *fakeMesh, s *mesh.Snapshot, _ *Options) { s.Workloads = nil },
			"no collector of the chart runs here", "set delivery to collector", 0,
		},
		"no pod": {
			func(_ *fakeMesh, s *mesh.Snapshot, _ *Options) { s.Pods = nil },
			"collector istio-system/collector has no running pod", "istio-lightstep doctor mesh --context=c", 0,
		},
		"a tap that is away": {gone, "connection refused", "kubectl --context=c logs collector-1 --container tap --namespace istio-system", 0},
		"no right": {func(f *fakeMesh, _ *mesh.Snapshot, _ *Options) {
			f.refuses = apierrors.NewForbidden(schema.GroupResource{Resource: "pods"}, "collector-0", nil)
		}, "pods/portforward", "docs/doctor-rbac.yaml", 0},
		"no answer": {
			func(_ *fakeMesh, _ *mesh.Snapshot, o *Options) { o.URL.Host = "127.0.0.1:1" },
			"http://127.0.0.1:1/productpage does not answer: dial tcp 127.0.0.1:1: connect: connection refused", "curl --verbose http://127.0.0.1:1/productpage", 1,
		},
		"no spans": {
			func(f *fakeMesh, _ *mesh.Snapshot, _ *Options) { f.mute = true },
			"no span of the 4 requests came within 1 s", "istio-lightstep doctor mesh --context=c", 4,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, s := newFakeMesh(), tapped()
			r := followed(t, f, s, func(o *Options) { c.change(f, s, o) })
			require.NotEmpty(t, r.Gaps)
			r.For("--context=c", "--kube-context=c", "")
			assert.Contains(t, r.Gaps[0].What+": "+r.Gaps[0].Why, c.why)
			assert.Contains(t, r.Gaps[0].Fix, c.fix)
			assert.Equal(t, c.sent, r.Sent)
			assert.Empty(t, r.Findings)
			assert.Equal(t, "LS-NOT-FOLLOWED", r.Problems()[0].ID)
			said := written(t, r)
			assert.Contains(t, said, "Could not follow "+r.Gaps[0].What)
			assert.NotContains(t, said, "Every hop")
		})
	}
}

// TestARedirectIsNotFollowed, as it may lead elsewhere.
func TestARedirectIsNotFollowed(t *testing.T) {
	t.Parallel()
	f := newFakeMesh()
	r := followed(t, f, tapped(), func(o *Options) { o.URL.Path = "/elsewhere" })
	assert.Len(t, f.asked, 4)
	assert.Equal(t, []int{302}, r.Statuses)
}

func TestTooMuchTrafficIsNoPass(t *testing.T) {
	t.Parallel()
	f := newFakeMesh()
	f.taps["collector-0"] = tap.New(3)
	for range 5 {
		_, err := f.taps["collector-0"].Export(t.Context(), otlp(tap.Span{Trace: strings.Repeat("1", 32), ID: f.mesh.id(16)}))
		require.NoError(t, err)
	}
	r := followed(t, f, tapped())
	require.NotEmpty(t, r.Gaps)
	assert.Contains(t, r.Gaps[len(r.Gaps)-1].Why, "spans passed faster than they could be read")
}

// TestABusyMeshLeavesRoomForTheRequests: full taps of many collectors are not
// taken for spans that passed meanwhile.
func TestABusyMeshLeavesRoomForTheRequests(t *testing.T) {
	t.Parallel()
	f := newFakeMesh()
	w := &watch{from: f, timeout: time.Minute, most: 40}
	for name, kept := range f.taps {
		w.taps = append(w.taps, &collectorTap{pod: mesh.Ref{Namespace: "istio-system", Name: name}, port: 4320})
		for range 30 {
			_, err := kept.Export(t.Context(), otlp(tap.Span{Trace: strings.Repeat("1", 32), ID: f.mesh.id(16), Name: "before"}))
			require.NoError(t, err)
		}
		_, err := kept.Export(t.Context(), otlp(tap.Span{Trace: strings.Repeat("1", 32), ID: f.mesh.id(16), Name: "just before"}))
		require.NoError(t, err)
	}
	require.Nil(t, w.poll(t.Context()))
	for _, kept := range f.taps {
		_, err := kept.Export(t.Context(), otlp(tap.Span{Trace: strings.Repeat("2", 32), ID: f.mesh.id(16), Name: "ours"}))
		require.NoError(t, err)
	}
	require.Nil(t, w.poll(t.Context()))
	count := map[string]int{}
	for _, s := range w.spans {
		count[s.Name]++
	}
	assert.Equal(t, map[string]int{"before": 8, "just before": 2, "ours": 2}, count)
	assert.False(t, w.full)
	assert.Zero(t, w.lost)
}

// TestTheHostIsAskedForByTLSToo: a gateway chooses its certificate and its
// routes by the name in the handshake.
func TestTheHostIsAskedForByTLSToo(t *testing.T) {
	t.Parallel()
	var named string
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.TLS = &tls.Config{GetConfigForClient: func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		named = hello.ServerName
		return nil, nil // the server's own
	}}
	server.StartTLS()
	t.Cleanup(server.Close)
	target, err := url.Parse(server.URL)
	require.NoError(t, err)
	p := newProber(&Options{URL: target, Host: "example.com:8443", Timeout: 5 * time.Second}, TraceContext)
	p.client.Transport.(*http.Transport).TLSClientConfig.RootCAs = server.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	answer := p.send(t.Context())
	assert.Equal(t, http.StatusNotFound, answer.Status, answer.Failure)
	assert.Equal(t, "example.com", named)
}

// TestATapThatFailsForAMoment costs nothing; one that fails to the end is told.
func TestATapThatFailsForAMoment(t *testing.T) {
	t.Parallel()
	for _, failures := range []int{2, 1000} {
		f := newFakeMesh()
		f.fails = failures
		r := followed(t, f, tapped())
		assert.Equal(t, failures == 2, len(r.Gaps) == 0, "%v", r.Gaps)
		assert.Equal(t, 4, r.Followed)
	}
}

func TestTheEndOfTheContextEndsItAtOnce(t *testing.T) {
	t.Parallel()
	f := newFakeMesh()
	f.mute = true
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	target, err := url.Parse(server.URL)
	require.NoError(t, err)
	catalogue, err := loaded()
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	begun := time.Now()
	_, err = Run(ctx, f, tapped(), catalogue, Options{URL: target, Requests: 1, Timeout: time.Minute, Wait: time.Minute, Settle: time.Minute})
	require.ErrorIs(t, err, context.DeadlineExceeded)
	assert.Less(t, time.Since(begun), 30*time.Second, "it waits a minute for what no context ends")
}

func TestJSONHasAllOfIt(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	require.NoError(t, followed(t, newFakeMesh(copies("productpage", request)), tapped()).WriteJSON(&b))
	var r struct {
		Followed int
		Hops     []struct {
			Name  string
			Calls []struct {
				Name  string
				Calls []struct{ OwnTrace bool }
			}
		}
		Findings []struct{ ID string }
	}
	require.NoError(t, json.Unmarshal([]byte(b.String()), &r))
	assert.Equal(t, 4, r.Followed)
	assert.Equal(t, "deployment/productpage", r.Hops[0].Calls[0].Name)
	assert.True(t, r.Hops[0].Calls[0].Calls[0].OwnTrace)
	assert.Equal(t, "LS-APP-HEADERS", r.Findings[0].ID)
}

package hops

import (
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/internal/collector/tap"
	"github.com/istio-lightstep/istio-lightstep/internal/doctor/finding"
	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
)

// snapshot has the pods of the simulation.
func snapshot() *mesh.Snapshot {
	s := &mesh.Snapshot{}
	for _, name := range []string{"productpage", "details", "reviews-v1", "reviews-v2", "ratings", "job"} {
		s.Pods = append(s.Pods, mesh.Pod{Meta: mesh.Meta{Ref: mesh.Ref{Namespace: "default", Name: name + "-1"}}, OwnerKind: "Deployment", Owner: name, Running: true})
	}
	s.Pods = append(s.Pods, mesh.Pod{Meta: mesh.Meta{Ref: mesh.Ref{Namespace: "istio-system", Name: "gateway-1"}}, OwnerKind: "Deployment", Owner: "gateway", Running: true})
	return s
}

// run has so many requests served, and reports.
func run(t *testing.T, s *simulation, n int) *Report {
	t.Helper()
	var probes []Probe
	for i := range n {
		probes = append(probes, s.probe([]string{"reviews-v1", "reviews-v2"}[i%2]))
	}
	return judged(t, s.spans, probes)
}

// loaded is the catalogue, read once for all.
var loaded = sync.OnceValues(finding.Load)

func judged(t *testing.T, spans []tap.Span, probes []Probe) *Report {
	t.Helper()
	catalogue, err := loaded()
	require.NoError(t, err)
	o := &Options{URL: &url.URL{Scheme: "http", Host: "gateway", Path: "/productpage"}}
	r := newReport(o, catalogue)
	r.Sent = len(probes)
	for _, p := range probes {
		r.status(p.Status)
	}
	r.fill(index(spans, namer(snapshot())), probes, TraceContext, o)
	return r
}

func written(t *testing.T, r *Report) string {
	t.Helper()
	var b strings.Builder
	require.NoError(t, r.WriteText(&b, false))
	return b.String()
}

func subjects(r *Report) []string {
	found := []string{}
	for _, f := range r.Findings {
		found = append(found, f.ID+" "+f.Subject)
	}
	return found
}

const wholeTree = `  └─ deployment/gateway in istio-system
     └─ deployment/productpage in default
        ├─ deployment/details in default
        ├─ deployment/reviews-v1 in default  (2 of 4)
        └─ deployment/reviews-v2 in default  (2 of 4)
           └─ deployment/ratings in default  (2 of 4)
`

func TestAHealthyMeshHasNoFinding(t *testing.T) {
	t.Parallel()
	for _, how := range []forwards{all, sdk} {
		r := run(t, bookinfo(copies("productpage", how), copies("reviews-v2", how)), 4)
		assert.Empty(t, r.Findings)
		assert.Empty(t, r.Gaps)
		assert.Empty(t, r.Notes)
		said := written(t, r)
		assert.Contains(t, said, "Every hop forwards the tracing headers")
		assert.Contains(t, said, "4 requests came this way:\n"+wholeTree)
	}
}

// TestTheHopThatForwardsNothingIsNamed, and what is behind it is followed all
// the same.
func TestTheHopThatForwardsNothingIsNamed(t *testing.T) {
	t.Parallel()
	for _, how := range []forwards{request, nothing} {
		r := run(t, bookinfo(copies("productpage", how)), 4)
		// The calls that are only likely have to be seen in every request: those to reviews are.
		require.Equal(t, []string{"LS-APP-HEADERS deployment default/productpage"}, subjects(r), "%d", how)
		f := r.Findings[0]
		assert.Contains(t, f.Reason, "does not copy traceparent and tracestate from the requests that it takes to those that it makes: in 4 of 4, its calls to details.default:9080, reviews.default:9080 began")
		assert.Contains(t, f.Mend, "istio-lightstep doctor trace http://gateway/productpage")
		assert.NotContains(t, f.Mend+f.Reason+f.Lost, "{")
		said := written(t, r)
		assert.Contains(t, said, "Lost: the rest of each trace")
		assert.Contains(t, said, `  └─ deployment/gateway in istio-system
     └─ deployment/productpage in default
        ├─ deployment/details in default  ✗ a new trace starts here
        ├─ deployment/reviews-v1 in default  (2 of 4)  ✗ a new trace starts here
        └─ deployment/reviews-v2 in default  (2 of 4)  ✗ a new trace starts here
           └─ deployment/ratings in default  (2 of 4)
`)
	}
}

func TestTwoHopsInARow(t *testing.T) {
	t.Parallel()
	r := run(t, bookinfo(copies("productpage", nothing), copies("reviews-v2", nothing)), 4)
	assert.Equal(t, []string{"LS-APP-HEADERS deployment default/productpage", "LS-APP-HEADERS deployment default/reviews-v2"}, subjects(r))
}

func TestOneOfTwoVersions(t *testing.T) {
	t.Parallel()
	r := run(t, bookinfo(copies("reviews-v2", request)), 2)
	assert.Equal(t, []string{"LS-APP-HEADERS deployment default/reviews-v2"}, subjects(r), "x-request-id is proof in one request")
	r = run(t, bookinfo(copies("reviews-v2", nothing)), 2)
	assert.Empty(t, r.Findings, "one request that it took is no proof")
	require.Len(t, r.Notes, 1)
	assert.Contains(t, r.Notes[0], "deployment/reviews-v2 in default may not forward the headers to ratings.default:9080")
	assert.Contains(t, written(t, r), "not sure: deployment/reviews-v2")
}

// TestOtherTraffic changes nothing, though it is of the same kind.
func TestOtherTraffic(t *testing.T) {
	t.Parallel()
	for _, how := range []forwards{all, request, nothing} {
		s := bookinfo(copies("productpage", how))
		var probes []Probe
		for i := range 20 {
			s.through(s.id(32), "", "reviews-v2")
			if i%5 == 0 {
				probes = append(probes, s.probe("reviews-v1"))
			}
		}
		r := judged(t, s.spans, probes)
		want := []string{}
		if how != all {
			want = []string{"LS-APP-HEADERS deployment default/productpage"}
		}
		assert.Equal(t, want, subjects(r))
		assert.NotContains(t, written(t, r), "ratings", "only the other requests went there")
	}
}

// TestCallsThatAnApplicationMakesAnyway, such as for its configuration, say
// nothing about headers.
func TestCallsThatAnApplicationMakesAnyway(t *testing.T) {
	t.Parallel()
	s := bookinfo()
	var probes []Probe
	for range 4 {
		probes = append(probes, s.probe("reviews-v1"))
	}
	var page tap.Span
	var during []tap.Span
	for _, span := range s.spans {
		if span.Service == "reviews.default" && span.Kind == tap.Server {
			during, page = append(during, span), span
		}
	}
	poll := func(at uint64) {
		s.now = at
		s.call(page, "ratings", sentWith{s.id(32), "", s.id(16)})
	}
	for i, span := range during {
		// Quicker than the request that it answers meanwhile.
		for j := range s.spans {
			if s.spans[j].ID == span.ID {
				s.spans[j].End += 10 * millisecond
			}
		}
		poll(during[i].Start + 1)
	}
	assert.Equal(t, []string{"LS-APP-HEADERS deployment default/reviews-v1"}, subjects(judged(t, s.spans, probes)), "looks like one that forwards nothing")
	poll(during[1].End + 100*millisecond)
	r := judged(t, s.spans, probes)
	assert.Empty(t, r.Findings, "but calls while it answers nothing, too")
}

// TestSeveralRequestsAtOnce cannot be told apart by time.
func TestSeveralRequestsAtOnce(t *testing.T) {
	t.Parallel()
	s := bookinfo(copies("reviews-v2", nothing))
	probes := []Probe{s.probe("reviews-v2"), s.probe("reviews-v2")}
	for _, span := range s.spans {
		if span.Kind == tap.Server && span.Service == "reviews.default" {
			other := span
			other.Trace, other.ID, other.Request = s.id(32), s.id(16), s.id(16)
			s.spans = append(s.spans, other)
		}
	}
	r := judged(t, s.spans, probes)
	assert.Empty(t, r.Findings)
}

func TestATraceThatWasBegunBeforeTheGateway(t *testing.T) {
	t.Parallel()
	s := bookinfo(copies("productpage", request))
	probes := []Probe{s.probe("reviews-v2"), s.probe("reviews-v2")}
	for i := range probes {
		probes[i].Trace = s.id(32) // something made another of it
	}
	assert.Equal(t, []string{"LS-APP-HEADERS deployment default/productpage"}, subjects(judged(t, s.spans, probes)))
}

// TestWhatIsNotSeenIsNoPass tells every case in which spans are missing.
func TestWhatIsNotSeenIsNoPass(t *testing.T) {
	t.Parallel()
	s := bookinfo()
	probes := []Probe{s.probe("reviews-v1"), s.probe("reviews-v1")}
	why := func(r *Report) string {
		t.Helper()
		require.Len(t, r.Gaps, 1)
		require.NotEmpty(t, r.Gaps[0].Fix)
		assert.Contains(t, written(t, r), "Could not follow")
		assert.NotContains(t, written(t, r), "Every hop")
		return r.Gaps[0].What + ": " + r.Gaps[0].Why
	}
	assert.Contains(t, why(judged(t, nil, probes)), "no span of the 2 requests came")
	assert.Contains(t, why(judged(t, s.spans, append(probes, Probe{Trace: "t", Client: "c", Status: 200}))), "1 of 3 requests: no span of them came in time")
	var gateway []tap.Span
	for _, span := range s.spans {
		if span.Service == "istio-ingressgateway.istio-system" {
			gateway = append(gateway, span)
		}
	}
	assert.Contains(t, why(judged(t, gateway, probes)), "the request behind deployment/gateway in istio-system: no span of another workload came")
	probes[0].Status, probes[1].Status = 503, 503
	assert.Contains(t, why(judged(t, s.spans, probes)), "the answers have status 503")
	probes[1].Status = 200
	assert.Contains(t, why(judged(t, s.spans, probes)), "some answers have status 503, and not 200, so")
	probes[0].Status = 302
	assert.Empty(t, judged(t, s.spans, probes).Gaps)
}

func TestAWorkloadWithoutSpansIsShown(t *testing.T) {
	t.Parallel()
	s := bookinfo()
	probes := []Probe{s.probe("reviews-v2")}
	var without []tap.Span
	for _, span := range s.spans {
		if span.Service != "ratings.default" {
			without = append(without, span)
		}
	}
	assert.Contains(t, written(t, judged(t, without, probes)), "└─ ratings.default:9080  no span of its own")
}

func TestWorkloadsWithoutPods(t *testing.T) {
	t.Parallel()
	name := namer(&mesh.Snapshot{})
	assert.Equal(t, Workload{"default", "pod/a-1"}, name(&tap.Span{Node: "sidecar~10.0.0.1~a-1.default~default.svc.cluster.local", Service: "a.default"}))
	assert.Equal(t, Workload{"default", "reviews v2"}, name(&tap.Span{Service: "reviews.default", Revision: "v2"}))
	assert.Equal(t, Workload{"", "a"}, name(&tap.Span{Node: "a~b", Service: "a"}))
}

// FuzzAnalyse shows that no spans, whatever their parents and times, keep it
// from an end, and that it finds nothing where no trace begins.
func FuzzAnalyse(f *testing.F) {
	f.Add([]byte("{}\n" + `{"trace":"a","id":"1","parent":"2","kind":"server"}` + "\n" + `{"trace":"a","id":"2","parent":"1","kind":"client"}`))
	f.Add([]byte("{}\n" + `{"trace":"a","id":"1","kind":"server","end":9}` + "\n" + `{"trace":"b","id":"2","kind":"client","start":1,"end":2}`))
	f.Fuzz(func(t *testing.T, answer []byte) {
		_, spans, err := tap.Read(answer)
		if err != nil || len(spans) == 0 {
			return
		}
		probes := []Probe{{Trace: spans[0].Trace, Client: "c", Status: 200}, {Trace: spans[len(spans)-1].Trace, Client: "c", Status: 200}}
		r := judged(t, spans, probes)
		_ = written(t, r)
		begun := 0
		for _, s := range spans {
			if s.Kind == tap.Client && s.Parent == "" {
				begun++
			}
		}
		if begun == 0 {
			require.Empty(t, r.Findings)
		}
	})
}

// TestADestinationIsNamedWithoutTheDomainOfItsCluster: the proxy's node ends with it. What
// only looks like a Service, of another domain, is another host.
func TestADestinationIsNamedWithoutTheDomainOfItsCluster(t *testing.T) {
	t.Parallel()
	const in = "sidecar~10.0.0.1~a-1.default~default.svc."
	for _, c := range []struct{ node, upstream, name, want string }{
		{in + "cluster.local", "outbound|9080||reviews.default.svc.cluster.local", "", "reviews.default:9080"},
		{in + "corp.example", "outbound|9080|v2|reviews.default.svc.corp.example;", "", "reviews.default:9080"},
		{in + "corp.example", "", "reviews.default.svc.corp.example:9080/*", "reviews.default:9080"},
		{in + "corp.example", "outbound|443||a.b.svc.cluster.local", "", "a.b.svc.cluster.local:443"},
		{in + "corp", "outbound|443||a.b.svc.corp.example", "", "a.b.svc.corp.example:443"},
		{in + "corp", "", "a.b.svc.corp:443/*", "a.b:443"},
		{"", "outbound|9080||reviews.default.svc.cluster.local", "", "reviews.default:9080"},
		{"sidecar~10.0.0.1~a-1.default~", "outbound|9080||reviews.default.svc.cluster.local", "", "reviews.default:9080"},
		{in, "outbound|9080||reviews.default.svc.cluster.local", "", "reviews.default:9080"},
		{"of.svc.corp.example", "outbound|9080||reviews.default.svc.cluster.local", "", "reviews.default:9080"},
	} {
		assert.Equal(t, c.want, destination(&tap.Span{Node: c.node, Upstream: c.upstream, Name: c.name}), "%+v", c)
	}
}

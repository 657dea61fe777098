package bookinfo_test

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/istio-lightstep/istio-lightstep/test/bookinfo"
)

const (
	trace  = "463ac35c9f6413ad48485a3953bb6124"
	span   = "a2fb4a1d1a96d312"
	parent = "0020000000000001"
)

// incoming is one of every header that might be forwarded, as a proxy or a
// caller would send it, and two of tracestate.
func incoming() http.Header {
	in := http.Header{}
	for name, value := range map[string]string{
		"x-request-id":                "request",
		"x-ot-span-context":           "lightstep",
		"x-client-trace-id":           "client",
		"x-datadog-trace-id":          "dd-trace",
		"x-datadog-parent-id":         "dd-parent",
		"x-datadog-sampled":           "dd-sampled",
		"x-datadog-sampling-priority": "dd-priority",
		"traceparent":                 "00-" + trace + "-" + span + "-01",
		"tracestate":                  "a=1",
		"x-cloud-trace-context":       "cloud",
		"grpc-trace-bin":              "grpc",
		"sw8":                         "skywalking",
		"x-b3-traceid":                trace,
		"x-b3-spanid":                 span,
		"x-b3-parentspanid":           parent,
		"x-b3-sampled":                "1",
		"x-b3-flags":                  "0",
		"end-user":                    "jason",
		"user-agent":                  "agent",
		"cookie":                      "a=b",
		"authorization":               "Bearer x",
		"jwt":                         "token",
		"x-envoy-attempt-count":       "1",
		"accept":                      "text/html",
		"baggage":                     "k=v",
	} {
		in.Set(name, value)
	}
	in.Add("tracestate", "b=2")
	return in
}

// The names of what is forwarded, hop by hop. Values are as they came.
var forwarded = map[bookinfo.Propagation]struct{ productpage, reviews string }{
	bookinfo.Current: {
		productpage: `x-request-id x-ot-span-context x-datadog-trace-id x-datadog-parent-id x-datadog-sampling-priority
			traceparent tracestate x-cloud-trace-context grpc-trace-bin sw8 x-b3-traceid x-b3-spanid x-b3-sampled
			user-agent cookie authorization jwt`,
		reviews: `x-request-id x-ot-span-context x-datadog-trace-id x-datadog-parent-id x-datadog-sampling-priority
			traceparent tracestate x-cloud-trace-context grpc-trace-bin sw8
			x-b3-traceid x-b3-spanid x-b3-parentspanid x-b3-sampled x-b3-flags
			end-user user-agent cookie authorization jwt`,
	},
	bookinfo.Until1162: {
		productpage: `x-request-id x-datadog-trace-id x-datadog-parent-id x-datadog-sampled
			x-b3-traceid x-b3-spanid x-b3-parentspanid x-b3-sampled user-agent`,
		reviews: `x-request-id x-ot-span-context x-datadog-trace-id x-datadog-parent-id x-datadog-sampled
			x-b3-traceid x-b3-spanid x-b3-sampled x-b3-flags end-user user-agent`,
	},
}

func TestForwardedHeaders(t *testing.T) {
	t.Parallel()
	for _, p := range bookinfo.Propagations() {
		t.Run(string(p), func(t *testing.T) {
			t.Parallel()
			b := startAll(t, bookinfo.ReviewsV2, p, faults{})
			fetch(t, "GET", b.productpage.url+"/productpage", "", incoming())
			expect(t, "productpage to details", b.details, forwarded[p].productpage)
			expect(t, "productpage to reviews", b.reviews, forwarded[p].productpage)

			// Asked directly, reviews sees what productpage would have dropped.
			b = startAll(t, bookinfo.ReviewsV2, p, faults{})
			fetch(t, "GET", b.reviews.url+"/reviews/0", "", incoming())
			expect(t, "reviews to ratings", b.ratings, forwarded[p].reviews)
		})
	}
}

// expect checks that the one request a service got has the named headers of
// incoming, and no other.
func expect(t *testing.T, hop string, s *service, names string) {
	t.Helper()
	if len(s.requests()) != 1 {
		t.Fatalf("%s: %d requests", hop, len(s.requests()))
	}
	want := map[string]string{}
	for _, name := range strings.Fields(names) {
		want[http.CanonicalHeaderKey(name)] = strings.Join(incoming().Values(name), ",")
	}
	got := map[string]string{}
	for name, values := range s.requests()[0].Header {
		// Every client sends these two on its own account.
		if name != "Accept-Encoding" && name != "Connection" {
			got[name] = strings.Join(values, "|")
		}
	}
	if !maps.Equal(got, want) {
		t.Errorf("%s:\ngot  %v\nwant %v", hop, got, want)
	}
}

// The LightStep context crosses all of Bookinfo now, and once ended at the first
// hop while the request's id went on.
func TestLightstepContextEndToEnd(t *testing.T) {
	t.Parallel()
	for p, want := range map[bookinfo.Propagation]string{bookinfo.Current: "lightstep", bookinfo.Until1162: ""} {
		b := startAll(t, bookinfo.ReviewsV3, p, faults{})
		fetch(t, "GET", b.productpage.url+"/productpage", "", incoming())
		for name, s := range map[string]*service{"details": b.details, "reviews": b.reviews, "ratings": b.ratings} {
			headers := s.requests()[0].Header
			if headers.Get("X-Ot-Span-Context") != want || headers.Get("X-Request-Id") != "request" {
				t.Errorf("%s, %s: x-ot-span-context %q, want %q; x-request-id %q", p, name,
					headers.Get("X-Ot-Span-Context"), want, headers.Get("X-Request-Id"))
			}
		}
	}
}

func TestB3AtProductpage(t *testing.T) {
	t.Parallel()
	const short = "48485a3953bb6124"
	for _, c := range []struct {
		name        string
		propagation bookinfo.Propagation
		in, want    map[string]string
	}{
		{"single", bookinfo.Current, b3("b3", trace+"-"+span+"-1-"+parent), b3("x-b3-traceid", trace, "x-b3-spanid", span, "x-b3-sampled", "1")},
		{"single, not sampled", bookinfo.Current, b3("b3", trace+"-"+span+"-0"), b3("x-b3-traceid", trace, "x-b3-spanid", span, "x-b3-sampled", "0")},
		{"single, debug", bookinfo.Current, b3("b3", trace+"-"+span+"-d"), b3("x-b3-traceid", trace, "x-b3-spanid", span, "x-b3-sampled", "1")},
		{"single, undecided", bookinfo.Current, b3("b3", trace+"-"+span), b3("x-b3-traceid", trace, "x-b3-spanid", span, "x-b3-sampled", "1")},
		{"single, a decision alone", bookinfo.Current, b3("b3", "1"), nil},
		{"single before many", bookinfo.Current, b3("b3", "0", "x-b3-traceid", trace, "x-b3-spanid", span), nil},
		{"short trace id", bookinfo.Current, b3("x-b3-traceid", short, "x-b3-spanid", span, "x-b3-sampled", "1"), b3("x-b3-traceid", "0000000000000000"+short, "x-b3-spanid", span, "x-b3-sampled", "1")},
		{"undecided", bookinfo.Current, b3("x-b3-traceid", trace, "x-b3-spanid", span), b3("x-b3-traceid", trace, "x-b3-spanid", span, "x-b3-sampled", "0")},
		{"debug", bookinfo.Current, b3("x-b3-traceid", trace, "x-b3-spanid", span, "x-b3-flags", "1"), b3("x-b3-traceid", trace, "x-b3-spanid", span, "x-b3-sampled", "1")},
		{"upper case", bookinfo.Current, b3("x-b3-traceid", strings.ToUpper(trace), "x-b3-spanid", strings.ToUpper(span)), b3("x-b3-traceid", trace, "x-b3-spanid", span, "x-b3-sampled", "0")},
		{"bad id", bookinfo.Current, b3("x-b3-traceid", "x", "x-b3-spanid", span), nil},
		{"none", bookinfo.Current, nil, nil},
		{"old, not sampled", bookinfo.Until1162, b3("x-b3-traceid", trace, "x-b3-spanid", span, "x-b3-sampled", "0"), b3("x-b3-traceid", trace, "x-b3-spanid", span)},
		{"old, debug", bookinfo.Until1162, b3("x-b3-traceid", trace, "x-b3-spanid", span, "x-b3-sampled", "1", "x-b3-flags", "1"), b3("x-b3-traceid", trace, "x-b3-spanid", span, "x-b3-flags", "1")},
		{"old, zeros before", bookinfo.Until1162, b3("x-b3-traceid", "0000000000000000"+short, "x-b3-spanid", span, "x-b3-parentspanid", parent), b3("x-b3-traceid", short, "x-b3-spanid", span, "x-b3-parentspanid", parent)},
	} {
		if got := b3AtDetails(t, c.propagation, c.in); !maps.Equal(got, c.want) {
			t.Errorf("%s:\ngot  %v\nwant %v", c.name, got, c.want)
		}
	}
}

// The old productpage starts a B3 trace where it finds none, or only the single
// header, and a new one for each request.
func TestOldProductpageStartsB3(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, in := range []map[string]string{nil, b3("b3", trace+"-"+span+"-1"), b3("x-b3-traceid", "x", "x-b3-spanid", span)} {
		got := b3AtDetails(t, bookinfo.Until1162, in)
		id := got["x-b3-traceid"]
		if len(id) != 16 || seen[id] || !maps.Equal(got, b3("x-b3-traceid", id, "x-b3-spanid", id, "x-b3-sampled", "1")) {
			t.Errorf("for %v: %v", in, got)
		}
		seen[id] = true
	}
}

// b3 makes a map of names and values in turn.
func b3(pairs ...string) map[string]string {
	m := map[string]string{}
	for pair := range slices.Chunk(pairs, 2) {
		m[pair[0]] = pair[1]
	}
	return m
}

// b3AtDetails gives the B3 headers, in lower case, with which productpage asks
// details after a request with the headers in.
func b3AtDetails(t *testing.T, p bookinfo.Propagation, in map[string]string) map[string]string {
	t.Helper()
	b := startAll(t, bookinfo.ReviewsV1, p, faults{})
	headers := http.Header{}
	for name, value := range in {
		headers.Set(name, value)
	}
	fetch(t, "GET", b.productpage.url+"/api/v1/products/0", "", headers)
	got := map[string]string{}
	for name := range b.details.requests()[0].Header {
		if lower := strings.ToLower(name); strings.Contains(lower, "b3") {
			got[lower] = b.details.requests()[0].Header.Get(name)
		}
	}
	return got
}

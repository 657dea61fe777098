package bookinfo

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// Propagation is the set of headers that productpage and reviews copy from the
// request they got to the requests they make. It is named by the newest official
// images that have it.
type Propagation string

const (
	// Current is that of the images 1.20.3. Those after 1.16.2 and before 1.19
	// differ in two ways that no LightStep trace depends on: they write the x-b3
	// headers as the older ones do, and sw8, cookie, authorization and jwt were
	// added in 2022.
	Current Propagation = "1.20.3"
	// Until1162 is that of the images 1.15.0 to 1.16.2, which Istio 1.4 to 1.12
	// install. Productpage drops x-ot-span-context, and neither service forwards
	// traceparent or tracestate, so traces of those formats break there.
	Until1162 Propagation = "1.16.2"
)

// Propagations gives every propagation, oldest first.
func Propagations() []Propagation { return []Propagation{Until1162, Current} }

// ParsePropagation gives the propagation of that name; the error names those
// there are.
func ParsePropagation(name string) (Propagation, error) {
	if !slices.Contains(Propagations(), Propagation(name)) {
		return "", fmt.Errorf("no propagation %q: use one of %s", name, names(Propagations()))
	}
	return Propagation(name), nil
}

// The headers copied as they came, read in the sources of productpage.py and
// LibertyRestEndpoint.java: istio/istio of 2020-06 for Until1162, of 2026-08 for
// Current. Productpage carries B3 and end-user apart from these.
var (
	productpageHeaders = map[Propagation][]string{
		Until1162: {"x-request-id", "x-datadog-trace-id", "x-datadog-parent-id", "x-datadog-sampled", "user-agent"},
		Current:   currentHeaders,
	}
	reviewsHeaders = map[Propagation][]string{
		Until1162: {
			"x-request-id", "x-b3-traceid", "x-b3-spanid", "x-b3-sampled", "x-b3-flags", "x-ot-span-context",
			"x-datadog-trace-id", "x-datadog-parent-id", "x-datadog-sampled", "end-user", "user-agent",
		},
		Current: slices.Concat(currentHeaders, []string{
			"x-b3-traceid", "x-b3-spanid", "x-b3-parentspanid", "x-b3-sampled", "x-b3-flags", "end-user",
		}),
	}
	currentHeaders = []string{
		"x-request-id",
		"x-ot-span-context",
		"x-datadog-trace-id", "x-datadog-parent-id", "x-datadog-sampling-priority",
		"traceparent", "tracestate",
		"x-cloud-trace-context", "grpc-trace-bin", "sw8",
		"user-agent", "cookie", "authorization", "jwt",
	}
)

// copyHeaders gives the named headers of in. One that came several times goes
// on as one, joined by commas.
func copyHeaders(in http.Header, names []string) http.Header {
	out := http.Header{}
	for _, name := range names {
		if values := in.Values(name); len(values) > 0 {
			out.Set(name, strings.Join(values, ","))
		}
	}
	return out
}

// productpageForward gives the headers of productpage's requests for a request
// with the headers in by the user of that name, "" when nobody is signed in.
func (p Propagation) productpageForward(in http.Header, user string) http.Header {
	out := copyHeaders(in, productpageHeaders[p])
	if p == Until1162 {
		forwardB3OpenTracing(in, out)
	} else {
		forwardB3OpenTelemetry(in, out)
	}
	if user != "" {
		out.Set("end-user", user)
	}
	return out
}

// reviewsForward gives the headers of reviews' request for a request with the
// headers in.
func (p Propagation) reviewsForward(in http.Header) http.Header {
	return copyHeaders(in, reviewsHeaders[p])
}

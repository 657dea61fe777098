package bookinfo

import (
	"crypto/rand"
	"encoding/hex"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// Productpage does not copy the B3 headers: a tracing library reads them and
// writes them anew, and what it does not know is lost. The functions here lose
// the same.

var (
	b3Trace = regexp.MustCompile(`^([0-9a-f]{16}|[0-9a-f]{32})$`)
	b3Span  = regexp.MustCompile(`^[0-9a-f]{16}$`)
	b3Hex   = regexp.MustCompile(`^[0-9a-f]+$`)
)

// forwardB3OpenTelemetry carries B3 as opentelemetry-propagator-b3 does for the
// images from 1.19 on: a single header goes before the many and is written as
// many, a trace's id is widened to 32 digits, the parent is dropped, a decision
// not taken counts as "no" and a debug flag as "yes".
func forwardB3OpenTelemetry(in, out http.Header) {
	trace, span, sampled := in.Get("x-b3-traceid"), in.Get("x-b3-spanid"), in.Get("x-b3-sampled")
	debug := in.Get("x-b3-flags") == "1"
	if single := in.Get("b3"); single != "" {
		// Without a third field the decision is the next one's, written as "yes".
		trace, span, sampled, debug = "", "", "1", false
		switch fields := strings.Split(single, "-"); len(fields) {
		case 2:
			trace, span = fields[0], fields[1]
		case 3, 4:
			trace, span, sampled = fields[0], fields[1], fields[2]
		}
	}
	trace, span = strings.ToLower(trace), strings.ToLower(span)
	if !b3Trace.MatchString(trace) || !b3Span.MatchString(span) {
		return
	}
	out.Set("x-b3-traceid", pad(trace, 32))
	out.Set("x-b3-spanid", span)
	if debug || slices.Contains([]string{"1", "true", "True", "d"}, sampled) {
		out.Set("x-b3-sampled", "1")
	} else {
		out.Set("x-b3-sampled", "0")
	}
}

// forwardB3OpenTracing carries B3 as jaeger-client's codec does for the images
// up to 1.16.2: the ids go on, "not sampled" is dropped, the debug flag takes the
// place of "sampled", and a request without B3 starts a sampled trace.
func forwardB3OpenTracing(in, out http.Header) {
	trace, okTrace := hexID(in.Get("x-b3-traceid"))
	span, okSpan := hexID(in.Get("x-b3-spanid"))
	if !okTrace || !okSpan {
		id := newID()
		out.Set("x-b3-traceid", id)
		out.Set("x-b3-spanid", id)
		out.Set("x-b3-sampled", "1")
		return
	}
	out.Set("x-b3-traceid", trace)
	out.Set("x-b3-spanid", span)
	if parent, ok := hexID(in.Get("x-b3-parentspanid")); ok {
		out.Set("x-b3-parentspanid", parent)
	}
	switch {
	case in.Get("x-b3-flags") == "1":
		out.Set("x-b3-flags", "1")
	case in.Get("x-b3-sampled") == "1":
		out.Set("x-b3-sampled", "1")
	}
}

// hexID gives an id with at least 16 digits and no more leading zeros than that
// takes; false when it is no number or zero.
func hexID(text string) (string, bool) {
	text = strings.ToLower(text)
	if !b3Hex.MatchString(text) {
		return "", false
	}
	text = strings.TrimLeft(text, "0")
	return pad(text, 16), text != ""
}

// pad puts zeros before an id until it has that many digits.
func pad(id string, digits int) string {
	return strings.Repeat("0", max(0, digits-len(id))) + id
}

// newID gives a random id of 16 hexadecimal digits.
func newID() string {
	var id [8]byte
	_, _ = rand.Read(id[:]) // never fails, by its contract
	return hex.EncodeToString(id[:])
}

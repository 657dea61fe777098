package hops

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/internal/collector/tap"
)

// These tests are about calls that have lost all headers, x-request-id too, so
// that only their time tells what they belong to.

// forgetful is a mesh whose reviews-v2 forwards nothing, and the spans of so
// many requests that came to it.
func forgetful(n int) (*simulation, []Probe) {
	s := bookinfo(copies("reviews-v2", nothing))
	var probes []Probe
	for range n {
		probes = append(probes, s.probe("reviews-v2"))
	}
	return s, probes
}

const reviewsFound = "LS-APP-HEADERS deployment default/reviews-v2"

// of gives the positions of the spans of a service and kind.
func (s *simulation) of(service, kind string) []int {
	var found []int
	for i := range s.spans {
		if s.spans[i].Service == service && s.spans[i].Kind == kind {
			found = append(found, i)
		}
	}
	return found
}

// drop leaves out the call that reviews made for the nth request.
func (s *simulation) drop(n int) {
	i := s.of("reviews.default", tap.Client)[n]
	s.spans = slices.Delete(s.spans, i, i+1)
}

func TestACallThatIsNotMadeEachTimeIsNoProof(t *testing.T) {
	t.Parallel()
	s, probes := forgetful(4)
	s.drop(1)
	r := judged(t, s.spans, probes)
	assert.Empty(t, r.Findings)
	require.Len(t, r.Notes, 1)
	assert.Contains(t, r.Notes[0], "in 3 of 4 requests")
}

// TestARequestAmongOthersIsLeftOut, and those that were alone are proof.
func TestARequestAmongOthersIsLeftOut(t *testing.T) {
	t.Parallel()
	s, probes := forgetful(3)
	other := s.spans[s.of("reviews.default", tap.Server)[0]]
	other.Trace, other.ID, other.Request = s.id(32), s.id(16), s.id(16)
	s.spans = append(s.spans, other)
	assert.Equal(t, []string{reviewsFound}, subjects(judged(t, s.spans, probes)))
}

func TestACallThatEndsAfterTheAnswerIsAnotherOnes(t *testing.T) {
	t.Parallel()
	s, probes := forgetful(3)
	for _, i := range s.of("reviews.default", tap.Client) {
		s.spans[i].End += 1000 * millisecond
	}
	assert.Empty(t, judged(t, s.spans, probes).Findings)
}

func TestSpansWithoutRequestIDAreNoProofOfOne(t *testing.T) {
	t.Parallel()
	s, probes := forgetful(1)
	for i := range s.spans {
		s.spans[i].Request = ""
	}
	assert.Empty(t, judged(t, s.spans, probes).Findings)
}

// TestOfSeveralCallsNoneIsDrawn, as it is not known which is meant; that the
// headers are not forwarded is known all the same.
func TestOfSeveralCallsNoneIsDrawn(t *testing.T) {
	t.Parallel()
	s, probes := forgetful(2)
	for _, i := range s.of("reviews.default", tap.Client) {
		again := s.spans[i]
		again.Trace, again.ID = s.id(32), s.id(16)
		s.spans = append(s.spans, again)
	}
	r := judged(t, s.spans, probes)
	assert.Equal(t, []string{reviewsFound}, subjects(r))
	assert.NotContains(t, written(t, r), "a trace of its own begins")
}

// TestASpanThatCameTwiceIsOne: exporters send again what they think is lost.
func TestASpanThatCameTwiceIsOne(t *testing.T) {
	t.Parallel()
	s, probes := forgetful(2)
	r := judged(t, append(slices.Clone(s.spans), s.spans...), probes)
	assert.Contains(t, written(t, r), "deployment/ratings in default  ✗ a new trace starts here")
}

// TestTheLastCallsWaitForTheirRequest: the span of a request comes after those
// of the calls that were made for it, and may not have come yet.
func TestTheLastCallsWaitForTheirRequest(t *testing.T) {
	t.Parallel()
	s, probes := forgetful(2)
	s.now += 5000 * millisecond
	call := s.spans[s.of("reviews.default", tap.Client)[0]]
	call.Trace, call.ID, call.Start, call.End = s.id(32), s.id(16), s.now, s.now+1
	s.spans = append(s.spans, call)
	assert.Equal(t, []string{reviewsFound}, subjects(judged(t, s.spans, probes)))
}

// TestWhatWasLostBeforeTheRequestsIsNothingToTell.
func TestWhatWasLostBeforeTheRequestsIsNothingToTell(t *testing.T) {
	t.Parallel()
	f := newFakeMesh()
	f.taps["collector-0"] = tap.New(200)
	for n := range 500 {
		_, err := f.taps["collector-0"].Export(t.Context(), otlp(tap.Span{Trace: fmt.Sprintf("%032x", n+1), ID: f.mesh.id(16)}))
		require.NoError(t, err)
	}
	assert.Empty(t, followed(t, f, tapped()).Gaps)
}

package hops

import (
	"fmt"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/internal/collector/tap"
)

// TestSpansOfATenantTakeNoTime: whoever can send spans can send as many as are kept, in
// one trace, of one proxy that answers a request meanwhile. It is not parallel: time is
// measured.
func TestSpansOfATenantTakeNoTime(t *testing.T) {
	var spans []tap.Span
	for i := range mostSeen / 2 {
		start := uint64(i + 1)
		spans = append(spans,
			tap.Span{Trace: "one", ID: fmt.Sprint("a", i), Kind: tap.Server, Service: fmt.Sprint(i), Start: start, End: start},
			tap.Span{Trace: "two", ID: fmt.Sprint("b", i), Kind: tap.Server, Node: "sidecar~1~a.b~c", Start: start, End: start})
	}
	spans[1].End = mostSeen
	begun := spent(t)
	s := index(spans, namer(snapshot()))
	p := s.proxies["sidecar~1~a.b~c"]
	for i := range mostSeen / 2 {
		_ = s.answering(p, mostSeen/2+uint64(i), p.servers[0])
	}
	assert.True(t, s.answering(p, mostSeen/2+5, -1))
	assert.False(t, s.answering(p, mostSeen/2+5, p.servers[0]), "but for that one")
	assert.Less(t, spent(t)-begun, 10*time.Second)
}

// spent is the time of processors that the tests took: other programs count for nothing.
func spent(t *testing.T) time.Duration {
	t.Helper()
	var usage syscall.Rusage
	require.NoError(t, syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return time.Duration(usage.Utime.Nano())
}

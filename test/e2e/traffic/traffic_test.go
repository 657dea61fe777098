package traffic_test

import (
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/traffic"
)

// server answers every third request with an error, and counts markers.
func server(t *testing.T) (traffic.Page, *atomic.Int64) {
	t.Helper()
	var n atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("e2e") == "" {
			t.Error("a request without a marker")
		}
		if n.Add(1)%3 == 0 {
			http.Error(w, "no", http.StatusServiceUnavailable)
		}
	}))
	t.Cleanup(s.Close)
	return traffic.Page{URL: s.URL}, &n
}

func TestSendKeepsBook(t *testing.T) {
	t.Parallel()
	page, n := server(t)
	requests := page.Send(t.Context(), 30)
	assert.Len(t, requests, 30)
	assert.EqualValues(t, 30, n.Load())
	assert.Len(t, requests.Failed(), 10)
	assert.Len(t, requests.Markers(), 20)
	require.ErrorContains(t, requests.Err(), "10 of 30 requests failed")
	assert.ErrorContains(t, requests.Err(), "status 503")
	seen := map[string]bool{}
	for _, r := range requests {
		assert.False(t, seen[r.Marker], "marker %s twice", r.Marker)
		seen[r.Marker] = true
	}
}

func TestBackgroundTrafficCanBeCutByTime(t *testing.T) {
	t.Parallel()
	page, n := server(t)
	running := page.Start(t.Context(), 100)
	require.Eventually(t, func() bool { return n.Load() > 20 }, 5*time.Second, time.Millisecond)
	middle := time.Now()
	seen := n.Load()
	require.Eventually(t, func() bool { return n.Load() > seen+20 }, 5*time.Second, time.Millisecond)
	requests := running.Stop()
	assert.EqualValues(t, n.Load(), len(requests), "each is in the book")
	before, after := requests.Between(time.Time{}, middle), requests.Between(middle, time.Time{})
	assert.Len(t, requests, len(before)+len(after))
	assert.NotEmpty(t, before)
	assert.NotEmpty(t, after)
}

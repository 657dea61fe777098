package spantest_test

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/test/spantest"
)

func TestRequestsThatFail(t *testing.T) {
	t.Parallel()
	s := &shop{}
	n := 0
	url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch n++; n {
		case 1:
			http.Error(w, "away", http.StatusServiceUnavailable)
		case 2:
			http.Redirect(w, r, "/elsewhere", http.StatusFound)
		default:
			s.ServeHTTP(w, r)
		}
	}))
	sent, err := spantest.Get(t.Context(), nil, url, 3, spantest.WithConcurrency(1))
	require.ErrorContains(t, err, "2 of 3 requests failed")
	assert.ErrorContains(t, err, "status 503: away")
	require.Len(t, sent.Failed(), 2)
	assert.Contains(t, sent.Failed()[1].Failure, "redirects")
	report, err := quick.Await(within(t, time.Minute), s, sent, expected())
	require.NoError(t, err)
	assert.Equal(t, 1, report.Requests, "of those that failed no trace is expected")

	_, err = spantest.Get(t.Context(), nil, "shop.example", 1)
	require.ErrorContains(t, err, "not a URL")
	_, err = spantest.Get(t.Context(), nil, "http://user:secret@127.0.0.1:1/?token=secret", 1)
	require.ErrorContains(t, err, "1 of 1 requests failed")
	assert.NotContains(t, err.Error(), "secret")
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = spantest.Get(ended, nil, url, 4)
	require.ErrorIs(t, err, context.Canceled)
}

func TestOptionsReachTheServer(t *testing.T) {
	t.Parallel()
	var host string
	var header http.Header
	url := serve(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { host, header = r.Host, r.Header }))
	_, err := spantest.Get(t.Context(), nil, url, 1, spantest.WithHost("shop.example"), spantest.WithHeader("Authorization", "Bearer x"))
	require.NoError(t, err)
	assert.Equal(t, "shop.example", host)
	assert.Equal(t, "Bearer x", header.Get("Authorization"))
	assert.Regexp(t, "^00-[0-9a-f]{32}-[0-9a-f]{16}-01$", header.Get("Traceparent"))
}

// A gateway with a private CA is trusted with its PEM, and not without.
func TestPrivateCA(t *testing.T) {
	t.Parallel()
	s := &shop{}
	server := httptest.NewTLSServer(s)
	t.Cleanup(server.Close)
	pem := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	client, err := spantest.Client(pem)
	require.NoError(t, err)
	sent, err := spantest.Get(t.Context(), client, server.URL+"/checkout?cart=1", 2)
	require.NoError(t, err)
	require.Len(t, sent.Requests(), 2)
	other, err := spantest.Client(nil)
	require.NoError(t, err)
	_, err = spantest.Get(t.Context(), other, server.URL, 1)
	var unknown x509.UnknownAuthorityError
	require.ErrorContains(t, err, "1 of 1 requests failed")
	assert.ErrorContains(t, err, unknown.Error())
	_, err = spantest.Client([]byte("no PEM"))
	require.ErrorContains(t, err, "no certificate")
}

// What does not answer holds nobody up for longer than they wait, and is not forgotten.
func TestTrafficThatIsNotAnsweredIsStopped(t *testing.T) {
	t.Parallel()
	asked := make(chan struct{}, 100)
	url := serve(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		asked <- struct{}{}
		<-r.Context().Done()
	}))
	ctx, end := context.WithCancel(t.Context())
	traffic, err := spantest.Start(ctx, &http.Client{Timeout: time.Hour}, url, 100, spantest.WithConcurrency(2))
	require.NoError(t, err)
	<-asked
	<-asked
	end()
	stopped := make(chan spantest.Sent, 1)
	go func() { stopped <- traffic.Stop(ctx) }()
	select {
	case sent := <-stopped:
		assert.Len(t, sent.Failed(), 2)
		assert.ErrorContains(t, sent.Err(), "2 of 2 requests failed")
	case <-time.After(time.Minute):
		t.Fatal("it waits for an answer")
	}
}

func TestTrafficCanBeCutByTime(t *testing.T) {
	t.Parallel()
	s := &shop{}
	traffic, err := spantest.Start(t.Context(), nil, serve(t, s), 100)
	require.NoError(t, err)
	count := func() int {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.n
	}
	require.Eventually(t, func() bool { return count() > 10 }, time.Minute, time.Millisecond)
	middle, seen := time.Now(), count()
	require.Eventually(t, func() bool { return count() > seen+10 }, time.Minute, time.Millisecond)
	sent := traffic.Stop(t.Context())
	require.NoError(t, sent.Err())
	assert.Len(t, sent.Requests(), count(), "each is in the book")
	before, after := sent.Between(time.Time{}, middle).Requests(), sent.Between(middle, time.Time{}).Requests()
	assert.NotEmpty(t, before)
	assert.NotEmpty(t, after)
	assert.Equal(t, count(), len(before)+len(after))
	assert.Equal(t, sent, traffic.Stop(t.Context()))
	_, err = spantest.Start(t.Context(), nil, "http://127.0.0.1:1", 0)
	require.Error(t, err)
}

// As many requests are under way at once as docs/testing.md says, and no more.
func TestRequestsAtOnce(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(page)
	require.NoError(t, err)
	said := regexp.MustCompile(`requests under way at once; (\d+) without it`).FindStringSubmatch(string(text))
	require.NotNil(t, said)
	usual, err := strconv.Atoi(said[1])
	require.NoError(t, err)
	for at, options := range map[int][]spantest.RequestOption{usual: nil, 2: {spantest.WithConcurrency(2)}} {
		var mu sync.Mutex
		under, most, all := 0, 0, make(chan struct{})
		url := serve(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
			mu.Lock()
			if under++; under > most {
				if most = under; most == at {
					// Time for one more, which there must not be.
					time.AfterFunc(100*time.Millisecond, func() { close(all) })
				}
			}
			mu.Unlock()
			<-all
			mu.Lock()
			under--
			mu.Unlock()
		}))
		_, err := spantest.Get(within(t, time.Minute), nil, url, 3*at, options...)
		require.NoError(t, err)
		assert.Equal(t, at, most)
	}
}

package bookinfo_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/istio-lightstep/istio-lightstep/test/bookinfo"
)

// stopping is a server told to stop while a request runs.
type stopping struct {
	url     string
	release chan struct{} // closed, lets the request end
	answer  chan string   // what the request's caller got
	ended   chan error    // what Serve returned
}

// stopDuringRequest runs a server, starts a request and tells the server to stop.
func stopDuringRequest(t *testing.T, grace time.Duration) stopping {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := stopping{"http://" + listener.Addr().String(), make(chan struct{}), make(chan string, 1), make(chan error, 1)}
	started := make(chan struct{})
	handler := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(started)
		<-s.release
		_, _ = w.Write([]byte("answered"))
	})
	ctx, stop := context.WithCancel(t.Context())
	go func() { s.ended <- bookinfo.Serve(ctx, listener, handler, grace) }()
	go func() {
		res, err := http.Get(s.url)
		if err != nil {
			s.answer <- err.Error()
			return
		}
		body, _ := io.ReadAll(res.Body)
		_ = res.Body.Close()
		s.answer <- string(body)
	}()
	<-started
	stop()
	return s
}

func TestServeAnswersWhatRunsAndTakesNoMore(t *testing.T) {
	t.Parallel()
	s := stopDuringRequest(t, time.Minute)
	deadline := time.Now().Add(10 * time.Second)
	for {
		connection, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
		if err != nil {
			break
		}
		_ = connection.Close()
		if time.Now().After(deadline) {
			t.Fatal("connections are still taken")
		}
		time.Sleep(10 * time.Millisecond)
	}
	select {
	case err := <-s.ended:
		t.Fatalf("ended before the request did: %v", err)
	default:
	}
	close(s.release)
	if got := <-s.answer; got != "answered" {
		t.Errorf("the running request got %q", got)
	}
	if err := <-s.ended; err != nil {
		t.Errorf("ended with %v", err)
	}
}

func TestServeCutsOffAfterGrace(t *testing.T) {
	t.Parallel()
	s := stopDuringRequest(t, 100*time.Millisecond)
	defer close(s.release)
	if err := <-s.ended; !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("ended with %v", err)
	}
	if got := <-s.answer; got == "answered" {
		t.Error("the request was answered")
	}
}

func TestServeTellsOfAListenerThatIsGone(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = listener.Close()
	if err := bookinfo.Serve(t.Context(), listener, http.NotFoundHandler(), time.Second); !errors.Is(err, net.ErrClosed) {
		t.Errorf("got %v", err)
	}
}

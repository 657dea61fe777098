package bookinfo

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"
)

// Grace is how long a stopping process waits for requests to end: longer than
// the longest takes, reviews v2 with its 10 s for ratings.
const Grace = 15 * time.Second

// Serve answers requests on listener with handler until ctx ends. Then it takes
// no more connections, waits up to grace for the requests that run, and returns
// nil, or an error when some had to be cut off. It closes listener.
func Serve(ctx context.Context, listener net.Listener, handler http.Handler, grace time.Duration) error {
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      30 * time.Second,
		// A proxy in front keeps idle connections for an hour. It has to be the one
		// that closes them, or it sends a request into a connection that just went.
		IdleTimeout: 90 * time.Minute,
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	select {
	case err := <-ended:
		return fmt.Errorf("serve on %s: %w", listener.Addr(), err)
	case <-ctx.Done():
	}
	wait, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	if err := server.Shutdown(wait); err != nil {
		_ = server.Close()
		return fmt.Errorf("requests still ran %s after the stop: %w", grace, err)
	}
	return nil
}

package bookinfo

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"
)

// client asks the other services.
type client struct{ http *http.Client }

// newClient makes a client that gives up after timeout. It opens a connection
// for each request, as productpage does on purpose: so requests spread over the
// versions of a service even where no proxy spreads them.
func newClient(timeout time.Duration) client {
	return client{&http.Client{Timeout: timeout, Transport: &http.Transport{DisableKeepAlives: true}}}
}

// get asks for url with those headers and decodes an answer with status 200 into
// value. It gives the status, or 500 when there is no answer or it is not JSON;
// the error is nil for status 200 alone. It does not end when the caller of the
// page goes away, so a page always makes all of its calls.
func (c client) get(url string, headers http.Header, value any) (int, error) {
	req, err := http.NewRequest(http.MethodGet, url, http.NoBody) //nolint:gosec // the host is configured, the id is escaped
	if err != nil {
		return http.StatusInternalServerError, err
	}
	req.Header = headers.Clone() // the client adds its own
	res, err := c.http.Do(req)   //nolint:gosec // as above
	if err != nil {
		return http.StatusInternalServerError, err
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		return res.StatusCode, fmt.Errorf("GET %s: status %d", url, res.StatusCode)
	}
	if err := json.NewDecoder(io.LimitReader(res.Body, maxBody)).Decode(value); err != nil {
		return http.StatusInternalServerError, fmt.Errorf("GET %s: %w", url, err)
	}
	return http.StatusOK, nil
}

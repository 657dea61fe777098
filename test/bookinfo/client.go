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

// get asks for url with those headers, on behalf of r, and decodes an answer
// with status 200 into value. It gives the status, or 500 when there is no
// answer or it is not JSON; the error is nil for status 200 alone.
func (c client) get(r *http.Request, url string, headers http.Header, value any) (int, error) {
	// A request whose caller goes away is finished: the calls of a page do not
	// depend on who waits for it.
	req, err := http.NewRequest(http.MethodGet, url, http.NoBody)
	if err != nil {
		return http.StatusInternalServerError, err
	}
	req.Header = headers.Clone()
	res, err := c.http.Do(req)
	if err != nil {
		return http.StatusInternalServerError, err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return res.StatusCode, fmt.Errorf("GET %s: status %d", url, res.StatusCode)
	}
	if err := json.NewDecoder(io.LimitReader(res.Body, maxBody)).Decode(value); err != nil {
		return http.StatusInternalServerError, fmt.Errorf("GET %s: %w", url, err)
	}
	return http.StatusOK, nil
}

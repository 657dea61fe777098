package spantest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
)

// Source is where a mesh's spans can be read.
type Source interface {
	// Spans gives the spans that the source has of the traces that a query names; fewer, or
	// none, where they have not come yet. It may give others too. An error is asked again
	// until the context ends, unless it is [ErrSource].
	Spans(ctx context.Context, query Query) ([]RecordedSpan, error)
}

// ErrSource says that a source will not answer later either: its address, or what it was
// given to authenticate with, is wrong.
var ErrSource = errors.New("the source cannot be read")

// Query names traces.
type Query struct {
	// TraceIDs are ids of traces.
	TraceIDs []string
	// Markers are values of the attribute guid:x-client-trace-id of spans, or, where
	// Parameter is set, of that parameter of the query in the attribute http.url or
	// url.full.
	Markers   []string
	Parameter string
	// Root is the service name, or a pattern of it, of the spans that carry a marker.
	Root string
}

// marker gives the marker that a span carries, or "".
func (q *Query) marker(span *RecordedSpan) string {
	if q.Parameter == "" {
		return span.Attributes[clientTraceID]
	}
	for _, attribute := range []string{"http.url", "url.full", "url.query", "http.target"} {
		text := span.Attributes[attribute]
		if _, query, ok := strings.Cut(text, "?"); ok {
			text = query
		} else if attribute != "url.query" {
			continue
		}
		values, _ := url.ParseQuery(text) // what can be read of it
		if m := values.Get(q.Parameter); m != "" {
			return m
		}
	}
	return ""
}

// SourceOption changes how a source is asked.
type SourceOption func(*api)

// WithSourceClient asks a source through this client, such as one that [Client] made.
// A nil client is http.DefaultClient.
func WithSourceClient(client *http.Client) SourceOption {
	return func(a *api) {
		if client != nil {
			a.client = client
		}
	}
}

// WithSourceHeader sends a header with each question, such as Authorization or X-Scope-OrgID.
func WithSourceHeader(name, value string) SourceOption {
	return func(a *api) { a.header.Set(name, value) }
}

// api is the HTTP API of a source.
type api struct {
	name, base string
	// there is a path that every such API answers, whatever traces it has.
	there  string
	client *http.Client
	header http.Header
	// found says that it is there.
	found atomic.Bool
}

func newAPI(name, there, address string, options []SourceOption) *api {
	a := &api{name: name, there: there, base: strings.TrimSuffix(address, "/"), client: http.DefaultClient, header: http.Header{}}
	for _, o := range options {
		o(a)
	}
	return a
}

// answerLimit bounds what is read of one answer.
const answerLimit = 64 << 20

// get asks and decodes the answer; found is false for status 404, which says that there is
// no such trace yet, unless nothing of the API is at this address.
func (a *api) get(ctx context.Context, path string, query url.Values, into any) (found bool, err error) {
	found, err = a.ask(ctx, path, query, into)
	if found || err != nil || a.there == "" || a.found.Load() {
		return found, err
	}
	there, err := a.ask(ctx, a.there, nil, nil)
	if err == nil && !there {
		return false, fmt.Errorf("%w: %s does not answer at this address: %s and %s both have status 404; give the address of its query API, with the path before /api if it has one",
			ErrSource, a.name, path, a.there)
	}
	a.found.Store(err == nil)
	return false, err
}

// ask asks once. A nil into is for an answer that is not read.
func (a *api) ask(ctx context.Context, path string, query url.Values, into any) (found bool, err error) {
	if at, err := url.Parse(a.base); err != nil || at.Host == "" || at.Scheme != "http" && at.Scheme != "https" {
		return false, fmt.Errorf("%w: the address of %s is not a URL such as https://%s.example", ErrSource, a.name, strings.ToLower(a.name))
	}
	address := a.base + path
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return false, fmt.Errorf("%w: the address of %s is not a URL", ErrSource, a.name)
	}
	request.Header = a.header.Clone()
	request.Header.Set("Accept", "application/json")
	answer, err := a.client.Do(request)
	if err != nil {
		return false, fmt.Errorf("%s: %w", a.name, withoutURL(err))
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(answer.Body, answerLimit))
	switch status := answer.StatusCode; {
	case err != nil:
		return false, fmt.Errorf("%s: %w", a.name, withoutURL(err))
	case status == http.StatusNotFound:
		return false, nil
	case status == http.StatusTooManyRequests || status >= 500:
		return false, fmt.Errorf("%s: %s answers status %d: %.200s", a.name, path, status, body)
	case status != http.StatusOK:
		return false, fmt.Errorf("%w: %s: %s answers status %d: %.200s", ErrSource, a.name, path, status, body)
	}
	if into == nil {
		return true, nil
	}
	if err := json.Unmarshal(body, into); err != nil {
		return false, fmt.Errorf("%w: %s: %s does not answer with its JSON: %w", ErrSource, a.name, path, err)
	}
	return true, nil
}

// byID asks for traces one after the other.
func byID(ids []string, ask func(id string) ([]RecordedSpan, error)) ([]RecordedSpan, error) {
	var all []RecordedSpan
	asked := map[string]bool{}
	for _, id := range ids {
		if id = padded(id, 32); asked[id] {
			continue
		}
		asked[id] = true
		spans, err := ask(id)
		if err != nil {
			return nil, err
		}
		all = append(all, spans...)
	}
	return all, nil
}

// noParameter refuses markers that the source cannot search for.
func (a *api) noParameter(q Query) error {
	if q.Parameter == "" || len(q.Markers) == 0 {
		return nil
	}
	return fmt.Errorf("%w: %s cannot search for a parameter of the query; use WithMarker in place of WithQueryMarker", ErrSource, a.name)
}

package spantest

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"time"
)

type tempo struct{ *api }

// Tempo reads from the query API of a Grafana Tempo, such as http://tempo.example:3200.
// It asks for /api/traces, and for /api/search with a TraceQL query where the gateway
// begins the traces, which needs Tempo 2.3 or newer. A Tempo with several tenants needs the
// header X-Scope-OrgID: see [WithSourceHeader]. Tempo merges spans of one id, so that spans
// which came twice are not seen there.
func Tempo(url string, options ...SourceOption) Source {
	return tempo{newAPI("Tempo", "/api/echo", url, options)}
}

// Spans implements [Source].
func (t tempo) Spans(ctx context.Context, q Query) ([]RecordedSpan, error) {
	if err := t.noParameter(q); err != nil {
		return nil, err
	}
	ids := q.TraceIDs
	for _, marker := range q.Markers {
		var answer struct{ Traces []struct{ TraceID string } }
		now := time.Now()
		if _, err := t.get(ctx, "/api/search", url.Values{
			"q": {fmt.Sprintf(`{ span.%q = %q }`, clientTraceID, marker)}, "limit": {"20"},
			"start": {strconv.FormatInt(now.Add(-lookback).Unix(), 10)}, "end": {strconv.FormatInt(now.Add(ahead).Unix(), 10)},
		}, &answer); err != nil {
			return nil, err
		}
		for _, trace := range answer.Traces {
			ids = append([]string{trace.TraceID}, ids...)
		}
	}
	return byID(ids, func(id string) ([]RecordedSpan, error) {
		var body json.RawMessage
		if found, err := t.get(ctx, "/api/traces/"+id, nil, &body); !found || err != nil {
			return nil, err
		}
		spans, err := otlp(body)
		if err != nil {
			return nil, fmt.Errorf("%w: Tempo: /api/traces: %w", ErrSource, err)
		}
		return spans, nil
	})
}

package spantest

import (
	"context"
	"net/url"
	"strconv"
)

type zipkin struct{ *api }

// Zipkin reads from the query API of a Zipkin, at the URL of its server, such as
// http://zipkin.example:9411. It asks for /api/v2/trace, and for /api/v2/traces where the
// gateway begins the traces.
func Zipkin(url string, options ...SourceOption) Source {
	return zipkin{newAPI("Zipkin", "/api/v2/services", url, options)}
}

type zipkinSpan struct {
	TraceID, ID, ParentID, Kind, Name string
	LocalEndpoint                     struct{ ServiceName string }
	Tags                              map[string]string
}

// Spans implements [Source].
func (z zipkin) Spans(ctx context.Context, q Query) ([]RecordedSpan, error) {
	if err := z.noParameter(q); err != nil {
		return nil, err
	}
	ids := q.TraceIDs
	for _, marker := range q.Markers {
		var traces [][]zipkinSpan
		if _, err := z.get(ctx, "/api/v2/traces", url.Values{
			"annotationQuery": {clientTraceID + "=" + marker}, "limit": {"20"},
			"lookback": {strconv.FormatInt(lookback.Milliseconds(), 10)},
		}, &traces); err != nil {
			return nil, err
		}
		for _, trace := range traces {
			if len(trace) > 0 {
				ids = append([]string{trace[0].TraceID}, ids...)
			}
		}
	}
	return byID(ids, func(id string) ([]RecordedSpan, error) {
		var trace []zipkinSpan
		if _, err := z.get(ctx, "/api/v2/trace/"+id, nil, &trace); err != nil {
			return nil, err
		}
		spans := make([]RecordedSpan, 0, len(trace))
		for _, s := range trace {
			spans = append(spans, RecordedSpan{
				TraceID: padded(s.TraceID, 32), ID: padded(s.ID, 16), Parent: padded(s.ParentID, 16), Name: s.Name,
				Service: s.LocalEndpoint.ServiceName, Kind: kindOf(s.Kind), Attributes: s.Tags,
			})
		}
		return spans, nil
	})
}

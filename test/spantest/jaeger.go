package spantest

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"time"
)

type jaeger struct{ *api }

// Jaeger reads from the query API of a Jaeger, at the URL of its page, such as
// http://jaeger.example:16686. It asks for /api/traces, and for /api/services where the
// gateway begins the traces. Spans that come twice are seen where its storage keeps both,
// which that in memory does.
func Jaeger(url string, options ...SourceOption) Source {
	return jaeger{newAPI("Jaeger", "/api/services", url, options)}
}

type jaegerAnswer struct {
	Data []struct {
		Spans []struct {
			TraceID, SpanID, OperationName, ProcessID string
			References                                []struct{ RefType, SpanID string }
			Tags                                      []jaegerTag
		}
		Processes map[string]struct {
			ServiceName string
			Tags        []jaegerTag
		}
	}
}

type jaegerTag struct {
	Key   string
	Value any
}

func jaegerTexts(of []jaegerTag) map[string]string {
	all := make(map[string]string, len(of))
	for _, tag := range of {
		all[tag.Key] = fmt.Sprint(tag.Value)
	}
	return all
}

// Spans implements [Source].
func (j jaeger) Spans(ctx context.Context, q Query) ([]RecordedSpan, error) {
	if err := j.noParameter(q); err != nil {
		return nil, err
	}
	ids := q.TraceIDs
	if len(q.Markers) > 0 {
		found, err := j.search(ctx, q)
		if err != nil {
			return nil, err
		}
		ids = append(found, ids...)
	}
	return byID(ids, func(id string) ([]RecordedSpan, error) {
		return j.traces(ctx, "/api/traces/"+id, nil)
	})
}

// search gives the ids of the traces with markers.
func (j jaeger) search(ctx context.Context, q Query) ([]string, error) {
	var services struct{ Data []string }
	if _, err := j.get(ctx, "/api/services", nil, &services); err != nil {
		return nil, err
	}
	root := Span(q.Root)
	var ids []string
	for _, service := range services.Data {
		if !root.serves(service) {
			continue
		}
		for _, marker := range q.Markers {
			tags, err := json.Marshal(map[string]string{clientTraceID: marker})
			if err != nil {
				return nil, err
			}
			spans, err := j.traces(ctx, "/api/traces", url.Values{
				"service": {service}, "tags": {string(tags)}, "limit": {"20"}, "lookback": {"custom"},
				"start": {strconv.FormatInt(time.Now().Add(-lookback).UnixMicro(), 10)},
				"end":   {strconv.FormatInt(time.Now().Add(ahead).UnixMicro(), 10)},
			})
			if err != nil {
				return nil, err
			}
			for i := range spans {
				ids = append(ids, spans[i].TraceID)
			}
		}
	}
	return ids, nil
}

// lookback is how far searches go back.
const lookback = time.Hour

// ahead is how far the clocks of proxies may be ahead of this machine's.
const ahead = time.Minute

func (j jaeger) traces(ctx context.Context, path string, query url.Values) ([]RecordedSpan, error) {
	var answer jaegerAnswer
	if found, err := j.get(ctx, path, query, &answer); !found || err != nil {
		return nil, err
	}
	var spans []RecordedSpan
	for _, trace := range answer.Data {
		for _, s := range trace.Spans {
			process := trace.Processes[s.ProcessID]
			span := RecordedSpan{
				TraceID: padded(s.TraceID, 32), ID: padded(s.SpanID, 16), Name: s.OperationName,
				Service: process.ServiceName, Attributes: jaegerTexts(s.Tags), Resource: jaegerTexts(process.Tags),
			}
			for _, r := range s.References {
				if r.RefType == "CHILD_OF" {
					span.Parent = padded(r.SpanID, 16)
				}
			}
			span.Kind = kindOf(span.Attributes["span.kind"])
			spans = append(spans, span)
		}
	}
	return spans, nil
}

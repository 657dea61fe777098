package satellite

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/trace"
)

// record is what was read of the recorder's file so far.
type record struct {
	mu     sync.Mutex
	pod    string
	offset int
	spans  []trace.Span
}

// Spans gives every span that the satellite took since it was deployed. Only
// what is new is read.
func (s *Satellite) Spans(ctx context.Context) ([]trace.Span, error) {
	s.record.mu.Lock()
	defer s.record.mu.Unlock()
	pods, err := s.cluster.Pods(ctx, Namespace, "app=recorder")
	if err != nil {
		return nil, err
	}
	if len(pods) != 1 {
		return nil, fmt.Errorf("there are %d recorders, not 1", len(pods))
	}
	if s.record.pod == "" {
		s.record.pod = pods[0].Name
	}
	if s.record.pod != pods[0].Name {
		return nil, errors.New("the recorder was replaced, and the record is gone")
	}
	data, err := s.cluster.Exec(ctx, Namespace, s.record.pod, "reader",
		"sh", "-c", `test ! -e /spans/spans.jsonl || tail -c +$0 /spans/spans.jsonl`, strconv.Itoa(s.record.offset+1))
	if err != nil {
		return nil, err
	}
	// The last line may be half written.
	data = data[:bytes.LastIndexByte(data, '\n')+1]
	spans, err := trace.Read(data)
	if err != nil {
		return nil, err
	}
	s.record.offset += len(data)
	s.record.spans = append(s.record.spans, spans...)
	return s.record.spans, nil
}

// settle is how long after the last new span more could still come: proxies send
// at least every five seconds.
const settle = 6 * time.Second

// Wait reads spans until every request with these markers has its exact tree, or
// until the time is over, and gives the last report. A complete result is looked
// at once more after a moment, for spans that come twice.
func (s *Satellite) Wait(ctx context.Context, b trace.Bookinfo, markers []string, patience time.Duration) (trace.Report, error) {
	var report trace.Report
	// Read under the caller's context: the end of patience is no failed read.
	check := func(context.Context) (bool, error) {
		spans, err := s.Spans(ctx)
		if err != nil {
			return false, err
		}
		report = b.Check(spans, markers)
		return report.Err() == nil, nil
	}
	err := wait.PollUntilContextTimeout(ctx, 500*time.Millisecond, patience, true, check)
	if wait.Interrupted(err) && ctx.Err() == nil {
		return report, nil
	}
	if err != nil {
		return report, err
	}
	select {
	case <-time.After(time.Second):
	case <-ctx.Done():
		return report, ctx.Err()
	}
	_, err = check(ctx)
	return report, err
}

// Nothing waits as long as proxies take to send what they have, and gives an
// error if a span of one of these requests came.
func (s *Satellite) Nothing(ctx context.Context, b trace.Bookinfo, markers []string) error {
	select {
	case <-time.After(settle):
	case <-ctx.Done():
		return ctx.Err()
	}
	spans, err := s.Spans(ctx)
	if err != nil {
		return err
	}
	if report := b.Check(spans, markers); report.Received > 0 {
		return fmt.Errorf("spans came though none could: %s", report)
	}
	return nil
}

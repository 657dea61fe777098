package satellite

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/bookinfo"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/cluster"
	"github.com/istio-lightstep/istio-lightstep/test/spantest"
)

// Recorder keeps every span that what stands before it took.
type Recorder struct {
	// Namespace is where it runs.
	Namespace string

	cluster *cluster.Cluster
	record  record
}

// record is what was read of the recorder's file so far.
type record struct {
	mu     sync.Mutex
	pod    string
	offset int
	spans  []spantest.RecordedSpan
}

// Spans gives every span that came since the recorder was deployed. Only what is
// new is read.
func (s *Recorder) Spans(ctx context.Context) ([]spantest.RecordedSpan, error) {
	s.record.mu.Lock()
	defer s.record.mu.Unlock()
	pods, err := s.cluster.Pods(ctx, s.Namespace, "app=recorder")
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
	data, err := s.cluster.Exec(ctx, s.Namespace, s.record.pod, "reader",
		"sh", "-c", `test ! -e /spans/spans.jsonl || tail -c +$0 /spans/spans.jsonl`, strconv.Itoa(s.record.offset+1))
	if err != nil {
		return nil, err
	}
	// The last line may be half written.
	data = data[:bytes.LastIndexByte(data, '\n')+1]
	spans, err := spantest.ParseOTLP(data)
	if err != nil {
		return nil, err
	}
	s.record.offset += len(data)
	s.record.spans = append(s.record.spans, spans...)
	return s.record.spans, nil
}

// Distinct gives how many spans of the load came, each once. It counts in the recorder,
// whose record can be larger than what one reads.
func (s *Recorder) Distinct(ctx context.Context) (int, error) {
	pods, err := s.cluster.Pods(ctx, s.Namespace, "app=recorder")
	if err != nil || len(pods) != 1 {
		return 0, errors.Join(err, fmt.Errorf("there are %d recorders", len(pods)))
	}
	const count = `export LC_ALL=C; grep -F '"load.default"' /spans/spans.jsonl | grep -oE '"spanId":"[0-9a-f]+"' | sort -u | wc -l`
	said, err := s.cluster.Exec(ctx, s.Namespace, pods[0].Name, "reader", "sh", "-c", count)
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(string(bytes.TrimSpace(said)))
}

// settle is how long after the last new span more could still come: proxies send
// at least every five seconds.
const settle = 6 * time.Second

// source is the record as a source.
type source struct{ *Recorder }

// Spans gives all there are.
func (s source) Spans(ctx context.Context, _ spantest.Query) ([]spantest.RecordedSpan, error) {
	return s.Recorder.Spans(ctx)
}

// Wait reads spans until every request has its exact tree, or until the time is over,
// and gives the last report, as spantest does. A complete result is looked at once more
// after a moment, for spans that come twice.
func (s *Recorder) Wait(ctx context.Context, m bookinfo.Mesh, sent spantest.Sent, patience time.Duration) (spantest.Report, error) {
	return s.WaitAgain(ctx, m, sent, patience, time.Second)
}

// WaitAgain is Wait that looks once more so long after all is there.
func (s *Recorder) WaitAgain(
	ctx context.Context, m bookinfo.Mesh, sent spantest.Sent, patience, again time.Duration,
) (spantest.Report, error) {
	ctx, cancel := context.WithTimeout(ctx, patience+again)
	defer cancel()
	return spantest.Wait{Again: again}.Await(ctx, source{s}, sent, m.Trees()...)
}

// WaitFor is Wait for other trees than those of a mesh.
func (s *Recorder) WaitFor(ctx context.Context, sent spantest.Sent, patience time.Duration, trees ...*spantest.Tree) (spantest.Report, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return spantest.Await(ctx, source{s}, sent, trees...)
}

// Nothing waits as long as proxies take to send what they have, and gives an
// error if a span of one of these requests came.
func (s *Recorder) Nothing(ctx context.Context, m bookinfo.Mesh, sent ...spantest.Sent) error {
	select {
	case <-time.After(settle):
	case <-ctx.Done():
		return ctx.Err()
	}
	spans, err := s.Spans(ctx)
	if err != nil {
		return err
	}
	for _, some := range sent {
		if report := spantest.Judge(spans, some, m.Trees()...); report.Spans > 0 {
			return fmt.Errorf("spans came though none could: %s", report)
		}
	}
	return nil
}

package collector

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// Metrics are what a collector counts of its traces since it started.
type Metrics struct {
	Accepted  float64 // spans that its receivers took
	Refused   float64 // spans that its receivers did not take
	Uptime    float64 // seconds since it started; 0: not said
	Exporters map[string]Counts
}

// Counts are what one exporter counts.
type Counts struct {
	Sent          float64 // spans that its backend took
	SendFailed    float64 // spans given up: the backend refused them for good
	EnqueueFailed float64 // spans given up: the queue was full
	Queue         Queue
}

// Lost counts the spans that were taken and given up.
func (c Counts) Lost() float64 { return c.SendFailed + c.EnqueueFailed }

// Queue is how full an exporter's sending queue is. Size and Capacity are in
// the unit of the exporter's sending_queue.sizer (requests, items or bytes),
// which the metrics do not name. What is being sent counts as queued.
type Queue struct {
	Known    bool // the metrics say how much is queued
	Size     float64
	Capacity float64 // 0: not said

	wrong bool // a series says that less than nothing is queued
}

// Empty says whether nothing is queued or being sent, which is not said where
// that is unknown.
func (q Queue) Empty() bool { return q.Known && q.Size == 0 }

// Clear says whether the queue holds no more than what may be on its way: it is
// empty, or under 1 % of it is in use.
func (q Queue) Clear() bool { return q.Empty() || q.nearlyEmpty() }

// nearlyEmpty says whether under 1 % of the queue is in use.
func (q Queue) nearlyEmpty() bool { return q.Known && q.Size < q.Capacity/100 }

// String says how full the queue is, without a unit.
func (q Queue) String() string {
	switch {
	case !q.Known:
		return "unknown"
	case q.Size == 0:
		return "empty"
	case q.Capacity <= 0:
		return "not empty"
	case q.nearlyEmpty():
		return "under 1 % full"
	}
	return fmt.Sprintf("%.0f %% full", 100*q.Size/q.Capacity)
}

// Queues gives the names of the exporters, in order, whose queues hold spans
// for a backend: those expected, and all others that have a queue but the tap,
// which keeps nothing.
func (m *Metrics) Queues(expected ...string) []string {
	names := slices.Clone(expected)
	for name, counts := range m.Exporters {
		if name != TapExporter && counts.Queue.Known {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Bounds of an answer. A collector's is some 10 kB, and grows with its
// exporters and, where it measures its servers in detail, with its clients.
const (
	maxAnswer = 64 << 20 // bytes read
	maxLine   = 64 << 10 // bytes of a line
	maxKept   = 1 << 20  // bytes of the lines that are about spans
)

// ErrMetrics says that an answer is not a collector's metrics.
var ErrMetrics = errors.New("not the metrics of an OpenTelemetry Collector")

// ReadMetrics reads the metrics of a collector, in Prometheus' text format.
// Versions and settings of the collector differ in the names: with or without
// `_total`, and with or without the unit (`__spans_`, `__batches_`). A counter
// that has counted nothing yet may be absent; a queue that is absent is not
// Known.
func ReadMetrics(r io.Reader) (*Metrics, error) {
	text, err := relevant(r)
	if err != nil {
		return nil, fmt.Errorf("read the collector's metrics: %w", err)
	}
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(bytes.NewReader(text))
	if err != nil {
		return nil, fmt.Errorf("read the collector's metrics: %w", err)
	}
	m := &Metrics{Exporters: map[string]Counts{}}
	for _, name := range slices.Sorted(maps.Keys(families)) {
		for _, metric := range families[name].GetMetric() {
			m.count(plainName(name), metric)
		}
	}
	return m, nil
}

// prefixes are those of the metrics that are read.
var prefixes = []string{"otelcol_receiver_", "otelcol_exporter_", "otelcol_process_uptime"}

// relevant keeps the lines of the metrics that are read: the others can be
// megabytes, and the memory of those who ask is small.
func relevant(r io.Reader) ([]byte, error) {
	limited := &io.LimitedReader{R: r, N: maxAnswer + 1}
	lines := bufio.NewScanner(limited)
	lines.Buffer(nil, maxLine)
	var kept []byte
	collectors := false
	for lines.Scan() {
		name := strings.TrimPrefix(lines.Text(), "# TYPE ")
		collectors = collectors || strings.HasPrefix(name, "otelcol_")
		if !slices.ContainsFunc(prefixes, func(prefix string) bool { return strings.HasPrefix(name, prefix) }) {
			continue
		}
		if kept = append(append(kept, lines.Bytes()...), '\n'); len(kept) > maxKept {
			return nil, fmt.Errorf("more than %d bytes are about spans", maxKept)
		}
	}
	switch {
	case lines.Err() != nil:
		return nil, lines.Err()
	case limited.N <= 0:
		return nil, fmt.Errorf("the answer is longer than %d bytes", maxAnswer)
	case !collectors:
		return nil, ErrMetrics
	}
	return kept, nil
}

// plainName is a metric's name without unit and type.
func plainName(name string) string {
	name, _, _ = strings.Cut(strings.TrimSuffix(name, "_total"), "__")
	return name
}

// count adds a series of traces.
func (m *Metrics) count(name string, metric *dto.Metric) {
	exporter := ""
	for _, label := range metric.GetLabel() {
		switch label.GetName() {
		case "exporter":
			exporter = label.GetValue()
		case "data_type":
			if label.GetValue() != "traces" {
				return
			}
		}
	}
	value := metric.GetCounter().GetValue() + metric.GetGauge().GetValue() + metric.GetUntyped().GetValue()
	counts := m.Exporters[exporter]
	switch name {
	case "otelcol_receiver_accepted_spans":
		m.Accepted += value
		return
	case "otelcol_receiver_refused_spans":
		m.Refused += value
		return
	case "otelcol_process_uptime", "otelcol_process_uptime_seconds":
		m.Uptime = value
		return
	case "otelcol_exporter_sent_spans":
		counts.Sent += value
	case "otelcol_exporter_send_failed_spans":
		counts.SendFailed += value
	case "otelcol_exporter_enqueue_failed_spans":
		counts.EnqueueFailed += value
	case "otelcol_exporter_queue_size":
		// Another series could make up for what is below zero, or NaN, and full look empty.
		counts.Queue.wrong = counts.Queue.wrong || !(value >= 0)
		counts.Queue.Known = !counts.Queue.wrong
		counts.Queue.Size += value
	case "otelcol_exporter_queue_capacity":
		counts.Queue.Capacity += value
	default:
		return
	}
	m.Exporters[exporter] = counts
}

// Since gives what a collector counted after an earlier look at the same pod:
// counters as differences, queues as they are now. Elapsed are the seconds
// between the two looks. A collector that started again in between counts from
// zero: what it counted after the earlier look and before its end is not known,
// and restarted says so.
func (m *Metrics) Since(before *Metrics, elapsed float64) (since *Metrics, restarted bool) {
	if restarted = m.restartedAfter(before, elapsed); restarted {
		before = &Metrics{}
	}
	since = &Metrics{
		Accepted: m.Accepted - before.Accepted, Refused: m.Refused - before.Refused, Uptime: m.Uptime, Exporters: map[string]Counts{},
	}
	for name, now := range m.Exporters {
		then := before.Exporters[name]
		now.Sent -= then.Sent
		now.SendFailed -= then.SendFailed
		now.EnqueueFailed -= then.EnqueueFailed
		since.Exporters[name] = now
	}
	return since, restarted
}

// restartedAfter tells whether these are the counts of another process than
// those of an earlier look. One that started soon before that look, and again
// soon after it, may run for longer than the first one did then: so its uptime
// has to grow, by half of the time at least, as clocks differ.
func (m *Metrics) restartedAfter(before *Metrics, elapsed float64) bool {
	if m.Uptime > 0 && before.Uptime > 0 && m.Uptime < before.Uptime+elapsed/2 {
		return true
	}
	if m.Accepted < before.Accepted || m.Refused < before.Refused {
		return true
	}
	for name, then := range before.Exporters {
		now := m.Exporters[name]
		if now.Sent < then.Sent || now.SendFailed < then.SendFailed || now.EnqueueFailed < then.EnqueueFailed {
			return true
		}
	}
	return false
}

// Plus adds what was counted in another span of time, or by another collector.
// Queues are those of the other.
func (c Counts) Plus(other Counts) Counts {
	return Counts{
		Sent: c.Sent + other.Sent, SendFailed: c.SendFailed + other.SendFailed, EnqueueFailed: c.EnqueueFailed + other.EnqueueFailed,
		Queue: other.Queue,
	}
}

package satellite

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// exporter is the collector's exporter to the satellite, as the chart names it.
const exporter = "otlp_grpc/lightstep"

// Counters are what a collector counts of itself since it started (its own
// metrics, in Prometheus' text format).
type Counters struct {
	Accepted    float64 // spans that its receivers took
	Refused     float64 // spans that its receivers did not take
	Sent        float64 // spans that the satellite took
	SendFailed  float64 // spans given up: the satellite refused them for good
	QueueFailed float64 // spans given up: the queue was full
	Queue       float64 // requests in the queue now, those being sent among them
}

// lost counts the spans that were taken and given up.
func (c Counters) lost() float64 { return c.SendFailed + c.QueueFailed }

// maxMetrics bounds what is read of one answer.
const maxMetrics = 8 << 20

// ReadCounters reads the metrics of a collector; those of exporters to other
// backends than the satellite are left out. Collectors name counters with or
// without `_total`; one that has counted nothing yet has no line.
func ReadCounters(r io.Reader) (Counters, error) {
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(io.LimitReader(r, maxMetrics))
	if err != nil {
		return Counters{}, fmt.Errorf("read the collector's metrics: %w", err)
	}
	var c Counters
	for name, family := range families {
		into := c.field(strings.TrimSuffix(name, "_total"))
		if into == nil {
			continue
		}
		for _, metric := range family.GetMetric() {
			ours := true
			for _, label := range metric.GetLabel() {
				ours = ours && (label.GetName() != "exporter" || label.GetValue() == exporter)
			}
			if ours {
				*into += metric.GetCounter().GetValue() + metric.GetGauge().GetValue() + metric.GetUntyped().GetValue()
			}
		}
	}
	return c, nil
}

// field gives where a metric is counted, nil where it is not.
func (c *Counters) field(name string) *float64 {
	switch name {
	case "otelcol_receiver_accepted_spans":
		return &c.Accepted
	case "otelcol_receiver_refused_spans":
		return &c.Refused
	case "otelcol_exporter_sent_spans":
		return &c.Sent
	case "otelcol_exporter_send_failed_spans":
		return &c.SendFailed
	case "otelcol_exporter_enqueue_failed_spans":
		return &c.QueueFailed
	case "otelcol_exporter_queue_size":
		return &c.Queue
	default:
		return nil
	}
}

// fetchCounters asks one collector, IP:port.
func fetchCounters(ctx context.Context, address string) (Counters, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/metrics", nil)
	if err != nil {
		return Counters{}, err
	}
	answer, err := directly.Do(request)
	if err != nil {
		return Counters{}, err
	}
	defer answer.Body.Close() //nolint:errcheck // read to its end, or of no use
	if answer.StatusCode != http.StatusOK {
		return Counters{}, fmt.Errorf("%s answers %s", address, answer.Status)
	}
	return ReadCounters(answer.Body)
}

// readReplicas asks each address of a host:port; the counters are by IP:port.
func readReplicas(ctx context.Context, metrics string) (map[string]Counters, error) {
	host, port, err := net.SplitHostPort(metrics)
	if err != nil {
		return nil, err
	}
	found, err := net.DefaultResolver.LookupIPAddr(ctx, host)
	if err != nil {
		return nil, err
	}
	replicas := map[string]Counters{}
	for _, ip := range found {
		address := net.JoinHostPort(ip.String(), port)
		if replicas[address], err = fetchCounters(ctx, address); err != nil {
			return nil, err
		}
	}
	return replicas, nil
}

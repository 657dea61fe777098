package doctor

import (
	"bytes"
	"fmt"
	"strings"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// readSpans reads the collector's own metrics. Their names have had endings
// such as _total and __spans_ in some of its versions.
func readSpans(answer []byte) (Spans, error) {
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(bytes.NewReader(answer))
	if err != nil {
		return Spans{}, fmt.Errorf("read the collector's metrics: %w", err)
	}
	var s Spans
	into := map[string]*float64{
		"otelcol_receiver_accepted_spans":       &s.Received,
		"otelcol_receiver_refused_spans":        &s.Refused,
		"otelcol_exporter_sent_spans":           &s.Sent,
		"otelcol_exporter_send_failed_spans":    &s.SendFailed,
		"otelcol_exporter_enqueue_failed_spans": &s.EnqueueFailed,
		"otelcol_exporter_queue_size":           &s.Queue,
		"otelcol_exporter_queue_capacity":       &s.Capacity,
	}
	for name, family := range families {
		name, _, _ = strings.Cut(name, "__")
		if to := into[strings.TrimSuffix(name, "_total")]; to != nil {
			*to += sum(family, strings.HasPrefix(name, "otelcol_exporter"))
		}
	}
	return s, nil
}

// exporterName is that of the chart's exporter; others are the user's own.
const exporterName = "otlp_grpc/lightstep"

// sum adds up the series of a family; those of exporters, of the chart's alone.
func sum(family *dto.MetricFamily, exporter bool) float64 {
	var total float64
	for _, m := range family.GetMetric() {
		ours := true
		for _, l := range m.GetLabel() {
			if exporter && l.GetName() == "exporter" && l.GetValue() != exporterName {
				ours = false
			}
			if l.GetName() == "data_type" && l.GetValue() != "traces" {
				ours = false
			}
		}
		if ours {
			total += m.GetCounter().GetValue() + m.GetGauge().GetValue() + m.GetUntyped().GetValue()
		}
	}
	return total
}

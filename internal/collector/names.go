package collector

import (
	"strconv"
	"strings"
)

// Names that the chart gives (templates/collector).
const (
	Component    = "collector"           // what its app.kubernetes.io/component is
	Container    = "collector"           // container of the collector in its pod
	TapContainer = "tap"                 // container that keeps spans for doctor
	Exporter     = "otlp_grpc/lightstep" // exporter to the satellite
	TapExporter  = "otlp_grpc/tap"       // exporter to the tap

	// DrainedPipeline has the exporters that get no more spans.
	DrainedPipeline = "traces/drained"

	// DrainedReceiver is the receiver of exporters that are drained: nothing comes from it.
	DrainedReceiver = "otlp/drained"
	RelayConfig     = "relay.yaml" // key of its ConfigMap, with collector.retryRefused
	SpansPort       = "spans"      // port of its pod for the spans of proxies
	TapPort         = "tap"        // port of its pod at which the tap shows spans
)

// Ports of its pod. The last three are on the loopback.
const (
	OTLPPort     = 4317
	ZipkinPort   = 9411 // in place of OTLPPort, for proxies that do not speak OTLP
	MetricsPort  = 8888
	HealthPort   = 13133
	TapTakesPort = 4319
	TapShowsPort = 4320
)

// suffix ends the names of a collector's objects.
const suffix = "-collector"

// ServiceOf is the name of the Service of a release, without what the chart may
// put between the two.
func ServiceOf(release string) string { return release + suffix }

// IsServiceOfOperator tells whether the OpenTelemetry Operator makes the
// Service of an OpenTelemetryCollector of this name.
func IsServiceOfOperator(service, name string) bool {
	return strings.TrimSuffix(service, "-headless") == name+suffix
}

// Loopback is a port of the pod as its containers reach it.
func Loopback(port int) string { return "127.0.0.1:" + strconv.Itoa(port) }

// Labels by which what the chart made is found (templates/_names.tpl).
const (
	Chart          = "istio-lightstep"
	NameLabel      = "app.kubernetes.io/name"      // Chart; of a dependency with an alias that alias
	AliasLabel     = "istio-lightstep.io/alias-of" // Chart, where NameLabel has an alias
	ReleaseLabel   = "app.kubernetes.io/instance"
	ComponentLabel = "app.kubernetes.io/component"
)

// ChartLabels are the labels of which each object of the chart has one with the
// value [Chart]. Kubernetes cannot select by either: it takes a list for each.
var ChartLabels = []string{NameLabel, AliasLabel}

// OfChart tells whether labels say that the chart made their object.
func OfChart(labels map[string]string) bool {
	for _, label := range ChartLabels {
		if labels[label] == Chart {
			return true
		}
	}
	return false
}

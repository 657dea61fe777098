package collector

// Names that the chart gives (templates/collector/_collector.tpl and
// statefulset.yaml).
const (
	Exporter    = "otlp_grpc/lightstep" // exporter to the satellite
	TapExporter = "otlp_grpc/tap"       // exporter to the container that doctor's --trace asks
	Container   = "collector"           // container of the collector in its pod
	RelayConfig = "relay.yaml"          // key of its ConfigMap, with collector.retryRefused
)

// MetricsPort is the port of the collector's own metrics.
const MetricsPort = 8888

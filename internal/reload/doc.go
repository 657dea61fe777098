// Package reload has an OpenTelemetry Collector read files again when they
// change, that it reads at its start alone.
//
// A collector reads tls.ca_file once (configtls, loadCACertPool), and ${file:…}
// when it reads its configuration. On SIGHUP it
// reads its configuration again and builds its exporters anew (otelcol,
// collector.go), with what is queued on the volume kept. For that moment it
// takes no spans, and proxies do not send a span twice: so the pod is taken
// out of its Service first, and only then is the signal sent.
//
// A Reloader runs in the collector's pod, with a shared process namespace and
// the collector's user; where it must not signal the collector, the pod stays in
// its Service. Whether a file is newer than what the collector has in
// memory is told by the file's time and the process's, and by what the file held
// before: nothing has to be remembered over a restart.
package reload

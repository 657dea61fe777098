package collector_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/internal/collector"
	"github.com/istio-lightstep/istio-lightstep/test/dns"
	"github.com/istio-lightstep/istio-lightstep/test/ports"
)

// queues serves the metrics of collectors, each at a loopback address of its
// own, and has a name stand for all of them: host:port is given.
func queues(t *testing.T, pages ...func(look int) string) string {
	t.Helper()
	port := "0"
	var addresses []net.IP
	for i, page := range pages {
		ip := net.IPv4(127, 0, 0, byte(i+1))
		listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", net.JoinHostPort(ip.String(), port))
		require.NoError(t, err)
		_, port, _ = net.SplitHostPort(listener.Addr().String())
		addresses = append(addresses, ip)
		var looks atomic.Int32
		server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = fmt.Fprint(w, page(int(looks.Add(1))))
		}))
		_ = server.Listener.Close()
		server.Listener = listener
		server.Start()
		t.Cleanup(server.Close)
	}
	dns.Answer(t, addresses...)
	return net.JoinHostPort("collectors.test", port)
}

// holds is a page of an exporter's queue, by the name that a collector with
// units in its names gives.
func holds(exporter string, sizes ...int) func(int) string {
	return func(look int) string {
		return fmt.Sprintf("otelcol_exporter_queue_size__batches_{data_type=\"traces\",exporter=%q} %d\n"+
			"otelcol_exporter_queue_capacity__batches_{data_type=\"traces\",exporter=%[1]q} 100\n", exporter, sizes[min(look, len(sizes))-1])
	}
}

func both(pages ...func(int) string) func(int) string {
	return func(look int) string { return pages[0](look) + pages[1](look) }
}

// looks is how often the collectors are asked, at least, before a drain ends.
const looks = 4

// drain ends after some looks, however long these take. How long it waited is
// set to 3 seconds, so that the text of an error is the same on a busy machine.
func drain(t *testing.T, hostPort string, replicas int) ([]string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	var told []string
	err := collector.Drain(ctx, hostPort, replicas, []string{collector.Exporter}, func(waiting []collector.Waiting) {
		if told = append(told, fmt.Sprint(waiting)); len(told) == looks {
			cancel()
		}
	})
	waitedThreeSeconds(t, err)
	return told, err
}

func waitedThreeSeconds(t *testing.T, err error) {
	t.Helper()
	if undrained := (*collector.UndrainedError)(nil); errors.As(err, &undrained) {
		assert.Greater(t, undrained.Waited, time.Duration(0))
		undrained.Waited = 3 * time.Second
	}
}

func TestDrainWaitsForEveryQueue(t *testing.T) {
	told, err := drain(t, queues(t, holds(collector.Exporter, 0), holds(collector.Exporter, 7, 0)), 2)
	require.NoError(t, err)
	assert.Equal(t, []string{"[the queue of otlp_grpc/lightstep at 127.0.0.2:" + port(t, told[0]) + " is 7 % full]", "[]"}, told)
}

func port(t *testing.T, told string) string {
	t.Helper()
	var number int
	_, err := fmt.Sscanf(told, "[the queue of otlp_grpc/lightstep at 127.0.0.2:%d is", &number)
	require.NoError(t, err)
	return fmt.Sprint(number)
}

func TestDrainWaitsForFurtherBackends(t *testing.T) {
	_, err := drain(t, queues(t, both(holds(collector.Exporter, 0), holds("otlp_grpc/second", 2))), 1)
	var undrained *collector.UndrainedError
	require.ErrorAs(t, err, &undrained)
	require.Len(t, undrained.Waiting, 1)
	assert.Equal(t, "otlp_grpc/second", undrained.Waiting[0].Exporter)
	assert.ErrorContains(t, err, "spans still wait after 3s: the queue of otlp_grpc/second at 127.0.0.1:")
	assert.ErrorContains(t, err, "is 2 % full")
	assert.ErrorContains(t, err, "helm uninstall --no-hooks")
}

func TestDrainLeavesTheTap(t *testing.T) {
	_, err := drain(t, queues(t, both(holds(collector.Exporter, 0), holds(collector.TapExporter, 5))), 1)
	assert.NoError(t, err)
}

// TestDrainLetsNothingUnknownGo would else end an uninstall with spans left on
// the volumes, and say nothing.
func TestDrainLetsNothingUnknownGo(t *testing.T) {
	for name, c := range map[string]struct {
		pages []func(int) string
		want  string
	}{
		"no such host":           {nil, "0 of 2 collectors have an address after 3s; what the others have queued on their volumes is unknown"},
		"one of two":             {[]func(int) string{holds(collector.Exporter, 0)}, "1 of 2 collectors have an address"},
		"no queue in metrics":    {[]func(int) string{holds(collector.Exporter, 0), func(int) string { return "otelcol_process_uptime 5\n" }}, "the queue of otlp_grpc/lightstep at 127.0.0.2:"},
		"no collector's metrics": {[]func(int) string{holds(collector.Exporter, 0), func(int) string { return "hello\n" }}, "not the metrics of an OpenTelemetry Collector"},
	} {
		t.Run(name, func(t *testing.T) {
			hostPort := "collectors.test:8888"
			if c.pages == nil {
				dns.Answer(t)
			} else {
				hostPort = queues(t, c.pages...)
			}
			_, err := drain(t, hostPort, 2)
			var undrained *collector.UndrainedError
			require.ErrorAs(t, err, &undrained)
			assert.ErrorContains(t, err, c.want)
			assert.ErrorContains(t, err, "helm uninstall --no-hooks")
		})
	}
}

func TestDrainThatCannotAsk(t *testing.T) {
	_, port, _ := net.SplitHostPort(ports.Refused(t))
	dns.Answer(t, net.IPv4(127, 0, 0, 1))
	_, err := drain(t, "collectors.test:"+port, 1)
	require.ErrorContains(t, err, "what the collectors have queued is unknown after 3s")
	require.ErrorContains(t, err, "connection refused")
	assert.ErrorContains(t, err, "helm uninstall --no-hooks")

	_, err = drain(t, "collectors.test", 1)
	var undrained *collector.UndrainedError
	require.Error(t, err)
	assert.NotErrorAs(t, err, &undrained, "a call without a port is wrong at once")
}

// TestDrainUnderTraffic drains while proxies still send: they do so until the
// uninstall, which has not begun yet, deletes the Telemetry.
func TestDrainUnderTraffic(t *testing.T) {
	// The chart's default queue: 40 % of 2 GiB.
	const capacity = 858993459
	page := func(size, sent, failed func(look int) int) func(int) string {
		return func(look int) string {
			return fmt.Sprintf("otelcol_exporter_queue_size{exporter=%[1]q} %[2]d\notelcol_exporter_queue_capacity{exporter=%[1]q} %[3]d\n"+
				"otelcol_exporter_sent_spans_total{exporter=%[1]q} %[4]d\notelcol_exporter_send_failed_spans_total{exporter=%[1]q} %[5]d\n",
				collector.Exporter, size(look), capacity, sent(look), failed(look))
		}
	}
	always := func(n int) func(int) int { return func(int) int { return n } }
	by := func(spans int) func(int) int { return func(look int) int { return spans * look } }
	for name, c := range map[string]struct {
		page    func(int) string
		refused bool
	}{
		"some seconds' worth waits and is sent": {page(always(1<<20), by(3000), always(0)), false},
		"a few spans wait and are sent":         {page(always(8000), by(20), always(0)), false},
		"a little waits, nothing is sent":       {page(always(8000), always(5), always(0)), true},
		"a little waits, some is given up":      {page(always(8000), by(20), by(1)), true},
		"minutes' worth waits and is sent":      {page(always(8<<20), by(100), always(0)), true},
		"much waits":                            {page(always(9<<20), by(30000), always(0)), true},
		"much waited a moment ago":              {page(func(look int) int { return 20 << 20 >> (look % 2 * 8) }, by(30000), always(0)), true},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := drain(t, queues(t, c.page), 1)
			var undrained *collector.UndrainedError
			assert.Equal(t, c.refused, errors.As(err, &undrained), "%v", err)
		})
	}
}

// TestDrainExpects: a queue that is expected must be told of, and no other.
func TestDrainExpects(t *testing.T) {
	hostPort := queues(t, holds("otlp_http/own", 0))
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	require.NoError(t, collector.Drain(ctx, hostPort, 1, []string{"otlp_http/own"}, func([]collector.Waiting) {}))
	var undrained *collector.UndrainedError
	require.ErrorAs(t, collector.Drain(ctx, hostPort, 1, []string{"otlp_http/own", "otlp_grpc/other"}, func([]collector.Waiting) { cancel() }), &undrained)
	assert.ErrorContains(t, undrained, "the queue of otlp_grpc/other")
}

// TestDrainThatNobodyAnswers says so: the collectors have addresses.
func TestDrainThatNobodyAnswers(t *testing.T) {
	asked, end := make(chan struct{}, 100), make(chan struct{})
	hostPort := queues(t, func(int) string {
		asked <- struct{}{}
		<-end
		return ""
	})
	t.Cleanup(func() { close(end) }) // before the server is closed, which waits for its answers
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() {
		<-asked
		cancel()
	}()
	err := collector.Drain(ctx, hostPort, 1, []string{collector.Exporter}, func([]collector.Waiting) {})
	waitedThreeSeconds(t, err)
	require.ErrorContains(t, err, "what the collectors have queued is unknown after 3s: the collectors did not answer in that time")
	assert.NotContains(t, err.Error(), "have an address")
}

// TestDrainBelievesNoQueueBelowZero: neither one that claims so to be flowing,
// nor two series of one exporter of which the sum is nothing.
func TestDrainBelievesNoQueueBelowZero(t *testing.T) {
	series := func(storage, size string) string {
		return fmt.Sprintf("otelcol_exporter_queue_size{exporter=%q,storage=%q} %s\n", collector.Exporter, storage, size)
	}
	for name, page := range map[string]func(int) string{
		"below zero": func(look int) string {
			return series("a", "-1") + fmt.Sprintf("otelcol_exporter_queue_capacity{exporter=%q} 100\notelcol_exporter_sent_spans{exporter=%[1]q} %d\n", collector.Exporter, 1000*look)
		},
		"cancel out":   func(int) string { return series("a", "5") + series("b", "-5") },
		"not a number": func(int) string { return series("a", "NaN") },
	} {
		t.Run(name, func(t *testing.T) {
			_, err := drain(t, queues(t, page), 1)
			require.ErrorContains(t, err, "spans still wait after 3s")
			assert.ErrorContains(t, err, "is unknown")
		})
	}
}

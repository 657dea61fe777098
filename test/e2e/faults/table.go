package faults

import "time"

// none is the bound of a fault by which nothing may be lost.
var none = Bound{}

// recovery is how long what was lost by a fault may go on being lost after it: a kubelet
// takes up to 90 s to give a pod what is in a Secret, and gRPC waits up to 144 s before it
// connects again (grpc/doc/connection-backoff.md).
const recovery = 3 * time.Minute

// partsOf is the number of spans of a request.
const partsOf = 9

// traffic is the number of spans of requests for so long.
func traffic(of time.Duration) int { return int(of.Seconds()) * rate * partsOf }

// mayLose is the bound of a fault by which spans may be lost: as many as the traffic of so
// long has. It is about twice the most that any run lost, or what the reason explains.
func mayLose(most time.Duration, why string) Bound {
	return Bound{Spans: traffic(most), Within: recovery, Why: why}
}

// some is that of one by which spans are lost as long as it lasts.
func some(most time.Duration, why string) Bound {
	bound := mayLose(most, why)
	bound.Some = true
	return bound
}

const (
	noQueue   = "proxies have no queue and do not send again"
	finalWord = "a collector does not retry a request whose token was refused, and drops its spans"
	// kubelets take so long to give pods what is in a Secret.
	delayed = "; the kubelet updates the Secret in pods within 90 s"
)

// Signs that several faults have in common.
var (
	waiting = []Sign{metric("otelcol_exporter_queue_size"), log("Exporting failed. Will retry the request after interval.")}
	refused = []Sign{metric("otelcol_exporter_send_failed_spans"), log("Exporting failed. Dropping data."), log("Unauthenticated")}
)

func signs(common []Sign, more ...Sign) map[Delivery][]Sign {
	return map[Delivery][]Sign{Collector: append(append([]Sign(nil), common...), more...)}
}

// Table lists all faults, in the order in which they are run.
func Table() []Fault {
	return append(satelliteFaults(), append(clusterFaults(), secretFaults()...)...)
}

func satelliteFaults() []Fault {
	return []Fault{
		{
			ID: "satellite-restarts", Title: "satellite restarts", Short: true,
			Cause:  satelliteRestarts,
			Bounds: map[Delivery]Bound{Collector: none, Direct: some(20*time.Second, noQueue)},
		},
		{
			ID: "satellite-away", Title: "satellite away for 60 s",
			Cause: satelliteAway, Hold: 60 * time.Second, Mend: satelliteBack,
			Bounds: map[Delivery]Bound{Collector: none, Direct: some(90*time.Second, noQueue)},
			Told:   signs(waiting, log("connection refused")),
		},
		{
			ID: "satellite-half-open", Title: "satellite takes connections and never answers, 30 s",
			Cause: satelliteFrozen, Hold: 30 * time.Second, Mend: satelliteThawed,
			Bounds: map[Delivery]Bound{Collector: none, Direct: mayLose(5*time.Second, "connections stay, and only a call that is being read when it stops may be cut off")},
			Told:   signs(waiting, log("keepalive ping failed to receive ACK within timeout")),
		},
		{
			ID: "satellite-slow", Title: "satellite answers after 5 s, for 30 s",
			Cause: satelliteSlow, Hold: 30 * time.Second, Mend: satelliteQuick, After: slowRemoved,
			Bounds: map[Delivery]Bound{Collector: none, Direct: mayLose(22*time.Second, "a proxy waits five seconds for an answer")},
			Told:   signs([]Sign{metric("otelcol_exporter_queue_size")}),
		},
		{
			ID: "certificate-name", Title: "satellite's certificate is for another name, 40 s",
			// A collector may wait 20 s for an answer of the satellite that was there before it meets the certificate.
			Cause: anotherName, Hold: 40 * time.Second, Mend: itsOwnName,
			Bounds: map[Delivery]Bound{Collector: none, Direct: some(80*time.Second, noQueue)},
			Told:   signs(waiting, log("certificate is valid for another.lightstep, not")),
		},
	}
}

func clusterFaults() []Fault {
	return []Fault{
		{
			ID: "collector-deleted", Title: "one of two collectors deleted", Short: true,
			Cause:  collectorDeleted,
			Bounds: map[Delivery]Bound{Collector: none},
		},
		{
			ID: "collector-killed", Title: "one of two collectors killed (SIGKILL)",
			Cause: collectorKilled,
			Bounds: map[Delivery]Bound{Collector: {
				Spans: 100,
				Why: "spans that a proxy sends to it before its address is removed from the Service are not sent again; " +
					"spans that it had accepted are on its volume",
			}},
			Told: signs([]Sign{restarted(collectorContainer), log("Everything is ready. Begin running and processing data.")}),
		},
		{
			ID: "probes-late", Title: "all collectors answer the kubelet's probes late, 6 s",
			Cause: probesLate, Hold: 6 * time.Second, Mend: probesAnswered,
			Bounds: map[Delivery]Bound{Collector: none},
		},
		{
			ID: "queue-full", Title: "queue full, satellite away for 5 minutes",
			Before: smallQueue, Cause: satelliteAway, Hold: 5 * time.Minute, Mend: satelliteBack, After: usualValues,
			Patience: recovery,
			Bounds:   map[Delivery]Bound{Collector: some(330*time.Second, "a full queue refuses new spans; raise collector.queue.bytes")},
			Told:     signs([]Sign{metric("otelcol_exporter_enqueue_failed_spans"), log("sending queue is full")}),
		},
		{
			ID: "kubelet-restarted", Title: "a node's kubelet restarted",
			Cause: kubeletRestarted,
			Fails: map[Delivery]string{
				Direct: "the gateway and Bookinfo are on the same node, and a starting kubelet removes every pod of its node from " +
					"its Services until it has probed the pod again",
			},
			Bounds: map[Delivery]Bound{
				Collector: none,
				Direct:    mayLose(5*time.Second, "the only satellite is on that node, and is not in its Service until the kubelet has probed it again"),
			},
		},
		{
			ID: "istiod-restarted", Title: "istiod restarted", Short: true,
			Cause:  istiodRestarted,
			Bounds: map[Delivery]Bound{Collector: none, Direct: none},
		},
	}
}

func secretFaults() []Fault {
	return []Fault{
		{
			ID: "ca-rotated", Title: "CA rotated, old and new valid together",
			Cause:  caRotated,
			Bounds: map[Delivery]Bound{Collector: none, Direct: mayLose(20*time.Second, "spans on connections to the old satellite are lost with it")},
			Told:   signs(nil, reloadLog("the collector has read the CA again")),
		},
		{
			ID: "ca-replaced", Title: "CA rotated without overlap",
			Cause: caReplaced, Patience: 4 * time.Minute,
			Bounds: map[Delivery]Bound{Collector: none, Direct: some(100*time.Second, noQueue+delayed)},
			Told:   signs(waiting, log("certificate signed by unknown authority"), reloadLog("the collector has read the CA again")),
		},
		{
			ID: "ca-wrong", Title: "wrong CA, 20 s",
			Cause: caWrong, Hold: 20 * time.Second, Mend: caMended, Patience: 4 * time.Minute,
			Bounds: map[Delivery]Bound{Collector: none, Direct: some(2*time.Minute, noQueue+delayed)},
			Told:   signs(waiting, log("certificate signed by unknown authority"), reloadLog("the collector has read the CA again")),
		},
		{
			ID: "token-rotated", Title: "token rotated, old and new valid together",
			Before: tokenOld, Cause: tokenRotated,
			Bounds: map[Delivery]Bound{Collector: none, Direct: mayLose(32*time.Second, "spans on connections to the old satellite are lost with it")},
		},
		{
			ID: "token-replaced", Title: "token rotated without overlap, the new one written 30 s later",
			Before: tokenOld, Cause: tokenReplaced, Patience: 3 * time.Minute,
			Bounds: map[Delivery]Bound{Collector: some(2*time.Minute, finalWord+delayed), Direct: some(90*time.Second, noQueue)},
			Told:   signs(refused),
		},
		{
			ID: "token-wrong", Title: "wrong token, 20 s",
			Cause: tokenWrong, Hold: 20 * time.Second, Mend: tokenMended, Patience: 3 * time.Minute,
			Bounds: map[Delivery]Bound{Collector: some(110*time.Second, finalWord+delayed), Direct: some(64*time.Second, noQueue)},
			Told:   signs(refused),
		},
		{
			ID: "token-wrong-kept", Title: "wrong token, 10 minutes, with `collector.retryRefused`",
			Before: keepRefused, Cause: tokenWrong, Hold: 10 * time.Minute, Mend: tokenMended, After: usualValues,
			Patience: 4 * time.Minute,
			Bounds:   map[Delivery]Bound{Collector: none},
			Told:     signs(waiting, log("the backend refuses: code = Unauthenticated")),
		},
	}
}

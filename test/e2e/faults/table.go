package faults

import "time"

// none is the bound of a fault by which nothing may be lost.
var none = Bound{}

// some is that of one by which spans are lost as long as it lasts.
// recovery is how long what was lost by a fault may go on being lost after it: a kubelet
// takes up to 90 s to give a pod what is in a Secret, and connections are made anew.
const recovery = 2 * time.Minute

func some(why string) Bound { return Bound{Some: true, Within: recovery, Why: why} }

// mayLose is that of one by which spans may be lost.
func mayLose(why string) Bound { return Bound{Any: true, Within: recovery, Why: why} }

const (
	noQueue   = "proxies have no queue and do not send again"
	finalWord = "a collector does not retry a request whose token was refused, and drops its spans"
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
			Bounds: map[Delivery]Bound{Collector: none, Direct: some(noQueue)},
		},
		{
			ID: "satellite-away", Title: "satellite away for 60 s",
			Cause: satelliteAway, Hold: 60 * time.Second, Mend: satelliteBack,
			Bounds: map[Delivery]Bound{Collector: none, Direct: some(noQueue)},
			Told:   signs(waiting, log("connection refused")),
		},
		{
			ID: "satellite-half-open", Title: "satellite takes connections and never answers, 30 s",
			Cause: satelliteFrozen, Hold: 30 * time.Second, Mend: satelliteThawed,
			Bounds: map[Delivery]Bound{Collector: none, Direct: mayLose(noQueue)},
			Told:   signs(waiting, log("keepalive ping failed to receive ACK within timeout")),
		},
		{
			ID: "satellite-slow", Title: "satellite answers after 5 s, for 30 s",
			Cause: satelliteSlow, Hold: 30 * time.Second, Mend: satelliteQuick, After: slowRemoved,
			Bounds: map[Delivery]Bound{Collector: none, Direct: mayLose("a proxy waits five seconds for an answer")},
			Told:   signs([]Sign{metric("otelcol_exporter_queue_size")}),
		},
		{
			ID: "certificate-name", Title: "satellite's certificate is for another name, 40 s",
			// A collector may wait 20 s for an answer of the satellite that was there before it meets the certificate.
			Cause: anotherName, Hold: 40 * time.Second, Mend: itsOwnName,
			Bounds: map[Delivery]Bound{Collector: none, Direct: some(noQueue)},
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
			ID: "queue-full", Title: "queue full, satellite away for 20 s",
			Before: smallQueue, Cause: satelliteAway, Hold: 20 * time.Second, Mend: satelliteBack, After: usualValues,
			Bounds: map[Delivery]Bound{Collector: some("a full queue refuses new spans; raise collector.queue.bytes")},
			Told:   signs([]Sign{metric("otelcol_exporter_enqueue_failed_spans"), log("sending queue is full")}),
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
				Direct:    mayLose("the only satellite is on that node, and is not in its Service until the kubelet has probed it again"),
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
			Bounds: map[Delivery]Bound{Collector: none, Direct: mayLose("spans on connections to the old satellite are lost with it")},
			Told:   signs(nil, reloadLog("the collector has read the CA again")),
		},
		{
			ID: "ca-replaced", Title: "CA rotated without overlap",
			Cause: caReplaced, Patience: 4 * time.Minute,
			Bounds: map[Delivery]Bound{Collector: none, Direct: some(noQueue)},
			Told:   signs(waiting, log("certificate signed by unknown authority"), reloadLog("the collector has read the CA again")),
		},
		{
			ID: "ca-wrong", Title: "wrong CA, 20 s",
			Cause: caWrong, Hold: 20 * time.Second, Mend: caMended, Patience: 4 * time.Minute,
			Bounds: map[Delivery]Bound{Collector: none, Direct: some(noQueue)},
			Told:   signs(waiting, log("certificate signed by unknown authority"), reloadLog("the collector has read the CA again")),
		},
		{
			ID: "token-rotated", Title: "token rotated, old and new valid together",
			Before: tokenOld, Cause: tokenRotated,
			Bounds: map[Delivery]Bound{Collector: none, Direct: mayLose("spans on connections to the old satellite are lost with it")},
		},
		{
			ID: "token-replaced", Title: "token rotated without overlap, the new one written 30 s later",
			Before: tokenOld, Cause: tokenReplaced, Patience: 3 * time.Minute,
			Bounds: map[Delivery]Bound{Collector: some(finalWord), Direct: some(noQueue)},
			Told:   signs(refused),
		},
		{
			ID: "token-wrong", Title: "wrong token, 20 s",
			Cause: tokenWrong, Hold: 20 * time.Second, Mend: tokenMended, Patience: 3 * time.Minute,
			Bounds: map[Delivery]Bound{Collector: some(finalWord), Direct: some(noQueue)},
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

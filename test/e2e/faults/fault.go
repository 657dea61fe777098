package faults

import (
	"context"
	"time"
)

// Delivery is a way from the proxies to the satellite, as the chart's value
// names it.
type Delivery string

// The deliveries that faults are run for.
const (
	Collector Delivery = "collector"
	Direct    Delivery = "direct"
)

// Fault is something that goes wrong, or that is changed, under traffic.
type Fault struct {
	// ID is its name in results and in -run, Title what the page calls it.
	ID, Title string
	// Short says that CI runs it, with the collector: it ends within 20 seconds or so.
	Short bool
	// Before prepares the mesh, without traffic; it may be nil.
	Before func(context.Context, *Mesh) error
	// Cause makes it happen. What only happens once is over when it returns.
	Cause func(context.Context, *Mesh) error
	// Hold is how long it is left so.
	Hold time.Duration
	// Mend takes it back; nil where nobody has to.
	Mend func(context.Context, *Mesh) error
	// After puts the mesh back as the next fault expects it; it may be nil.
	After func(context.Context, *Mesh) error
	// Fails says for a delivery why requests may fail by it; none may without.
	Fails map[Delivery]string
	// Patience is how long the spans may need to come by themselves, after the
	// fault is over; default [patience].
	Patience time.Duration
	// Bounds say for each delivery how many spans may be lost and why. The fault
	// is not run for a delivery without one.
	Bounds map[Delivery]Bound
	// Told is what a user is told, and where.
	Told map[Delivery][]Sign
}

// Bound is what may be lost.
type Bound struct {
	// Spans is the highest number that may be lost; 0 for none.
	Spans int
	// Some says that spans are lost for as long as it lasts: at least one is, or
	// the fault did not happen.
	Some bool
	// Within is how long after the fault was over the last span may be lost or come late;
	// 0 for any time.
	Within time.Duration
	// Why tells the reason where spans may be lost.
	Why string
}

// patience is that of a fault that names no other.
const patience = 60 * time.Second

// Sign is one thing that tells a user of a fault: a metric of a collector that
// rises, a container that was started again, or a text in a log.
type Sign struct {
	// Metric is the name of a metric without its suffix _total.
	Metric string `json:"metric,omitempty"`
	// Restarted is a container of the collector's pod whose restartCount rises:
	// what kube-state-metrics gives as [restartsMetric].
	Restarted string `json:"restarted,omitempty"`
	// Container has the log, one of the collector's pod, and Text stands in it.
	Container string `json:"container,omitempty"`
	Text      string `json:"text,omitempty"`
}

// Containers of the collector's pod.
const (
	collectorContainer = "collector"
	reloadContainer    = "reload"
)

// restartsMetric is the metric of kube-state-metrics for a container's
// restartCount in the pod's state, which is what is read here.
const restartsMetric = "kube_pod_container_status_restarts_total"

func metric(name string) Sign { return Sign{Metric: name} }

func restarted(container string) Sign { return Sign{Restarted: container} }

func log(text string) Sign { return Sign{Container: collectorContainer, Text: text} }

func reloadLog(text string) Sign { return Sign{Container: reloadContainer, Text: text} }

// String names it for a message.
func (s Sign) String() string {
	if s.Metric != "" {
		return "metric " + s.Metric + " of the collectors does not rise"
	}
	if s.Restarted != "" {
		return "restartCount of container " + s.Restarted + " of the collectors does not rise"
	}
	return "log of container " + s.Container + " does not say " + s.Text
}

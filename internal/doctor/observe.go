package doctor

import (
	"fmt"
	"time"

	otelcol "github.com/istio-lightstep/istio-lightstep/internal/collector"
	"github.com/istio-lightstep/istio-lightstep/internal/doctor/finding"
	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
	"github.com/istio-lightstep/istio-lightstep/internal/terminal"
)

// Observations are what proxies and collectors said when they were asked.
type Observations struct {
	Proxies    []ProxyState
	Collectors []CollectorState
	Volumes    []VolumeState

	volumesUnseen string // why a kubelet could not be asked
}

// ProxyState is what a proxy said of the cluster that it sends spans to. The
// counters are since its start; the second ones, a moment later.
type ProxyState struct {
	Pod        mesh.Ref
	Workload   string // as kubectl takes it: deployment/productpage-v1
	Revision   string
	Cluster    string
	Configured bool
	Endpoints  int
	Healthy    int
	Before     Counters
	After      Counters
	Err        string // why it could not be asked
}

// Counters are those of a cluster, all endpoints together.
type Counters struct {
	Connections, ConnectFailures uint64
	Requests, Succeeded, Failed  uint64
}

// problem says why exports fail, "" where they do not.
func (o ProxyState) problem() string {
	// Counters go with their endpoints, so the second may be the smaller.
	failing := o.After.ConnectFailures > o.Before.ConnectFailures
	failed := o.After.Failed > o.Before.Failed
	switch {
	case o.Endpoints == 0:
		return "its cluster " + o.Cluster + " has no endpoint"
	case o.After.Succeeded > o.Before.Succeeded:
		return ""
	case failing || o.After.ConnectFailures > 0 && o.After.Succeeded == 0 && o.After.Requests > 0:
		return fmt.Sprintf("%s to %s failed", terminal.Counted(o.After.ConnectFailures, "connection"), o.Cluster)
	case failed || o.After.Failed > 0 && o.After.Succeeded == 0:
		return fmt.Sprintf("%d of %d exports to %s failed", o.After.Failed, o.After.Requests, o.Cluster)
	default:
		return ""
	}
}

// Verdict says in a word how a workload's exports are.
func (o ProxyState) Verdict() string {
	switch {
	case o.Err != "":
		return "could not be queried: " + o.Err
	case !o.Configured:
		return "not configured"
	case o.problem() != "":
		return "configured but failing: " + o.problem()
	case o.After.Succeeded > 0:
		return fmt.Sprintf("exporting (%d exports)", o.After.Succeeded)
	default:
		return "configured, nothing to export yet"
	}
}

// CollectorState is what a replica of the collector said.
type CollectorState struct {
	Pod      mesh.Ref
	Before   map[string]otelcol.Counts // of its exporters
	After    map[string]otelcol.Counts
	Between  time.Duration
	Failures []Failure // of the last minutes, by its log
	Err      string    // why it could not be asked
}

// Failure is a cause of failed exports, as the collector's log has it. The
// log's own words are not kept: backends are known to repeat the token.
type Failure struct {
	Exporter string // "" where the log does not name it
	Cause    Cause
	First    time.Time // of those that followed each other within a minute
	Last     time.Time
	Count    int
}

// Cause is why an export failed.
type Cause string

// The causes that are told apart.
const (
	CauseToken       Cause = "token"
	CauseAuthority   Cause = "authority"
	CauseName        Cause = "name"
	CauseExpired     Cause = "expired"
	CauseTLS         Cause = "tls"
	CauseLookup      Cause = "lookup"
	CauseRefused     Cause = "refused"
	CauseTimeout     Cause = "timeout"
	CauseUnavailable Cause = "unavailable"
	CauseProtocol    Cause = "protocol"
	CauseDisk        Cause = "disk"
	CauseQueue       Cause = "queue"
)

// words say a cause to people.
var words = map[Cause]string{
	CauseToken:       "Unauthenticated or PermissionDenied (HTTP: 401 or 403)",
	CauseAuthority:   "its certificate is signed by an unknown authority",
	CauseName:        "its certificate is for another name",
	CauseExpired:     "its certificate has expired or is not yet valid",
	CauseTLS:         "the TLS handshake fails",
	CauseLookup:      "its host name cannot be resolved",
	CauseRefused:     "it refuses connections",
	CauseTimeout:     "it does not answer in time",
	CauseUnavailable: "it is unavailable",
	CauseProtocol:    "it does not support OTLP as sent by the collector (Unimplemented; HTTP: 404)",
}

// injection checks that pods get the proxies that they are to have.
func (e *examination) injection() {
	if len(e.Webhooks) == 0 || e.Unseen("mutatingwebhookconfigurations") || e.Unseen("namespaces") {
		return
	}
	with := map[string][]*mesh.Pod{}
	var without []*mesh.Pod
	for i := range e.Pods {
		pod := &e.Pods[i]
		switch {
		case !pod.Running:
		case pod.Proxy != nil && !pod.Proxy.Gateway && pod.OwnerKind != "Pod" && pod.InjectLabel != "false":
			with[pod.Namespace] = append(with[pod.Namespace], pod)
		case pod.Proxy == nil && e.wouldInject(pod):
			without = append(without, pod)
		}
	}
	for _, w := range workloadsOf(without, func(*mesh.Pod) bool { return true }) {
		e.add("LS-POD-NOT-INJECTED", w.subject(), w.first.Created, finding.Facts{"workload": w.name, "namespace": w.namespace})
	}
	for namespace, pods := range with {
		e.notInjected(namespace, pods)
	}
}

// wouldInject tells whether a new pod like this one would get a proxy.
func (e *examination) wouldInject(pod *mesh.Pod) bool {
	if pod.HostNetwork || pod.InjectLabel == "false" || pod.OwnerKind == "Job" {
		return false
	}
	revision := e.InjectedBy(pod.Namespace, pod.Labels)
	return revision != "" && e.IstiodOf(revision) != nil
}

// notInjected finds a namespace whose pods have proxies that they would not
// get again.
func (e *examination) notInjected(namespace string, pods []*mesh.Pod) {
	for _, pod := range pods {
		if e.InjectedBy(namespace, pod.Labels) != "" {
			return
		}
	}
	label := "istio-injection=enabled"
	if revision := pods[0].Proxy.Revision; revision != "default" {
		label = "istio.io/rev=" + revision
	}
	e.add("LS-NAMESPACE-NOT-INJECTED", subject("namespace", mesh.Ref{Name: namespace}), time.Time{}, finding.Facts{
		"namespace": namespace, "proxies": fmt.Sprint(len(pods)), "label": label,
	})
	if e.Namespaces[namespace].Labels["istio-injection"] == "disabled" {
		e.found[len(e.found)-1].Choose()
	}
}

// proxies checks what the proxies themselves said.
func (e *examination) proxies(p *plane) {
	if e.seen == nil || !p.has {
		return
	}
	cluster := p.cluster()
	for _, o := range e.seen.Proxies {
		if o.Err != "" || o.Revision != p.Revision || o.Cluster != cluster {
			continue
		}
		facts := finding.Facts{
			"workload": o.Workload, "namespace": o.Pod.Namespace, "pod": o.Pod.Name, "cluster": o.Cluster, "problem": o.problem(),
		}
		switch at := o.Workload + " in " + o.Pod.Namespace; {
		case !o.Configured:
			e.add("LS-PROXY-NOT-CONFIGURED", at, time.Time{}, facts)
		case o.problem() != "":
			e.add("LS-PROXY-FAILING", at, time.Time{}, facts)
		}
	}
}

// cluster is how proxies call what the provider sends to.
func (p *plane) cluster() string {
	return fmt.Sprintf("outbound|%d||%s", p.dest.port, p.dest.fqdn())
}

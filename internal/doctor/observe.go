package doctor

import (
	"fmt"
	"time"

	otelcol "github.com/istio-lightstep/istio-lightstep/internal/collector"
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
	Before   otelcol.Counts // of its exporter to the satellite
	After    otelcol.Counts
	Queues   map[string]otelcol.Queue // of all its exporters
	Between  time.Duration
	Failures []Failure // of the last minutes, by its log
	Err      string    // why it could not be asked
}

// Failure is a cause of failed exports, as the collector's log has it. The
// log's own words are not kept: satellites are known to repeat the token.
type Failure struct {
	Cause Cause
	First time.Time // of those that followed each other within a minute
	Last  time.Time
	Count int
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
	CauseToken:       "Unauthenticated or PermissionDenied",
	CauseAuthority:   "its certificate is signed by an unknown authority",
	CauseName:        "its certificate is for another name",
	CauseExpired:     "its certificate has expired or is not yet valid",
	CauseTLS:         "the TLS handshake fails",
	CauseLookup:      "its host name cannot be resolved",
	CauseRefused:     "it refuses connections",
	CauseTimeout:     "it does not answer in time",
	CauseUnavailable: "it is unavailable",
	CauseProtocol:    "it does not support OTLP as sent by the collector (Unimplemented)",
}

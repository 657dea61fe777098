package mesh

import (
	"context"
	"errors"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

// Resource is a kind of object as the API server serves it.
type Resource struct {
	Group, Version, Name, Kind string
}

func (r Resource) String() string {
	if r.Group == "" {
		return r.Name
	}
	return r.Name + "." + r.Group
}

// The kinds that are read. Those of Istio get their version from the cluster.
var (
	namespaces      = Resource{"", "v1", "namespaces", "Namespace"}
	pods            = Resource{"", "v1", "pods", "Pod"}
	configMaps      = Resource{"", "v1", "configmaps", "ConfigMap"}
	secrets         = Resource{"", "v1", "secrets", "Secret"}
	services        = Resource{"", "v1", "services", "Service"}
	endpointSlices  = Resource{"discovery.k8s.io", "v1", "endpointslices", "EndpointSlice"}
	deployments     = Resource{"apps", "v1", "deployments", "Deployment"}
	statefulSets    = Resource{"apps", "v1", "statefulsets", "StatefulSet"}
	replicaSets     = Resource{"apps", "v1", "replicasets", "ReplicaSet"}
	daemonSets      = Resource{"apps", "v1", "daemonsets", "DaemonSet"}
	events          = Resource{"", "v1", "events", "Event"}
	networkPolicies = Resource{"networking.k8s.io", "v1", "networkpolicies", "NetworkPolicy"}
	webhooks        = Resource{"admissionregistration.k8s.io", "v1", "mutatingwebhookconfigurations", "MutatingWebhookConfiguration"}

	telemetries      = Resource{"telemetry.istio.io", "", "telemetries", "Telemetry"}
	serviceEntries   = Resource{"networking.istio.io", "", "serviceentries", "ServiceEntry"}
	destinationRules = Resource{"networking.istio.io", "", "destinationrules", "DestinationRule"}
	sidecars         = Resource{"networking.istio.io", "", "sidecars", "Sidecar"}
)

// Query says which objects are asked for. Empty fields ask for all.
type Query struct {
	Namespace string
	Name      string            // of the one object; a list of all namespaces is filtered by it
	Labels    map[string]string // all must be there
	AnyLabel  AnyLabel          // one of the values must be there
	Reason    string            // of events
}

// AnyLabel is a label that has one of several values.
type AnyLabel struct {
	Key    string
	Values []string
}

// Source is where objects come from: a cluster, or a record of one.
type Source interface {
	// Versions gives the served versions of an API group, the best first, and
	// none where the group is unknown.
	Versions(ctx context.Context, group string) ([]string, error)
	// Get gives one object as JSON. Its error is an API status.
	Get(ctx context.Context, of Resource, namespace, name string) ([]byte, error)
	// List hands every object to each as JSON, which must not keep it. Its
	// error is an API status, or that of each.
	List(ctx context.Context, of Resource, query Query, each func(object []byte) error) error
}

// Refused tells whether an error says that a right is missing.
func Refused(err error) bool {
	return apierrors.IsForbidden(err) || apierrors.IsUnauthorized(err)
}

// Reason says in words why something could not be read: that a right is missing,
// or what the error says.
func Reason(err error) string {
	if Refused(err) {
		return "permission denied"
	}
	return err.Error()
}

// AskReason is [Reason] for what was asked of a pod or a node, which may not have
// answered in time.
func AskReason(err error) string {
	if errors.Is(err, context.DeadlineExceeded) && !Refused(err) {
		return "no answer in time"
	}
	return Reason(err)
}

// Absent tells whether an error says that the object, or its whole kind, is
// not there.
func Absent(err error) bool { return apierrors.IsNotFound(err) }

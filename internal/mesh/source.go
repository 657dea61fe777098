package mesh

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/istio-lightstep/istio-lightstep/internal/dialect"
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
	volumeClaims    = Resource{"", "v1", "persistentvolumeclaims", "PersistentVolumeClaim"}
	replicaSets     = Resource{"apps", "v1", "replicasets", "ReplicaSet"}
	daemonSets      = Resource{"apps", "v1", "daemonsets", "DaemonSet"}
	events          = Resource{"", "v1", "events", "Event"}
	networkPolicies = Resource{"networking.k8s.io", "v1", "networkpolicies", "NetworkPolicy"}
	webhooks        = Resource{"admissionregistration.k8s.io", "v1", "mutatingwebhookconfigurations", "MutatingWebhookConfiguration"}
	validators      = Resource{"admissionregistration.k8s.io", "v1", "validatingwebhookconfigurations", "ValidatingWebhookConfiguration"}

	telemetries      = Resource{"telemetry.istio.io", "", "telemetries", "Telemetry"}
	serviceEntries   = Resource{"networking.istio.io", "", "serviceentries", "ServiceEntry"}
	destinationRules = Resource{"networking.istio.io", "", "destinationrules", "DestinationRule"}
	sidecars         = Resource{"networking.istio.io", "", "sidecars", "Sidecar"}
	envoyFilters     = Resource{"networking.istio.io", "", "envoyfilters", "EnvoyFilter"}

	peerAuthentications   = Resource{"security.istio.io", "", "peerauthentications", "PeerAuthentication"}
	authorizationPolicies = Resource{"security.istio.io", "", "authorizationpolicies", "AuthorizationPolicy"}
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

// ListIn lists objects of a kind in the first of the known versions in which a cluster
// has the kind: its group may be served in others. Its error is that of the last version
// tried, or says that there are objects in a version that is not known.
func ListIn(ctx context.Context, from Source, of Resource, known, served []string, query Query, each func(of Resource, object []byte) error) error {
	var err error
	for _, of.Version = range known {
		if !slices.Contains(served, of.Version) {
			continue
		}
		err = from.List(ctx, of, query, func(object []byte) error { return each(of, object) })
		if !Absent(err) {
			return err
		}
	}
	for _, of.Version = range served {
		if slices.Contains(known, of.Version) {
			continue
		}
		unknown := fmt.Errorf("the cluster serves them in version %s, which this program does not know", of.Version)
		err = from.List(ctx, of, query, func([]byte) error { return unknown })
		if err != nil && !Absent(err) {
			return err
		}
	}
	return err
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

var (
	tag     = regexp.MustCompile(`:v?(\d+\.\d+\.\d+)(?:-[0-9A-Za-z.-]+)?$`)
	release = regexp.MustCompile(`^v?(\d+\.\d+\.\d+)`)
)

// imageVersion reads the version of an image's tag, a digest left out.
func imageVersion(image string) dialect.Version {
	image, _, _ = strings.Cut(image, "@")
	return firstOf(tag.FindStringSubmatch(image))
}

// labelVersion reads label app.kubernetes.io/version. Istio's chart built by
// oneself calls itself 1.0.0.
func labelVersion(label string) dialect.Version {
	v := firstOf(release.FindStringSubmatch(label))
	if v.String() == "1.0.0" {
		return dialect.Version{}
	}
	return v
}

func firstOf(match []string) dialect.Version {
	if match == nil {
		return dialect.Version{}
	}
	v, _ := dialect.ParseVersion(match[1]) // unknown, where it is none
	return v
}

// SecretKey gives the value of one key of a Secret. The error of a Secret, or of
// a key, that is not there is [ErrNoKey]; see [Refused] for others.
func SecretKey(ctx context.Context, from Source, namespace, name, key string) ([]byte, error) {
	text, err := from.Get(ctx, secrets, namespace, name)
	switch {
	case Absent(err):
		return nil, ErrNoKey
	case err != nil:
		return nil, err
	}
	var secret struct {
		Data map[string][]byte `json:"data"`
	}
	if err := json.Unmarshal(text, &secret); err != nil {
		return nil, errors.New("the answer is not a Secret") // encoding/json could quote what is in it
	}
	value, ok := secret.Data[key]
	if !ok {
		return nil, ErrNoKey
	}
	return value, nil
}

// ErrNoKey says that there is no such Secret, or that it has no such key.
var ErrNoKey = errors.New("there is no such Secret, or it has no such key")

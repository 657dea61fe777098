package mesh

import (
	"cmp"
	"slices"
	"strings"
	"time"

	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/istio-lightstep/istio-lightstep/internal/collector"
)

// Snapshot is a mesh at one moment.
type Snapshot struct {
	At               time.Time
	Istiods          []*Istiod
	Strangers        []*Istiod // Deployments labelled as istiod, outside of where control planes run; nothing else of them is read
	Webhooks         []Webhook
	Namespaces       map[string]Namespace
	Pods             []Pod
	Telemetries      []Telemetry // those of Istio are sorted as istiod does, the oldest first
	ServiceEntries   []ServiceEntry
	DestinationRules []DestinationRule
	Sidecars         []Sidecar
	EnvoyFilters     []EnvoyFilter
	PeerPolicies     []PeerAuthentication
	Authorizations   []AuthorizationPolicy
	NetworkPolicies  []networkingv1.NetworkPolicy
	SharedConfigs    []ConfigMap // mesh ConfigMaps that the chart made
	CollectorConfigs []ConfigMap // those of the chart's collectors
	Services         map[Ref]*Service
	Workloads        []Workload // in the namespaces of collectors
	Claims           []Claim    // of the queues of the chart's collectors
	Refusals         []Refusal
	Secrets          map[Ref]*Secret
	Gaps             []Gap
	Narrowed         bool // to one revision: others may read what this one does not

	asked    map[Ref]bool    // Secrets that were looked for
	searched map[string]bool // names of Secrets that were looked for in every namespace
	blind    map[string]bool // kinds that could not be seen

	tracingBootstraps map[Ref]bool // ConfigMaps that override Envoy's bootstrap: those with a tracer
}

// Unseen tells whether a kind, such as "telemetries", could not be looked at,
// so that nothing may be concluded from what is not there.
func (s *Snapshot) Unseen(resource string) bool { return s.blind[resource] }

// Secret finds a Secret. Known is false where it could not be looked for.
func (s *Snapshot) Secret(at Ref) (found *Secret, known bool) {
	return s.Secrets[at], s.asked[at] || s.searched[at.Name]
}

// IstiodOf finds the control plane of a revision.
func (s *Snapshot) IstiodOf(revision string) *Istiod {
	i := slices.IndexFunc(s.Istiods, func(i *Istiod) bool { return i.Revision == revision })
	if i < 0 {
		return nil
	}
	return s.Istiods[i]
}

// istioSystem is where Istio runs unless somebody says otherwise.
const istioSystem = "istio-system"

// RootNamespace is that of a control plane.
func (i *Istiod) RootNamespace() string {
	if i.Config != nil && i.Config.RootNamespace != "" {
		return i.Config.RootNamespace
	}
	// Istio's chart writes it always; the code's own default is this one.
	return istioSystem
}

// Heeds tells whether a control plane looks at an object.
func (i *Istiod) Heeds(m Meta) bool { return m.Revision() == "" || m.Revision() == i.Revision }

// Policies are the NetworkPolicies' metadata.
func (s *Snapshot) Policies() []Meta {
	metas := make([]Meta, len(s.NetworkPolicies))
	for i := range s.NetworkPolicies {
		metas[i] = newMeta(&s.NetworkPolicies[i].ObjectMeta)
	}
	return metas
}

// Ours tells whether the chart made an object. Its label alone says nothing, as
// everybody can set it: it counts where only those can write who run the mesh.
func (s *Snapshot) Ours(m Meta) bool { return m.Labelled && s.Trusted(m.Namespace) }

// Trusted tells whether a namespace belongs to those who run the mesh: that of
// an istiod, its root namespace, or that of a Service to which its mesh config
// sends spans.
func (s *Snapshot) Trusted(namespace string) bool {
	return slices.ContainsFunc(s.Istiods, func(i *Istiod) bool {
		return namespace == i.Namespace || namespace == i.RootNamespace() || i.sendsTo(namespace)
	})
}

func (i *Istiod) sendsTo(namespace string) bool {
	return i.Config != nil && slices.ContainsFunc(i.Config.Providers, func(p Provider) bool {
		at, ok := ServiceRef(p.Service)
		return ok && p.Traces() && at.Namespace == namespace
	})
}

// Ref names an object in a namespace.
type Ref struct {
	Namespace, Name string
}

func (r Ref) String() string {
	if r.Namespace == "" {
		return r.Name
	}
	return r.Namespace + "/" + r.Name
}

// Release is the Helm release that an object belongs to; empty where it
// belongs to none.
type Release struct {
	Name, Namespace string
}

// Meta is what is kept of every object's metadata.
type Meta struct {
	Ref
	Labels    map[string]string
	Created   time.Time
	Release   Release
	OnPurpose []string // ids of findings that its owner wants so; see [OnPurpose]
	// Labelled says that its labels name the chart istio-lightstep; see [Snapshot.Ours].
	Labelled bool
}

func newMeta(m *metav1.ObjectMeta) Meta {
	made := Meta{Ref: Ref{m.Namespace, m.Name}, Labels: m.Labels, Created: m.CreationTimestamp.Time}
	made.Labelled = collector.OfChart(m.Labels)
	// Helm notes it on what it installed, and not on what it only rendered.
	made.Release = Release{m.Annotations["meta.helm.sh/release-name"], m.Annotations["meta.helm.sh/release-namespace"]}
	made.OnPurpose = purposes(m.Annotations[OnPurpose])
	return made
}

func (m Meta) meta() Meta { return m }

// Metas gives what is kept of the metadata of objects.
func Metas[T interface{ meta() Meta }](objects []T) []Meta {
	metas := make([]Meta, len(objects))
	for i := range objects {
		metas[i] = objects[i].meta()
	}
	return metas
}

// OnPurpose is the annotation of an object whose owner wants what a finding
// about it says: ids, separated by commas.
const OnPurpose = "istio-lightstep.io/on-purpose"

// purposes reads the annotation. What is not an id says nothing.
func purposes(annotation string) []string {
	const most = 50
	var ids []string
	for _, id := range strings.Split(annotation, ",") {
		if id = strings.TrimSpace(id); strings.HasPrefix(id, "LS-") && len(ids) < most {
			ids = append(ids, id)
		}
	}
	return ids
}

// Revision is the control plane that alone heeds the object; "" is all.
func (m Meta) Revision() string { return m.Labels["istio.io/rev"] }

// Gap is something that could not be looked at.
type Gap struct {
	What string `json:"what"` // such as "secrets in namespace shop"
	Why  string `json:"why"`  // the API server's or the proxy's answer
	// Object says that it is one object, whose content is at fault.
	Object bool `json:"object,omitempty"`
	// Optional says that few have the right for it, so that it is not missed and
	// does not count in the exit status.
	Optional bool `json:"optional,omitempty"`
}

// Namespace is a namespace of the cluster.
type Namespace struct {
	Meta
}

// ConfigMap is one that decides about spans.
type ConfigMap struct {
	Meta
	Data map[string]string
}

// Telemetry is a Telemetry's tracing part.
type Telemetry struct {
	Meta
	Selector map[string]string
	Targeted bool // targetRefs: for a gateway or waypoint, or a service of one
	Tracing  []Tracing
}

// Wide tells whether it counts for its whole namespace.
func (t *Telemetry) Wide() bool { return len(t.Selector) == 0 && !t.Targeted }

// Older orders as istiod does: by time, then by name (pilot/pkg/model,
// sortConfigByCreationTime).
func Older[T interface{ meta() Meta }](a, b T) int {
	one, other := a.meta(), b.meta()
	return cmp.Or(one.Created.Compare(other.Created), strings.Compare(one.Name+"."+one.Namespace, other.Name+"."+other.Namespace))
}

// Tracing is one entry of a Telemetry's tracing list. Nil is not set.
type Tracing struct {
	Providers []struct {
		Name string `json:"name"`
	} `json:"providers"`
	Disable  *bool    `json:"disableSpanReporting"`
	Sampling *float64 `json:"randomSamplingPercentage"`
	Match    *struct {
		Mode string `json:"mode"`
	} `json:"match"`
	CustomTags map[string]any `json:"customTags"`
}

// ServiceEntry is a host that is added to Istio's registry.
type ServiceEntry struct {
	Meta
	Hosts    []string
	ExportTo []string
	Ports    []ServiceEntryPort
}

// ServiceEntryPort is one of its ports.
type ServiceEntryPort struct {
	Number   int    `json:"number"`
	Name     string `json:"name"`
	Protocol string `json:"protocol"`
}

// DestinationRule is how proxies connect to a host.
type DestinationRule struct {
	Meta
	Host     string
	ExportTo []string
	Targeted bool              // workloadSelector: counts for some workloads of its namespace alone
	Selector map[string]string // their labels
	Policy   *TrafficPolicy    // nil is none
}

// TrafficPolicy is how proxies connect: to a host, or to a port of it.
type TrafficPolicy struct {
	Port struct {
		Number int `json:"number"`
	} `json:"port"`
	Ports          []TrafficPolicy `json:"portLevelSettings"` // of ports that have settings of their own
	TLS            *TLS            `json:"tls"`
	ProxyProtocol  *ProxyProtocol  `json:"proxyProtocol"`
	ConnectionPool struct {
		HTTP struct {
			UseClientProtocol bool `json:"useClientProtocol"`
			MaxRequests       int  `json:"http2MaxRequests"`        // 0 is no limit
			MaxPending        int  `json:"http1MaxPendingRequests"` // that wait for a connection, whatever the protocol; 0 is no limit
		} `json:"http"`
	} `json:"connectionPool"`
	LoadBalancer struct {
		Simple string `json:"simple"`
	} `json:"loadBalancer"`
}

// ProxyProtocol begins each connection with a line of the PROXY protocol.
type ProxyProtocol struct {
	Version string `json:"version"`
}

// TLS are the settings of a connection.
type TLS struct {
	Mode            string   `json:"mode"`
	SNI             string   `json:"sni"`
	CACertificates  string   `json:"caCertificates"`
	CredentialName  string   `json:"credentialName"`
	SubjectAltNames []string `json:"subjectAltNames"`
}

// Sidecar limits what proxies know.
type Sidecar struct {
	Meta
	Targeted bool // workloadSelector
	Selector map[string]string
	Egress   []EgressListener // none is no limit
	Outbound string           // outboundTrafficPolicy.mode
}

// EgressListener says what hosts proxies know.
type EgressListener struct {
	Hosts []string
	Port  int // a host must have it; 0 is any
}

// Service is a Kubernetes Service that a provider names.
type Service struct {
	Meta
	Headless bool
	External bool // type ExternalName
	Selector map[string]string
	ExportTo string // annotation networking.istio.io/exportTo
	Ports    []ServicePort
	Ready    int  // endpoints that are ready
	Known    int  // endpoints in all
	Unseen   bool // it could not be looked at
}

// ServicePort is one of its ports.
type ServicePort struct {
	Name        string
	Port        int
	AppProtocol string
	TargetPort  string
}

// Workload is a StatefulSet or Deployment in a namespace of a collector.
type Workload struct {
	Meta
	Kind      string
	Replicas  int
	Selector  map[string]string
	PodLabels map[string]string
	Volumes   []Mount
	Env       []EnvVar
	PortNames map[string]int // of the containers
	Claims    []string       // volume claim templates
	Reread    []string       // files that a container of the chart's has the collector read again

	rereadsAll bool // that container says nothing of files, and watches what it mounts
}

// Secret is a Secret that was asked for by name. Its content is kept for the
// checks alone and must never be told.
type Secret struct {
	Meta
	Data    map[string][]byte
	Changed time.Time // when its content last changed, as far as is recorded
}

// EnvVar is a variable of a container.
type EnvVar struct {
	Name, Value         string
	SecretName, Key     string
	ConfigMap           string // where it comes from the key of one
	Optional, FromField bool
}

// Mount is a directory that holds a Secret, maybe with others.
type Mount struct {
	Path, Secret string
	Files        map[string]string // the keys by their paths below it; nil: each key is a file
	Optional     bool
}

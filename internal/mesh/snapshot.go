package mesh

import (
	"slices"
	"time"

	networkingv1 "k8s.io/api/networking/v1"
)

// Snapshot is a mesh at one moment.
type Snapshot struct {
	At               time.Time
	Istiods          []*Istiod
	Webhooks         []Webhook
	Namespaces       map[string]Namespace
	Pods             []Pod
	Telemetries      []Telemetry // the oldest first, as istiod sorts them
	ServiceEntries   []ServiceEntry
	DestinationRules []DestinationRule
	Sidecars         []Sidecar
	NetworkPolicies  []networkingv1.NetworkPolicy
	SharedConfigs    []ConfigMap // mesh ConfigMaps that the chart made
	CollectorConfigs []ConfigMap // those of the chart's collectors
	Services         map[Ref]*Service
	Workloads        []Workload // in the namespaces of collectors
	Refusals         []Refusal
	Secrets          map[Ref]*Secret
	Gaps             []Gap
	Narrowed         bool // to one revision: others may read what this one does not

	asked    map[Ref]bool    // Secrets that were looked for
	searched map[string]bool // names of Secrets that were looked for in every namespace
	blind    map[string]bool // kinds that could not be seen
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

// RootNamespace is that of a control plane.
func (i *Istiod) RootNamespace() string {
	if i.Config != nil && i.Config.RootNamespace != "" {
		return i.Config.RootNamespace
	}
	// Istio's chart writes it always; the code's own default is this one.
	return "istio-system"
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

package mesh

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	networkingv1 "k8s.io/api/networking/v1"
)

// Options narrow what is read.
type Options struct {
	Namespace string // of the workloads; empty for all
	Revision  string // of the control plane; empty for all
	// IstioNamespace is one that runs a control plane although no webhook says so;
	// may be empty.
	IstioNamespace string
}

// ErrNoRevision says that no control plane is of the revision asked for.
var ErrNoRevision = errors.New("no istiod is of revision")

// Read makes a snapshot. Its error says that the caller wanted no more, or
// that there is no cluster to be reached, or no such revision; what could not be seen is in Gaps.
func Read(ctx context.Context, from Source, options Options) (*Snapshot, error) {
	r := &reader{source: from, options: options, broken: map[string]int{}, snapshot: &Snapshot{
		At: time.Now(), Narrowed: options.Revision != "", Namespaces: map[string]Namespace{}, Services: map[Ref]*Service{}, Secrets: map[Ref]*Secret{},
		asked: map[Ref]bool{}, searched: map[string]bool{}, blind: map[string]bool{},
	}}
	if _, err := from.Versions(ctx, telemetries.Group); err != nil && !Refused(err) {
		return nil, fmt.Errorf("ask the cluster what it serves: %w", err)
	}
	for _, step := range []func(context.Context){
		r.webhooks, r.istiods, r.meshConfigs, r.namespaces, r.pods, r.bootstraps, r.refusals,
		r.telemetries, r.routes, r.networkPolicies, r.destinations, r.claims, r.secrets,
	} {
		step(ctx)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if len(r.snapshot.Istiods) == 0 && len(r.others) > 0 {
			return nil, fmt.Errorf("%w %q: there are %s", ErrNoRevision, options.Revision, strings.Join(r.others, ", "))
		}
	}
	r.attachPods()
	r.moreUnread()
	return r.snapshot, nil
}

type reader struct {
	source   Source
	options  Options
	snapshot *Snapshot
	others   []string       // revisions of control planes that are not wanted
	broken   map[string]int // how many of a kind cannot be read
}

// gap notes what could not be seen, once for a kind and place.
func (r *reader) gap(of Resource, where string, err error) {
	what := of.String()
	if where != "" {
		what += " in namespace " + where
	}
	r.snapshot.blind[of.Name] = true
	g := Gap{What: what, Why: Reason(err)}
	if !slices.Contains(r.snapshot.Gaps, g) {
		r.snapshot.Gaps = append(r.snapshot.Gaps, g)
	}
}

// list lists objects; what goes wrong is a gap. A kind that is not served has
// no objects.
func (r *reader) list(ctx context.Context, of Resource, query Query, each func([]byte) error) {
	err := r.source.List(ctx, of, query, each)
	if err != nil && !Absent(err) && ctx.Err() == nil {
		r.gap(of, query.Namespace, err)
	}
}

// listIstio lists objects of a kind of Istio's, the oldest first, by the first of the
// known versions that the cluster serves of the kind. Those of another version are a gap.
func listIstio[T interface{ meta() Meta }](ctx context.Context, r *reader, of Resource, known []string, read func([]byte) (T, error)) []T {
	served, err := r.source.Versions(ctx, of.Group)
	if err != nil {
		r.gap(of, "", err)
		return nil
	}
	var all []T
	err = ListIn(ctx, r.source, of, known, served, Query{}, keep(r, read, &all))
	if err != nil && !Absent(err) && ctx.Err() == nil {
		r.gap(of, "", err)
	}
	slices.SortStableFunc(all, Older)
	return all
}

func listAll[T any](ctx context.Context, r *reader, of Resource, query Query, read func([]byte) (T, error)) []T {
	var all []T
	each := keep(r, read, &all)
	r.list(ctx, of, query, func(data []byte) error { return each(of, data) })
	return all
}

// keep reads each object of a list into all. What cannot be read is a gap.
func keep[T any](r *reader, read func([]byte) (T, error), all *[]T) func(of Resource, data []byte) error {
	return func(of Resource, data []byte) error {
		one, err := read(data)
		if err != nil {
			r.unread(of, data, err)
			return nil
		}
		*all = append(*all, one)
		return nil
	}
}

// get reads one object: nil where it is not there. It is not seen where it cannot
// be looked at or read.
func get[T any](ctx context.Context, r *reader, of Resource, at Ref, read func([]byte) (T, error)) (found *T, seen bool) {
	data, err := r.source.Get(ctx, of, at.Namespace, at.Name)
	switch {
	case Absent(err):
		return nil, true
	case err != nil:
		if ctx.Err() == nil {
			r.gap(of, at.Namespace, err)
		}
		return nil, false
	}
	one, err := read(data)
	if err != nil {
		r.unreadAt(of, at, err)
		return nil, false
	}
	return &one, true
}

func (r *reader) namespaces(ctx context.Context) {
	read := reading("a Namespace", func(o *object[struct{}]) Namespace { return Namespace{newMeta(&o.Metadata)} })
	for _, n := range listAll(ctx, r, namespaces, Query{}, read) {
		r.snapshot.Namespaces[n.Name] = n
	}
}

// pods reads pods, of one namespace and those of Istio where only one is
// wanted.
func (r *reader) pods(ctx context.Context) {
	where := []string{""}
	if r.options.Namespace != "" {
		where = []string{r.options.Namespace}
		for _, i := range r.snapshot.Istiods {
			if !slices.Contains(where, i.Namespace) {
				where = append(where, i.Namespace)
			}
		}
	}
	names := interner{}
	for _, namespace := range where {
		r.podsOf(ctx, namespace, func(p Pod) {
			names.pod(&p)
			r.snapshot.Pods = append(r.snapshot.Pods, p)
		})
	}
}

// podsOf hands out the pods of a namespace. A cluster has a quicker way than
// JSON for what there is most of.
func (r *reader) podsOf(ctx context.Context, namespace string, each func(Pod)) {
	if quick, ok := r.source.(*Cluster); ok {
		if err := quick.listPods(ctx, namespace, each); err != nil && ctx.Err() == nil {
			r.gap(pods, namespace, err)
		}
		return
	}
	for _, p := range listAll(ctx, r, pods, Query{Namespace: namespace}, readPod) {
		each(p)
	}
}

func (r *reader) telemetries(ctx context.Context) {
	r.snapshot.Telemetries = listIstio(ctx, r, telemetries, []string{"v1", "v1alpha1"}, newTelemetry)
}

func (r *reader) routes(ctx context.Context) {
	served := []string{"v1", "v1beta1", "v1alpha3"}
	r.snapshot.ServiceEntries = listIstio(ctx, r, serviceEntries, served, newServiceEntry)
	r.snapshot.DestinationRules = listIstio(ctx, r, destinationRules, served, newDestinationRule)
	r.snapshot.Sidecars = listIstio(ctx, r, sidecars, served, newSidecar)
	r.snapshot.EnvoyFilters = listIstio(ctx, r, envoyFilters, served, newEnvoyFilter)
	served = []string{"v1", "v1beta1"}
	r.snapshot.PeerPolicies = listIstio(ctx, r, peerAuthentications, served, newPeerAuthentication)
	r.snapshot.Authorizations = listIstio(ctx, r, authorizationPolicies, served, newAuthorizationPolicy)
}

func (r *reader) networkPolicies(ctx context.Context) {
	r.snapshot.NetworkPolicies = listAll(ctx, r, networkPolicies, Query{}, reading("a NetworkPolicy", func(p *networkingv1.NetworkPolicy) networkingv1.NetworkPolicy {
		p.ManagedFields = nil
		return *p
	}))
}

// attachPods gives every istiod its pods.
func (r *reader) attachPods() {
	s := r.snapshot
	for i := range s.Pods {
		p := &s.Pods[i]
		app := p.Labels["app"]
		if app != "istiod" && app != "pilot" || !p.Running {
			continue
		}
		for _, d := range s.Istiods {
			if p.Namespace == d.Namespace && p.Owner == d.Name {
				d.Pods = append(d.Pods, p)
			}
		}
	}
}

// interner keeps one copy of texts that thousands of pods share.
type interner map[string]string

func (n interner) one(s string) string {
	if kept, ok := n[s]; ok {
		return kept
	}
	n[s] = s
	return s
}

func (n interner) pod(p *Pod) {
	p.Namespace, p.OwnerKind, p.Owner, p.Node = n.one(p.Namespace), n.one(p.OwnerKind), n.one(p.Owner), n.one(p.Node)
	p.ServiceAccount = n.one(p.ServiceAccount)
	kept := make(map[string]string, len(p.Labels))
	for key, value := range p.Labels {
		kept[n.one(key)] = n.one(value)
	}
	p.Labels = kept
	if p.Proxy == nil {
		return
	}
	p.Proxy.Image, p.Proxy.Revision = n.one(p.Proxy.Image), n.one(p.Proxy.Revision)
	for i := range p.Proxy.Mounts {
		p.Proxy.Mounts[i].Path, p.Proxy.Mounts[i].Secret = n.one(p.Proxy.Mounts[i].Path), n.one(p.Proxy.Mounts[i].Secret)
	}
}

package mesh

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	admissionv1 "k8s.io/api/admissionregistration/v1"
)

// The ends of the names of Istio's webhooks, of every version and revision
// (manifests/charts/istio-control/istio-discovery/templates). By the label app
// they were not always the same.
const (
	injects   = "sidecar-injector.istio.io"
	validates = "validation.istio.io"
)

// servers are the namespaces whose Services the API server calls for webhooks.
type servers map[string]bool

// add notes whom a webhook calls. One that calls a URL has its control plane
// outside of the cluster; what it reads in the cluster is in Istio's own
// namespace.
func (s servers) add(client admissionv1.WebhookClientConfig) {
	switch {
	case client.Service != nil:
		s[client.Service.Namespace] = true
	case client.URL != nil:
		s[istioSystem] = true
	}
}

var newValidator = reading("a ValidatingWebhookConfiguration", func(o *admissionv1.ValidatingWebhookConfiguration) servers {
	found := servers{}
	for i := range o.Webhooks {
		if h := &o.Webhooks[i]; strings.HasSuffix(h.Name, validates) {
			found.add(h.ClientConfig)
		}
	}
	return found
})

// webhooks reads those that inject, however they are labelled.
func (r *reader) webhooks(ctx context.Context) {
	for _, w := range listAll(ctx, r, webhooks, Query{}, newWebhook) {
		if len(w.both) > 0 {
			r.snapshot.Webhooks = append(r.snapshot.Webhooks, w)
		}
	}
}

// istiods reads the control planes. A Deployment's labels alone make none, as
// every tenant can set them.
func (r *reader) istiods(ctx context.Context) {
	labelled := listAll(ctx, r, deployments, Query{AnyLabel: AnyLabel{"app", []string{"istiod", "pilot"}}}, newIstiod)
	run := r.run(ctx, labelled)
	for _, i := range labelled {
		switch {
		case !run[i.Namespace]:
			r.snapshot.Strangers = append(r.snapshot.Strangers, &i)
		case r.options.Revision == "" || r.options.Revision == i.Revision:
			r.snapshot.Istiods = append(r.snapshot.Istiods, &i)
		default:
			r.others = append(r.others, i.Revision)
		}
	}
	slices.SortFunc(r.snapshot.Istiods, func(a, b *Istiod) int {
		return cmp.Or(strings.Compare(a.Revision, b.Revision), strings.Compare(a.Namespace, b.Namespace))
	})
}

// run gives the namespaces in which control planes run, by what only those can
// write who administer the cluster: the webhooks of Istio. Without any it is the
// namespace that the user names, or else Istio's own.
func (r *reader) run(ctx context.Context, labelled []Istiod) servers {
	run := servers{}
	for i := range r.snapshot.Webhooks {
		maps.Copy(run, r.snapshot.Webhooks[i].servers)
	}
	if r.options.IstioNamespace != "" {
		run[r.options.IstioNamespace] = true
	}
	// A control plane of which nothing is injected has its validation alone.
	if slices.ContainsFunc(labelled, func(i Istiod) bool { return !run[i.Namespace] }) {
		for _, found := range listAll(ctx, r, validators, Query{}, newValidator) {
			maps.Copy(run, found)
		}
	}
	if len(run) == 0 {
		run[istioSystem] = true
	}
	return run
}

// Unsure tells whether a Deployment of a revision is labelled as a control plane
// and may be one, as the webhooks that would say so could not be looked at. The
// revision "" means any.
func (s *Snapshot) Unsure(revision string) bool {
	return (s.Unseen(webhooks.Name) || s.Unseen(validators.Name)) &&
		slices.ContainsFunc(s.Strangers, func(i *Istiod) bool { return revision == "" || i.Revision == revision })
}

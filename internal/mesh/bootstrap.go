package mesh

import (
	"context"
	"fmt"
)

// bootstrapKey is the key of a ConfigMap that annotation sidecar.istio.io/bootstrapOverride
// names (manifests/charts/istio-control/istio-discovery/files/injection-template.yaml).
const bootstrapKey = "custom_bootstrap.json"

// mostBootstraps bounds how many of these ConfigMaps are read: each is a request.
const mostBootstraps = 50

// bootstraps reads what pods have Envoy's bootstrap overridden with, where a mesh config
// has its tracer in the bootstrap.
func (r *reader) bootstraps(ctx context.Context) {
	s := r.snapshot
	inBootstrap := map[string]bool{} // revisions
	for _, i := range s.Istiods {
		inBootstrap[i.Revision] = i.Config != nil && len(i.Config.Tracers()) > 0
	}
	s.tracingBootstraps = map[Ref]bool{}
	more := 0
	for i := range s.Pods {
		pod := &s.Pods[i]
		if pod.Proxy == nil || pod.Proxy.Bootstrap == "" || !inBootstrap[pod.Proxy.Revision] || ctx.Err() != nil {
			continue
		}
		at := Ref{pod.Namespace, pod.Proxy.Bootstrap}
		if _, done := s.tracingBootstraps[at]; done {
			continue
		}
		if len(s.tracingBootstraps) >= mostBootstraps {
			more++
			continue
		}
		s.tracingBootstraps[at] = r.bootstrapTraces(ctx, at)
	}
	if more > 0 {
		s.Gaps = append(s.Gaps, Gap{
			What: fmt.Sprintf("the bootstraps of %d more pods", more), Why: fmt.Sprintf("%d are looked at", mostBootstraps),
		})
	}
}

// bootstrapTraces tells whether a ConfigMap has a bootstrap with a tracer. What cannot be
// read is a gap, but not one of all ConfigMaps: it is a tenant's.
func (r *reader) bootstrapTraces(ctx context.Context, at Ref) bool {
	data, err := r.source.Get(ctx, configMaps, at.Namespace, at.Name)
	if err != nil {
		if !Absent(err) && ctx.Err() == nil {
			r.snapshot.Gaps = append(r.snapshot.Gaps, Gap{What: "configmap " + at.String(), Why: Reason(err)})
		}
		return false
	}
	m, err := newConfigMap(data)
	if err != nil {
		r.unreadAt(configMaps, at, err)
		return false
	}
	tree, err := readTree(m.Data[bootstrapKey])
	if err != nil {
		return false // Envoy does not start with it
	}
	tracing, _ := tree["tracing"].(map[string]any)
	return tracing["http"] != nil
}

// TracesByBootstrap tells whether a pod has a tracer of its own in its Envoy's bootstrap, in
// the place of the mesh's.
func (s *Snapshot) TracesByBootstrap(p *Pod) bool {
	return p.Proxy != nil && s.tracingBootstraps[Ref{p.Namespace, p.Proxy.Bootstrap}]
}

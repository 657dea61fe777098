package doctor

import (
	"slices"
	"time"

	"github.com/istio-lightstep/istio-lightstep/internal/dialect"
	"github.com/istio-lightstep/istio-lightstep/internal/doctor/finding"
	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
)

// versions checks istiod's version and those of its proxies against the way in
// which they are to send spans.
func (e *examination) versions(p *plane) {
	if !p.Version.Known() {
		e.add("LS-ISTIOD-VERSION", subject("deployment", p.Ref), time.Time{}, finding.Facts{
			"name": p.Name, "namespace": p.Namespace, "live.istiod.image": p.Image,
		})
	}
	for _, provider := range p.Config.Providers {
		if slices.Contains(provider.Kinds, "lightstep") {
			e.lightstepProvider(p, provider)
		}
	}
	if slices.Contains(p.Config.Tracers(), "lightstep") && !e.nativeTracer(p.Version) {
		e.add("LS-NATIVE-TRACER", subject("configmap", mesh.Ref{Namespace: p.Namespace, Name: p.StandardName}), time.Time{}, finding.Facts{
			"istio.minor": p.Version.Minor(), "configMap": p.StandardName, "namespace": p.Namespace,
		})
	}
	e.oldProxies(p)
	e.nativePods(p)
}

func (e *examination) lightstepProvider(p *plane, provider mesh.Provider) {
	id := map[string]string{
		"panics": "LS-PROVIDER-PANICS", "deprecated": "LS-PROVIDER-UPGRADE", "broken": "LS-PROVIDER-BROKEN",
	}[p.row.LightstepProvider]
	if id == "" {
		return
	}
	configMap := p.configMapOf(provider)
	e.add(id, subject("configmap", mesh.Ref{Namespace: p.Namespace, Name: configMap}), time.Time{}, finding.Facts{
		"istio.minor": p.Version.Minor(), "provider": provider.Name, "configMap": configMap, "namespace": p.Namespace,
	})
}

// nativeTracer tells whether proxies of a version contain the LightStep
// tracer; an unknown one is taken to.
func (e *examination) nativeTracer(v dialect.Version) bool {
	return !v.Known() || e.dialects.Nearest(v).Native != ""
}

// oldProxies finds proxies without the OpenTelemetry tracer.
func (e *examination) oldProxies(p *plane) {
	if !slices.Contains([]string{"opentelemetry", "lightstep"}, p.target.Kind()) || !dialect.OTLP(p.row) {
		return
	}
	old := func(pod *mesh.Pod) bool { return !dialect.OTLP(e.dialects.Nearest(pod.Proxy.Version)) }
	for _, w := range workloadsOf(p.pods, old) {
		e.add("LS-PROXY-OLD", w.subject(), time.Time{}, finding.Facts{
			"version": w.first.Proxy.Version.String(), "since": e.dialects.Since(dialect.OTLP).String(),
			"workload": w.name, "namespace": w.namespace,
		})
	}
}

// nativePods finds pods that were told to use a tracer that they lack.
func (e *examination) nativePods(p *plane) {
	annotated := func(pod *mesh.Pod) bool {
		tracers, _, err := mesh.PodTracing(pod.Proxy.Config)
		return err == nil && slices.Contains(tracers, "lightstep") && !e.nativeTracer(pod.Proxy.Version)
	}
	for _, w := range workloadsOf(p.pods, annotated) {
		e.add("LS-POD-NATIVE-TRACER", w.subject(), w.first.Created, finding.Facts{
			"workload": w.name, "namespace": w.namespace,
		})
	}
	told := func(pod *mesh.Pod) bool {
		return pod.Proxy.Native && !annotated(pod) && !e.nativeTracer(pod.Proxy.Version)
	}
	for _, w := range workloadsOf(p.pods, told) {
		e.add("LS-NATIVE-TRACER-POD", w.subject(), w.first.Created, finding.Facts{
			"version": w.first.Proxy.Version.String(), "workload": w.name, "namespace": w.namespace,
		})
	}
}

// orphans finds proxies whose control plane is gone.
func (e *examination) orphans() {
	if e.Unseen("deployments") || e.Narrowed {
		return
	}
	var pods []*mesh.Pod
	for i := range e.Pods {
		if e.Pods[i].Running && e.Pods[i].Proxy != nil {
			pods = append(pods, &e.Pods[i])
		}
	}
	gone := func(pod *mesh.Pod) bool { return e.IstiodOf(pod.Proxy.Revision) == nil }
	for _, w := range workloadsOf(pods, gone) {
		e.add("LS-PROXY-ORPHAN", w.subject(), time.Time{}, finding.Facts{
			"revision": w.first.Proxy.Revision, "workload": w.name, "namespace": w.namespace,
		})
	}
}

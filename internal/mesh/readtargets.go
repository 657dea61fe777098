package mesh

import (
	"context"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/istio-lightstep/istio-lightstep/internal/collector"
)

// meshConfigs reads the ConfigMaps of every istiod, and those that the chart
// made and no istiod need be reading.
func (r *reader) meshConfigs(ctx context.Context) {
	for _, i := range r.snapshot.Istiods {
		r.meshConfig(ctx, i)
		r.injector(ctx, i)
	}
	for _, label := range collector.ChartLabels {
		r.list(ctx, configMaps, Query{Labels: map[string]string{label: collector.Chart}}, r.chartConfig)
	}
}

// chartConfig keeps a ConfigMap that the chart made. Everybody can set the label, and
// fill the memory: others are not kept.
func (r *reader) chartConfig(data []byte) error {
	m, err := newConfigMap(data)
	if err != nil {
		r.unread(configMaps, data, err)
		return nil
	}
	if !r.snapshot.Trusted(m.Namespace) {
		return nil
	}
	if _, ok := m.Data["mesh"]; ok {
		r.snapshot.SharedConfigs = append(r.snapshot.SharedConfigs, m)
	}
	if _, ok := m.Data["config.yaml"]; ok {
		r.snapshot.CollectorConfigs = append(r.snapshot.CollectorConfigs, m)
	}
	return nil
}

var newConfigMap = reading("a ConfigMap", func(o *corev1.ConfigMap) ConfigMap {
	return ConfigMap{Meta: newMeta(&o.ObjectMeta), Data: o.Data}
})

// configMap gets a ConfigMap; nil is one that is not there or not seen.
func (r *reader) configMap(ctx context.Context, namespace, name string) (*ConfigMap, error) {
	data, err := r.source.Get(ctx, configMaps, namespace, name)
	if Absent(err) {
		return nil, nil
	}
	if err != nil {
		r.gap(configMaps, namespace, err)
		return nil, err
	}
	m, err := newConfigMap(data)
	if err != nil {
		r.gap(configMaps, namespace, err)
	}
	return &m, err
}

func (r *reader) meshConfig(ctx context.Context, i *Istiod) {
	standardMap, err := r.configMap(ctx, i.Namespace, i.StandardName)
	if err != nil {
		return
	}
	var standard, shared *Config
	if standardMap != nil {
		standard, i.ConfigErr = ParseMeshConfig(standardMap.Data["mesh"])
	}
	if err := r.sharedName(ctx, i); err != nil {
		return
	}
	if i.Shared != "" {
		sharedMap, err := r.configMap(ctx, i.Namespace, i.Shared)
		if err != nil {
			return
		}
		if sharedMap != nil {
			var text string
			if text, i.SharedFound = sharedMap.Data["mesh"]; i.SharedFound {
				shared, i.SharedErr = ParseMeshConfig(text)
			}
		}
	}
	i.Config = Merge(shared, standard)
}

// sharedName reads the name of the shared mesh config where istiod has it from
// the key of a ConfigMap.
func (r *reader) sharedName(ctx context.Context, i *Istiod) error {
	variable, _ := i.Variable(sharedVariable)
	if variable.ConfigMap == "" {
		return nil
	}
	m, err := r.configMap(ctx, i.Namespace, variable.ConfigMap)
	if err != nil {
		return err
	}
	i.SharedUnread = false
	if m != nil {
		i.Shared = m.Data[variable.Key]
	}
	return nil
}

func (r *reader) injector(ctx context.Context, i *Istiod) {
	m, err := r.configMap(ctx, i.Namespace, i.named("istio-sidecar-injector"))
	if err != nil || m == nil {
		return
	}
	injector, err := newInjector(*m)
	if err != nil {
		r.unreadAt(configMaps, m.Ref, err)
		return
	}
	i.Injector = injector
}

// CASecret is the name of the Secret that proxies mount: Istio's charts know
// no other.
const CASecret = "lightstep.cacert" //nolint:gosec // a name

// ServiceRef gives the Kubernetes Service that a provider's service means:
// NAMESPACE/HOST or HOST, where HOST is name.namespace, or that with
// .svc.cluster.local. Ok is false where it can only be a ServiceEntry's host.
func ServiceRef(service string) (at Ref, ok bool) {
	if _, host, found := strings.Cut(service, "/"); found {
		service = host
	}
	parts := strings.Split(service, ".")
	if len(parts) == 2 || len(parts) > 2 && parts[2] == "svc" {
		return Ref{Namespace: parts[1], Name: parts[0]}, parts[0] != "" && parts[1] != ""
	}
	return Ref{}, false
}

// destinations reads what providers send to: Services, their endpoints, and
// the workloads in their namespaces.
func (r *reader) destinations(ctx context.Context) {
	var seen []string
	for _, i := range r.snapshot.Istiods {
		if i.Config == nil {
			continue
		}
		for _, p := range i.Config.Providers {
			at, ok := ServiceRef(p.Service)
			if !ok || !p.Traces() {
				continue
			}
			r.service(ctx, at)
			if !slices.Contains(seen, at.Namespace) {
				seen = append(seen, at.Namespace)
				r.workloads(ctx, at.Namespace)
			}
		}
	}
}

func (r *reader) service(ctx context.Context, at Ref) {
	if _, done := r.snapshot.Services[at]; done {
		return
	}
	s, seen := get(ctx, r, services, at, newService)
	switch {
	case !seen:
		r.snapshot.Services[at] = &Service{Meta: Meta{Ref: at}, Unseen: true}
		return
	case s == nil:
		return
	}
	query := Query{Namespace: at.Namespace, Labels: map[string]string{"kubernetes.io/service-name": at.Name}}
	r.list(ctx, endpointSlices, query, func(data []byte) error {
		if err := s.count(data); err != nil {
			r.unread(endpointSlices, data, err)
		}
		return nil
	})
	r.snapshot.Services[at] = s
}

func (r *reader) workloads(ctx context.Context, namespace string) {
	for _, of := range []Resource{statefulSets, deployments} {
		r.snapshot.Workloads = append(r.snapshot.Workloads, listAll(ctx, r, of, Query{Namespace: namespace}, workloadOf(of.Kind))...)
	}
	if r.options.Namespace == "" || r.options.Namespace == namespace ||
		slices.ContainsFunc(r.snapshot.Istiods, func(i *Istiod) bool { return i.Namespace == namespace }) {
		return
	}
	r.podsOf(ctx, namespace, func(p Pod) { r.snapshot.Pods = append(r.snapshot.Pods, p) })
}

// secrets gets the Secrets that istiod, collectors and proxies name, and no
// others. The one that every proxy mounts is searched for in all namespaces by
// one list.
func (r *reader) secrets(ctx context.Context) {
	for _, i := range r.snapshot.Istiods {
		for _, e := range i.Env {
			if e.SecretName != "" && i.sends(e.Name) {
				r.secret(ctx, Ref{i.Namespace, e.SecretName})
			}
		}
	}
	for i := range r.snapshot.Workloads {
		w := &r.snapshot.Workloads[i]
		if !r.receives(w) {
			continue
		}
		for _, m := range w.Volumes {
			r.secret(ctx, Ref{w.Namespace, m.Secret})
		}
		for _, e := range w.Env {
			if e.SecretName != "" {
				r.secret(ctx, Ref{w.Namespace, e.SecretName})
			}
		}
	}
	if r.mountsCA() {
		r.searchSecrets(ctx, CASecret)
	}
}

// sends tells whether a provider sends that variable of istiod's.
func (i *Istiod) sends(variable string) bool {
	if i.Config == nil {
		return false
	}
	for _, p := range i.Config.Providers {
		if slices.ContainsFunc(p.Metadata, func(h Header) bool { return h.EnvName == variable }) {
			return true
		}
	}
	return false
}

// receives tells whether a Service of a provider leads to the workload, or the
// chart made it to.
func (r *reader) receives(w *Workload) bool {
	if w.IsCollector() {
		return true
	}
	for at, s := range r.snapshot.Services {
		if at.Namespace == w.Namespace && len(s.Selector) > 0 && Selects(s.Selector, w.PodLabels) {
			return true
		}
	}
	return false
}

// IsCollector tells whether the chart made the workload as its collector.
func (w *Workload) IsCollector() bool {
	return w.Labelled && w.Labels[collector.ComponentLabel] == collector.Component
}

// Selects tells whether labels have all that a selector asks for.
func Selects(selector, labels map[string]string) bool {
	for key, value := range selector {
		if got, ok := labels[key]; !ok || got != value {
			return false
		}
	}
	return true
}

// mountsCA tells whether proxies verify the satellite themselves: a route with
// a CA file, a native tracer, or a mount that is there.
func (r *reader) mountsCA() bool {
	for i := range r.snapshot.DestinationRules {
		d := &r.snapshot.DestinationRules[i]
		if d.Labelled || strings.Contains(d.Name, "lightstep") {
			return true
		}
	}
	for _, i := range r.snapshot.Istiods {
		if i.Config != nil && i.Config.Tracing["lightstep"] != nil {
			return true
		}
	}
	return slices.ContainsFunc(r.snapshot.Pods, func(p Pod) bool {
		return p.Proxy != nil && slices.ContainsFunc(p.Proxy.Mounts, func(m Mount) bool { return m.Secret == CASecret })
	})
}

func (r *reader) secret(ctx context.Context, at Ref) {
	if r.snapshot.asked[at] {
		return
	}
	s, seen := get(ctx, r, secrets, at, newSecret)
	if s != nil {
		r.snapshot.Secrets[at] = s
	}
	r.snapshot.asked[at] = seen
}

func (r *reader) searchSecrets(ctx context.Context, name string) {
	err := r.source.List(ctx, secrets, Query{Namespace: r.options.Namespace, Name: name}, func(data []byte) error {
		s, err := newSecret(data)
		if err != nil {
			r.unread(secrets, data, err)
			return nil
		}
		r.snapshot.Secrets[s.Ref] = &s
		return nil
	})
	if err != nil && ctx.Err() == nil {
		r.gap(secrets, r.options.Namespace, err)
		return
	}
	r.snapshot.searched[name] = true
}

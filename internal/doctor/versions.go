package doctor

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/istio-lightstep/istio-lightstep/internal/dialect"
	"github.com/istio-lightstep/istio-lightstep/internal/doctor/finding"
	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
	"github.com/istio-lightstep/istio-lightstep/internal/terminal"
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
	if p.native() || p.row.Receiver == "zipkin" {
		e.annotated(p)
		e.bootstraps(p)
	}
}

func (e *examination) lightstepProvider(p *plane, provider mesh.Provider) {
	id := map[string]string{
		"panics": "LS-PROVIDER-PANICS", "deprecated": "LS-PROVIDER-UPGRADE", "broken": "LS-PROVIDER-BROKEN",
	}[p.row.LightstepProvider]
	if id == "" {
		return
	}
	remove := removeProvider(p, provider)
	if id == "LS-PROVIDER-UPGRADE" {
		remove = e.retireProvider(p, provider)
	}
	configMap := p.configMapOf(provider)
	e.add(id, subject("configmap", mesh.Ref{Namespace: p.Namespace, Name: configMap}), time.Time{}, finding.Facts{
		"istio.minor": p.Version.Minor(), "provider": provider.Name, "configMap": configMap, "namespace": p.Namespace,
		"remove": remove,
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

// bootstraps finds pods with tracing of their own in Envoy's bootstrap. It counts where the
// mesh's tracer is there too; a provider of a Telemetry is not.
func (e *examination) bootstraps(p *plane) {
	for _, w := range workloadsOf(p.pods, e.TracesByBootstrap) {
		e.add("LS-POD-BOOTSTRAP", w.subject(), w.first.Created, finding.Facts{
			"workload": w.name, "namespace": w.namespace, "configMap": w.first.Proxy.Bootstrap,
		})
	}
}

// annotated finds pods whose annotation has a section tracing, which replaces that of the
// mesh, and in it no tracer or another one.
func (e *examination) annotated(p *plane) {
	for _, w := range workloadsOf(p.pods, func(pod *mesh.Pod) bool {
		tracers, present, err := mesh.PodTracing(pod.Proxy.Config)
		return err == nil && present && !slices.Contains(tracers, "lightstep") && !slices.Equal(tracers, p.Config.Tracers())
	}) {
		tracers, _, _ := mesh.PodTracing(w.first.Proxy.Config)
		e.add("LS-POD-TRACING", w.subject(), w.first.Created, finding.Facts{"workload": w.name, "namespace": w.namespace, "tracer": listed(tracers)})
		if len(tracers) > 0 {
			e.found[len(e.found)-1].Choose()
		}
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
	gone := func(pod *mesh.Pod) bool { return e.gone(pod.Proxy.Revision) }
	for _, w := range workloadsOf(pods, gone) {
		e.add("LS-PROXY-ORPHAN", w.subject(), time.Time{}, finding.Facts{
			"revision": w.first.Proxy.Revision, "workload": w.name, "namespace": w.namespace,
		})
	}
}

// gone tells whether no control plane is of a revision, as far as that is known.
func (e *examination) gone(revision string) bool {
	return e.IstiodOf(revision) == nil && !e.Unsure(revision)
}

// refused finds workloads of the mesh of which Kubernetes makes no pod any
// more: by the injection webhook, which is away, or by a rule of the cluster.
func (e *examination) refused() {
	for i := range e.Refusals {
		r := &e.Refusals[i]
		revision := e.InjectedBy(r.Namespace, r.Labels)
		if revision == "" && !e.collects(r) {
			continue
		}
		facts := finding.Facts{"workload": r.Workload(), "namespace": r.Namespace, "missing": terminal.Counted(r.Missing, "pod")}
		id := "LS-POD-REFUSED"
		if webhookFailed.MatchString(r.Message) {
			id = "LS-INJECTION-FAILING"
			facts["problem"], facts["command"] = short(lastCause(r.Message)), e.injectAgain(r.Namespace, revision)
		} else {
			facts["problem"], facts["command"] = short(attempted.ReplaceAllString(r.Message, "")), allowing(r)
		}
		e.add(id, r.Workload()+" in "+r.Namespace, r.Since, facts)
	}
}

// collects tells whether the workload is the chart's collector, which has no
// proxy.
func (e *examination) collects(r *mesh.Refusal) bool {
	return slices.ContainsFunc(e.Workloads, func(w mesh.Workload) bool { return w.IsCollector() && w.Ref == r.Ref && w.Kind == r.Kind })
}

var (
	webhookFailed = regexp.MustCompile(`failed calling (admission )?webhook "[a-z.]*sidecar-injector\.istio\.io"`)
	// attempted is what controllers write before the API server's own words.
	attempted = regexp.MustCompile(`^(Error creating: |create Pod \S+ in StatefulSet \S+ failed error: )(pods "[^"]*" is forbidden: )?`)
	quota     = regexp.MustCompile(`exceeded quota: ([a-z0-9.-]+)`)
)

// lastCause is what stands behind the address of a webhook that was called.
func lastCause(message string) string {
	if at := strings.LastIndex(message, `": `); at >= 0 {
		return message[at+len(`": `):]
	}
	return message
}

// longest is how much of an API server's message is told.
const longest = 200

func short(text string) string {
	if runes := []rune(text); len(runes) > longest {
		return string(runes[:longest]) + "…"
	}
	return text
}

// injectAgain is the command for a webhook that fails: for its istiod, or, where
// that is gone, for the namespace that still asks for its revision.
func (e *examination) injectAgain(namespace, revision string) finding.Command {
	istiod := e.IstiodOf(revision)
	if istiod == nil {
		facts := finding.Facts{"namespace": namespace}
		if len(e.Istiods) > 0 && e.Istiods[0].Revision != "default" {
			facts["revision"] = e.Istiods[0].Revision
			return finding.NewCommand("kubectl label namespace {namespace} --overwrite istio-injection- istio.io/rev={revision}", facts)
		}
		return finding.NewCommand("kubectl label namespace {namespace} --overwrite istio-injection=enabled istio.io/rev-", facts)
	}
	facts := finding.Facts{"istiod": istiod.Name, "namespace": istiod.Namespace}
	switch {
	case istiod.Replicas == 0:
		return finding.NewCommand("kubectl scale deployment/{istiod} --namespace {namespace} --replicas=1", facts)
	case !slices.ContainsFunc(istiod.Pods, func(p *mesh.Pod) bool { return p.Ready }):
		return finding.NewCommand("kubectl logs deployment/{istiod} --namespace {namespace} --tail 50", facts)
	default:
		return finding.NewCommand("kubectl rollout restart deployment/{istiod} --namespace {namespace}", facts)
	}
}

// allowing is the command for a rule of the cluster that refuses the pod. That of
// others than Kubernetes' own is theirs to know. Pod Security is never weakened:
// the way is Istio's CNI plugin, with which the proxy needs no privilege.
func allowing(r *mesh.Refusal) finding.Command {
	facts := finding.Facts{"object": r.Workload(), "namespace": r.Namespace}
	if found := quota.FindStringSubmatch(r.Message); found != nil {
		facts["quota"] = found[1]
		return finding.NewCommand("kubectl edit resourcequota {quota} --namespace {namespace}", facts)
	}
	if strings.Contains(r.Message, "violates PodSecurity") {
		return finding.Advise("install Istio's CNI plugin (istio-cni); the proxy then needs no capability that the levels restricted and baseline forbid; " +
			"fix everything else that the message names in the workload")
	}
	return finding.NewCommand("kubectl describe {object} --namespace {namespace}", facts)
}

package mesh

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"github.com/istio-lightstep/istio-lightstep/internal/dialect"
)

// Pod is what is kept of a pod.
type Pod struct {
	Meta
	OwnerKind, Owner string // of the workload: a Deployment, not its ReplicaSet
	Running          bool   // neither finished nor going away
	Ready            bool
	HostNetwork      bool
	ServiceAccount   string
	Node             string
	Waiting          string    // why a container waits, such as CreateContainerConfigError
	WaitingMessage   string    // what Kubernetes says of it
	Started          time.Time // of the newest container
	InjectLabel      string    // sidecar.istio.io/inject, of the label or else the annotation
	Proxy            *Proxy
}

// Proxy is the pod's istio-proxy.
type Proxy struct {
	Image    string
	Version  dialect.Version
	Revision string // of the control plane that injected it
	Gateway  bool
	Own      bool // has injection templates of its own
	Ready    bool
	Config   string // annotation proxy.istio.io/config
	// Bootstrap is the ConfigMap by which Envoy's bootstrap is overridden, of annotation
	// sidecar.istio.io/bootstrapOverride.
	Bootstrap string
	Mounts    []Mount
	Native    bool // args or env name the LightStep tracer
	Inbound   bool // nothing that the pod sends goes through it
	// Only and Not are the ports of the pod that go through it, and those that do not.
	Only, Not []string
}

const proxyContainer = "istio-proxy"

// readPod reads a pod from JSON.
var readPod = reading("a Pod", newPod)

// newPod keeps little of a pod.
func newPod(o *corev1.Pod) Pod {
	p := Pod{
		Meta:        newMeta(&o.ObjectMeta),
		HostNetwork: o.Spec.HostNetwork, ServiceAccount: o.Spec.ServiceAccountName,
		Node: o.Spec.NodeName,
		Running: o.DeletionTimestamp == nil && o.Status.Phase != corev1.PodSucceeded &&
			o.Status.Phase != corev1.PodFailed,
		InjectLabel: cmp.Or(o.Labels["sidecar.istio.io/inject"], o.Annotations["sidecar.istio.io/inject"]),
	}
	p.OwnerKind, p.Owner = owner(o)
	for _, c := range o.Status.Conditions {
		if c.Type == corev1.PodReady {
			p.Ready = c.Status == corev1.ConditionTrue
		}
	}
	p.statuses(o.Status.InitContainerStatuses)
	p.statuses(o.Status.ContainerStatuses)
	if p.Started.IsZero() {
		p.Started = o.CreationTimestamp.Time
	}
	p.proxy(o)
	return p
}

// owner names the workload of a pod: a ReplicaSet is that of a Deployment.
func owner(o *corev1.Pod) (kind, name string) {
	of := metav1.GetControllerOfNoCopy(o)
	if of == nil {
		return "Pod", o.Name
	}
	if hash := o.Labels["pod-template-hash"]; of.Kind == "ReplicaSet" && hash != "" {
		return "Deployment", strings.TrimSuffix(of.Name, "-"+hash)
	}
	return of.Kind, of.Name
}

func (p *Pod) statuses(statuses []corev1.ContainerStatus) {
	for _, s := range statuses {
		if w := s.State.Waiting; w != nil && p.Waiting == "" && w.Reason != "PodInitializing" {
			p.Waiting, p.WaitingMessage = w.Reason, w.Message
		}
		if r := s.State.Running; r != nil && r.StartedAt.After(p.Started) {
			p.Started = r.StartedAt.Time
		}
	}
}

// proxy reads the container of the proxy, which may be an init container.
func (p *Pod) proxy(o *corev1.Pod) {
	containers := slices.Concat(o.Spec.Containers, o.Spec.InitContainers)
	i := slices.IndexFunc(containers, func(c corev1.Container) bool { return c.Name == proxyContainer })
	if i < 0 {
		return
	}
	c := &containers[i]
	proxy := &Proxy{
		Image: c.Image, Version: imageVersion(c.Image), Revision: injectedBy(o),
		Gateway:   slices.Contains(c.Args, "router"),
		Own:       o.Annotations["inject.istio.io/templates"] != "",
		Config:    o.Annotations["proxy.istio.io/config"],
		Bootstrap: o.Annotations["sidecar.istio.io/bootstrapOverride"],
		Mounts:    secretMounts(c, o.Spec.Volumes),
		Native:    hasNativeTracer(c),
	}
	if ranges, given := o.Annotations["traffic.sidecar.istio.io/includeOutboundIPRanges"]; given && ranges == "" {
		proxy.Inbound = true
	}
	if ports, given := o.Annotations["traffic.sidecar.istio.io/includeInboundPorts"]; given && ports != "*" {
		proxy.Only = strings.Split(ports, ",")
	}
	if ports := o.Annotations["traffic.sidecar.istio.io/excludeInboundPorts"]; ports != "" {
		proxy.Not = strings.Split(ports, ",")
	}
	for _, s := range slices.Concat(o.Status.ContainerStatuses, o.Status.InitContainerStatuses) {
		if s.Name == proxyContainer {
			proxy.Ready = s.Ready
		}
	}
	p.Proxy = proxy
}

// revisionOfStatus is in the injector's note, annotation sidecar.istio.io/status.
var revisionOfStatus = regexp.MustCompile(`"revision"\s*:\s*"([^"]*)"`)

func injectedBy(o *corev1.Pod) string {
	if m := revisionOfStatus.FindStringSubmatch(o.Annotations["sidecar.istio.io/status"]); m != nil && m[1] != "" {
		return m[1]
	}
	return cmp.Or(o.Labels["istio.io/rev"], defaultRevision)
}

// hasNativeTracer finds the LightStep tracer in the pod itself: flags up to
// 1.5, env PROXY_CONFIG from 1.6 on.
func hasNativeTracer(c *corev1.Container) bool {
	if slices.ContainsFunc(c.Args, func(a string) bool { return strings.HasPrefix(a, "--lightstep") }) {
		return true
	}
	return slices.ContainsFunc(c.Env, func(e corev1.EnvVar) bool {
		return e.Name == "PROXY_CONFIG" && strings.Contains(e.Value, `"lightstep"`)
	})
}

// Guards tells whether the pod has a proxy that takes what is sent to a port.
func (p *Pod) Guards(port int) bool {
	if p.Proxy == nil {
		return false
	}
	listed := func(ports []string) bool {
		return slices.ContainsFunc(ports, func(one string) bool { return strings.TrimSpace(one) == strconv.Itoa(port) })
	}
	return (p.Proxy.Only == nil || listed(p.Proxy.Only)) && !listed(p.Proxy.Not)
}

// Workload names the pod's workload for people and for kubectl rollout.
func (p *Pod) Workload() string { return strings.ToLower(p.OwnerKind) + "/" + p.Owner }

// Refusal is a workload of which Kubernetes cannot make a pod: the API server,
// or a webhook of it, refuses.
type Refusal struct {
	Ref
	Kind    string            // Deployment, ReplicaSet, StatefulSet or DaemonSet
	Labels  map[string]string // of the pods that are to be
	Missing int               // pods that are wanted and not there
	Message string            // of the API server, as the event has it
	Since   time.Time         // of the first attempt that is remembered
}

// Workload names the workload for people and for kubectl.
func (r *Refusal) Workload() string { return strings.ToLower(r.Kind) + "/" + r.Name }

// mostRefusals bounds how many workloads are looked at: each is a request.
const mostRefusals = 50

// attempt is what an event says of a pod that could not be made.
type attempt struct {
	kind        string
	at          Ref
	message     string
	first, last time.Time
}

// refusals reads the events of pods that could not be made, and then those of
// the workloads that still lack some. Events are remembered for an hour; a
// controller tries again every 17 minutes or sooner.
func (r *reader) refusals(ctx context.Context) {
	latest := map[string]attempt{}
	pods := map[string][]*Pod{}
	for i := range r.snapshot.Pods {
		p := &r.snapshot.Pods[i]
		pods[p.Namespace] = append(pods[p.Namespace], p)
	}
	r.list(ctx, events, Query{Namespace: r.options.Namespace, Reason: "FailedCreate"}, func(data []byte) error {
		a, err := newAttempt(data)
		key := a.kind + " " + a.at.String()
		if err != nil || latest[key].last.After(a.last) || a.succeeded(pods[a.at.Namespace]) {
			return nil //nolint:nilerr // one event that cannot be read hides no other
		}
		latest[key] = a
		return nil
	})
	attempts := make([]attempt, 0, len(latest))
	for _, a := range latest {
		attempts = append(attempts, a)
	}
	slices.SortFunc(attempts, func(a, b attempt) int {
		return cmp.Or(b.last.Compare(a.last), strings.Compare(a.kind+a.at.String(), b.kind+b.at.String()))
	})
	if more := len(attempts) - mostRefusals; more > 0 {
		r.snapshot.Gaps = append(r.snapshot.Gaps, Gap{
			What: fmt.Sprintf("%d more workloads whose pods were refused", more), Why: fmt.Sprintf("%d are looked at", mostRefusals),
		})
		attempts = attempts[:mostRefusals]
	}
	for _, a := range attempts {
		if ctx.Err() != nil {
			return
		}
		r.refusal(ctx, a)
	}
}

// newAttempt reads an event of either API: core's controllers write times of
// their own into it, others a series.
var newAttempt = reading("an Event", func(o *corev1.Event) attempt {
	a := attempt{
		kind: o.InvolvedObject.Kind, at: Ref{o.InvolvedObject.Namespace, o.InvolvedObject.Name}, message: o.Message,
		first: o.FirstTimestamp.Time, last: o.LastTimestamp.Time,
	}
	if a.last.IsZero() {
		a.first, a.last = o.EventTime.Time, o.EventTime.Time
	}
	if o.Series != nil && o.Series.LastObservedTime.After(a.last) {
		a.last = o.Series.LastObservedTime.Time
	}
	return a
})

// succeeded tells whether a pod of the workload was made since the attempt, by
// the pods of its namespace.
func (a attempt) succeeded(pods []*Pod) bool {
	return slices.ContainsFunc(pods, func(p *Pod) bool {
		own, found := strings.CutPrefix(p.Name, a.at.Name+"-")
		return found && !strings.Contains(own, "-") && !p.Created.Before(a.last)
	})
}

// refusal keeps a workload that still lacks pods.
func (r *reader) refusal(ctx context.Context, a attempt) {
	of, known := map[string]Resource{
		"ReplicaSet": replicaSets, "StatefulSet": statefulSets, "DaemonSet": daemonSets,
	}[a.kind]
	if !known {
		return
	}
	found, _ := get(ctx, r, of, a.at, reading("a "+a.kind, a.refusal))
	if found != nil && found.Missing > 0 {
		r.snapshot.Refusals = append(r.snapshot.Refusals, *found)
	}
}

// lacking is what is decoded of a workload that may lack pods.
type lacking struct {
	object[struct {
		Replicas *int                   `json:"replicas"`
		Template corev1.PodTemplateSpec `json:"template"`
	}]
	Status struct {
		Replicas int `json:"replicas"`
		Desired  int `json:"desiredNumberScheduled"`
		Current  int `json:"currentNumberScheduled"`
	} `json:"status"`
}

func (a attempt) refusal(o *lacking) Refusal {
	found := Refusal{Ref: a.at, Kind: a.kind, Message: a.message, Since: a.first}
	found.Labels, found.Missing = o.Spec.Template.Labels, ptr.Deref(o.Spec.Replicas, 1)-o.Status.Replicas
	if a.kind == "DaemonSet" {
		found.Missing = o.Status.Desired - o.Status.Current
	}
	if of := metav1.GetControllerOfNoCopy(&o.Metadata); of != nil && a.kind == "ReplicaSet" {
		found.Kind, found.Name = of.Kind, of.Name
	}
	return found
}

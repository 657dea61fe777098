package mesh

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/istio-lightstep/istio-lightstep/internal/dialect"
)

// Pod is what is kept of a pod.
type Pod struct {
	Meta
	OwnerKind, Owner string // of the workload: a Deployment, not its ReplicaSet
	Running          bool   // neither finished nor going away
	Ready            bool
	HostNetwork      bool
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
	Mounts   []Mount
	Native   bool // args or env name the LightStep tracer
	Inbound  bool // nothing that the pod sends goes through it
}

const proxyContainer = "istio-proxy"

// readPod reads a pod from JSON.
func readPod(data []byte) (Pod, error) {
	var o corev1.Pod
	if err := decode(data, &o); err != nil {
		return Pod{}, fmt.Errorf("read a Pod: %w", err)
	}
	return newPod(&o), nil
}

// newPod keeps little of a pod.
func newPod(o *corev1.Pod) Pod {
	p := Pod{
		Meta:        newMeta(&o.ObjectMeta),
		HostNetwork: o.Spec.HostNetwork,
		Node:        o.Spec.NodeName,
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
		Gateway: slices.Contains(c.Args, "router"),
		Own:     o.Annotations["inject.istio.io/templates"] != "",
		Config:  o.Annotations["proxy.istio.io/config"],
		Mounts:  secretMounts(c, o.Spec.Volumes),
		Native:  hasNativeTracer(c),
	}
	if ranges, given := o.Annotations["traffic.sidecar.istio.io/includeOutboundIPRanges"]; given && ranges == "" {
		proxy.Inbound = true
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

// Workload names the pod's workload for people and for kubectl rollout.
func (p *Pod) Workload() string { return strings.ToLower(p.OwnerKind) + "/" + p.Owner }

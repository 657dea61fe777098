package mesh

import (
	"fmt"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
)

// object is any object, read as far as its spec is.
type object[S any] struct {
	Metadata metav1.ObjectMeta `json:"metadata"`
	Spec     S                 `json:"spec"`
}

// reading gives what reads objects of a kind: what is decoded of one, and then what
// is kept of that.
func reading[O, T any](kind string, keep func(*O) T) func(data []byte) (T, error) {
	return func(data []byte) (kept T, err error) {
		var o O
		if err := decode(data, &o); err != nil {
			return kept, fmt.Errorf("read %s: %w", kind, err)
		}
		return keep(&o), nil
	}
}

// targets are a gateway or waypoint, or a service of one, that an object is for.
type targets struct {
	TargetRef  *struct{}  `json:"targetRef"`
	TargetRefs []struct{} `json:"targetRefs"`
}

func (t targets) given() bool { return t.TargetRef != nil || len(t.TargetRefs) > 0 }

type selector struct {
	MatchLabels map[string]string `json:"matchLabels"`
}

var newTelemetry = reading("a Telemetry", func(o *object[struct {
	targets
	Selector *selector `json:"selector"`
	Tracing  []Tracing `json:"tracing"`
}],
) Telemetry {
	t := Telemetry{Meta: newMeta(&o.Metadata), Tracing: o.Spec.Tracing, Targeted: o.Spec.given()}
	if o.Spec.Selector != nil {
		t.Selector = o.Spec.Selector.MatchLabels
	}
	return t
})

var newServiceEntry = reading("a ServiceEntry", func(o *object[struct {
	Hosts    []string           `json:"hosts"`
	ExportTo []string           `json:"exportTo"`
	Ports    []ServiceEntryPort `json:"ports"`
}],
) ServiceEntry {
	return ServiceEntry{Meta: newMeta(&o.Metadata), Hosts: o.Spec.Hosts, ExportTo: o.Spec.ExportTo, Ports: o.Spec.Ports}
})

var newDestinationRule = reading("a DestinationRule", func(o *object[struct {
	Host             string         `json:"host"`
	ExportTo         []string       `json:"exportTo"`
	WorkloadSelector *selector      `json:"workloadSelector"`
	TrafficPolicy    *TrafficPolicy `json:"trafficPolicy"`
}],
) DestinationRule {
	d := DestinationRule{
		Meta: newMeta(&o.Metadata), Host: o.Spec.Host, ExportTo: o.Spec.ExportTo,
		Targeted: o.Spec.WorkloadSelector != nil, Policy: o.Spec.TrafficPolicy,
	}
	if d.Targeted {
		d.Selector = o.Spec.WorkloadSelector.MatchLabels
	}
	return d
})

var newSidecar = reading("a Sidecar", func(o *object[struct {
	WorkloadSelector *struct {
		Labels map[string]string `json:"labels"`
	} `json:"workloadSelector"`
	Egress []struct {
		Hosts []string `json:"hosts"`
		Port  struct {
			Number   int    `json:"number"`
			Protocol string `json:"protocol"`
		} `json:"port"`
	} `json:"egress"`
	Outbound struct {
		Mode string `json:"mode"`
	} `json:"outboundTrafficPolicy"`
}],
) Sidecar {
	s := Sidecar{Meta: newMeta(&o.Metadata), Outbound: o.Spec.Outbound.Mode, Targeted: o.Spec.WorkloadSelector != nil}
	if s.Targeted {
		s.Selector = o.Spec.WorkloadSelector.Labels
	}
	for _, e := range o.Spec.Egress {
		listener := EgressListener{Hosts: e.Hosts, Port: e.Port.Number}
		if strings.EqualFold(e.Port.Protocol, "HTTP_PROXY") {
			listener.Port = 0 // a proxy for all ports (pilot/pkg/model/sidecar.go, needsPortMatch)
		}
		s.Egress = append(s.Egress, listener)
	}
	return s
})

var newService = reading("a Service", func(o *corev1.Service) Service {
	s := Service{
		Meta: newMeta(&o.ObjectMeta), Selector: o.Spec.Selector,
		Headless: o.Spec.ClusterIP == corev1.ClusterIPNone, External: o.Spec.Type == corev1.ServiceTypeExternalName,
		ExportTo: o.Annotations["networking.istio.io/exportTo"],
	}
	for _, p := range o.Spec.Ports {
		s.Ports = append(s.Ports, ServicePort{
			Name: p.Name, Port: int(p.Port), TargetPort: p.TargetPort.String(), AppProtocol: ptr.Deref(p.AppProtocol, ""),
		})
	}
	return s
})

// count adds the endpoints of a slice to those of its Service.
func (s *Service) count(data []byte) error {
	var o discoveryv1.EndpointSlice
	if err := decode(data, &o); err != nil {
		return fmt.Errorf("read an EndpointSlice: %w", err)
	}
	for _, e := range o.Endpoints {
		s.Known++
		if ptr.Deref(e.Conditions.Ready, true) {
			s.Ready++
		}
	}
	return nil
}

var newSecret = reading("a Secret", func(o *corev1.Secret) Secret {
	return Secret{Meta: newMeta(&o.ObjectMeta), Data: o.Data, Changed: contentChanged(&o.ObjectMeta)}
})

// contentChanged is when the data last changed: the API server notes it for
// whoever owns that field.
func contentChanged(m *metav1.ObjectMeta) time.Time {
	changed := m.CreationTimestamp.Time
	for _, f := range m.ManagedFields {
		if f.Time == nil || f.FieldsV1 == nil || !f.Time.After(changed) {
			continue
		}
		var fields map[string]any
		if decode(f.FieldsV1.GetRawBytes(), &fields) != nil {
			continue
		}
		if fields["f:data"] != nil || fields["f:stringData"] != nil {
			changed = f.Time.Time
		}
	}
	return changed
}

// reloader is the chart's container beside a collector that has it read files
// again.
const reloader = "reload"

// reread gives the files that a reloader watches, by its arguments
// (templates/collector/_collector.tpl).
func reread(args []string) []string {
	var files []string
	for _, argument := range args {
		for _, option := range []string{"--cacert=", "--value="} {
			if file, ok := strings.CutPrefix(argument, option); ok {
				files = append(files, file)
			}
		}
	}
	return files
}

// Rereads tells whether a container of the chart's has the collector read a
// file again that changed.
func (w *Workload) Rereads(file string) bool {
	return slices.Contains(w.Reread, file) || w.rereadsAll
}

// workload is what is decoded of a StatefulSet or Deployment.
type workload = object[struct {
	Replicas *int                   `json:"replicas"`
	Selector selector               `json:"selector"`
	Template corev1.PodTemplateSpec `json:"template"`
	Claims   []struct {
		Metadata metav1.ObjectMeta `json:"metadata"`
	} `json:"volumeClaimTemplates"`
}]

// workloadOf gives what reads workloads of a kind.
func workloadOf(kind string) func(data []byte) (Workload, error) {
	return reading("a "+kind, func(o *workload) Workload { return newWorkload(kind, o) })
}

func newWorkload(kind string, o *workload) Workload {
	w := Workload{
		Meta: newMeta(&o.Metadata), Kind: kind, Replicas: ptr.Deref(o.Spec.Replicas, 1), Selector: o.Spec.Selector.MatchLabels,
		PodLabels: o.Spec.Template.Labels, PortNames: map[string]int{},
	}
	for _, c := range o.Spec.Claims {
		w.Claims = append(w.Claims, c.Metadata.Name)
	}
	for i := range o.Spec.Template.Spec.Containers {
		c := &o.Spec.Template.Spec.Containers[i]
		w.Volumes = append(w.Volumes, secretMounts(c, o.Spec.Template.Spec.Volumes)...)
		w.Env = append(w.Env, environment(c)...)
		if c.Name == reloader {
			w.Reread = append(w.Reread, reread(c.Args)...)
			w.rereadsAll = len(c.Args) == 0
		}
		for _, p := range c.Ports {
			w.PortNames[p.Name] = int(p.ContainerPort)
		}
	}
	return w
}

// secretMounts gives the directories of a container that hold Secrets.
func secretMounts(c *corev1.Container, volumes []corev1.Volume) []Mount {
	var mounts []Mount
	for _, m := range c.VolumeMounts {
		for i := range volumes {
			if v := &volumes[i]; v.Name == m.Name {
				mounts = append(mounts, secretsIn(m.MountPath, v)...)
			}
		}
	}
	return mounts
}

// secretsIn gives the Secrets of a volume, alone or among others.
func secretsIn(path string, v *corev1.Volume) []Mount {
	if s := v.Secret; s != nil {
		return []Mount{{Path: path, Secret: s.SecretName, Files: filesOf(s.Items), Optional: ptr.Deref(s.Optional, false)}}
	}
	var mounts []Mount
	if v.Projected == nil {
		return nil
	}
	for _, source := range v.Projected.Sources {
		if s := source.Secret; s != nil {
			mounts = append(mounts, Mount{Path: path, Secret: s.Name, Files: filesOf(s.Items), Optional: ptr.Deref(s.Optional, false)})
		}
	}
	return mounts
}

// filesOf gives the keys by their files; nil where each key is a file.
func filesOf(items []corev1.KeyToPath) map[string]string {
	if len(items) == 0 {
		return nil
	}
	files := make(map[string]string, len(items))
	for _, item := range items {
		files[item.Path] = item.Key
	}
	return files
}

func environment(c *corev1.Container) []EnvVar {
	var env []EnvVar
	for _, e := range c.Env {
		v := EnvVar{Name: e.Name, Value: e.Value, FromField: e.ValueFrom != nil}
		if e.ValueFrom != nil && e.ValueFrom.SecretKeyRef != nil {
			ref := e.ValueFrom.SecretKeyRef
			v.SecretName, v.Key, v.Optional = ref.Name, ref.Key, ptr.Deref(ref.Optional, false)
		}
		if e.ValueFrom != nil && e.ValueFrom.ConfigMapKeyRef != nil {
			v.ConfigMap, v.Key = e.ValueFrom.ConfigMapKeyRef.Name, e.ValueFrom.ConfigMapKeyRef.Key
		}
		env = append(env, v)
	}
	return env
}

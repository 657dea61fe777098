package mesh

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/istio-lightstep/istio-lightstep/internal/dialect"
)

const (
	defaultRevision = "default"
	sharedVariable  = "SHARED_MESH_CONFIG"
)

// Istiod is a control plane: one revision of Istio.
type Istiod struct {
	Meta
	Revision     string
	Image        string
	Version      dialect.Version
	Env          []EnvVar
	Replicas     int // that are asked for
	Pods         []*Pod
	Shared       string // SHARED_MESH_CONFIG
	StandardName string // of the ConfigMap that the installation made
	Config       *Config
	ConfigErr    error // the standard mesh config cannot be read
	SharedErr    error // the shared one cannot be read
	SharedFound  bool
	SharedUnread bool      // the variable comes from an object that is not read, so what it says is unknown
	Injector     *Injector // nil where there is none, or none could be seen
}

// Variable gives a variable of istiod's. Of several of one name the last one
// wins, as for Kubernetes.
func (i *Istiod) Variable(name string) (EnvVar, bool) {
	for _, e := range slices.Backward(i.Env) {
		if e.Name == name {
			return e, true
		}
	}
	return EnvVar{}, false
}

// Injector is what the control plane puts in pods.
type Injector struct {
	Meta
	Templates        map[string]string `json:"templates"`
	DefaultTemplates []string          `json:"defaultTemplates"`
}

var newIstiod = reading("istiod", func(o *workload) Istiod {
	w := newWorkload("Deployment", o)
	i := Istiod{Meta: w.Meta, Revision: w.Labels["istio.io/rev"], Env: w.Env, Replicas: w.Replicas}
	for j := range o.Spec.Template.Spec.Containers {
		if c := &o.Spec.Template.Spec.Containers[j]; c.Name == "discovery" {
			i.Image = c.Image
		}
	}
	if i.Version = imageVersion(i.Image); !i.Version.Known() {
		i.Version = labelVersion(w.Labels["app.kubernetes.io/version"])
	}
	own, _ := i.Variable("REVISION")
	i.Revision = cmp.Or(own.Value, i.Revision, defaultRevision)
	shared, _ := i.Variable(sharedVariable)
	i.Shared, i.SharedUnread = shared.Value, shared.FromField
	i.StandardName = i.named("istio")
	return i
})

// named is the name of one of its ConfigMaps: with the revision, but for the
// default one.
func (i *Istiod) named(base string) string {
	if i.Revision == defaultRevision {
		return base
	}
	return base + "-" + i.Revision
}

func newInjector(m ConfigMap) (*Injector, error) {
	i := &Injector{}
	if err := unmarshal(m.Data["config"], i); err != nil {
		return nil, fmt.Errorf("read the injector's ConfigMap: %w", err)
	}
	i.Meta = m.Meta
	return i, nil
}

// Webhook is one by which pods get their proxy.
type Webhook struct {
	Meta
	Revision string // of the control plane that injects
	both     []selectors
	servers  servers
}

type selectors struct {
	namespace, object labels.Selector
}

func newWebhook(data []byte) (Webhook, error) {
	var o admissionv1.MutatingWebhookConfiguration
	if err := decode(data, &o); err != nil {
		return Webhook{}, fmt.Errorf("read a MutatingWebhookConfiguration: %w", err)
	}
	w := Webhook{Meta: newMeta(&o.ObjectMeta), Revision: cmp.Or(o.Labels["istio.io/rev"], defaultRevision), servers: servers{}}
	for i := range o.Webhooks {
		h := &o.Webhooks[i]
		if !strings.HasSuffix(h.Name, injects) {
			continue
		}
		w.servers.add(h.ClientConfig)
		namespace, err := selectorOf(h.NamespaceSelector)
		if err != nil {
			return w, err
		}
		object, err := selectorOf(h.ObjectSelector)
		if err != nil {
			return w, err
		}
		w.both = append(w.both, selectors{namespace, object})
	}
	return w, nil
}

// selectorOf makes a selector; none selects all, as in a webhook.
func selectorOf(s *metav1.LabelSelector) (labels.Selector, error) {
	if s == nil {
		return labels.Everything(), nil
	}
	made, err := metav1.LabelSelectorAsSelector(s)
	if err != nil {
		return nil, fmt.Errorf("read a label selector: %w", err)
	}
	return made, nil
}

// neverInjected are the namespaces that the injector leaves alone
// (pkg/kube/inject/inject.go, IgnoredNamespaces).
var neverInjected = []string{"kube-system", "kube-public", "kube-node-lease", "local-path-storage"}

// InjectedBy gives the revision that would inject a new pod of these labels,
// and "" where none would.
func (s *Snapshot) InjectedBy(namespace string, pod map[string]string) string {
	if slices.Contains(neverInjected, namespace) {
		return ""
	}
	of := labels.Set(s.Namespaces[namespace].Labels)
	for i := range s.Webhooks {
		for _, b := range s.Webhooks[i].both {
			if b.namespace.Matches(of) && b.object.Matches(labels.Set(pod)) {
				return s.Webhooks[i].Revision
			}
		}
	}
	return ""
}

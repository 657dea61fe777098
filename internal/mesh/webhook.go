package mesh

import (
	"cmp"
	"fmt"
	"slices"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// Webhook is one by which pods get their proxy.
type Webhook struct {
	Meta
	Revision string // of the control plane that injects
	both     []selectors
}

type selectors struct {
	namespace, object labels.Selector
}

func newWebhook(data []byte) (Webhook, error) {
	var o admissionv1.MutatingWebhookConfiguration
	if err := decode(data, &o); err != nil {
		return Webhook{}, fmt.Errorf("read a MutatingWebhookConfiguration: %w", err)
	}
	w := Webhook{Meta: newMeta(&o.ObjectMeta), Revision: cmp.Or(o.Labels["istio.io/rev"], defaultRevision)}
	for i := range o.Webhooks {
		h := &o.Webhooks[i]
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

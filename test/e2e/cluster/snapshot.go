package cluster

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery"
)

// Snapshot holds what every object of the cluster says, by "kind
// namespace/name". What the cluster itself changes while nobody does anything is
// left out: states, versions, pods, events, leases, endpoints, and what it puts into
// each namespace.
type Snapshot map[string]string

// restless are kinds that the cluster itself makes and changes.
var restless = []string{
	"events", "leases", "pods", "replicasets", "controllerrevisions", "endpoints", "endpointslices",
	"nodes", "csinodes", "componentstatuses", "tokenreviews", "ipaddresses", "servicecidrs",
}

// given are the objects that Kubernetes and istiod put into each namespace, some time after
// it was made.
var given = []string{
	"ServiceAccount default", "ConfigMap kube-root-ca.crt", "ConfigMap istio-ca-root-cert", "ConfigMap istio-ca-crl",
}

// Snapshot reads every object that can be listed.
func (c *Cluster) Snapshot(ctx context.Context) (Snapshot, error) {
	lists, err := discovery.ServerPreferredResources(c.Kubernetes.Discovery())
	if err != nil {
		return nil, fmt.Errorf("kinds of the cluster: %w", err)
	}
	snapshot := Snapshot{}
	for _, list := range lists {
		version, err := schema.ParseGroupVersion(list.GroupVersion)
		if err != nil {
			return nil, err
		}
		for _, r := range list.APIResources {
			if !slices.Contains(r.Verbs, "list") || slices.Contains(restless, r.Name) {
				continue
			}
			objects, err := c.Dynamic.Resource(version.WithResource(r.Name)).List(ctx, metav1.ListOptions{})
			if err != nil {
				return nil, fmt.Errorf("list %s: %w", r.Name, err)
			}
			for _, o := range objects.Items {
				if err := snapshot.add(o); err != nil {
					return nil, err
				}
			}
		}
	}
	return snapshot, nil
}

func (s Snapshot) add(o unstructured.Unstructured) error {
	if slices.Contains(given, o.GetKind()+" "+o.GetName()) {
		return nil
	}
	key := fmt.Sprintf("%s %s/%s", o.GetKind(), o.GetNamespace(), o.GetName())
	metadata := map[string]any{"labels": o.GetLabels(), "annotations": still(o.GetAnnotations()), "uid": string(o.GetUID())}
	o.Object["metadata"] = metadata
	delete(o.Object, "status")
	unstructured.RemoveNestedField(o.Object, "spec", "template", "metadata", "annotations", "kubectl.kubernetes.io/restartedAt")
	text, err := json.Marshal(o.Object)
	if err != nil {
		return fmt.Errorf("%s: %w", key, err)
	}
	s[key] = string(text)
	return nil
}

// still drops the annotations by which controllers keep books.
func still(annotations map[string]string) map[string]string {
	kept := maps.Clone(annotations)
	maps.DeleteFunc(kept, func(k, _ string) bool {
		return strings.HasPrefix(k, "deployment.kubernetes.io/") || strings.HasPrefix(k, "kubectl.kubernetes.io/") ||
			strings.HasPrefix(k, "control-plane.alpha.kubernetes.io/")
	})
	return kept
}

// Diff says what is different in later, a line each: "+" for what came, "-" for
// what went, "~" for what changed.
func (s Snapshot) Diff(later Snapshot) []string {
	var lines []string
	for key, text := range later {
		switch before, ok := s[key]; {
		case !ok:
			lines = append(lines, "+ "+key)
		case before != text:
			lines = append(lines, "~ "+key)
		}
	}
	for key := range s {
		if _, ok := later[key]; !ok {
			lines = append(lines, "- "+key)
		}
	}
	slices.Sort(lines)
	return lines
}

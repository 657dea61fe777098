package cluster

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery"
)

// Snapshot holds what every object of the cluster says, by "kind
// namespace/name". What the cluster itself changes while nobody does anything is
// left out: states, versions, events, leases, endpoints, what pods and nodes use, and
// what it puts into each namespace. Pods come and go: there is one entry for those of an
// owner, with the labels that they have. Of a node there are its labels.
type Snapshot map[string]string

// restless are kinds that the cluster itself makes and changes.
var restless = []string{
	"events", "leases", "replicasets", "controllerrevisions", "endpoints", "endpointslices",
	"csinodes", "componentstatuses", "tokenreviews", "ipaddresses", "servicecidrs",
}

// given are the objects that Kubernetes and istiod put into each namespace, some time after
// it was made.
var given = []string{
	"ServiceAccount default", "ConfigMap kube-root-ca.crt", "ConfigMap istio-ca-root-cert", "ConfigMap istio-ca-crl",
}

// measures is how the names of the groups end whose objects nobody keeps: they are
// measured when they are asked for.
const measures = "metrics.k8s.io"

// Snapshot reads every object that can be listed. An API that is served by somebody else
// may be away.
func (c *Cluster) Snapshot(ctx context.Context) (Snapshot, error) {
	lists, err := discovery.ServerPreferredResources(c.Kubernetes.Discovery())
	if err != nil && !discovery.IsGroupDiscoveryFailedError(err) {
		return nil, fmt.Errorf("kinds of the cluster: %w", err)
	}
	snapshot, pods := Snapshot{}, map[string]map[string]any{}
	for _, list := range lists {
		version, err := schema.ParseGroupVersion(list.GroupVersion)
		if err != nil {
			return nil, err
		}
		for _, r := range list.APIResources {
			if !slices.Contains(r.Verbs, "list") || slices.Contains(restless, r.Name) || strings.HasSuffix(version.Group, measures) {
				continue
			}
			objects, err := c.Dynamic.Resource(version.WithResource(r.Name)).List(ctx, metav1.ListOptions{})
			if err != nil {
				return nil, fmt.Errorf("list %s: %w", r.Name, err)
			}
			for _, o := range objects.Items {
				if r.Name == "pods" && version.Group == "" {
					addPod(pods, o)
					continue
				}
				if err := snapshot.add(o); err != nil {
					return nil, err
				}
			}
		}
	}
	for key, labels := range pods {
		text, err := json.Marshal(labels)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", key, err)
		}
		snapshot[key] = string(text)
	}
	return snapshot, nil
}

// hashes are labels that controllers give pods anew with each revision or run.
var hashes = []string{
	"pod-template-hash", "controller-revision-hash", "pod-template-generation", "controller-uid", "batch.kubernetes.io/controller-uid",
}

// addPod adds the labels of a pod to those of its owner. Pods that end are left out, and
// those that kind's volumes have made and deleted by.
func addPod(pods map[string]map[string]any, o unstructured.Unstructured) {
	if o.GetDeletionTimestamp() != nil || strings.HasPrefix(o.GetName(), "helper-pod-") {
		return
	}
	labels := maps.Clone(o.GetLabels())
	owner := o.GetName()
	for _, by := range o.GetOwnerReferences() {
		owner = "of " + by.Kind + " " + strings.TrimSuffix(by.Name, "-"+labels["pod-template-hash"])
	}
	maps.DeleteFunc(labels, func(k, _ string) bool { return slices.Contains(hashes, k) })
	key := fmt.Sprintf("Pod %s/%s", o.GetNamespace(), owner)
	if pods[key] == nil {
		pods[key] = map[string]any{}
	}
	for k, v := range labels {
		// A pod of a StatefulSet has labels of its own.
		pods[key][k+"="+v] = true
	}
}

func (s Snapshot) add(o unstructured.Unstructured) error {
	if slices.Contains(given, o.GetKind()+" "+o.GetName()) {
		return nil
	}
	key := fmt.Sprintf("%s %s/%s", o.GetKind(), o.GetNamespace(), o.GetName())
	metadata := map[string]any{"labels": o.GetLabels(), "annotations": still(o.GetAnnotations()), "uid": string(o.GetUID())}
	o.Object["metadata"] = metadata
	delete(o.Object, "status")
	if o.GetKind() == "Node" && o.GetAPIVersion() == "v1" {
		// Taints and annotations are how controllers keep books of it.
		o.Object = map[string]any{"labels": metadata["labels"]}
	}
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

// Of gives the objects of a release of the chart: those that have its name in theirs, or
// its label, and the volumes of its claims.
func (s Snapshot) Of(release string) Snapshot {
	of := maps.Clone(s)
	maps.DeleteFunc(of, func(key, text string) bool {
		return !strings.Contains(key, release) && !strings.Contains(text, `"app.kubernetes.io/instance":"`+release+`"`) &&
			!strings.Contains(text, `"name":"queue-`+release+`-`)
	})
	return of
}

// Diff says what is different in later, a line each: "+" for what came, "-" for
// what went, "~" for what changed, with the fields that did.
func (s Snapshot) Diff(later Snapshot) []string {
	var lines []string
	for key, text := range later {
		switch before, ok := s[key]; {
		case !ok:
			lines = append(lines, "+ "+key)
		case before != text:
			lines = append(lines, "~ "+key+": "+strings.Join(fields(before, text), ", "))
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

// fields names the fields that differ, without what they hold, which may be a secret.
func fields(before, later string) []string {
	var one, other any
	if json.Unmarshal([]byte(before), &one) != nil || json.Unmarshal([]byte(later), &other) != nil {
		return []string{"not JSON"}
	}
	var paths []string
	compare("", one, other, &paths)
	slices.Sort(paths)
	return paths
}

func compare(path string, one, other any, paths *[]string) {
	before, isMap := one.(map[string]any)
	later, both := other.(map[string]any)
	if isMap && both || isMap && other == nil && len(before) > 0 || both && one == nil && len(later) > 0 {
		keys := map[string]any{}
		maps.Copy(keys, before)
		maps.Copy(keys, later)
		for key := range keys {
			compare(path+"."+key, before[key], later[key], paths)
		}
		return
	}
	list, isList := one.([]any)
	now, both := other.([]any)
	if isList && both && len(list) == len(now) {
		for i := range list {
			compare(fmt.Sprintf("%s[%d]", path, i), list[i], now[i], paths)
		}
		return
	}
	if !reflect.DeepEqual(one, other) {
		*paths = append(*paths, strings.TrimPrefix(path, "."))
	}
}

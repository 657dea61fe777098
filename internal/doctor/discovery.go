package doctor

import (
	"maps"
	"slices"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/istio-lightstep/istio-lightstep/internal/doctor/finding"
	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
)

// discovery finds namespaces that istiod does not look into although tracing needs
// what is in them.
func (e *examination) discovery(p *plane) {
	if len(p.Config.Discovery) == 0 || !e.known(p) {
		return
	}
	needed := map[string][]string{}
	if p.meshWide != nil {
		needed[p.RootNamespace()] = append(needed[p.RootNamespace()], "the Telemetries of the mesh")
	}
	if p.has && p.dest.host != "" {
		needed[p.dest.namespace()] = append(needed[p.dest.namespace()], "host "+p.dest.host)
	}
	for _, namespace := range slices.Sorted(maps.Keys(needed)) {
		at, known := e.Namespaces[namespace]
		if !known || discovers(p, at.Labels) {
			continue
		}
		e.add("LS-NAMESPACE-NOT-DISCOVERED", "namespace "+namespace, time.Time{}, finding.Facts{
			"item": namespace, "what": strings.Join(needed[namespace], " and "), "patch": mendDiscovery(p, at),
		})
	}
}

// discovers tells whether istiod discovers a namespace of these labels. It ignores all
// selectors if one is invalid (pkg/kube/namespace/filter.go, selectorsChanged).
func discovers(p *plane, of labels.Set) bool {
	found := false
	for i := range p.Config.Discovery {
		selector, err := metav1.LabelSelectorAsSelector(&p.Config.Discovery[i])
		if err != nil {
			return true
		}
		found = found || selector.Matches(of)
	}
	return found
}

// mendDiscovery labels a namespace as a selector asks, if labels can do that.
func mendDiscovery(p *plane, at mesh.Namespace) finding.Command {
	for i := range p.Config.Discovery {
		wanted, ok := labelsFor(&p.Config.Discovery[i])
		together := maps.Clone(at.Labels)
		if together == nil {
			together = map[string]string{}
		}
		maps.Copy(together, wanted)
		if !ok || !discovers(p, together) {
			continue
		}
		command := finding.NewCommand("kubectl label namespace {namespace} --overwrite", finding.Facts{"namespace": at.Name})
		for _, key := range slices.Sorted(maps.Keys(wanted)) {
			command = finding.NewCommand("{command} {label}", finding.Facts{"command": command, "label": key + "=" + wanted[key]})
		}
		return command
	}
	return finding.Advise("add a selector that matches this namespace to discoverySelectors of the mesh config")
}

// labelsFor gives the labels that a selector asks for. None are given that have another
// effect than to be selected.
func labelsFor(selector *metav1.LabelSelector) (wanted map[string]string, ok bool) {
	wanted = maps.Clone(selector.MatchLabels)
	if wanted == nil {
		wanted = map[string]string{}
	}
	for _, r := range selector.MatchExpressions {
		switch {
		case r.Operator == metav1.LabelSelectorOpIn && len(r.Values) > 0:
			wanted[r.Key] = r.Values[0]
		case r.Operator == metav1.LabelSelectorOpExists:
			wanted[r.Key] = "true"
		}
	}
	for _, key := range []string{"kubernetes.io/metadata.name", "istio-injection", "istio.io/rev"} {
		if _, asked := wanted[key]; asked {
			return nil, false
		}
	}
	return wanted, len(wanted) > 0
}

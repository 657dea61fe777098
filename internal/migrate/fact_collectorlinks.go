package migrate

import (
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/istio-lightstep/istio-lightstep/internal/collector"
	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// isAt tells whether a destination is a collector: the Service and a workload
// among the documents say so, or else the names of the Service and of the
// ConfigMap or release do. A word that they share is not enough: it may be the
// team's.
func (f *facts) isAt(c collectorConfig, to destination) bool {
	owner := c.document.outermost()
	if to.service == "" || !sameNamespace(to.namespace, owner.target()) || to.native && !c.takesNative() {
		return false
	}
	name := textAt(owner.root, "metadata.name")
	switch {
	case owner.is("ConfigMap"):
		if mounted := f.configMapsBehind(to); len(mounted) > 0 {
			return slices.Contains(mounted, name)
		}
		same, exactly := f.sameCollector(to.service, name)
		return same && (exactly || !f.hasCollectorNamed(to))
	case textAt(owner.root, "kind") == "OpenTelemetryCollector":
		return collector.IsServiceOfOperator(to.service, name)
	}
	releases := c.releases()
	if len(releases) == 0 {
		return f.isOnlyUnnamed(c) && slices.ContainsFunc(words(to.service), func(word string) bool {
			return word == "opentelemetry" || word == "collector" || word == "otelcol"
		})
	}
	return slices.ContainsFunc(releases, func(release string) bool {
		same, _ := f.sameCollector(to.service, release)
		return same
	})
}

// releases gives the names of what a chart's values or a wrapper of them
// install.
func (c collectorConfig) releases() []string {
	if c.site.Up != nil {
		if name := textAt(c.site.Up.Value, "fullnameOverride"); name != "" {
			return []string{name}
		}
	}
	var names []string
	for _, path := range []string{"spec.releaseName", "spec.source.helm.releaseName", "metadata.name"} {
		if name := textAt(c.document.outermost().root, path); name != "" {
			names = append(names, name)
		}
	}
	return names
}

// isOnlyUnnamed tells whether a collector is the only one of which nothing tells
// the name.
func (f *facts) isOnlyUnnamed(c collectorConfig) bool {
	return !slices.ContainsFunc(f.collectors, func(other collectorConfig) bool {
		return other.site.Value != c.site.Value && len(other.releases()) == 0
	})
}

// reached tells which collectors spans come to from some destinations, by other
// collectors too, such as the agents of nodes.
func (f *facts) reached(destinations ...destination) map[int]bool {
	found := map[int]bool{}
	seen := map[destination]bool{}
	for len(destinations) > 0 {
		to := destinations[0]
		if destinations = destinations[1:]; seen[to] {
			continue
		}
		seen[to] = true
		for i, c := range f.collectors {
			if !found[i] && f.isAt(c, to) {
				found[i] = true
				destinations = append(destinations, c.sendsTo()...)
			}
		}
	}
	return found
}

// sendsTo gives the places that a collector exports spans to.
func (c collectorConfig) sendsTo() []destination {
	var all []destination
	for name, settings := range c.config.Exporters {
		if len(c.pipelinesOf(name, true)) == 0 {
			continue
		}
		exporter, _ := settings.(map[string]any)
		for _, address := range append(balancedTo(exporter), endpointSet(exporter)) {
			if e := endpointOf(address); e.host != "" {
				all = append(all, destinationOf(e.host))
			}
		}
	}
	return all
}

// podOfSet is what the host of one pod of a StatefulSet has before that of its Service.
var podOfSet = regexp.MustCompile(`^[^.]+-\d+\.`)

// balancedTo gives the addresses that the exporter loadbalancing has its backends
// from. Those of AWS Cloud Map are no names of a cluster.
func balancedTo(exporter map[string]any) []string {
	var addresses []string
	for resolver, key := range map[string]string{"k8s": "service", "dns": "hostname", "static": "hostnames"} {
		resolvers, _ := exporter["resolver"].(map[string]any)
		settings, _ := resolvers[resolver].(map[string]any)
		list, isList := settings[key].([]any)
		if !isList {
			list = []any{settings[key]}
		}
		for _, item := range list {
			if address, isText := item.(string); isText {
				addresses = append(addresses, podOfSet.ReplaceAllString(address, ""))
			}
		}
	}
	return addresses
}

// leadsToLightStep tells whether spans come from a destination to one of the
// collectors that were taken.
func (f *facts) leadsToLightStep(to destination) bool {
	for i := range f.reached(to) {
		if slices.ContainsFunc(f.toLightStep, func(c collectorConfig) bool { return c.site.Value == f.collectors[i].site.Value }) {
			return true
		}
	}
	return false
}

// hasCollectorNamed tells whether there is the configuration of a collector, of
// any kind, with just the name of a destination.
func (f *facts) hasCollectorNamed(to destination) bool {
	return slices.ContainsFunc(f.documents, func(d *document) bool {
		if !d.is("ConfigMap") || !sameNamespace(to.namespace, textAt(d.root, "metadata.namespace")) {
			return false
		}
		_, exactly := f.sameCollector(to.service, textAt(d.root, "metadata.name"))
		return exactly && mentions(at(d.root, "data"), "exporters:")
	})
}

// configMapsBehind gives the ConfigMaps that pods behind a destination's Service
// use, as far as the documents tell. Every collector is compared with every
// destination, so that they are looked for once.
func (f *facts) configMapsBehind(to destination) []string {
	names, known := f.behind[to]
	if !known {
		names = f.findConfigMapsBehind(to)
		f.behind[to] = names
	}
	return names
}

func (f *facts) findConfigMapsBehind(to destination) []string {
	var names []string
	for _, service := range f.documents {
		if textAt(service.root, "kind") != "Service" || textAt(service.root, "metadata.name") != to.service ||
			!sameNamespace(to.namespace, textAt(service.root, "metadata.namespace")) {
			continue
		}
		selector := yamltree.Pairs(at(service.root, "spec.selector"))
		for _, workload := range f.documents {
			pod := podOf(workload.root)
			if len(selector) > 0 && pod != nil && selects(selector, at(pod, "metadata.labels")) &&
				sameNamespace(textAt(service.root, "metadata.namespace"), textAt(workload.root, "metadata.namespace")) {
				names = append(names, configMapsOf(at(pod, "spec"))...)
			}
		}
	}
	for _, d := range f.documents {
		if textAt(d.root, "kind") == "OpenTelemetryCollector" && sameNamespace(to.namespace, textAt(d.root, "metadata.namespace")) &&
			collector.IsServiceOfOperator(to.service, textAt(d.root, "metadata.name")) {
			names = append(names, configMapsOf(at(d.root, "spec"))...)
		}
	}
	return names
}

// podOf gives the pod, or the template of pods, that a document describes; nil
// where it describes none.
func podOf(root *yaml.Node) *yaml.Node {
	switch textAt(root, "kind") {
	case "Pod":
		return root
	case "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet":
		return at(root, "spec.template")
	}
	return nil
}

// selects tells whether labels have all that a selector wants.
func selects(selector []yamltree.Pair, labels *yaml.Node) bool {
	return !slices.ContainsFunc(selector, func(pair yamltree.Pair) bool {
		_, value := yamltree.Entry(labels, pair.Key.Value)
		return value == nil || yamltree.Text(value) != yamltree.Text(pair.Value)
	})
}

// configMapsOf gives the ConfigMaps that a pod uses.
func configMapsOf(spec *yaml.Node) []string {
	var names []string
	for _, path := range []string{
		"volumes[].configMap.name", "volumes[].projected.sources[].configMap.name", "configmaps[].name",
		"containers[].env[].valueFrom.configMapKeyRef.name", "containers[].envFrom[].configMapRef.name",
	} {
		for _, s := range sites(spec, path) {
			names = append(names, yamltree.Text(s.Value))
		}
	}
	return names
}

// generated is what kustomize and the OpenTelemetry operator end the names of
// ConfigMaps with.
var generated = regexp.MustCompile(`^([2456789bcdfghkmt]{10}|[0-9a-f]{8})$`)

// sameCollector tells whether a Service and a ConfigMap are one collector's, by
// their names: they are the same, or one is the other and words that names of
// collectors end in. It tells too whether they are the same but for the words
// that end names of ConfigMaps.
func (t *table) sameCollector(service, configMap string) (same, exactly bool) {
	short, long := words(service), words(configMap)
	for n := len(long) - 1; n > 0 && (generated.MatchString(long[n]) || slices.Contains(t.ConfigSuffixes, long[n])); n-- {
		long = long[:n]
	}
	if len(long) < len(short) {
		short, long = long, short
	}
	if len(short) == 0 || !slices.Equal(short, long[:len(short)]) {
		return false, false
	}
	more := long[len(short):]
	return !slices.ContainsFunc(more, func(word string) bool { return !slices.Contains(t.CollectorSuffixes, word) }), len(more) == 0
}

// words gives the words of a name.
func words(name string) []string {
	all := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return r == '-' || r == '.' || r == '_' })
	for i, word := range all {
		if word == "otel" {
			all[i] = "opentelemetry"
		}
	}
	return all
}

package document

import (
	"regexp"

	"go.yaml.in/yaml/v3"

	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// istiodChart finds the chart of istiod at the end of what names one: a name, a
// folder, or an address of a repository or an archive.
var istiodChart = regexp.MustCompile(`(^|/)(istiod|istio-discovery)(-v?[0-9][^/]*\.tgz)?/?$`)

// chartNames are where documents that install a chart name it, beside its values or
// a map that holds them: Argo CD, k3s and helmfile, the first Flux, Crossplane, Flux;
// of Flux also an OCIRepository or a HelmChart, by its name.
var chartNames = []string{"chart", "chart.name", "chart.path", "chart.spec.chart", "chartRef.name", "path"}

// installsIstiod tells values that a document gives to the chart of istiod, such as
// the spec.values of a HelmRelease.
func installsIstiod(s yamltree.Site) bool {
	up := s.Up
	if up != nil && up.Value.Kind == yaml.SequenceNode { // of a helmfile
		s, up = *up, up.Up
	}
	if up == nil || s.Key == nil {
		return false
	}
	switch yamltree.Key(s.Key) {
	case "values", "valuesContent":
		return chartOf(up.Value) || ofSource(up) || ofChartConfig(up)
	case "valuesObject":
		return ofSource(up)
	}
	return false
}

// ofSource tells the helm of an Application's source that names the chart.
func ofSource(helm *yamltree.Site) bool { return helm.Up != nil && chartOf(helm.Up.Value) }

// ofChartConfig tells the spec of a HelmChartConfig, which has the name of the
// HelmChart that it changes.
func ofChartConfig(spec *yamltree.Site) bool {
	return spec.Up != nil && text(spec.Up.Value, "kind") == "HelmChartConfig" &&
		istiodChart.MatchString(yamltree.Text(at(spec.Up.Value, "metadata.name")))
}

// chartOf tells a map that names the chart of istiod.
func chartOf(node *yaml.Node) bool {
	for _, path := range chartNames {
		if istiodChart.MatchString(yamltree.Text(at(node, path))) {
			return true
		}
	}
	return false
}

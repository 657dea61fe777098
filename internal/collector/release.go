package collector

// Labels by which what the chart made is found (templates/_names.tpl).
const (
	Chart          = "istio-lightstep"
	NameLabel      = "app.kubernetes.io/name"      // Chart; of a dependency with an alias that alias
	AliasLabel     = "istio-lightstep.io/alias-of" // Chart, where NameLabel has an alias
	ReleaseLabel   = "app.kubernetes.io/instance"
	ComponentLabel = "app.kubernetes.io/component"
)

// ChartLabels are the labels of which each object of the chart has one with the
// value [Chart]. Kubernetes cannot select by either: it takes a list for each.
var ChartLabels = []string{NameLabel, AliasLabel}

// OfChart tells whether labels say that the chart made their object.
func OfChart(labels map[string]string) bool {
	for _, label := range ChartLabels {
		if labels[label] == Chart {
			return true
		}
	}
	return false
}

package migrate

import (
	"slices"
	"strings"

	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// templatesOfPod is the annotation by which a pod names its injection templates.
const templatesOfPod = "inject.istio.io/templates"

// templateStays tells why an injection template stays; "" where it may go. A
// pod for which a template is named that is not there is not created, and pods
// that no source shows may name any of them. Only the chart's own is known to be
// named by what the chart renders alone.
func (f *facts) templateStays(s site) string {
	name := yamltree.Key(s.Key)
	pod := f.podWithTemplate(name)
	if name == release && pod == "" {
		return ""
	}
	who := "defaultTemplates or the annotation " + templatesOfPod + " of a pod may name it"
	if pod != "" {
		who = pod + " names it by the annotation " + templatesOfPod
	}
	return "it mounts LightStep's CA, but was left in: " + who + ", and no pod starts for which a template is named that is not there. " +
		"Take the name " + shown(name) + " out of defaultTemplates and of all pods first, and the template after that"
}

// podWithTemplate names an object whose pods name an injection template; ""
// where no source has one.
func (f *facts) podWithTemplate(name string) string {
	for _, d := range f.documents {
		for s := range yamltree.All(d.root) {
			if s.Key == nil || s.Key.Value != templatesOfPod {
				continue
			}
			named := strings.Split(yamltree.Text(s.Value), ",")
			if !slices.ContainsFunc(named, func(one string) bool { return strings.TrimSpace(one) == name }) {
				continue
			}
			if textAt(d.root, "kind") == "" {
				return "something in " + d.Name
			}
			return d.describe()
		}
	}
	return ""
}

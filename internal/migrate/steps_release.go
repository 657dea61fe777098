package migrate

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
)

// releaseOfMesh gives the release of Helm's that made a mesh ConfigMap, by what Helm notes on it; "" where none did.
func (e *edited) releaseOfMesh() string {
	release := ""
	for _, d := range e.meshConfigMaps() {
		if name := textAt(d.root, `metadata.annotations.meta\.helm\.sh/release-name`); properName.MatchString(name) && !e.isOther(d) {
			release = name
		}
	}
	return release
}

// reconcilerOfMesh tells which object of Flux's or Argo CD's made a mesh ConfigMap, by what these note on it.
func (e *edited) reconcilerOfMesh() (by wrapper) {
	const flux, argocd = `metadata.labels.helm\.toolkit\.fluxcd\.io/`, `argocd\.argoproj\.io/`
	for _, d := range e.meshConfigMaps() {
		if e.isOther(d) {
			continue
		}
		if name := textAt(d.root, flux+"name"); name != "" {
			by = wrapper{By: "flux", Mesh: true, Object: object{Kind: "helmrelease", Name: name, Namespace: textAt(d.root, flux+"namespace")}}
		}
		name, _, _ := strings.Cut(textAt(d.root, "metadata.annotations."+argocd+"tracking-id"), ":")
		if name = cmp.Or(name, textAt(d.root, "metadata.labels."+argocd+"instance")); name != "" {
			by = wrapper{By: "argocd", Mesh: true, Object: object{Kind: "application", Name: name}}
		}
	}
	return by
}

// nameOfIstiod is what istiod's own chart is released as, mostly.
var nameOfIstiod = regexp.MustCompile(`^istiod(?:-.*)?$`)

// Doubted is the release that the steps upgrade where nothing tells that its chart is istiod's.
func (d stepData) Doubted() string {
	if !d.ByHelm || d.Charts || d.release != d.Released || nameOfIstiod.MatchString(d.release) {
		return ""
	}
	return d.release
}

// Releases are the commands that list the revisions of Helm's releases which may hold LightStep's settings. An old
// istiod's are gone with its release, where the steps upgraded Istio.
func (d stepData) Releases() (commands []string) {
	list := func(release, namespace string) {
		if command := "helm history " + release + " -n " + namespace; !slices.Contains(commands, command) {
			commands = append(commands, command)
		}
	}
	switch {
	case d.ByHelm && !d.Applied:
		list(d.Release(d.Revision), d.Namespace)
	case d.Wrapper.By == "flux" || d.Wrapper.By == "other":
		list(cmp.Or(d.Released, "RELEASE"), d.Namespace)
	case d.Wrapper.By == "k3s":
		list(asName(d.Wrapper.Object.Name), d.Namespace)
	}
	list("istio-lightstep", d.Namespace)
	return commands
}

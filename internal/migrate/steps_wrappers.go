package migrate

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	yamlfile "github.com/istio-lightstep/istio-lightstep/internal/document"
	"github.com/istio-lightstep/istio-lightstep/internal/terminal"
	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// wrapper is an object that another program installs Istio from.
type wrapper struct {
	by     string // flux, argocd, k3s or sail
	object object
	values string // where in it the values stand
	isMap  bool   // they are a map, and no text
}

// wrappers are the kinds of such objects, by API group.
var wrappers = map[string]wrapper{
	"helm.toolkit.fluxcd.io/HelmRelease": {by: "flux"},
	"argoproj.io/Application":            {by: "argocd"},
	"argoproj.io/ApplicationSet":         {by: "argocd"},
	"helm.cattle.io/HelmChart":           {by: "k3s"},
	"helm.cattle.io/HelmChartConfig":     {by: "k3s"},
	"sailoperator.io/Istio":              {by: "sail"},
	"operator.istio.io/Istio":            {by: "sail"},
}

// wrapped tells which object of another program's holds settings of Istio that a
// document is part of.
func (d *document) wrapped() (wrapper, bool) {
	owner := d.outermost()
	group, _, _ := strings.Cut(textAt(owner.root, "apiVersion"), "/")
	w, ok := wrappers[group+"/"+textAt(owner.root, "kind")]
	if !ok || len(d.placed) == 0 {
		return w, false
	}
	w.object = owner.object()
	w.values = strings.TrimSuffix(d.prefix, ": ")
	if w.values == "" {
		for _, p := range d.placed {
			if p.scope.Rows == "values" && p.scope.Unread == "" {
				w.values, w.isMap = p.base.Path().String(), true
				break
			}
		}
	}
	return w, true
}

// wasEdited has the shell stop where there is nothing to commit: there git's status
// is 0, and 1 with changes.
const wasEdited = `edited() {
  if git diff --quiet HEAD; then
    echo "edit $* as this step says, and run it again" >&2
    false
  else
    [ $? = 1 ]
  fi
}`

// wrapperVariables has the shell stop where it was not told what the commands of
// a program name.
func (d stepData) wrapperVariables() string {
	lines := []string{`: "${CHART:?the chart istio-lightstep}"`}
	switch d.wrapper.by {
	case "flux":
		lines[0] += ` "${KUSTOMIZATION:?the Kustomization of Flux that applies the file}"`
	case "argocd":
		lines[0] += ` "${PARENT:?the Application of Argo CD that holds the file}"`
		if d.wrapper.object.Kind == "applicationset" {
			lines[0] += ` "${APP:?the Application of istiod that the ApplicationSet makes}"`
		}
	}
	lines = append(lines, `: "${RUNNING:?version of the Istio that runs, such as 1.26.2}"`)
	if d.Git() {
		lines = append(lines, wasEdited)
	}
	return strings.Join(lines, "\n")
}

// Git tells whether Istio is installed from a repository.
func (d stepData) Git() bool { return d.wrapper.by == "flux" || d.wrapper.by == "argocd" }

// Sail tells whether Sail installs Istio.
func (d stepData) Sail() bool { return d.wrapper.by == "sail" }

// In names the place of the values in the object that Istio is installed from.
func (d stepData) In() string {
	o := d.wrapper.object
	return fmt.Sprintf("%s of %s %s in %s", terminal.Safe(d.wrapper.values), o.Kind, asName(o.Name), d.File)
}

// Into tells of the command that merges our part, where the values are a map.
func (d stepData) Into() string {
	if !d.wrapper.isMap || d.Sail() || len(d.files) != 1 {
		return ""
	}
	return fmt.Sprintf(" (`istio-lightstep render %s --set-string istio.version=\"$RUNNING\" --set output=istiodValues --into %s` prints the file with it)", d.Values(), d.files[0].before)
}

// Commit brings a change of the repository, or of the file, to the cluster: that
// of istiod, or of the chart.
func (d stepData) Commit(message, of string) string {
	name, namespace := asName(d.wrapper.object.Name), asName(d.wrapper.object.Namespace)
	if of == "chart" {
		name, namespace = release, d.Namespace
	}
	what := d.paths()
	if of == "chart" {
		what = "the repository"
	}
	commit := fmt.Sprintf("edited %s\ngit commit -am %s\ngit push\n", what, quoted(message))
	switch d.wrapper.by {
	case "flux":
		return commit + fmt.Sprintf("flux reconcile kustomization \"$KUSTOMIZATION\" --with-source\nflux reconcile helmrelease %s -n %s", name, namespace)
	case "argocd":
		app := name
		if of != "chart" && d.wrapper.object.Kind == "applicationset" {
			app = `"$APP"`
		}
		return commit + fmt.Sprintf("argocd app sync \"$PARENT\"\nargocd app sync %[1]s\nargocd app wait %[1]s --health", app)
	case "k3s":
		return fmt.Sprintf("kubectl apply -f %s\nkubectl rollout status deployment -n %s -l app=istiod --timeout=5m", d.paths(), d.Namespace)
	default:
		return fmt.Sprintf("kubectl apply -f %s\nkubectl wait istio/%s --for=condition=Ready --timeout=5m", d.paths(), name)
	}
}

// paths are the files that Istio is installed from.
func (d stepData) paths() string {
	var names []string
	for _, f := range d.files {
		names = append(names, f.before)
	}
	if len(names) == 0 {
		return "FILE"
	}
	return strings.Join(names, " ")
}

// After are the same as migrate writes them.
func (d stepData) After() string {
	var names []string
	for _, f := range d.files {
		if f.after != "" {
			names = append(names, f.after)
		}
	}
	if len(names) == 0 {
		return d.Dir
	}
	return strings.Join(names, " and ")
}

// WithRevision has a command that renders our part do it for the new revision.
func (d stepData) WithRevision(command string) string {
	return strings.Replace(command, " >"+d.Ours, " --set istio.revision="+d.NewRevision+" >"+d.Ours, 1)
}

// Part renders our part of the values, for a version.
func (d stepData) Part(version string) string {
	return fmt.Sprintf(`helm template istio-lightstep "$CHART" -n %s %s --set-string istio.version=%s --set output=%s >%s`,
		d.Namespace, d.Values(), version, map[bool]string{true: "sail", false: "istiodValues"}[d.Sail()], d.Ours)
}

// istioKeys are keys of the values of Istio's charts for its control plane that
// hardly any other chart has.
var istioKeys = []string{
	"meshConfig", "pilot", "sidecarInjectorWebhook", "istiodRemote", "defaults", "_internal_defaults_do_not_set", "mixer", "citadel", "galley", "istio_cni", "istiocoredns",
}

// commonKeys are the other keys at the root of the values of istiod's chart, of 1.6
// to 1.32, and of those of 1.4 and 1.5, which
// other charts may have too.
var commonKeys = []string{
	"affinity", "certmanager", "grafana", "kiali", "nodeagent", "prometheus", "security", "tracing", // of 1.4 and 1.5
	"autoscaleBehavior", "autoscaleEnabled", "autoscaleMax", "autoscaleMin", "base", "cni", "compatibilityVersion", "configMap", "cpu", "deploymentAnnotations",
	"deploymentLabels", "enabled", "env", "envVarFrom", "experimental", "extraContainerArgs", "gatewayClasses", "gateways", "global", "hub", "image", "initContainers",
	"ipFamilies", "ipFamilyPolicy", "jwksResolverExtraRootCA", "keepaliveMaxServerConnectionAge", "memory", "nodeSelector", "ownerName", "pdb", "platform",
	"podAnnotations", "podLabels", "profile", "replicaCount", "resourceQuotas", "resourceScope", "resources", "revision", "revisionTags", "rollingMaxSurge",
	"rollingMaxUnavailable", "seccompProfile", "serviceAccountAnnotations", "serviceAnnotations", "tag", "taint", "telemetry", "tolerations",
	"topologySpreadConstraints", "traceSampling", "trustedZtunnelName", "trustedZtunnelNamespace", "variant", "volumeMounts", "volumes", "ztunnel",
}

// ofAnotherChart tells values that no chart of Istio's control plane has: istiod is
// not installed with them.
func ofAnotherChart(root *yaml.Node) bool {
	// An umbrella chart's values and a helmfile hold those of Istio at some depth.
	within := yamltree.Outermost(root, func(s site) bool { return yamlfile.IsValues(s.Value) || yamltree.IsMap(at(s.Value, "pilot")) })
	if len(within) > 0 || yamltree.IsMap(at(root, "global.proxy")) {
		return false
	}
	unknown := yamltree.IsMap(at(root, "image")) // istiod's is a text
	for i := 0; i+1 < len(root.Content); i += 2 {
		key := yamltree.Key(root.Content[i])
		if slices.Contains(istioKeys, key) {
			return false
		}
		unknown = unknown || !yamltree.IsMerge(root.Content[i]) && !slices.Contains(commonKeys, key)
	}
	return unknown
}

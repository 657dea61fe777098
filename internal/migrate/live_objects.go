package migrate

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// The kinds that are read.
var (
	liveConfigMaps   = mesh.Resource{Version: "v1", Name: "configmaps", Kind: "ConfigMap"}
	liveSecrets      = mesh.Resource{Version: "v1", Name: "secrets", Kind: "Secret"}
	liveDeployments  = mesh.Resource{Group: "apps", Version: "v1", Name: "deployments", Kind: "Deployment"}
	liveStatefulSets = mesh.Resource{Group: "apps", Version: "v1", Name: "statefulsets", Kind: "StatefulSet"}
	liveDaemonSets   = mesh.Resource{Group: "apps", Version: "v1", Name: "daemonsets", Kind: "DaemonSet"}
	liveTelemetries  = mesh.Resource{Group: "telemetry.istio.io", Name: "telemetries", Kind: "Telemetry"}
	liveEntries      = mesh.Resource{Group: "networking.istio.io", Name: "serviceentries", Kind: "ServiceEntry"}
	liveRules        = mesh.Resource{Group: "networking.istio.io", Name: "destinationrules", Kind: "DestinationRule"}
	liveOperators    = mesh.Resource{Group: "install.istio.io", Name: "istiooperators", Kind: "IstioOperator"}
	liveSails        = mesh.Resource{Group: "sailoperator.io", Name: "istios", Kind: "Istio"}
)

// environment gives the environment of istiod's Deployment.
func (o liveObject) environment() []map[string]any {
	var all []map[string]any
	for _, e := range o.ofDiscovery("env") {
		if variable, ok := e.(map[string]any); ok {
			all = append(all, variable)
		}
	}
	return all
}

// ofDiscovery gives a list of istiod's container.
func (o liveObject) ofDiscovery(key string) []any {
	list, _ := o.discovery()[key].([]any)
	return list
}

// discovery gives istiod's container; nil where there is none.
func (o liveObject) discovery() map[string]any {
	found, _ := yamltree.Path{"template", "spec", "containers"}.In(o.Spec)
	containers, _ := found.([]any)
	for _, c := range containers {
		if container, _ := c.(map[string]any); container["name"] == "discovery" {
			return container
		}
	}
	return nil
}

// domain gives the domain of the cluster, as istiod is told by its arguments; "" where these do not name one.
func (o liveObject) domain() (domain string) {
	args := o.ofDiscovery("args")
	for i, arg := range args {
		text, _ := arg.(string)
		if is, found := strings.CutPrefix(text, "--domain="); found {
			domain = is
		}
		if text == "--domain" && i+1 < len(args) {
			domain, _ = args[i+1].(string)
		}
	}
	return domain
}

// versionInTag is the version that the tag of an image begins with.
var versionInTag = regexp.MustCompile(`:v?(\d+\.\d+\.\d+)(?:-[-\w.]+)?(?:@|$)`)

// version gives that of istiod, by its image; "" where that does not tell.
func (o liveObject) version() string {
	image, _ := o.discovery()["image"].(string)
	if tag := versionInTag.FindStringSubmatch(image); tag != nil {
		return tag[1]
	}
	return ""
}

// variable gives the text of a variable of istiod's, or tells that it comes from
// another object. Of several of one name the last one wins, as for Kubernetes.
func (o liveObject) variable(name string) (text string, elsewhere bool) {
	for _, e := range slices.Backward(o.environment()) {
		if e["name"] == name {
			text, _ = e["value"].(string)
			return text, e["valueFrom"] != nil
		}
	}
	return "", false
}

var errElsewhere = errors.New("its name, SHARED_MESH_CONFIG, comes from another object, which is not read")

// plane finds istiod's Deployment; nil where it could not be looked for.
func (r *liveReader) plane(ctx context.Context, revision string) (*liveObject, error) {
	r.revision = revision
	query := mesh.Query{Namespace: r.namespace, AnyLabel: mesh.AnyLabel{Key: "app", Values: []string{"istiod", "pilot"}}}
	all := r.list(ctx, liveDeployments, query)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if len(r.live.Unseen) > 0 {
		return nil, nil //nolint:nilnil // its ConfigMaps may be seen all the same
	}
	var found []liveObject
	var names []string
	for _, o := range all {
		name := cmp.Or(o.Metadata.Labels["istio.io/rev"], "default")
		names = append(names, name)
		if revision == "" || revision == name {
			found, r.revision = append(found, o), name
		}
	}
	slices.Sort(names)
	switch {
	case len(all) == 0:
		return nil, fmt.Errorf("%w: there is no istiod in namespace %s; --istio-namespace names another", ErrPlane, r.namespace)
	case len(found) == 0:
		return nil, fmt.Errorf("%w: namespace %s has no istiod of revision %s, it has %s", ErrPlane, r.namespace, revision, strings.Join(names, ", "))
	case len(found) > 1:
		return nil, fmt.Errorf("%w: namespace %s has revisions %s; --revision names one", ErrPlane, r.namespace, strings.Join(names, ", "))
	}
	return &found[0], nil
}

// documents reads what an operator installs Istio from. What istioctl has kept
// of an installation is none of these: nothing reads it.
func (r *liveReader) documents(ctx context.Context) {
	for _, o := range r.list(ctx, liveOperators, mesh.Query{Namespace: r.namespace}, "v1alpha1") {
		if !strings.HasPrefix(o.Metadata.Name, "installed-state") {
			r.add(o)
		}
	}
	for _, o := range r.list(ctx, liveSails, mesh.Query{}, "v1", "v1alpha1") {
		r.add(o)
	}
}

// plain makes values of what istiod is told by its environment and its labels.
func (r *liveReader) plain(plane *liveObject) {
	if plane == nil {
		return
	}
	values, pilot, env := map[string]any{}, map[string]any{}, map[string]any{}
	if r.revision != "default" {
		values["revision"] = r.revision
	}
	global := map[string]any{}
	if r.namespace != "istio-system" {
		global["istioNamespace"] = r.namespace
	}
	if domain := plane.domain(); domain != "" && domain != defaults[valueDomain] {
		global["proxy"] = map[string]any{"clusterDomain": domain}
	}
	if len(global) > 0 {
		values["global"] = global
	}
	if sampling, _ := plane.variable("PILOT_TRACE_SAMPLING"); sampling != "" {
		env["PILOT_TRACE_SAMPLING"] = sampling
	}
	if shared, _ := plane.variable(sharedMesh); shared != "" {
		env[sharedMesh] = shared
	}
	if len(env) > 0 {
		pilot["env"] = env
	}
	var secrets []any
	for _, e := range plane.environment() {
		if from, _ := e["valueFrom"].(map[string]any); from["secretKeyRef"] != nil {
			secrets = append(secrets, e)
		}
	}
	if len(secrets) > 0 {
		pilot["envVarFrom"] = secrets
	}
	if len(pilot) > 0 {
		values["pilot"] = pilot
	}
	if text, err := yaml.Marshal(values); err == nil && len(values) > 0 {
		r.source("istiod.yaml", text)
	}
}

// meshConfigs reads the mesh ConfigMaps, the shared one before the standard one,
// which overrules it.
func (r *liveReader) meshConfigs(ctx context.Context, plane *liveObject) {
	standard := "istio"
	if r.revision != "" && r.revision != "default" {
		standard += "-" + r.revision
	}
	names := []string{standard}
	if plane != nil {
		shared, elsewhere := plane.variable(sharedMesh)
		if elsewhere {
			r.unseen("the shared mesh config of istiod in namespace "+r.namespace, errElsewhere)
		}
		if shared != "" && shared != standard {
			names = []string{shared, standard}
		}
	}
	for _, name := range names {
		text, err := r.from.Get(ctx, liveConfigMaps, r.namespace, name)
		r.unseen("ConfigMap "+name+" in namespace "+r.namespace, err)
		if err != nil {
			continue
		}
		o, err := newLiveObject(liveConfigMaps, text)
		r.unseen("ConfigMap "+name, err)
		if o.data["mesh"] == "" || err != nil {
			continue
		}
		o.data = map[string]string{"mesh": o.data["mesh"]}
		r.add(o)
		if config, err := mesh.ParseMeshConfig(o.data["mesh"]); err == nil {
			r.root = cmp.Or(config.RootNamespace, r.root)
			for _, p := range config.Providers {
				r.hosts = append(r.hosts, p.Service[strings.LastIndex(p.Service, "/")+1:])
			}
		}
	}
}

// collectors reads the configurations of collectors, in the namespaces that
// providers send to.
func (r *liveReader) collectors(ctx context.Context) {
	seen := map[string]bool{}
	for _, host := range r.hosts {
		parts := strings.Split(host, ".")
		if len(parts) < 3 || parts[2] != "svc" || seen[parts[1]] {
			continue
		}
		seen[parts[1]] = true
		for _, o := range r.list(ctx, liveConfigMaps, mesh.Query{Namespace: parts[1]}) {
			maps.DeleteFunc(o.data, func(_, text string) bool {
				return !strings.Contains(text, "exporters:") || !strings.Contains(text, "lightstep")
			})
			if len(o.data) > 0 {
				r.add(o)
			}
		}
	}
}

// telemetries reads the Telemetries that this control plane heeds: those with tracing,
// and those for the whole mesh, of which the oldest alone counts.
func (r *liveReader) telemetries(ctx context.Context) {
	for _, o := range r.list(ctx, liveTelemetries, mesh.Query{}, "v1", "v1alpha1") {
		revision := o.Metadata.Labels["istio.io/rev"]
		selector, _ := yamltree.Path{"selector", "matchLabels"}.In(o.Spec)
		labels, _ := selector.(map[string]any)
		refs, _ := o.Spec["targetRefs"].([]any)
		wide := o.Metadata.Namespace == cmp.Or(r.root, r.namespace) && len(labels) == 0 && len(refs) == 0 && o.Spec["targetRef"] == nil
		if (wide || o.Spec["tracing"] != nil) && (revision == "" || r.revision == "" || revision == r.revision) {
			o.Metadata.Created = o.Metadata.created
			r.add(o)
		}
	}
}

// routes reads what leads to the hosts that providers send to.
func (r *liveReader) routes(ctx context.Context) {
	served := []string{"v1", "v1beta1", "v1alpha3"}
	for _, o := range r.list(ctx, liveEntries, mesh.Query{}, served...) {
		hosts, _ := o.Spec["hosts"].([]any)
		if slices.ContainsFunc(hosts, func(h any) bool { host, _ := h.(string); return slices.Contains(r.hosts, host) }) {
			r.add(o)
			for _, h := range hosts {
				if host, _ := h.(string); slices.Contains(r.hosts, host) {
					r.routed[host] = true
				}
			}
		}
	}
	for _, o := range r.list(ctx, liveRules, mesh.Query{}, served...) {
		if host, _ := o.Spec["host"].(string); slices.Contains(r.hosts, host) {
			r.add(o)
			r.routed[host] = true
		}
	}
}

// workloads reads the annotations of workloads that trace by their own, and of those
// nothing else than how they select their pods.
func (r *liveReader) workloads(ctx context.Context) {
	for _, of := range []mesh.Resource{liveDeployments, liveStatefulSets, liveDaemonSets} {
		for _, o := range r.list(ctx, of, mesh.Query{}) {
			r.operator(o)
			found, _ := yamltree.Path{"template", "metadata", "annotations", proxyConfig}.In(o.Spec)
			text, _ := found.(string)
			if !strings.Contains(text, "tracing") {
				continue
			}
			selector := o.Spec["selector"]
			o.Spec = map[string]any{"template": map[string]any{"metadata": map[string]any{"annotations": map[string]any{proxyConfig: text}}}}
			if selector != nil {
				o.Spec["selector"] = selector
			}
			r.add(o)
		}
	}
}

// operator reads what may be the Deployment of Istio's own operator, and of it nothing else than what its containers
// run.
func (r *liveReader) operator(o liveObject) {
	found, _ := yamltree.Path{"template", "spec", "containers"}.In(o.Spec)
	containers, _ := found.([]any)
	if len(containers) == 0 || !strings.HasPrefix(o.Metadata.Name, "istio-operator") {
		return
	}
	var run []any
	for _, c := range containers {
		if container, _ := c.(map[string]any); container != nil {
			run = append(run, map[string]any{"command": container["command"], "args": container["args"]})
		}
	}
	o.Metadata.Annotations = nil
	o.Spec = map[string]any{"template": map[string]any{"spec": map[string]any{"containers": run}}}
	r.add(o)
}

// secrets names the Secrets with the CA.
func (r *liveReader) secrets(ctx context.Context) {
	for _, o := range r.list(ctx, liveSecrets, mesh.Query{Name: "lightstep.cacert"}) {
		o.Metadata.Annotations, o.Metadata.Labels = nil, nil
		r.add(o)
	}
}

// users reads what else may use the ServiceEntries and DestinationRules that
// were read: what names one of their hosts, or refers to a ServiceEntry, and
// Sidecars that let workloads send to known hosts alone. Without such a route
// there is nothing to keep.
func (r *liveReader) users(ctx context.Context) error {
	known, err := loadTable()
	if err != nil || len(r.routed) == 0 {
		return err
	}
	var names []string
	for host := range r.routed {
		names = append(names, host)
		for _, parent, found := strings.Cut(host, "."); found && strings.Contains(parent, "."); _, parent, found = strings.Cut(parent, ".") {
			names = append(names, "*."+parent)
		}
	}
	for _, user := range known.Users {
		for _, o := range r.list(ctx, user.Resource, mesh.Query{}, user.Versions...) {
			text, err := json.Marshal(o.Spec)
			if err == nil && mayUse(strings.ToLower(string(text)), names) {
				r.add(o)
			}
		}
	}
	return nil
}

// mayUse tells whether an object may use one of the hosts; Migrate looks closer.
func mayUse(text string, hosts []string) bool {
	if strings.Contains(text, `"registry_only"`) || strings.Contains(text, `"serviceentry"`) {
		return true
	}
	for _, host := range hosts {
		if strings.Contains(text, strings.ToLower(host)) {
			return true
		}
	}
	return false
}

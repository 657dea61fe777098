package leftover

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/istio-lightstep/istio-lightstep/internal/bounded"
	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
)

// Mention is a place that mentions LightStep.
type Mention struct {
	What string // file, or kind of an object
	Name string // of the object, with its namespace; empty for a file
	At   string // path in the object, or line:column of the file
}

// String names the place.
func (m Mention) String() string {
	if m.Name == "" {
		return m.What + ":" + m.At
	}
	return m.What + " " + m.Name + ": " + m.At
}

// Gap is something that could not be looked at.
type Gap struct {
	What, Why string
}

// Report is what was found.
type Report struct {
	Mentions []Mention
	More     int // mentions that are not named, as there are too many
	Gaps     []Gap
	MoreGaps int // gaps that are not named
}

// most bounds how many mentions, and how many gaps, are named.
const most = 1000

func (r *Report) add(m Mention) {
	if len(r.Mentions) >= most {
		r.More++
		return
	}
	r.Mentions = append(r.Mentions, m)
}

// kind is a kind of objects that are looked at, with the versions that are
// known of it, the best first: none for what Kubernetes itself serves.
type kind struct {
	mesh.Resource
	versions []string
}

func custom(group, name, object string, versions ...string) kind {
	return kind{mesh.Resource{Group: group, Name: name, Kind: object}, versions}
}

// networking are the versions of networking.istio.io.
var networking = []string{"v1", "v1beta1", "v1alpha3"}

// kinds are the objects in which people configure tracing, or what installs it.
// Pods, ReplicaSets and Jobs are not among them: they have what others give them.
var kinds = []kind{
	{mesh.Resource{Version: "v1", Name: "namespaces", Kind: "Namespace"}, nil},
	{mesh.Resource{Version: "v1", Name: "configmaps", Kind: "ConfigMap"}, nil},
	{mesh.Resource{Version: "v1", Name: "services", Kind: "Service"}, nil},
	{mesh.Resource{Version: "v1", Name: "serviceaccounts", Kind: "ServiceAccount"}, nil},
	{mesh.Resource{Group: "apps", Version: "v1", Name: "deployments", Kind: "Deployment"}, nil},
	{mesh.Resource{Group: "apps", Version: "v1", Name: "statefulsets", Kind: "StatefulSet"}, nil},
	{mesh.Resource{Group: "apps", Version: "v1", Name: "daemonsets", Kind: "DaemonSet"}, nil},
	custom("batch", "cronjobs", "CronJob", "v1", "v1beta1"), // Kubernetes 1.20 serves v1 without them
	custom("telemetry.istio.io", "telemetries", "Telemetry", "v1", "v1alpha1"),
	custom("networking.istio.io", "serviceentries", "ServiceEntry", networking...),
	custom("networking.istio.io", "destinationrules", "DestinationRule", networking...),
	custom("networking.istio.io", "virtualservices", "VirtualService", networking...),
	custom("networking.istio.io", "gateways", "Gateway", networking...),
	custom("networking.istio.io", "sidecars", "Sidecar", networking...),
	custom("networking.istio.io", "envoyfilters", "EnvoyFilter", "v1alpha3"),
	custom("networking.istio.io", "proxyconfigs", "ProxyConfig", "v1beta1"),
	custom("security.istio.io", "authorizationpolicies", "AuthorizationPolicy", "v1", "v1beta1"),
	custom("extensions.istio.io", "wasmplugins", "WasmPlugin", "v1alpha1"),
	custom("install.istio.io", "istiooperators", "IstioOperator", "v1alpha1"),
	custom("sailoperator.io", "istios", "Istio", "v1", "v1alpha1"),
	custom("operator.istio.io", "istios", "Istio", "v1alpha1"),
	custom("maistra.io", "servicemeshcontrolplanes", "ServiceMeshControlPlane", "v2", "v1"),
	custom("opentelemetry.io", "opentelemetrycollectors", "OpenTelemetryCollector", "v1beta1", "v1alpha1"),
	custom("argoproj.io", "applications", "Application", "v1alpha1"),
	custom("argoproj.io", "applicationsets", "ApplicationSet", "v1alpha1"),
	custom("argoproj.io", "rollouts", "Rollout", "v1alpha1"),
	custom("helm.toolkit.fluxcd.io", "helmreleases", "HelmRelease", "v2", "v2beta2", "v2beta1"),
	custom("kustomize.toolkit.fluxcd.io", "kustomizations", "Kustomization", "v1", "v1beta2"),
	custom("helm.cattle.io", "helmcharts", "HelmChart", "v1"),
	custom("helm.cattle.io", "helmchartconfigs", "HelmChartConfig", "v1"),
	custom("external-secrets.io", "externalsecrets", "ExternalSecret", "v1", "v1beta1"),
	custom("bitnami.com", "sealedsecrets", "SealedSecret", "v1alpha1"),
}

var secrets = mesh.Resource{Version: "v1", Name: "secrets", Kind: "Secret"}

// Cluster looks at the objects of a cluster. Its error is that of a context
// that ended, or says that the cluster could not be reached.
func Cluster(ctx context.Context, from mesh.Source) (*Report, error) {
	if _, err := from.Versions(ctx, "telemetry.istio.io"); err != nil && !mesh.Refused(err) {
		return nil, err
	}
	r := &Report{}
	for _, k := range kinds {
		if err := r.kind(ctx, from, k); err != nil {
			return nil, err
		}
	}
	if _, err := r.list(ctx, from, secrets, r.secret); err != nil {
		return nil, err
	}
	slices.SortStableFunc(r.Mentions, func(a, b Mention) int {
		return cmp.Or(strings.Compare(a.What, b.What), strings.Compare(a.Name, b.Name))
	})
	return r, nil
}

// kind looks at all objects of a kind, of which one that the cluster does not
// serve has none.
func (r *Report) kind(ctx context.Context, from mesh.Source, k kind) error {
	versions := []string{k.Version}
	if len(k.versions) > 0 {
		served, err := from.Versions(ctx, k.Group)
		if err != nil {
			r.gap(k.Resource, err)
			return ctx.Err()
		}
		if len(served) == 0 {
			return nil
		}
		versions = slices.DeleteFunc(slices.Clone(k.versions), func(v string) bool { return !slices.Contains(served, v) })
		if len(versions) == 0 {
			versions = served[:1]
		}
	}
	for _, k.Version = range versions {
		absent, err := r.list(ctx, from, k.Resource, func(data []byte) error {
			o, err := newObject(data)
			if err != nil {
				return err
			}
			r.object(k.Resource, o)
			return nil
		})
		if err != nil || !absent {
			return err
		}
	}
	return nil
}

// list lists objects. What cannot be read is a gap, and hides no other object.
func (r *Report) list(ctx context.Context, from mesh.Source, of mesh.Resource, look func([]byte) error) (absent bool, err error) {
	err = from.List(ctx, of, mesh.Query{}, func(data []byte) error {
		if err := look(data); err != nil {
			r.addGap(Gap{What: of.Kind + " " + nameOf(data), Why: unreadable(err)})
		}
		return nil
	})
	if err != nil && !mesh.Absent(err) && ctx.Err() == nil {
		r.gap(of, err)
	}
	return mesh.Absent(err), ctx.Err()
}

func (r *Report) object(of mesh.Resource, o *object) {
	name := mesh.Ref{Namespace: o.Metadata.Namespace, Name: o.Metadata.Name}.String()
	for _, at := range o.places() {
		r.add(Mention{What: of.Kind, Name: name, At: at})
	}
}

// secret looks at a Secret, of what it holds at the text in base64, and at the
// values in one in which Helm keeps a release that is in use.
func (r *Report) secret(data []byte) error {
	var kept struct {
		Type     string `json:"type"`
		Metadata struct {
			Namespace string            `json:"namespace"`
			Labels    map[string]string `json:"labels"`
		} `json:"metadata"`
	}
	if err := json.Unmarshal(data, &kept); err != nil {
		return err
	}
	if kept.Type != "helm.sh/release.v1" {
		o, err := newObject(data)
		if err != nil {
			return err
		}
		o.secret()
		r.object(secrets, o)
		return nil
	}
	if status := kept.Metadata.Labels["status"]; status != "deployed" && status != "failed" {
		return nil // of former revisions, and Helm deletes these in time
	}
	release, err := readRelease(data)
	if err != nil {
		return err
	}
	name := mesh.Ref{Namespace: cmp.Or(release.Namespace, kept.Metadata.Namespace), Name: release.Name}.String()
	for _, at := range release.places() {
		r.add(Mention{What: "Helm release", Name: name, At: "values " + at})
	}
	return nil
}

func (r *Report) gap(of mesh.Resource, err error) {
	if g := (Gap{What: of.String(), Why: mesh.Reason(err)}); !slices.Contains(r.Gaps, g) {
		r.addGap(g)
	}
}

func (r *Report) addGap(g Gap) {
	if len(r.Gaps) >= most {
		r.MoreGaps++
		return
	}
	r.Gaps = append(r.Gaps, g)
}

// nameOf gives the name of an object of which no more may be readable.
func nameOf(data []byte) string {
	var o struct {
		Metadata map[string]any `json:"metadata"`
	}
	_ = json.Unmarshal(data, &o) // without a name, the kind is named alone
	namespace, _ := o.Metadata["namespace"].(string)
	name, _ := o.Metadata["name"].(string)
	return mesh.Ref{Namespace: namespace, Name: name}.String()
}

// unreadable says why an object could not be read, and no more: what it holds may
// be a secret.
func unreadable(err error) string {
	var large *bounded.TooLargeError
	if errors.As(err, &large) {
		return "it " + large.Error()
	}
	return "it cannot be read"
}

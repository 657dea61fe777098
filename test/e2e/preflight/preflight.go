// Package preflight looks, before a run changes a cluster that it did not make, whether
// anything exists there that the run would take for its own, and says what the run will
// create, change and delete.
package preflight

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/cluster"
)

// Plan is what a run will do to a cluster.
type Plan struct {
	// Context is the cluster's in the kubeconfig, Named the one that the user named.
	Context, Named string
	// Namespaces are made, and deleted at the end.
	Namespaces []string
	// Further says which namespaces single items make and delete, whose names are random.
	Further []string
	// Secrets are those of the release's namespace that the user's values name: made where
	// there is none, and deleted at the end.
	Secrets []string
	// Release and ReleaseNamespace are those of the chart, which is installed and
	// uninstalled, with its volumes.
	Release, ReleaseNamespace string
	// Istio says that Istio is installed too, in IstioNamespace, and uninstalled at the
	// end.
	Istio          bool
	IstioNamespace string
}

// String lists what is created, changed and deleted, a line each.
func (p Plan) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "on the cluster of context %s this run will", p.Context)
	for _, n := range slices.Concat(p.Namespaces, p.Further) {
		fmt.Fprintf(&b, "\n  create and delete  namespace %s", n)
	}
	for _, s := range p.Secrets {
		fmt.Fprintf(&b, "\n  create and delete  Secret %s/%s, if there is none", p.ReleaseNamespace, s)
	}
	fmt.Fprintf(&b, "\n  create and delete  release %s in namespace %s, with its Secrets, ConfigMaps, Telemetry and volumes", p.Release, p.ReleaseNamespace)
	if p.Istio {
		fmt.Fprintf(&b, "\n  create and delete  namespace %s, all of Istio in it, and its definitions and webhooks", p.IstioNamespace)
	} else {
		fmt.Fprintf(&b, "\n  change             tracing of the whole mesh, while the release is there")
	}
	b.WriteString("\n  delete             nothing else")
	return b.String()
}

// secrets are those of the README's names.
var secrets = []string{"lightstep-access-token", "lightstep.cacert"}

// Check is nil where nothing exists that the run would make, and the user has named the
// cluster. The error lists all that does.
func (p Plan) Check(ctx context.Context, c *cluster.Cluster) error {
	if p.Named != p.Context {
		return fmt.Errorf("changes (E2E_CHANGES) names the context %q, and the cluster is that of %q: nothing was changed", p.Named, p.Context)
	}
	var exists []error
	add := func(what string, err error) {
		switch {
		case err == nil:
			exists = append(exists, errors.New(what))
		case !apierrors.IsNotFound(err):
			exists = append(exists, fmt.Errorf("%s cannot be looked for: %w", what, err))
		}
	}
	namespaces := p.Namespaces
	if p.Istio {
		namespaces = append(slices.Clone(namespaces), p.IstioNamespace)
	}
	for _, n := range namespaces {
		_, err := c.Kubernetes.CoreV1().Namespaces().Get(ctx, n, metav1.GetOptions{})
		add("namespace "+n, err)
	}
	for _, name := range secrets {
		_, err := c.Kubernetes.CoreV1().Secrets(p.ReleaseNamespace).Get(ctx, name, metav1.GetOptions{})
		add(fmt.Sprintf("Secret %s/%s", p.ReleaseNamespace, name), err)
	}
	_, err := c.Kubernetes.CoreV1().ConfigMaps(p.ReleaseNamespace).Get(ctx, p.Release, metav1.GetOptions{})
	add(fmt.Sprintf("ConfigMap %s/%s", p.ReleaseNamespace, p.Release), err)
	exists = append(exists, p.lists(ctx, c)...)
	if len(exists) == 0 {
		return nil
	}
	return fmt.Errorf("these exist, and this run did not make them: nothing was changed\n%w\n"+
		"take another release (E2E_RELEASE) or namespace (E2E_NAMESPACE), set E2E_INSTALLED=1 where Istio is yours, "+
		"or delete what an earlier run left", errors.Join(exists...))
}

// lists finds what has other names than the run's.
func (p Plan) lists(ctx context.Context, c *cluster.Cluster) []error {
	var exists []error
	look := func(what string, of schema.GroupVersionResource, namespace, selector string, keep func(string) bool) {
		list, err := c.Dynamic.Resource(of).Namespace(namespace).List(ctx, metav1.ListOptions{LabelSelector: selector})
		if err != nil {
			exists = append(exists, fmt.Errorf("%s cannot be looked for: %w", what, err))
			return
		}
		for _, o := range list.Items {
			if keep(o.GetName()) {
				exists = append(exists, fmt.Errorf("%s %s", what, strings.Trim(o.GetNamespace()+"/"+o.GetName(), "/")))
			}
		}
	}
	all := func(string) bool { return true }
	instance := "app.kubernetes.io/instance=" + p.Release
	core := schema.GroupVersion{Version: "v1"}
	look("release "+p.Release+", Secret", core.WithResource("secrets"), p.ReleaseNamespace, "owner=helm,name="+p.Release, all)
	look("volume of another release "+p.Release+", PersistentVolumeClaim", core.WithResource("persistentvolumeclaims"), p.ReleaseNamespace, instance, all)
	look("StatefulSet", schema.GroupVersionResource{Group: "apps", Version: "v1", Resource: "statefulsets"}, p.ReleaseNamespace, instance, all)
	if !p.Istio {
		return exists
	}
	istio := func(name string) bool {
		return strings.HasSuffix(name, ".istio.io") || strings.HasPrefix(name, "istio")
	}
	look("definition", schema.GroupVersionResource{
		Group: "apiextensions.k8s.io", Version: "v1", Resource: "customresourcedefinitions",
	}, "", "", istio)
	for _, kind := range []string{"mutatingwebhookconfigurations", "validatingwebhookconfigurations"} {
		look("webhook", schema.GroupVersionResource{Group: "admissionregistration.k8s.io", Version: "v1", Resource: kind}, "", "", istio)
	}
	return exists
}

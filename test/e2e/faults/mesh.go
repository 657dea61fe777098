package faults

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/bookinfo"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/cluster"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/measured"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/satellite"
)

// Names of the Secrets that the release is told of.
const (
	TokenSecret = "lightstep-access-token"
	TokenKey    = "token"
	CASecret    = "lightstep.cacert"
	CAKey       = "cacert.pem"
)

// Reviews is the version that answers all requests; the others are scaled away.
const Reviews = "v3"

// Mesh is a mesh that traces, with all that faults lay hands on.
type Mesh struct {
	Cluster   *cluster.Cluster
	Satellite *satellite.Satellite
	Delivery  Delivery
	Bookinfo  bookinfo.Mesh
	// Page is the URL that is asked for.
	Page string
	// ReleaseNamespace is that of the collectors and their Secrets, IstioNamespace
	// that of istiod, Istiod its Deployment.
	ReleaseNamespace, IstioNamespace, Istiod string
	// Release is Helm's name of the release.
	Release string
	// Upgrade sets values besides those that the release was installed with, and
	// waits until all is ready; none takes it back.
	Upgrade func(context.Context, map[string]any) error
	// Proxy is the image of Istio's proxy.
	Proxy string
	// Setup is what is measured with.
	Setup measured.Setup
	// Say prints a line of progress.
	Say func(format string, args ...any)
}

// WriteToken puts a token into the Secret, where the delivery reads it.
func (m *Mesh) WriteToken(ctx context.Context, token string) error {
	namespace := m.ReleaseNamespace
	if m.Delivery == Direct {
		namespace = m.IstioNamespace
	}
	return m.writeSecret(ctx, namespace, TokenSecret, TokenKey, token)
}

// WriteCA puts certificates into the Secret, wherever the delivery reads it.
func (m *Mesh) WriteCA(ctx context.Context, pem string) error {
	if m.Delivery == Collector {
		return m.writeSecret(ctx, m.ReleaseNamespace, CASecret, CAKey, pem)
	}
	for _, namespace := range []string{m.Bookinfo.Namespace, m.IstioNamespace} {
		if err := m.writeSecret(ctx, namespace, CASecret, CAKey, pem); err != nil {
			return err
		}
	}
	return nil
}

func (m *Mesh) writeSecret(ctx context.Context, namespace, name, key, text string) error {
	object := fmt.Sprintf("apiVersion: v1\nkind: Secret\nmetadata: {name: %s}\nstringData:\n  %s: |-\n    %s\n",
		name, key, strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n    "))
	return m.Cluster.Apply(ctx, namespace, object)
}

// RemoveSecrets deletes what WriteToken and WriteCA wrote.
func (m *Mesh) RemoveSecrets(ctx context.Context) error {
	var failed []error
	for _, namespace := range []string{m.ReleaseNamespace, m.IstioNamespace, m.Bookinfo.Namespace} {
		for _, name := range []string{TokenSecret, CASecret} {
			err := m.Cluster.Kubernetes.CoreV1().Secrets(namespace).Delete(ctx, name, metav1.DeleteOptions{})
			if err != nil && !apierrors.IsNotFound(err) {
				failed = append(failed, fmt.Errorf("delete secret %s/%s: %w", namespace, name, err))
			}
		}
	}
	return errors.Join(failed...)
}

// collectorLabels select the collectors' pods.
func (m *Mesh) collectorLabels() string {
	return "app.kubernetes.io/component=collector,app.kubernetes.io/instance=" + m.Release
}

// hurry has the kubelet look at once at what pods mount, where it would take up
// to a minute and a half. It is for preparing a fault, never for what is timed.
func (m *Mesh) hurry(ctx context.Context) error {
	selectors := map[string]string{m.ReleaseNamespace: m.collectorLabels()}
	if m.Delivery == Direct {
		selectors = map[string]string{m.Bookinfo.Namespace: "", m.IstioNamespace: "istio=ingressgateway"}
	}
	for namespace, selector := range selectors {
		pods, err := m.Cluster.Pods(ctx, namespace, selector)
		if err != nil {
			return err
		}
		for _, pod := range pods {
			patch := fmt.Sprintf(`{"metadata":{"annotations":{"e2e/looked-at":%q}}}`, newPrefix())
			if _, err := m.Cluster.Kubernetes.CoreV1().Pods(namespace).Patch(ctx, pod.Name, types.StrategicMergePatchType,
				[]byte(patch), metav1.PatchOptions{}); err != nil {
				return fmt.Errorf("annotate pod %s/%s: %w", namespace, pod.Name, err)
			}
		}
	}
	return nil
}

// ready waits until all that delivers runs.
func (m *Mesh) ready(ctx context.Context) error {
	for _, namespace := range []string{m.IstioNamespace, m.ReleaseNamespace, m.Bookinfo.Namespace} {
		if err := m.Cluster.Ready(ctx, namespace); err != nil {
			return err
		}
	}
	return nil
}

// onNode runs a shell script in a node, which is a container of that name in
// Docker, as kind's nodes are.
func onNode(ctx context.Context, node, script string, args ...string) error {
	command := append([]string{"exec", node, "sh", "-ec", script, "sh"}, args...)
	if out, err := exec.CommandContext(ctx, "docker", command...).CombinedOutput(); err != nil {
		return fmt.Errorf("on node %s, to be one of a kind cluster: %w: %s", node, err, strings.TrimSpace(string(out)))
	}
	return nil
}

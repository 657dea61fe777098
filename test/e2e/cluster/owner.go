package cluster

import (
	"context"
	"errors"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/dynamic"
)

// RunLabel is on everything that a run makes on a cluster that it did not make. Its
// value is that of [Cluster.Run].
const RunLabel = "istio-lightstep-e2e/run"

// ErrForeign says that something exists that this run did not make. It is left as it
// is.
var ErrForeign = errors.New("it exists, and this run did not make it")

// foreign is an error where a cluster that the run did not make has labels on an object
// that are not the run's.
func (c *Cluster) foreign(labels map[string]string) error {
	if c.Run == "" || labels[RunLabel] == c.Run {
		return nil
	}
	if other := labels[RunLabel]; other != "" {
		return fmt.Errorf("%w: run %s did", ErrForeign, other)
	}
	return ErrForeign
}

// mine is nil for an object that the run made, or that does not exist.
func (c *Cluster) mine(ctx context.Context, resource dynamic.ResourceInterface, name string) error {
	if c.Run == "" {
		return nil
	}
	there, err := resource.Get(ctx, name, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	return c.foreign(there.GetLabels())
}

// mineNamespace is nil for a namespace that the run made: what is in it may be changed.
func (c *Cluster) mineNamespace(ctx context.Context, name string) error {
	if c.Run == "" {
		return nil
	}
	there, err := c.Kubernetes.CoreV1().Namespaces().Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		return err
	}
	if err := c.foreign(there.Labels); err != nil {
		return fmt.Errorf("namespace %s: %w", name, err)
	}
	return nil
}

// Made gives the namespaces that the run made, on a cluster that it did not make.
func (c *Cluster) Made(ctx context.Context) ([]string, error) {
	list, err := c.Kubernetes.CoreV1().Namespaces().List(ctx, metav1.ListOptions{LabelSelector: RunLabel + "=" + c.Run})
	if err != nil {
		return nil, fmt.Errorf("namespaces of run %s: %w", c.Run, err)
	}
	var names []string
	for _, n := range list.Items {
		names = append(names, n.Name)
	}
	return names, nil
}

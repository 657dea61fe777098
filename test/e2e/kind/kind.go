// Package kind makes the kind cluster of a run. It is a package of its own so
// that kind is compiled for the end-to-end tests alone, not for unit tests.
package kind

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	kind "sigs.k8s.io/kind/pkg/cluster"
	"sigs.k8s.io/kind/pkg/cmd"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/cluster"
)

// Cluster is a cluster that was made for a run.
type Cluster struct {
	*cluster.Cluster
	// Name is kind's name of it.
	Name string

	provider *kind.Provider
}

// readyWait is how long a new node may take.
const readyWait = 3 * time.Minute

// Create makes the kind cluster of this name from a node image that Docker has,
// writes its kubeconfig, and waits until the node is ready. A cluster of that
// name that is there already is taken as it is if this package made it. The configuration is kind's own,
// from a file; an empty path takes kind's defaults.
func Create(name, nodeImage, kubeconfig, configuration string) (*Cluster, error) {
	provider := kind.NewProvider(kind.ProviderWithDocker(), kind.ProviderWithLogger(cmd.NewLogger()))
	there, err := provider.List()
	if err != nil {
		return nil, fmt.Errorf("docker is needed for a kind cluster: %w", err)
	}
	if slices.Contains(there, name) {
		if err := provider.ExportKubeConfig(name, kubeconfig, false); err != nil {
			return nil, fmt.Errorf("kubeconfig of the kind cluster %s: %w", name, err)
		}
		made, err := connect(provider, name, kubeconfig)
		if err != nil {
			return nil, err
		}
		return made, made.marked(name)
	}
	// kind knows no context: a first signal counts once the cluster is made, a second
	// one ends the run at once.
	interrupted, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	defer context.AfterFunc(interrupted, func() {
		stop()
		fmt.Fprintf(os.Stderr, "the kind cluster %s is deleted as soon as it is made; once more ends the run at once\n", name)
	})()
	made, err := create(provider, name, nodeImage, kubeconfig, configuration)
	if interrupted.Err() != nil {
		err = errors.Join(fmt.Errorf("interrupted while the kind cluster %s was made", name), err)
	}
	if err != nil {
		return nil, errors.Join(err, provider.Delete(name, kubeconfig))
	}
	return made, nil
}

func connect(provider *kind.Provider, name, kubeconfig string) (*Cluster, error) {
	c, err := cluster.Connect(kubeconfig, "kind-"+name)
	if err != nil {
		return nil, err
	}
	return &Cluster{Cluster: c, Name: name, provider: provider}, nil
}

// mark is on a cluster that this package made, for a later run to know that it may be
// deleted.
const mark = `
apiVersion: v1
kind: ConfigMap
metadata: {name: istio-lightstep-e2e}
data: {made: "for the end-to-end tests of istio-lightstep, which delete this cluster"}
`

// marked is nil for a cluster that this package made.
func (c *Cluster) marked(name string) error {
	_, err := c.Kubernetes.CoreV1().ConfigMaps("kube-system").Get(context.Background(), "istio-lightstep-e2e", metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return fmt.Errorf("the kind cluster %s exists, and no run of this suite made it: give another name by E2E_CLUSTER", name)
	}
	return err
}

// create makes the cluster and its mark.
func create(provider *kind.Provider, name, nodeImage, kubeconfig, configuration string) (*Cluster, error) {
	options := []kind.CreateOption{
		kind.CreateWithNodeImage(nodeImage),
		kind.CreateWithKubeconfigPath(kubeconfig),
		kind.CreateWithWaitForReady(readyWait),
		kind.CreateWithDisplayUsage(false),
		kind.CreateWithDisplaySalutation(false),
	}
	if configuration != "" {
		options = append(options, kind.CreateWithConfigFile(configuration))
	}
	if err := provider.Create(name, options...); err != nil {
		return nil, fmt.Errorf("create the kind cluster %s of %s: %w", name, nodeImage, err)
	}
	made, err := connect(provider, name, kubeconfig)
	if err != nil {
		return nil, err
	}
	return made, made.Apply(context.Background(), "kube-system", mark)
}

// Delete removes the cluster and its entry in the kubeconfig.
func (c *Cluster) Delete() error {
	return c.provider.Delete(c.Name, c.Kubeconfig)
}

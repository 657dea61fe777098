package cluster

import (
	"fmt"
	"slices"
	"time"

	"sigs.k8s.io/kind/pkg/cluster"
	"sigs.k8s.io/kind/pkg/cmd"
)

// Kind is a cluster that was made for a run.
type Kind struct {
	*Cluster
	// Name is kind's name of it.
	Name string

	provider *cluster.Provider
}

// readyWait is how long a new node may take.
const readyWait = 3 * time.Minute

// Create makes the kind cluster of this name from a node image that Docker has,
// writes its kubeconfig, and waits until the node is ready. A cluster of that
// name that is there already is taken as it is. The configuration is kind's own,
// from a file; an empty path takes kind's defaults.
func Create(name, nodeImage, kubeconfig, configuration string) (*Kind, error) {
	provider := cluster.NewProvider(cluster.ProviderWithDocker(), cluster.ProviderWithLogger(cmd.NewLogger()))
	there, err := provider.List()
	if err != nil {
		return nil, fmt.Errorf("docker is needed for a kind cluster: %w", err)
	}
	if slices.Contains(there, name) {
		if err := provider.ExportKubeConfig(name, kubeconfig, false); err != nil {
			return nil, fmt.Errorf("kubeconfig of the kind cluster %s: %w", name, err)
		}
	} else if err := create(provider, name, nodeImage, kubeconfig, configuration); err != nil {
		return nil, err
	}
	c, err := Connect(kubeconfig, "kind-"+name)
	if err != nil {
		return nil, err
	}
	return &Kind{Cluster: c, Name: name, provider: provider}, nil
}

func create(provider *cluster.Provider, name, nodeImage, kubeconfig, configuration string) error {
	options := []cluster.CreateOption{
		cluster.CreateWithNodeImage(nodeImage),
		cluster.CreateWithKubeconfigPath(kubeconfig),
		cluster.CreateWithWaitForReady(readyWait),
		cluster.CreateWithDisplayUsage(false),
		cluster.CreateWithDisplaySalutation(false),
	}
	if configuration != "" {
		options = append(options, cluster.CreateWithConfigFile(configuration))
	}
	if err := provider.Create(name, options...); err != nil {
		return fmt.Errorf("create the kind cluster %s of %s: %w", name, nodeImage, err)
	}
	return nil
}

// Delete removes the cluster and its entry in the kubeconfig.
func (k *Kind) Delete() error {
	return k.provider.Delete(k.Name, k.Kubeconfig)
}

package cluster

import (
	"errors"
	"fmt"
	"net/http"
	"sync/atomic"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"
	"k8s.io/client-go/tools/clientcmd"
)

// Cluster is a running cluster and the clients for it.
type Cluster struct {
	// Kubeconfig and Context are what Helm and istioctl are given.
	Kubeconfig, Context string
	// Run is the id of the run on a cluster that the run did not make: it changes and
	// deletes nothing there that has not this id as its label. It is empty on a cluster
	// that was made for the run, where everything is the run's.
	Run string

	// Clients, for what this package has no function for.
	Kubernetes kubernetes.Interface
	Dynamic    dynamic.Interface

	// Config is the clients' own, for other clients.
	Config *rest.Config

	mapper  meta.ResettableRESTMapper
	stopped *atomic.Bool
}

// ErrStopped says that a run was interrupted and asks this cluster nothing more.
var ErrStopped = errors.New("the run was interrupted")

// Stop has every request fail from now on, so that nothing is made while what was made is
// taken back, through another connection.
func (c *Cluster) Stop() { c.stopped.Store(true) }

// stoppable fails once the run is stopped.
type stoppable struct {
	http.RoundTripper
	stopped *atomic.Bool
}

// RoundTrip sends a request.
func (s stoppable) RoundTrip(r *http.Request) (*http.Response, error) {
	if s.stopped.Load() {
		return nil, ErrStopped
	}
	return s.RoundTripper.RoundTrip(r)
}

// Connect makes the clients for a context of a kubeconfig file; an empty file is what
// kubectl takes, by $KUBECONFIG, and an empty context is its current one. The cluster is
// not asked anything yet.
func Connect(kubeconfig, context string) (*Cluster, error) {
	rules := clientcmd.NewDefaultClientConfigLoadingRules()
	rules.ExplicitPath = kubeconfig
	of := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(rules, &clientcmd.ConfigOverrides{CurrentContext: context})
	config, err := of.ClientConfig()
	if err == nil && context == "" {
		// By its name, for programs to take the same one, whatever others switch to.
		raw, rawErr := of.RawConfig()
		context, err = raw.CurrentContext, rawErr
	}
	if err != nil {
		return nil, fmt.Errorf("kubeconfig %s: %w", kubeconfig, err)
	}
	// The suite asks often; client-go's own limit is for controllers.
	config.QPS, config.Burst = 100, 200
	// Those that deprecated kinds bring are no news for who reads a test's progress.
	config.WarningHandler = rest.NoWarnings{}
	stopped := &atomic.Bool{}
	config.Wrap(func(inner http.RoundTripper) http.RoundTripper { return stoppable{inner, stopped} })
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("client for %s: %w", kubeconfig, err)
	}
	dyn, err := dynamic.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("client for %s: %w", kubeconfig, err)
	}
	return &Cluster{
		Kubeconfig: kubeconfig,
		Context:    context,
		Kubernetes: client,
		Dynamic:    dyn,
		Config:     config,
		stopped:    stopped,
		mapper:     restmapper.NewDeferredDiscoveryRESTMapper(memory.NewMemCacheClient(client.Discovery())),
	}, nil
}

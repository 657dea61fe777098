// Command kindnetd stands in for kind's own network daemon in a node image built from source: it runs in kind's
// DaemonSet of that name, on every node. It gives pods of its node their network, keeps the routes to those of other
// nodes, and enforces NetworkPolicies.
package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"

	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/cache"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	config, err := rest.InClusterConfig()
	if err != nil {
		return fmt.Errorf("find the API server: %w", err)
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return fmt.Errorf("make a client of the API server: %w", err)
	}
	// What kind's DaemonSet sets.
	daemon := daemon{hostIP: os.Getenv("HOST_IP"), podSubnet: os.Getenv("POD_SUBNET")}
	return daemon.follow(ctx, informers.NewSharedInformerFactory(client, 0))
}

// daemon is one node's part of the network.
type daemon struct {
	// hostIP is the node's own address, podSubnet the range of all pods.
	hostIP, podSubnet string
	// network and rules are what was written last.
	network, rules string
}

// follow keeps the node's network that of the cluster, until ctx ends. A failure ends the process, which the
// DaemonSet starts again.
func (d *daemon) follow(ctx context.Context, factory informers.SharedInformerFactory) error {
	nodes, pods, namespaces := factory.Core().V1().Nodes(), factory.Core().V1().Pods(), factory.Core().V1().Namespaces()
	policies := factory.Networking().V1().NetworkPolicies()
	changed := make(chan struct{}, 1)
	notify := func() {
		select {
		case changed <- struct{}{}:
		default:
		}
	}
	for _, informer := range []cache.SharedIndexInformer{
		nodes.Informer(), pods.Informer(), namespaces.Informer(), policies.Informer(),
	} {
		_, err := informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
			AddFunc:    func(any) { notify() },
			UpdateFunc: func(any, any) { notify() },
			DeleteFunc: func(any) { notify() },
		})
		if err != nil {
			return fmt.Errorf("watch the cluster: %w", err)
		}
	}
	factory.Start(ctx.Done())
	factory.WaitForCacheSync(ctx.Done())

	for {
		select {
		case <-ctx.Done():
			return nil
		case <-changed:
		}
		var cluster cluster
		var err error
		if cluster.nodes, err = nodes.Lister().List(labels.Everything()); err != nil {
			return fmt.Errorf("list nodes: %w", err)
		}
		if cluster.pods, err = pods.Lister().List(labels.Everything()); err != nil {
			return fmt.Errorf("list pods: %w", err)
		}
		if cluster.namespaces, err = namespaces.Lister().List(labels.Everything()); err != nil {
			return fmt.Errorf("list namespaces: %w", err)
		}
		if cluster.policies, err = policies.Lister().List(labels.Everything()); err != nil {
			return fmt.Errorf("list network policies: %w", err)
		}
		if err := d.apply(ctx, cluster); err != nil {
			return err
		}
	}
}

// apply writes what changed. The network comes last: from then on pods start, and they find routes and rules.
func (d *daemon) apply(ctx context.Context, cluster cluster) error {
	own, others, err := ranges(cluster.nodes, d.hostIP)
	if err != nil {
		return err
	}
	if own == nil {
		return nil // The node has no range yet; it changes when it gets one.
	}
	if err := keepRoutes(others); err != nil {
		return err
	}
	rules, err := cluster.rules(own.node, d.podSubnet)
	if err != nil {
		return err
	}
	if rules != d.rules {
		if err := load(ctx, rules); err != nil {
			return err
		}
		d.rules = rules
	}
	if podCIDR := own.pods.String(); podCIDR != d.network {
		if err := writeNetwork(podCIDR); err != nil {
			return err
		}
		d.network = podCIDR
	}
	return nil
}

// load replaces the rules in one transaction.
func load(ctx context.Context, rules string) error {
	nft := exec.CommandContext(ctx, "nft", "-f", "-")
	nft.Stdin = strings.NewReader(rules)
	if output, err := nft.CombinedOutput(); err != nil {
		return fmt.Errorf("nft refuses the rules: %w: %s\n%s", err, output, rules)
	}
	return nil
}

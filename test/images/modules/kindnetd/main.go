// Command kindnetd stands in for kind's own network daemon in a node image built from source: it runs in kind's
// DaemonSet of that name, gives pods their network and enforces NetworkPolicies, in a cluster of one node.
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
	if err := writeNetwork(os.Getenv("POD_SUBNET")); err != nil {
		return err
	}
	config, err := rest.InClusterConfig()
	if err != nil {
		return fmt.Errorf("find the API server: %w", err)
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return fmt.Errorf("make a client of the API server: %w", err)
	}
	return enforce(ctx, informers.NewSharedInformerFactory(client, 0))
}

// enforce keeps the kernel's rules those of the cluster's policies, until ctx ends. A failure ends the process,
// which the DaemonSet starts again.
func enforce(ctx context.Context, factory informers.SharedInformerFactory) error {
	pods, namespaces := factory.Core().V1().Pods(), factory.Core().V1().Namespaces()
	policies := factory.Networking().V1().NetworkPolicies()
	changed := make(chan struct{}, 1)
	notify := func() {
		select {
		case changed <- struct{}{}:
		default:
		}
	}
	for _, informer := range []cache.SharedIndexInformer{pods.Informer(), namespaces.Informer(), policies.Informer()} {
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

	applied := ""
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-changed:
		}
		var cluster cluster
		var err error
		if cluster.pods, err = pods.Lister().List(labels.Everything()); err != nil {
			return fmt.Errorf("list pods: %w", err)
		}
		if cluster.namespaces, err = namespaces.Lister().List(labels.Everything()); err != nil {
			return fmt.Errorf("list namespaces: %w", err)
		}
		if cluster.policies, err = policies.Lister().List(labels.Everything()); err != nil {
			return fmt.Errorf("list network policies: %w", err)
		}
		rules, err := cluster.rules()
		if err != nil {
			return err
		}
		if rules == applied {
			continue
		}
		if err := apply(ctx, rules); err != nil {
			return err
		}
		applied = rules
	}
}

// apply replaces the rules in one transaction.
func apply(ctx context.Context, rules string) error {
	nft := exec.CommandContext(ctx, "nft", "-f", "-")
	nft.Stdin = strings.NewReader(rules)
	if output, err := nft.CombinedOutput(); err != nil {
		return fmt.Errorf("nft refuses the rules: %w: %s\n%s", err, output, rules)
	}
	return nil
}

package main

import (
	"context"
	"fmt"

	"github.com/spf13/pflag"

	"github.com/istio-lightstep/istio-lightstep/internal/migrate"
)

// liveMesh is what the command line says of the cluster whose configuration is
// migrated.
type liveMesh struct {
	live bool
	meshOptions
	namespace string // of istiod
}

// liveFlags say which cluster, and which control plane of it.
var liveFlags = []string{"kubeconfig", "context", "istio-namespace", "revision"}

func (l *liveMesh) register(flags *pflag.FlagSet) {
	flags.BoolVar(&l.live, "live", false, "read the configuration of a cluster")
	flags.StringVar(&l.kubeconfig, "kubeconfig", "", "with --live: kubeconfig `file` (default as kubectl)")
	flags.StringVar(&l.context, "context", "", "with --live: `name` of the kubeconfig's context (default the current one)")
	flags.StringVarP(&l.namespace, "istio-namespace", "n", "istio-system", "with --live: `namespace` of the control plane")
	flags.StringVar(&l.revision, "revision", "", "with --live: `revision` of the control plane, where there are several")
}

// check refuses what has no meaning without --live.
func (l *liveMesh) check(flags *pflag.FlagSet) error {
	for _, name := range liveFlags {
		if flags.Changed(name) && !l.live {
			return fmt.Errorf("--%s goes with --live", name)
		}
	}
	return nil
}

// read reads the configuration of the cluster.
func (l *liveMesh) read(ctx context.Context) (*migrate.Live, error) {
	cluster, err := l.connect("migrate")
	if err != nil {
		return nil, err
	}
	return migrate.ReadLive(ctx, cluster, migrate.LiveOptions{Namespace: l.namespace, Revision: l.revision})
}

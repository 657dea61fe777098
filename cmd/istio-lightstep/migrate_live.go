package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/istio-lightstep/istio-lightstep/internal/migrate"
)

// liveMesh is what the command line says of the cluster whose configuration is
// migrated.
type liveMesh struct {
	clusterFlags
	live      bool
	namespace string // of istiod
	revision  string
}

func (l *liveMesh) register(command *cobra.Command) {
	l.clusterFlags.register(command)
	flags := command.Flags()
	flags.BoolVar(&l.live, "live", false, "read the configuration of a cluster")
	flags.StringVarP(&l.namespace, "istio-namespace", "i", "istio-system", "`namespace` of the control plane")
	flags.StringVar(&l.revision, "revision", "", "`revision` of the control plane, if there are several")
	for _, name := range liveFlags {
		flags.Lookup(name).Usage = "with --live: " + flags.Lookup(name).Usage
	}
}

// liveFlags say which cluster, and which control plane of it.
var liveFlags = []string{"kubeconfig", "context", "as", "as-group", "request-timeout", "istio-namespace", "revision"}

// check refuses what has no meaning without --live, unless the cluster is looked
// at anyway.
func (l *liveMesh) check(flags *pflag.FlagSet, looked bool) error {
	for _, name := range liveFlags {
		if flags.Changed(name) && !l.live && !looked {
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

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/istio-lightstep/istio-lightstep/internal/leftover"
	"github.com/istio-lightstep/istio-lightstep/internal/migrate"
	"github.com/istio-lightstep/istio-lightstep/internal/terminal"
)

// migrateJob is what the flags of migrate say.
type migrateJob struct {
	*streams
	to, command, write string
	force, verifies    bool
	backend            migrate.Backend
	cluster            liveMesh
}

func newMigrate(s *streams) *cobra.Command {
	job := &migrateJob{streams: s, cluster: liveMesh{clusterFlags: newClusterFlags()}}
	command := &cobra.Command{
		Use:   "migrate {--to VERSION [--live] | --verify} [FILE…]",
		Short: "Migrate an existing LightStep configuration to values of this chart",
		Long: "Reads an existing configuration: an IstioControlPlane or IstioOperator, Helm values of istio or istiod, a\n" +
			"Sail Istio, a mesh config or its ConfigMap, Telemetries and the objects that belong to them, or a\n" +
			"command line with --set. With --live, reads these from a cluster. Prints the values, and prints to\n" +
			"standard error what moved where, what you must do yourself, how the files change, and the steps in an\n" +
			"order that loses no spans.\n\n" +
			"Writes files only with --write: values.yaml, the Secret (or, up to Istio 1.14, a values file) with the\n" +
			"access token, your own files without the LightStep configuration, and report.md.\n\n" +
			"With --backend, the values send every span to that backend too, and the steps go on to the end of LightStep:\n" +
			"compare both, stop sending to LightStep, empty its queue, remove it. Two more values files are for these.\n\n" +
			"With --verify, prints what still mentions LightStep in the files or, without any, on the cluster, and\n" +
			"changes nothing. The exit status is 0 if nothing does, 1 if something does, and 2 if a part could not be\n" +
			"looked at.",
		Example: "  istio-lightstep migrate --to 1.28 istio-operator.yaml telemetry.yaml\n" +
			"  istio-lightstep migrate --to 1.28 --write migrated istio-operator.yaml\n" +
			"  istio-lightstep migrate --to 1.28 --live --context shop\n" +
			"  istio-lightstep migrate --to 1.28 --write migrated --backend honeycomb istio-operator.yaml\n" +
			"  istio-lightstep migrate --verify --context shop\n" +
			"  kubectl get telemetry -A -o yaml | istio-lightstep migrate --to 1.28 -\n" +
			"  istio-lightstep migrate --to 1.28 --command 'istioctl manifest apply --set values.global.proxy.tracer=lightstep …'",
		RunE: func(command *cobra.Command, args []string) error {
			if job.to == "" && !job.verifies {
				return errors.New("--to is required: add it, such as --to 1.28")
			}
			for _, name := range backendFlags {
				if command.Flags().Changed(name) && job.backend.Name == "" {
					return fmt.Errorf("--%s goes with --backend", name)
				}
			}
			if err := job.cluster.check(command.Flags(), job.verifies && len(args) == 0); err != nil {
				return err
			}
			sources, err := job.sources(args)
			switch {
			case err != nil:
				return err
			case job.verifies:
				return job.verify(command.Context(), sources)
			}
			return job.run(command.Context(), sources)
		},
	}
	flags := command.Flags()
	flags.StringVar(&job.to, "to", "", "Istio `version` to migrate to, such as 1.28 or 1.28.2")
	flags.StringVar(&job.command, "command", "", "a command `line` of istioctl or Helm, with its --set flags")
	flags.StringVar(&job.write, "write", "", "write the results into this `folder`")
	flags.BoolVar(&job.force, "force", false, "overwrite files that --write finds in the folder")
	flags.StringVar(&job.backend.Name, "backend", "", "move on to this backend, by its `name` in the values; a preset of this name is used")
	flags.StringVar(&job.backend.Endpoint, "endpoint", "", "with --backend: its `endpoint`, if it is not that of the preset")
	flags.StringVar(&job.backend.Protocol, "protocol", "", "with --backend: its `protocol`, grpc or http")
	flags.BoolVar(&job.backend.Alone, "backend-only", false, "with --backend: no more spans to LightStep, not even for a while")
	flags.BoolVar(&job.verifies, "verify", false, "print what still mentions LightStep, after a move to another backend")
	job.cluster.register(command)
	for _, name := range []string{"to", "live", "command", "write", "force", "backend", "istio-namespace", "revision"} {
		command.MarkFlagsMutuallyExclusive("verify", name)
	}
	_ = command.RegisterFlagCompletionFunc("to", completed(istioVersions))
	_ = command.MarkFlagDirname("write")
	return command
}

// backendFlags say more of the backend.
var backendFlags = []string{"endpoint", "protocol", "backend-only"}

// run migrates the sources, and before them what the cluster has.
func (j *migrateJob) run(ctx context.Context, sources []migrate.Source) error {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(migrate.MostMemory) // rather some time for the garbage than twice the memory
	}
	options := migrate.Options{To: j.to, Dir: j.write}
	if j.backend.Name != "" {
		options.Backend = &j.backend
	}
	if j.cluster.live {
		live, err := j.cluster.read(ctx)
		if err != nil {
			return err
		}
		sources = append(live.Sources, sources...)
		options.Unseen, options.Helm = live.Unseen, live.Helm
	}
	result, err := migrate.Migrate(ctx, sources, options)
	if err != nil {
		return err
	}
	err = j.tell(ctx, result)
	if (len(options.Unseen) > 0 || result.Unseen()) && (err == nil || errors.Is(err, errRefused)) {
		return errFailed // what could not be looked at is no pass
	}
	return err
}

// sources reads the files, standard input for -, and the command line.
func (j *migrateJob) sources(args []string) ([]migrate.Source, error) {
	var sources []migrate.Source
	stdin := false
	for _, name := range args {
		if name == "-" && stdin {
			return nil, errors.New("standard input (-) can be read once only")
		}
		stdin = stdin || name == "-"
		called, data, err := readDocument(j.in, name)
		if err != nil {
			return nil, fmt.Errorf("read what is to be migrated: %w", err)
		}
		sources = append(sources, migrate.Source{Name: called, Data: data})
	}
	if j.command != "" {
		sources = append(sources, migrate.Source{Name: "--command", Data: []byte(j.command + "\n")})
	}
	if len(sources) == 0 && !j.cluster.live && !j.verifies {
		return nil, errors.New("nothing to migrate: name files, - for standard input, --command or --live")
	}
	return sources, nil
}

// tell writes the values to standard output, or the files to a folder, and
// everything else to standard error.
func (j *migrateJob) tell(ctx context.Context, result *migrate.Result) error {
	if _, err := io.WriteString(j.err, result.Report()); err != nil {
		return err
	}
	if !result.Found {
		return errors.Join(result.Nothing(), errRefused)
	}
	for _, d := range result.Documents {
		if !d.Changed() {
			continue
		}
		if _, err := fmt.Fprintf(j.err, "\n%s", result.Diff(d)); err != nil {
			return err
		}
	}
	if j.write == "" {
		_, err := j.out.Write(result.Values)
		return err
	}
	// What is half written holds the token: a signal ends the writing first, and then the program.
	ctx, release := holdSignals(ctx)
	defer release()
	written, err := result.Write(ctx, j.write, j.force)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(j.err, "\nwritten to %s: %s\n", j.write, strings.Join(written, ", "))
	return err
}

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

// verify tells what still mentions LightStep: the sources, or without any the
// cluster.
func (j *migrateJob) verify(ctx context.Context, sources []migrate.Source) error {
	report := &leftover.Report{}
	for _, s := range sources {
		report.File(s.Name, s.Data)
	}
	if len(sources) == 0 {
		cluster, err := j.cluster.connect("migrate")
		if err != nil {
			return err
		}
		if report, err = leftover.Cluster(ctx, cluster); err != nil {
			return err
		}
	}
	for _, m := range report.Mentions {
		if _, err := fmt.Fprintln(j.out, terminal.Safe(m.String())); err != nil {
			return err
		}
	}
	for _, g := range report.Gaps {
		j.say("could not look at %s: %s", terminal.Safe(g.What), terminal.Safe(g.Why))
	}
	if report.MoreGaps > 0 {
		j.say("could not look at %d more", report.MoreGaps)
	}
	count := len(report.Mentions) + report.More
	switch {
	case report.More > 0:
		j.say("LightStep is mentioned in %d places; the first %d are named", count, len(report.Mentions))
	case count > 0:
		j.say("LightStep is mentioned in %s", terminal.Counted(count, "place"))
	case len(report.Gaps) == 0:
		j.say("nothing mentions LightStep but names of istio-lightstep")
	}
	switch {
	case len(report.Gaps) > 0:
		return errFailed // what could not be looked at is no pass
	case count > 0:
		return errRefused
	}
	return nil
}

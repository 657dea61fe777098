package main

import (
	"cmp"
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
		Use: "migrate {--to VERSION [--live] | --verify} [FILE…]",
		RunE: func(command *cobra.Command, args []string) error {
			if job.to == "" && !job.verifies {
				return errors.New("--to is required: add it, such as --to 1.28")
			}
			looked := job.verifies && len(args) == 0 // at the cluster, anyway
			if err := cmp.Or(givenOnce(command.Flags()), backendFlags.check(command.Flags(), job.backend.Name != ""),
				liveFlags.check(command.Flags(), job.cluster.live || looked)); err != nil {
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
	once := func(to *string, name, usage string) { flags.Var(&onceValue{to: to}, name, usage) }
	once(&job.to, "to", "Istio `version` to migrate to, such as 1.28 or 1.28.2")
	once(&job.command, "command", "a command `line` of istioctl or Helm, with its --set flags")
	once(&job.write, "write", "write the results into this `folder`")
	flags.BoolVar(&job.force, "force", false, "overwrite files that --write finds in the folder")
	once(&job.backend.Name, "backend", "move on to this backend, by its `name` in the values; a preset of this name is used")
	once(&job.backend.Endpoint, "endpoint", "its `endpoint`, if it is not that of the preset")
	once(&job.backend.Protocol, "protocol", "its `protocol`, grpc or http")
	flags.BoolVar(&job.backend.Alone, "backend-only", false, "no more spans to LightStep, not even for a while")
	flags.BoolVar(&job.verifies, "verify", false, "print what still mentions LightStep, after a move to another backend")
	backendFlags.register(flags)
	job.cluster.register(command)
	for _, name := range []string{"to", "live", "command", "write", "force", "backend", "istio-namespace", "revision"} {
		command.MarkFlagsMutuallyExclusive("verify", name)
	}
	_ = command.RegisterFlagCompletionFunc("to", completed(istioVersions))
	_ = command.MarkFlagDirname("write")
	return command
}

// onceValue is text that a flag may give once: of two, one would be dropped in silence.
type onceValue struct {
	to    *string
	times int
}

func (v *onceValue) Set(text string) error {
	*v.to, v.times = text, v.times+1
	return nil // the error of a flag has its value, which may hold the token
}

func (v *onceValue) String() string {
	if v.to == nil {
		return ""
	}
	return *v.to
}

// Type is what help shows.
func (*onceValue) Type() string { return "string" }

// givenOnce refuses flags that are given more often.
func givenOnce(flags *pflag.FlagSet) (err error) {
	flags.Visit(func(f *pflag.Flag) {
		if v, ok := f.Value.(*onceValue); ok && v.times > 1 {
			err = fmt.Errorf("--%s is given %d times, and migrate takes one at a time: name one; a second backend is added to backends in the values", f.Name, v.times)
		}
	})
	return err
}

// backendFlags say more of the backend.
var backendFlags = flagsOf{"backend", []string{"endpoint", "protocol", "backend-only"}}

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
		options.Unseen, options.Helm, options.Running = live.Unseen, live.Helm, live.Running
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
	liveFlags.register(flags)
}

// liveFlags say which cluster, and which control plane of it.
var liveFlags = flagsOf{"live", []string{"kubeconfig", "context", "as", "as-group", "request-timeout", "istio-namespace", "revision"}}

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

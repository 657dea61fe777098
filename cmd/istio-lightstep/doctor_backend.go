package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/istio-lightstep/istio-lightstep/internal/backend"
	"github.com/istio-lightstep/istio-lightstep/internal/behind"
	"github.com/istio-lightstep/istio-lightstep/internal/collector"
	"github.com/istio-lightstep/istio-lightstep/internal/ignore"
	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
	"github.com/istio-lightstep/istio-lightstep/internal/terminal"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
	"github.com/istio-lightstep/istio-lightstep/pkg/report"
)

// backendJob is what the flags of doctor backend say.
type backendJob struct {
	*streams
	input
	findings          findingFlags
	names             []string // of the backends to test; empty: all
	tokenFile, caFile string
	secrets           secretFlags
	collector         backend.Collector
	traceID           string
	timeout           time.Duration
}

func newDoctorBackend(s *streams) *cobra.Command {
	job := &backendJob{streams: s, secrets: secretFlags{clusterFlags: newClusterFlags()}}
	command := &cobra.Command{
		Use: "backend [NAME...]",
		RunE: func(command *cobra.Command, args []string) error {
			if err := errors.Join(refuseFiles(command, args), job.secrets.check(command.Flags()),
				refuseAddress("collector", job.collector.Address), refuseAddress("collector-metrics", job.collector.Metrics)); err != nil {
				return err
			}
			job.names = append(job.names, args...)
			return job.run(command.Context())
		},
	}
	job.registerValues(command)
	job.findings.register(command, ignore.OfValues, report.Formats())
	job.secrets.register(command)
	flags := command.Flags()
	flags.StringSliceVar(&job.names, "backend", nil, "test the backend of this `NAME` (repeatable; default all)")
	flags.StringVar(&job.tokenFile, "token-file", "", "`file` with LightStep's access token, where the values name a Secret")
	flags.StringVar(&job.caFile, "ca-file", "", "`file` with the PEM of LightStep's CA, where the values name a Secret")
	flags.DurationVar(&job.timeout, "timeout", backend.DefaultTimeout, "how long a step may take")
	flags.StringVar(&job.collector.Address, "collector", "", "also send one marked span through the collector at `host:port`")
	flags.StringVar(&job.collector.Metrics, "collector-metrics", "", "`host:port` of its metrics; every address of the host is asked")
	flags.BoolVar(&job.collector.Zipkin, "collector-zipkin", false, "the collector takes Zipkin's spans, not OTLP's")
	flags.BoolVar(&job.collector.Mutual, "collector-mtls", false, "the collector takes spans by mutual TLS alone: instead of sending a span, test that each replica refuses plain text")
	flags.DurationVar(&job.collector.Wait, "wait", backend.DefaultWait, "how long the marked span may take to leave the collector")
	flags.DurationVar(&job.collector.Ready, "collector-ready", 0, "how long to wait until the collectors accept spans, for example 1m")
	flags.StringVar(&job.traceID, "trace-id", "", "trace `id` of the marked span, 32 hexadecimal digits (default random)")
	_ = command.MarkFlagFilename("token-file")
	_ = command.MarkFlagFilename("ca-file", "pem", "crt", "cer")
	return command
}

// backendName is what a backend or an exporter can be called.
var backendName = regexp.MustCompile(`^[A-Za-z0-9][-_./A-Za-z0-9]{0,99}$`)

// refuseFiles refuses arguments that are no names, such as a values file. They
// are not repeated: they may be secrets.
func refuseFiles(command *cobra.Command, args []string) error {
	for _, argument := range args {
		if guess := meant(argument); strings.HasPrefix(guess, ":") || !backendName.MatchString(argument) {
			return fmt.Errorf("%s takes names of backends%s", command.CommandPath(), guess)
		}
	}
	return nil
}

// hostName is a name or an address of a host, and nothing beside it.
var hostName = regexp.MustCompile(`^[A-Za-z0-9._:%-]+$`)

// refuseAddress refuses what is no host:port, and does not quote it: what
// stands before the host may be a password.
func refuseAddress(flag, address string) error {
	if address == "" {
		return nil
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil || !hostName.MatchString(host) || !digits.MatchString(port) {
		return fmt.Errorf("--%s is not host:port, such as collector.example.com:%d", flag, collector.OTLPPort)
	}
	return nil
}

var digits = regexp.MustCompile(`^[0-9]{1,5}$`)

// walked is what was found on one path.
type walked struct {
	name     string
	problems []problem.Problem
}

func (j *backendJob) run(ctx context.Context) error {
	ignored, err := j.findings.ignored()
	if err != nil {
		return err
	}
	if err := j.checkStdin(); err != nil {
		return err
	}
	writer, err := j.reporter(j.findings.format)
	if err != nil {
		return err
	}
	all, err := j.find(ctx)
	if err != nil {
		return err
	}
	wrong := false
	for _, w := range all {
		ignoreProblems(w.problems, ignored)
		if err := writer.Target(w.name, w.problems); err != nil {
			return err
		}
		wrong = wrong || problem.HasErrors(w.problems)
	}
	if err := writer.Close(); err != nil {
		return err
	}
	if wrong {
		return errRefused
	}
	return nil
}

// find gives all that is wrong on the paths to the backends.
func (j *backendJob) find(ctx context.Context) ([]walked, error) {
	id := backend.NewTraceID()
	if j.traceID != "" {
		var err error
		if id, err = backend.ParseTraceID(j.traceID); err != nil {
			return nil, err
		}
	}
	values, err := j.values(j.in)
	if err != nil {
		return nil, err
	}
	found, problems, err := behind.BackendsOf(ctx, values, time.Now())
	if err != nil || found == nil {
		return []walked{{targetName(j.files...), problems}}, err
	}
	paths, err := j.paths(ctx, found)
	if err != nil {
		return nil, err
	}
	all, err := j.walk(ctx, paths, problems)
	if err == nil && j.collector.Address != "" {
		all, err = j.send(ctx, id, paths, all)
	}
	if err != nil {
		return nil, err
	}
	if len(j.files) > 0 {
		for _, w := range all {
			found.Locate(w.problems)
		}
	}
	return all, nil
}

// walk goes each path. What is wrong in the values is told with the only one,
// and else by itself.
func (j *backendJob) walk(ctx context.Context, paths []*route, problems []problem.Problem) ([]walked, error) {
	var all []walked
	if len(problems) > 0 && len(paths) != 1 {
		all = append(all, walked{targetName(j.files...), problems})
		problems = nil
	}
	for _, p := range paths {
		here := walked{name: "the path to " + p.called(), problems: slices.Concat(problems, p.problems)}
		switch {
		case p.skipped != "":
			j.say("%s: not tested: %s", p.called(), p.skipped)
			if len(here.problems) == 0 {
				continue
			}
		case problem.HasErrors(here.problems):
			p.broken = true
		default:
			j.say("%s, from here:", p.heading())
			found, err := backend.Probe(ctx, p.target, j.tellStep)
			if err != nil {
				return nil, err
			}
			here.problems = append(here.problems, found...)
			p.broken = problem.HasErrors(found)
		}
		all = append(all, here)
	}
	return all, nil
}

// send sends a marked span through the collector, which feeds all backends, and
// waits for those that it can reach.
func (j *backendJob) send(ctx context.Context, id backend.TraceID, paths []*route, all []walked) ([]walked, error) {
	var waited, left []string
	for _, p := range paths {
		switch {
		case p.fed && !p.broken:
			waited = append(waited, p.exporter)
		case p.fed:
			left = append(left, p.called())
		}
	}
	if len(waited) == 0 {
		j.say("%s: no marked span is sent, it would not arrive", j.collector.Address)
		return all, nil
	}
	j.say("%s, through the collector:", j.collector.Address)
	if len(left) > 0 {
		j.say("  not waited for: %s", strings.Join(left, ", "))
	}
	j.collector.Timeout, j.collector.Feeds = j.timeout, waited
	problems, err := j.collector.Send(ctx, id, j.tellStep)
	if err != nil {
		return nil, err
	}
	if len(problems) == 0 {
		for i := range all { // That it arrived shows what could not be tried from here.
			all[i].problems = slices.DeleteFunc(all[i].problems, func(p problem.Problem) bool { return p.ID == backend.IDUntried })
		}
	}
	if len(all) == 1 {
		all[0].problems = append(all[0].problems, problems...)
		return all, nil
	}
	return append(all, walked{"the path through the collector", problems}), nil
}

// tellStep tells people of a step that was taken.
func (s *streams) tellStep(step backend.Step) {
	seen := step.Seen
	switch {
	case step.Failed():
		if seen = "failed"; step.Seen != "" {
			seen += "; " + step.Seen
		}
	case seen == "":
		seen = "yes"
	}
	s.say("  %-8s %6d ms  %s", step.Name, step.Took.Milliseconds(), seen)
}

func (s *streams) say(format string, args ...any) {
	_, _ = fmt.Fprintln(s.err, terminal.Safe(fmt.Sprintf(format, args...)))
}

// secretFlags say where the Secrets of backends are read.
type secretFlags struct {
	clusterFlags
	directory string
	read      bool // from the cluster
	namespace string
	variables []string // of this process, that the collector has too
}

func (f *secretFlags) register(command *cobra.Command) {
	f.clusterFlags.register(command)
	flags := command.Flags()
	flags.StringVar(&f.directory, "secrets", "", "`directory` with the Secrets of backends: a directory for each, and in it a file for each key")
	flags.BoolVar(&f.read, "read-secrets", false, "read the Secrets of backends from the cluster")
	flags.StringVarP(&f.namespace, "namespace", "n", "istio-system", "`namespace` of the release")
	flags.StringArrayVar(&f.variables, "env", nil, "variable `NAME` of collector.env that this command has in its environment (repeatable)")
	secretClusterFlags.register(flags)
	_ = command.MarkFlagDirname("secrets")
}

// secretClusterFlags say which cluster the Secrets are read from.
var secretClusterFlags = flagsOf{"read-secrets", []string{"kubeconfig", "context", "as", "as-group", "request-timeout", "namespace"}}

// check refuses what has no meaning without --read-secrets.
func (f *secretFlags) check(flags *pflag.FlagSet) error {
	if f.read && f.directory != "" {
		return errors.New("--secrets and --read-secrets exclude each other")
	}
	if err := secretClusterFlags.check(flags, f.read); err != nil {
		return err
	}
	for _, name := range f.variables {
		if !variableName.MatchString(name) {
			return errors.New("--env takes the name of a variable, and reads its value from the environment")
		}
	}
	return nil
}

// variableName is what a variable of a container can be called.
var variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// source gives what the collector reads: Secrets from where they are, variables
// that the values or the environment have.
func (f *secretFlags) source(ctx context.Context, given map[string]*string) (backend.Source, error) {
	source := backend.Source{Given: f.read || f.directory != "", Variable: func(name string) (string, bool, bool) {
		for _, named := range f.variables {
			if value, ok := os.LookupEnv(name); ok && name == named {
				return value, false, true
			}
		}
		if value := given[name]; value != nil {
			return *value, true, true
		}
		return "", false, false
	}}
	switch {
	case f.directory != "":
		source.Secret = f.fromDirectory
	case f.read:
		cluster, err := f.connect("doctor")
		if err != nil {
			return backend.Source{}, err
		}
		source.Secret = func(key behind.Key) ([]byte, string) {
			value, err := mesh.SecretKey(ctx, cluster, f.namespace, key.Secret, key.Key)
			switch {
			case errors.Is(err, mesh.ErrNoKey):
				return nil, fmt.Sprintf("namespace %s has no Secret %s with key %s", f.namespace, key.Secret, key.Key)
			case mesh.Refused(err):
				return nil, fmt.Sprintf("permission denied: reading Secret %s in namespace %s", key.Secret, f.namespace)
			case err != nil:
				return nil, fmt.Sprintf("Secret %s: %v", key.Secret, err)
			}
			return value, ""
		}
	}
	return source, nil
}

// fromDirectory reads a key of a Secret as it is mounted.
func (f *secretFlags) fromDirectory(key behind.Key) ([]byte, string) {
	name := filepath.Join(key.Secret, key.Key)
	if !filepath.IsLocal(name) {
		return nil, "its Secret has no valid name"
	}
	data, missing, err := readMounted(filepath.Join(f.directory, name))
	switch {
	case err != nil:
		return nil, err.Error()
	case missing:
		return nil, fmt.Sprintf("Secret %s has no key %s, or it is empty", key.Secret, key.Key)
	}
	return data, ""
}

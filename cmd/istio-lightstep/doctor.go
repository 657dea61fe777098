package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"regexp"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/istio-lightstep/istio-lightstep/internal/behind"
	"github.com/istio-lightstep/istio-lightstep/internal/bounded"
	"github.com/istio-lightstep/istio-lightstep/internal/collector"
	"github.com/istio-lightstep/istio-lightstep/internal/ignore"
	"github.com/istio-lightstep/istio-lightstep/internal/satellite"
	"github.com/istio-lightstep/istio-lightstep/internal/terminal"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
	"github.com/istio-lightstep/istio-lightstep/pkg/report"
)

// doctorOptions are what the command line says.
type doctorOptions struct {
	input
	format    string
	ignore    []string
	satellite bool // look at the way to the satellite alone

	mesh          meshOptions
	trace         traceOptions
	meshNamespace string // whose workloads to look at; empty: all

	tokenFile, caFile string
	collector         satellite.Collector
	traceID           string
	timeout           time.Duration
}

func newDoctor(s *streams) *cobra.Command {
	var o doctorOptions
	command := &cobra.Command{
		Use:   "doctor",
		Short: "Find where spans are lost",
		Long: "Reads the mesh of the kubeconfig's cluster, and reports where spans are lost, why, and which command fixes\n" +
			"it. -n selects the namespace of the workloads. It changes nothing in the cluster.\n\n" +
			"With --satellite, tests the path of a span from here to the satellite in the values: DNS, TCP, TLS,\n" +
			"HTTP/2, one empty export with the access token, and gzip. Prints each step with its time to standard\n" +
			"error. Contacts nothing else, and needs no cluster. The exit status is the same as for check.\n\n" +
			"With --trace, sends marked requests to a URL through the gateway, follows their spans, and reports which\n" +
			"application does not forward the tracing headers. Needs collector.tap.enabled of the chart.",
		Example: "  istio-lightstep doctor\n" +
			"  istio-lightstep doctor -n shop -o json\n" +
			"  istio-lightstep doctor --trace http://GATEWAY/productpage\n" +
			"  istio-lightstep doctor --satellite -f values.yaml\n" +
			"  istio-lightstep doctor --satellite -f values.yaml --token-file token --ca-file ca.crt -o json",
		Args: noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			if command.Flags().Changed("namespace") {
				o.meshNamespace = o.namespace
			}
			if err := errors.Join(refuseFlags(command.Flags(), o.satellite), o.trace.refuse(command.Flags()),
				refuseAddress("collector", o.collector.Address), refuseAddress("collector-metrics", o.collector.Metrics)); err != nil {
				return err
			}
			if command.Flags().Changed("trace") {
				return runDoctorTrace(command.Context(), s, &o)
			}
			return runDoctor(command.Context(), s, &o)
		},
	}
	o.register(command)
	command.AddCommand(newDoctorConfigMap(s))
	flags := command.Flags()
	o.mesh.register(flags)
	o.trace.register(flags)
	flags.StringVarP(&o.format, "output", "o", report.Text, "`format`: "+strings.Join(report.Formats(), ", "))
	registerIgnore(flags, &o.ignore)
	flags.BoolVar(&o.satellite, "satellite", false, "test the path to the satellite from here")
	flags.StringVar(&o.tokenFile, "token-file", "", "`file` with the access token, where the values name a Secret")
	flags.StringVar(&o.caFile, "ca-file", "", "`file` with the PEM of the satellite's CA, where the values name a Secret")
	flags.DurationVar(&o.timeout, "timeout", satellite.DefaultTimeout, "how long a step may take")
	flags.StringVar(&o.collector.Address, "collector", "", "also send one marked span through the collector at `host:port`")
	flags.StringVar(&o.collector.Metrics, "collector-metrics", "", "`host:port` of its metrics; every address of the host is asked")
	flags.BoolVar(&o.collector.Zipkin, "collector-zipkin", false, "the collector takes Zipkin's spans, not OTLP's")
	flags.DurationVar(&o.collector.Wait, "wait", satellite.DefaultWait, "how long a marked span may take, to leave the collector or to be seen by --trace")
	flags.StringVar(&o.traceID, "trace-id", "", "trace `id` of the marked span, 32 hexadecimal digits (default random)")
	_ = command.MarkFlagFilename("token-file")
	_ = command.MarkFlagFilename("ca-file", "pem", "crt", "cer")
	_ = command.RegisterFlagCompletionFunc("output", cobra.FixedCompletions(report.Formats(), cobra.ShellCompDirectiveNoFileComp))
	return command
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

func runDoctor(ctx context.Context, s *streams, o *doctorOptions) error {
	if !o.satellite {
		return runDoctorMesh(ctx, s, o)
	}
	ignored, err := ignoredIDs(o.ignore, ignore.OfValues)
	if err != nil {
		return err
	}
	if err := o.checkStdin(); err != nil {
		return err
	}
	writer, err := s.reporter(o.format)
	if err != nil {
		return err
	}
	name, problems, err := s.findOnTheWay(ctx, o)
	if err != nil {
		return err
	}
	ignoreProblems(problems, ignored)
	if err := errors.Join(writer.Target(name, problems), writer.Close()); err != nil {
		return err
	}
	if problem.HasErrors(problems) {
		return errRefused
	}
	return nil
}

// findOnTheWay gives all that is wrong on the way to the satellite, and a name
// for that way.
func (s *streams) findOnTheWay(ctx context.Context, o *doctorOptions) (name string, problems []problem.Problem, err error) {
	id := satellite.NewTraceID()
	if o.traceID != "" {
		if id, err = satellite.ParseTraceID(o.traceID); err != nil {
			return "", nil, err
		}
	}
	values, err := o.values(s.in)
	if err != nil {
		return "", nil, err
	}
	found, problems, err := behind.SatelliteOf(ctx, values, time.Now())
	if err != nil || found == nil {
		return targetName(o.files...), problems, err
	}
	if len(o.files) > 0 {
		defer func() { found.Locate(problems) }()
	}
	name = "the path to " + found.Address
	target, fromFiles, err := o.target(found)
	problems = append(problems, fromFiles...)
	if err != nil || problem.HasErrors(problems) {
		return name, problems, err
	}
	s.say("%s, from here:", found.Address)
	onTheWay, err := satellite.Probe(ctx, target, s.tellStep)
	problems = append(problems, onTheWay...)
	if err != nil || o.collector.Address == "" {
		return name, problems, err
	}
	if problem.HasErrors(onTheWay) {
		s.say("%s: no marked span is sent, it would not arrive", o.collector.Address)
		return name, problems, nil
	}
	s.say("%s, through the collector:", o.collector.Address)
	o.collector.Timeout = o.timeout
	onTheWay, err = o.collector.Send(ctx, id, s.tellStep)
	return name, append(problems, onTheWay...), err
}

// target says what to go to: what the values say, the token and the CA from
// files where there are any.
func (o *doctorOptions) target(found *behind.Satellite) (satellite.Target, []problem.Problem, error) {
	target := satellite.Target{
		Address: found.Address, Secure: found.Secure, ServerName: found.ServerName,
		Header: found.Header, Token: found.Token, Protocol: satellite.OTLP, Timeout: o.timeout,
	}
	switch found.Delivery {
	case "native":
		target.Protocol = satellite.LightStep
	case "collector", "":
		target.Collected, target.Compression = true, found.Compression
	}
	var problems []problem.Problem
	token, missing, err := readMounted(o.tokenFile)
	switch {
	case err != nil:
		return target, nil, fmt.Errorf("read the access token: %w", err)
	case missing:
		problems = append(problems, satellite.NoTokenFile(o.tokenFile))
	case o.tokenFile != "":
		target.Token = string(token)
	}
	if !found.OwnCA {
		return target, problems, nil
	}
	authorities, missing, err := readMounted(o.caFile)
	switch {
	case err != nil:
		return target, nil, fmt.Errorf("read the CA: %w", err)
	case missing:
		problems = append(problems, satellite.NoCAFile(o.caFile))
	case o.caFile != "":
		target.Authorities = authorities
	case found.Authorities == "":
		problems = append(problems, satellite.NoCAFile(""))
	default:
		target.Authorities = []byte(found.Authorities)
	}
	return target, problems, nil
}

// readMounted reads a file that a Secret is mounted as: where there is no such
// Secret there is no such file.
func readMounted(name string) (data []byte, missing bool, err error) {
	if name == "" {
		return nil, false, nil
	}
	data, err = bounded.File(name, bounded.Secret)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, true, nil
	}
	return data, err == nil && len(data) == 0, err
}

// tellStep tells people of a step that was taken.
func (s *streams) tellStep(step satellite.Step) {
	seen := step.Seen
	switch {
	case step.Failed():
		seen = "failed"
	case seen == "":
		seen = "yes"
	}
	s.say("  %-8s %6d ms  %s", step.Name, step.Took.Milliseconds(), seen)
}

func (s *streams) say(format string, args ...any) {
	_, _ = fmt.Fprintln(s.err, terminal.Safe(fmt.Sprintf(format, args...)))
}

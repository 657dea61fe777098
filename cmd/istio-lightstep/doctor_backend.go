package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"regexp"
	"time"

	"github.com/spf13/cobra"

	"github.com/istio-lightstep/istio-lightstep/internal/behind"
	"github.com/istio-lightstep/istio-lightstep/internal/bounded"
	"github.com/istio-lightstep/istio-lightstep/internal/collector"
	"github.com/istio-lightstep/istio-lightstep/internal/ignore"
	"github.com/istio-lightstep/istio-lightstep/internal/satellite"
	"github.com/istio-lightstep/istio-lightstep/internal/terminal"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

// backendJob is what the flags of doctor backend say.
type backendJob struct {
	*streams
	input
	findings          findingFlags
	tokenFile, caFile string
	collector         satellite.Collector
	traceID           string
	timeout           time.Duration
}

func newDoctorBackend(s *streams) *cobra.Command {
	job := &backendJob{streams: s}
	command := &cobra.Command{
		Use:   "backend",
		Short: "Test the path from here to the satellite",
		Long: "Tests the path of a span from here to the satellite in the values: DNS, TCP, TLS, HTTP/2, one empty export\n" +
			"with the access token, and gzip. Prints each step with its time to standard error. Contacts nothing else,\n" +
			"and needs no cluster. The exit status is the same as for check.",
		Example: "  istio-lightstep doctor backend -f values.yaml\n" +
			"  istio-lightstep doctor backend -f values.yaml --token-file token --ca-file ca.crt -o json",
		Args: noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			if err := errors.Join(refuseAddress("collector", job.collector.Address),
				refuseAddress("collector-metrics", job.collector.Metrics)); err != nil {
				return err
			}
			return job.run(command.Context())
		},
	}
	job.registerValues(command)
	job.findings.register(command, ignore.OfValues)
	flags := command.Flags()
	flags.StringVar(&job.tokenFile, "token-file", "", "`file` with the access token, where the values name a Secret")
	flags.StringVar(&job.caFile, "ca-file", "", "`file` with the PEM of the satellite's CA, where the values name a Secret")
	flags.DurationVar(&job.timeout, "timeout", satellite.DefaultTimeout, "how long a step may take")
	flags.StringVar(&job.collector.Address, "collector", "", "also send one marked span through the collector at `host:port`")
	flags.StringVar(&job.collector.Metrics, "collector-metrics", "", "`host:port` of its metrics; every address of the host is asked")
	flags.BoolVar(&job.collector.Zipkin, "collector-zipkin", false, "the collector takes Zipkin's spans, not OTLP's")
	flags.DurationVar(&job.collector.Wait, "wait", satellite.DefaultWait, "how long the marked span may take to leave the collector")
	flags.StringVar(&job.traceID, "trace-id", "", "trace `id` of the marked span, 32 hexadecimal digits (default random)")
	_ = command.MarkFlagFilename("token-file")
	_ = command.MarkFlagFilename("ca-file", "pem", "crt", "cer")
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
	name, problems, err := j.find(ctx)
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

// find gives all that is wrong on the way to the satellite, and a name
// for that way.
func (j *backendJob) find(ctx context.Context) (name string, problems []problem.Problem, err error) {
	id := satellite.NewTraceID()
	if j.traceID != "" {
		if id, err = satellite.ParseTraceID(j.traceID); err != nil {
			return "", nil, err
		}
	}
	values, err := j.values(j.in)
	if err != nil {
		return "", nil, err
	}
	found, problems, err := behind.SatelliteOf(ctx, values, time.Now())
	if err != nil || found == nil {
		return targetName(j.files...), problems, err
	}
	if found.Address == "" {
		return "", nil, errors.New("the values have no satellite: doctor backend tests only global.tracer.lightstep.address, and no backend of yours")
	}
	if len(j.files) > 0 {
		defer func() { found.Locate(problems) }()
	}
	name = "the path to " + found.Address
	target, fromFiles, err := j.target(found)
	problems = append(problems, fromFiles...)
	if err != nil || problem.HasErrors(problems) {
		return name, problems, err
	}
	j.say("%s, from here:", found.Address)
	onTheWay, err := satellite.Probe(ctx, target, j.tellStep)
	problems = append(problems, onTheWay...)
	if err != nil || j.collector.Address == "" {
		return name, problems, err
	}
	if problem.HasErrors(onTheWay) {
		j.say("%s: no marked span is sent, it would not arrive", j.collector.Address)
		return name, problems, nil
	}
	j.say("%s, through the collector:", j.collector.Address)
	j.collector.Timeout = j.timeout
	onTheWay, err = j.collector.Send(ctx, id, j.tellStep)
	return name, append(problems, onTheWay...), err
}

// target says what to go to: what the values say, the token and the CA from
// files where there are any.
func (j *backendJob) target(found *behind.Satellite) (satellite.Target, []problem.Problem, error) {
	target := satellite.Target{
		Address: found.Address, Secure: found.Secure, ServerName: found.ServerName,
		Header: found.Header, Token: found.Token, Protocol: satellite.OTLP, Timeout: j.timeout,
	}
	switch found.Delivery {
	case "native":
		target.Protocol = satellite.LightStep
	case "collector", "":
		target.Collected, target.Compression = true, found.Compression
	}
	var problems []problem.Problem
	token, missing, err := readMounted(j.tokenFile)
	switch {
	case err != nil:
		return target, nil, fmt.Errorf("read the access token: %w", err)
	case missing:
		problems = append(problems, satellite.NoTokenFile(j.tokenFile))
	case j.tokenFile != "":
		target.Token = string(token)
	}
	if !found.OwnCA {
		return target, problems, nil
	}
	authorities, missing, err := readMounted(j.caFile)
	switch {
	case err != nil:
		return target, nil, fmt.Errorf("read the CA: %w", err)
	case missing:
		problems = append(problems, satellite.NoCAFile(j.caFile))
	case j.caFile != "":
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

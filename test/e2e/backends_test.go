//go:build e2e

package e2e_test

import (
	"context"
	"encoding/json"
	"errors"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/backends"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/doctor"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/release"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/satellite"
	"github.com/istio-lightstep/istio-lightstep/test/spantest"
)

// The backends beside LightStep's satellite. Each key of the values is the name of the
// preset and of the namespace.
var (
	byHTTP = satellite.Shape{Name: "openobserve", Path: "/api/default", Scheme: "Basic", Token: "ZTJlOnRvK2tlbi8="}
	byGRPC = satellite.Shape{Name: "jaeger"}
)

// away is how long one of the backends is away, refused how long it refuses the token, and
// late how long before its return a request is sent whose spans are due at the others by
// then.
const (
	away    = 60 * time.Second
	refused = 2 * time.Minute
	late    = 20 * time.Second
)

// several is a mesh that sends to several backends.
type several struct {
	*mesh
	http, grpc *satellite.Backend
}

// severalBackends has the mesh send to three backends at once: LightStep's by gRPC with
// its token, one by HTTP with a header from a Secret, and one by gRPC in plain text. One is
// away for a while, and in the end all have every span; none of the others waits for it.
// helm test and doctor backend go the way to each. Then doctor compare says what is the
// same and what is not, and a token that is refused for a while costs nothing of what the
// others get.
func severalBackends(t *testing.T, m *mesh) {
	s := m.severally(t, nil)
	s.paths(t)
	s.takesNothing(t, backends.Run{Seconds: int(away.Seconds())},
		func(ctx context.Context) error { return s.http.Scale(ctx, 0) },
		func(ctx context.Context) error { return s.http.Scale(ctx, 1) })
	s.compare(t)
}

// refusingBackend has one backend of the same mesh refuse the token for a while, with
// collector.retryRefused: it has every span in the end too, and none of the others waits.
func refusingBackend(t *testing.T, m *mesh) {
	s := m.severally(t, release.Values{"collector": tree{"retryRefused": tree{"enabled": true}}})
	s.takesNothing(t, backends.Run{Refused: true, Seconds: int(refused.Seconds())},
		func(ctx context.Context) error { return s.http.Accept(ctx, "another") },
		func(ctx context.Context) error { return s.http.Accept(ctx, byHTTP.Token) })
}

func (m *mesh) severally(t *testing.T, values release.Values) several {
	t.Helper()
	m.unreleased(t)
	s := several{mesh: m, http: m.deployBackend(t, byHTTP), grpc: m.deployBackend(t, byGRPC)}
	m.install(t, s.values(t), values)
	m.tracing(t, m.bookinfo())
	return s
}

func (m *mesh) deployBackend(t *testing.T, shape satellite.Shape) *satellite.Backend {
	t.Helper()
	b, err := satellite.DeployBackend(t.Context(), m.cluster, shape, m.proxyImage())
	t.Cleanup(func() { require.NoError(t, m.cluster.DeleteNamespace(context.WithoutCancel(t.Context()), shape.Name)) })
	require.NoError(t, err)
	m.step("a backend takes spans at %s", b.Endpoint())
	return b
}

// backendSecret makes the Secret that holds this of a backend's header.
func (m *mesh) backendSecret(t *testing.T, shape satellite.Shape, text string) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	secret, err := yaml.Marshal(tree{
		"apiVersion": "v1", "kind": "Secret", "metadata": tree{"name": shape.Name}, "stringData": tree{"authorization": text},
	})
	require.NoError(t, err)
	require.NoError(t, m.cluster.Apply(ctx, m.Namespace, string(secret)))
	t.Cleanup(func() { require.NoError(t, m.cluster.Delete(ctx, m.Namespace, string(secret))) })
}

func (s several) values(t *testing.T) release.Values {
	t.Helper()
	s.backendSecret(t, byHTTP, byHTTP.Token)
	return release.Values{"backends": tree{
		byHTTP.Name: tree{
			"preset": byHTTP.Name, "endpoint": byHTTP.Endpoint(),
			"headers": tree{"authorization": tree{"secret": tree{"name": byHTTP.Name, "key": "authorization"}}},
		},
		byGRPC.Name: tree{"preset": byGRPC.Name, "endpoint": byGRPC.Endpoint()},
	}}
}

// records gives the record of each backend, in the order of the rows.
func (s several) records() []*satellite.Recorder {
	return []*satellite.Recorder{&s.satellite.Recorder, &s.http.Recorder, &s.grpc.Recorder}
}

// takesNothing has the backend by HTTP take nothing for a while under traffic, and requires
// all spans in all.
func (s several) takesNothing(t *testing.T, run backends.Run, cause, fix func(context.Context) error) {
	t.Helper()
	ctx := t.Context()
	run.Setup, run.Istio, run.Away = s.setup(t), s.Istio.Version, byHTTP.Name
	run.Rows = []backends.Row{
		{Backend: "lightstep", Protocol: byGRPC.Protocol()},
		{Backend: byHTTP.Name, Protocol: byHTTP.Protocol()},
		{Backend: byGRPC.Name, Protocol: byGRPC.Protocol()},
	}
	running := s.page().Start(ctx, 10)
	// Stopped below too; a test that ends before stops it here.
	defer running.Stop()
	time.Sleep(10 * time.Second)
	require.NoError(t, cause(ctx))
	gone := time.Now()
	s.step("%s takes nothing", byHTTP.Name)
	time.Sleep(time.Until(gone.Add(time.Duration(run.Seconds) * time.Second)))

	// What was read of the records by now, of requests that are known only at the end.
	var meanwhile [][]spantest.RecordedSpan
	due := time.Now().Add(-late)
	for _, record := range s.records() {
		spans, err := record.Spans(ctx)
		require.NoError(t, err)
		meanwhile = append(meanwhile, spans)
	}
	require.NoError(t, fix(ctx))
	s.step("%s takes spans again", byHTTP.Name)
	time.Sleep(late)
	sent := running.Stop()
	run.Requests, run.Failed = len(sent.Requests()), len(sent.Failed())
	for i, record := range s.records() {
		row := &run.Rows[i]
		again := time.Second
		if i == 0 {
			again = longestRetry // The others have had that time too, then.
		}
		report, err := record.WaitAgain(ctx, s.bookinfo(), sent, 2*time.Minute, again)
		if !errors.Is(err, spantest.ErrIncomplete) {
			require.NoError(t, err)
		}
		s.delivery = s.delivery.Add(s.bookinfo(), report)
		row.Expected, row.Delivered, row.Doubled = s.bookinfo().Expected(report), report.Spans, report.Doubled
		then := sent.Between(gone, due)
		row.Due = s.bookinfo().Expected(spantest.Judge(s.last(t, record), then, s.bookinfo().Trees()...))
		row.Came = spantest.Judge(meanwhile[i], then, s.bookinfo().Trees()...).Spans
		s.step("%s: %+v", t.Name(), *row)
	}
	require.NoError(t, run.Judge())
	require.NoError(t, run.Keep("results"))
}

func (s several) last(t *testing.T, record *satellite.Recorder) []spantest.RecordedSpan {
	t.Helper()
	spans, err := record.Spans(t.Context())
	require.NoError(t, err)
	return spans
}

// compared is what doctor compare says.
type compared struct {
	Verdict  string
	Accepted int
	Unsure   int
	Backends []struct {
		Name             string
		Sent, SendFailed int
	}
	Findings []struct{ ID, Subject string }
}

// compare has doctor compare say that all took the same, and that they did not once one
// refuses. It has the rights that docs/migrate-rbac.yaml names.
func (s several) compare(t *testing.T) {
	t.Helper()
	shell := s.shell(t)
	shell.Kubeconfig = s.documentedRights(t)
	same, status := s.doctorCompare(t, shell)
	assert.Equal(t, "same", same.Verdict, "%+v", same)
	assert.Zero(t, status)
	for _, b := range same.Backends {
		assert.Equal(t, same.Accepted, b.Sent, "of a mesh that was quiet before and after, each span is known of")
	}

	ctx := context.WithoutCancel(t.Context())
	require.NoError(t, s.http.Accept(ctx, "another"))
	different, status := s.doctorCompare(t, shell)
	assert.Equal(t, "different", different.Verdict, "%+v", different)
	assert.Equal(t, 1, status)
	if assert.Len(t, different.Findings, 1) {
		assert.Equal(t, "LS-COMPARE-LOST", different.Findings[0].ID)
		assert.Equal(t, "backend "+byHTTP.Name, different.Findings[0].Subject)
	}
	s.pathIsRefused(t)
	require.NoError(t, s.http.Accept(ctx, byHTTP.Token))
	s.helmTestPasses(t)
}

// doctorCompare compares while requests are sent, and gives what it says, and its exit
// status.
func (s several) doctorCompare(t *testing.T, shell *doctor.Shell) (said compared, status int) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		time.Sleep(10 * time.Second) // It begins once it has seen that nothing is on its way.
		s.page().Send(t.Context(), requests)
	}()
	out, err := shell.Run(t.Context(), "istio-lightstep doctor compare -n "+s.Namespace+" --for 40s -o json")
	<-done
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		status = exit.ExitCode()
	} else {
		require.NoError(t, err)
	}
	require.NoError(t, json.Unmarshal(out, &said), "%s %v", out, err)
	s.step("doctor compare: %+v", said)
	return said, status
}

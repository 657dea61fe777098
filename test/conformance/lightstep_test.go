package conformance_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/lightstep/lightstep-tracer-common/golang/gogo/collectorpb"
	"github.com/lightstep/lightstep-tracer-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/istio-lightstep/istio-lightstep/pkg/render"
)

// lightstepSatellite takes LightStep's public collector protocol, by the messages
// and the service that LightStep published for it, over TLS.
type lightstepSatellite struct {
	host, port string
	authority  []byte // PEM

	mu      sync.Mutex
	reports []*collectorpb.ReportRequest
}

// Report keeps a report, and says in the answer when its token is not the right one.
func (s *lightstepSatellite) Report(_ context.Context, report *collectorpb.ReportRequest) (*collectorpb.ReportResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reports = append(s.reports, report)
	if report.GetAuth().GetAccessToken() != tokenMarker {
		return &collectorpb.ReportResponse{Errors: []string{"invalid access token"}}, nil
	}
	return &collectorpb.ReportResponse{}, nil
}

// taken gives the reports since the last call.
func (s *lightstepSatellite) taken() []*collectorpb.ReportRequest {
	s.mu.Lock()
	defer s.mu.Unlock()
	reports := s.reports
	s.reports = nil
	return reports
}

// strictCodec refuses what is more than the published messages can hold.
type strictCodec struct{}

func (strictCodec) Name() string { return "proto" }

func (strictCodec) Marshal(message any) ([]byte, error) {
	return message.(interface{ Marshal() ([]byte, error) }).Marshal()
}

func (c strictCodec) Unmarshal(data []byte, message any) error {
	if err := message.(interface{ Unmarshal([]byte) error }).Unmarshal(data); err != nil {
		return err
	}
	again, err := c.Marshal(message)
	if err == nil && !bytes.Equal(again, data) {
		err = fmt.Errorf("%x has more than the protocol's messages: they hold %x", data, again)
	}
	return err
}

func newLightstepSatellite(t *testing.T) *lightstepSatellite {
	t.Helper()
	ip := ownAddress(t)
	authority, certificate := newCertificate(t, ip)
	listener, err := net.Listen("tcp", net.JoinHostPort(ip.String(), "0"))
	require.NoError(t, err)
	s := &lightstepSatellite{authority: authority}
	s.host, s.port, err = net.SplitHostPort(listener.Addr().String())
	require.NoError(t, err)
	// LightStep's messages are those of gogo, which know no other kind of codec
	server := grpc.NewServer(grpc.ForceServerCodec(strictCodec{}),
		grpc.Creds(credentials.NewTLS(&tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12})))
	collectorpb.RegisterCollectorServiceServer(server, s)
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)
	return s
}

// ownAddress gives an address of this machine that a pod could be told: no rule takes
// the loopback for a satellite.
func ownAddress(t *testing.T) net.IP {
	t.Helper()
	addresses, err := net.InterfaceAddrs()
	require.NoError(t, err)
	for _, address := range addresses {
		if network, ok := address.(*net.IPNet); ok && network.IP.To4() != nil && network.IP.IsGlobalUnicast() {
			return network.IP
		}
	}
	require.Fail(t, "this machine has no address of IPv4 but the loopback")
	return nil
}

// TestNativeProtocol sends to a satellite that takes LightStep's own protocol: first by
// LightStep's own tracer, which shows that the satellite speaks it, then by `doctor
// backend`, and by the arguments of the pod of `helm test`, with native delivery.
func TestNativeProtocol(t *testing.T) {
	s := newLightstepSatellite(t)
	folder := t.TempDir()
	file := func(name string, text []byte) string {
		path := filepath.Join(folder, name)
		require.NoError(t, os.WriteFile(path, text, 0o600))
		return path
	}
	authority, token, wrong := file(caFile, s.authority), file("token", []byte(tokenMarker)), file("wrong", []byte("another-token"))

	port, err := strconv.Atoi(s.port)
	require.NoError(t, err)
	tracer := lightstep.NewTracer(lightstep.Options{
		AccessToken: tokenMarker, UseGRPC: true,
		Collector: lightstep.Endpoint{Host: s.host, Port: port, CustomCACertFile: authority},
	})
	require.NotNil(t, tracer)
	tracer.StartSpan("span of LightStep's tracer").Finish()
	tracer.Close(t.Context()) // sends what is left, and no more after it
	var spans []string
	for _, report := range s.taken() {
		assert.Equal(t, tokenMarker, report.GetAuth().GetAccessToken())
		for _, span := range report.GetSpans() {
			spans = append(spans, span.OperationName)
		}
	}
	assert.Equal(t, []string{"span of LightStep's tracer"}, spans)

	program := buildCommand(t, folder)
	values := file("values.yaml", fmt.Appendf(nil, `
istio: {version: "1.14.0"}
global: {tracer: {lightstep: {address: "%s:%s", accessToken: %s, cacertPath: %s}}}
`, s.host, s.port, tokenMarker, cacertPath))
	doctor := func(args ...string) (string, error) {
		said, err := exec.CommandContext(t.Context(), program, append([]string{"doctor", "backend"}, args...)...).CombinedOutput()
		assert.NotContains(t, string(said), tokenMarker)
		return string(said), err
	}

	said, err := doctor("-f", values, "--set-file=cacert.pem="+authority)
	require.NoError(t, err, said)
	assert.Contains(t, said, "taken, with the access token")
	s.checkProbe(t, tokenMarker)

	said, err = doctor("-f", values, "--set-file=cacert.pem="+authority, "--token-file="+wrong)
	requireStatus(t, 1, err, said)
	assert.Contains(t, said, "LS-SATELLITE-TOKEN")
	s.checkProbe(t, "another-token")

	// The pod has the CA in a file, and no token: with native delivery none is in a Secret.
	args := testPod(t, values, authority).Containers[0].Args
	require.Equal(t, []string{"doctor", "backend"}, args[:2])
	at := slices.IndexFunc(args, func(arg string) bool { return strings.HasPrefix(arg, "--ca-file=") })
	require.Positive(t, at, "%q", args)
	args[at] = "--ca-file=" + authority
	said, err = doctor(args[2:]...)
	require.NoError(t, err, said)
	assert.Contains(t, said, "LS-SATELLITE-NO-TOKEN")
	s.checkProbe(t, "")
	said, err = doctor(append(args[2:], "--token-file="+token)...)
	require.NoError(t, err, said)
	assert.Contains(t, said, "taken, with the access token")
	s.checkProbe(t, tokenMarker)
}

// checkProbe looks for one report without spans, with this token.
func (s *lightstepSatellite) checkProbe(t *testing.T, token string) {
	t.Helper()
	reports := s.taken()
	require.True(t, len(reports) == 1, "%d reports, want one", len(reports))
	assert.Equal(t, token, reports[0].GetAuth().GetAccessToken())
	assert.Empty(t, reports[0].GetSpans())
}

func requireStatus(t *testing.T, status int, err error, said string) {
	t.Helper()
	var exit *exec.ExitError
	require.True(t, errors.As(err, &exit), "%v: %s", err, said)
	require.Equal(t, status, exit.ExitCode(), said)
}

// testPod gives the pod that `helm test` runs.
func testPod(t *testing.T, values, authority string) corev1.PodSpec {
	t.Helper()
	renderer, err := render.New()
	require.NoError(t, err)
	read, err := render.ReadValues(render.File(values), render.SetFile("cacert.pem="+authority))
	require.NoError(t, err)
	result, err := renderer.Render(t.Context(), read)
	require.NoError(t, err)
	hooks, err := result.Hooks()
	require.NoError(t, err)
	for _, hook := range hooks {
		if hook.GetKind() == "Pod" {
			var pod corev1.Pod
			require.NoError(t, runtime.DefaultUnstructuredConverter.FromUnstructured(hook.Object, &pod))
			return pod.Spec
		}
	}
	require.Fail(t, "nothing is for helm test")
	return corev1.PodSpec{}
}

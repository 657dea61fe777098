package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	collectortrace "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	grpcstatus "google.golang.org/grpc/status"
	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/pkg/render"
)

// otlpServers runs two backends that ask for `Bearer t0ken-of-a-vendor`, at the
// addresses in HTTP_HOST and GRPC_HOST of the environment. No value may name
// them: a loopback address is refused there.
func otlpServers(ts *testscript.TestScript, _ bool, _ []string) {
	byHTTP, byGRPC, stop, err := startOTLP()
	ts.Check(err)
	ts.Defer(stop)
	ts.Setenv("HTTP_HOST", byHTTP)
	ts.Setenv("GRPC_HOST", byGRPC)
}

func startOTLP() (byHTTP, byGRPC string, stop func(), err error) {
	const want = "Bearer t0ken-of-a-vendor"
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", "", nil, err
	}
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path != "/otlp/v1/traces":
			http.NotFound(w, r)
		case r.Header.Get("Authorization") != want:
			http.Error(w, "unknown: "+r.Header.Get("Authorization"), http.StatusUnauthorized)
		}
	}))
	server := grpc.NewServer()
	collectortrace.RegisterTraceServiceServer(server, asking{want: want})
	go func() { _ = server.Serve(listener) }()
	return web.Listener.Addr().String(), listener.Addr().String(), func() {
		server.Stop()
		web.Close()
	}, nil
}

// asking is a backend by gRPC that asks for a value of the header authorization.
type asking struct {
	collectortrace.UnimplementedTraceServiceServer
	want string
}

func (a asking) Export(ctx context.Context, _ *collectortrace.ExportTraceServiceRequest) (*collectortrace.ExportTraceServiceResponse, error) {
	incoming, _ := metadata.FromIncomingContext(ctx)
	if got := incoming.Get("authorization"); !slices.Equal(got, []string{a.want}) {
		return nil, grpcstatus.Errorf(codes.Unauthenticated, "unknown: %q", got)
	}
	return &collectortrace.ExportTraceServiceResponse{}, nil
}

// The pod of `helm test` runs doctor backend with arguments that it takes, and
// finds each backend and each Secret where the pod has them.
func TestHelmTestPod(t *testing.T) {
	byHTTP, byGRPC, stop, err := startOTLP()
	require.NoError(t, err)
	t.Cleanup(stop)
	values, err := render.ReadValues(render.Bytes("values.yaml", []byte(`
istio: {version: "1.31.0"}
backends:
  vendor: {protocol: http, endpoint: "http://${env:HTTP_HOST}/otlp", headers: {authorization: {prefix: "Bearer ", secret: {name: vendor, key: token}}}}
  whole: {protocol: grpc, endpoint: "${env:GRPC_HOST}", tls: {insecure: true}, headers: {authorization: {secret: {name: vendor, key: whole}}}}
  old: {protocol: grpc, endpoint: "old.example.com:4317", drain: true}
collector:
  env: [{name: HTTP_HOST, valueFrom: {secretKeyRef: {name: hosts, key: http}}}, {name: GRPC_HOST, valueFrom: {secretKeyRef: {name: hosts, key: grpc}}}]
`)))
	require.NoError(t, err)
	r, err := render.New()
	require.NoError(t, err)
	result, err := r.Render(t.Context(), values)
	require.NoError(t, err)
	pod := regexp.MustCompile(`(?s)# Source: istio-lightstep/templates/tests/backend.yaml\n(.*?)\n---`).FindStringSubmatch(string(result.YAML()))
	require.NotNil(t, pod)
	var read struct {
		Spec struct {
			Containers []struct {
				Args []string
				Env  []struct{ Name string }
			}
			Volumes []struct {
				Projected struct {
					Sources []struct {
						Secret struct {
							Name  string
							Items []struct{ Key, Path string }
						}
					}
				}
			}
		}
	}
	require.NoError(t, yaml.Unmarshal([]byte(pod[1]), &read))
	container := read.Spec.Containers[0]
	require.Len(t, container.Env, 2)

	secrets := map[string]string{"vendor/token": "t0ken-of-a-vendor\n", "vendor/whole": "Bearer t0ken-of-a-vendor"}
	run := func() (string, error) {
		folder := t.TempDir()
		for _, source := range read.Spec.Volumes[0].Projected.Sources {
			for _, item := range source.Secret.Items {
				if value, ok := secrets[source.Secret.Name+"/"+item.Key]; ok {
					file := filepath.Join(folder, item.Path)
					require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o700))
					require.NoError(t, os.WriteFile(file, []byte(value), 0o600))
				}
			}
		}
		var args []string
		for _, argument := range container.Args {
			if strings.HasPrefix(argument, "--collector") {
				continue // Its own tests are those of internal/backend.
			}
			args = append(args, strings.ReplaceAll(argument, "=/etc/istio-lightstep/secrets", "="+folder))
		}
		command := exec.CommandContext(t.Context(), "istio-lightstep", args...)
		command.Env = append(os.Environ(), "HTTP_HOST="+byHTTP, "GRPC_HOST="+byGRPC)
		out, err := command.CombinedOutput()
		return string(out), err
	}
	out, err := run()
	require.NoError(t, err, out)
	assert.Contains(t, out, "old: not tested: it is drained")
	assert.Equal(t, 2, strings.Count(out, "taken, with authorization"), out)
	assert.NotContains(t, out, "t0ken")

	secrets["vendor/whole"] = "Bearer t0ken-of-another"
	delete(secrets, "vendor/token")
	out, err = run()
	require.Error(t, err)
	assert.Contains(t, out, "error: backends.vendor.headers: the value of header authorization is not there: Secret vendor has no key token, or it is empty  [LS-SATELLITE-NO-TOKEN]")
	assert.Contains(t, out, "error: backends.whole.headers: the backend refuses the value of authorization")
	assert.NotContains(t, out, "t0ken", fmt.Sprint(out))
}

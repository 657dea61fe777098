package conformance_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/test/conformance/traffic"
	"github.com/istio-lightstep/istio-lightstep/test/ports"
)

// meshCA are the files of a mesh's CA and of a workload that has a certificate
// by it, in the folder of the rig, and that of the senders is set to it.
func meshCA(t *testing.T, r *rig) (authority, certificate, key string) {
	t.Helper()
	ca, pair := newCertificate(t)
	authority, certificate, key = filepath.Join(r.folder, "mesh.crt"), filepath.Join(r.folder, "workload.crt"), filepath.Join(r.folder, "workload.key")
	require.NoError(t, os.WriteFile(authority, ca, 0o600))
	require.NoError(t, os.WriteFile(certificate, []byte(certificatePEM(pair)), 0o600))
	require.NoError(t, os.WriteFile(key, []byte(keyPEM(t, pair)), 0o600))
	roots := x509.NewCertPool()
	require.True(t, roots.AppendCertsFromPEM(ca))
	r.tls = &tls.Config{RootCAs: roots, Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
	return authority, certificate, key
}

// receiveMutualTLS has the receiver itself ask for a certificate.
func receiveMutualTLS(t *testing.T, r *rig) {
	t.Helper()
	authority, certificate, key := meshCA(t, r)
	const at = "yaml:receivers::otlp::protocols::grpc::tls::"
	r.as.configs = append(r.as.configs, at+"cert_file: "+certificate, at+"key_file: "+key, at+"client_ca_file: "+authority)
}

// sidecarConfig is a listener that asks for a certificate, and a cluster in plain
// text on the same machine, as a sidecar with PeerAuthentication STRICT has them.
const sidecarConfig = `
static_resources:
  listeners:
    - address: {socket_address: {address: 127.0.0.1, port_value: %[1]s}}
      filter_chains:
        - transport_socket:
            name: envoy.transport_sockets.tls
            typed_config:
              "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext
              require_client_certificate: true
              common_tls_context:
                alpn_protocols: [h2]
                tls_certificates: [{certificate_chain: {filename: %[3]s}, private_key: {filename: %[4]s}}]
                validation_context: {trusted_ca: {filename: %[5]s}}
          filters:
            - name: envoy.filters.network.http_connection_manager
              typed_config:
                "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                stat_prefix: inbound
                http_filters:
                  - {name: envoy.filters.http.router, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}}
                route_config: {virtual_hosts: [{name: inbound, domains: ["*"], routes: [{match: {prefix: "/"}, route: {cluster: collector}}]}]}
  clusters:
    - name: collector
      connect_timeout: 5s
      type: STATIC
      load_assignment:
        cluster_name: collector
        endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: %[2]s}}}}]}]
      typed_extension_protocol_options:
        envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
          "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
          explicit_http_config: {http2_protocol_options: {}}
`

// startSidecar puts an Envoy with the two worker threads of a sidecar, and no
// filter but its router, before the receiver.
func startSidecar(t *testing.T, r *rig) {
	t.Helper()
	program, err := exec.LookPath("envoy")
	require.NoError(t, err, "the sidecar is measured with an Envoy in PATH")
	authority, certificate, key := meshCA(t, r)
	r.front = ports.Address(t)
	config := filepath.Join(r.folder, "sidecar.yaml")
	_, front, err := net.SplitHostPort(r.front)
	require.NoError(t, err)
	_, behind, err := net.SplitHostPort(r.as.receiver)
	require.NoError(t, err)
	text := fmt.Sprintf(sidecarConfig, front, behind, certificate, key, authority)
	require.NoError(t, os.WriteFile(config, []byte(text), 0o600))
	process := exec.CommandContext(context.WithoutCancel(t.Context()), program, "--config-path", config, "--concurrency", "2", "--disable-hot-restart", "--log-level", "error")
	process.Stderr = t.Output()
	require.NoError(t, process.Start())
	t.Cleanup(func() { _ = process.Process.Kill(); _ = process.Wait() })
	r.beside = process.Process.Pid
}

// envoyVersion is that of the Envoy in PATH.
func envoyVersion(t *testing.T) string {
	t.Helper()
	said, err := exec.CommandContext(t.Context(), "envoy", "--version").Output()
	require.NoError(t, err)
	version := regexp.MustCompile(`/([0-9]+\.[0-9]+\.[0-9]+)`).FindSubmatch(said)
	require.NotNil(t, version, "%s", said)
	return string(version[1])
}

// TestCostOfMutualTLSOnThePage holds the figures of docs/platforms.md to those
// that were measured.
func TestCostOfMutualTLSOnThePage(t *testing.T) {
	text, err := os.ReadFile(costsFile)
	require.NoError(t, err)
	var costs []cost
	require.NoError(t, json.Unmarshal(text, &costs))
	of := map[string]cost{}
	for _, one := range costs {
		of[one.Collector] = one
	}
	page, err := os.ReadFile("../../docs/platforms.md")
	require.NoError(t, err)
	words := strings.Join(strings.Fields(string(page)), " ")
	micros := func(name string) string { return fmt.Sprintf("%.0f µs", 1e6/of[name].PerCPUSecond) }
	more := func(name string) string { return fmt.Sprintf("%.0f MiB", of[name].Memory-of[ours].Memory) }
	assert.Contains(t, words, "together needed "+micros(atSidecar)+" of processor time a span, where the collector without it needs "+micros(ours)+", and "+more(atSidecar)+" more")
	assert.Contains(t, words, "it needed "+micros(atReceiver)+", and "+more(atReceiver)+" more")
}

// TestTrafficNeedsACertificate shows that mutual TLS at the receiver is what it
// is measured as: nothing is taken in plain text, nor without a certificate.
func TestTrafficNeedsACertificate(t *testing.T) {
	rig := newRigOf(t, 0, receiveMutualTLS)
	anonymous := rig.tls.Clone()
	anonymous.Certificates = nil
	for name, security := range map[string]*tls.Config{"plain text": nil, "no certificate": anonymous} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
			defer cancel()
			sent, err := traffic.Proxies{Address: rig.as.receiver, Count: 1, CallsPerSecond: 5, TLS: security}.Send(ctx)
			require.NoError(t, err)
			assert.Empty(t, sent.Acknowledged)
			assert.NotZero(t, sent.Refused)
		})
	}
	rig.wantAll(t, rig.send(t, proxies(5), time.Second))
}

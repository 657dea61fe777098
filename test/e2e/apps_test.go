//go:build e2e

package e2e_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// client is an application with a sidecar that speaks TLS to the satellite's
// host itself.
const client = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: tls-client}
spec:
  replicas: 1
  selector: {matchLabels: {app: tls-client}}
  template:
    metadata: {labels: {app: tls-client}}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
      - name: client
        image: READER
        command: [sleep, infinity]
        # Not the proxy's user, whose connections are not captured.
        securityContext: {runAsUser: 10001, runAsGroup: 10001}
`

// usersOwn are a ServiceEntry and a DestinationRule that a user has for the
// satellite's host. Applications speak TLS; the mesh lets it through.
const usersOwn = `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: users-own}
spec:
  hosts: [lightstep-satellite.lightstep.svc.cluster.local]
  location: MESH_EXTERNAL
  resolution: DNS
  ports: [{number: 9292, name: tls, protocol: TLS}]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: users-own}
spec:
  host: lightstep-satellite.lightstep.svc.cluster.local
  trafficPolicy: {tls: {mode: DISABLE}, connectionPool: {tcp: {maxConnections: 10}}}
`

// meshWideTLS is what users write who want mutual TLS everywhere, in the version
// of the API that every Istio of the suite serves.
const meshWideTLS = `
apiVersion: networking.istio.io/v1beta1
kind: DestinationRule
metadata: {name: mesh-wide-mtls}
spec:
  host: "*.local"
  trafficPolicy: {tls: {mode: ISTIO_MUTUAL}}
`

// dnsCapture has proxies answer applications' DNS queries.
const dnsCapture = `
apiVersion: install.istio.io/v1alpha1
kind: IstioOperator
spec:
  meshConfig: {defaultConfig: {proxyMetadata: {ISTIO_META_DNS_CAPTURE: "true"}}}
`

// applications shows that applications' own TLS to the satellite's host goes on
// as before with direct delivery, whose objects know that host, and with DNS
// capture and objects of the user's own for it.
func applications(t *testing.T, m *mesh) {
	m.sendDirectly(t)
	ctx := context.WithoutCancel(t.Context())
	text, err := m.release().Document(t, ctx, "istioOperator", m.values(), m.version(), m.direct())
	require.NoError(t, err)
	require.NoError(t, m.istio.Install(ctx, dnsCapture, text))
	objects := strings.ReplaceAll(client, "READER", m.proxyImage())
	t.Cleanup(func() {
		require.NoError(t, m.cluster.Delete(ctx, m.Application, usersOwn+"---"+objects))
	})
	require.NoError(t, m.cluster.Apply(ctx, m.Application, objects))
	require.NoError(t, m.cluster.Restart(ctx, m.Application))
	m.step("DNS capture is on")
	m.speaksTLS(t)
	require.NoError(t, m.cluster.Apply(ctx, m.Application, usersOwn))
	m.speaksTLS(t)
	m.tracing(t, m.bookinfo())
	m.deliver(t, 20)
}

// speaksTLS has the application make a TLS connection to the satellite, see the
// satellite's own certificate, and verify it.
func (m *mesh) speaksTLS(t *testing.T) {
	t.Helper()
	pods, err := m.cluster.Pods(t.Context(), m.Application, "app=tls-client")
	require.NoError(t, err)
	require.NotEmpty(t, pods)
	const script = `echo "$1" >/tmp/ca.pem
openssl s_client -connect "$0:9292" -servername "$0" -verify_hostname "$0" -CAfile /tmp/ca.pem -verify_return_error -brief </dev/null 2>&1`
	for _, host := range []string{m.satellite.Host(), m.satellite.Host() + ".svc.cluster.local"} {
		said, err := m.cluster.Exec(t.Context(), m.Application, pods[len(pods)-1].Name, "client",
			"sh", "-c", script, host, string(m.satellite.Authority.PEM()))
		require.NoError(t, err, "%s", said)
		assert.Contains(t, string(said), "Verification: OK", "TLS of an application to %s", host)
	}
	m.step("an application speaks TLS to the satellite's host")
}

// meshWideMutualTLS does not cut the collector off, which has no sidecar.
func meshWideMutualTLS(t *testing.T, m *mesh) {
	m.released(t)
	ctx := context.WithoutCancel(t.Context())
	require.NoError(t, m.cluster.Apply(ctx, "istio-system", meshWideTLS))
	t.Cleanup(func() { require.NoError(t, m.cluster.Delete(ctx, "istio-system", meshWideTLS)) })
	m.tracing(t, m.bookinfo())
	m.deliver(t, 50)
}

//go:build e2e

package e2e_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/release"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/satellite"
)

// The backends to which proxies send themselves. Istio reads the whole value of their
// header from a Secret.
var (
	directHTTP = satellite.Shape{Name: "direct-http", Path: "/api/default", Scheme: "Basic", Token: "ZTJlOmRpcmVjdA=="}
	directGRPC = satellite.Shape{Name: "direct-grpc", Scheme: "Bearer", Token: "e2e-direct/token=="}
)

// directToBackend has proxies send to a backend with no collector and no LightStep: by HTTP
// and by gRPC, with a header from a Secret. A backend that refuses the header gets nothing.
func directToBackend(t *testing.T, m *mesh) {
	if !m.Istio.Direct {
		t.Skip("no direct delivery before Istio 1.26")
	}
	for _, shape := range []satellite.Shape{directHTTP, directGRPC} {
		t.Run(shape.Protocol(), func(t *testing.T) { m.directTo(t, shape) })
	}
}

func (m *mesh) directTo(t *testing.T, shape satellite.Shape) {
	t.Helper()
	const enough = 100
	ctx := t.Context()
	b := m.deployBackend(t, shape)
	m.backendSecret(t, shape, shape.Scheme+" "+shape.Token)
	notes := m.sendDirectlyWith(t, directValues(shape))
	assert.Contains(t, notes, "LS-DIRECT-LOSES", "what it costs is said before it happens")
	assert.Contains(t, notes, "LS-BACKEND-PLAIN", "the header is sent in plain text")
	assert.NotContains(t, notes, shape.Token)
	m.tracingTo(t, m.bookinfo(), &b.Recorder)

	sent := m.page().Send(ctx, enough)
	require.NoError(t, sent.Err())
	report, err := b.Wait(ctx, m.bookinfo(), sent, arrival)
	require.NoError(t, err)
	m.delivery = m.delivery.Add(m.bookinfo(), report)
	assert.Equal(t, enough, report.Complete)
	require.NoError(t, m.satellite.Nothing(ctx, m.bookinfo(), sent), "LightStep is not in the values")
	m.step("%s: %s", t.Name(), report)
	m.helmTestPasses(t)

	require.NoError(t, b.Accept(ctx, "another"))
	sent = m.page().Send(ctx, 30)
	require.NoError(t, sent.Err(), "tracing never costs a request")
	require.NoError(t, b.Nothing(ctx, m.bookinfo(), sent))
	said, err := m.release().Test(t, ctx)
	require.Error(t, err, "%s", said)
	assert.Contains(t, fmt.Sprint(said, err), "LS-SATELLITE-TOKEN")
	m.step("a backend that refuses the header got nothing, and helm test says so")
	require.NoError(t, b.Accept(ctx, shape.Token))
	m.tracingTo(t, m.bookinfo(), &b.Recorder)
}

// directValues are those of one backend by the proxies themselves, in place of LightStep.
func directValues(shape satellite.Shape) release.Values {
	backend := tree{
		"protocol": shape.Protocol(), "endpoint": shape.Endpoint(),
		"headers": tree{"authorization": tree{"secret": tree{"name": shape.Name, "key": "authorization"}}},
	}
	if !shape.HTTP() {
		backend["tls"] = tree{"insecure": true}
	}
	return release.Values{
		"delivery": "direct",
		"global":   tree{"tracer": tree{"lightstep": tree{"address": "", "accessToken": "", "cacertPath": ""}}},
		"cacert":   tree{"pem": ""},
		"backends": tree{shape.Name: backend},
	}
}

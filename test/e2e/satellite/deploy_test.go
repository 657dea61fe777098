package satellite

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/cluster/clustertest"
)

const secretAt = "/api/v1/namespaces/pool/secrets/lightstep-satellite"

// runs are the objects of a satellite whose pods run.
const runs = `
apiVersion: v1
kind: Namespace
metadata: {name: pool}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: lightstep-satellite, namespace: pool}
spec: {replicas: 1}
status: {replicas: 1, updatedReplicas: 1, availableReplicas: 1}
`

// Another token, or another certificate, is written, and then the satellite is restarted.
func TestWhatItTakesAndShowsIsChanged(t *testing.T) {
	t.Parallel()
	server, c := clustertest.New(t, runs)
	authority, err := NewAuthority("a pool")
	require.NoError(t, err)
	s := &Satellite{Recorder: Recorder{Namespace: "pool", cluster: c}, Authority: authority, tokens: []string{"old"}}
	secret := func() map[string]string {
		var of struct{ StringData map[string]string }
		require.NoError(t, json.Unmarshal([]byte(server.Objects(t)[secretAt]), &of))
		return of.StringData
	}
	require.NoError(t, s.Accept(t.Context(), "new", "newer"))
	assert.Equal(t, "new", s.Token())
	assert.Contains(t, secret()["config.yaml"], `tokens: ["new","newer"]`)
	assert.NotContains(t, secret()["config.yaml"], "old")

	certificate, err := authority.Issue("elsewhere")
	require.NoError(t, err)
	require.NoError(t, s.Show(t.Context(), certificate))
	assert.Equal(t, string(certificate.Certificate), secret()["tls.crt"])
	assert.Equal(t, string(certificate.Key), secret()["tls.key"])
	assert.Contains(t, secret()["config.yaml"], `tokens: ["new","newer"]`, "the tokens stay")

	var order []string
	for _, write := range server.Writes() {
		order = append(order, write[strings.LastIndex(write, "/namespaces/pool/")+len("/namespaces/pool/"):])
	}
	assert.Equal(t, []string{"secrets/lightstep-satellite", "deployments/lightstep-satellite", "secrets/lightstep-satellite", "deployments/lightstep-satellite"}, order)
	assert.Contains(t, server.Objects(t)["/apis/apps/v1/namespaces/pool/deployments/lightstep-satellite"], "restartedAt")
}

func TestScale(t *testing.T) {
	t.Parallel()
	server, c := clustertest.New(t, runs)
	s := &Satellite{Recorder: Recorder{Namespace: "pool", cluster: c}}
	require.NoError(t, s.Scale(t.Context(), 1))
	require.NoError(t, s.Scale(t.Context(), 0), "nothing with its label is left")
	assert.Contains(t, server.Objects(t)["/apis/apps/v1/namespaces/pool/deployments/lightstep-satellite"], `"replicas":0`)
}

// There is one record: of none, or of two recorders, no verdict is given.
func TestTheRecordIsOneRecorders(t *testing.T) {
	t.Parallel()
	const recorder = "\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: NAME, namespace: pool, labels: {app: recorder}}\n"
	two := strings.ReplaceAll(recorder, "NAME", "a") + strings.ReplaceAll(recorder, "NAME", "b")
	for says, objects := range map[string]string{"there are 0 recorders": runs, "there are 2 recorders": runs + two} {
		_, c := clustertest.New(t, objects)
		_, err := (&Satellite{Recorder: Recorder{Namespace: "pool", cluster: c}}).Spans(t.Context())
		require.ErrorContains(t, err, says)
	}
	_, c := clustertest.New(t, runs+strings.ReplaceAll(recorder, "NAME", "b"))
	s := &Satellite{Recorder: Recorder{Namespace: "pool", cluster: c}}
	s.record.pod = "a"
	_, err := s.Spans(t.Context())
	require.ErrorContains(t, err, "the record is gone")
}

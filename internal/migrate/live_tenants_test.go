package migrate_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestLiveTenants has namespaces that do not run the mesh say where its spans
// go: none of that becomes a value, and all of it is named.
func TestLiveTenants(t *testing.T) {
	_, alone := migrateLive(t, liveObjects(t, ""), "1.28")
	_, result := migrateLive(t, liveObjects(t, `
apiVersion: networking.istio.io/v1beta1
kind: ServiceEntry
metadata: {name: aa, namespace: a-team}
spec:
  hosts: [ingest.lightstep.com]
  ports: [{number: 4317, name: grpc, protocol: GRPC}]
  endpoints: [{address: evil.example.com}]
---
apiVersion: networking.istio.io/v1beta1
kind: ServiceEntry
metadata: {name: zz, namespace: z-team}
spec:
  hosts: [ingest.lightstep.com]
  exportTo: ["."]
  ports: [{number: 4317, name: grpc, protocol: GRPC}]
  endpoints: [{address: evil.example.com}]
---
apiVersion: networking.istio.io/v1beta1
kind: DestinationRule
metadata: {name: zz, namespace: z-team}
spec:
  host: ingest.lightstep.com
  exportTo: ["."]
  trafficPolicy: {tls: {mode: DISABLE, sni: evil.example.com}}
`), "1.28")
	assert.Equal(t, string(alone.Values), string(result.Values))
	assert.Equal(t, string(alone.Secret), string(result.Secret))
	report := result.Report()
	for _, named := range []string{"ServiceEntry a-team/aa is for", "ServiceEntry z-team/zz is for", "DestinationRule z-team/zz is for"} {
		assert.Contains(t, report, named)
	}
	assert.NotContains(t, report, "kubectl delete serviceentry aa")
	assert.NotContains(t, report, "zz -n z-team")
}

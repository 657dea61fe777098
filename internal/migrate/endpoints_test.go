package migrate_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/internal/migrate"
)

const withEntry = `apiVersion: install.istio.io/v1alpha1
kind: IstioOperator
spec:
  meshConfig:
    defaultProviders: {tracing: [ls]}
    extensionProviders:
    - name: ls
      lightstep: {service: sat.ls, port: 9292, accessToken: t0kz9d6b7a1e4c52}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: s, namespace: istio-system}
spec: {hosts: [sat.ls], ports: [{number: 80, name: other}, {number: 9292, name: grpc, protocol: GRPC}], resolution: DNS, endpoints: [ENDPOINTS]}
`

// TestEndpointsOfAServiceEntry: the address is where Istio sends to, by the port
// of an endpoint too; where there are several, it is for the user to say.
func TestEndpointsOfAServiceEntry(t *testing.T) {
	migrated := func(endpoints, port string) (values, byHand string) {
		text := strings.NewReplacer("ENDPOINTS", endpoints, "name: grpc,", "name: grpc, "+port).Replace(withEntry)
		result, err := migrate.Migrate(t.Context(), []migrate.Source{{Name: "mine.yaml", Data: []byte(text)}}, migrate.Options{To: "1.28"})
		require.NoError(t, err)
		_, byHand, _ = strings.Cut(result.Report(), "## To do by hand\n")
		byHand, _, _ = strings.Cut(byHand, "\n## ")
		return string(result.Values), byHand
	}
	for endpoints, address := range map[string]string{
		"{address: ingest.example.com, ports: {grpc: 443}}":  "ingest.example.com:443",
		"{address: ingest.example.com, ports: {other: 443}}": "ingest.example.com:9292",
		"{address: ingest.example.com}":                      "ingest.example.com:9292",
		"{address: ingest.example.com, ports: {grpc: 443}}, {address: ingest.example.com, weight: 2, ports: {grpc: 443}}": "ingest.example.com:443",
		"{ports: {grpc: 443}}": "sat.ls:443",
	} {
		values, _ := migrated(endpoints, "")
		assert.Contains(t, values, "address: "+address+"\n", endpoints)
	}
	values, _ := migrated("{address: ingest.example.com}", "targetPort: 8443,")
	assert.Contains(t, values, "address: ingest.example.com:8443\n")
	values, _ = migrated("{address: ingest.example.com, ports: {grpc: 443}}", "targetPort: 8443,")
	assert.Contains(t, values, "address: ingest.example.com:443\n", "an endpoint's own port overrules the target port")

	for _, endpoints := range []string{
		"{address: a.example.com}, {address: b.example.com}",
		"{address: a.example.com}, {address: a.example.com, ports: {grpc: 443}}, {address: b.example.com}",
	} {
		values, byHand := migrated(endpoints, "")
		assert.Contains(t, values, "address: sat.ls:9292\n")
		for _, one := range []string{"a.example.com:9292", "b.example.com:9292"} {
			assert.Contains(t, byHand, "ServiceEntry istio-system/s leads sat.ls to "+one+", and another ServiceEntry or endpoint leads it elsewhere")
		}
	}
}

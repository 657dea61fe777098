package doctor

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
)

// TestWhatAnAuthorizationRuleMatches holds the conditions of a rule against a proxy's
// call: what cannot be known is neither true nor false.
func TestWhatAnAuthorizationRuleMatches(t *testing.T) {
	t.Parallel()
	const path = "/opentelemetry.proto.collector.trace.v1.TraceService/Export"
	known := call{"shop", "cart", "4317", path, true}
	anonymous := call{"shop", "cart", "4317", path, false}
	for rule, want := range map[string][2]match{
		`{}`: {yes, yes},
		`{from: [{source: {namespaces: [shop]}}]}`:                                           {yes, no},
		`{from: [{source: {namespaces: [other]}}, {source: {namespaces: ["sh*"]}}]}`:         {yes, no},
		`{from: [{source: {notNamespaces: [shop]}}]}`:                                        {no, yes},
		`{from: [{source: {namespaces: ["*"], notNamespaces: [shop]}}]}`:                     {no, no},
		`{from: [{source: {principals: [cluster.local/ns/shop/sa/cart]}}]}`:                  {yes, no},
		`{from: [{source: {principals: ["*/ns/shop/sa/cart"]}}]}`:                            {yes, no},
		`{from: [{source: {principals: ["*"]}}]}`:                                            {yes, no},
		`{from: [{source: {principals: ["cluster.local/ns/shop/*"]}}]}`:                      {yes, no},
		`{from: [{source: {principals: [other.domain/ns/shop/sa/cart]}}]}`:                   {maybe, no},
		`{from: [{source: {principals: [cluster.local/ns/other/sa/cart]}}]}`:                 {no, no},
		`{from: [{source: {ipBlocks: [10.0.0.0/8]}}]}`:                                       {maybe, maybe},
		`{from: [{source: {notIpBlocks: [10.0.0.0/8]}}]}`:                                    {maybe, maybe},
		`{from: [{source: {requestPrincipals: ["*"]}}]}`:                                     {no, no},
		`{from: [{source: {notRequestPrincipals: ["*"]}}]}`:                                  {yes, yes},
		`{to: [{operation: {ports: ["4317"]}}]}`:                                             {yes, yes},
		`{to: [{operation: {ports: ["4318"]}}]}`:                                             {no, no},
		`{to: [{operation: {notPorts: ["4317"]}}]}`:                                          {no, no},
		`{to: [{operation: {methods: [GET]}}]}`:                                              {no, no},
		`{to: [{operation: {methods: [GET, POST], paths: ["/opentelemetry.*"]}}]}`:           {yes, yes},
		`{to: [{operation: {paths: [/metrics]}}]}`:                                           {no, no},
		`{to: [{operation: {paths: ["/{*}/Export"]}}]}`:                                      {maybe, maybe},
		`{to: [{operation: {notPaths: ["/{**}"]}}]}`:                                         {maybe, maybe},
		`{to: [{operation: {paths: ["/{*}", "/opentelemetry.*"]}}]}`:                         {yes, yes},
		`{to: [{operation: {hosts: [collector]}}]}`:                                          {maybe, maybe},
		`{when: [{key: source.namespace, values: [shop]}]}`:                                  {yes, no},
		`{when: [{key: destination.port, notValues: ["4317"]}]}`:                             {no, no},
		`{when: [{key: "request.headers[x]", values: [y]}]}`:                                 {maybe, maybe},
		`{from: [{source: {ipBlocks: [10.0.0.0/8]}}], to: [{operation: {ports: ["4318"]}}]}`: {no, no},
	} {
		var r mesh.AuthorizationRule
		require.NoError(t, yaml.Unmarshal([]byte(rule), &r), rule)
		assert.Equal(t, want, [2]match{known.fits(r), anonymous.fits(r)}, rule)
	}
	r := mesh.AuthorizationRule{}
	require.NoError(t, yaml.Unmarshal([]byte(`{to: [{operation: {paths: [/own]}}]}`), &r))
	assert.Equal(t, maybe, call{path: ""}.fits(r), "the path of Zipkin or of HTTP is not known")
}

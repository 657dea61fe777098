package migrate_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/internal/migrate"
)

const fromVariable = `apiVersion: install.istio.io/v1alpha1
kind: IstioOperator
spec:
  meshConfig:
    defaultProviders: {tracing: [lightstep]}
    extensionProviders:
    - name: lightstep
      opentelemetry: {service: ingest.lightstep.com, port: 443, grpc: {initialMetadata: [{name: lightstep-access-token, envName: TOK}]}}
    OTHER
  components:
    pilot:
      k8s:
        env:
        - name: TOK
          valueFrom: {secretKeyRef: {name: ls, key: tok}}
        MORE
  values:
    pilot:
      envVarFrom:
      - {name: TOK, valueFrom: {secretKeyRef: {name: ls, key: tok}}}
`

// TestVariableOfOthersStays: a variable of istiod's that another provider or
// setting uses is not removed with LightStep's provider.
func TestVariableOfOthersStays(t *testing.T) {
	const audit = "- {name: audit, opentelemetry: {service: audit.example.com, port: 443, http: {headers: [{name: x-token, envName: TOK}]}}}"
	for name, c := range map[string]struct{ other, more, beside, why string }{
		"another provider":               {other: audit, why: "provider audit uses the variable TOK too"},
		"the other spelling":             {other: strings.ReplaceAll(audit, "envName", "env_name"), why: "provider audit uses the variable TOK too"},
		"a provider of another document": {beside: "---\nmeshConfig:\n  extensionProviders:\n  " + audit + "\n", why: "provider audit uses the variable TOK too"},
		"a provider of LightStep's that stays": {
			other:  "- {name: two, opentelemetry: {service: two.lightstep.com, port: 443, grpc: {initialMetadata: [{name: lightstep-access-token, envName: TOK}]}}}",
			beside: "---\napiVersion: telemetry.istio.io/v1\nkind: Telemetry\nmetadata: {name: t, namespace: shop}\nspec: {tracing: [{providers: [{name: two}]}]}\n",
			why:    "provider two uses the variable TOK too",
		},
		"another variable":             {more: "- {name: URL, value: \"https://$(TOK)@example.com\"}", why: "another setting of mine.yaml uses the variable TOK too"},
		"another provider has another": {other: strings.ReplaceAll(audit, "TOK", "TOKEN")},
		"nothing":                      {},
	} {
		t.Run(name, func(t *testing.T) {
			text := strings.NewReplacer("OTHER", c.other, "MORE", c.more).Replace(fromVariable) + c.beside
			result, err := migrate.Migrate(t.Context(), []migrate.Source{{Name: "mine.yaml", Data: []byte(text)}}, migrate.Options{To: "1.28"})
			require.NoError(t, err)
			after := string(result.Documents[0].After)
			stays := 0
			if c.why != "" {
				stays = 2
			}
			assert.Equal(t, stays, strings.Count(after, "{secretKeyRef: {name: ls, key: tok}}"), after)
			if c.why != "" {
				assert.Equal(t, 2, strings.Count(result.Report(), c.why+", so it is not changed"), result.Report())
			}
			assert.Contains(t, string(result.Values), "accessTokenFrom:\n  name: ls\n  key: tok\n")
		})
	}
}

const withCA = `apiVersion: install.istio.io/v1alpha1
kind: IstioOperator
spec:
  values:
    global:
      proxy: {tracer: lightstep}
      tracer: {lightstep: {address: "satellite.example.com:443", accessToken: t0kz9d6b7a1e4c52, secure: true, cacertPath: /etc/lightstep/cacert.pem}}
    gateways:
      istio-ingressgateway:
        secretVolumes: [{name: lightstep-certs, secretName: lightstep.cacert, mountPath: /etc/lightstep}]
    sidecarInjectorWebhook:
      templates:
        istio-lightstep: |
          spec:
            containers:
            - name: istio-proxy
              volumeMounts: [{name: lightstep-certs, mountPath: /etc/lightstep}]
            volumes: [{name: lightstep-certs, secret: {secretName: lightstep.cacert}}]
  components:
    ingressGateways:
    - name: istio-ingressgateway
      k8s:
        overlays:
        - kind: Deployment
          name: istio-ingressgateway
          patches:
          - path: spec.template.spec.volumes[-1]
            value: {name: lightstep-certs, secret: {secretName: lightstep.cacert}}
          - path: spec.template.spec.containers[0].volumeMounts[-1]
            value: {name: lightstep-certs, mountPath: /etc/lightstep}
          PATCH
---
`

// TestMountOfOthersStays: a mount of the CA stays where something else reads
// files from it, or another container has it.
func TestMountOfOthersStays(t *testing.T) {
	after := func(text, to string) (string, string) {
		result, err := migrate.Migrate(t.Context(), []migrate.Source{{Name: "mine.yaml", Data: []byte(text)}}, migrate.Options{To: to})
		require.NoError(t, err)
		return string(result.Documents[0].After), result.Report()
	}
	alone := strings.ReplaceAll(withCA, "          PATCH\n", "")
	left, _ := after(alone, "1.28")
	require.NotContains(t, left, "lightstep")
	left, _ = after(alone+"apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: other, namespace: shop}\n"+
		"spec: {host: audit.example.com, trafficPolicy: {tls: {mode: SIMPLE, caCertificates: /etc/ssl/cacert.pem}}}\n", "1.28")
	require.NotContains(t, left, "lightstep", "it reads its own file")

	for why, object := range map[string]string{
		"DestinationRule shop/audit names a file in it": "apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: audit, namespace: shop}\n" +
			"spec: {host: audit.example.com, trafficPolicy: {tls: {mode: SIMPLE, caCertificates: /etc/lightstep/cacert.pem}}}\n",
		"Gateway shop/in names a file in it": "apiVersion: networking.istio.io/v1\nkind: Gateway\nmetadata: {name: in, namespace: shop}\n" +
			"spec: {servers: [{hosts: [a], port: {number: 443, name: a, protocol: HTTPS}, tls: {mode: MUTUAL, caCertificates: /etc/lightstep/cacert.pem}}]}\n",
		"meshConfig.defaultConfig.envoyAccessLogService.tlsSettings.caCertificates of mine.yaml names a file in it": "meshConfig:\n  defaultConfig:\n    tracing: {sampling: 5}\n" +
			"    envoyAccessLogService: {address: \"logs:443\", tlsSettings: {mode: SIMPLE, caCertificates: /etc/lightstep/cacert.pem}}\n",
	} {
		left, said := after(alone+object, "1.28")
		for _, kept := range []string{"secretVolumes: [{name: lightstep-certs", "volumes: [{name: lightstep-certs", "volumes[-1]", "volumeMounts[-1]"} {
			assert.Contains(t, left, kept, why)
		}
		assert.NotContains(t, left, "tracer: lightstep")
		assert.Contains(t, said, "is not changed: "+why)
	}
	left, said := after(strings.ReplaceAll(withCA, "PATCH", "- path: spec.template.spec.containers.[name:app].volumeMounts[-1]\n            value: {name: lightstep-certs, mountPath: /ca}"), "1.28")
	assert.Contains(t, left, "[name:app]")
	assert.Contains(t, left, "volumes[-1]\n            value: {name: lightstep-certs, secret", "the other container needs the volume")
	assert.NotContains(t, left, "secretVolumes", "what is no part of that Deployment goes")
	assert.Contains(t, said, "another patch beside it needs the same volume")
}

// TestVolumeWithItsMount: of a volume and a mount of one name, none is left
// without the other.
func TestVolumeWithItsMount(t *testing.T) {
	const gateway = "global: {proxy: {tracer: lightstep}, tracer: {lightstep: {address: \"satellite.example.com:443\", accessToken: t0kz9d6b7a1e4c52}}}\nvolumes:\n- "
	for _, of := range []struct{ volume, mount string }{
		{"{name: ca, secret: {secretName: lightstep.cacert}}", "{name: ca, mountPath: /etc/ca}"},
		{"{name: lightstep-certs, projected: {sources: [{secret: {name: lightstep.cacert}}, {secret: {name: other}}]}}", "{name: lightstep-certs, mountPath: /etc/lightstep}"},
	} {
		text := gateway + of.volume + "\nvolumeMounts:\n- " + of.mount + "\n"
		result, err := migrate.Migrate(t.Context(), []migrate.Source{{Name: "mine.yaml", Data: []byte(text)}}, migrate.Options{To: "1.28"})
		require.NoError(t, err)
		assert.Contains(t, string(result.Documents[0].After), of.volume)
		assert.Contains(t, string(result.Documents[0].After), of.mount)
	}
}

// TestAliasOfOthersStays: a file in which an application has LightStep's settings
// by an alias, or they are its own, is left as it is and named.
func TestAliasOfOthersStays(t *testing.T) {
	const lightstep = "{address: \"sat.ls:8383\", accessToken: t0kz9d6b7a1e4c52}"
	for name, text := range map[string]string{
		"an alias":            "global: {proxy: {tracer: lightstep}, tracer: {lightstep: &ls " + lightstep + "}}\nshop:\n  name: a\n  lightstep: *ls\n",
		"a merge key":         "global: {proxy: {tracer: lightstep}, tracer: {lightstep: &ls " + lightstep + "}}\nshop:\n  other:\n    <<: *ls\n    component: shop\n",
		"where it is written": "shop: {lightstep: &ls " + lightstep + "}\nglobal: {proxy: {tracer: lightstep}, tracer: {lightstep: *ls}}\n",
		"nothing of LightStep's": "istiod:\n  global: {proxy: {tracer: lightstep}, tracer: {lightstep: " + lightstep + "}}\n  pilot: &p {traceSampling: 7}\n" +
			"gateway:\n  p: *p\n",
		"a part of it": "meshConfig:\n  defaultConfig:\n    tracing: &t {sampling: 5, maxPathTagLength: 9, lightstep: " + lightstep + "}\ngateway:\n  proxyTracing: *t\n",
	} {
		t.Run(name, func(t *testing.T) {
			result, err := migrate.Migrate(t.Context(), []migrate.Source{{Name: "mine.yaml", Data: []byte(text)}}, migrate.Options{To: "1.28"})
			require.NoError(t, err)
			assert.Equal(t, text, string(result.Documents[0].After))
			report := result.Report()
			assert.Contains(t, report, "stands for a value that is to be removed, and that something else uses too; write the value out in each place, without an alias")
			assert.Contains(t, report, "it is still there, remove it by hand")
			assert.Contains(t, string(result.Secret), "t0kz9d6b7a1e4c52", "values are taken all the same")
		})
	}
}

package migrate_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/internal/migrate"
)

const withOverlay = `apiVersion: install.istio.io/v1alpha1
kind: IstioOperator
spec:
  meshConfig:
    defaultConfig:
      tracing:
        lightstep: {address: "satellite.example.com:9292", accessToken: t0kz9d6b7a1e4c52}
        tlsSettings: {mode: SIMPLE, caCertificates: /etc/lightstep/cacert.pem}
  components:
    ingressGateways:
    - name: istio-ingressgateway
      k8s:
        overlays:
        - kind: Deployment
          name: istio-ingressgateway
          patches:
          - {path: "spec.template.spec.volumes[-1]", value: VOLUME}
          MOUNT
`

// TestVolumeOfAnOverlayWithItsMount: a volume of the CA that an overlay adds
// stays where a mount of it does.
func TestVolumeOfAnOverlayWithItsMount(t *testing.T) {
	const ca, text = "{name: ls-ca, secret: {secretName: lightstep.cacert}}", "\"name: ls-ca\\nsecret: {secretName: lightstep.cacert}\""
	for name, c := range map[string]struct{ volume, mount string }{
		"by another patch":      {ca, `- {path: "spec.template.spec.containers[0].volumeMounts[-1]", value: {name: ls-ca, mountPath: /etc/lightstep}}`},
		"at any path":           {ca, `- {path: "spec.template.spec.containers[0].volumeMounts[-1]", value: {name: ls-ca, mountPath: /opt/ca}}`},
		"in a list":             {ca, `- {path: "spec.template.spec.containers[0].volumeMounts", value: [{name: wasm, mountPath: /wasm}, {name: ls-ca, mountPath: /opt/ca}]}`},
		"both as text":          {text, `- {path: "spec.template.spec.containers[0].volumeMounts[-1]", value: "{name: ls-ca, mountPath: /opt/ca}"}`},
		"named by a path":       {ca, `- {path: "spec.template.spec.containers[0].volumeMounts.[name:ls-ca].mountPath", value: /opt/ca}`},
		"volumes in a list":     {"[" + ca + "]", `- {path: "spec.template.spec.containers[0].volumeMounts[-1]", value: {name: ls-ca, mountPath: /opt/ca}}`},
		"by another overlay":    {ca, "\n        - kind: Deployment\n          name: istio-ingressgateway\n          patches:\n          - {path: \"spec.template.spec.containers[0].volumeMounts[-1]\", value: {name: ls-ca, mountPath: /opt/ca}}"},
		"by the component":      {ca, "\n        volumeMounts: [{name: ls-ca, mountPath: /opt/ca}]"},
		"another in an overlay": {"{name: lightstep-certs, secret: {secretName: lightstep.cacert}}", "\n        - kind: Deployment\n          name: istio-ingressgateway\n          patches:\n          - {path: \"spec.template.spec.containers.[name:app].volumeMounts[-1]\", value: {name: lightstep-certs, mountPath: /opt/ca}}"},
	} {
		t.Run(name, func(t *testing.T) {
			given := strings.NewReplacer("VOLUME", c.volume, "MOUNT", c.mount).Replace(withOverlay)
			result, err := migrate.Migrate(t.Context(), []migrate.Source{{Name: "mine.yaml", Data: []byte(given)}}, migrate.Options{To: "1.28"})
			require.NoError(t, err)
			after := string(result.Documents[0].After)
			assert.NotContains(t, after, "satellite")
			assert.Contains(t, after, c.volume)
			assert.Contains(t, after, c.mount)
			assert.Contains(t, result.Report(), "another patch beside it needs the same volume")
		})
	}
	for name, c := range map[string]struct{ volume, mount string }{
		"no mount":          {ca, ""},
		"one of another":    {ca, `- {path: "spec.template.spec.containers[0].volumeMounts[-1]", value: {name: ls-ca-too, mountPath: /opt/ca}}`},
		"a mount that goes": {"{name: lightstep-certs, secret: {secretName: lightstep.cacert}}", `- {path: "spec.template.spec.containers[0].volumeMounts[-1]", value: {name: lightstep-certs, mountPath: /etc/lightstep}}`},
	} {
		t.Run(name, func(t *testing.T) {
			given := strings.NewReplacer("VOLUME", c.volume, "MOUNT", c.mount).Replace(withOverlay)
			result, err := migrate.Migrate(t.Context(), []migrate.Source{{Name: "mine.yaml", Data: []byte(given)}}, migrate.Options{To: "1.28"})
			require.NoError(t, err)
			assert.NotContains(t, string(result.Documents[0].After), "lightstep.cacert")
		})
	}
}

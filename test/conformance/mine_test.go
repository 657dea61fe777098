package conformance_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"

	"github.com/istio-lightstep/istio-lightstep/pkg/render"
	"github.com/istio-lightstep/istio-lightstep/test/conformance/istio"
)

// The user's own settings, which must survive ours. Those of lists stand in
// controlPlane too, for where lists are replaced.

// mineMesh is the user's mesh config, indented by four.
func (c *conformance) mineMesh() string {
	mesh := `
    accessLogFile: /dev/stdout  # asked for by the auditors`
	if since(c.tools, "1.14") {
		mesh += `
    extensionProviders:
    - name: mine-log # ours is not the only one
      envoyFileAccessLog: {path: /dev/stderr}`
	}
	return mesh
}

// mineValues are the user's values of istiod, indented by four.
func (c *conformance) mineValues() string {
	values := `
    pilot:
      env: {MINE: kept}`
	if !c.direct() {
		return values
	}
	return values + `
      # Read from a ConfigMap.
      envVarFrom:
      - name: MINE_FROM
        valueFrom: {configMapKeyRef: {name: mine, key: mine, optional: true}}
    sidecarInjectorWebhook:
      defaultTemplates: [sidecar, mine]
      templates:
        mine: |
          metadata:
            annotations: {mine: kept}`
}

// mineControlPlane are the user's list entries again, as our values take them.
const mineControlPlane = `
controlPlane:
  extensionProviders: [{name: mine-log, envoyFileAccessLog: {path: /dev/stderr}}]
  envVarFrom: [{name: MINE_FROM, valueFrom: {configMapKeyRef: {name: mine, key: mine, optional: true}}}]
  defaultTemplates: [sidecar, mine]
  gateways:
    secretVolumes: [{name: mine-certs, secretName: mine-certs, mountPath: /etc/mine}]
    volumes: [{name: mine-certs, secret: {secretName: mine-certs}}]
    volumeMounts: [{name: mine-certs, mountPath: /etc/mine}]
`

var controlPlane = render.Bytes("mine.yaml", []byte(mineControlPlane))

// mineOperator is the user's own document for istioctl.
func (c *conformance) mineOperator() string {
	if c.tools.Minor == "1.4" {
		return `# The mesh of our shop.
apiVersion: install.istio.io/v1alpha2
kind: IstioControlPlane
spec:
  profile: default
  gateways:
    components:
      ingressGateway:
        k8s: {replicaCount: 3} # for the sales
  values:
    global:
      proxy: {accessLogFile: /dev/stdout} # asked for by the auditors
    pilot:
      env: {MINE: kept}
`
	}
	second := `
    - name: second-gateway
      enabled: true`
	if c.tools.Minor == "1.5" {
		// It gives every ingress gateway one name.
		second = `
    egressGateways:
    - name: istio-egressgateway
      enabled: true`
	}
	return `# The mesh of our shop.
apiVersion: install.istio.io/v1alpha1
kind: IstioOperator
spec:
  profile: default
  components:
    ingressGateways:
    - name: istio-ingressgateway
      enabled: true
    # For partners.` + second + `
  meshConfig:` + c.mineMesh() + `
  values:` + c.mineValues() + `
    gateways:
      istio-ingressgateway:
        secretVolumes:
        - {name: mine-certs, secretName: mine-certs, mountPath: /etc/mine}
`
}

// mineIstiod is the user's own values file for the istiod chart.
func (c *conformance) mineIstiod() string {
	indented := "    # The mesh of our shop.\n    meshConfig:" +
		strings.ReplaceAll(c.mineMesh(), "\n", "\n  ") + c.mineValues() + "\n"
	return strings.ReplaceAll("\n"+indented, "\n    ", "\n")
}

// checkMineComments looks for every comment and key of the user's file.
func checkMineComments(t *testing.T, mine, merged string) {
	t.Helper()
	for line := range strings.Lines(mine) {
		_, comment, found := strings.Cut(line, "#")
		if found {
			assert.Contains(t, merged, "#"+strings.TrimSpace("#" + comment)[1:])
		}
	}
}

// checkMineInControlPlane looks for the user's settings in istiod and its mesh
// config. Up to 1.5 the mesh config is made from values.
func (c *conformance) checkMineInControlPlane(t *testing.T, manifests istio.Manifests, mesh map[string]any, proxy *corev1.Pod) {
	t.Helper()
	assert.Equal(t, "/dev/stdout", mesh["accessLogFile"], "the user's own mesh config")
	if since(c.tools, "1.14") {
		assert.NotNil(t, named(mesh["extensionProviders"], "mine-log"), "the user's own provider")
	}
	env := c.istiodEnv(t, manifests)
	assert.Equal(t, "kept", env["MINE"].Value, "the user's own variable")
	if c.direct() {
		require.NotNil(t, env["MINE_FROM"].ValueFrom, "the user's own variable")
		assert.NotNil(t, env["MINE_FROM"].ValueFrom.ConfigMapKeyRef)
		assert.Equal(t, "kept", proxy.Annotations["mine"], "the user's own injection template")
	}
	c.did(mineSurvives)
}

// checkMineInGateways looks for the user's second gateway and own volume.
func (c *conformance) checkMineInGateways(t *testing.T, manifests istio.Manifests) {
	t.Helper()
	for _, name := range c.gateways() {
		gateway, err := manifests.Deployment(name)
		require.NoError(t, err)
		switch {
		case c.tools.Minor == "1.4":
			assert.EqualValues(t, 3, *gateway.Spec.Replicas, "the user's own setting")
		case name == "istio-ingressgateway":
			assert.Equal(t, "mine-certs", secretAt(gateway.Spec.Template.Spec, "/etc/mine"), "the user's own volume")
		}
	}
}

// gateways are those of the user's document.
func (c *conformance) gateways() []string {
	switch c.tools.Minor {
	case "1.4": // Its second gateway is made by a template that today's Go refuses.
		return []string{"istio-ingressgateway"}
	case "1.5":
		return []string{"istio-ingressgateway", "istio-egressgateway"}
	}
	return []string{"istio-ingressgateway", "second-gateway"}
}

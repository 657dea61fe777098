package conformance_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/internal/document"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
	"github.com/istio-lightstep/istio-lightstep/pkg/render"
)

// checkOperator gives istioctl our document beside the user's, in each way that
// we tell users of.
func (c *conformance) checkOperator(t *testing.T) {
	t.Helper()
	mine := []byte(c.mineOperator())
	ours := c.render(t, "istioOperator")
	c.checkWarnings(t, ours)

	merged, err := document.Merge(mine, ours.YAML())
	require.NoError(t, err)
	checkMineComments(t, string(mine), string(merged))
	c.checkGenerated(t, merged)
	c.did(mergedInto)

	switch {
	case c.tools.Minor == "1.4": // Reads one file.
	case c.mapKeysOnly(t, ours):
		c.checkGenerated(t, mine, ours.YAML())
		c.did(secondFile)
	default:
		c.checkGenerated(t, mine, c.render(t, "istioOperator", controlPlane).YAML())
		c.did(secondFileLists)
	}
}

func (c *conformance) checkGenerated(t *testing.T, documents ...[]byte) {
	t.Helper()
	manifests, err := c.tools.ManifestGenerate(t.Context(), documents)
	require.NoError(t, err)
	c.did(tookManifest)
	c.checkControlPlane(t, manifests)
	c.checkGateways(t, manifests)
	c.checkMineInGateways(t, manifests)
}

// mapKeysOnly tells whether our document holds no list. With the collector and
// the shared ConfigMap it must be one key alone.
func (c *conformance) mapKeysOnly(t *testing.T, ours *render.Result) bool {
	t.Helper()
	spec := decode(t, ours.YAML())["spec"]
	if c.collector() && c.shared() {
		assert.Equal(t, map[string]any{"values": map[string]any{"pilot": map[string]any{
			"env": map[string]any{"SHARED_MESH_CONFIG": releaseName},
		}}}, spec)
	}
	if c.row.Native == "values" {
		assert.False(t, holdsList(spec), "the values of the task are no lists")
	}
	return !holdsList(spec)
}

// checkWarnings holds the warning about silent gateways to where they are.
func (c *conformance) checkWarnings(t *testing.T, result *render.Result) {
	t.Helper()
	warned := slices.ContainsFunc(result.Warnings, func(p problem.Problem) bool { return p.ID == "LS-GATEWAY-ZIPKIN-ONLY" })
	assert.Equal(t, c.native() && slices.Contains(c.row.GatewaysSilent, c.Output), warned, "LS-GATEWAY-ZIPKIN-ONLY")
}

package conformance_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/mod/semver"

	"github.com/istio-lightstep/istio-lightstep/test/conformance/istio"
)

// seedFlags are those of the documented task, which this project keeps alive.
var seedFlags = []string{
	"--set", "values.pilot.traceSampling=100",
	"--set", "values.global.proxy.tracer=lightstep",
	"--set", "values.global.tracer.lightstep.address=lightstep-satellite.lightstep:9292",
	"--set", "values.global.tracer.lightstep.accessToken=" + tokenMarker,
	"--set", "values.global.tracer.lightstep.secure=true",
	"--set", "values.global.tracer.lightstep.cacertPath=/etc/lightstep/cacert.pem",
}

// TestSeedFlags shows why the project exists: Istio itself takes the documented
// flags up to 1.5 only.
func TestSeedFlags(t *testing.T) {
	for _, tools := range openAll(t) {
		t.Run(tools.Version, func(t *testing.T) {
			manifests, err := tools.ManifestGenerate(t.Context(), nil, seedFlags...)
			if semver.Compare("v"+tools.Minor, "v1.5") <= 0 {
				require.NoError(t, err)
				mesh := meshOf(t, manifests)
				lightstep := mesh["defaultConfig"].(map[string]any)["tracing"].(map[string]any)["lightstep"]
				assert.Equal(t, map[string]any{
					"address":     "lightstep-satellite.lightstep:9292",
					"accessToken": tokenMarker,
					"secure":      true,
					"cacertPath":  "/etc/lightstep/cacert.pem",
				}, lightstep)
				return
			}
			var refusal *istio.Refusal
			require.ErrorAs(t, err, &refusal)
			assert.Regexp(t, `unknown field "(secure|cacertPath)"`, refusal.Message)
		})
	}
}

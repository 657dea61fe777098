package charts_test

import (
	"os/exec"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Who keeps the document never sees NOTES: its warnings are comments at its top, its parts stay as they are.
func TestDocumentKeepsItsWarnings(t *testing.T) {
	for name, helm := range helms(t) {
		t.Run(name, func(t *testing.T) {
			command := exec.CommandContext(t.Context(), helm, "template", "istio-lightstep", "istio-lightstep",
				"-f", "istio-lightstep/ci/native-mesh-config-values.yaml", "--set", "output=istiodValues,pilot.traceSampling=50")
			printed, err := command.Output()
			require.NoError(t, err)
			assert.Regexp(t, `(?m)^# Source: [^\n]+\n# global\.tracer\.lightstep\.accessToken: [^\n]+ \[LS-TOKEN-IN-CLEAR\]\nmeshConfig:\n`, string(printed))
		})
	}
}

package conformance_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/test/conformance/istio"
)

const serviceEntry = `
apiVersion: networking.istio.io/v1alpha3
kind: ServiceEntry
metadata: {name: satellite, namespace: istio-system}
spec:
  hosts: [satellite.example.com]
  location: MESH_EXTERNAL
  resolution: DNS
  ports: [{number: 4317, name: grpc-otlp, protocol: GRPC}]
`

func parse(t *testing.T, stream string) istio.Manifests {
	t.Helper()
	manifests, err := istio.ParseManifests([]byte(stream))
	require.NoError(t, err)
	return manifests
}

func TestValidate(t *testing.T) {
	for _, tools := range openAll(t) {
		t.Run(tools.Version, func(t *testing.T) {
			require.NoError(t, tools.Validate(t.Context(), parse(t, serviceEntry)))

			wrong := parse(t, serviceEntry)
			wrong[0].Object["spec"].(map[string]any)["resolution"] = "NOWHERE"
			var refusal *istio.Refusal
			require.ErrorAs(t, tools.Validate(t.Context(), wrong), &refusal)

			unread := parse(t, serviceEntry)
			unread[0].SetAPIVersion("networking.istio.io/v99")
			require.ErrorContains(t, tools.Validate(t.Context(), unread), "does not read")

			require.ErrorContains(t, tools.Validate(t.Context(), nil), "nothing to validate")
		})
	}
}

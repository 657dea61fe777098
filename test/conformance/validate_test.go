package conformance_test

import (
	"strings"
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
	forEachRelease(t, func(t *testing.T, tools istio.Tools) {
		t.Helper()
		require.NoError(t, tools.Validate(t.Context(), parse(t, serviceEntry)))

		wrong := parse(t, strings.ReplaceAll(serviceEntry, "4317", "431700"))
		var refusal *istio.Refusal
		require.ErrorAs(t, tools.Validate(t.Context(), wrong), &refusal)

		unread := parse(t, serviceEntry)
		unread[0].SetKind("NoSuchKind")
		require.ErrorContains(t, tools.Validate(t.Context(), unread), "does not read")

		require.ErrorContains(t, tools.Validate(t.Context(), nil), "nothing to validate")
	})
}

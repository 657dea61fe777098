package migrate_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/internal/migrate"
)

// TestLiveSeesWhatOthersUse reads every kind of object by which others use what
// leads to LightStep.
func TestLiveSeesWhatOthersUse(t *testing.T) {
	_, alone := migrateLive(t, liveObjects(t, ""), "1.28")
	require.Contains(t, alone.Report(), "delete it from the cluster once spans arrive")
	require.NotEmpty(t, routesThatGo(alone))
	seen := 0
	for why, object := range othersUse {
		if strings.Contains(object, "kind: Deployment") || !strings.Contains(object, "kind:") || strings.Contains(object, "{{") {
			continue // what workloads are told otherwise than by an annotation is not read
		}
		seen++
		_, result := migrateLive(t, liveObjects(t, strings.ReplaceAll(object, "name: ls}", "name: lightstep}")), "1.28")
		assert.Empty(t, routesThatGo(result), why)
		assert.Contains(t, result.Report(), " is left: "+strings.ReplaceAll(why, "/ls", "/lightstep")+", and may need it")
	}
	require.GreaterOrEqual(t, seen, 10)
	const sidecar = "apiVersion: networking.istio.io/v1\nkind: Sidecar\nmetadata: {name: default, namespace: shop}\nspec: {outboundTrafficPolicy: {mode: REGISTRY_ONLY}}\n"
	_, result := migrateLive(t, liveObjects(t, sidecar), "1.28")
	assert.Empty(t, routesThatGo(result), "a Sidecar lets workloads send to known hosts alone")

	live, _ := migrateLive(t, liveObjects(t, "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: other, namespace: shop}\nspec: {hosts: [example.com, \"*\"]}\n"), "1.28")
	for _, s := range live.Sources {
		assert.NotContains(t, s.Name, "virtualservice", "it uses none of the hosts")
	}
}

// routesThatGo are the commands that delete what leads to LightStep.
func routesThatGo(result *migrate.Result) []string {
	var found []string
	for _, step := range result.Steps {
		for line := range strings.Lines(step.Run) {
			if strings.Contains(line, "kubectl delete serviceentry") || strings.Contains(line, "kubectl delete destinationrule") {
				found = append(found, line)
			}
		}
	}
	return found
}

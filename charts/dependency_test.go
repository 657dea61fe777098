package charts_test

import (
	"encoding/base64"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

func TestDependencyTakesGlobalValues(t *testing.T) {
	chart := parent(t)
	for name, helm := range helms(t) {
		t.Run(name, func(t *testing.T) {
			objects, failure := template(t, helm, chart)
			require.Empty(t, failure)
			assert.Contains(t, objects, "ConfigMap team")
			assert.Contains(t, objects, "Telemetry platform-istio-lightstep")
			assert.Equal(t, base64.StdEncoding.EncodeToString([]byte("MARKER-token-5d1c")),
				field(t, objects["Secret platform-istio-lightstep-access-token"], "data", "token"))
			assert.Contains(t, field(t, objects["ConfigMap platform-istio-lightstep-collector"], "data", "config.yaml"), `"ingest.lightstep.com:443"`)
		})
	}
}

func TestDependencyIsLeftOutByItsCondition(t *testing.T) {
	chart := parent(t)
	for name, helm := range helms(t) {
		t.Run(name, func(t *testing.T) {
			// What would be refused is not even asked for.
			objects, failure := template(t, helm, chart, "--set", "istio-lightstep.enabled=false,global.tracer.lightstep.address=")
			require.Empty(t, failure)
			assert.Len(t, objects, 1)
			assert.Contains(t, objects, "ConfigMap team")
		})
	}
}

func TestDependencyRefusesForItsParent(t *testing.T) {
	chart := parent(t)
	for name, helm := range helms(t) {
		t.Run(name, func(t *testing.T) {
			objects, failure := template(t, helm, chart, "--set", "istio-lightstep.istio.version=1.32.0,global.tracer.lightstep.address=")
			assert.Empty(t, objects)
			assert.Contains(t, failure, "2 things to mend")
			assert.Contains(t, failure, "LS-ISTIO-VERSION-NEW")
			assert.Contains(t, failure, "LS-ADDRESS-MISSING")
			assert.NotContains(t, failure, "MARKER")
		})
	}
}

func TestDependencyTwiceByAlias(t *testing.T) {
	chart := parent(t)
	for name, helm := range helms(t) {
		t.Run(name, func(t *testing.T) {
			objects, failure := template(t, helm, chart, "--set", "canary-tracing.enabled=true")
			require.Empty(t, failure)
			first, second := objects["Telemetry platform-istio-lightstep"], objects["Telemetry platform-canary-tracing"]
			require.NotNil(t, first)
			require.NotNil(t, second)
			assert.Empty(t, first.GetLabels()["istio.io/rev"])
			assert.Equal(t, "canary", second.GetLabels()["istio.io/rev"])
			// Each Service finds the pods of its own collector alone.
			one, _, _ := unstructured.NestedStringMap(objects["Service platform-istio-lightstep-collector"].Object, "spec", "selector")
			two, _, _ := unstructured.NestedStringMap(objects["Service platform-canary-tracing-collector"].Object, "spec", "selector")
			assert.NotEmpty(t, one)
			assert.NotEqual(t, one, two)
		})
	}
}

package leftover

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/pkg/render"
)

// around is what is beside a release in the namespace lightstep.
const around = `
---
apiVersion: v1
kind: Namespace
metadata: {name: lightstep, labels: {kubernetes.io/metadata.name: lightstep}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: istio, namespace: istio-system}
data:
  mesh: |
    discoverySelectors:
    - matchLabels:
        kubernetes.io/metadata.name: lightstep
    extensionProviders:
    - name: istio-lightstep
      opentelemetry: {service: lightstep/mesh-istio-lightstep-collector.lightstep.svc.cluster.local, port: 4317}
---
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: tracing, namespace: argocd}
spec: {destination: {namespace: lightstep}}
`

const beside = `
---
apiVersion: v1
kind: ConfigMap
metadata: {name: old, namespace: lightstep}
data:
  satellite: satellite.lightstep.svc.cluster.local:8383
  public: mesh-istio-lightstep-collector.lightstep.com
  image: "lightstep/microsatellite:latest"
  tracer: lightstep
  lines: |
    namespace: lightstep-old
    tracer: lightstep
`

func inLightStep(t *testing.T) string {
	t.Helper()
	renderer, err := render.New(render.WithRelease("mesh", "lightstep"))
	require.NoError(t, err)
	values, err := render.ReadValues(render.Bytes("values.yaml", []byte(`
istio: {version: "1.28.2"}
backends:
  honeycomb: {preset: honeycomb, headers: {x-honeycomb-team: {secret: {name: honeycomb, key: api-key}}}}
`)))
	require.NoError(t, err)
	result, err := renderer.Render(t.Context(), values)
	require.NoError(t, err)
	return string(result.YAML())
}

// The namespace that a release is in may be called lightstep: its name is no
// mention where it stands for the namespace, and anything else is.
func TestTheReleasesOwnNamespaceIsNoMention(t *testing.T) {
	t.Parallel()
	release := inLightStep(t)
	assert.Empty(t, names(look(t, release+around)))
	assert.Equal(t, []string{
		`ConfigMap lightstep/old: data.image`, `ConfigMap lightstep/old: data.lines, line 1`, `ConfigMap lightstep/old: data.lines, line 2`,
		`ConfigMap lightstep/old: data.public`, `ConfigMap lightstep/old: data.satellite`, `ConfigMap lightstep/old: data.tracer`,
	}, names(look(t, release+around+beside)))
}

// A namespace that no release is in is one that LightStep's collectors were in.
func TestANamespaceWithoutAReleaseIsAMention(t *testing.T) {
	t.Parallel()
	assert.Equal(t, []string{
		`Application argocd/tracing: spec.destination.namespace`,
		`ConfigMap istio-system/istio: data.mesh, line 3`, `ConfigMap istio-system/istio: data.mesh, line 6`,
		`Namespace lightstep: metadata.name`,
	}, names(look(t, around)))
}

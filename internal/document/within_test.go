package document_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/internal/document"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

const (
	release  = "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: istiod}\nspec:\n  values:\n    meshConfig:\n      enableTracing: true\n      extensionProviders:\n      - name: own\n        zipkin: {service: z.obs}\n"
	umbrella = "# a platform's chart\nistiod:\n  meshConfig:\n    extensionProviders:\n    - name: own\n      zipkin: {service: z.obs}\ncni: {enabled: true}\n"
	helmfile = "releases:\n- name: istiod\n  values:\n  - meshConfig: {extensionProviders: [{name: own, zipkin: {service: z.obs}}]}\n"
)

// TestValuesWithinAnotherDocument: they are read, and ours are merged where they
// stand.
func TestValuesWithinAnotherDocument(t *testing.T) {
	const ours = "meshConfig:\n  extensionProviders:\n  - name: ours\n    zipkin: {service: c.istio}\n"
	for name, wanted := range map[string]string{
		release:  release + "      - name: ours\n        zipkin: {service: c.istio}\n",
		umbrella: "# a platform's chart\nistiod:\n  meshConfig:\n    extensionProviders:\n    - name: own\n      zipkin: {service: z.obs}\n    - name: ours\n      zipkin: {service: c.istio}\ncni: {enabled: true}\n",
		helmfile: "releases:\n- name: istiod\n  values:\n  - meshConfig: {extensionProviders: [{name: own, zipkin: {service: z.obs}}, {name: ours, zipkin: {service: c.istio}}]}\n",
	} {
		d, err := document.Normalise([]byte(name))
		require.NoError(t, err, name)
		providers := d.Value["meshConfig"].(map[string]any)["extensionProviders"].([]any)
		assert.Equal(t, "own", providers[0].(map[string]any)["name"], name)
		line, _ := d.Position("meshConfig.extensionProviders[0].name")
		assert.Positive(t, line)
		merged, err := document.Merge([]byte(name), []byte(ours))
		require.NoError(t, err, name)
		assert.Equal(t, wanted, string(merged), name)
		again, err := document.Merge(merged, []byte(ours))
		require.NoError(t, err)
		assert.Equal(t, string(merged), string(again))
	}
}

func TestValuesWithinAreRefused(t *testing.T) {
	for text, reason := range map[string]string{
		release + "---\n" + release:                                                                 "values of Istio stand in 2 places, the first at spec.values",
		"apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: shop}\n":                           "no document is a control plane's; found: Deployment",
		"static_resources: {clusters: [{name: lightstep}]}\n":                                       "this mentions LightStep, and the document has no setting where Istio reads any",
		"mode: deployment\nconfig: {exporters: {otlp: {endpoint: \"ingest.lightstep.com:443\"}}}\n": "this mentions LightStep",
	} {
		_, err := document.Normalise([]byte(text))
		var refused *document.Error
		require.True(t, errors.As(err, &refused), text)
		assert.Contains(t, refused.Problem.Reason, reason)
		assert.Equal(t, "LS-DOCUMENT-KIND", refused.Problem.ID)
		_, err = document.Merge([]byte(text), []byte("meshConfig: {rootNamespace: a}\n"))
		require.ErrorAs(t, err, &refused, text)
	}
	_, err := document.Merge([]byte(application), []byte("meshConfig: {rootNamespace: a}\n"))
	require.ErrorContains(t, err, "the values of istiod stand here in a text")
	for _, mine := range []string{
		"kind: HelmChart\nspec:\n  chart: istiod\n  valuesContent: |-\n    pilot: {env: {A: b}}\n",
		"kind: HelmChartConfig\nmetadata: {name: istiod}\nspec:\n  valuesContent: |-\n    autoscaleMin: 2\n",
		"kind: Application\nspec:\n  source: {chart: istiod, helm: {values: 'pilot: {env: {A: b}}'}}\n",
	} {
		_, err := document.Merge([]byte(mine), []byte("pilot: {env: {SHARED_MESH_CONFIG: a}}\n"))
		require.ErrorContains(t, err, "the values of istiod stand here in a text, and nothing is merged into a text")
	}
}

// TestUnread: a file that has no setting of Istio passes with a word, for it may be
// the wrong one.
func TestUnread(t *testing.T) {
	for text, wanted := range map[string]int{
		"replicaCount: 2\nimage: {tag: x}\n":                           1,
		"telemetry: {}\n":                                              1,
		"spec: {meshConfig: {accessLogFile: /dev/stdout}}\n":           1,
		"pilot: {autoscaleMin: 2}\n":                                   0,
		"global: {hub: mine}\n":                                        0,
		"accessLogFile: /dev/stdout\nenableTracing: true\n":            0,
		"apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\n": 0,
	} {
		d, err := document.Normalise([]byte(text))
		require.NoError(t, err, text)
		require.Len(t, d.Problems, wanted, text)
		for _, p := range d.Problems {
			assert.Equal(t, "LS-DOCUMENT-KIND", p.ID, text)
			assert.Equal(t, problem.SeverityWarning, p.Severity, text)
		}
	}
}

// TestTakesVariables: what may set the variables of istiod.
func TestTakesVariables(t *testing.T) {
	for text, wanted := range map[string]any{
		"apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\n": true,
		"meshConfig: {accessLogFile: /dev/stdout}\n":                   true,
		"istiod: {meshConfig: {enableTracing: true}}\n":                true,
		"accessLogFile: /dev/stdout\nenableTracing: true\n":            nil,
		"env: {A: b}\n": nil, // a gateway's, as far as is known
		"kind: ConfigMap\napiVersion: v1\nmetadata: {name: istio}\ndata: {mesh: \"enableTracing: true\"}\n": nil,
	} {
		d, err := document.Normalise([]byte(text))
		require.NoError(t, err, text)
		assert.Equal(t, wanted, d.Value["takesVariables"], text)
	}
}

// TestValuesOfIstiodWithinAnUmbrellaChart: that they say nothing of tracing yet is
// no reason to write at the root, where no istiod reads.
func TestValuesOfIstiodWithinAnUmbrellaChart(t *testing.T) {
	const ours = "pilot:\n  env:\n    SHARED_MESH_CONFIG: ours\n"
	for mine, wanted := range map[string]string{
		"istiod: {pilot: {env: {A: \"1\"}}}\n":                                 "istiod: {pilot: {env: {A: \"1\", SHARED_MESH_CONFIG: ours}}}\n",
		"control:\n  pilot:\n    env:\n      A: b\n":                           "control:\n  pilot:\n    env:\n      A: b\n      SHARED_MESH_CONFIG: ours\n",
		"global: {hub: mine}\nistiod:\n  pilot:\n    traceSampling: 1\n":       "global: {hub: mine}\nistiod:\n  pilot:\n    traceSampling: 1\n    env:\n      SHARED_MESH_CONFIG: ours\n",
		"istiod:\n  global:\n    hub: mine\n":                                  "istiod:\n  global:\n    hub: mine\n  pilot:\n    env:\n      SHARED_MESH_CONFIG: ours\n",
		"kind: HelmRelease\nspec:\n  values:\n    pilot:\n      env: {A: b}\n": "kind: HelmRelease\nspec:\n  values:\n    pilot:\n      env: {A: b, SHARED_MESH_CONFIG: ours}\n",
		"defaults:\n  pilot:\n    env:\n      A: b\n":                          "defaults:\n  pilot:\n    env:\n      A: b\n" + ours,
		"pilot:\n  env:\n    A: b\n":                                           "pilot:\n  env:\n    A: b\n    SHARED_MESH_CONFIG: ours\n",
		"global: {hub: mine}\n":                                                "global: {hub: mine}\n" + ours,
	} {
		merged, err := document.Merge([]byte(mine), []byte(ours))
		require.NoError(t, err, mine)
		assert.Equal(t, wanted, string(merged))
		again, err := document.Merge(merged, []byte(ours))
		require.NoError(t, err)
		assert.Equal(t, wanted, string(again))
		d, err := document.Normalise(merged)
		require.NoError(t, err)
		assert.Equal(t, []any{"ours"}, d.Value["sharedMeshConfig"], mine)
	}
	for _, mine := range []string{
		"istiod: {pilot: {env: {A: \"1\"}}}\n" + ours,
		"istiod: {meshConfig: {enableTracing: true}}\n" + ours,
		"istiod: {global: {hub: mine}}\nenv: {SHARED_MESH_CONFIG: ours}\n",
	} {
		_, err := document.Normalise([]byte(mine))
		var refused *document.Error
		require.ErrorAs(t, err, &refused, mine)
		assert.Equal(t, "LS-DOCUMENT-KIND", refused.Problem.ID)
		assert.Equal(t, "the values of istiod stand at istiod, and no istiod reads SHARED_MESH_CONFIG here", refused.Problem.Reason)
		assert.Equal(t, "move it below istiod", refused.Problem.Fix)
		assert.Positive(t, refused.Problem.Line)
		_, err = document.Merge([]byte(mine), []byte(ours))
		require.ErrorAs(t, err, &refused, mine)
	}
}

// TestValuesOfIstiodByItsChart: what installs istiod's chart has values of Istio,
// whatever they say, and what installs another chart has not.
func TestValuesOfIstiodByItsChart(t *testing.T) {
	const (
		ours = "pilot:\n  env:\n    SHARED_MESH_CONFIG: ours\n"
		own  = "{meshConfig: {accessLogFile: /dev/stdout}}"
		with = "{meshConfig: {accessLogFile: /dev/stdout}, pilot: {env: {SHARED_MESH_CONFIG: ours}}}"
		base = "kind: HelmRelease\nspec: {chart: {spec: {chart: base}}, values: {global: {hub: mine}}}\n---\n"
	)
	for _, around := range []string{
		"apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nspec: {chart: {spec: {chart: istiod, version: \"1.26.2\"}}, values: OWN}\n",
		base + "kind: HelmRelease\nspec:\n  chart: {spec: {chart: ./charts/istiod/}}\n  values: OWN\n",
		"kind: HelmRelease\nspec: {chart: {repository: r, name: istiod}, values: OWN}\n",
		"kind: Application\nspec: {source: {chart: istiod, helm: {valuesObject: OWN}}}\n",
		"kind: Application\nspec:\n  sources:\n  - {chart: base, helm: {valuesObject: {a: b}}}\n  - {chart: istiod, helm: {valuesObject: OWN}}\n",
		"kind: ApplicationSet\nspec: {template: {spec: {source: {path: vendor/istio-discovery, helm: {valuesObject: OWN}}}}}\n",
		"kind: HelmChart\nspec: {chart: \"https://example.com/istiod-1.26.2.tgz\", values: OWN}\n",
		"kind: Release\nspec: {forProvider: {chart: {name: istiod}, values: OWN}}\n",
		"releases:\n- {name: a, chart: istio/istiod, values: [values.yaml, OWN]}\n",
	} {
		mine, wanted := strings.ReplaceAll(around, "OWN", own), strings.ReplaceAll(around, "OWN", with)
		d, err := document.Normalise([]byte(mine))
		require.NoError(t, err, mine)
		assert.Equal(t, "/dev/stdout", d.Value["meshConfig"].(map[string]any)["accessLogFile"], mine)
		merged, err := document.Merge([]byte(mine), []byte(ours))
		require.NoError(t, err, mine)
		assert.Equal(t, wanted, string(merged))

		other := strings.NewReplacer("istiod", "other", "istio-discovery", "other", "OWN", own).Replace(around)
		_, err = document.Merge([]byte(other), []byte(ours))
		var refused *document.Error
		if strings.Contains(other, "kind:") {
			require.ErrorAs(t, err, &refused, other)
			assert.Contains(t, refused.Problem.Reason, "no document is of the kind to merge")
			assert.Contains(t, refused.Problem.Fix, "a HelmRelease, Application, HelmChart or Release of the chart istiod")
		}
	}
	const empty = "kind: HelmRelease\nspec:\n  chart: {spec: {chart: istiod}}\n  values: {}\n"
	merged, err := document.Merge([]byte(empty), []byte(ours))
	require.NoError(t, err)
	d, err := document.Normalise(merged)
	require.NoError(t, err)
	assert.Equal(t, []any{"ours"}, d.Value["sharedMeshConfig"])
}

// TestValuesOfAGatewayInAnUmbrellaChart: which subchart is a gateway of the mesh is
// known to its owner alone, and at the root none reads them.
func TestValuesOfAGatewayInAnUmbrellaChart(t *testing.T) {
	for _, ours := range []string{"volumes: [{name: a}]\n", "gateways: {istio-ingressgateway: {secretVolumes: [{name: a}]}}\n"} {
		for mine, line := range map[string]int{
			"a: 1\nistiod: {pilot: {env: {A: b}}}\n":                    2,
			"control:\n  meshConfig: {enableTracing: true}\nedge: {}\n": 1,
			"gateway: {replicaCount: 2}\n":                              1,
			"istio-ingress:\n  service: {type: ClusterIP}\n":            1,
			"istio-egressgateway: {labels: {a: b}}\nother: {a: b}\n":    1,
		} {
			_, err := document.Merge([]byte(mine), []byte(ours))
			var refused *document.Error
			require.ErrorAs(t, err, &refused, mine)
			assert.Equal(t, "LS-DOCUMENT-KIND", refused.Problem.ID)
			assert.Contains(t, refused.Problem.Reason, "no gateway reads its own at the root", mine)
			assert.Equal(t, line, refused.Problem.Line, mine)
		}
		for _, mine := range []string{
			"replicaCount: 2\nservice: {type: ClusterIP}\nlabels: {istio: ingress}\n", "volumes: []\n", "gateways: {istio-egressgateway: {a: b}}\n", "gateway: text\n",
			"global: {proxy: {tracer: lightstep}}\n",
		} {
			_, err := document.Merge([]byte(mine), []byte(ours))
			require.NoError(t, err, mine)
		}
	}
}

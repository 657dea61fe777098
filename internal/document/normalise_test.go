package document_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/internal/document"
)

func TestNormalise(t *testing.T) {
	provider := map[string]any{"extensionProviders": []any{map[string]any{
		"name": "ls", "lightstep": map[string]any{"port": int64(443)},
	}}}
	pilot := map[string]any{"pilot": map[string]any{"traceSampling": 1.5}}

	for name, c := range map[string]struct{ mine, path, at string }{
		"IstioOperator": {operator + `spec:
  meshConfig:
    extensionProviders:
    - name: ls
      lightstep: {port: 443}
  values:
    pilot: {traceSampling: 1.5}
`, "document.meshConfig.extensionProviders[0].lightstep", "7:7"},
		"IstioControlPlane, mesh config among the values": {`apiVersion: install.istio.io/v1alpha2
kind: IstioControlPlane
spec:
  values:
    pilot: {traceSampling: 1.5}
    meshConfig: {extensionProviders: [{name: ls, lightstep: {port: 443}}]}
`, "document.meshConfig.extensionProviders[0].lightstep.port", "6:62"},
		"Sail, in a file of others": {`apiVersion: v1
kind: Namespace
---
apiVersion: sailoperator.io/v1
kind: Istio
spec:
  values:
    pilot: &pilot {traceSampling: 1.5}
    meshConfig:
      extensionProviders:
      - {name: ls, lightstep: {port: 443}}
`, "document.values.pilot.traceSampling", "8:20"},
		"values of a chart": {`meshConfig:
  extensionProviders:
  - name: ls
    lightstep:
      port: 443
pilot:
  traceSampling: 1.5
`, "document.values.pilot.nothing", "6:1"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := document.Normalise([]byte(c.mine))
			require.NoError(t, err)
			assert.Equal(t, map[string]any{"meshConfig": provider, "values": pilot, "sampling": 1.5, "takesVariables": true}, got.Value)
			assert.Equal(t, c.at, at(got, c.path))
		})
	}
}

func at(d *document.Document, path string) string {
	line, column := d.Position(path)
	return fmt.Sprintf("%d:%d", line, column)
}

func TestNormaliseMeshConfigAlone(t *testing.T) {
	got, err := document.Normalise([]byte("# mesh\nenableTracing: yes\ndefaultConfig: {tracing: {zipkin: {address: z}}}\n"))
	require.NoError(t, err)
	assert.Equal(t, map[string]any{
		"meshConfig": map[string]any{
			"enableTracing": true,
			"defaultConfig": map[string]any{"tracing": map[string]any{"zipkin": map[string]any{"address": "z"}}},
		},
		"values": map[string]any{},
	}, got.Value)
	assert.Equal(t, "3:27", at(got, "meshConfig.defaultConfig.tracing.zipkin"))
	assert.Equal(t, "0:0", at(got, "document.values.pilot"))
}

func TestNormaliseMeshConfigOfSpecHolds(t *testing.T) {
	got, err := document.Normalise([]byte(operator + `base: &base
  rootNamespace: base
spec:
  meshConfig:
    <<: *base
    defaultConfig: {tracing: {sampling: 1}}
    extensionProviders: [{name: a}]
  values:
    meshConfig:
      rootNamespace: values
      trustDomain: values
      defaultConfig: {tracing: {sampling: 2, zipkin: {}}}
      extensionProviders: [{name: b}, {name: c}]
`))
	require.NoError(t, err)
	assert.Equal(t, map[string]any{
		"rootNamespace":      "base",
		"trustDomain":        "values",
		"defaultConfig":      map[string]any{"tracing": map[string]any{"sampling": int64(1), "zipkin": map[string]any{}}},
		"extensionProviders": []any{map[string]any{"name": "a"}},
	}, got.Value["meshConfig"])
	assert.Equal(t, "8:31", at(got, "meshConfig.defaultConfig.tracing.sampling"))
	assert.Equal(t, "14:46", at(got, "meshConfig.defaultConfig.tracing.zipkin"))
	assert.Equal(t, "4:3", at(got, "meshConfig.rootNamespace"))
	assert.Equal(t, "9:5", at(got, "meshConfig.extensionProviders[1].name"))
}

// istioctl lays spec.unvalidatedValues over all else, key by key.
func TestNormaliseUnvalidatedValuesHold(t *testing.T) {
	got, err := document.Normalise([]byte(operator + `spec:
  meshConfig: {rootNamespace: spec, extensionProviders: [{name: a}]}
  unvalidatedValues:
    global: {tag: 1.28.1}
    pilot: {env: {PILOT_TRACE_SAMPLING: "5"}}
    meshConfig: {rootNamespace: unvalidated, extensionProviders: [{name: b}]}
    defaults: {meshConfig: {trustDomain: default}, pilot: {autoscaleMin: 2}}
  values:
    global: {tag: 1.26.2, istioNamespace: foo}
    pilot: {autoscaleMin: 1, env: {A: b}}
`))
	require.NoError(t, err)
	assert.Equal(t, map[string]any{
		"meshConfig": map[string]any{
			"rootNamespace": "unvalidated", "trustDomain": "default", "extensionProviders": []any{map[string]any{"name": "b"}},
		},
		"values": map[string]any{
			"global": map[string]any{"tag": "1.28.1", "istioNamespace": "foo"},
			"pilot":  map[string]any{"autoscaleMin": int64(1), "env": map[string]any{"A": "b", "PILOT_TRACE_SAMPLING": "5"}},
		},
		"version": "1.28.1", "istiodNamespace": "foo", "sampling": int64(5), "takesVariables": true,
	}, got.Value)
	assert.Equal(t, "8:68", at(got, "meshConfig.extensionProviders[0].name"))
}

// The control plane's own facts, from wherever a document of each kind says them.
func TestNormaliseIdentity(t *testing.T) {
	sail := "apiVersion: sailoperator.io/v1\nkind: Istio\n"
	const application = "apiVersion: argoproj.io/v1alpha1\nkind: Application\n"
	const repository = "kind: OCIRepository\nspec:\n  url: oci://gcr.io/istio-release/charts/istiod\n  ref: {tag: \"1.26.2\"}\n"
	for name, c := range map[string]struct {
		mine string
		want map[string]any
		at   string // of the first of them
	}{
		"nothing":                          {operator + "spec: {}\n", map[string]any{}, ""},
		"namespace of an operator":         {operator + "spec: {namespace: foo, values: {global: {istioNamespace: bar}}}\n", map[string]any{"istiodNamespace": "foo"}, "3:19"},
		"namespace of values":              {"global: {istioNamespace: bar}\npilot: {}\n", map[string]any{"istiodNamespace": "bar"}, "1:26"},
		"namespace in defaults":            {"defaults: {global: {istioNamespace: bar}}\n", map[string]any{"istiodNamespace": "bar"}, "1:37"},
		"no text":                          {operator + "spec: {namespace: {a: b}, tag: latest}\n", map[string]any{}, ""},
		"version of a Sail Istio":          {sail + "spec: {version: v1.24-latest, namespace: a}\n", map[string]any{"version": "v1.24-latest", "istiodNamespace": "a"}, "3:17"},
		"tag of an operator":               {operator + "spec: {tag: 1.15, values: {global: {tag: 1.26.2}}}\n", map[string]any{"version": "1.15"}, "3:13"},
		"tag of values":                    {"global: {tag: 1.26.2-distroless}\npilot: {}\n", map[string]any{"version": "1.26.2-distroless"}, "1:15"},
		"version of a Sail IstioRevision":  {strings.Replace(sail, "Istio", "IstioRevision", 1) + "spec: {version: v1.24.1}\n", map[string]any{"version": "v1.24.1"}, "3:17"},
		"Argo CD":                          {application + "spec:\n  source: {chart: istiod, targetRevision: 1.14.3, helm: {valuesObject: {pilot: {env: {a: b}}}}}\n", map[string]any{"version": "1.14.3"}, "4:43"},
		"Argo CD, values in a text":        {application + "spec:\n  source:\n    chart: istiod\n    targetRevision: 1.14.3\n    helm:\n      values: |\n        meshConfig: {rootNamespace: a}\n", map[string]any{"version": "1.14.3"}, "6:21"},
		"Argo CD, no values":               {application + "spec: {source: {chart: istiod, targetRevision: 1.14.3}}\n", map[string]any{"version": "1.14.3"}, "3:48"},
		"Argo CD, sources":                 {application + "spec: {sources: [{chart: other, targetRevision: 1.1.1}, {chart: istiod, targetRevision: ~1.14, helm: {valuesObject: {pilot: {env: {a: b}}}}}]}\n", map[string]any{"version": "~1.14"}, "3:89"},
		"Argo CD, a tag of Git":            {application + "spec: {source: {path: vendor/istiod, targetRevision: 1.14.3, helm: {valuesObject: {pilot: {env: {a: b}}}}}}\n", map[string]any{}, ""},
		"Argo CD, base and istiod":         {application + "spec: {source: {chart: base, repoURL: istio.io, targetRevision: 1.13.0}}\n---\n" + application + "spec: {source: {chart: istiod, targetRevision: 1.14.3}}\n", map[string]any{"version": "1.14.3"}, "7:48"},
		"Argo CD, a gateway":               {application + "spec: {source: {chart: gateway, repoURL: \"https://istio-release.storage.googleapis.com/charts\", targetRevision: 1.14.3, helm: {valuesObject: {a: b}}}}\n", map[string]any{"version": "1.14.3"}, ""},
		"Flux":                             {"kind: HelmRelease\nspec: {chart: {spec: {chart: istiod, version: \">=1.20 <1.23\"}}, values: {pilot: {env: {a: b}}}}\n", map[string]any{"version": ">=1.20 <1.23"}, "2:47"},
		"Flux, an OCIRepository":           {repository + "---\nkind: HelmRelease\nspec: {chartRef: {kind: OCIRepository, name: istiod}}\n", map[string]any{"version": "1.26.2"}, "4:14"},
		"Flux, values beside a chartRef":   {repository + "---\nkind: HelmRelease\nspec: {chartRef: {kind: OCIRepository, name: istiod}, values: {global: {istioNamespace: bar}}}\n", map[string]any{"istiodNamespace": "bar"}, ""},
		"the first Flux":                   {"kind: HelmRelease\nspec: {chart: {name: istiod, version: 1.14}, values: {pilot: {env: {a: b}}}}\n", map[string]any{"version": "1.14"}, ""},
		"Flux, any version":                {"kind: HelmRelease\nspec: {chart: {spec: {chart: istiod, version: \"*\"}}, values: {pilot: {env: {a: b}}}}\n", map[string]any{}, ""},
		"k3s":                              {"kind: HelmChart\nspec:\n  chart: istio/istiod\n  version: 1.x\n  valuesContent: |\n    pilot: {env: {a: b}}\n", map[string]any{"version": "1.x"}, "4:12"},
		"k3s, an archive":                  {"kind: HelmChart\nspec: {chart: \"https://example.com/istiod-1.26.2.tgz\", values: {pilot: {env: {a: b}}}}\n", map[string]any{"version": "1.26.2"}, ""},
		"helmfile":                         {"releases:\n- {name: a, chart: istio/istiod, version: 1.14.3, values: [values.yaml, {pilot: {env: {a: b}}}]}\n", map[string]any{"version": "1.14.3"}, ""},
		"a tag before the chart's version": {application + "spec: {source: {chart: istiod, targetRevision: 1.14.3, helm: {valuesObject: {global: {tag: 1.15.1}}}}}\n", map[string]any{"version": "1.15.1"}, ""},
		"a tag that is no version":         {operator + "spec: {tag: 5}\n", map[string]any{}, ""},
		"sampling of mesh config":          {operator + "spec: {meshConfig: {defaultConfig: {tracing: {sampling: 2}}}, values: {pilot: {traceSampling: 3}}}\n", map[string]any{"sampling": int64(2)}, "3:57"},
		"sampling of a variable":           {operator + "spec: {components: {pilot: {k8s: {env: [{name: PILOT_TRACE_SAMPLING, value: \"0.5\"}]}}}, values: {pilot: {traceSampling: 3}}}\n", map[string]any{"sampling": 0.5}, "3:77"},
		"sampling of an old chart":         {"traceSampling: 4\nenv: {}\n", map[string]any{"sampling": int64(4)}, "1:16"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := document.Normalise([]byte(c.mine))
			require.NoError(t, err)
			facts := map[string]any{}
			for _, key := range []string{"version", "istiodNamespace", "sampling"} {
				if value := got.Value[key]; value != nil {
					facts[key] = value
					if c.at != "" {
						assert.Equal(t, c.at, at(got, "document."+key))
						c.at = ""
					}
				}
			}
			assert.Equal(t, c.want, facts)
		})
	}
}

// The revision is that of istiod: values of a gateway may name a tag.
func TestNormaliseRevision(t *testing.T) {
	release := "kind: HelmRelease\nspec: {chart: {spec: {chart: istiod}}, values: {revision: a, global: {istioNamespace: b}}}\n"
	for name, c := range map[string]struct {
		mine string
		want any
	}{
		"an operator":              {operator + "spec: {revision: a}\n", "a"},
		"values of an operator":    {operator + "spec: {values: {revision: a}}\n", "a"},
		"a Sail Istio":             {"apiVersion: sailoperator.io/v1\nkind: Istio\nspec: {values: {revision: a}}\n", "a"},
		"a mesh ConfigMap":         {"kind: ConfigMap\nmetadata: {name: istio-a, labels: {istio.io/rev: a}}\ndata: {mesh: \"rootNamespace: b\"}\n", "a"},
		"values of istiod":         {"revision: a\npilot: {}\n", "a"},
		"values with a meshConfig": {"revision: a\nmeshConfig: {}\n", "a"},
		"values in defaults":       {"defaults: {revision: a, pilot: {}}\n", "a"},
		"values of an old chart":   {"revision: a\ntraceSampling: 4\n", "a"},
		"a release of istiod":      {release, "a"},
		"values of a gateway":      {"revision: prod-stable\nservice: {type: LoadBalancer}\nlabels: {istio: ingressgateway}\n", nil},
		"a gateway with a global":  {"revision: prod-stable\nglobal: {hub: b}\nenv: {A: b}\n", nil},
		"no revision":              {"pilot: {}\n", nil},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := document.Normalise([]byte(c.mine))
			require.NoError(t, err)
			assert.Equal(t, c.want, got.Value["revision"])
		})
	}
}

// What a document says is what Helm and istioctl read, which take the last entry
// of a map, also where `<<` merges it in.
func TestNormaliseReadsAsHelmDoes(t *testing.T) {
	got, err := document.Normalise([]byte("base: &base {rootNamespace: base}\nmeshConfig:\n  rootNamespace: own\n  <<: *base\n  yes: 010\n"))
	require.NoError(t, err)
	assert.Equal(t, map[string]any{"rootNamespace": "base", "true": int64(8)}, got.Value["meshConfig"])
	assert.Equal(t, "1:14", at(got, "meshConfig.rootNamespace"))
	assert.Equal(t, "5:3", at(got, "meshConfig.true"))
}

func TestNormaliseRefuses(t *testing.T) {
	for mine, id := range map[string]string{
		"":                            "LS-DOCUMENT-KIND",
		"kind: Deployment\n":          "LS-DOCUMENT-KIND",
		operator + "---\n" + operator: "LS-DOCUMENT-KIND",
		"a: 1\na: 2\n":                "LS-DOCUMENT-DUPLICATE-KEY",
		"a: [\n":                      "LS-DOCUMENT-YAML",
		"meshConfig: &a {<<: *a, b: *a, c: *a}\n": "LS-DOCUMENT-ALIAS",
		bomb(): "LS-DOCUMENT-ALIAS",
	} {
		_, err := document.Normalise([]byte(mine))
		var refused *document.Error
		require.True(t, errors.As(err, &refused), "%q: %v", mine, err)
		assert.Equal(t, id, refused.Problem.ID, "%v", err)
	}
}

func FuzzNormalise(f *testing.F) {
	for _, c := range merges {
		f.Add(operator+c.mine, "document.meshConfig.extensionProviders[0].name")
	}
	f.Fuzz(func(t *testing.T, mine, path string) {
		for i := range 4 {
			at := len(mine) * i / 3
			if _, err := document.Normalise([]byte(mine[:at] + "S3CRETtoken12345" + mine[at:])); err != nil {
				require.NotContains(t, err.Error(), "S3CRETtoken12345")
			}
		}
		d, err := document.Normalise([]byte(mine))
		if err != nil {
			return
		}
		require.GreaterOrEqual(t, len(d.Value), 2)
		line, column := d.Position(path)
		require.GreaterOrEqual(t, line, 0)
		require.GreaterOrEqual(t, column, 0)
	})
}

// TestValuesFromElsewhere: the version of a chart is read, and that its values are not is said.
func TestValuesFromElsewhere(t *testing.T) {
	for mine, line := range map[string]int{
		"kind: Application\nspec: {source: {chart: istiod, targetRevision: 1.14.3,\n  helm: {valueFiles: [a.yaml]}}}\n":             3,
		"kind: HelmRelease\nspec:\n  chart: {spec: {chart: istiod, version: 1.14.3}}\n  valuesFrom: [{kind: ConfigMap, name: a}]\n": 4,
	} {
		d, err := document.Normalise([]byte(mine))
		var refused *document.Error
		require.ErrorAs(t, err, &refused, mine)
		assert.Equal(t, line, refused.Problem.Line)
		assert.Contains(t, refused.Problem.Reason, "taken from elsewhere")
		require.NotNil(t, d)
		assert.Equal(t, "1.14.3", d.Value["version"])
	}
	_, err := document.Normalise([]byte("kind: Application\nspec: {source: {chart: gateway, repoURL: mine, targetRevision: 1.14.3}}\n"))
	require.Error(t, err, "another's gateway")
}

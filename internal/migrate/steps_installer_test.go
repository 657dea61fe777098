package migrate_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/internal/migrate"
)

// TestTheStepsAreThoseOfTheInstaller: of several files the one that installs Istio tells,
// and not one that only holds values for it.
func TestTheStepsAreThoseOfTheInstaller(t *testing.T) {
	t.Parallel()
	const provider = "{extensionProviders: [{name: ls, lightstep: {service: sat.obs, port: 8360, accessToken: t0kz9d6b7a1e4c52}}], defaultProviders: {tracing: [ls]}}"
	configMap := func(namespace, name, key, text string) string {
		return "apiVersion: v1\nkind: ConfigMap\nmetadata: {namespace: " + namespace + ", name: " + name + "}\ndata:\n  " + key + ": |\n    " + text + "\n"
	}
	values := configMap("flux-system", "istiod-values", "values.yaml", "meshConfig: "+provider)
	flux := "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {namespace: flux-system, name: istiod}\nspec:\n" +
		"  valuesFrom: [{kind: ConfigMap, name: istiod-values}]\n  values: {pilot: {traceSampling: 3}, meshConfig: {defaultConfig: {tracing: {sampling: 3}}}}\n"
	aks := configMap("aks-istio-system", "istio-shared-configmap-asm-1-24", "mesh", provider)
	for name, test := range map[string]struct {
		sources []string
		live    bool
		want    string
	}{
		"values behind a HelmRelease":   {[]string{flux, values}, false, "flux reconcile helmrelease istiod"},
		"values before a HelmRelease":   {[]string{values, flux}, false, "flux reconcile helmrelease istiod"},
		"values alone":                  {[]string{values}, false, `into data.values\.yaml of configmap istiod-values`},
		"mesh config of an installer":   {[]string{configMap("istio-system", "istio", "mesh", provider)}, false, `"$ISTIOCTL" install`},
		"values that istioctl noted":    {[]string{configMap("istio-system", "istio-sidecar-injector", "values", "meshConfig: "+provider)}, false, `"$ISTIOCTL" install`},
		"add-on of AKS":                 {[]string{aks}, false, "the Istio add-on of AKS does"},
		"add-on of AKS, in a cluster":   {[]string{aks}, true, "the Istio add-on of AKS does"},
		"add-on of AKS, and its values": {[]string{values, aks}, false, "the Istio add-on of AKS does"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var sources []migrate.Source
			for i, text := range test.sources {
				sources = append(sources, migrate.Source{Name: string(rune('a'+i)) + ".yaml", Data: []byte(text), Live: test.live})
			}
			result, err := migrate.Migrate(t.Context(), sources, migrate.Options{To: "1.24"})
			require.NoError(t, err)
			var steps strings.Builder
			for _, step := range result.Steps {
				steps.WriteString(step.Text + "\n" + step.Run + "\n")
			}
			assert.Contains(t, steps.String(), test.want)
		})
	}
}

// TestNoOtherInstaller: where another program installs Istio, no step has istioctl or
// Helm install istiod, whatever was configured and whatever is the version.
func TestNoOtherInstaller(t *testing.T) {
	t.Parallel()
	const (
		native    = `{defaultConfig: {tracing: {lightstep: {address: "sat.obs:8360", accessToken: t0kz9d6b7a1e4c52}}}}`
		lightstep = "{extensionProviders: [{name: ls, lightstep: {service: sat.obs, port: 8360, accessToken: t0kz9d6b7a1e4c52}}], defaultProviders: {tracing: [ls]}}"
		direct    = "{extensionProviders: [{name: ls, opentelemetry: {service: ingest.lightstep.com, port: 443, grpc: {initialMetadata: [{name: lightstep-access-token, value: t0kz9d6b7a1e4c52}]}}}], defaultProviders: {tracing: [ls]}}"
		ours      = "{extensionProviders: [{name: istio-lightstep, opentelemetry: {service: istio-lightstep-collector.istio-system.svc.cluster.local, port: 4317}}], defaultProviders: {tracing: [istio-lightstep]}}"
	)
	for name, object := range map[string]string{
		"flux":   "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {namespace: flux-system, name: istiod}\nspec: {values: {meshConfig: MESH}}\n",
		"argocd": "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {namespace: argocd, name: istiod}\nspec: {source: {chart: istiod, helm: {valuesObject: {meshConfig: MESH}}}}\n",
		"k3s":    "apiVersion: helm.cattle.io/v1\nkind: HelmChart\nmetadata: {namespace: kube-system, name: istiod}\nspec: {chart: istiod, valuesContent: \"{\\\"meshConfig\\\": JSON}\"}\n",
		"sail":   "apiVersion: sailoperator.io/v1\nkind: Istio\nmetadata: {name: default}\nspec: {namespace: istio-system, values: {meshConfig: MESH}}\n",
		"other":  "apiVersion: mesh.vendor.example/v1\nkind: Mesh\nmetadata: {name: default}\nspec: {istio: {values: {meshConfig: MESH}}}\n",
	} {
		for _, mesh := range []string{native, lightstep, direct, ours} {
			for _, to := range []string{"1.5", "1.14", "1.15.2", "1.16.1", "1.28"} {
				text := strings.ReplaceAll(strings.ReplaceAll(object, "MESH", mesh), "JSON", strings.ReplaceAll(mesh, `"`, `'`))
				result, err := migrate.Migrate(t.Context(), []migrate.Source{{Name: "mesh.yaml", Data: []byte(text)}}, migrate.Options{To: to})
				require.NoError(t, err, name)
				require.NotEmpty(t, result.Steps, "%s to %s: %s", name, to, mesh)
				for _, step := range result.Steps {
					assert.NotContains(t, step.Run, "ISTIO", "%s to %s: %s", name, to, mesh)
				}
			}
		}
	}
}

// TestAPatchIsForItsTarget: the mesh config of an object is no IstioOperator's where the target is another one.
func TestAPatchIsForItsTarget(t *testing.T) {
	t.Parallel()
	const patch = "- op: add\n  path: /spec/meshConfig/extensionProviders/-\n  value: {name: ls, lightstep: {service: sat.obs, port: 8360, accessToken: t0kz9d6b7a1e4c52}}\n" +
		"- op: add\n  path: /spec/meshConfig/defaultProviders\n  value: {tracing: [ls]}\n"
	for target, istioctl := range map[string]bool{
		"{kind: IstioOperator, name: mesh}": true, "{group: install.istio.io}": true, "{name: mesh}": true,
		"{group: mesh.vendor.example, kind: Mesh}": false, "{group: mesh.vendor.example, name: mesh}": false, "{kind: Mesh}": false, "{group: maistra.io, name: basic}": false,
	} {
		inline := "kind: Kustomization\npatches:\n- target: " + target + "\n  patch: |\n    " + strings.ReplaceAll(strings.TrimSpace(patch), "\n", "\n    ") + "\n"
		file := "kind: Kustomization\npatches:\n- path: ../patches/mesh.yaml\n  target: " + target + "\n"
		for _, sources := range [][]migrate.Source{
			{{Name: "prod/kustomization.yaml", Data: []byte(inline)}},
			{{Name: "prod/kustomization.yaml", Data: []byte(file)}, {Name: "patches/mesh.yaml", Data: []byte(patch)}},
		} {
			result, err := migrate.Migrate(t.Context(), sources, migrate.Options{To: "1.28"})
			require.NoError(t, err)
			require.NotEmpty(t, result.Steps, target)
			assert.Equal(t, istioctl, strings.Contains(result.Report(), "ISTIOCTL"), "%s in %d files", target, len(sources))
		}
	}
}

// TestTheOperatorOfACluster: where Istio's own operator runs, it installs Istio from the
// IstioOperator, and would change back what istioctl does.
func TestTheOperatorOfACluster(t *testing.T) {
	t.Parallel()
	const deployment = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {namespace: istio-operator, name: istio-operator-1-20}\n" +
		"spec: {template: {spec: {containers: [{name: istio-operator, image: example.com/operator, env: [{name: A, value: s3cr3t}], command: [operator, server]}]}}}\n"
	const operator = "apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nmetadata: {namespace: istio-system, name: NAME}\nspec: {profile: default}\n"
	for name, test := range map[string]struct {
		objects     string
		want, never string
	}{
		"it runs":                      {deployment + "---\n" + strings.Replace(operator, "NAME", "mesh", 1), "kubectl wait istiooperators.install.istio.io/mesh -n istio-system", "ISTIOCTL"},
		"it does not run":              {strings.Replace(operator, "NAME", "mesh", 1), `"$ISTIOCTL" install`, "kubectl wait istiooperators"},
		"what istioctl noted is there": {deployment + "---\n" + strings.Replace(operator, "NAME", "installed-state", 1), `"$ISTIOCTL" install`, "kubectl wait istiooperators"},
		"the operator of another":      {strings.Replace(deployment, "[operator, server]", "[manager]", 1) + "---\n" + strings.Replace(operator, "NAME", "mesh", 1), `"$ISTIOCTL" install`, "kubectl wait istiooperators"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			live, result := migrateLive(t, liveObjects(t, test.objects), "1.28")
			var commands strings.Builder
			for _, step := range result.Steps {
				commands.WriteString(step.Run + "\n")
			}
			assert.Contains(t, commands.String(), test.want)
			assert.NotContains(t, commands.String(), test.never)
			for _, s := range live.Sources {
				assert.NotContains(t, string(s.Data), "s3cr3t")
			}
		})
	}
}

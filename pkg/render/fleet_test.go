package render_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/pkg/render"
)

const fleet = examples + "/fleet"

// Of the base file and the line of a cluster the chart renders objects, without a warning.
func TestFleetOfBaseAndALine(t *testing.T) {
	t.Parallel()
	r := newRenderer(t)
	clusters, err := filepath.Glob(fleet + "/clusters/*.yaml")
	require.NoError(t, err)
	require.Len(t, clusters, 2)
	for _, cluster := range clusters {
		line, err := os.ReadFile(cluster)
		require.NoError(t, err)
		assert.Equal(t, 1, strings.Count(string(line), "\n"), "%s has more than a line", cluster)
		values := readValues(t, render.File(fleet+"/base.yaml"), render.File(cluster))
		problems, err := r.Check(t.Context(), values)
		require.NoError(t, err)
		assert.Empty(t, problems)
		result, err := r.Render(t.Context(), values)
		require.NoError(t, err)
		name := strings.TrimSuffix(filepath.Base(cluster), ".yaml")
		assert.Contains(t, string(result.YAML()), "key: k8s.cluster.name\n            value: "+name+"\n")
		assert.Equal(t, name == "prod-eu-17", strings.Contains(string(result.YAML()), "disableSpanReporting: true"), "null removes an entry of the base file")
	}
}

// What each tool lays over the base file renders what the line of the cluster does.
func TestFleetTools(t *testing.T) {
	t.Parallel()
	r := newRenderer(t)
	of := map[string]string{} // the objects of each cluster's line
	versions := map[string]string{"prod-eu-17": "1.28.2", "prod-us-3": "1.31.0"}
	for cluster := range versions {
		want, err := r.Render(t.Context(), readValues(t, render.File(fleet+"/base.yaml"), render.File(fleet+"/clusters/"+cluster+".yaml")))
		require.NoError(t, err)
		of[cluster] = string(want.YAML())
	}
	for name, tool := range map[string]struct {
		file     string
		values   []string // where they stand
		files    []string // where the files are named
		replaced []string // by the version and the name
	}{
		"Argo CD": {
			"argocd/applicationset.yaml",
			[]string{"spec", "template", "spec", "sources", "2", "helm", "valuesObject"},
			[]string{"spec", "template", "spec", "sources", "2", "helm", "valueFiles"},
			[]string{`{{index .metadata.annotations \"istio-version\"}}`, "{{.name}}"},
		},
		"Flux": {
			"flux/helmrelease.yaml",
			[]string{"spec", "values"},
			[]string{"spec", "valuesFrom"},
			[]string{"${istio}", "${cluster}"},
		},
		"Fleet": {
			"rancher/istio-lightstep/fleet.yaml",
			[]string{"helm", "values"},
			[]string{"helm", "valuesFiles"},
			[]string{`${ index .ClusterLabels "istio-version" }`, "${ .ClusterName }"},
		},
	} {
		for cluster, version := range versions {
			t.Run(name+" "+cluster, func(t *testing.T) {
				t.Parallel()
				text, err := os.ReadFile(filepath.Join(fleet, tool.file))
				require.NoError(t, err)
				for _, replaced := range tool.replaced {
					require.Contains(t, string(text), replaced)
				}
				var document any
				said := strings.NewReplacer(tool.replaced[0], version, tool.replaced[1], cluster).Replace(string(text))
				require.NoError(t, yaml.Unmarshal([]byte(said), &document))
				var sources []render.Source
				for _, named := range down(t, document, tool.files...).([]any) {
					if from, ok := named.(map[string]any); ok {
						named = from["valuesKey"]
					}
					file := fleet + "/base.yaml"
					if base := filepath.Base(named.(string)); base != "base.yaml" {
						file = fleet + "/clusters/" + base
					}
					sources = append(sources, render.File(file))
				}
				values, err := yaml.Marshal(down(t, document, tool.values...))
				require.NoError(t, err)
				sources = append(sources, render.Bytes(tool.file, values))
				if custom, ok := document.(map[string]any)["targetCustomizations"]; ok && cluster == down(t, custom, "0", "clusterName") {
					values, err := yaml.Marshal(down(t, custom, "0", "helm", "values"))
					require.NoError(t, err)
					sources = append(sources, render.Bytes("targetCustomizations", values))
				}
				got, err := r.Render(t.Context(), readValues(t, sources...))
				require.NoError(t, err)
				assert.Equal(t, of[cluster], string(got.YAML()))
			})
		}
	}
}

// Each tool installs istiod before the chart, whose Telemetry would switch tracing off otherwise.
func TestFleetWaitsForIstiod(t *testing.T) {
	t.Parallel()
	on := func(name string) []any { return []any{map[string]any{"name": name}} }
	shared := []string{"values", "pilot", "env", "SHARED_MESH_CONFIG"}
	ours, istiod, base := fleetFile(t, "rancher/istio-lightstep/fleet.yaml"), fleetFile(t, "rancher/istiod/fleet.yaml"), fleetFile(t, "rancher/istio-base/fleet.yaml")
	assert.Equal(t, on(down(t, istiod, "name").(string)), down(t, ours, "dependsOn"))
	assert.Equal(t, on(down(t, base, "name").(string)), down(t, istiod, "dependsOn"))
	assert.Equal(t, down(t, ours, "helm", "releaseName"), down(t, istiod, append([]string{"helm"}, shared...)...))

	built := fluxBuild(t)
	assert.Equal(t, on("istiod"), down(t, built["HelmRelease istio-lightstep"], "spec", "dependsOn"))
	assert.Equal(t, on("istio-base"), down(t, built["HelmRelease istiod"], "spec", "dependsOn"))
	assert.Contains(t, built, "HelmRelease istio-base")
	assert.Equal(t, down(t, built["HelmRelease istio-lightstep"], "spec", "releaseName"), down(t, built["HelmRelease istiod"], append([]string{"spec"}, shared...)...))
	// In Argo CD the order is that of sync waves within one Application, so istiod is in it, and reads the ConfigMap of
	// the release that is in it.
	sources := []string{"spec", "template", "spec", "sources"}
	set := fleetFile(t, "argocd/applicationset.yaml")
	assert.Equal(t, "istiod", down(t, set, append(sources, "1", "chart")...))
	assert.Equal(t, down(t, set, append(sources, "2", "helm", "releaseName")...),
		down(t, set, append(sources, "1", "helm", "valuesObject", "pilot", "env", "SHARED_MESH_CONFIG")...))
}

// The folder of Flux builds, as Flux does it: with files from outside of it. The HelmRelease names the ConfigMap by the
// name that kustomize gives it, and all is in one namespace.
func TestFleetOfFluxBuilds(t *testing.T) {
	t.Parallel()
	built := fluxBuild(t)
	base, err := os.ReadFile(fleet + "/base.yaml")
	require.NoError(t, err)
	name := down(t, built["HelmRelease istio-lightstep"], "spec", "valuesFrom", "0", "name").(string)
	assert.NotEqual(t, "istio-lightstep-values", name, "without the hash of its content, Flux would not see a change")
	assert.Equal(t, string(base), down(t, built["ConfigMap "+name], "data", "base.yaml"))
	for key, object := range built {
		if key != "Namespace istio-system" {
			assert.Equal(t, "istio-system", down(t, object, "metadata", "namespace"), key)
		}
		for _, ref := range [][]string{{"spec", "chartRef"}, {"spec", "chart", "spec", "sourceRef"}} {
			if spec, ok := object["spec"].(map[string]any); ok && spec[ref[1]] != nil {
				source := down(t, object, ref...).(map[string]any)
				assert.Contains(t, built, fmt.Sprint(source["kind"], " ", source["name"]), key)
			}
		}
	}
}

// fluxBuild gives the objects that kustomize builds, by their kinds and names.
func fluxBuild(t *testing.T) map[string]map[string]any {
	t.Helper()
	options := krusty.MakeDefaultOptions()
	options.LoadRestrictions = types.LoadRestrictionsNone
	built, err := krusty.MakeKustomizer(options).Run(filesys.MakeFsOnDisk(), fleet+"/flux")
	require.NoError(t, err)
	objects := map[string]map[string]any{}
	for _, resource := range built.Resources() {
		object, err := resource.Map()
		require.NoError(t, err)
		objects[resource.GetKind()+" "+resource.GetName()] = object
	}
	return objects
}

func fleetFile(t *testing.T, file string) any {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(fleet, file))
	require.NoError(t, err)
	var document any
	require.NoError(t, yaml.Unmarshal(text, &document), file)
	return document
}

// No commit of this project reaches a cluster by itself: the tools take published versions, those of the chart's minor.
func TestFleetTakesPublishedVersions(t *testing.T) {
	t.Parallel()
	version := newRenderer(t).ChartVersion()
	minor := version[:strings.LastIndex(version, ".")]
	for file, says := range map[string]string{
		"argocd/applicationset.yaml":         "- repoURL: ghcr.io/istio-lightstep/charts\n          chart: istio-lightstep\n          targetRevision: " + minor + ".*\n",
		"flux/chart.yaml":                    "semver: " + minor + ".x\n",
		"rancher/istio-lightstep/fleet.yaml": "version: " + version + "\n",
	} {
		text, err := os.ReadFile(filepath.Join(fleet, file))
		require.NoError(t, err)
		assert.Contains(t, string(text), says)
		assert.NotContains(t, string(text), "github.com/istio-lightstep", file)
	}
}

// down gives what stands at keys and indexes.
func down(t *testing.T, in any, keys ...string) any {
	t.Helper()
	for _, key := range keys {
		switch of := in.(type) {
		case map[string]any:
			in = of[key]
		case []any:
			require.Len(t, key, 1)
			in = of[key[0]-'0']
		}
		require.NotNil(t, in, key)
	}
	return in
}

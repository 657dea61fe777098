package release

import (
	"os"
	"path/filepath"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"
)

// described is a release whose image is built: what is said of it is known.
func described(t *testing.T, version string) *release {
	t.Helper()
	folder := t.TempDir()
	changelog, err := sectionOf(sections, "0.1.0")
	require.NoError(t, err)
	digest := v1.Hash{Algorithm: "sha256", Hex: "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03"}
	return &release{
		Options: Options{Version: version, Dist: folder, Registry: "registry.example/team"},
		source:  source{folder: "../..", commit: "f875d3badc83ea7368869eb1adb54d497d1b3c1d"},
		work:    folder, assets: folder, changelog: changelog, image: image{digest: digest},
	}
}

// The page of a release has the section of CHANGELOG.md, the command that installs
// this version, and the image by its digest.
func TestNotes(t *testing.T) {
	r := described(t, "0.1.0")
	require.NoError(t, r.writeNotes(t.Context()))
	text, err := os.ReadFile(filepath.Join(r.Dist, "notes.md"))
	require.NoError(t, err)
	for _, says := range []string{
		"The first one.", "### Added", "- A bug.", "[docs/a.md](" + repository + "/blob/v0.1.0/docs/a.md)",
		"helm install istio-lightstep oci://ghcr.io/istio-lightstep/charts/istio-lightstep --version 0.1.0 ",
		"`" + officialImage + ":0.1.0@" + r.image.digest.String() + "`", "Commit: " + r.source.commit + ".",
	} {
		assert.Contains(t, string(text), says)
	}
	assert.NotContains(t, string(text), "Later.")
}

// What Artifact Hub shows is known when a release is made, but for the licence, which
// Chart.yaml has.
func TestAnnotations(t *testing.T) {
	for version, prerelease := range map[string]string{"0.1.0": "false", "0.2.0-rc.1": "true"} {
		r := described(t, version)
		annotations := map[string]any{}
		require.NoError(t, r.annotate(annotations))
		var images []chartImage
		require.NoError(t, yaml.Unmarshal([]byte(annotations["artifacthub.io/images"].(string)), &images))
		require.Len(t, images, 2)
		assert.Equal(t, chartImage{project, officialImage + ":" + version + "@" + r.image.digest.String()}, images[0])
		assert.Regexp(t, `^docker\.io/otel/opentelemetry-collector-contrib:\d`, images[1].Image)
		var changes []change
		require.NoError(t, yaml.Unmarshal([]byte(annotations["artifacthub.io/changes"].(string)), &changes))
		assert.Equal(t, change{"fixed", "A bug."}, changes[len(changes)-1])
		var links []chartLink
		require.NoError(t, yaml.Unmarshal([]byte(annotations["artifacthub.io/links"].(string)), &links))
		assert.Equal(t, []chartLink{
			{"documentation", repository + "/tree/v" + version + "/docs"}, {"release", repository + "/releases/tag/v" + version},
		}, links)
		assert.Equal(t, prerelease, annotations["artifacthub.io/prerelease"])
	}
	chart, err := os.ReadFile("../../" + chartFolder + "/Chart.yaml")
	require.NoError(t, err)
	assert.Contains(t, string(chart), "\n  artifacthub.io/license: Apache-2.0\n")
}

// A workflow's provenance names the tag, the workflow and its run; elsewhere only the
// commit is known.
func TestProvenance(t *testing.T) {
	r := described(t, "0.1.0")
	t.Setenv("GITHUB_WORKFLOW_REF", "")
	made := r.provenance()
	commit := "gitoid:commit:sha1:" + r.source.commit
	assert.Equal(t, map[string]string{"version": "0.1.0", "source": commit}, made.BuildDefinition.ExternalParameters)
	assert.Equal(t, map[string]string{"id": "urn:local"}, made.RunDetails.Builder)
	assert.Empty(t, made.RunDetails.Metadata)

	const workflow = "istio-lightstep/istio-lightstep/.github/workflows/release.yaml@refs/tags/v0.1.0"
	for name, value := range map[string]string{
		"GITHUB_WORKFLOW_REF": workflow, "GITHUB_SERVER_URL": "https://github.com", "GITHUB_REPOSITORY": "istio-lightstep/istio-lightstep",
		"GITHUB_RUN_ID": "42",
	} {
		t.Setenv(name, value)
	}
	made = r.provenance()
	assert.Equal(t, []dependency{{URI: "git+" + repository + "@refs/tags/v0.1.0", Digest: map[string]string{"gitCommit": r.source.commit}}},
		made.BuildDefinition.ResolvedDependencies)
	assert.Equal(t, map[string]string{"id": "https://github.com/" + workflow}, made.RunDetails.Builder)
	assert.Equal(t, map[string]string{"invocationId": repository + "/actions/runs/42"}, made.RunDetails.Metadata)
}

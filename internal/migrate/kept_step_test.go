package migrate_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/internal/migrate"
)

const (
	keptMesh  = "apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nspec:\n  profile: default\n  meshConfig:\n    extensionProviders:\n    - name: lightstep\n      lightstep: {service: ingest.lightstep.com, port: 443, accessToken: 31a5e7f09b2c4d68}\n"
	keptRoute = "apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: lightstep, namespace: istio-system}\nspec: {host: ingest.lightstep.com, trafficPolicy: {tls: {mode: SIMPLE, sni: ingest.lightstep.com}}}\n"
)

// TestTheUsersFilesAreReplacedInTheEnd: the next installation from them is that of the steps, without
// the access token, and what was there is kept.
func TestTheUsersFilesAreReplacedInTheEnd(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	sources := []migrate.Source{{Name: "my mesh.yaml", Data: []byte(keptMesh)}, {Name: "route.yaml", Data: []byte(keptRoute)}, {Name: "other.yaml", Data: []byte("kind: Deployment\n")}}
	for _, s := range sources {
		require.NoError(t, os.WriteFile(filepath.Join(dir, s.Name), s.Data, 0o640))
	}
	result := move(t, "1.28", migrate.Backend{Name: "honeycomb"}, sources...)
	_, err := result.Write(t.Context(), filepath.Join(dir, "out"), false)
	require.NoError(t, err)
	step := stepWith(t, result.Steps, "Keep the changed files")
	assert.Contains(t, step.Text, "put out/'my mesh.yaml' in place of my mesh.yaml, and move route.yaml away, which is no longer needed: nothing is left of it.")
	assert.Contains(t, step.Text, "`istioctl install -f 'my mesh.yaml' -f lightstep.yaml` (where the steps upgraded Istio, lightstep.yaml sets revision 1-28). Without lightstep.yaml istiod no longer reads")
	assert.Contains(t, step.Text, "`istio-lightstep render -n istio-system -f out/values-after.yaml --set output=istioOperator --set istio.revision=1-28 --into 'my mesh.yaml' >merged.yaml`, without istio.revision where")
	assert.Contains(t, step.Text, " out/values-after.yaml has the values of the chart")
	require.NotContains(t, step.Text, "other.yaml")
	run := func() (string, error) { return withKubectl(t, dir, "", "A=", step.Run) }
	read := func(name string) string {
		text, _ := os.ReadFile(filepath.Join(dir, name))
		return string(text)
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, "my mesh.yaml.before"), []byte("mine"), 0o600))
	said, err := run()
	require.Error(t, err)
	assert.Contains(t, said, "my mesh.yaml.before is there already")
	assert.Equal(t, keptMesh, read("my mesh.yaml"))
	require.NoError(t, os.Remove(filepath.Join(dir, "my mesh.yaml.before")))
	for range 2 { // it may be repeated
		said, err = run()
		require.NoError(t, err, said)
		assert.Equal(t, "apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nspec:\n  profile: default\n", read("my mesh.yaml"))
		assert.Equal(t, keptMesh, read("my mesh.yaml.before"))
		assert.NoFileExists(t, filepath.Join(dir, "route.yaml"))
		assert.Equal(t, keptRoute, read("route.yaml.before"))
		info, err := os.Stat(filepath.Join(dir, "my mesh.yaml"))
		require.NoError(t, err)
		assert.Equal(t, os.FileMode(0o640), info.Mode().Perm())
	}
	last := result.Steps[len(result.Steps)-1]
	assert.Contains(t, last.Run, "\nistio-lightstep migrate --verify\nistio-lightstep migrate --verify 'my mesh.yaml' other.yaml lightstep.yaml out/values-after.yaml\n")
}

// TestAnInstallationNoLongerReadsWhatIsMovedAway: it would fail without the file.
func TestAnInstallationNoLongerReadsWhatIsMovedAway(t *testing.T) {
	t.Parallel()
	const values = "meshConfig:\n  extensionProviders:\n  - name: lightstep\n    lightstep: {service: ingest.lightstep.com, port: 443, accessToken: 31a5e7f09b2c4d68}\n"
	result := move(t, "1.28", migrate.Backend{Name: "honeycomb"}, migrate.Source{Name: "istiod.yaml", Data: []byte(values)}, migrate.Source{Name: "route.yaml", Data: []byte(keptRoute)})
	step := stepWith(t, result.Steps, "Keep the changed files")
	assert.Contains(t, step.Text, "nothing is left of them; take `-f istiod.yaml` out of scripts and pipelines that install Istio. What")
}

// TestFilesOfOtherProgramsAreNotReplaced: by then they have our part, which the user put there.
func TestFilesOfOtherProgramsAreNotReplaced(t *testing.T) {
	t.Parallel()
	for by := range heads {
		steps := installed(t, by)
		step := stepWith(t, steps, "Keep the files as they are now")
		assert.Empty(t, step.Run, by)
		assert.Contains(t, step.Text, "mine.yaml has our part already", by)
		assert.Contains(t, step.Text, "Nothing is left of telemetry.yaml: delete it", by)
		assert.Equal(t, by == "flux" || by == "argo", strings.Contains(step.Text, "from the repository"), by)
	}
}

// TestHelmKeepsTheTagOfTheNewControlPlane: an installation without it would take the webhook away that
// injects what asks for no revision.
func TestHelmKeepsTheTagOfTheNewControlPlane(t *testing.T) {
	t.Parallel()
	const values = "meshConfig:\n  enableTracing: true\n  extensionProviders:\n  - {name: lightstep, lightstep: {service: ingest.lightstep.com, port: 443, accessToken: 31a5e7f09b2c4d68}}\n"
	text := stepWith(t, move(t, "1.28", migrate.Backend{Name: "honeycomb"}, migrate.Source{Name: "mine.yaml", Data: []byte(values)}).Steps, "Keep the changed files").Text
	assert.Contains(t, text, "`helm upgrade --install istiod ISTIOD -n istio-system -f mine.yaml -f lightstep.yaml` (where the steps upgraded Istio, that is release istiod-1-28, with `--set 'revisionTags={default}'`).")
}

// TestAMergedDocumentTakesThePlaceOfTheOldOne: with a shared mesh ConfigMap of the user's our part is merged into
// the control plane's document, also where LightStep's was all that this had.
func TestAMergedDocumentTakesThePlaceOfTheOldOne(t *testing.T) {
	t.Parallel()
	const shared = "pilot: {env: {SHARED_MESH_CONFIG: mine}}\n"
	values := "meshConfig: {extensionProviders: [{name: lightstep, lightstep: {service: ingest.lightstep.com, port: 443, accessToken: 31a5e7f09b2c4d68}}]}\n"
	steps := move(t, "1.28", migrate.Backend{Name: "honeycomb"}, migrate.Source{Name: "mine.yaml", Data: []byte(shared + values)}).Steps
	step := stepWith(t, steps, "Keep the changed files")
	assert.Contains(t, step.Text, "put lightstep.yaml in place of mine.yaml.")
	assert.Contains(t, step.Text, "From now on install Istio from mine.yaml, which has our part (")
	assert.Contains(t, step.Run, "cat lightstep.yaml >mine.yaml\n")
	assert.Contains(t, steps[len(steps)-1].Run, "--verify mine.yaml out/values-after.yaml\n")
}

// TestADocumentThatWasNotGivenIsKeptToo: that of a mesh which was read from the cluster.
func TestADocumentThatWasNotGivenIsKeptToo(t *testing.T) {
	t.Parallel()
	_, ofCluster := migrateLive(t, liveObjects(t, ""), "1.28")
	step := stepWith(t, ofCluster.Steps, "Keep the changed files")
	assert.Contains(t, step.Text, `put "$YOURS_WITHOUT" in place of your document`)
	assert.Contains(t, step.Run, "cat \"$YOURS_WITHOUT\" >\"$YOURS\"\n")
}

// TestTheBackendIsTestedBeforeProxiesSendToIt: a wrong token is seen while all spans still take the old way.
func TestTheBackendIsTestedBeforeProxiesSendToIt(t *testing.T) {
	t.Parallel()
	steps := move(t, "1.28", migrate.Backend{Name: "grafana-cloud"}, migrate.Source{Name: "mine.yaml", Data: []byte(keptMesh)}).Steps
	install := stepWith(t, steps, "the collectors run before any proxy")
	assert.Contains(t, install.Run, " --wait\nhelm test istio-lightstep -n istio-system --logs\n")
	for by := range heads {
		install := stepWith(t, installed(t, by), "the collectors run before any proxy")
		if by == "flux" || by == "argo" {
			assert.Contains(t, install.Text, "`istio-lightstep doctor backend -f migrated/values.yaml --read-secrets -n istio-system`", by)
			assert.NotContains(t, install.Run, "helm test", by)
		} else {
			assert.Contains(t, install.Run, "\nhelm test istio-lightstep -n istio-system --logs\n", by)
		}
	}
	secret := stepWith(t, steps, "Create Secret grafana-cloud")
	assert.Contains(t, secret.Text, "base64(INSTANCE:TOKEN) (the text after `Basic `, where the vendor shows the whole header)")
	assert.Contains(t, stepWith(t, steps, "You do not have to restart any pod").Text, "See spans arrive: `istio-lightstep doctor mesh`")
	forgets := stepWith(t, steps, "Remove the Secrets")
	assert.Contains(t, forgets.Text, "sidecar.istio.io/userVolumeMount")
	assert.Contains(t, forgets.Text, "`proxies -n NAMESPACE | cut -d' ' -f2- | at_once`")
	assert.Contains(t, forgets.Run, "at_once() {")
}

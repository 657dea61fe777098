package migrate_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/internal/migrate"
	"github.com/istio-lightstep/istio-lightstep/pkg/render"
)

// pinned is a control plane with a revision and images of its own.
const pinned = `apiVersion: install.istio.io/v1alpha1
kind: IstioOperator
spec:
  revision: prod
  hub: registry.example.com/istio
  tag: 1.20.3
  meshConfig:
    defaultProviders: {tracing: [old]}
    extensionProviders:
    - name: old
      lightstep: {service: ingest.lightstep.com, port: 443, accessToken: 31a5e7f09b2c4d68}
`

// upgradeSteps gives the steps of an upgrade from the one that installs the new
// control plane on, and writes what they install.
func upgradeSteps(t *testing.T, dir, file string) []migrate.Step {
	t.Helper()
	result := move(t, "1.28", migrate.Backend{Name: "honeycomb"}, migrate.Source{Name: "mine.yaml", Data: []byte(file)})
	_, err := result.Write(t.Context(), filepath.Join(dir, "out"), false)
	require.NoError(t, err)
	for i, step := range result.Steps {
		if strings.Contains(step.Text, "a newer one runs already") {
			return result.Steps[i:]
		}
	}
	t.Fatal("there is no upgrade")
	return nil
}

// TestBothControlPlanesReadTheChartsObjects: one with a revision reads no object with
// the label of another, so there is none while both run, and that of the new one after it.
func TestBothControlPlanesReadTheChartsObjects(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := strings.NewReplacer("  tag: 1.20.3\n", "").Replace(pinned)
	steps := upgradeSteps(t, dir, file)
	functions := findsProxies(move(t, "1.28", migrate.Backend{Name: "honeycomb"}, migrate.Source{Name: "mine.yaml", Data: []byte(file)}).Steps)
	widen := strings.Index(steps[0].Run, "--set istio.revision= --wait")
	require.Positive(t, widen)
	assert.Greater(t, strings.Index(steps[0].Run, `"$NEW_ISTIOCTL" install`), widen)
	assert.Contains(t, steps[0].Run, "--set istio.revision=1-28 >lightstep.yaml")
	uninstall := steps[3]
	require.Contains(t, uninstall.Text, "Uninstall the old control plane")
	run := func(commands string) {
		t.Helper()
		for _, program := range []string{"istioctl", "helm"} {
			require.NoError(t, os.WriteFile(filepath.Join(dir, program), []byte("#!/bin/sh\n"), 0o700))
		}
		said, err := withKubectl(t, dir, "#!/bin/sh\n", "RUNNING=1.20.3", "ISTIOCTL=istioctl\n"+functions+defined(steps[2].Run)+commands)
		require.NoError(t, err, said)
	}
	run(uninstall.Run)
	for _, name := range []string{"values.yaml", "values-drain.yaml", "values-after.yaml"} {
		values, err := render.ReadValues(render.File(filepath.Join(dir, "out", name)))
		require.NoError(t, err)
		renderer, err := render.New()
		require.NoError(t, err)
		rendered, err := renderer.Render(t.Context(), values)
		require.NoError(t, err)
		objects, err := rendered.Objects()
		require.NoError(t, err)
		read := 0
		for _, o := range objects {
			if of, labelled := o.GetLabels()["istio.io/rev"]; labelled {
				assert.Equal(t, "1-28", of, "%s: %s", name, o.GetKind())
				read++
			}
		}
		assert.Positive(t, read, name)
		assert.Contains(t, uninstall.Text, "out/"+name)
	}
}

// TestAnUpgradeTakesNoOldImages: the report names what is of the old Istio, and the
// step stops where it is forgotten.
func TestAnUpgradeTakesNoOldImages(t *testing.T) {
	t.Parallel()
	values := "revision: prod\nglobal: {hub: registry.example.com/istio, tag: 1.20.3}\nmeshConfig: {defaultProviders: {tracing: [old]}, extensionProviders: [{name: old, lightstep: {service: a.lightstep.com, port: 443, accessToken: 31a5e7f09b2c4d68}}]}\n"
	for file, named := range map[string][]string{
		pinned: {"`spec.revision` (mine.yaml:4)", "`spec.hub` (mine.yaml:5)", "`spec.tag` (mine.yaml:6)"},
		values: {"`revision` (mine.yaml:1)", "`global.hub` (mine.yaml:2)", "`global.tag` (mine.yaml:2)"},
	} {
		dir := t.TempDir()
		step := upgradeSteps(t, dir, file)[0]
		for _, pin := range named {
			assert.Contains(t, step.Text, pin)
		}
		assert.Contains(t, step.Text, "First edit out/mine.yaml")
		for _, program := range []string{"helm", "istioctl", "istio-lightstep"} {
			require.NoError(t, os.WriteFile(filepath.Join(dir, program), []byte("#!/bin/sh\necho \"${0##*/} $*\" >>did\n"), 0o700))
		}
		run := func() (did, said string, err error) {
			said, err = withKubectl(t, dir, "#!/bin/sh\n", "RUNNING=1.20.3", "export CHART=chart NEW_ISTIOCTL=istioctl NEW_ISTIOD=istiod\ngateways() { :; }; at_once() { :; }\n"+step.Run)
			text, _ := os.ReadFile(filepath.Join(dir, "did"))
			return string(text), said, err
		}
		did, said, err := run()
		require.Error(t, err)
		assert.Empty(t, did)
		assert.Contains(t, said, "has an image of Istio 1.20.3: set it to that of 1.28")
		written := filepath.Join(dir, "out/mine.yaml")
		text, err := os.ReadFile(written)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(written, []byte(strings.ReplaceAll(string(text), "1.20.3", "1.28.2")), 0o600))
		did, said, err = run()
		require.NoError(t, err, said)
		first, _, _ := strings.Cut(did, "\n")
		assert.Equal(t, "istio-lightstep check -f out/values.yaml --with out/mine.yaml", first)
	}
}

// TestAnIstioOfTheVersionIsNotUpgraded: no second control plane starts, and the first
// is not uninstalled.
func TestAnIstioOfTheVersionIsNotUpgraded(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	steps := upgradeSteps(t, dir, pinned)
	for running, upgrades := range map[string]bool{"1.20.3": true, "1.27.9": true, "1.3.0": true, "1.28": false, "1.28.0": false, "1.28.7": false, "1.31.0": false} {
		for _, step := range steps[:4] {
			said, err := withKubectl(t, dir, "#!/bin/sh\necho did >&2\nexit 1\n", "RUNNING="+running, "old_proxies() { kubectl; }; proxies() { :; }; gateways() { :; }; at_once() { :; }\n"+inner(step.Run))
			assert.Equal(t, upgrades, err != nil, "%s: %s\n%s", running, step.Text, said)
			if !upgrades {
				assert.Equal(t, "Istio "+running+" runs: there is nothing to upgrade\n", said)
			}
		}
	}
	assert.Contains(t, steps[4].Run, "helm upgrade istio-lightstep", "the chart is told in any case")
}

// inner is what commands do, without what they define.
func inner(run string) string {
	_, commands, found := strings.Cut("\n"+run, "\n(\n")
	if !found {
		return run
	}
	return "(\n" + commands
}

// TestANewControlPlaneHasARevisionOfItsOwn: also where the old one is called as it.
func TestANewControlPlaneHasARevisionOfItsOwn(t *testing.T) {
	t.Parallel()
	steps := upgradeSteps(t, t.TempDir(), strings.Replace(pinned, "prod", "1-28", 1))
	assert.Contains(t, steps[0].Run, "--revision 1-28-new ")
	assert.Contains(t, steps[3].Run, "uninstall -y --revision 1-28\n")
}

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

// meshes answers as kubectl does: pods of several control planes, with proxies or without. It
// writes down what is applied and deleted.
const meshes = `#!/bin/sh
root='istio-config gateway-0\tRunning\tingress/gateway\t  istio-proxy\tREVISION\tReplicaSet x\t\tgw\nistio-config named-0\tRunning\t/a\t  istio-proxy\tREVISION\tReplicaSet x\t\tnamed\nistio-config app-0\tRunning\t/app\t  istio-proxy\tREVISION\t \t\t\nistio-config other-0\tRunning\t/other\t  istio-proxy\tthird\t \t\t\nistio-config istiod-0\tRunning\tpilot/istiod\t  discovery\tREVISION\tReplicaSet x\t\t\n'
case "$*" in
  "get pods -A "*) printf "$root$PODS" ;;
  "get pods -n istio-config "*) printf "$root" ;;
  "get telemetry "*) echo '[]' ;;
  apply*) cat >>did ;;
  delete* | patch* | wait*) echo "$*" >>did ;;
  *) exit 1 ;;
esac
`

// TestOnlyProxiesOfThisControlPlaneAreKept: those of another one know no such provider, and a
// Telemetry that names it ends their tracing.
func TestOnlyProxiesOfThisControlPlaneAreKept(t *testing.T) {
	t.Parallel()
	const provider = "apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nspec:\n  REVISION\n  meshConfig:\n    rootNamespace: istio-config\n    defaultProviders: {tracing: [old]}\n" +
		"    extensionProviders:\n    - name: old\n      lightstep: {service: ingest.lightstep.com, port: 443, accessToken: 31a5e7f09b2c4d68}\n"
	const wide = "---\napiVersion: telemetry.istio.io/v1\nkind: Telemetry\nmetadata: {name: mesh, namespace: istio-config}\nspec: {tracing: [{providers: [{name: old}]}]}\n"
	run := func(revision, more, pods, variable string) (did, said string, err error) {
		file := strings.Replace(provider, "REVISION", map[bool]string{true: "revision: " + revision, false: "profile: default"}[revision != "default"], 1) + more
		result, err := migrate.Migrate(t.Context(), []migrate.Source{{Name: "istio.yaml", Data: []byte(file)}}, migrate.Options{To: "1.28"})
		require.NoError(t, err)
		keep := stepOf(t, result.Steps, func(step migrate.Step) bool { return strings.Contains(step.Run, "until-migrated") })
		dir := t.TempDir()
		said, err = withKubectl(t, dir, strings.ReplaceAll(meshes, "REVISION", revision), "PODS="+pods, exports([]string{variable})+findsProxies(result.Steps)+keep)
		text, _ := os.ReadFile(filepath.Join(dir, "did"))
		return string(text), said, err
	}
	pods := func(revision string) string {
		return `shop a\tRunning\t/\t app istio-proxy\t\tReplicaSet x\t{"revision":"` + revision + `"}\t\n` +
			`web b\tRunning\t/\t istio-proxy app\t` + revision + `\tReplicaSet x\t\t\n` +
			`bank c\tRunning\t/\t app istio-proxy\t` + revision + `\tReplicaSet x\t{"revision":"third"}\t\n` +
			`plain d\tRunning\t/\t app\t` + revision + `\tReplicaSet x\t\t\n`
	}
	for _, revision := range []string{"default", "1-24-1"} {
		did, said, err := run(revision, "", pods(revision), "OTHER_ROOT=yes")
		require.NoError(t, err, said)
		assert.Equal(t, "left as they are, for their proxies are of other control planes (revision): bank (third)\nistio-config (third)\n", said)
		assert.Equal(t, 5, strings.Count(did, `"labels": {"until": "migrated", "istio.io/rev": "`+revision+`"}`), did)
		for _, namespace := range []string{"shop", "web"} {
			assert.Contains(t, did, `"name": "until-migrated-all", "namespace": "`+namespace+`"`)
		}
		for _, selector := range []string{`"istio": "ingress"`, `"service.istio.io/canonical-name": "named"`, `"app": "app"`} {
			assert.Contains(t, did, `"selector": {"matchLabels": {`+selector+`}}`)
		}
	}
	for _, revision := range []string{"default", "1-24-1"} {
		for _, more := range []string{"", wide} {
			did, said, err := run(revision, more, pods(revision), "OTHER_ROOT=")
			require.Error(t, err, "the other control plane may read what changes for the mesh")
			assert.Empty(t, did)
			assert.Contains(t, said, "set OTHER_ROOT=yes")
		}
	}
}

// TestAMeshWideTelemetryIsNotChangedForOtherControlPlanes: they do not know the chart's provider,
// and read each Telemetry of their root namespace that is not for one revision.
func TestAMeshWideTelemetryIsNotChangedForOtherControlPlanes(t *testing.T) {
	t.Parallel()
	const mesh = "meshConfig:\n  rootNamespace: istio-config\n  extensionProviders:\n  - name: old\n    lightstep: {service: ingest.lightstep.com, port: 443, accessToken: 31a5e7f09b2c4d68}\n"
	const flux = "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: istiod, namespace: istio-system}\nspec:\n  values:\n    "
	const wide = "---\napiVersion: telemetry.istio.io/v1\nkind: Telemetry\nmetadata: {name: mesh, namespace: istio-config, labels: {}}\n" +
		"spec: {accessLogging: [{providers: [{name: envoy}]}], tracing: [{providers: [{name: old}]}]}\n"
	run := func(file, telemetry, variable string) (did, said string, err error) {
		result, err := migrate.Migrate(t.Context(), []migrate.Source{{Name: "istio.yaml", Data: []byte(file)}, {Name: "telemetry.yaml", Data: []byte(telemetry)}}, migrate.Options{To: "1.28"})
		require.NoError(t, err)
		change := stepOf(t, result.Steps, func(step migrate.Step) bool { return strings.Contains(step.Text, "Switch over") })
		dir := t.TempDir()
		const recorded = "commit() { echo commit >>did; }\nflux() { :; }\n"
		said, err = withKubectl(t, dir, strings.ReplaceAll(meshes, "REVISION", "default"), "PODS=", exports([]string{variable})+recorded+findsProxies(result.Steps)+change)
		text, _ := os.ReadFile(filepath.Join(dir, "did"))
		return string(text), said, err
	}
	inFlux := flux + strings.ReplaceAll(strings.TrimSpace(mesh), "\n", "\n    ") + "\n"
	// One that goes, for the chart's own, is read by the others as well.
	goes := strings.Replace(wide, "accessLogging: [{providers: [{name: envoy}]}], ", "", 1)
	for _, c := range []struct{ file, telemetry, said, change string }{
		{inFlux, goes, "loses Telemetry mesh", "commit"},
		{inFlux, wide, "istio-config (third)", "commit"},
		{mesh, wide, "istio-config (third)", "patch telemetry mesh "},
	} {
		did, said, err := run(c.file, c.telemetry, "OTHER_ROOT=")
		require.Error(t, err)
		assert.Empty(t, did)
		assert.Contains(t, said, c.said)
		did, said, err = run(c.file, c.telemetry, "OTHER_ROOT=yes")
		require.NoError(t, err, said)
		assert.Contains(t, did, c.change)
	}
	for file, change := range map[string]string{mesh: "patch telemetry mesh ", inFlux: "commit"} {
		did, said, err := run(file, strings.Replace(wide, "{}", "{istio.io/rev: default}", 1), "OTHER_ROOT=")
		require.NoError(t, err, said)
		assert.Contains(t, did, change)
	}
}

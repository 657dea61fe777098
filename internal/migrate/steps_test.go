package migrate_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"mvdan.cc/sh/v3/syntax"

	"github.com/istio-lightstep/istio-lightstep/internal/migrate"
)

// TestStepsAreCommands parses the commands of every shape's steps.
func TestStepsAreCommands(t *testing.T) {
	for _, s := range readShapes(t) {
		result, err := migrate.Migrate(t.Context(), s.sources, migrate.Options{To: s.to})
		require.NoError(t, err)
		for _, step := range result.Steps {
			_, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(step.Run), s.file)
			require.NoError(t, err, "%s\n%s", s.file, step.Run)
			require.NotContains(t, step.Run, "<no value>")
		}
	}
}

// TestNamesAreNoCommands: a document of somebody else's is migrated too, and its
// commands are run.
func TestNamesAreNoCommands(t *testing.T) {
	const evil = `x'; touch evil; echo "$(touch evil)`
	document := `apiVersion: install.istio.io/v1alpha1
kind: IstioOperator
metadata: {namespace: EVIL}
spec:
  revision: EVIL
  namespace: EVIL
  values: {global: {istioNamespace: EVIL}}
  meshConfig:
    rootNamespace: EVIL
    defaultProviders: {tracing: [EVIL]}
    extensionProviders:
    - name: EVIL
      lightstep: {service: ingest.lightstep.com, port: 443, accessToken: 31a5e7f09b2c4d68}
---
apiVersion: telemetry.istio.io/v1alpha1
kind: Telemetry
metadata: {name: EVIL, namespace: EVIL}
spec:
  tracing:
  - providers: [{name: EVIL}]
`
	quoted, err := json.Marshal(evil)
	require.NoError(t, err)
	result, err := migrate.Migrate(t.Context(), []migrate.Source{{Name: "istio.yaml", Data: []byte(strings.ReplaceAll(document, "EVIL", string(quoted)))}}, migrate.Options{To: "1.28"})
	require.NoError(t, err)
	require.NotEmpty(t, result.Steps)
	for _, step := range result.Steps {
		require.NotContains(t, step.Text+step.Run, "touch evil")
	}
}

// TestStepsLeaveValuesOfOtherChartsAlone: istiod is not installed with the values of
// a shop, though they mention LightStep.
func TestStepsLeaveValuesOfOtherChartsAlone(t *testing.T) {
	const provider = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: istio, namespace: istio-system}\ndata:\n  mesh: |\n" +
		"    extensionProviders:\n    - name: lightstep\n      lightstep: {service: ingest.lightstep.com, port: 443, accessToken: 31a5e7f09b2c4d68}\n"
	steps := func(values string) string {
		result, err := migrate.Migrate(t.Context(), []migrate.Source{{Name: "istio.yaml", Data: []byte(provider)}, {Name: "second.yaml", Data: []byte(values)}}, migrate.Options{To: "1.28"})
		require.NoError(t, err)
		require.NotEmpty(t, result.Steps)
		var said strings.Builder
		for _, step := range result.Steps {
			said.WriteString(step.Text + step.Run)
		}
		return said.String()
	}
	for _, values := range []string{
		"image: {repository: shop, tag: \"1\"}\nenv: {LIGHTSTEP_TOKEN_FILE: /a}\n",
		"env: [{name: LIGHTSTEP_URL, value: a}]\nserviceName: a\n",
		"global: {lightstep: {enabled: true}}\ningress: {host: shop.example.com}\n",
	} {
		require.NotContains(t, steps(values), "second.yaml", values)
	}
	for _, values := range []string{
		"pilot: {env: {A: lightstep}}\nserviceName: a\n",
		"global: {hub: lightstep.example.com/istio}\nrevision: canary\n",
		"meshConfig: {accessLogFile: /dev/lightstep}\nimage: {a: b}\n",
		"global: {proxy: {image: lightstep}}\nmine: a\n",
		"image: lightstep\nenv: {A: b}\nreplicaCount: 2\n",
	} {
		require.Contains(t, steps(values), "second.yaml", values)
	}
}

// TestOldIstioctlKnowsItsCommand: up to 1.14, the last with a tracer of its own,
// uninstall is one of the experimental commands.
func TestOldIstioctlKnowsItsCommand(t *testing.T) {
	for kind, wanted := range map[string]string{"/01-": `"$ISTIOCTL" x uninstall -y `, "/36-": `"$ISTIOCTL" uninstall -y `} {
		for _, s := range readShapes(t) {
			if !strings.Contains(s.file, kind) {
				continue
			}
			result, err := migrate.Migrate(t.Context(), s.sources, migrate.Options{To: s.to})
			require.NoError(t, err)
			require.Contains(t, result.Report(), wanted)
		}
	}
}

// TestAnObjectOfClusterAndFileGoesOnce: what is not there any more cannot be
// deleted again.
func TestAnObjectOfClusterAndFileGoesOnce(t *testing.T) {
	sources := []migrate.Source{
		{Name: "live/mesh.yaml", Data: []byte(strings.ReplaceAll(exampleInput, "/v1alpha1\nkind: Telemetry", "/v1\nkind: Telemetry")), Live: true},
		{Name: "istio.yaml", Data: []byte(exampleInput)},
	}
	result, err := migrate.Migrate(t.Context(), sources, migrate.Options{To: "1.28"})
	require.NoError(t, err)
	var commands strings.Builder
	for _, step := range result.Steps {
		commands.WriteString(step.Run + "\n")
	}
	require.Equal(t, 1, strings.Count(commands.String(), "kubectl delete telemetry mesh-default "))
	require.Contains(t, commands.String(), `"telemetry.istio.io/v1alpha1"`, "the file's is the later one")
}

// fake stands for kubectl, helm, istioctl and sleep. It writes down how it was
// called and what it was given, and answers what steps ask for.
const fake = `#!/bin/sh
echo "$(basename "$0") $*" >>calls
case "$*" in
*'[0].image}') echo docker.io/istio/pilot:1.20.0-distroless ;;
*'get mutatingwebhook'*istio.io/tag=default*) echo mutatingwebhookconfiguration/istio-revision-tag-default ;;
*'get mutatingwebhook'*) ;;
'get telemetry'*) echo '[{"providers":[{"name":"lightstep"}]}]' ;;
'get pods -n istio-system'*) [ -e moved ] || printf '%b' "$ROOT" ;;
'get pods -A -l istio '*) [ -e moved ] || printf '%b' "$ROOT" | grep ingressgateway ;;
'get pods -A -o'*) [ -e moved ] || printf '%b' "$ROOT"'shop a\t\t/\t app istio-proxy\t\t \t\t\nshop b\t\t/\t istio-proxy app\t\t \t\t\nother c\t\t/\t app\t\t \t\t\n' ;;
'rollout restart'*) touch moved ;;
'get namespaces'*) echo shop ;;
'get deployments'*) echo deployment.apps/cart ;;
'apply -f -') cat >>calls ;;
esac
`

// TestStepsRun runs the steps in one shell, with programs that do nothing, and
// holds what they call, in which order, to testdata/calls.txt.
func TestStepsRun(t *testing.T) {
	bash, err := exec.LookPath("bash")
	require.NoError(t, err)
	dir := t.TempDir()
	for _, program := range []string{"kubectl", "helm", "istioctl-old", "istioctl-new", "istio-lightstep", "sleep"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, program), []byte(fake), 0o700))
	}
	var script strings.Builder
	for _, s := range readShapes(t) {
		if !strings.Contains(s.file, "/36-") {
			continue
		}
		result, err := migrate.Migrate(t.Context(), s.sources, migrate.Options{To: s.to, Dir: "out"})
		require.NoError(t, err)
		_, err = result.Write(t.Context(), filepath.Join(dir, "out"), false)
		require.NoError(t, err)
		for _, source := range s.sources {
			require.NoError(t, os.WriteFile(filepath.Join(dir, source.Name), source.Data, 0o600))
		}
		for _, step := range result.Steps {
			script.WriteString(step.Run + "\n")
		}
	}
	const root = `istio-system pilot-0\t\tpilot/istiod\t discovery\t\tReplicaSet x\t\t\nistio-system gateway-0\t\tingressgateway/gateway\t istio-proxy\t\tReplicaSet x\t\tistio-gateway\n` +
		`istio-system gateway-1\t\tingressgateway/\t istio-proxy\t\tReplicaSet x\t\t\nistio-system shop-0\t\t/\t istio-proxy\t\tReplicaSet x\t\tshop-gateway-istio\n` +
		`istio-system kiali-0\t\t/kiali\t istio-proxy kiali\t\tReplicaSet x\t\t\n`
	run := func(env ...string) (string, error) {
		cmd := exec.CommandContext(t.Context(), bash, "-euo", "pipefail", "-c", script.String())
		cmd.Dir, cmd.Env = dir, append(os.Environ(), append(env, "PATH="+dir+string(filepath.ListSeparator)+os.Getenv("PATH"))...)
		said, err := cmd.CombinedOutput()
		return string(said), err
	}
	said, err := run()
	require.Error(t, err)
	require.Contains(t, said, "CHART: the chart istio-lightstep")
	said, err = run("CHART=chart", "ISTIOCTL=istioctl-old", "NEW_ISTIOCTL=istioctl-new", "ROOT="+root+`istio-system bare-0\t\t/\t istio-proxy\t\t \t\t\n`)
	require.Error(t, err)
	require.Contains(t, said, "pod bare-0 of istio-system needs a label app")
	calls, err := os.ReadFile(filepath.Join(dir, "calls"))
	require.NoError(t, err)
	require.NotContains(t, string(calls), "delete telemetry")
	require.NoError(t, os.Remove(filepath.Join(dir, "calls")))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "out/secret.yaml"), nil, 0o600))
	said, err = run("CHART=chart", "ISTIOCTL=istioctl-old", "NEW_ISTIOCTL=istioctl-new", "ROOT="+root)
	require.NoError(t, err, said)
	require.NoFileExists(t, filepath.Join(dir, "out/secret.yaml"))
	backups, err := filepath.Glob(filepath.Join(dir, "*.before"))
	require.NoError(t, err)
	require.NotEmpty(t, backups)
	calls, err = os.ReadFile(filepath.Join(dir, "calls"))
	require.NoError(t, err)
	if *update {
		require.NoError(t, os.WriteFile("testdata/calls.txt", calls, 0o600))
	}
	wanted, err := os.ReadFile("testdata/calls.txt")
	require.NoError(t, err)
	require.Equal(t, string(wanted), string(calls))
}

// commandsOf gives the commands of all steps.
func commandsOf(t *testing.T, dir string, sources ...migrate.Source) string {
	t.Helper()
	result, err := migrate.Migrate(t.Context(), sources, migrate.Options{To: "1.28", Dir: dir})
	require.NoError(t, err)
	var commands strings.Builder
	for _, step := range result.Steps {
		commands.WriteString(step.Run + "\n")
	}
	return commands.String()
}

// TestStepsInstallAFileThatGoes: until the switch the old provider is installed
// too, where a file holds nothing else.
func TestStepsInstallAFileThatGoes(t *testing.T) {
	commands := commandsOf(t, "out",
		migrate.Source{Name: "base.yaml", Data: []byte("pilot: {replicaCount: 2}\n")},
		migrate.Source{Name: "provider.yaml", Data: []byte("meshConfig:\n  extensionProviders:\n  - {name: lightstep, lightstep: {service: ingest.lightstep.com, port: 443, accessToken: t0kz9d6b7a1e4c52}}\n")},
	)
	require.Contains(t, commands, " --wait -f base.yaml -f provider.yaml -f lightstep.yaml\n")
	require.Contains(t, commands, " --wait -f out/base.yaml -f lightstep.yaml\n")
	require.NotContains(t, commands, "out/provider.yaml", "nothing is written of it")
}

// TestStepsSpareTheUsersFiles: what the steps render has no name of a file that
// they install.
func TestStepsSpareTheUsersFiles(t *testing.T) {
	for _, dir := range []string{"out", "."} {
		commands := commandsOf(t, dir, migrate.Source{Name: "lightstep.yaml", Data: []byte(exampleInput)})
		require.Contains(t, commands, " -f lightstep.yaml -f lightstep.2.yaml\n")
		installs, _, found := strings.Cut(commands, "aside() {") // the last step puts it in its place
		require.True(t, found)
		require.NotContains(t, installs, ">lightstep.yaml")
	}
}

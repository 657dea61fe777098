package migrate_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/internal/migrate"
)

// heads are objects of programs that install Istio, up to its values.
var heads = map[string]string{
	"flux": "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: mesh, namespace: istio-system}\nspec:\n  chart: {spec: {chart: istiod}}\n  values:",
	"argo": "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: mesh, namespace: argocd}\nspec:\n  source:\n    helm:\n     valuesObject:",
	"k3s":  "apiVersion: helm.cattle.io/v1\nkind: HelmChart\nmetadata: {name: mesh, namespace: kube-system}\nspec:\n  chart: istiod\n  valuesContent: |",
	"sail": "apiVersion: sailoperator.io/v1\nkind: Istio\nmetadata: {name: mesh, namespace: istio-system}\nspec:\n  version: v1.26.2\n  values:",
}

// installed gives the steps for values of a provider and a mesh-wide Telemetry.
func installed(t *testing.T, by string) []migrate.Step {
	t.Helper()
	const values = `
      meshConfig:
        extensionProviders:
        - name: lightstep
          lightstep: {service: ingest.lightstep.com, port: 443, accessToken: t0kz9d6b7a1e4c52}
`
	const telemetry = "---\napiVersion: telemetry.istio.io/v1\nkind: Telemetry\nmetadata: {name: mesh-default, namespace: istio-system}\n" +
		"spec: {tracing: [{providers: [{name: lightstep}]}]}\n"
	sources := []migrate.Source{{Name: "mine.yaml", Data: []byte(heads[by] + values)}, {Name: "telemetry.yaml", Data: []byte(telemetry)}}
	result, err := migrate.Migrate(t.Context(), sources, migrate.Options{To: "1.28"})
	require.NoError(t, err)
	return result.Steps
}

// stepWith gives the step whose text or commands have some words.
func stepWith(t *testing.T, steps []migrate.Step, words string) migrate.Step {
	t.Helper()
	for _, step := range steps {
		if strings.Contains(step.Text+step.Run, words) {
			return step
		}
	}
	require.Fail(t, "no step has "+words)
	return migrate.Step{}
}

// TestStepsFitTheChartToTheIstioThatRuns: until Istio is upgraded, the chart is of
// its version.
func TestStepsFitTheChartToTheIstioThatRuns(t *testing.T) {
	t.Parallel()
	for by := range heads {
		install := stepWith(t, installed(t, by), "the collectors run before any proxy")
		if by == "flux" || by == "argo" {
			assert.Contains(t, install.Text, "istio.version the version that runs (RUNNING)", by)
			continue
		}
		const running = `-f migrated/values.yaml --set-string istio.version="$RUNNING"`
		assert.Contains(t, install.Run, running, by)
		assert.Contains(t, stepWith(t, installed(t, by), "Switch over").Run, running, by)
	}
}

// TestStepsToAnOldIstioFitTheChartToTheIstioThatRuns: the chart refuses another version
// than that of the istiod that runs, and has the new one once this runs.
func TestStepsToAnOldIstioFitTheChartToTheIstioThatRuns(t *testing.T) {
	t.Parallel()
	const values = "\n      global: {proxy: {tracer: lightstep}, tracer: {lightstep: {address: \"ingest.lightstep.com:443\", accessToken: t0kz9d6b7a1e4c52, secure: true}}}\n"
	const operator = "apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nmetadata: {name: a, namespace: istio-system}\nspec:\n  revision: 1-12-3\n  values:"
	for by, head := range map[string]string{"": operator, "flux": heads["flux"], "k3s": heads["k3s"], "sail": heads["sail"]} {
		steps := move(t, "1.14", migrate.Backend{Name: "honeycomb"}, migrate.Source{Name: "mine.yaml", Data: []byte(head + values)}).Steps
		before := stepWith(t, steps, "the collectors run before any proxy")
		if by == "flux" {
			assert.Contains(t, before.Text, "istio.version the version that runs (RUNNING)")
			stepWith(t, steps, "Set istio.version of the chart to 1.14")
			continue
		}
		after := stepWith(t, steps, "the chart the new version")
		assert.Contains(t, before.Run, `istio-lightstep "$CHART" -n istio-system -f out/values.yaml --wait --set-string istio.version="$RUNNING"`, by)
		assert.Regexp(t, `helm upgrade --install istio-lightstep .* -f out/values.yaml --wait\n`, after.Run+"\n", by)
	}
}

// TestStepsWaitForTheOldTelemetryToGo: the provider that it names goes next.
func TestStepsWaitForTheOldTelemetryToGo(t *testing.T) {
	t.Parallel()
	const wait = "\nkubectl wait --for=delete telemetry/mesh-default -n istio-system "
	for _, by := range []string{"flux", "argo"} {
		assert.Contains(t, stepWith(t, installed(t, by), "Switch over").Run, wait, by)
	}
	assert.Contains(t, stepWith(t, installed(t, "flux"), "Switch over").Text, "`spec.prune: true`")
	steps := installed(t, "argo")
	assert.Contains(t, steps[0].Run, `"${TELEMETRIES:?`)
	dir := t.TempDir()
	for _, program := range []string{"git", "kubectl", "argocd"} {
		const stub = "#!/bin/sh\n[ \"$1\" != diff ] || exit 1\n[ ${0##*/} = git ] || echo ${0##*/} $*\n"
		require.NoError(t, os.WriteFile(filepath.Join(dir, program), []byte(stub), 0o700))
	}
	for telemetries, calls := range map[string]string{
		"shop mesh": "argocd app sync p\nSYNC argocd app sync shop --prune\nargocd app sync mesh --prune\n",
		"p":         "argocd app sync p --resource argoproj.io:Application:istio-lightstep\nSYNC argocd app sync p --prune\n",
	} {
		command := exec.CommandContext(t.Context(), "bash", "-c", steps[0].Run+"\n"+stepWith(t, steps, "Switch over").Run)
		command.Env = []string{"PATH=" + dir + ":" + os.Getenv("PATH"), "CHART=c", "RUNNING=1.26.2", "PARENT=p", "TELEMETRIES=" + telemetries}
		said, err := command.CombinedOutput()
		require.NoError(t, err, string(said))
		calls = strings.ReplaceAll(calls, "SYNC ", "argocd app sync istio-lightstep\nargocd app wait istio-lightstep --health\n")
		assert.Equal(t, calls+wait[1:]+"--timeout=5m\n", string(said))
	}
}

// TestGitMakesTheTelemetryBeforeItPrunes: what a commit removes may be gone before the
// chart that it changes is upgraded.
func TestGitMakesTheTelemetryBeforeItPrunes(t *testing.T) {
	t.Parallel()
	var steps []migrate.Step
	at := func(words string) int {
		return slices.IndexFunc(steps, func(s migrate.Step) bool { return strings.Contains(s.Text, words) })
	}
	for by, command := range map[string]string{"flux": "\nflux reconcile helmrelease istio-lightstep ", "argo": "\nargocd app sync istio-lightstep\n"} {
		steps = installed(t, by)
		makes, removes := at("set telemetry.enabled to true"), at("remove Telemetry mesh-default")
		require.GreaterOrEqual(t, makes, 0, by)
		require.Greater(t, removes, makes, by)
		assert.Contains(t, steps[makes].Run, command)
	}
	steps = installed(t, "k3s")
	require.Equal(t, at("set telemetry.enabled to true"), at("remove Telemetry mesh-default"))
}

// TestK3sStepsWaitForTheJob: k3s makes the Job that installs a HelmChart anew a moment
// after this has changed, and leaves it alone where nothing has.
func TestK3sStepsWaitForTheJob(t *testing.T) {
	t.Parallel()
	const stub = `#!/bin/sh
cd "$(dirname "$0")"
case "$*" in
"get helmcharts"*) wc -l <applied ;;
"get job"*) echo >>asked; [ "$(wc -l <asked)" -le $LATE ] && echo old || echo new ;;
apply*) [ $CHANGED = no ] || echo >>applied; echo apply ;;
*) echo "$1 $2 after $(wc -l <asked)" ;;
esac
`
	run := stepWith(t, installed(t, "k3s"), "Proxies do not notice").Run
	for _, c := range []struct{ changed, late, want string }{
		{"yes", "3", "apply\nwait job/helm-install-mesh after 4\nrollout status after 4\n"},
		{"no", "3", "apply\nwait job/helm-install-mesh after 1\nrollout status after 1\n"},
		{"yes", "1000", "apply\n"}, // it fails
	} {
		dir := t.TempDir()
		for name, text := range map[string]string{"kubectl": stub, "sleep": "#!/bin/sh\n", "asked": "", "applied": ""} {
			require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o700))
		}
		command := exec.CommandContext(t.Context(), "bash", "-c", "set -eo pipefail\n"+run)
		command.Env = []string{"PATH=" + dir + ":" + os.Getenv("PATH"), "CHANGED=" + c.changed, "LATE=" + c.late}
		said, err := command.Output()
		assert.Equal(t, c.late == "1000", err != nil, "%s %v", said, err)
		assert.Equal(t, c.want, string(said))
	}
}

// TestStepsCommitWhatTheyName runs steps in a repository: a step that failed goes on
// from its commit, and no other change stands for the one that it asks for.
func TestStepsCommitWhatTheyName(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	programs := filepath.Join(dir, "bin")
	require.NoError(t, os.Mkdir(programs, 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(programs, "flux"), []byte("#!/bin/sh\necho \"flux $*\"\nexit ${FLUX:-0}\n"), 0o700))
	work := filepath.Join(dir, "work")
	sh := func(script string, env ...string) (string, error) {
		command := exec.CommandContext(t.Context(), "bash", "-c", script)
		command.Dir = work
		command.Env = append(os.Environ(), append(env, "PATH="+programs+":"+os.Getenv("PATH"), "CHART=chart", "KUSTOMIZATION=apps", "RUNNING=1.26.2",
			"GIT_CONFIG_GLOBAL=/dev/null", "GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@a", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@a")...)
		said, err := command.CombinedOutput()
		return string(said), err
	}
	must := func(script string) string {
		said, err := sh(script)
		require.NoError(t, err, said)
		return said
	}
	require.NoError(t, os.Mkdir(work, 0o700))
	must("git init -q --bare ../origin && git init -q && git remote add origin ../origin && echo a >mine.yaml && echo a >other && git add . &&" +
		"git commit -qm first && git push -qu origin HEAD")
	steps := installed(t, "flux")
	istiod := steps[0].Run + "\n" + stepWith(t, steps, "read the mesh ConfigMap").Run
	chart := steps[0].Run + "\n" + stepWith(t, steps, "the collectors run before any proxy").Run
	unpushed := "git log --format=%s @{upstream}.."

	must("echo b >other && git add other")
	said, err := sh(istiod)
	require.Error(t, err, said)
	require.Contains(t, said, "edit mine.yaml as this step says")
	must("echo b >mine.yaml")
	said, err = sh(istiod, "FLUX=1")
	require.Error(t, err, said)
	require.Equal(t, "mine.yaml\n", must("git show --format= --name-only"), "of the file alone")
	said, err = sh(istiod)
	require.NoError(t, err, said)
	require.Contains(t, said, "flux reconcile helmrelease mesh")

	must("mv ../origin ../away")
	said, err = sh(chart)
	require.Error(t, err, said)
	require.Equal(t, "other\n", must("git show --format= --name-only"), "what was added")
	must("mv ../away ../origin")
	said, err = sh(chart)
	require.NoError(t, err, said)
	require.Empty(t, must(unpushed))
	said, err = sh(istiod)
	require.NoError(t, err, said)
	must("echo c >mine.yaml && git commit -qam else")
	said, err = sh(chart)
	require.Error(t, err, said)
	require.Contains(t, said, "git add it")
}

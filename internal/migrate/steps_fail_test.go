package migrate_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/internal/migrate"
)

// failing stands for each program that steps call. It writes down its calls, and
// the one whose number is $FAIL fails.
const failing = `#!/bin/sh
name=${0##*/}
read -r number <count
number=$((number + 1))
echo $number >count
printf '%s\n' "$name $*" >>calls
if [ $number = "$FAIL" ]; then exit 128; fi
case "$name $*" in
'git diff'*) exit 1 ;;
*'[0].image}') echo docker.io/istio/pilot:$RUNS-distroless ;;
*'current-context') echo prod ;;
'helm list '*) echo '[{"chart":"istiod-1.20.0"}]' ;;
*'get telemetry'*) echo '[{"providers":[{"name":"lightstep"}]}]' ;;
*'get mutatingwebhook'*istio.io/tag=default*) echo mutatingwebhookconfiguration/istio-revision-tag-default ;;
*'get mutatingwebhook'* | *'get validatingwebhook'* | *'get pods'*sidecar*) ;;
*'get namespaces -l istio.io/rev'*metadata.name}) ;;
*canonical-name*) printf 'gateway-0\tingressgateway\t\t\t  istio-proxy\nshop-0\t\tshop-gateway\t\t  istio-proxy\n' ;;
*'get pods'*app.kubernetes.io/name=*) echo istio-lightstep-collector-0 ;;
*'get pods'*istio-lightstep.io/alias-of=*) echo spans-collector-0 ;;
*'get pods,'*) printf 'Pod cart-0\tshop\t\t{}\n' ;;
*'get pods'*) printf 'shop a app istio-proxy\nzoo b app istio-proxy\nistio-system ingressgateway  istio-proxy\n' ;;
*'get --raw'*) echo 'otelcol_exporter_queue_size{exporter="otlp_grpc/lightstep"} 0' ;;
*'get namespaces'*|*'get secrets'*) printf 'shop\nzoo\n' ;;
*'get deployments'*) printf 'deployment.apps/cart\ndeployment.apps/till\n' ;;
*'apply -f -') cat >/dev/null ;;
esac
`

// deletes is a call that takes something away.
var deletes = regexp.MustCompile(`^(rm|kubectl delete|helm uninstall|\S*istioctl\S* (x )?uninstall) `)

// names are what blocks of one kind differ in.
var names = regexp.MustCompile(`(-f|-n|--set|--set-string|--revision) \S+|\S+/\S+|[0-9][-.0-9]*`)

// TestStepsStopWhereAPartFails: a step of which a part failed is no success, even
// without set -e, and nothing that comes later in it deletes what is in use. A call
// that is made again, as in a loop that waits, may fail.
func TestStepsStopWhereAPartFails(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, program := range []string{"kubectl", "helm", "istioctl-old", "istioctl-new", "sleep", "git", "flux", "argocd", "istio-lightstep", "rm", "cmp"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, program), []byte(failing), 0o700))
	}
	require.NoError(t, os.Mkdir(filepath.Join(dir, "out"), 0o700))
	for _, name := range []string{"values.yaml", "values-drain.yaml", "values-after.yaml"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, "out", name), nil, 0o600))
	}
	running := "1.20.0"
	run := func(before, commands string, fail int) (calls []string, err error) {
		script := "echo 0 >count; : >calls\n" + commands
		if before != "" {
			script = "FAIL=0; echo 0 >count\n" + before + "\nexport FAIL=$THEN\n" + script
		}
		command := exec.CommandContext(t.Context(), "bash", "-c", script)
		command.Dir = dir
		command.Env = append(os.Environ(), "PATH="+dir+":"+os.Getenv("PATH"), fmt.Sprintf("THEN=%d", fail), fmt.Sprintf("FAIL=%d", map[bool]int{true: fail}[before == ""]),
			"CHART=chart", "ISTIOCTL=istioctl-old", "NEW_ISTIOCTL=istioctl-new", "ISTIOD=istiod", "NEW_ISTIOD=istiod", "YOURS=a", "YOURS_WITHOUT=b",
			"KUSTOMIZATION=k", "PARENT=p", "TELEMETRIES=p", "APP=a", "KUBECONFIG=k", "RUNNING="+running, "RUNS="+running)
		said, err := command.CombinedOutput()
		text, readErr := os.ReadFile(filepath.Join(dir, "calls"))
		require.NoError(t, readErr, "%s\n%s", script, said)
		return strings.Split(strings.TrimSpace(string(text)), "\n"), err
	}
	seen := map[string]bool{}
	for _, result := range allSteps(t) {
		before := "" // what the steps before have defined
		running = "1.20.0"
		if slices.ContainsFunc(result.Steps, func(s migrate.Step) bool { return strings.Contains(s.Run, "has no LightStep tracer") }) {
			running = "1.14.6"
		}
		for _, step := range result.Steps {
			kind := names.ReplaceAllString(step.Run, "")
			if step.Run == "" || seen[kind] {
				before += defined(step.Run)
				continue
			}
			seen[kind] = true
			calls, err := run(before, step.Run, 0)
			require.NoError(t, err, step.Run)
			for i, call := range calls {
				if call == "" || strings.Contains(call, " pilot-agent request ") {
					continue // a proxy that cannot be told is named, and stops nothing
				}
				after, err := run(before, step.Run, i+1)
				require.Greater(t, len(after), i, step.Run)
				if slices.Contains(after[i+1:], after[i]) {
					continue
				}
				require.Error(t, err, "%s\nwhere this fails: %s\n%q", step.Run, call, after)
				for _, later := range after[i+1:] {
					require.NotRegexp(t, deletes, later, "%s\nwhere this fails: %s", step.Run, call)
				}
			}
			before += defined(step.Run)
		}
	}
	assert.Greater(t, len(seen), 25)
}

// findsProxies gives what a step defines for those after it that look for proxies; "" where none
// does.
func findsProxies(steps []migrate.Step) string {
	for _, step := range slices.Backward(steps) {
		if strings.Contains(step.Run, "old_proxies() {") {
			return defined(step.Run)
		}
	}
	return ""
}

// stepOf gives the commands of the step that fits.
func stepOf(t *testing.T, steps []migrate.Step, fits func(migrate.Step) bool) string {
	t.Helper()
	for _, step := range slices.Backward(steps) {
		if fits(step) {
			require.NotEmpty(t, step.Run)
			return step.Run
		}
	}
	t.Fatal("there is no such step")
	return ""
}

// defined gives what commands define for the steps after them.
func defined(run string) string {
	define, _, _ := strings.Cut("\n"+run, "\n(\n")
	if first := strings.TrimSpace(define); strings.HasPrefix(first, ":") || strings.Contains(first, "() {") {
		return first + "\n"
	}
	return ""
}

// ways are shapes by which the ways of steps.yaml are gone: by what installs Istio,
// and from and to which tracing.
var ways = []string{
	"01-", "02-", "03-", "36-", "41-", "49-", "51-", "55-", "56-", "57-", "102-", "103-", "120-", "140-",
}

// allSteps are their migrations, to LightStep and to another backend.
func allSteps(t *testing.T) []*migrate.Result {
	t.Helper()
	var all []*migrate.Result
	for _, s := range readShapes(t) {
		if number, _, _ := strings.Cut(filepath.Base(s.file), "-"); !slices.Contains(ways, number+"-") {
			continue
		}
		for _, backend := range []*migrate.Backend{nil, {Name: "honeycomb"}} {
			result, err := migrate.Migrate(t.Context(), s.sources, migrate.Options{To: s.to, Dir: "out", Backend: backend})
			require.NoError(t, err)
			all = append(all, result)
		}
	}
	return all
}

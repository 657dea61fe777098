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

// hanging answers as kubectl does, and stands for helm and istioctl: pods with their
// revision, and webhooks of tags. It writes down what changes the cluster.
const hanging = `#!/bin/sh
case "$*" in
  "get pods -A "*sidecar*) printf '%b' "$PODS" ;;
  "get mutatingwebhookconfiguration"*"-l istio.io/tag=default,istio.io/rev=1-28 "*) [ -n "$UNTAGGED" ] || echo mutatingwebhookconfiguration/istio-revision-tag-default ;;
  "get mutatingwebhookconfiguration"*"-l istio.io/tag,istio.io/rev=1-28 "*) ;;
  "get mutatingwebhookconfiguration"*"-l istio.io/tag,istio.io/rev="*) echo "$STALE" ;;
  "get validatingwebhookconfiguration istiod-default-validator "*) echo "$VALIDATOR" ;;
  "get namespaces -l istio.io/rev="*) echo "$LABELED" ;;
  "get replicaset $BROKEN "*) exit 1 ;;
  "get replicaset cart-5 -n shop "*) echo 'Deployment cart' ;;
  "get replicaset argo-5 -n shop "*) echo 'Rollout argo' ;;
  "get replicaset "*) echo ' ' ;;
  *) echo "${0##*/} $*" >>did ;;
esac
`

// Pods as the step asks for them: one of the new control plane, one of another, and those that
// need no control plane.
const moved = `shop new\tRunning\t/\t  istio-proxy\t1-28\tReplicaSet x\t{"revision":"1-28"}\n` +
	`shop other\tRunning\t/\t  istio-proxy\tdefault\tReplicaSet x\t{"revision":"third"}\n` +
	`shop plain\tRunning\t/\t  app\tdefault\tReplicaSet x\t\n` +
	`shop ended\tSucceeded\t/\t  istio-proxy\tdefault\tJob x\t{"revision":"default"}\n` +
	`shop ends\tRunning2026-01-01T00:00:00Z\t/\t  istio-proxy\tdefault\tReplicaSet x\t{"revision":"default"}\n` +
	`istio-system ztunnel-0\tRunning\t/ztunnel\t  istio-proxy\t\tDaemonSet ztunnel\t\n` +
	`istio-system pilot-0\tRunning\tpilot/pilot\t  discovery istio-proxy\t\tReplicaSet pilot\t\n`

// takeAways gives the last steps of a move, with Helm or istioctl, of a control plane with or
// without a revision: the one that moves what is left, and the uninstallation.
func takeAways(t *testing.T, helm bool, revision string) (rest, takeAway string) {
	t.Helper()
	file := "meshConfig: &mesh\n  defaultProviders: {tracing: [old]}\n  extensionProviders:\n  - name: old\n" +
		"    lightstep: {service: ingest.lightstep.com, port: 443, accessToken: 31a5e7f09b2c4d68}\n"
	if revision != "" {
		file = "revision: " + revision + "\n" + file
	}
	if !helm {
		file = "apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nspec:\n  " + strings.ReplaceAll(strings.TrimSpace(file), "\n", "\n  ") + "\n"
	}
	result, err := migrate.Migrate(t.Context(), []migrate.Source{{Name: "istio.yaml", Data: []byte(file)}}, migrate.Options{To: "1.28"})
	require.NoError(t, err)
	functions := findsProxies(result.Steps)
	says := func(text string) string {
		return functions + stepOf(t, result.Steps, func(step migrate.Step) bool { return strings.Contains(step.Text, text) })
	}
	return says("Move what is left"), says("Uninstall the old control plane")
}

// did runs commands and gives what they changed.
func did(t *testing.T, commands string, env ...string) (changed, said string, err error) {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(dir, migrate.DefaultDir), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(dir, migrate.DefaultDir, "values.yaml"), nil, 0o600))
	for _, program := range []string{"helm", "istioctl-old", "istioctl-new"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, program), []byte(hanging), 0o700))
	}
	env = append(env, "ISTIOCTL=istioctl-old", "NEW_ISTIOCTL=istioctl-new", "NEW_ISTIOD=istiod", "CHART=chart")
	said, err = withKubectl(t, dir, hanging, env[0], exports(env[1:])+commands)
	text, _ := os.ReadFile(filepath.Join(dir, "did"))
	return string(text), said, err
}

func exports(env []string) string {
	var out strings.Builder
	for _, variable := range env {
		name, value, _ := strings.Cut(variable, "=")
		out.WriteString("export " + name + "='" + value + "'\n")
	}
	return out.String()
}

// TestNothingIsUninstalledThatAProxyNeeds: whatever a pod, a namespace or a tag hangs on the
// old control plane by, the step stops with its name.
func TestNothingIsUninstalledThatAProxyNeeds(t *testing.T) {
	t.Parallel()
	for _, helm := range []bool{true, false} {
		for _, revision := range []string{"", "old"} {
			_, takeAway := takeAways(t, helm, revision)
			of := map[string]string{"": "default"}[revision] + revision
			changed, said, err := did(t, takeAway, "PODS="+moved)
			require.NoError(t, err, said)
			assert.Contains(t, changed, " uninstall ")
			for what, env := range map[string][]string{
				"cart-3 ReplicaSet x":                       {`PODS=` + moved + `shop cart-3\tRunning\t/\t app istio-proxy\t` + of + `\tReplicaSet x\t\n`},
				"cart-4 ReplicaSet x":                       {`PODS=` + moved + `shop cart-4\tRunning\t/\t istio-proxy app\t1-28\tReplicaSet x\t{"containers":["istio-proxy"],"revision":"` + of + `"}\n`},
				"tags point to the old control plane: prod": {"PODS=" + moved, "STALE=prod"},
			} {
				changed, said, err := did(t, takeAway, env...)
				require.Error(t, err)
				assert.Contains(t, said, what)
				assert.Empty(t, changed)
				if strings.HasPrefix(what, "tags") {
					commands := "\"$NEW_ISTIOCTL\" tag set prod --revision 1-28 --overwrite -y\n"
					if helm {
						commands = `helm upgrade istiod-1-28 "$NEW_ISTIOD" -n istio-system --reuse-values --set 'revisionTags={prod}' --wait` + "\n"
					}
					assert.Contains(t, said, "then run the step before this one again:\n"+commands)
				}
				assert.NotContains(t, said, "shop new")
				assert.NotContains(t, said, "istio-system ztunnel")
				assert.NotContains(t, said, "istio-system pilot")
			}
			if helm {
				changed, said, err := did(t, takeAway, "PODS="+moved, "VALIDATOR="+strings.TrimSuffix("istiod-"+revision, "-"))
				require.Error(t, err)
				assert.Contains(t, said, "Set defaultRevision=1-28 in the release of chart base first")
				assert.Empty(t, changed)
				_, said, err = did(t, takeAway, "PODS="+moved, "VALIDATOR=istiod-1-28")
				require.NoError(t, err, said)
			}
			if revision == "" {
				changed, said, err = did(t, takeAway, `PODS=shop cart-6\tRunning\t/\t  istio-proxy\t\t \t\n`)
				require.Error(t, err)
				assert.Contains(t, said, "cart-6", "without any mark it is of the default one")
				assert.Empty(t, changed)
				changed, said, err = did(t, takeAway, "PODS="+moved, "UNTAGGED=yes")
			} else {
				changed, said, err = did(t, takeAway, "PODS="+moved, "LABELED=zoo")
			}
			require.Error(t, err)
			assert.Contains(t, said, map[bool]string{true: "does not inject namespaces with istio-injection=enabled", false: "istio.io/rev=old: zoo"}[revision == ""])
			assert.Empty(t, changed)
		}
	}
}

// TestWhatIsLeftMoves: also workloads whose namespace has no label, and Rollouts.
func TestWhatIsLeftMoves(t *testing.T) {
	t.Parallel()
	const left = `istio-ingress gw-0\tRunning\tingress/gw\t  istio-proxy\tdefault\tDaemonSet gw\t{"revision":"default"}\n` +
		`shop cart-5-a\tRunning\t/\t app istio-proxy\tdefault\tReplicaSet cart-5\t\nshop cart-5-b\tPending\t/\t app istio-proxy\tdefault\tReplicaSet cart-5\t\n` +
		`shop argo-5-a\tRunning\t/\t app istio-proxy\tdefault\tReplicaSet argo-5\t\nshop bare\tRunning\t/\t app istio-proxy\tdefault\t \t\n`
	const restarted = "kubectl rollout restart DaemonSet/gw -n istio-ingress\nkubectl rollout restart Deployment/cart -n shop\n" +
		"kubectl patch rollouts.argoproj.io argo -n shop --type merge -p {\"spec\": {\"restartAt\": \""
	for helm, first := range map[bool]string{
		false: "istioctl-new tag set default --revision 1-28 --overwrite -y\n",
		true: "helm upgrade istiod-1-28 istiod -n istio-system --reuse-values --set revisionTags={default} --wait\n" +
			"kubectl delete mutatingwebhookconfiguration istio-sidecar-injector --ignore-not-found\n",
	} {
		rest, _ := takeAways(t, helm, "")
		changed, said, err := did(t, rest, "PODS="+moved+left)
		require.NoError(t, err, said)
		assert.True(t, strings.HasPrefix(changed, first+restarted), changed)
		assert.True(t, strings.HasSuffix(changed, "kubectl rollout status DaemonSet/gw -n istio-ingress --timeout=5m\nkubectl rollout status Deployment/cart -n shop --timeout=5m\n"), changed)
		assert.NotContains(t, changed, "other")
	}
	rest, _ := takeAways(t, true, "")
	changed, _, err := did(t, rest, "PODS="+moved+left, "UNTAGGED=yes")
	require.Error(t, err, "the old webhook stays where the new one has none")
	assert.NotContains(t, changed, "delete")
	_, _, err = did(t, rest, "PODS="+moved+left, "BROKEN=cart-5")
	require.Error(t, err)
}

// TestAnIstioThatIsTooNewKeepsItsConfiguration: with its old provider istiod would not start
// again, so the step that installs the document as it was stops.
func TestAnIstioThatIsTooNewKeepsItsConfiguration(t *testing.T) {
	t.Parallel()
	for _, helm := range []bool{true, false} {
		file := "meshConfig: {defaultProviders: {tracing: [old]}, extensionProviders: [{name: old, lightstep: {service: a.lightstep.com, port: 443, accessToken: 31a5e7f09b2c4d68}}]}\n"
		if !helm {
			file = "apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nspec:\n  " + file
		}
		result, err := migrate.Migrate(t.Context(), []migrate.Source{{Name: "istio.yaml", Data: []byte(file)}}, migrate.Options{To: "1.31"})
		require.NoError(t, err)
		var tells string
		for _, step := range result.Steps {
			if strings.Contains(step.Text, "as it was. Proxies do not notice") {
				tells = step.Run
			}
		}
		require.NotEmpty(t, tells)
		for running, installs := range map[string]bool{"1.20.0": true, "1.26.8": true, "1.3": true, "1.27.0": false, "1.31.0": false, "1.40": false} {
			changed, said, err := did(t, tells, "PODS=", "RUNNING="+running, "ISTIOD=istiod")
			assert.Equal(t, installs, err == nil, "%s: %s", running, said)
			assert.Equal(t, installs, changed != "", "%s: %s", running, changed)
			if !installs {
				assert.Contains(t, said, "Istio "+running+" does not start with a provider of kind lightstep")
			}
		}
	}
}

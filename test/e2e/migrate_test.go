//go:build e2e

package e2e_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/bookinfo"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/cluster"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/doctor"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/istio"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/migrate"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/satellite"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/settings"
	"github.com/istio-lightstep/istio-lightstep/test/spantest"
)

// The migration is from the one to the other.
const migratesFrom, migratesTo = "1.20", "1.31"

// migratesOn is the backend that takes the place of LightStep.
var migratesOn = byHTTP

// TestMigrate has a mesh of Istio 1.20, configured by hand with a provider of
// kind lightstep, migrated to the newest Istio and on to another backend by the
// commands of the printed report, with traffic running: at first both take every
// span, and in the end nothing mentions LightStep. It leaves another Istio behind
// than it found, so it has a cluster of its own.
func TestMigrate(t *testing.T) {
	require.NoError(t, flag.Set("istio", migratesFrom))
	m := newMesh(t, settings.Migrate)
	move := m.migration(t)
	move.backend = m.deployBackend(t, migratesOn)
	m.backendSecret(t, migratesOn, migratesOn.Token)
	move.rights = m.documentedRights(t)
	move.configureByHand(t)
	move.migrate(t)

	move.arrived = move.arrives(t.Context())
	running := m.page().Start(t.Context(), 10)
	// Stopped below too; a test that ends before stops it here.
	defer running.Stop()
	time.Sleep(20 * time.Second) // Requests before all.
	move.follow(t)
	time.Sleep(40 * time.Second) // Requests after all has settled.
	move.judge(t, running.Stop())
}

// migration is a migration with what it is judged by.
type migration struct {
	*mesh
	shell   *doctor.Shell
	backend *satellite.Backend
	rights  string // a kubeconfig for the steps that only read
	trees   []bookinfo.Mesh
	steps   []migrate.Step
	took    []taken
	arrived <-chan time.Time        // when the first span was seen at the other backend
	old     []spantest.RecordedSpan // all that LightStep got, once it is gone
}

// taken is when the commands of a step ran.
type taken struct {
	step       migrate.Step
	start, end time.Time
}

func (m *mesh) migration(t *testing.T) *migration {
	t.Helper()
	move := &migration{mesh: m, shell: m.shell(t), trees: []bookinfo.Mesh{
		{Namespace: m.Application}, {Namespace: m.Application, RouterSpan: true},
	}}
	variables := fmt.Sprintf("export CHART=%s/charts/istio-lightstep", m.Root)
	for variable, minor := range map[string]string{"ISTIOCTL": migratesFrom, "NEW_ISTIOCTL": migratesTo} {
		program := "istioctl-" + minor
		move.shell.Programs[program] = m.istioctlOf(t, minor)
		variables += fmt.Sprintf(" %s=%s", variable, program)
	}
	delete(move.shell.Programs, "istioctl")
	require.NoError(t, move.shell.Prepare())
	require.NoError(t, move.shell.File("variables", []byte(variables+"\n")))
	return move
}

// istioctlOf is an istioctl that installs the images of its version, as that of
// a release does. One that was built here does not know its version.
func (m *mesh) istioctlOf(t *testing.T, minor string) string {
	t.Helper()
	release, err := settings.Lookup(minor)
	require.NoError(t, err)
	built := filepath.Join(m.Cache, "istio", minor, "istioctl")
	program := filepath.Join(t.TempDir(), "istioctl")
	script := fmt.Sprintf(`#!/bin/sh
case "$1" in install) exec %s "$@" --set tag=%s;; esac
exec %s "$@"
`, built, release.Version, built)
	require.NoError(t, os.WriteFile(program, []byte(script), 0o700))
	return program
}

// run runs commands with the variables and functions that those before them have made,
// as in one shell of a user's.
func (m *migration) run(ctx context.Context, commands string) (string, error) {
	out, err := m.shell.Run(ctx, "set -a\n. ./variables\n"+commands+"\n{ export -p; declare -f; } >variables\n")
	return string(out), err
}

// byHand is what the user has beside the document of the tests: the provider,
// and its CA in the gateway.
const byHand = `  meshConfig:
    enableTracing: true
    extensionProviders:
    - name: lightstep
      lightstep:
        service: %s.svc.cluster.local
        port: 9292
        accessToken: %q  # ask the operators
`

const gatewayCA = `  values:
    gateways:
      istio-ingressgateway:
        secretVolumes:
        - {name: lightstep-cacert, secretName: lightstep.cacert, mountPath: /etc/lightstep}
`

// route is how proxies of Istio 1.20 speak TLS with the satellite.
const route = `apiVersion: networking.istio.io/v1beta1
kind: DestinationRule
metadata: {name: lightstep, namespace: istio-system}
spec:
  host: %[1]s.svc.cluster.local
  trafficPolicy:
    tls: {mode: SIMPLE, sni: %[1]s, caCertificates: /etc/lightstep/cacert.pem}
`

const telemetry = `apiVersion: telemetry.istio.io/v1alpha1
kind: Telemetry
metadata: {name: mesh-default, namespace: istio-system}
spec:
  tracing:
  - providers: [{name: lightstep}]
    randomSamplingPercentage: 100
`

// configureByHand has the mesh trace by a provider of kind lightstep, and waits
// until it does.
func (m *migration) configureByHand(t *testing.T) {
	t.Helper()
	mine, err := os.ReadFile(m.mine())
	require.NoError(t, err)
	text := strings.Replace(string(mine), "spec:\n", "spec:\n"+fmt.Sprintf(byHand, satellite.Host, m.satellite.Token()), 1)
	text = strings.Replace(text, "  values:\n", gatewayCA, 1)
	require.NoError(t, m.shell.File("mine.yaml", []byte(text)))
	require.NoError(t, m.shell.File("route.yaml", fmt.Appendf(nil, route, satellite.Host)))
	require.NoError(t, m.shell.File("telemetry.yaml", []byte(telemetry)))
	require.NoError(t, m.shell.File("cacert.pem", m.satellite.Authority.PEM()))
	ctx := t.Context()
	_, err = m.run(ctx, fmt.Sprintf(`
for NAME in istio-system %s; do kubectl create secret generic lightstep.cacert -n $NAME --from-file=cacert.pem; done
$ISTIOCTL install -y -f mine.yaml
kubectl apply -f route.yaml -f telemetry.yaml`, m.Application))
	require.NoError(t, err)
	require.NoError(t, m.cluster.Apply(ctx, m.Application, m.deployments(t, tree{
		"sidecar.istio.io/userVolume":      `{"lightstep-cacert": {"secret": {"secretName": "lightstep.cacert"}}}`,
		"sidecar.istio.io/userVolumeMount": `{"lightstep-cacert": {"mountPath": "/etc/lightstep", "readOnly": true}}`,
	})))
	require.NoError(t, m.cluster.Ready(ctx, istio.Namespace))
	require.NoError(t, m.cluster.Restart(ctx, m.Application))
	require.NoError(t, m.page().Answers(ctx))
	m.step("Istio %s is configured by hand", migratesFrom)
	start := time.Now()
	for m.lost(t, m.lightstep, m.send(t, 12), 10*time.Second).Lost > 0 {
		require.Less(t, time.Since(start), 3*time.Minute, "proxies do not trace by the provider of kind lightstep\n%s", m.doctor(ctx))
	}
	m.step("proxies trace by the provider of kind lightstep")
}

// deployments are Bookinfo's, with annotations of their pods, and with containers that
// serve on while their proxies drain: without that a request can reach a container
// that has ended, with any tracing or none.
func (m *migration) deployments(t *testing.T, annotations tree) string {
	t.Helper()
	objects, err := cluster.Decode(m.bookinfoObjects(t))
	require.NoError(t, err)
	var stream strings.Builder
	for _, o := range objects {
		if o.GetKind() != "Deployment" {
			continue
		}
		template := o.Object["spec"].(tree)["template"].(tree)
		container := template["spec"].(tree)["containers"].([]any)[0].(tree)
		container["lifecycle"] = tree{"preStop": tree{"sleep": tree{"seconds": 5}}}
		template["metadata"].(tree)["annotations"] = annotations
		text, err := yaml.Marshal(o.Object)
		require.NoError(t, err)
		fmt.Fprintf(&stream, "---\n%s", text)
	}
	return stream.String()
}

// migrate runs migrate, of the files and of the cluster, which come to the same,
// reads the steps out of what it prints, and gives the values what small nodes
// need.
func (m *migration) migrate(t *testing.T) {
	t.Helper()
	ctx := t.Context()
	command := fmt.Sprintf("istio-lightstep migrate --to %s --backend %s --endpoint %s ", migratesTo, migratesOn.Name, migratesOn.Endpoint())
	live, err := m.run(ctx, command+"--live")
	require.NoError(t, err)
	_, err = m.run(ctx, command+"--write migrated mine.yaml route.yaml telemetry.yaml 2>printed")
	require.NoError(t, err)
	written, err := m.run(ctx, "cat migrated/values.yaml")
	require.NoError(t, err)
	require.YAMLEq(t, written, live, "what is in effect is what the files say")
	printed, err := m.run(ctx, "cat printed")
	require.NoError(t, err)
	require.NotContains(t, printed, m.satellite.Token())
	m.steps, err = migrate.Steps(printed)
	require.NoError(t, err, "%s", printed)
	for _, file := range []string{"migrated/values.yaml", "migrated/values-drain.yaml", "migrated/values-after.yaml"} {
		values, err := m.run(ctx, "cat "+file)
		require.NoError(t, err)
		require.NoError(t, m.shell.File(file, small(t, values)))
	}
	m.step("the report has %d steps", len(m.steps))
}

// small gives values collectors that a small node has room for.
func small(t *testing.T, text string) []byte {
	t.Helper()
	var values tree
	require.NoError(t, yaml.Unmarshal([]byte(text), &values))
	collector, _ := values["collector"].(tree)
	if collector == nil {
		collector = tree{}
	}
	collector["resources"] = tree{"requests": tree{"cpu": "10m", "memory": "64Mi"}}
	collector["persistence"] = tree{"size": "100Mi"}
	values["collector"] = collector
	smaller, err := yaml.Marshal(values)
	require.NoError(t, err)
	return smaller
}

// follow runs the commands of each step, as they are printed.
func (m *migration) follow(t *testing.T) {
	t.Helper()
	for _, step := range m.steps {
		text, _, _ := strings.Cut(step.Text, ".")
		if step.Run == "" {
			m.step("step %d has no commands: %s", step.Number, text)
			continue
		}
		start := time.Now()
		said, err := m.take(t, step)
		require.NoError(t, err, "step %d: %s\n%s\n%s", step.Number, step.Run, said, m.cluster.Troubles(t.Context(), istio.Namespace))
		m.took = append(m.took, taken{step, start, time.Now()})
		m.step("step %d took %.0f s: %s", step.Number, time.Since(start).Seconds(), text)
	}
}

// send sends requests, none of which may fail.
func (m *migration) send(t *testing.T, requests int) spantest.Sent {
	t.Helper()
	sent := m.page().Send(t.Context(), requests)
	require.NoError(t, sent.Err())
	return sent
}

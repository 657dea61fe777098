//go:build e2e

package e2e_test

import (
	"context"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/cluster"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/istio"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/preflight"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/satellite"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/settings"
)

// harmless says what the run will do to a cluster of the user's, and refuses where
// anything exists that it would take for its own. From then on a signal takes back what
// was made.
func (m *mesh) harmless(t *testing.T) {
	t.Helper()
	if m.Own() {
		plan := preflight.Plan{
			Context: m.cluster.Context, Named: m.Changes, Release: m.Release, ReleaseNamespace: m.Namespace,
			Namespaces: []string{m.satelliteNamespace(), m.Application}, Istio: !m.Installed, IstioNamespace: istio.Namespace,
			Further: []string{"bookinfo-RANDOM, of the item NamespacesSeveral", "without-ca-RANDOM, of the item NamespacesWithoutCA"},
			Secrets: m.usersSecrets(t),
		}
		require.NoError(t, plan.Check(t.Context(), m.cluster))
		m.step("%s", plan)
		m.changing = true
	}
	if m.kind == nil {
		m.onSignal(t)
	}
}

// usersSecrets names those that the user's values file names.
func (m *mesh) usersSecrets(t *testing.T) []string {
	t.Helper()
	if m.Values == "" {
		return nil
	}
	file, err := os.ReadFile(m.Values)
	require.NoError(t, err)
	ours := &satellite.Satellite{Recorder: satellite.Recorder{Namespace: m.satelliteNamespace()}}
	_, secrets, err := settings.Under(settings.Values(ours.Address(), "", "", ""), file)
	require.NoError(t, err)
	return secrets.Names()
}

// onSignal takes back what was made when the run is interrupted, which ends the process
// before any clean-up of a test. A second signal ends it at once.
func (m *mesh) onSignal(t *testing.T) {
	t.Helper()
	signals, over := make(chan os.Signal, 1), make(chan struct{})
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	t.Cleanup(func() {
		signal.Stop(signals)
		close(over)
	})
	go func() {
		select {
		case s := <-signals:
			signal.Stop(signals)
			m.step("%s: what was made is taken back; once more ends the run at once", s)
			m.interrupted.Store(true)
			if !m.Keep {
				m.takeBack(t)
			}
			os.Exit(1) //nolint:forbidigo // A signal ends the run.
		case <-over:
		}
	}()
}

// takeBack stops whatever the run is doing, and deletes what it has made, through a
// connection of its own.
func (m *mesh) takeBack(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 4*time.Minute)
	defer cancel()
	stopped := *m
	if m.cluster != nil && m.kind == nil {
		m.cluster.Stop()
		// Helm and istioctl would go on.
		_ = exec.CommandContext(ctx, "pkill", "-KILL", "-P", strconv.Itoa(os.Getpid())).Run()
		c, err := cluster.Connect(m.Kubeconfig, m.cluster.Context)
		if err != nil {
			m.step("what was made is left behind: %v", err)
			return
		}
		c.Run = m.Run
		stopped.cluster = c
		if m.istio != nil {
			stopped.istio = m.istio.On(c)
		}
	}
	// What was under way when it stopped may have come since.
	for range 3 {
		stopped.tearDown(ctx, t)
		if left, err := stopped.cluster.Made(ctx); stopped.kind != nil || err == nil && len(left) == 0 {
			return
		}
	}
}

// leavesIstio skips an item that changes Istio, where that is the user's.
func (m *mesh) leavesIstio(t *testing.T) {
	t.Helper()
	if m.Installed {
		t.Skip("it changes Istio, which is the user's")
	}
}

// ownNames skips an item that uses the documentation's names, or what only kind has,
// where the cluster is the user's.
func (m *mesh) ownNames(t *testing.T) {
	t.Helper()
	if m.Own() {
		t.Skip("it needs the documentation's names or a kind cluster, and this cluster is the user's")
	}
}

// giveBack deletes what the run made on a cluster of the user's: all has its label, or
// was not there before.
func (m *mesh) giveBack(ctx context.Context, t *testing.T) []error {
	t.Helper()
	var failed []error
	// Without waiting for what is in its queues: the satellite goes too.
	if err := m.release().Drop(t, ctx); err != nil && !strings.Contains(err.Error(), "not found") {
		failed = append(failed, err)
	}
	m.removeVolumes(ctx, t)
	// Those that the user's values file names and that were not there.
	secrets := m.cluster.Kubernetes.CoreV1().Secrets(m.Namespace)
	failed = append(failed, secrets.DeleteCollection(ctx, metav1.DeleteOptions{}, metav1.ListOptions{LabelSelector: cluster.RunLabel + "=" + m.Run}))
	made, err := m.cluster.Made(ctx)
	failed = append(failed, err)
	if !m.Installed {
		failed = append(failed, m.istio.Uninstall(ctx), m.removeDefinitions(ctx))
	}
	for _, namespace := range made {
		failed = append(failed, m.cluster.DeleteNamespace(ctx, namespace))
	}
	return failed
}

// removeDefinitions deletes Istio's, which istioctl leaves, and what istiod writes into each
// namespace; there were none before.
func (m *mesh) removeDefinitions(ctx context.Context) error {
	definitions := m.cluster.Dynamic.Resource(schema.GroupVersionResource{
		Group: "apiextensions.k8s.io", Version: "v1", Resource: "customresourcedefinitions",
	})
	written, err := m.cluster.Kubernetes.CoreV1().ConfigMaps("").List(ctx, metav1.ListOptions{LabelSelector: "istio.io/config=true"})
	if err != nil {
		return err
	}
	for _, c := range written.Items {
		if !strings.HasPrefix(c.Name, "istio-ca-") {
			continue
		}
		err := m.cluster.Kubernetes.CoreV1().ConfigMaps(c.Namespace).Delete(ctx, c.Name, metav1.DeleteOptions{})
		if err != nil && !apierrors.IsNotFound(err) {
			return err
		}
	}
	list, err := definitions.List(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	for _, d := range list.Items {
		if !strings.HasSuffix(d.GetName(), ".istio.io") {
			continue
		}
		if err := definitions.Delete(ctx, d.GetName(), metav1.DeleteOptions{}); err != nil && !apierrors.IsNotFound(err) {
			return err
		}
	}
	return nil
}

//go:build e2e

package e2e_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/bookinfo"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/cluster"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/release"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/satellite"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/settings"
	"github.com/istio-lightstep/istio-lightstep/test/spantest"
)

// values are the suite's, without what the user's own file says by another key.
func (m *mesh) values() release.Values {
	under, _, _ := settings.Under(m.suitesValues(), m.valuesFile) // usersValues has read it
	return under
}

// usersValues reads the user's values file, and makes the Secrets that it names. A Secret
// of the user's stays: the satellite takes its token too.
func (m *mesh) usersValues(t *testing.T) {
	t.Helper()
	if m.Values == "" {
		return
	}
	var err error
	m.valuesFile, err = os.ReadFile(m.Values)
	require.NoError(t, err)
	_, secrets, err := settings.Under(m.suitesValues(), m.valuesFile)
	require.NoError(t, err)
	ctx := t.Context()
	token, pem := m.satellite.Token(), string(m.satellite.Authority.PEM())
	named := map[string]tree{secrets.Token: {secrets.TokenKey: token}, secrets.CA: {secrets.CAKey: pem}}
	if secrets.Beside {
		m.step("the file names a satellite: spans go there, and to the suite's own as the backend %s", settings.Satellite)
		named[settings.Satellite] = tree{"token": token, "cacert.pem": pem}
	}
	delete(named, "")
	for name, data := range named {
		object, err := yaml.Marshal(tree{"apiVersion": "v1", "kind": "Secret", "metadata": tree{"name": name}, "stringData": data})
		require.NoError(t, err)
		err = m.cluster.Apply(ctx, m.Namespace, string(object))
		theirs := errors.Is(err, cluster.ErrForeign) && name != settings.Satellite
		switch {
		case theirs && secrets.Beside:
			continue // for their own satellite
		case theirs && name == secrets.Token:
			there, err := m.cluster.Kubernetes.CoreV1().Secrets(m.Namespace).Get(ctx, name, getOptions)
			require.NoError(t, err)
			require.NoError(t, m.satellite.Accept(ctx, token, string(there.Data[secrets.TokenKey])))
			continue
		}
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, m.cluster.Delete(context.WithoutCancel(ctx), m.Namespace, string(object))) })
	}
}

func (m *mesh) suitesValues() release.Values {
	return settings.Values(m.satellite.Address(), m.satellite.Token(), string(m.satellite.Authority.PEM()), m.volumeSize)
}

// tree is a part of values.
type tree = map[string]any

// release is the run's release of the chart.
func (m *mesh) release() *release.Release { return m.releaseOf(m.Root + "/charts/istio-lightstep") }

// releaseOf is the run's release, of another copy of the chart.
func (m *mesh) releaseOf(chart string) *release.Release {
	r := release.New(m.cluster, m.Release, m.Namespace, chart)
	r.Last = m.Values
	return r
}

// document applies the chart's control-plane document beside the user's own, as
// NOTES say: by a file of its own.
func (m *mesh) document(t *testing.T, values ...release.Values) {
	t.Helper()
	if m.Installed {
		return
	}
	m.documented = true
	// Also for putting back what was, when the test's own context is over.
	ctx := context.WithoutCancel(t.Context())
	values = append([]release.Values{m.values(), m.version()}, values...)
	text, err := m.release().Document(t, ctx, "istioOperator", values...)
	require.NoError(t, err)
	require.NoError(t, m.istio.Install(ctx, text))
}

// version is the value that a render without a cluster needs.
func (m *mesh) version() release.Values {
	return release.Values{"istio": tree{"version": m.Istio.Version}}
}

// install installs the release and takes it away with its volumes at the test's
// end. It gives the NOTES.
func (m *mesh) install(t *testing.T, values ...release.Values) string {
	t.Helper()
	if !m.documented {
		m.document(t)
	}
	notes, err := m.release().Install(t, t.Context(), append([]release.Values{m.values()}, values...)...)
	t.Cleanup(func() { m.remove(t) })
	require.NoError(t, err)
	return notes
}

// remove uninstalls the release, if it is there, and deletes its volumes.
func (m *mesh) remove(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), 3*time.Minute)
	defer cancel()
	if err := m.release().Uninstall(t, ctx); err != nil {
		t.Errorf("the release was not uninstalled as it should: %v", err)
		// Without what waits for the satellite, so that the next test finds no release.
		if err := m.release().Drop(t, ctx); err != nil {
			t.Errorf("the release stays: %v", err)
		}
	}
	m.removeVolumes(ctx, t)
}

func (m *mesh) removeVolumes(ctx context.Context, t *testing.T) {
	t.Helper()
	err := m.cluster.Kubernetes.CoreV1().PersistentVolumeClaims(m.Namespace).DeleteCollection(ctx, metav1.DeleteOptions{},
		metav1.ListOptions{LabelSelector: "app.kubernetes.io/instance=" + m.Release})
	if err != nil {
		t.Errorf("the volumes stay: %v", err)
	}
}

// deliver sends requests and requires that each has its one exact trace.
func (m *mesh) deliver(t *testing.T, requests int) spantest.Report {
	t.Helper()
	return m.deliverAt(t, m.bookinfo(), requests)
}

// arrival is how long the last span of a request may be on its way: proxies
// flush every five seconds, and a listener's change takes a moment too.
const arrival = 30 * time.Second

// deliverAt is deliver for the Bookinfo of another namespace.
func (m *mesh) deliverAt(t *testing.T, b bookinfo.Mesh, requests int) spantest.Report {
	t.Helper()
	start := time.Now()
	sent := m.pageOf(b).Send(t.Context(), requests)
	took := time.Since(start)
	report, err := m.verdict(t.Context(), b, sent, arrival)
	require.NoError(t, err)
	m.step("%s: %s; %.0f requests/s, the last span %.1f s after the last request", t.Name(), report, float64(requests)/took.Seconds(),
		(time.Since(start) - took).Seconds())
	return report
}

// tracing waits until the proxies trace, after what configures them was changed.
// A proxy serves connections that were open before the change by its old listener
// until that has drained, so two rounds in a row have to be complete.
func (m *mesh) tracing(t *testing.T, b bookinfo.Mesh) {
	t.Helper()
	m.tracingTo(t, b, &m.satellite.Recorder)
}

// tracingTo is tracing of what sends elsewhere.
func (m *mesh) tracingTo(t *testing.T, b bookinfo.Mesh, to *satellite.Recorder) {
	t.Helper()
	start, row := time.Now(), 0
	var last error
	for row < 2 {
		if time.Since(start) > 2*time.Minute {
			require.NoError(t, last, "proxies do not trace\n%s", m.doctor(t.Context()))
		}
		sent := m.pageOf(b).Send(t.Context(), 12)
		require.NoError(t, sent.Err())
		if _, last = to.Wait(t.Context(), b, sent, 8*time.Second); last == nil {
			row++
		} else {
			row = 0
		}
	}
	m.step("%s: proxies trace after %.0f s", t.Name(), time.Since(start).Seconds())
}

// released installs the release that stays until Uninstall, unless it is there.
// It gives the NOTES.
func (m *mesh) released(t *testing.T) string {
	t.Helper()
	if m.shared != nil {
		return m.shared.notes
	}
	if !m.documented {
		m.document(t)
	}
	before, err := m.cluster.Snapshot(t.Context())
	require.NoError(t, err)
	notes, err := m.release().Install(t, t.Context(), m.values())
	require.NoError(t, err)
	m.shared = &shared{notes: notes, before: before}
	m.step("the chart is installed")
	return notes
}

// changes gives what is other on the cluster than before: on one of the user's, where
// others change things too, of the release alone.
func (m *mesh) changes(t *testing.T, before cluster.Snapshot) []string {
	t.Helper()
	now, err := m.cluster.Snapshot(t.Context())
	require.NoError(t, err)
	if m.Own() {
		before, now = before.Of(m.Release), now.Of(m.Release)
	}
	return before.Diff(now)
}

// undecided skips an item that sets values which the user's file sets: Helm gets that last.
func (m *mesh) undecided(t *testing.T, paths ...string) {
	t.Helper()
	if settings.Decides(m.valuesFile, paths...) {
		t.Skipf("the values file (E2E_VALUES) sets one of %s", strings.Join(paths, ", "))
	}
}

// unreleased takes the shared release away, if it is there.
func (m *mesh) unreleased(t *testing.T) {
	t.Helper()
	if m.shared != nil {
		m.shared = nil
		m.remove(t)
	}
}

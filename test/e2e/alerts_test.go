//go:build e2e

package e2e_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/util/wait"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/alerts"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/faults"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/release"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/settings"
)

// alarm is a fault that lasts until its alerts fire, by their own times.
type alarm struct {
	name        string
	values      release.Values // of the release meanwhile; nil for the usual ones
	cause, mend func(context.Context) error
	fire        []string // all of these
	may         []string // and none but these
}

// TestAlerts has a real Prometheus scrape the collectors: with nothing wrong no
// alert fires, and each fault makes its own fire, which end after it.
func TestAlerts(t *testing.T) {
	m := newMesh(t, settings.Faults)
	m.onlyReviews(t)
	of := m.faulty(t, faults.Collector)
	m.deliverFaulty(t, of)
	watched := release.Values{"monitoring": tree{"prometheusRule": tree{"enabled": true}}}
	documents, err := m.release().Document(t, t.Context(), "cluster", m.faultyValues(faults.Collector), m.version(), watched)
	require.NoError(t, err)
	rules, err := alerts.Rules(documents)
	require.NoError(t, err)
	prometheus, err := alerts.Start(t.Context(), t.TempDir(), rules, m.Namespace, alerts.Pods{Cluster: m.cluster, Namespace: m.Namespace, Release: m.Release})
	require.NoError(t, err)
	t.Cleanup(func() {
		if said := prometheus.Close(); t.Failed() {
			t.Log(said)
		}
	})
	running := m.page().Start(t.Context(), 10)
	defer running.Stop()
	awaitScraped(t, prometheus, []string{m.collector(0), m.collector(1)})
	// Longer than any alert of those below waits.
	time.Sleep(6 * time.Minute)
	m.fires(t, prometheus, nil)

	for _, a := range []alarm{
		{
			name: "a wrong token", fire: []string{"IstioLightstepSpansRejected"},
			cause: func(ctx context.Context) error { return of.WriteToken(ctx, "wrong") },
			mend:  func(ctx context.Context) error { return of.WriteToken(ctx, m.satellite.Token()) },
		},
		{
			name: "a full queue", values: release.Values{"collector": tree{"queue": tree{"bytes": "64Ki"}}},
			fire: []string{"IstioLightstepQueueFilling", "IstioLightstepQueueFull"},
			// The one where the receiver counts it so, the other until the queue is full.
			may:   []string{"IstioLightstepSpansRefused", "IstioLightstepQueueFullSoon"},
			cause: func(ctx context.Context) error { return m.satellite.Scale(ctx, 0) },
			mend:  func(ctx context.Context) error { return m.satellite.Scale(ctx, 1) },
		},
		{
			name: "no collector", fire: []string{"IstioLightstepCollectorDown"},
			cause: m.collectors(0), mend: m.collectors(2),
		},
	} {
		t.Run(a.name, func(t *testing.T) { m.alarm(t, prometheus, of, a) })
	}
	running.Stop()
	m.removeFaulty(t, of)
}

func (m *mesh) alarm(t *testing.T, prometheus *alerts.Prometheus, of *faults.Mesh, a alarm) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	if a.values != nil {
		require.NoError(t, of.Upgrade(ctx, a.values))
		t.Cleanup(func() { assert.NoError(t, of.Upgrade(ctx, nil)) })
	}
	require.NoError(t, a.cause(ctx))
	mended := false
	mend := func() {
		if !mended {
			mended = true
			assert.NoError(t, a.mend(ctx))
		}
	}
	t.Cleanup(mend)
	m.fires(t, prometheus, a.fire, a.may...)
	mend()
	m.fires(t, prometheus, nil)
	m.step("%s: %q fired, and ended after it", a.name, a.fire)
}

// fires waits until these alerts fire, and no others than those that may. Rates
// look back for five minutes, so what was ends late.
func (m *mesh) fires(t *testing.T, prometheus *alerts.Prometheus, want []string, may ...string) {
	t.Helper()
	var firing []string
	err := wait.PollUntilContextTimeout(t.Context(), alerts.Every, 20*time.Minute, true, func(ctx context.Context) (bool, error) {
		var err error
		firing, err = prometheus.Firing(ctx)
		must := slices.DeleteFunc(slices.Clone(firing), func(name string) bool { return slices.Contains(may, name) })
		return err == nil && slices.Equal(must, want), nil
	})
	require.NoError(t, err, "wanted are %q, firing are %q", want, firing)
}

func awaitScraped(t *testing.T, prometheus *alerts.Prometheus, want []string) {
	t.Helper()
	err := wait.PollUntilContextTimeout(t.Context(), alerts.Every, 3*time.Minute, true, func(ctx context.Context) (bool, error) {
		scraped, err := prometheus.Scraped(ctx)
		return err == nil && slices.Equal(scraped, want), nil
	})
	require.NoError(t, err, "the collectors are not scraped")
}

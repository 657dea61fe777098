//go:build e2e

package e2e_test

import (
	"context"
	"slices"
	"sync/atomic"
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
	fire        []string // these, and no others
	// hurry is the alert whose own times are too long for a test; nil for none. The
	// others keep theirs.
	hurry func(context.Context) (alerts.Hurry, error)
	// prepare comes before the fault, and clear after the end of its alerts; nil for
	// nothing to do.
	prepare, clear func(context.Context) error
}

// watched is what TestAlerts goes by.
type watched struct {
	*mesh
	of         *faults.Mesh
	prometheus *alerts.Prometheus
	rules      []byte
	queries    []alerts.Query
	answered   atomic.Int64 // requests
	run        alerts.Run
}

// quiet is longer than any alert of those below waits.
const quiet = 6 * time.Minute

// TestAlerts has a real Prometheus scrape the collectors: with nothing wrong no
// alert fires, and each fault makes its own fire, which end after it. Each query of the
// dashboard is asked meanwhile, and finds something. Faults that -run picks are kept in
// place of those of the last whole run.
func TestAlerts(t *testing.T) {
	m := newMesh(t, settings.Faults)
	m.onlyReviews(t)
	w := &watched{mesh: m, of: m.faulty(t, faults.Collector), run: alerts.Run{Setup: m.setup(t), Istio: m.Istio.Version, Quiet: quiet.Seconds()}}
	m.deliverFaulty(t, w.of)
	w.watch(t)
	all := w.alarms(t)
	w.covered(t, all)
	page := m.page()
	page.answered = &w.answered
	running := page.Start(t.Context(), 5)
	defer running.Stop()
	awaitScraped(t, w.prometheus, []string{m.collector(0), m.collector(1)})
	version, err := w.prometheus.Version(t.Context())
	require.NoError(t, err)
	w.run.Prometheus = version
	t.Run("nothing", func(*testing.T) { time.Sleep(quiet) })
	w.fires(t, nil)

	for _, a := range all {
		t.Run(a.name, func(t *testing.T) { w.alarm(t, a) })
	}
	sent := running.Stop()
	w.run.Requests, w.run.Failed = len(sent.Requests()), len(sent.Failed())
	require.NoError(t, sent.Err(), "no request fails")
	whole := len(w.run.Alarms) == len(all)
	for i, query := range w.queries {
		m.step("dashboard: %s found %d series", query.Panel, w.run.Panels[i].Series)
		if whole {
			assert.Positive(t, w.run.Panels[i].Series, "panel %s never shows anything: %s", query.Panel, query.Text)
		}
	}
	m.removeFaulty(t, w.of)
	switch {
	case t.Failed():
	case whole:
		require.NoError(t, w.run.Keep("results"))
	default:
		require.NoError(t, w.run.KeepAlarms("results"))
	}
}

// alarms are the faults, in an order in which what one leaves behind wakes no other's
// alert.
func (w *watched) alarms(t *testing.T) []alarm {
	t.Helper()
	m := w.mesh
	volume := w.smallVolume(t)
	return []alarm{
		{
			name: "a wrong token", fire: []string{"IstioLightstepSpansRejected"},
			cause: func(ctx context.Context) error { return w.of.WriteToken(ctx, "wrong") },
			mend:  func(ctx context.Context) error { return w.of.WriteToken(ctx, m.satellite.Token()) },
		},
		{
			// The least that the chart takes: full after some three minutes, and spans are refused from then on.
			name: "a full queue", values: release.Values{"collector": tree{"queue": tree{"bytes": "3Mi"}}},
			fire: []string{
				"IstioLightstepQueueFilling", "IstioLightstepQueueFull", "IstioLightstepQueueFullSoon", "IstioLightstepSpansRefused",
			},
			cause: func(ctx context.Context) error { return m.satellite.Scale(ctx, 0) },
			mend:  func(ctx context.Context) error { return m.satellite.Scale(ctx, 1) },
		},
		{
			name: "no collector", fire: []string{"IstioLightstepCollectorDown"},
			cause: m.collectors(0), mend: m.collectors(2),
		},
		{
			name: "a CA that ends in 5 days", fire: []string{"IstioLightstepCertificateExpires"},
			hurry: inHurry(alerts.Hurry{Alert: "IstioLightstepCertificateExpires", For: "1m"}),
			cause: w.writeEndingCA,
			mend:  func(ctx context.Context) error { return w.of.WriteCA(ctx, string(m.satellite.Authority.PEM())) },
		},
		{
			name: "an old token", fire: []string{"IstioLightstepTokenOld"},
			hurry: w.tokenIsOld,
			cause: func(context.Context) error { return nil },
			mend:  w.writeTokenAnew,
		},
		{
			name: "no sampling", fire: []string{"IstioLightstepNoSpans"},
			hurry: inHurry(alerts.Hurry{Alert: "IstioLightstepNoSpans", For: "1m", Old: "[10m]", New: "[2m]"}),
			cause: func(ctx context.Context) error { return m.sampleBy(ctx, 0) },
			mend:  func(ctx context.Context) error { return m.sampleBy(ctx, 100) },
		},
		{
			name: "a volume nearly full", fire: []string{"IstioLightstepVolumeFilling"},
			prepare: volume("make"), clear: volume("remove"),
			cause: volume("fill", "58720256"), mend: volume("fill", "0"), // 56 of 64 MiB
		},
		{
			name: "a collector killed three times", fire: []string{"IstioLightstepCollectorRestarts"},
			hurry: inHurry(alerts.Hurry{Alert: "IstioLightstepCollectorRestarts", Old: "[1h]", New: "[5m]"}),
			cause: w.killThrice,
			mend:  func(context.Context) error { return nil },
		},
	}
}

// covered holds that each alert has a fault that makes it fire.
func (w *watched) covered(t *testing.T, all []alarm) {
	t.Helper()
	names, err := alerts.Names(w.rules)
	require.NoError(t, err)
	var fire []string
	for _, a := range all {
		fire = append(fire, a.fire...)
	}
	require.Subset(t, fire, names, "alerts that no fault makes fire")
}

// watch starts Prometheus with the alerts of the release.
func (w *watched) watch(t *testing.T) {
	t.Helper()
	ctx := t.Context()
	all := release.Values{"monitoring": tree{"prometheusRule": tree{"enabled": true}, "dashboard": tree{"enabled": true}}}
	documents, err := w.release().Document(t, ctx, "cluster", w.faultyValues(faults.Collector), w.version(), all)
	require.NoError(t, err)
	w.rules, err = alerts.Rules(documents)
	require.NoError(t, err)
	w.queries, err = alerts.Dashboard(documents, w.Namespace, w.Release+"-collector-")
	require.NoError(t, err)
	for _, query := range w.queries {
		w.run.Panels = append(w.run.Panels, alerts.Panel{Title: query.Panel})
	}
	w.prometheus, err = alerts.Start(ctx, t.TempDir(), w.rules, w.Namespace, alerts.Pods{
		Cluster: w.cluster, Namespace: w.Namespace, Release: w.Release, Requests: w.answered.Load,
	})
	require.NoError(t, err)
	t.Cleanup(func() {
		if said := w.prometheus.Close(); t.Failed() {
			t.Log(said)
		}
	})
}

func (w *watched) alarm(t *testing.T, a alarm) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	if a.values != nil {
		require.NoError(t, w.of.Upgrade(ctx, a.values))
		t.Cleanup(func() { assert.NoError(t, w.of.Upgrade(ctx, nil)) })
	}
	if a.clear != nil {
		t.Cleanup(func() { assert.NoError(t, a.clear(ctx)) })
	}
	if a.prepare != nil {
		require.NoError(t, a.prepare(ctx))
		w.fires(t, nil)
	}
	seen := alerts.Alarm{Fault: a.name, Fired: a.fire, Hurried: w.hurry(t, a)}
	start := time.Now()
	require.NoError(t, a.cause(ctx))
	mended := false
	mend := func() {
		if !mended {
			mended = true
			assert.NoError(t, a.mend(ctx))
		}
	}
	t.Cleanup(mend)
	w.fires(t, a.fire)
	seen.After = time.Since(start).Round(time.Second).Seconds()
	mend()
	start = time.Now()
	w.fires(t, nil)
	seen.Ended = time.Since(start).Round(time.Second).Seconds()
	w.run.Alarms = append(w.run.Alarms, seen)
	w.step("%s: %q fired after %.0f s, and ended %.0f s after it", a.name, a.fire, seen.After, seen.Ended)
}

// fires waits until these alerts fire, and no others. Rates look back for five minutes, so
// what was ends late.
func (w *watched) fires(t *testing.T, want []string) {
	t.Helper()
	var firing []string
	err := wait.PollUntilContextTimeout(t.Context(), alerts.Every, 20*time.Minute, true, func(ctx context.Context) (bool, error) {
		var err error
		if err = w.ask(ctx); err != nil {
			return false, err
		}
		firing, err = w.prometheus.Firing(ctx)
		return err == nil && slices.Equal(firing, want), nil
	})
	require.NoError(t, err, "wanted are %q, firing are %q", want, firing)
}

// ask asks each query of the dashboard, none of which Prometheus may refuse.
func (w *watched) ask(ctx context.Context) error {
	for i, query := range w.queries {
		series, err := w.prometheus.Series(ctx, query.Text)
		if err != nil {
			return err
		}
		w.run.Panels[i].Series = max(w.run.Panels[i].Series, series)
	}
	return nil
}

func awaitScraped(t *testing.T, prometheus *alerts.Prometheus, want []string) {
	t.Helper()
	err := wait.PollUntilContextTimeout(t.Context(), alerts.Every, 3*time.Minute, true, func(ctx context.Context) (bool, error) {
		scraped, err := prometheus.Scraped(ctx)
		return err == nil && slices.Equal(scraped, want), nil
	})
	require.NoError(t, err, "the collectors are not scraped")
}

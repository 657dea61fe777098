//go:build e2e

package e2e_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/doctor"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/istio"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/release"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/settings"
)

// TestDoctor breaks a healthy mesh in every way, one at a time, and keeps what
// was seen in results/. -run TestDoctor/collector/LS-SHARED picks.
func TestDoctor(t *testing.T) {
	m := newMesh(t, settings.Doctor)
	table, err := doctor.Table("../..")
	require.NoError(t, err)
	shell := m.shell(t)
	patient := &doctor.Mesh{Shell: shell, Arrives: m.arrives, Named: func(ctx context.Context, b doctor.Breakage) error {
		if b.Name != "LS-SHARED-MISSING" {
			return nil
		}
		return keepOutput(ctx, shell, doctor.BrokenOutput)
	}}
	if m.Istio.Minor != settings.Known[0].Minor {
		m.healthyOnly(t, patient)
		return
	}
	require.NoError(t, doctor.Keep(doctor.File, func(r *doctor.Results) {
		if r.Istio != m.Istio.Version {
			r.Rows = nil
		}
		r.Istio = m.Istio.Version
	}))
	for _, delivery := range []doctor.Delivery{doctor.Collector, doctor.Direct} {
		t.Run(string(delivery), func(t *testing.T) { m.breakages(t, patient, delivery, table) })
	}
}

// breakages runs the rows of a delivery. The mesh is installed for the first
// that -run asks for.
func (m *mesh) breakages(t *testing.T, patient *doctor.Mesh, delivery doctor.Delivery, table []doctor.Breakage) {
	t.Helper()
	values := m.doctored(delivery)
	ready := false
	for _, b := range table {
		if b.Delivery != delivery {
			continue
		}
		t.Run(b.Name, func(t *testing.T) {
			if !ready {
				m.healthy(t, patient, delivery, values)
				ready = true
			}
			m.breakage(t, patient, b, table, values)
		})
	}
	if ready {
		m.remove(t)
	}
}

// healthyOnly has doctor look at the healthy mesh, by each delivery that it has.
func (m *mesh) healthyOnly(t *testing.T, patient *doctor.Mesh) {
	t.Helper()
	for _, delivery := range []doctor.Delivery{doctor.Collector, doctor.Direct} {
		t.Run(string(delivery), func(t *testing.T) {
			if delivery == doctor.Direct && !m.Istio.Direct {
				t.Skip("Istio delivers directly from 1.26 on")
			}
			m.healthy(t, patient, delivery, m.doctored(delivery))
			m.remove(t)
		})
	}
}

// doctored are the values of a delivery.
func (m *mesh) doctored(delivery doctor.Delivery) []release.Values {
	values := []release.Values{m.values(), {"delivery": string(delivery)}}
	if delivery == doctor.Direct {
		values = append(values, release.Values{"cacert": tree{"namespaces": []string{m.Application, istio.Namespace}}})
	}
	return values
}

// looks is how often doctor looks at the healthy mesh.
const looks = 5

// healthy installs the release, and has doctor find nothing.
func (m *mesh) healthy(t *testing.T, patient *doctor.Mesh, delivery doctor.Delivery, values []release.Values) {
	t.Helper()
	ctx := t.Context()
	m.document(t, values...)
	_, err := m.release().Install(t, ctx, values...)
	require.NoError(t, err)
	if delivery == doctor.Direct {
		require.NoError(t, m.cluster.RollOut(ctx, istio.Namespace, m.istio.Deployment()))
		require.NoError(t, m.cluster.RollOut(ctx, istio.Namespace, "istio-ingressgateway"))
		require.NoError(t, m.cluster.Ready(ctx, istio.Namespace))
		require.NoError(t, m.cluster.Restart(ctx, m.Application))
		require.NoError(t, m.page().Answers(ctx))
	}
	m.step("%s delivery is installed", delivery)
	m.tracing(t, m.bookinfo())
	// No wait for it to be found healthy: a false alarm is one at any time.
	found := 0
	for range looks {
		report, err := patient.Shell.Doctor(ctx)
		require.NoError(t, err)
		assert.Empty(t, report.Findings, "false alarms")
		assert.Empty(t, report.Gaps)
		found += len(report.Findings)
		_ = m.page().Send(ctx, 4)
	}
	m.step("healthy: %d findings in %d looks", found, looks)
	require.NoError(t, patient.Shell.Save(ctx))
	if found == 0 && delivery == doctor.Collector && m.Istio.Minor == settings.Known[0].Minor {
		require.NoError(t, keepOutput(ctx, patient.Shell, doctor.HealthyOutput))
	}
	require.NoError(t, doctor.Keep(doctor.File, func(r *doctor.Results) {
		r.PutHealthy(doctor.Healthy{Istio: m.Istio.Version, Delivery: delivery, Looks: looks, Findings: found, Setup: m.setup(t)})
	}))
}

func (m *mesh) breakage(t *testing.T, patient *doctor.Mesh, b doctor.Breakage, table []doctor.Breakage, values []release.Values) {
	t.Helper()
	running := m.page().Start(t.Context(), 2)
	row, err := patient.Run(t.Context(), b)
	sent := running.Stop()
	row.Requests, row.Failed = len(sent.Requests()), len(sent.Failed())
	at := row.At
	row.Setup = m.setup(t)
	row.At = at
	if err != nil {
		m.step("FAILED %s: %v", b.Name, err)
		t.Error(err)
		m.repair(t, patient, values)
		return
	}
	m.step("%s: found after %.1f s (%d looks, also %v), spans arrive %.1f s after the command; %d of %d requests failed", b.Name,
		row.Found, row.Looks, row.Also, row.Mended, row.Failed, row.Requests)
	require.NoError(t, doctor.Keep(doctor.File, func(r *doctor.Results) { r.Put(row, table) }))
}

// repair makes the mesh healthy by other means than doctor's.
func (m *mesh) repair(t *testing.T, patient *doctor.Mesh, values []release.Values) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), 6*time.Minute)
	defer cancel()
	undone := patient.Shell.Undo(ctx)
	m.document(t, values...)
	_, upgraded := m.release().Upgrade(t, ctx, values...)
	require.NoError(t, errors.Join(undone, upgraded))
	require.NoError(t, m.cluster.RollOut(ctx, istio.Namespace, m.istio.Deployment()))
	require.NoError(t, m.cluster.Ready(ctx, istio.Namespace))
	require.NoError(t, m.cluster.Restart(ctx, m.Application))
	require.NoError(t, patient.Healthy(ctx))
}

// arrives says which spans of a few requests do not arrive.
func (m *mesh) arrives(ctx context.Context) error {
	sent := m.page().Send(ctx, 8)
	if err := sent.Err(); err != nil {
		return err
	}
	_, err := m.satellite.Wait(ctx, m.bookinfo(), sent, 8*time.Second)
	return err
}

// keepOutput keeps what doctor prints for people.
func keepOutput(ctx context.Context, shell *doctor.Shell, name string) error {
	text, err := shell.Run(ctx, "istio-lightstep doctor mesh 2>&1 || true")
	if err != nil {
		return err
	}
	address := regexp.MustCompile(`https://[0-9.:]+`)
	text = address.ReplaceAll(text, []byte("https://127.0.0.1:6443"))
	return os.WriteFile(filepath.Join(filepath.Dir(doctor.File), name), text, 0o644)
}

//go:build e2e

package e2e_test

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/bookinfo"
	"github.com/istio-lightstep/istio-lightstep/test/spantest"
)

// verdict waits for the traces of requests that were sent. The error says what is
// missing or doubled, which pods of the release are not ready, and what
// `istio-lightstep doctor mesh` finds on the cluster.
func (m *mesh) verdict(ctx context.Context, b bookinfo.Mesh, sent spantest.Sent, patience time.Duration) (spantest.Report, error) {
	if err := sent.Err(); err != nil {
		return spantest.Report{}, err
	}
	report, err := m.satellite.Wait(ctx, b, sent, patience)
	if err != nil {
		return report, fmt.Errorf("%w\n\n%s", errors.Join(err, m.cluster.Troubles(ctx, m.Namespace)), m.doctor(ctx))
	}
	m.delivery = m.delivery.Add(b, report)
	return report, nil
}

// account waits for the traces of what was sent, and adds them to what the item delivered.
// The error is of traces that are not complete: what else is wrong ends the test.
func (m *mesh) account(t *testing.T, sent spantest.Sent) (spantest.Report, error) {
	t.Helper()
	b := m.bookinfo()
	report, err := m.satellite.Wait(t.Context(), b, sent, arrival)
	if !errors.Is(err, spantest.ErrIncomplete) {
		require.NoError(t, err)
	}
	m.delivery = m.delivery.Add(b, report)
	return report, err
}

// doctor gives what the project's own command finds on the cluster.
func (m *mesh) doctor(ctx context.Context) string {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "go", "run", "./cmd/istio-lightstep", "doctor", "mesh",
		"--kubeconfig", m.Kubeconfig, "--context", m.cluster.Context)
	cmd.Dir = m.Root
	said, err := cmd.CombinedOutput()
	if len(said) == 0 && err != nil {
		return "istio-lightstep doctor mesh: " + err.Error()
	}
	return string(said)
}

//go:build e2e

package e2e_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/istio-lightstep/istio-lightstep/test/bookinfo"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/release"
)

// followed is what doctor trace -o json says.
type followed struct {
	Requests, Answered, Followed int
	Hops                         []hop
	Findings                     []struct{ ID, Subject, Reason string }
	NotFollowed                  []struct{ What, Why string }
	Notes                        []string

	status int
}

type hop struct {
	Name, Namespace  string
	OwnTrace, NoSpan bool
	Calls            []hop
}

// all gives the names of a hop and of those behind it.
func (h hop) all() []string {
	names := []string{h.Name}
	for _, c := range h.Calls {
		names = append(names, c.all()...)
	}
	return names
}

// traceHops has doctor follow requests. It finds nothing with the Bookinfo that
// forwards the tracing headers, and the one workload that does not where one is
// made to behave as the images up to 1.16.2 do. Other traffic runs all the time.
func traceHops(t *testing.T, m *mesh) {
	m.unreleased(t)
	m.endGently(t)
	require.NoError(t, m.cluster.Ready(t.Context(), m.Application))
	m.install(t, release.Values{"collector": tree{"tap": tree{"enabled": true}}})
	m.tracing(t, m.bookinfo())
	m.anotherRepository(t, "TAP_NAMESPACE="+m.Namespace, "TAP_RELEASE="+m.Release)
	running := m.page().Start(t.Context(), 5)
	defer running.Stop()

	program := filepath.Join(t.TempDir(), "istio-lightstep")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", program, "./cmd/istio-lightstep")
	build.Dir = m.Root
	said, err := build.CombinedOutput()
	require.NoError(t, err, "%s", said)

	healthy := m.follow(t, program)
	require.Len(t, healthy.Hops, 1)
	for _, name := range []string{"deployment/istio-ingressgateway", "deployment/productpage-v1", "deployment/details-v1", "deployment/reviews-v1", "deployment/reviews-v2", "deployment/reviews-v3", "deployment/ratings-v1"} {
		assert.Contains(t, healthy.Hops[0].all(), name)
	}
	assert.Empty(t, healthy.Findings, "false alarms")
	assert.Zero(t, healthy.status)
	m.step("every hop forwards the headers: %v", healthy.Hops[0].all())

	for _, workload := range []string{"reviews-v2", "productpage-v1"} {
		m.forwardAs(t, workload, bookinfo.Until1162)
		broken := m.follow(t, program)
		require.Len(t, broken.Findings, 1, "%v", broken.Findings)
		assert.Equal(t, "LS-APP-HEADERS", broken.Findings[0].ID)
		assert.Equal(t, "deployment "+m.Application+"/"+workload, broken.Findings[0].Subject)
		assert.Equal(t, 1, broken.status)
		m.step("%s: %s", broken.Findings[0].Subject, broken.Findings[0].Reason)
		m.forwardAs(t, workload, "")
	}
	assert.Empty(t, m.follow(t, program).Findings, "mended")
	require.NoError(t, running.Stop().Err())
}

// follow runs doctor trace. More requests than usual, so that each of the
// three versions of reviews gets some.
func (m *mesh) follow(t *testing.T, program string) followed {
	t.Helper()
	command := exec.CommandContext(t.Context(), program, "doctor", "trace", m.gateway+"/productpage", "--requests", "24",
		"--kubeconfig", m.Kubeconfig, "--context", m.cluster.Context, "-o", "json")
	var said strings.Builder
	command.Stderr = &said
	out, err := command.Output()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		require.NoError(t, err)
	}
	result := followed{status: command.ProcessState.ExitCode()}
	require.NoError(t, json.Unmarshal(out, &result), "%s%s", out, said.String())
	require.Empty(t, result.NotFollowed)
	require.Equal(t, 24, result.Followed)
	assert.Empty(t, result.Notes)
	return result
}

// forwardAs has a workload of Bookinfo forward other headers; "" puts it back.
func (m *mesh) forwardAs(t *testing.T, workload string, what bookinfo.Propagation) {
	t.Helper()
	variable := fmt.Sprintf(`{"name":"BOOKINFO_PROPAGATION","value":%q}`, what)
	if what == "" {
		variable = `{"name":"BOOKINFO_PROPAGATION","$patch":"delete"}`
	}
	container, _, _ := strings.Cut(workload, "-")
	patch := fmt.Sprintf(`{"spec":{"template":{"spec":{"containers":[{"name":%q,"env":[%s]}]}}}}`, container, variable)
	// Also for putting back what was, when the test's own context is over.
	ctx := context.WithoutCancel(t.Context())
	_, err := m.cluster.Kubernetes.AppsV1().Deployments(m.Application).Patch(ctx, workload, types.StrategicMergePatchType, []byte(patch), metav1.PatchOptions{})
	require.NoError(t, err)
	require.NoError(t, m.cluster.Ready(ctx, m.Application))
	require.NoError(t, m.page().Answers(ctx))
	if what != "" {
		t.Cleanup(func() { m.forwardAs(t, workload, "") })
	}
}

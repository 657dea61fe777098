//go:build e2e

package e2e_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/gruntwork-io/terratest/modules/k8s"
	"github.com/gruntwork-io/terratest/modules/logger"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/bookinfo"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/gateway"
	"github.com/istio-lightstep/istio-lightstep/test/spantest"
)

// tracePage finds a trace in Zipkin's page by the service productpage, in a
// headless Chromium, and sees the spans of its tree. The picture goes into the
// docs.
func tracePage(t *testing.T, m *mesh) {
	m.released(t)
	m.tracing(t, m.bookinfo())
	sent := m.page().Send(t.Context(), 9)
	report, err := m.verdict(t.Context(), m.bookinfo(), sent, arrival)
	require.NoError(t, err)
	require.NoError(t, m.satellite.ZipkinReady(t.Context()))

	zipkin := k8s.NewTunnelWithLogger(gateway.Options(m.cluster, m.satellite.Namespace), k8s.ResourceTypeService, "zipkin", 0, 9411, logger.Discard)
	require.NoError(t, zipkin.ForwardPortE(t))
	defer zipkin.Close()
	text := m.browse(t, "http://"+zipkin.Endpoint(), traceOfReviewsV3(t, report))
	for _, part := range m.bookinfo().Parts("v3") {
		assert.Contains(t, text, part.Service+": "+part.Name, "a row of the page")
	}
	m.step("the trace stands in Zipkin's page")
}

// traceOfReviewsV3 gives the id of a trace that reviews v3 answered.
func traceOfReviewsV3(t *testing.T, report spantest.Report) string {
	t.Helper()
	for _, r := range report.Results {
		if bookinfo.VersionOf(r.Spans) == "v3" {
			return r.Spans[0].TraceID
		}
	}
	require.Fail(t, "reviews v3 answered none of the requests")
	return ""
}

// browse has Chromium open the trace and gives the page's text. What npm installs
// lies in the cache.
func (m *mesh) browse(t *testing.T, zipkin, traceID string) string {
	t.Helper()
	chromium, err := exec.LookPath("chromium")
	require.NoError(t, err, "the page is looked at with Debian's chromium")
	dir := filepath.Join(m.Cache, "e2e-page")
	require.NoError(t, os.RemoveAll(dir))
	require.NoError(t, os.CopyFS(dir, os.DirFS(filepath.Join(m.Root, "test/e2e/page"))))
	run(t, dir, "npm", "ci", "--no-audit", "--no-fund")
	return run(t, dir, "node", "trace.mjs", zipkin, "productpage."+m.Application, traceID,
		filepath.Join(m.Root, "docs/images/trace.png"), chromium)
}

func run(t *testing.T, dir, name string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir = dir
	said, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", said)
	return string(said)
}

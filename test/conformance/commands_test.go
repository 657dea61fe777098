package conformance_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/test/conformance/istio"
	"github.com/istio-lightstep/istio-lightstep/test/docs"
)

// TestCommands runs the commands of the documentation that give something to
// istioctl or to Istio's charts, for each release in its form. Without a cluster
// nothing is installed: `istioctl manifest generate` stands for `istioctl
// install` and `manifest apply`, as it reads the same files, and `helm template`
// for `helm upgrade`.
func TestCommands(t *testing.T) {
	blocks, err := docs.Read("../..")
	require.NoError(t, err)
	helm := os.Getenv("HELM3")
	require.NotEmpty(t, helm, "HELM3 must hold the path of a helm binary; `make conformance` sets it")
	bin := t.TempDir()
	w, err := docs.NewWorkspace("../..", t.TempDir(), map[string]string{"helm": helm})
	require.NoError(t, err)
	w.Setenv("PATH", bin+string(filepath.ListSeparator)+filepath.Join(filepath.Dir(w.Dir), "bin")+string(filepath.ListSeparator)+os.Getenv("PATH"))
	ran := map[string]bool{}
	for _, release := range istio.Releases() {
		t.Run(release.Version, func(t *testing.T) {
			tools, err := istio.Open(release)
			require.NoError(t, err)
			writeIstioctl(t, bin, tools)
			c := commands{tools: tools, w: w, ran: ran}
			w.Edit = c.edit
			for _, block := range blocks {
				c.block(t, block)
			}
			assert.NotZero(t, c.count, "no command is for this release")
		})
	}
	for _, block := range blocks {
		for _, s := range block.Statements {
			if s.Suite == docs.Conformance {
				assert.True(t, ran[s.Text], "%s: no release runs %s", block, s.Text)
			}
		}
	}
}

// writeIstioctl puts the release's istioctl where commands find it. One that has
// no charts of its own is told where they are, as a user of it is by its archive.
func writeIstioctl(t *testing.T, bin string, tools istio.Tools) {
	t.Helper()
	script := "#!/bin/sh\nunset KUBECONFIG\nexec " + tools.Paths.Istioctl + ` "$@"`
	if tools.Paths.Charts != "" {
		script += " --manifests " + tools.Paths.Charts
	}
	require.NoError(t, os.WriteFile(filepath.Join(bin, "istioctl"), []byte(script+"\n"), 0o700))
}

type commands struct {
	tools istio.Tools
	w     *docs.Workspace
	ran   map[string]bool
	count int
}

// edit has the user run this release.
func (c *commands) edit(values map[string]any) {
	version := c.tools.Version
	switch c.tools.Minor {
	case "1.5":
		version = "1.5.2" // 1.5.0 cannot install with a CA
	case "1.31":
		version = "1.31.0"
	}
	set := values["istio"].(map[string]any)
	set["version"] = version
	if !since(c.tools, "1.15") {
		delete(values, "accessTokenFrom")
		values["global"].(map[string]any)["tracer"].(map[string]any)["lightstep"].(map[string]any)["accessToken"] = tokenMarker
	}
}

func (c *commands) block(t *testing.T, block docs.Block) {
	t.Helper()
	functions := ""
	for _, s := range block.Statements {
		if s.Function {
			functions += s.Text + "\n"
		}
	}
	require.NoError(t, c.w.Samples())
	c.mine(t)
	prepared := []docs.Statement{}
	for _, s := range block.Statements {
		switch {
		case s.Function:
		case c.takes(s):
			for _, before := range prepared {
				require.NoError(t, c.w.Values(before))
				c.mine(t)
				_, err := c.w.Check(t.Context(), functions, before, "")
				require.NoError(t, err, "%s", block)
			}
			prepared = nil
			c.runs(t, block, s)
		case s.Suite == docs.Test:
			prepared = append(prepared, s)
		default: // for another release, and so was what led to it
			prepared = nil
		}
	}
}

// mine is the user's own document, of the kind that the release reads.
func (c *commands) mine(t *testing.T) {
	t.Helper()
	kind, version := "IstioOperator", "v1alpha1"
	switch c.tools.Minor {
	case "1.4":
		kind, version = "IstioControlPlane", "v1alpha2"
	case "1.5":
	default:
		return
	}
	require.NoError(t, c.w.File("mine.yaml", []byte("apiVersion: install.istio.io/"+version+"\nkind: "+kind+
		"\nspec: {profile: default, values: {global: {proxy: {accessLogFile: /dev/stdout}}}}\n")))
}

// takes tells whether a statement is for the release.
func (c *commands) takes(s docs.Statement) bool {
	switch {
	case strings.HasPrefix(s.Text, "istioctl install "):
		return since(c.tools, "1.6")
	case strings.HasPrefix(s.Text, "istioctl manifest apply "):
		// 1.4 reads one file.
		return c.tools.Minor == "1.5" || c.tools.Minor == "1.4" && strings.Count(s.Text, " -f ") == 1
	case strings.HasPrefix(s.Text, "helm upgrade istiod "):
		return since(c.tools, "1.22")
	case strings.HasPrefix(s.Text, "helm upgrade istio-ingressgateway "):
		// The schema of its chart in 1.26 refuses every value.
		return since(c.tools, "1.28")
	}
	return false
}

func (c *commands) runs(t *testing.T, block docs.Block, s docs.Statement) {
	t.Helper()
	text := strings.NewReplacer("istioctl install", "istioctl manifest generate", "istioctl manifest apply", "istioctl manifest generate",
		"helm upgrade", "helm template").Replace(s.Text)
	for name, folder := range map[string]string{
		"istio/istiod": "manifests/charts/istio-control/istio-discovery", "istio/gateway": "manifests/charts/gateway",
	} {
		if strings.Contains(text, name) {
			source, err := c.tools.Source(t.Context())
			require.NoError(t, err)
			text = strings.ReplaceAll(text, name, filepath.Join(source, folder))
		}
	}
	printed, err := c.w.Run(t.Context(), text, "")
	require.NoError(t, err, "%s", block)
	for _, want := range c.wants(s) {
		assert.Contains(t, printed, want, "%s: %s", block, s.Text)
	}
	c.ran[s.Text] = true
	c.count++
	t.Logf("%s: %s", block, text)
}

// wants is what our document, and the user's, brings.
func (c *commands) wants(s docs.Statement) []string {
	switch {
	case strings.Contains(s.Text, "istio/gateway"):
		return []string{"lightstep.cacert", "type: NodePort"}
	case strings.Contains(s.Text, "istio/istiod"):
		return []string{"SHARED_MESH_CONFIG", "PILOT_ENABLE_STATUS"}
	case since(c.tools, "1.16"):
		return []string{"SHARED_MESH_CONFIG", "PILOT_ENABLE_STATUS"}
	case since(c.tools, "1.6"):
		return []string{"lightstep-satellite.lightstep:9292", tokenMarker, "PILOT_ENABLE_STATUS"}
	default:
		return []string{"lightstep-satellite.lightstep:9292", tokenMarker, "accessLogFile"}
	}
}

//go:build e2e

package e2e_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/registry"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/test/docs"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/istio"
)

// The README, and its names. Commands name no others.
const (
	readme          = "README.md"
	readmeRelease   = "istio-lightstep"
	readmeNamespace = "istio-system"
)

// commandsOfReadme runs what the README has people type that needs a mesh. Its collectors
// are the chart's by default, with the tap for doctor to look at spans.
func commandsOfReadme(t *testing.T, m *mesh) {
	m.commands(t, tree{"tap": tree{"enabled": true}}, func(page string) bool { return page == readme })
}

// commandsOfPages does so for all other pages. There is one collector, for there to be a
// warning.
func commandsOfPages(t *testing.T, m *mesh) {
	m.commands(t, tree{"tap": tree{"enabled": true}, "replicas": 1}, func(page string) bool { return page != readme })
}

// commands runs what these pages have people type that needs a mesh, as it stands
// there, with these values of the collectors: no flag is added, and istioctl's question is answered. Of a page's other
// commands those run that make what these name.
func (m *mesh) commands(t *testing.T, collectors tree, of func(page string) bool) {
	t.Helper()
	m.ownNames(t)
	m.unreleased(t)
	blocks, err := docs.Read(m.Root)
	require.NoError(t, err)
	slices.SortStableFunc(blocks, func(a, b docs.Block) int { return turn(a) - turn(b) })
	c := &typed{mesh: m, workspace: m.workspace(t), blocks: blocks}
	c.prepare(t, collectors)
	c.publish(t)
	ran := map[string]bool{}
	for _, block := range blocks {
		if !of(block.Page) || !block.Has(docs.E2E) || ran[block.Text] {
			continue
		}
		ran[block.Text] = true
		t.Run(block.String(), func(t *testing.T) {
			require.NoError(t, c.workspace.Samples())
			require.NoError(t, c.files(t))
			c.ready(t, block)
			c.run(t, block)
		})
	}
	require.NotEmpty(t, ran, "commands that need a mesh")
	m.document(t)
}

// workspace is a copy of the tree with the programs of the project's cache.
func (m *mesh) workspace(t *testing.T) *docs.Workspace {
	t.Helper()
	kubectl, err := m.kubectl()
	require.NoError(t, err)
	helm, err := exec.LookPath(m.Helm)
	require.NoError(t, err)
	helm, err = filepath.Abs(helm)
	require.NoError(t, err)
	w, err := docs.NewWorkspace(m.Root, t.TempDir(), map[string]string{
		"kubectl": kubectl, "helm": helm, "istioctl": filepath.Join(m.Cache, "istio", m.Istio.Minor, "istioctl"),
	})
	require.NoError(t, err)
	w.Setenv("KUBECONFIG", m.Kubeconfig)
	return w
}

// workspaceWith is one with the control plane's document of this mesh, and values.
func (m *mesh) workspaceWith(t *testing.T, values []byte) *docs.Workspace {
	t.Helper()
	w := m.workspace(t)
	mine, err := m.istio.Mine()
	require.NoError(t, err)
	require.NoError(t, w.File("mine.yaml", mine))
	require.NoError(t, w.File("values.yaml", values))
	return w
}

// typed are the commands of the documentation, and where they run.
type typed struct {
	*mesh
	workspace *docs.Workspace
	blocks    []docs.Block
}

// commandTime bounds every command.
const commandTime = 6 * time.Minute

// prepare makes what the README takes for granted: the Secret of the token. The
// values are the README's, for this Istio, with these of the collectors.
func (c *typed) prepare(t *testing.T, collectors tree) {
	t.Helper()
	c.workspace.Placeholders["http://GATEWAY/productpage"] = c.gateway + "/productpage"
	c.workspace.Placeholders["http://GATEWAY/"] = c.gateway + "/productpage"
	c.workspace.Placeholders["--context shop"] = "--context " + c.cluster.Context
	c.workspace.Edit = func(values map[string]any) {
		values["istio"].(tree)["version"] = c.Istio.Version
		if values["delivery"] != "direct" {
			values["collector"] = collectors
		}
	}
	require.NoError(t, c.workspace.File("token", []byte(c.satellite.Token())))
	c.must(t, "kubectl create secret generic lightstep-access-token -n istio-system --from-file=token=token")
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), commandTime)
		defer cancel()
		_, err := c.workspace.Run(ctx, unrelease+"\nkubectl delete secret lightstep-access-token -n istio-system --ignore-not-found", "")
		require.NoError(t, err)
	})
}

// publish has commands pull the chart from a registry, as people do: one of this
// test's, which has no TLS.
func (c *typed) publish(t *testing.T) {
	t.Helper()
	server := httptest.NewServer(registry.New(registry.Logger(log.New(io.Discard, "", 0))))
	t.Cleanup(server.Close)
	charts := "oci://" + server.Listener.Addr().String() + "/charts"
	folder := t.TempDir()
	c.must(t, fmt.Sprintf("helm package charts/istio-lightstep -d %[1]s\nhelm push %[1]s/*.tgz %[2]s --plain-http", folder, charts))
	c.workspace.Placeholders["oci://ghcr.io/istio-lightstep/charts/istio-lightstep"] = charts + "/istio-lightstep --plain-http"
}

// files are those of this mesh that commands name.
func (c *typed) files(t *testing.T) error {
	t.Helper()
	mine, err := c.istio.Mine()
	require.NoError(t, err)
	require.NoError(t, c.workspace.File("mine.yaml", mine))
	return c.workspace.File("Cert_Auth.crt", c.satellite.Authority.PEM())
}

var (
	installs = regexp.MustCompile(`helm install|kubectl apply -f -`)
	needs    = regexp.MustCompile(`helm (test|uninstall)|kubectl (get|delete)|doctor`)
)

// turn says when a block runs: first the README's own way in, then what looks at
// the release or takes it away, and last the other ways in, each of which needs
// that there is none. So it is installed seldom.
func turn(b docs.Block) int {
	switch {
	case wayIn(b):
		return 0
	case !installs.MatchString(b.Text):
		return 1
	}
	return 2
}

// wayIn says that a block is one of those by which the README installs for
// LightStep: the control plane's, and the release's with a private CA.
func wayIn(b docs.Block) bool {
	return b.Page == readme && (strings.Contains(b.Text, "istioctl install") ||
		strings.Contains(b.Text, "helm install") && strings.Contains(b.Text, "cacert.pem="))
}

// ready brings the release about that a block is for, or takes it away for one
// that makes it. The Secret of the CA is the release's where it is given the PEM;
// elsewhere it is the user's.
func (c *typed) ready(t *testing.T, block docs.Block) {
	t.Helper()
	switch {
	case installs.MatchString(block.Text):
		c.unrelease(t)
		if !strings.Contains(block.Text, "cacert.pem=") {
			c.must(t, "kubectl create secret generic lightstep.cacert -n istio-system --from-file=cacert.pem=Cert_Auth.crt")
		}
	case needs.MatchString(block.Text):
		c.install(t)
	}
}

// install runs the README's commands: the control plane's, then the release's.
func (c *typed) install(t *testing.T) {
	t.Helper()
	if c.must(t, "helm list -n istio-system -q -f '^istio-lightstep$' 2>/dev/null") != "" {
		return
	}
	c.unrelease(t)
	for _, block := range c.blocks {
		if wayIn(block) {
			c.run(t, block)
		}
	}
	require.NoError(t, c.cluster.Ready(t.Context(), readmeNamespace))
	c.tracing(t, c.bookinfo())
}

// unrelease takes away what commands made, by Helm or not, with the queue. A
// volume stays for as long as its collector runs, so the objects go first.
const unrelease = `helm uninstall istio-lightstep -n istio-system --no-hooks --ignore-not-found --wait
go run ./cmd/istio-lightstep render -f values.yaml --hooks | kubectl delete --ignore-not-found -f -
kubectl delete secret lightstep.cacert -n istio-system --ignore-not-found
kubectl delete pvc -n istio-system -l app.kubernetes.io/instance=istio-lightstep`

// unrelease runs it, and waits until nothing is left.
func (c *typed) unrelease(t *testing.T) {
	t.Helper()
	c.must(t, unrelease)
	require.NoError(t, c.cluster.Gone(t.Context(), readmeNamespace, "app.kubernetes.io/instance="+readmeRelease))
}

// must runs commands of the test's own.
func (c *typed) must(t *testing.T, script string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), commandTime)
	defer cancel()
	printed, err := c.workspace.Run(ctx, script, "")
	require.NoError(t, err)
	return strings.TrimSpace(printed)
}

// run runs a block's commands one after the other.
func (c *typed) run(t *testing.T, block docs.Block) {
	t.Helper()
	functions := ""
	for _, s := range block.Statements {
		switch {
		case s.Function:
			functions += s.Text + "\n"
		case s.Suite == docs.Test || s.Suite == docs.E2E:
			if s.Values != "" {
				continue // for another mesh; make test runs it
			}
			ctx, cancel := context.WithTimeout(t.Context(), commandTime)
			_, err := c.workspace.Check(ctx, functions, s, istio.Yes)
			cancel()
			require.NoError(t, err, "%s", block)
			c.step("%s: %s", block, strings.Join(strings.Fields(s.Text), " "))
			c.settle(t, s)
		}
	}
}

// settle waits for what a command began, and sees that spans arrive.
func (c *typed) settle(t *testing.T, s docs.Statement) {
	t.Helper()
	switch {
	case strings.HasPrefix(s.Text, "istioctl install"):
		require.NoError(t, c.istio.Validates(t.Context()))
	case installs.MatchString(s.Text) && !strings.Contains(s.Text, "--dry-run"):
		require.NoError(t, c.cluster.Ready(t.Context(), readmeNamespace))
		c.tracing(t, c.bookinfo())
		c.deliver(t, 20)
	}
}

var inBackticks = regexp.MustCompile("run `([^`]+)`")

// runAdvised runs the command that a message has the user run, with these values.
func (m *mesh) runAdvised(t *testing.T, message string, values []byte) {
	t.Helper()
	found := inBackticks.FindStringSubmatch(message)
	require.NotNil(t, found, "no command in %s", message)
	w := m.workspaceWith(t, values)
	ctx, cancel := context.WithTimeout(t.Context(), commandTime)
	defer cancel()
	said, err := w.Run(ctx, found[1], istio.Yes)
	require.NoError(t, err)
	require.Contains(t, said, "Proceed?", "istioctl asks")
	require.NoError(t, m.istio.Validates(ctx))
	m.documented = true
	m.step("the message's command was run: %s", found[1])
}

// pipedIsCancelled has the document come by a pipe, without a flag: istioctl then
// reads its answer from where nothing is left.
func (m *mesh) pipedIsCancelled(t *testing.T, values []byte) {
	t.Helper()
	w := m.workspaceWith(t, values)
	ctx, cancel := context.WithTimeout(t.Context(), commandTime)
	defer cancel()
	said, err := w.Run(ctx, fmt.Sprintf("helm template %s charts/istio-lightstep -n %s -f values.yaml --set output=istioOperator | istioctl install -f mine.yaml -f -",
		m.Release, m.Namespace), istio.Yes)
	require.Error(t, err, "a document by a pipe needs -y: %s", said)
	require.ErrorContains(t, err, "Cancelled")
}

//go:build e2e

package e2e_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/cluster"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/release"
)

// deployer is the ServiceAccount that the objects of docs/gitops.md, Permissions, name.
const deployer = `
apiVersion: v1
kind: ServiceAccount
metadata: {name: deployer}
`

// documentedDeployer has a deployer with the documented permissions alone install,
// upgrade, roll back, test and uninstall the release, while the tests look at the mesh
// with their own.
func documentedDeployer(t *testing.T, m *mesh) {
	m.unreleased(t)
	m.document(t)
	ctx := context.WithoutCancel(t.Context())
	objects := deployer + "---\n" + m.pageBlocks(t, "docs/gitops.md", "<!-- rights -->", "<!-- rights to write -->")
	require.NoError(t, m.cluster.Apply(ctx, m.Namespace, objects))
	t.Cleanup(func() { require.NoError(t, m.cluster.Delete(ctx, m.Namespace, objects)) })
	as, err := cluster.Connect(m.rightsOf(t, "deployer"), m.cluster.Context)
	require.NoError(t, err)
	r := release.New(as, m.Release, m.Namespace, filepath.Join(m.Root, "charts/istio-lightstep"))

	t.Cleanup(func() { m.remove(t) })
	notes, err := r.Install(t, ctx, m.values())
	require.NoError(t, err)
	assert.Contains(t, notes, m.Istio.Version, "it reads Istio's version")
	m.tracing(t, m.bookinfo())
	m.deliver(t, 50)
	_, err = r.Upgrade(t, ctx, m.values(), release.Values{"collector": tree{"queue": tree{"bytes": "20Mi"}}})
	require.NoError(t, err)
	require.NoError(t, r.Rollback(t, ctx, 0))
	said, err := r.Test(t, ctx)
	require.NoError(t, err, "%s", said)
	m.deliver(t, 50)
	require.NoError(t, r.Uninstall(t, ctx))
	m.step("%s: installed, upgraded, rolled back, tested and uninstalled with the documented permissions", t.Name())
}

// pageBlocks gives the fenced blocks of a page that stand below these marks.
func (m *mesh) pageBlocks(t *testing.T, page string, marks ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(m.Root, page))
	require.NoError(t, err)
	var blocks []string
	for _, mark := range marks {
		_, block, found := strings.Cut(string(text), mark+"\n```yaml\n")
		require.True(t, found, "%s has no block below %s", page, mark)
		block, _, _ = strings.Cut(block, "```")
		blocks = append(blocks, block)
	}
	return strings.Join(blocks, "\n---\n")
}

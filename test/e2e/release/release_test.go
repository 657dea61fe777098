package release_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/cluster"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/cluster/clustertest"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/release"
)

// helm is a program of that name that prints its arguments, a line each, with what is in
// the files after -f, and fails where the file "fails" is beside it.
const helm = `#!/bin/sh
for argument; do
  case "$before" in -f) sed 's/^/  /' "$argument";; *) echo "$argument";; esac
  before=$argument
done
if test -e "$(dirname "$(readlink -f "$0")")/fails"; then echo "the values cannot work" >&2; exit 1; fi
`

// program puts that helm first in PATH, and gives the folder that it is in.
func program(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "a-helm")
	require.NoError(t, os.WriteFile(file, []byte(helm), 0o700))
	t.Setenv("PATH", os.Getenv("PATH")) // UseHelm changes it
	require.NoError(t, release.UseHelm(file))
	return dir
}

func TestHelmIsGivenValuesInTheirOrder(t *testing.T) {
	program(t)
	_, c := clustertest.New(t, "")
	dir := t.TempDir()
	for _, name := range []string{"base", "cluster", "last"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte("of: "+name+"\n"), 0o600))
	}
	r := release.New(c, "spans", "mesh", "/chart", filepath.Join(dir, "base"), filepath.Join(dir, "cluster"))
	r.Last = filepath.Join(dir, "last")
	values := []release.Values{{"v": 1}, {"v": map[string]any{"deep": 2}}}
	for what, run := range map[string]func() (string, error){
		"install spans /chart --timeout 3m --wait": func() (string, error) { return r.Install(t, t.Context(), values...) },
		"upgrade spans /chart --wait --timeout 3m": func() (string, error) { return r.Upgrade(t, t.Context(), values...) },
		"upgrade spans /chart --install --dry-run=server --hide-secret": func() (string, error) {
			return r.DryRun(t, t.Context(), values...)
		},
		"template spans /chart --set output=sail": func() (string, error) { return r.Document(t, t.Context(), "sail", values...) },
	} {
		said, err := run()
		require.NoError(t, err, what)
		flat := strings.Join(strings.Fields(said), " ")
		command, arguments, _ := strings.Cut(what, " ")
		assert.True(t, strings.HasPrefix(flat, command+" "), flat)
		assert.Contains(t, flat, arguments)
		assert.Contains(t, flat, "-f of: base -f of: cluster -f v: 1 -f v: deep: 2 -f of: last", what)
		for _, of := range []string{"--kubeconfig " + c.Kubeconfig, "--kube-context shop", "--namespace mesh"} {
			assert.Contains(t, flat, of, what)
		}
	}
	r.NoWait = true
	said, err := r.Install(t, t.Context())
	require.NoError(t, err)
	assert.NotContains(t, said, "--wait")
}

func TestWhatHelmSaysIsTheError(t *testing.T) {
	dir := program(t)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "fails"), nil, 0o600))
	_, c := clustertest.New(t, "")
	r := release.New(c, "spans", "mesh", "/chart")
	_, err := r.Install(t, t.Context())
	require.ErrorContains(t, err, "helm install spans: ")
	require.ErrorContains(t, err, "the values cannot work")
	require.ErrorContains(t, r.Uninstall(t, t.Context()), "helm uninstall spans: ")
	require.ErrorContains(t, r.Drop(t, t.Context()), "helm uninstall spans: ")
	require.ErrorContains(t, r.Rollback(t, t.Context(), 2), "helm rollback spans: ")
	_, err = r.Test(t, t.Context())
	require.ErrorContains(t, err, "helm test spans: ")

	require.ErrorContains(t, release.UseHelm(filepath.Join(dir, "none")), "none")
	require.NoError(t, release.UseHelm("helm"), "a name is looked for in PATH")
}

// On a cluster of a user's, Helm is not even run for a release that the run did not make.
func TestAReleaseOfTheUsersIsLeftAlone(t *testing.T) {
	program(t)
	_, c := clustertest.New(t, `
apiVersion: v1
kind: Secret
metadata: {name: sh.helm.release.v1.spans.v1, namespace: mesh, labels: {owner: helm, name: spans}}
---
apiVersion: v1
kind: Secret
metadata: {name: sh.helm.release.v1.mine.v1, namespace: mesh, labels: {owner: helm, name: mine, istio-lightstep-e2e/run: "7"}}
`)
	c.Run = "7"
	for name, ours := range map[string]bool{"spans": false, "mine": true, "new": true} {
		r := release.New(c, name, "mesh", "/chart")
		_, installed := r.Install(t, t.Context())
		_, upgraded := r.Upgrade(t, t.Context())
		for what, err := range map[string]error{
			"install": installed, "upgrade": upgraded, "rollback": r.Rollback(t, t.Context(), 0),
			"uninstall": r.Uninstall(t, t.Context()), "drop": r.Drop(t, t.Context()),
		} {
			if ours {
				require.NoError(t, err, "%s %s", what, name)
			} else {
				require.ErrorIs(t, err, cluster.ErrForeign, "%s %s", what, name)
			}
		}
	}
	said, err := release.New(c, "new", "mesh", "/chart").Install(t, t.Context())
	require.NoError(t, err)
	assert.Contains(t, said, cluster.RunLabel+"=7")
}

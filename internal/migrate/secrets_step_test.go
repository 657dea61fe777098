package migrate_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/internal/migrate"
)

// lister answers as kubectl does: pods with the Secrets that they mount, and the
// namespaces of Secret lightstep.cacert. It writes down what is deleted.
const lister = `#!/bin/sh
case "$*" in
  "get pods"*) printf '%s\n' "$PODS" ;;
  "get secrets"*) printf 'istio-system\nshop\n' ;;
  delete*) echo "$*" >>deleted ;;
  *) exit 1 ;;
esac
`

// TestASecretThatPodsMountIsNotDeleted: without it a pod that mounts it does not
// start any more.
func TestASecretThatPodsMountIsNotDeleted(t *testing.T) {
	t.Parallel()
	result := move(t, "1.28", migrate.Backend{Name: "honeycomb"}, migrate.Source{Name: "mine.yaml", Data: []byte(changed)})
	var commands string
	for _, step := range result.Steps {
		if strings.Contains(step.Run, "delete secret") {
			commands = step.Run
		}
	}
	require.NotEmpty(t, commands)
	const none, other, mounts = "shop/cart-1 other", "shop/cart-2 my-lightstep.cacert lightstep.cacert.old", "shop/cart-3 other lightstep.cacert more"
	for _, c := range []struct {
		pods    string
		refused bool
	}{{"shop/cart-0 ", false}, {none + "\n" + other, false}, {none + "\n" + mounts + "\n" + other, true}} {
		dir := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(dir, "kubectl"), []byte(lister), 0o700))
		command := exec.CommandContext(t.Context(), "bash", "-c", commands) // without set -e, as by hand
		command.Dir = dir
		command.Env = append(os.Environ(), "PATH="+dir+":"+os.Getenv("PATH"), "PODS="+c.pods)
		said, err := command.CombinedOutput()
		deleted, _ := os.ReadFile(filepath.Join(dir, "deleted"))
		if c.refused {
			require.Error(t, err, "%s", said)
			assert.Contains(t, string(said), "shop/cart-3")
			assert.NotContains(t, string(said), "shop/cart-2")
			assert.Empty(t, string(deleted))
			continue
		}
		require.NoError(t, err, "%s", said)
		assert.Contains(t, string(deleted), "delete secret lightstep.cacert -n istio-system\ndelete secret lightstep.cacert -n shop\n")
	}
}

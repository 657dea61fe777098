package migrate_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
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
	commands := stepThat(t, "delete secret")
	const none, other, mounts = "shop/cart-1 other", "shop/cart-2 my-lightstep.cacert lightstep.cacert.old", "shop/cart-3 other lightstep.cacert more"
	for _, c := range []struct {
		pods    string
		refused bool
	}{{"shop/cart-0 ", false}, {none + "\n" + other, false}, {none + "\n" + mounts + "\n" + other, true}} {
		dir := t.TempDir()
		said, err := withKubectl(t, dir, lister, "PODS="+c.pods, commands)
		deleted, _ := os.ReadFile(filepath.Join(dir, "deleted"))
		if c.refused {
			require.Error(t, err, "%s", said)
			assert.Contains(t, said, "shop/cart-3")
			assert.NotContains(t, said, "shop/cart-2")
			assert.Empty(t, string(deleted))
			continue
		}
		require.NoError(t, err, "%s", said)
		assert.Contains(t, string(deleted), "delete secret lightstep.cacert -n istio-system\ndelete secret lightstep.cacert -n shop\n")
	}
}

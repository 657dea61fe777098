package migrate_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// lister answers as kubectl does: objects with their namespace, owner and spec, as the
// jsonpath has them, and the namespaces of Secret lightstep.cacert. It writes down what is
// deleted.
const lister = `#!/bin/sh
case "$*" in
  "get customresourcedefinitions"*) echo customresourcedefinition.apiextensions.k8s.io/rollouts.argoproj.io ;;
  "get pods,deployments.apps,statefulsets.apps,daemonsets.apps,replicasets.apps,jobs.batch,cronjobs.batch,gateways.networking.istio.io,destinationrules.networking.istio.io,rollouts.argoproj.io -A "*"{.spec}"*)
    printf '%s\n' "$OBJECTS" ;;
  "get secrets"*) printf 'istio-system\nshop\n' ;;
  delete*) echo "$*" >>deleted ;;
  *) exit 1 ;;
esac
`

// TestASecretInUseIsNotDeleted: without it a pod that has it as a volume, of any kind, or
// in its environment does not start any more, also one that does not run now.
func TestASecretInUseIsNotDeleted(t *testing.T) {
	t.Parallel()
	commands := stepThat(t, "delete secret")
	const other = "Pod cart-1\tshop\t\t" + `{"volumes":[{"secret":{"secretName":"my-lightstep.cacert"}},{"secret":{"secretName":"lightstep.cacert.old"}}]}`
	run := func(objects string) (said, deleted string, err error) {
		dir := t.TempDir()
		said, err = withKubectl(t, dir, lister, "OBJECTS="+objects, commands)
		text, _ := os.ReadFile(filepath.Join(dir, "deleted"))
		return said, string(text), err
	}
	for _, free := range []string{
		"", other,
		"ReplicaSet cart-0\tshop\tDeployment\t" + `{"replicas":0,"volumes":[{"secret":{"secretName":"lightstep.cacert"}}]}`,
		"ReplicaSet cart-0\tshop\tRollout\t" + `{"replicas":0,"volumes":[{"secret":{"secretName":"lightstep.cacert"}}]}`,
	} {
		said, deleted, err := run(free)
		require.NoError(t, err, "%s", said)
		assert.Contains(t, deleted, "delete secret lightstep.cacert -n istio-system\ndelete secret lightstep.cacert -n shop\n")
	}
	for _, used := range []string{
		"Pod cart-3\tshop\tReplicaSet\t" + `{"volumes":[{"name":"a","secret":{"secretName":"lightstep.cacert"}}]}`,
		"Pod cart-3\tshop\t\t" + `{"volumes":[{"projected":{"sources":[{"secret":{"name":"lightstep.cacert"}}]}}]}`,
		"CronJob cart-3\tshop\t\t" + `{"jobTemplate":{"initContainers":[{"envFrom":[{"secretRef":{"name":"lightstep.cacert"}}]}]}}`,
		"Deployment cart-3\tshop\t\t" + `{"replicas":0,"containers":[{"env":[{"valueFrom":{"secretKeyRef":{"key":"a","name":"lightstep.cacert"}}}]}]}`,
		"StatefulSet cart-3\tshop\t\t" + `{"annotations":{"sidecar.istio.io/userVolume":"[{\"secret\":{\"secretName\":\"lightstep.cacert\"}}]"}}`,
		"ReplicaSet cart-3\tshop\t\t" + `{"replicas":0,"volumes":[{"secret":{"secretName":"lightstep.cacert"}}]}`,
		"Gateway cart-3\tshop\t\t" + `{"servers":[{"tls":{"credentialName":"lightstep.cacert"}}]}`,
		"Pod cart-3\tistio-system\t\t" + `{"volumes":[{"secret":{"secretName":"lightstep-access-token"}}]}`,
	} {
		said, deleted, err := run(other + "\n" + used)
		require.Error(t, err, "%s: %s", used, said)
		assert.Contains(t, said, "cart-3 of ")
		assert.NotContains(t, said, "cart-1")
		assert.Empty(t, deleted)
	}
	said, _, err := run("Pod cart-1\tshop\t\t" + `{"volumes":[{"secret":{"secretName":"lightstep-access-token"}}]}`)
	require.NoError(t, err, "another namespace's: %s", said)
}

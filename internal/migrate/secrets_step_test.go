package migrate_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/internal/migrate"
)

// lister answers as kubectl does: objects with their namespace, owner and spec, as the
// jsonpath has them, and the namespaces of Secret lightstep.cacert. It writes down what is
// deleted.
const lister = `#!/bin/sh
case "$*" in
  "get customresourcedefinitions"*) echo customresourcedefinition.apiextensions.k8s.io/rollouts.argoproj.io ;;
  "get pods,deployments.apps,statefulsets.apps,daemonsets.apps,replicasets.apps,jobs.batch,cronjobs.batch,gateways.networking.istio.io,destinationrules.networking.istio.io,rollouts.argoproj.io -A "*"{.spec}"*)
    printf '%s\n' "$OBJECTS" ;;
  "get secrets"*) printf 'istio-system cert.pem\nshop cert.pem\nbank cert.pem other.pem\n' ;;
  "get secret lightstep-access-token"*) printf '%b' "$KEYS" ;;
  delete* | patch*) echo "$*" >>deleted ;;
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
	const mounts = `{"volumes":[{"secret":{"secretName":"lightstep-access-token"}}]}`
	for _, free := range []string{
		"", other,
		"Pod istio-lightstep-test\tistio-system\t\t" + mounts + "\ttest/istio-lightstep/Succeeded/istio-lightstep/",
		"Pod istio-lightstep-test\tistio-system\t\t" + mounts + "\ttest/istio-lightstep/Failed/spans/istio-lightstep",
		"ReplicaSet cart-0\tshop\tDeployment\t" + `{"replicas":0,"volumes":[{"secret":{"secretName":"lightstep.cacert"}}]}`,
		"ReplicaSet cart-0\tshop\tRollout\t" + `{"replicas":0,"volumes":[{"secret":{"secretName":"lightstep.cacert"}}]}`,
	} {
		said, deleted, err := run(free)
		require.NoError(t, err, "%s", said)
		assert.Equal(t, "delete secret lightstep-access-token -n istio-system --ignore-not-found\ndelete secret lightstep.cacert -n istio-system\ndelete secret lightstep.cacert -n shop\n", deleted)
		assert.Contains(t, said, "Secret lightstep.cacert of bank stays, as it has several keys: cert.pem other.pem.")
	}
	for _, used := range []string{
		"Pod cart-3\tshop\tReplicaSet\t" + `{"volumes":[{"name":"a","secret":{"secretName":"lightstep.cacert"}}]}`,
		"Pod cart-3\tshop\t\t" + `{"volumes":[{"projected":{"sources":[{"secret":{"name":"lightstep.cacert"}}]}}]}`,
		"CronJob cart-3\tshop\t\t" + `{"jobTemplate":{"initContainers":[{"envFrom":[{"secretRef":{"name":"lightstep.cacert"}}]}]}}`,
		"Deployment cart-3\tshop\t\t" + `{"replicas":0,"containers":[{"env":[{"valueFrom":{"secretKeyRef":{"key":"a","name":"lightstep.cacert"}}}]}]}`,
		"StatefulSet cart-3\tshop\t\t" + `{"annotations":{"sidecar.istio.io/userVolume":"[{\"secret\":{\"secretName\":\"lightstep.cacert\"}}]"}}`,
		"ReplicaSet cart-3\tshop\t\t" + `{"replicas":0,"volumes":[{"secret":{"secretName":"lightstep.cacert"}}]}`,
		"Gateway cart-3\tshop\t\t" + `{"servers":[{"tls":{"credentialName":"lightstep.cacert"}}]}`,
		"Pod cart-3\tistio-system\t\t" + mounts,
		"Pod cart-3\tistio-system\t\t" + mounts + "\ttest/istio-lightstep/Running/istio-lightstep/",
		"Pod cart-3\tistio-system\t\t" + mounts + "\ttest/another/Succeeded/istio-lightstep/",
		"Pod cart-3\tistio-system\t\t" + mounts + "\ttest/istio-lightstep/Succeeded/another/",
		"Pod cart-3\tistio-system\t\t" + mounts + "\tcollector/istio-lightstep/Succeeded/istio-lightstep/",
		"Deployment cart-3\tistio-system\t\t" + mounts + "\ttest/istio-lightstep/Succeeded/istio-lightstep/",
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

// TestOfASecretWithOtherKeysLightStepsGoesAlone: others of the same Secret may be in use.
func TestOfASecretWithOtherKeysLightStepsGoesAlone(t *testing.T) {
	t.Parallel()
	commands := stepThat(t, "delete secret")
	const istiod = "Deployment istiod\tistio-system\t\t" + `{"env":[{"valueFrom":{"secretKeyRef":{"key":"KEY","name":"lightstep-access-token"}}}]}`
	with := func(objects string) (said, changed string, err error) {
		dir := t.TempDir()
		said, err = withKubectl(t, dir, lister, `KEYS=datadog\ntoken\n`, exports([]string{"OBJECTS=" + objects})+commands)
		text, _ := os.ReadFile(filepath.Join(dir, "deleted"))
		return said, string(text), err
	}
	run := func(key string) (said, changed string, err error) {
		return with(strings.ReplaceAll(istiod, "KEY", key))
	}
	for _, other := range []string{"datadog", "token-of-others", "other-token"} {
		said, changed, err := run(other)
		require.NoError(t, err, said)
		assert.Contains(t, changed, `patch secret lightstep-access-token -n istio-system --type merge -p {"data": {"token": null}}`)
		assert.NotContains(t, changed, "delete secret lightstep-access-token")
		assert.Contains(t, said, "Secret lightstep-access-token stays, with its other keys: datadog\n")
	}
	for _, used := range []string{
		`{"env":[{"valueFrom":{"secretKeyRef":{"key":"token","name":"lightstep-access-token","optional":true}}}]}`,
		`{"volumes":[{"name":"v","secret":{"items":[{"key":"a","path":"b"},{"key":"token","path":"b"}],"secretName":"lightstep-access-token"}}]}`,
		`{"volumes":[{"projected":{"sources":[{"secret":{"items":[{"key":"token","path":"b"}],"name":"lightstep-access-token"}}]}}]}`,
		`{"c":[{"volumeMounts":[{"mountPath":"/a","name":"v","subPath":"token"}]}],"volumes":[{"name":"v","secret":{"secretName":"lightstep-access-token"}}]}`,
		`{"a":"[{\"name\":\"v\",\"secret\":{\"secretName\":\"lightstep-access-token\",\"items\":[{\"key\":\"token\",\"path\":\"b\"}]}}]"}`,
		`{"a":"[{\"name\":\"v\",\"subPath\":\"token\"}]","b":"[{\"secret\":{\"secretName\":\"lightstep-access-token\"},\"name\":\"v\"}]"}`,
	} {
		said, changed, err := with("Pod cart	istio-system		" + used)
		require.Error(t, err, used)
		assert.Empty(t, changed, used)
		assert.Contains(t, said, "Pod cart of istio-system")
	}
	for _, free := range []string{
		`{"env":[{"valueFrom":{"secretKeyRef":{"key":"datadog","name":"lightstep-access-token"}}},{"valueFrom":{"secretKeyRef":{"key":"token","name":"other"}}}]}`,
		`{"env":[{"valueFrom":{"secretKeyRef":{"key":"token","name":"other"}}},{"valueFrom":{"secretKeyRef":{"key":"datadog","name":"lightstep-access-token"}}}]}`,
		`{"volumes":[{"name":"v","secret":{"items":[{"key":"a","path":"b"}],"secretName":"lightstep-access-token"}},{"name":"w","secret":{"items":[{"key":"token","path":"b"}],"secretName":"other"}}]}`,
		`{"c":[{"volumeMounts":[{"mountPath":"/a","name":"w","subPath":"token"},{"mountPath":"/b","name":"v"}]}],"volumes":[{"name":"v","secret":{"secretName":"lightstep-access-token"}},{"name":"w","secret":{"secretName":"other"}}]}`,
		`{"env":[{"valueFrom":{"secretKeyRef":{"key":"token","name":"lightstep-access-token-2"}}},{"valueFrom":{"secretKeyRef":{"key":"datadog","name":"lightstep-access-token"}}}]}`,
	} {
		said, _, err := with("Pod cart	istio-system		" + free)
		require.NoError(t, err, "%s: %s", free, said)
	}
	said, changed, err := run("token")
	require.Error(t, err)
	assert.Empty(t, changed)
	assert.Contains(t, said, "Deployment istiod of istio-system")
}

// TestWhatMakesASecretAgainGoesFirst: a Secret that another object makes is there again
// as soon as it was deleted.
func TestWhatMakesASecretAgainGoesFirst(t *testing.T) {
	t.Parallel()
	const makers = `---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: tracing, namespace: istio-system}
spec: {target: {name: satellite}}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: satellite, namespace: shop}
---
apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata: {name: lightstep.cacert, namespace: shop}
---
apiVersion: secrets.hashicorp.com/v1beta1
kind: VaultStaticSecret
metadata: {name: other, namespace: istio-system}
spec: {destination: {name: other}}
---
kind: Kustomization
secretGenerator: [{name: satellite, namespace: istio-system}]
---
kind: Kustomization
namespace: shop
secretGenerator: [{name: satellite}]
---
apiVersion: external-secrets.io/v1
kind: ClusterExternalSecret
metadata: {name: anywhere}
spec: {externalSecretName: satellite}
---
apiVersion: v1
kind: Secret
metadata: {name: satellite-lightstep, namespace: istio-system}
`
	const mesh = `apiVersion: install.istio.io/v1alpha1
kind: IstioOperator
spec:
  values: {pilot: {envVarFrom: [{name: TOKEN, valueFrom: {secretKeyRef: {name: satellite, key: token}}}]}}
  meshConfig:
    extensionProviders:
    - name: spans
      opentelemetry: {service: ingest.lightstep.com, port: 443, grpc: {initialMetadata: [{name: lightstep-access-token, envName: TOKEN}]}}
`
	for _, alone := range []bool{false, true} {
		result := move(t, "1.28", migrate.Backend{Name: "honeycomb", Alone: alone}, migrate.Source{Name: "mine.yaml", Data: []byte(mesh + makers)})
		said := ""
		for _, step := range result.Steps {
			if strings.Contains(step.Text, "Remove the Secrets") {
				said = step.Text
			}
		}
		assert.Contains(t, said, " First remove what makes them again: externalsecret tracing of istio-system, sealedsecret lightstep.cacert of shop, secretGenerator satellite of mine.yaml, clusterexternalsecret anywhere, if it is of istio-system.")
	}
}

package mesh

import (
	"fmt"
	"os"
	"runtime/debug"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	networkingv1 "k8s.io/api/networking/v1"
	"sigs.k8s.io/yaml"
)

// readers are all that this package reads objects with.
var readers = map[string]func([]byte) error{
	"Telemetry":           func(data []byte) error { _, err := newTelemetry(data); return err },
	"ServiceEntry":        func(data []byte) error { _, err := newServiceEntry(data); return err },
	"DestinationRule":     func(data []byte) error { _, err := newDestinationRule(data); return err },
	"Sidecar":             func(data []byte) error { _, err := newSidecar(data); return err },
	"EnvoyFilter":         func(data []byte) error { _, err := newEnvoyFilter(data); return err },
	"AuthorizationPolicy": func(data []byte) error { _, err := newAuthorizationPolicy(data); return err },
	"PeerAuthentication":  func(data []byte) error { _, err := newPeerAuthentication(data); return err },
	"Service":             func(data []byte) error { _, err := newService(data); return err },
	"EndpointSlice":       func(data []byte) error { return new(Service).count(data) },
	"Secret":              func(data []byte) error { _, err := newSecret(data); return err },
	"Deployment":          func(data []byte) error { _, err := workloadOf("Deployment")(data); return err },
	"StatefulSet":         func(data []byte) error { _, err := workloadOf("StatefulSet")(data); return err },
	"istiod":              func(data []byte) error { _, err := newIstiod(data); return err },
	"Pod":                 func(data []byte) error { _, err := readPod(data); return err },
	"webhook":             func(data []byte) error { _, err := newWebhook(data); return err },
	"validator":           func(data []byte) error { _, err := newValidator(data); return err },
	"NetworkPolicy":       func(data []byte) error { return decode(data, new(networkingv1.NetworkPolicy)) },
	"Event":               func(data []byte) error { _, err := newAttempt(data); return err },
	"ConfigMap":           readConfigs,
	"refusals": func(data []byte) error {
		var err error
		for _, kind := range []string{"ReplicaSet", "StatefulSet", "DaemonSet"} {
			_, err = reading("a "+kind, attempt{kind: kind}.refusal)(data)
		}
		return err
	},
}

// readConfigs reads every text of a ConfigMap as all that a ConfigMap can hold.
func readConfigs(data []byte) error {
	m, err := newConfigMap(data)
	for key, text := range m.Data {
		config, _ := ParseMeshConfig(text)
		Merge(config, config)
		_, _, _ = PodTracing(text)
		_ = PodRuntime(text)
		_, _ = newInjector(ConfigMap{Data: map[string]string{"config": text}})
		_, _ = ServiceRef(key)
	}
	return err
}

// TestEveryObjectIsReadWithoutAPanic gives every object to every reader, that
// of another kind included. OBJECTS names a file of them, such as all of a
// cluster; without it they are those of doctor's tests. A panic is told without
// what the object holds.
func TestEveryObjectIsReadWithoutAPanic(t *testing.T) {
	t.Parallel()
	name := os.Getenv("OBJECTS")
	if name == "" {
		name = "../doctor/testdata/mesh.yaml"
	}
	file, err := os.Open(name)
	require.NoError(t, err)
	defer func() { _ = file.Close() }()
	recorded, err := ReadRecorded(file)
	require.NoError(t, err)
	require.NotEmpty(t, recorded.Objects)
	read := map[string]int{}
	for i := range recorded.Objects {
		o := &recorded.Objects[i]
		data, err := o.MarshalJSON()
		require.NoError(t, err)
		for kind, reader := range readers {
			at := fmt.Sprintf("%s %s/%s read as %s", o.GetKind(), o.GetNamespace(), o.GetName(), kind)
			if ok, err := quietly(t, at, data, reader); ok && err == nil && o.GetKind() == kind {
				read[kind]++
			}
		}
	}
	t.Logf("%d objects, by %d readers each; of their own kind %v", len(recorded.Objects), len(readers), read)
	for _, kind := range []string{"Pod", "Deployment", "ConfigMap"} {
		require.Positive(t, read[kind], "no %s could be read", kind)
	}
}

// quietly reads an object; ok is false where the reader panicked.
func quietly(t *testing.T, at string, data []byte, reader func([]byte) error) (ok bool, err error) {
	t.Helper()
	defer func() {
		if recover() != nil {
			t.Errorf("%s: panic\n%s", at, debug.Stack())
		}
	}()
	return true, reader(data)
}

// TestWhatAProxyGuards holds the ports that annotations take from a sidecar.
func TestWhatAProxyGuards(t *testing.T) {
	t.Parallel()
	for annotations, want := range map[string]bool{
		`{}`: true,
		`{traffic.sidecar.istio.io/excludeInboundPorts: "15020, 4317"}`: false,
		`{traffic.sidecar.istio.io/excludeInboundPorts: "43170"}`:       true,
		`{traffic.sidecar.istio.io/includeInboundPorts: "*"}`:           true,
		`{traffic.sidecar.istio.io/includeInboundPorts: ""}`:            false,
		`{traffic.sidecar.istio.io/includeInboundPorts: "8080,4317"}`:   true,
		`{traffic.sidecar.istio.io/includeInboundPorts: "8080"}`:        false,
	} {
		data, err := yaml.YAMLToJSON([]byte("{metadata: {name: a, annotations: " + annotations + "}, spec: {containers: [{name: istio-proxy}]}}"))
		require.NoError(t, err)
		pod, err := readPod(data)
		require.NoError(t, err)
		assert.Equal(t, want, pod.Guards(4317), annotations)
	}
	assert.False(t, (&Pod{}).Guards(4317), "without a proxy")
}

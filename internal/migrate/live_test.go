package migrate_test

import (
	"context"
	"os"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
	"github.com/istio-lightstep/istio-lightstep/internal/migrate"
)

// liveObjects are the recorded ones of a cluster, with further ones.
func liveObjects(t *testing.T, more string) *mesh.Recorded {
	t.Helper()
	text, err := os.ReadFile("testdata/live/mesh.yaml")
	require.NoError(t, err)
	recorded, err := mesh.ReadRecorded(strings.NewReader(string(text) + "---\n" + more))
	require.NoError(t, err)
	return recorded
}

// migrateLive migrates what a cluster has.
func migrateLive(t *testing.T, from mesh.Source, to string) (*migrate.Live, *migrate.Result) {
	t.Helper()
	live, err := migrate.ReadLive(t.Context(), from, migrate.LiveOptions{})
	require.NoError(t, err)
	result, err := migrate.Migrate(t.Context(), live.Sources, migrate.Options{To: to, Unseen: live.Unseen, Helm: live.Helm})
	require.NoError(t, err)
	return live, result
}

// TestLive holds what comes of a cluster to what comes of the files that it was
// made from.
func TestLive(t *testing.T) {
	live, result := migrateLive(t, liveObjects(t, ""), "1.28")
	require.Empty(t, live.Unseen)
	var ofFiles *migrate.Result
	for _, s := range readShapes(t) {
		if strings.Contains(s.file, "/36-") {
			var err error
			ofFiles, err = migrate.Migrate(t.Context(), s.sources, migrate.Options{To: "1.28"})
			require.NoError(t, err)
		}
	}
	assert.YAMLEq(t, strings.ReplaceAll(string(ofFiles.Values), "100.0", "100"), string(result.Values))
	assert.YAMLEq(t, string(ofFiles.Secret), string(result.Secret))
	report := result.Report()
	for _, s := range live.Sources {
		assert.NotContains(t, string(s.Data), "not-ours")
		assert.NotContains(t, string(s.Data), "long text")
		assert.NotContains(t, s.Name, "payment")
		assert.NotContains(t, s.Name, "logs")
	}
	assert.NotContains(t, report, "t0kz9d6b7a1e4c52")
	assert.Contains(t, report, `"$ISTIOCTL" install -y -f "$YOURS" -f lightstep.yaml`, "no file of the user's is known")
	assert.Contains(t, report, "SPEC=$(kubectl get telemetry mesh-default -n istio-system ", "of two the older one counts")
	assert.Contains(t, report, "kubectl delete telemetry never-heeded -n istio-system\n")

	written, err := result.Write(t.Context(), t.TempDir(), false)
	require.NoError(t, err)
	assert.Equal(t, []string{"values.yaml", "secret.yaml", "report.md", "configmap.istio-system.istio.yaml"}, written)
}

// TestLiveElsewhere reads what is not always there: a revision, a namespace of
// its own, a shared mesh config, a collector, Helm, a workload's annotation and
// the Secrets of the CA, whose content is nobody's business.
func TestLiveElsewhere(t *testing.T) {
	recorded, err := mesh.ReadRecorded(strings.NewReader(`
apiVersion: apps/v1
kind: Deployment
metadata:
  name: istiod-canary
  namespace: mesh
  labels: {app: istiod, istio.io/rev: canary}
  annotations: {meta.helm.sh/release-name: istiod-canary}
spec:
  template:
    spec:
      containers:
      - name: discovery
        env:
        - {name: SHARED_MESH_CONFIG, value: ours}
        - {name: LS_TOKEN, valueFrom: {secretKeyRef: {name: ls, key: token}}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: istio-canary, namespace: mesh}
data: {mesh: "enableTracing: true\nrootNamespace: mesh"}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: ours, namespace: mesh}
data:
  mesh: |
    extensionProviders:
    - name: lightstep
      opentelemetry: {service: collector.tracing.svc.cluster.local, port: 4317}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: collector, namespace: tracing}
data:
  config.yaml: |
    exporters:
      otlp: {endpoint: "ingest.lightstep.com:443", headers: {lightstep-access-token: t0kz9d6b7a1e4c52}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: cart, namespace: shop}
spec:
  template:
    metadata:
      annotations:
        proxy.istio.io/config: |
          tracing: {zipkin: {address: zipkin:9411}}
---
apiVersion: v1
kind: Secret
metadata: {name: lightstep.cacert, namespace: shop}
data: {cacert.pem: c2VjcmV0}
---
apiVersion: install.istio.io/v1alpha1
kind: IstioOperator
metadata: {name: installed-state, namespace: mesh}
spec: {profile: default}
---
apiVersion: sailoperator.io/v1
kind: Istio
metadata: {name: default}
spec: {namespace: mesh}
`))
	require.NoError(t, err)
	live, err := migrate.ReadLive(t.Context(), recorded, migrate.LiveOptions{Namespace: "mesh"})
	require.NoError(t, err)
	require.Empty(t, live.Unseen)
	require.True(t, live.Helm)
	sources := map[string]string{}
	for _, s := range live.Sources {
		sources[s.Name] = string(s.Data)
		assert.NotContains(t, string(s.Data), "c2VjcmV0")
	}
	assert.Len(t, sources, 7)
	assert.YAMLEq(t, `{revision: canary, global: {istioNamespace: mesh}, pilot: {env: {SHARED_MESH_CONFIG: ours}, envVarFrom: [{name: LS_TOKEN, valueFrom: {secretKeyRef: {name: ls, key: token}}}]}}`, sources["live/istiod.yaml"])
	for _, name := range []string{
		"istio.default", "configmap.mesh.ours", "configmap.mesh.istio-canary", "configmap.tracing.collector", "statefulset.shop.cart", "secret.shop.lightstep.cacert",
	} {
		assert.Contains(t, sources, "live/"+name+".yaml")
	}
	result, err := migrate.Migrate(t.Context(), live.Sources, migrate.Options{To: "1.28", Helm: live.Helm})
	require.NoError(t, err)
	assert.Contains(t, string(result.Values), "address: ingest.lightstep.com:443")
	assert.Contains(t, string(result.Secret), "t0kz9d6b7a1e4c52")
	assert.NotContains(t, result.Report(), "t0kz9d6b7a1e4c52")
	assert.Contains(t, result.Report(), `helm upgrade --install istiod-canary "$ISTIOD" -n mesh`)
}

// TestLiveWithoutRights takes one right after the other away: each is named, and
// hides no other.
func TestLiveWithoutRights(t *testing.T) {
	const more = `
apiVersion: install.istio.io/v1alpha1
kind: IstioOperator
metadata: {name: a, namespace: istio-system}
---
apiVersion: sailoperator.io/v1
kind: Istio
metadata: {name: default}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: a, namespace: a}
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: a, namespace: a}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: a, namespace: a}
`
	for _, denied := range []string{
		"deployments.apps", "statefulsets.apps", "daemonsets.apps", "configmaps", "secrets", "telemetries.telemetry.istio.io",
		"serviceentries.networking.istio.io", "destinationrules.networking.istio.io", "virtualservices.networking.istio.io", "gateways.networking.istio.io",
		"sidecars.networking.istio.io", "envoyfilters.networking.istio.io", "httproutes.gateway.networking.k8s.io", "istiooperators.install.istio.io", "istios.sailoperator.io",
	} {
		t.Run(denied, func(t *testing.T) {
			recorded := liveObjects(t, more)
			recorded.Denied = []string{denied}
			live, result := migrateLive(t, recorded, "1.28")
			require.NotEmpty(t, live.Unseen)
			said := strings.Join(live.Unseen, "\n")
			name, _, _ := strings.Cut(denied, ".")
			assert.Contains(t, strings.ToLower(said), strings.TrimSuffix(name, "s"))
			assert.Contains(t, said, ": permission denied")
			for _, what := range live.Unseen {
				assert.Contains(t, result.Report(), "- could not read "+what+": the result may lack what is there\n")
			}
			assert.Equal(t, denied != "configmaps", result.Found)
			assert.Empty(t, routesThatGo(result), "what was not seen may use them")
		})
	}
}

// TestLivePlane asks for the control plane where it is not clear.
func TestLivePlane(t *testing.T) {
	const canary = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: istiod-canary, namespace: istio-system, labels: {app: istiod, istio.io/rev: canary}}
`
	for said, c := range map[string]struct {
		more    string
		options migrate.LiveOptions
	}{
		"there is no istiod in namespace elsewhere":                             {"", migrate.LiveOptions{Namespace: "elsewhere"}},
		"namespace istio-system has no istiod of revision blue, it has default": {"", migrate.LiveOptions{Revision: "blue"}},
		"namespace istio-system has revisions canary, default; --revision na":   {canary, migrate.LiveOptions{}},
	} {
		_, err := migrate.ReadLive(t.Context(), liveObjects(t, c.more), c.options)
		require.ErrorIs(t, err, migrate.ErrPlane)
		require.ErrorContains(t, err, said)
	}
	_, err := migrate.ReadLive(t.Context(), liveObjects(t, canary), migrate.LiveOptions{Revision: "default"})
	require.NoError(t, err)
	_, err = migrate.ReadLive(t.Context(), gone{}, migrate.LiveOptions{})
	require.ErrorContains(t, err, "ask the cluster what it serves")
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = migrate.ReadLive(ended, liveObjects(t, ""), migrate.LiveOptions{})
	require.ErrorIs(t, err, context.Canceled)
}

// TestLiveWithoutAKind has a cluster that serves no kind but istiod's: that is
// nothing that could not be looked at.
func TestLiveWithoutAKind(t *testing.T) {
	live, err := migrate.ReadLive(t.Context(), bare{liveObjects(t, "")}, migrate.LiveOptions{})
	require.NoError(t, err)
	require.Empty(t, live.Unseen)
}

// bare is a cluster without most kinds.
type bare struct{ *mesh.Recorded }

// List finds Deployments and ConfigMaps.
func (b bare) List(ctx context.Context, of mesh.Resource, query mesh.Query, each func([]byte) error) error {
	if of.Kind != "Deployment" && of.Kind != "ConfigMap" {
		return apierrors.NewNotFound(schema.GroupResource{Group: of.Group, Resource: of.Name}, "")
	}
	return b.Recorded.List(ctx, of, query, each)
}

// TestLiveTriesEachVersion: that a group is served in a version does not say that
// each of its kinds is.
func TestLiveTriesEachVersion(t *testing.T) {
	for kind, version := range map[string]string{"EnvoyFilter": "networking.istio.io/v1alpha3", "TLSRoute": "gateway.networking.k8s.io/v1alpha2"} {
		object := "apiVersion: " + version + "\nkind: " + kind + "\nmetadata: {name: out, namespace: shop}\nspec: {uses: ingest.lightstep.com}\n"
		from := served{liveObjects(t, object), map[string][]string{kind: {path.Base(version)}}}
		live, result := migrateLive(t, from, "1.28")
		require.Empty(t, live.Unseen)
		require.Empty(t, routesThatGo(result), kind)
		require.Contains(t, result.Report(), kind+" shop/out")

		from.only[kind] = []string{"v8"} // not served
		live, result = migrateLive(t, from, "1.28")
		require.Empty(t, live.Unseen)
		require.NotEmpty(t, routesThatGo(result), kind)

		from.only[kind] = []string{"v9"} // no version that is known here
		live, result = migrateLive(t, from, "1.28")
		require.Len(t, live.Unseen, 1, kind)
		require.Contains(t, live.Unseen[0], "in version v9, which this program does not know")
		require.Empty(t, routesThatGo(result), kind)
	}
}

// served is a cluster that serves some kinds in fewer versions than their group.
type served struct {
	*mesh.Recorded
	only map[string][]string
}

// Versions gives those of the groups.
func (s served) Versions(ctx context.Context, group string) ([]string, error) {
	if strings.HasSuffix(group, "telemetry.istio.io") {
		return s.Recorded.Versions(ctx, group)
	}
	return []string{"v9", "v1", "v1beta1", "v1alpha3", "v1alpha2", "v1alpha1"}, nil
}

// List finds a kind by a version in which it is served.
func (s served) List(ctx context.Context, of mesh.Resource, query mesh.Query, each func([]byte) error) error {
	if only := s.only[of.Kind]; only != nil && !slices.Contains(only, of.Version) {
		return apierrors.NewNotFound(schema.GroupResource{Group: of.Group, Resource: of.Name}, "")
	}
	return s.Recorded.List(ctx, of, query, each)
}

// gone is a cluster that does not answer.
type gone struct{ *mesh.Recorded }

// Versions gives an error.
func (gone) Versions(context.Context, string) ([]string, error) {
	return nil, apierrors.NewServiceUnavailable("it sleeps")
}

// The name of the shared mesh config may come from an object that is not read:
// that is reported, not passed over.
func TestLiveTellsOfASharedMeshConfigThatItCannotName(t *testing.T) {
	const deployment = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: istiod, namespace: mesh, labels: {app: istiod}}\n" +
		"spec: {template: {spec: {containers: [{name: discovery, env: [{name: SHARED_MESH_CONFIG, value: a}, %s]}]}}}\n"
	for last, want := range map[string]string{
		"{name: SHARED_MESH_CONFIG, valueFrom: {secretKeyRef: {name: a, key: b}}}": "SHARED_MESH_CONFIG, comes from another object",
		"{name: SHARED_MESH_CONFIG, value: b}":                                     "",
	} {
		recorded, err := mesh.ReadRecorded(strings.NewReader(strings.ReplaceAll(deployment, "%s", last)))
		require.NoError(t, err)
		live, err := migrate.ReadLive(t.Context(), recorded, migrate.LiveOptions{Namespace: "mesh"})
		require.NoError(t, err)
		unseen := strings.Join(live.Unseen, "\n")
		if want == "" {
			assert.Empty(t, unseen)
		}
		assert.Contains(t, unseen, want)
	}
}

// TestLiveTelemetryThatIsOlder: a mesh-wide Telemetry without tracing counts too where it
// is the oldest, so it stays and has the chart's provider.
func TestLiveTelemetryThatIsOlder(t *testing.T) {
	_, result := migrateLive(t, liveObjects(t, `apiVersion: telemetry.istio.io/v1
kind: Telemetry
metadata: {name: access-logs, namespace: istio-system, creationTimestamp: "2023-01-01T10:00:00Z"}
spec:
  selector: {matchLabels: {}}
  accessLogging: [{providers: [{name: envoy}]}]
`), "1.28")
	assert.Contains(t, string(result.Values), "telemetry:\n  enabled: false\n")
	report := result.Report()
	assert.Contains(t, report, `kubectl patch telemetry access-logs -n istio-system --type merge -p '{"spec": {"tracing": [{"providers": [{"name": "istio-lightstep"}], "randomSamplingPercentage": `)
	assert.NotContains(t, report, "until-migrated")
	assert.NotContains(t, report, "kubectl delete telemetry")
	assert.Contains(t, report, "Telemetry istio-system/mesh-default is mesh-wide too, and an older one counts in its place")
}

// TestLiveSharedMeshConfigOfTheUser: istiod reads one shared mesh ConfigMap, so that of the
// user stays the one, and our part goes into the control plane's own document.
func TestLiveSharedMeshConfigOfTheUser(t *testing.T) {
	recorded, err := mesh.ReadRecorded(strings.NewReader(`apiVersion: apps/v1
kind: Deployment
metadata: {name: istiod, namespace: istio-system, labels: {app: istiod, istio.io/rev: default}}
spec: {template: {spec: {containers: [{name: discovery, env: [{name: SHARED_MESH_CONFIG, value: company-mesh}]}]}}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: istio, namespace: istio-system, labels: {istio.io/rev: default}}
data: {mesh: "rootNamespace: istio-system\n"}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: company-mesh, namespace: istio-system}
data:
  mesh: |
    accessLogFile: /dev/stdout
    extensionProviders:
    - {name: ls, lightstep: {service: ingest.lightstep.com, port: 443, accessToken: t0kz9d6b7a1e4c52}}
`))
	require.NoError(t, err)
	_, result := migrateLive(t, recorded, "1.28")
	assert.Contains(t, string(result.Values), "meshConfig:\n  shared: false\n")
	report := result.Report()
	assert.Contains(t, report, `istio-lightstep render -n istio-system -f migrated/values.yaml --set-string istio.version="$RUNNING" --set output=istioOperator --into "$YOURS" >lightstep.yaml`)
	assert.Contains(t, report, "kubectl apply -f migrated/configmap.istio-system.company-mesh.yaml\n")
}

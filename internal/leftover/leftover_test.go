package leftover

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/istio-lightstep/istio-lightstep/internal/bounded"
	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
	"github.com/istio-lightstep/istio-lightstep/pkg/render"
)

func TestEverySpellingIsAMention(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		"lightstep": 0, "tracer: LightStep": 8, "LIGHTSTEP_ACCESS_TOKEN": 0, "light-step": 0, "my-light_step": 3,
		"envoy.tracers.lightstep": 14, "ingest.eu.lightstep.com:443": 10, "otlp_grpc/lightstep": 10,
		"istio-lightstep": -1, "shop-istio-lightstep-collector": -1, "istio-lightstep.io/on-purpose": -1, "ISTIO-LIGHTSTEP": -1,
		"istio-lightstep and lightstep": 20, "istio-lightstep-access-token": 6, "light steps": -1, "lightly stepped": -1, "": -1,
		"ISTIO_LIGHTSTEP_HONEYCOMB_API_KEY": -1,
	} {
		assert.Equal(t, want, Next(text, 0), text)
	}
	assert.Equal(t, -1, inLine("# LightStep was here"))
	assert.Equal(t, 3, inLine(`a: lightstep # since 2019`))
	assert.Equal(t, 6, inLine(`a: "# lightstep"`))
}

const objects = `
apiVersion: v1
kind: Namespace
metadata: {name: lightstep}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: istio, namespace: istio-system, managedFields: [{fieldsV1: {"f:lightstep": {}}}]}
data:
  mesh: |
    # LightStep was here
    defaultConfig:
      tracing:
        lightstep: {address: "satellite:443", accessToken: t0kz9d6b7a1e4c52}
  meshNetworks: ""
---
apiVersion: v1
kind: ConfigMap
metadata: {name: fine, namespace: lightstep}
data: {a.b: istio-lightstep-collector}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: istiod, namespace: istio-system}
spec: {template: {spec: {containers: [{name: discovery, args: [--x, --tracer=lightstep], env: [{name: LIGHTSTEP_TOKEN, value: t0kz9d6b7a1e4c52}]}]}}}
status: {message: lightstep}
---
apiVersion: telemetry.istio.io/v1
kind: Telemetry
metadata: {name: mesh-default, namespace: istio-system}
spec: {tracing: [{providers: [{name: Light-Step}]}]}
---
apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: tracing, namespace: shop}
spec: {configPatches: [{patch: {value: {typed_config: {"@type": type.googleapis.com/envoy.config.trace.v3.LightstepConfig, access_token_file: /etc/token}}}}]}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: satellite, namespace: shop}
spec: {hosts: [ingest.lightstep.com]}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: satellite, namespace: shop, annotations: {owner/lightstep: x}, labels: {team: lightstep}}
spec: {host: satellite}
---
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: istiod, namespace: argocd}
spec: {source: {helm: {parameters: [{name: global.tracer.lightstep.address, value: "satellite:443"}]}}}
---
apiVersion: v1
kind: Secret
metadata: {name: lightstep.cacert, namespace: shop, annotations: {kubectl.kubernetes.io/last-applied-configuration: '{"data": {"lightstep": "t0kz9d6b7a1e4c52"}}'}}
data: {cacert.pem: bGlnaHRzdGVw}
---
apiVersion: v1
kind: Secret
metadata: {name: tokens, namespace: shop}
data: {lightstep-token: bGlnaHRzdGVw}
stringData: {other: lightstep}
---
apiVersion: v1
kind: Secret
metadata: {name: istio-lightstep-access-token, namespace: istio-system}
`

// helmSecret is the record of a release, as Helm keeps it.
func helmSecret(t *testing.T, status, values string) string {
	t.Helper()
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, err := fmt.Fprintf(w, `{"name": "istiod", "namespace": "istio-system", "config": %s, "chart": {"values": {"lightstep": "default"}}}`, values)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	data := base64.StdEncoding.EncodeToString([]byte(base64.StdEncoding.EncodeToString(packed.Bytes())))
	return fmt.Sprintf(`
---
apiVersion: v1
kind: Secret
type: helm.sh/release.v1
metadata: {name: sh.helm.release.v1.istiod.%s, namespace: istio-system, labels: {owner: helm, status: %s}}
data: {release: %s}
`, status, status, data)
}

func look(t *testing.T, text string, denied ...string) *Report {
	t.Helper()
	recorded, err := mesh.ReadRecorded(strings.NewReader(text))
	require.NoError(t, err)
	recorded.Denied = denied
	r, err := Cluster(t.Context(), recorded)
	require.NoError(t, err)
	return r
}

func names(r *Report) []string {
	all := []string{}
	for _, m := range r.Mentions {
		all = append(all, m.String())
	}
	return all
}

func TestEachPlaceOnAClusterIsNamed(t *testing.T) {
	t.Parallel()
	r := look(t, objects+helmSecret(t, "deployed", `{"global": {"tracer": {"lightstep": {"accessToken": "t0kz9d6b7a1e4c52"}}, "proxy": {"tracer": "lightstep"}}}`)+
		helmSecret(t, "superseded", `{"tracer": "lightstep"}`))
	assert.Equal(t, []string{
		`Application argocd/istiod: spec.source.helm.parameters[0].name`,
		`ConfigMap istio-system/istio: data.mesh, line 4`,
		`Deployment istio-system/istiod: spec.template.spec.containers[0].args[1]`,
		`Deployment istio-system/istiod: spec.template.spec.containers[0].env[0].name`,
		`DestinationRule shop/satellite: metadata.labels.team`,
		`DestinationRule shop/satellite: metadata.annotations.owner/lightstep`,
		`EnvoyFilter shop/tracing: spec.configPatches[0].patch.value.typed_config.@type`,
		`Helm release istio-system/istiod: values global.proxy.tracer`,
		`Helm release istio-system/istiod: values global.tracer.lightstep`,
		`Namespace lightstep: metadata.name`,
		`Secret istio-system/istio-lightstep-access-token: metadata.name`,
		`Secret shop/lightstep.cacert: metadata.name`,
		`Secret shop/lightstep.cacert: data.cacert\.pem, in base64`,
		`Secret shop/tokens: data.lightstep-token`,
		`Secret shop/tokens: stringData.other`,
		`ServiceEntry shop/satellite: spec.hosts[0]`,
		`Telemetry istio-system/mesh-default: spec.tracing[0].providers[0].name`,
	}, names(r))
	assert.Empty(t, r.Gaps)
	assert.NotContains(t, strings.Join(names(r), "\n"), "t0kz9d6b7a1e4c52")
}

// old is Kubernetes 1.20, whose batch/v1 has Jobs alone.
type old struct{ mesh.Source }

// List knows no CronJob of v1.
func (o old) List(ctx context.Context, of mesh.Resource, q mesh.Query, each func([]byte) error) error {
	if of.Name == "cronjobs" && of.Version == "v1" {
		return apierrors.NewNotFound(schema.GroupResource{Group: of.Group, Resource: of.Name}, "")
	}
	return o.Source.List(ctx, of, q, each)
}

func TestCronJobsAreLookedAt(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"v1", "v1beta1"} {
		text := `
apiVersion: batch/v1
kind: Job
metadata: {name: other, namespace: shop}
---
apiVersion: batch/` + version + `
kind: CronJob
metadata: {name: report, namespace: shop}
spec: {jobTemplate: {spec: {template: {spec: {containers: [{name: a, env: [{name: LIGHTSTEP_ACCESS_TOKEN, value: t0kz9d6b7a1e4c52}]}]}}}}}
`
		recorded, err := mesh.ReadRecorded(strings.NewReader(text))
		require.NoError(t, err)
		var from mesh.Source = recorded
		if version == "v1beta1" {
			from = old{recorded}
		}
		r, err := Cluster(t.Context(), from)
		require.NoError(t, err)
		assert.Equal(t, []string{`CronJob shop/report: spec.jobTemplate.spec.template.spec.containers[0].env[0].name`}, names(r), version)
		assert.Empty(t, r.Gaps)
	}
}

func TestWhatCannotBeLookedAtIsAGap(t *testing.T) {
	t.Parallel()
	r := look(t, objects, "secrets", "envoyfilters.networking.istio.io")
	assert.Equal(t, []Gap{{"envoyfilters.networking.istio.io", "permission denied"}, {"secrets", "permission denied"}}, r.Gaps)
	r = look(t, strings.ReplaceAll(helmSecret(t, "deployed", "{}"), "{release: ", `{release: eA==, not: `))
	assert.Equal(t, []Gap{{"Secret istio-system/sh.helm.release.v1.istiod.deployed", "it cannot be read"}}, r.Gaps)
	r = look(t, `
apiVersion: v1
kind: Secret
type: helm.sh/release.v1
metadata: {name: tokens, namespace: shop, labels: {status: 1}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: tokens, namespace: shop, annotations: [a]}
`)
	assert.Equal(t, []Gap{{"ConfigMap shop/tokens", "it cannot be read"}, {"Secret shop/tokens", "it cannot be read"}}, r.Gaps)
	assert.Equal(t, "it holds more than 64 MiB", unreadable(fmt.Errorf("read: %w", &bounded.TooLargeError{Limit: mostRelease})))
}

func TestGapsAreBounded(t *testing.T) {
	t.Parallel()
	r := &Report{}
	for i := range most + 5 {
		r.addGap(Gap{fmt.Sprint("Secret a/", i), "it cannot be read"})
	}
	assert.Len(t, r.Gaps, most)
	assert.Equal(t, 5, r.MoreGaps)
}

// A mesh whose spans go to other backends alone has no mention of its own.
func TestAReleaseWithoutLightStepHasNone(t *testing.T) {
	t.Parallel()
	renderer, err := render.New()
	require.NoError(t, err)
	for _, delivery := range []string{"collector", "direct"} {
		values, err := render.ReadValues(render.Bytes("values.yaml", fmt.Appendf(nil, `
istio: {version: "1.28.2"}
delivery: %s
backends:
  honeycomb: {preset: honeycomb, headers: {x-honeycomb-team: {prefix: null, secret: {name: honeycomb, key: api-key}}}}
`, delivery)))
		require.NoError(t, err)
		result, err := renderer.Render(t.Context(), values)
		require.NoError(t, err)
		assert.Empty(t, names(look(t, string(result.YAML()))), delivery)
	}
}

func TestMentionsAreBounded(t *testing.T) {
	t.Parallel()
	r := &Report{}
	r.File("a.yaml", []byte(strings.Repeat("é: lightstep\n", most+5)))
	assert.Len(t, r.Mentions, most)
	assert.Equal(t, 5, r.More)
	assert.Equal(t, "a.yaml:1:4: é", r.Mentions[0].String())
}

// TestAPlaceInAFileHasItsKey: or else the word that was found, and nothing else of the line.
func TestAPlaceInAFileHasItsKey(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"tracer: LIGHT_STEP t0kz9d6b7a1e4c52":                            "1:9: tracer",
		"- name: lightstep":                                              "1:9: name",
		"  lightstep: {accessToken: t0kz9d6b7a1e4c52}":                   "1:3: lightstep",
		`{"t0kz9d6b7a1e4c52": 1, "lightstep": {}}`:                       "1:26: lightstep",
		`a: {t0kz9d6b7a1e4c52: x, b: lightstep}`:                         "1:29: a",
		"LIGHTSTEP_TOKEN=t0kz9d6b7a1e4c52":                               "1:1: LIGHTSTEP",
		"curl -H t0kz9d6b7a1e4c52: https://light-step.example.com/t0kz9": "1:35: light-step",
		"https://t0kz9d6b7a1e4c52@ingest.lightstep.com":                  "1:33: lightstep",
	} {
		r := &Report{}
		r.File("a", []byte(line+"\n"))
		assert.Equal(t, []string{"a:" + want}, names(r), line)
	}
}

func TestAContextThatEndsIsAnError(t *testing.T) {
	t.Parallel()
	recorded, err := mesh.ReadRecorded(strings.NewReader(objects))
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = Cluster(ctx, recorded)
	require.ErrorIs(t, err, context.Canceled)
}

func FuzzPlaces(f *testing.F) {
	f.Add([]byte(`{"metadata": {"name": "lightstep"}, "data": {"a": "x\nlightstep"}}`))
	f.Fuzz(func(_ *testing.T, data []byte) {
		if o, err := newObject(data); err == nil {
			o.secret()
			o.places(own{})
		}
		_, _ = readRelease(data)
	})
}

// TestAFileThatIsNoTextIsAGap: what it has cannot be told, but for words that stand in it.
func TestAFileThatIsNoTextIsAGap(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{"UTF-16": "\xff\xfel\x00i\x00", "without a mark": "l\x00i\x00", "gzip": "\x1f\x8b\x08\x00"} {
		r := &Report{}
		r.File("a.yaml", []byte(text+"lightstep"))
		assert.Equal(t, []Gap{{What: "a.yaml", Why: "it is not UTF-8; save it as UTF-8"}}, r.Gaps, name)
		assert.Len(t, r.Mentions, 1, name)
	}
	r := &Report{}
	r.File("a.yaml", []byte("\ufeffname: \u00e4\n"))
	assert.Empty(t, r.Gaps)
}

// TestAFailedUpgradeIsAFormerRevision: once a later revision is deployed, what Helm notes as failed is not in use.
func TestAFailedUpgradeIsAFormerRevision(t *testing.T) {
	t.Parallel()
	const old, clean = `{"global": {"tracer": {"lightstep": {"address": "a:1"}}}}`, `{"pilot": {}}`
	of := func(status, version, values string) string {
		text := helmSecret(t, status, values)
		return strings.Replace(text, "status: "+status, "status: "+status+", version: \""+version+"\"", 1)
	}
	assert.Empty(t, names(look(t, of("failed", "9", old)+of("superseded", "10", old)+of("deployed", "11", clean))))
	assert.NotEmpty(t, names(look(t, of("deployed", "3", clean)+of("failed", "4", old))))
	assert.NotEmpty(t, names(look(t, of("failed", "4", old))))
	assert.NotEmpty(t, names(look(t, helmSecret(t, "failed", old)+of("deployed", "3", clean))))
}

package render_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
	"github.com/istio-lightstep/istio-lightstep/pkg/render"
)

const accessToken = "token-marker-1f0c"

// good are values with nothing wrong.
const good = `istio: {version: 1.26.2}
global:
  tracer:
    lightstep:
      address: ingest.lightstep.com:443
      accessToken: ` + accessToken + "\n"

func goodValues(tb testing.TB, more ...render.Source) *render.Values {
	tb.Helper()
	return readValues(tb, append([]render.Source{render.Bytes("good.yaml", []byte(good))}, more...)...)
}

// found gives the problems in short.
func found(problems []problem.Problem) []string {
	var short []string
	for _, p := range problems {
		short = append(short, fmt.Sprintf("%s %s %s %s:%d", p.Severity, p.ID, p.Path, p.File, p.Line))
	}
	return short
}

func TestNewRefuses(t *testing.T) {
	for want, opt := range map[string]render.Option{
		`release name "Upper"`:                 render.WithRelease("Upper", "istio-system"),
		`release name ""`:                      render.WithRelease("", "istio-system"),
		`release namespace "two words"`:        render.WithRelease("istio-lightstep", "two words"),
		`invalid Kubernetes version "newest"`:  render.WithKubeVersion("newest"),
		`needs Kubernetes >= 1.13.0-0, not v1`: render.WithKubeVersion("1.12.0"),
	} {
		_, err := render.New(opt)
		assert.ErrorContains(t, err, want)
	}
}

func TestRenderObjects(t *testing.T) {
	r := newRenderer(t, render.WithRelease("tracing", "spans"))
	result, err := r.Render(t.Context(), goodValues(t))
	require.NoError(t, err)
	assert.Empty(t, result.Warnings)
	objects, err := result.Objects()
	require.NoError(t, err)
	names := map[string]bool{}
	for _, o := range objects {
		names[o.GetKind()+" "+o.GetNamespace()+"/"+o.GetName()] = true
	}
	assert.Contains(t, names, "StatefulSet spans/tracing-istio-lightstep-collector")
	assert.Contains(t, names, "Telemetry istio-system/tracing-istio-lightstep")

	objects[0].SetName("changed")
	again, err := result.Objects()
	require.NoError(t, err)
	assert.NotEqual(t, "changed", again[0].GetName(), "the objects are not the caller's own")
}

// A values file for an Istio chart is no object.
func TestRenderValuesFile(t *testing.T) {
	result, err := newRenderer(t).Render(t.Context(), goodValues(t, render.Set("output=istiodValues")))
	require.NoError(t, err)
	objects, err := result.Objects()
	require.NoError(t, err)
	assert.Empty(t, objects)
	assert.Contains(t, string(result.YAML()), "SHARED_MESH_CONFIG")
	assert.Contains(t, result.String(), "values of istio-lightstep/templates/control-plane/istiod-values.yaml")
}

func TestRenderRefuses(t *testing.T) {
	v := goodValues(t, render.Set("global.tracer.lightstep.address=https://satellite"), render.SetString("pilot.traceSampling=0"),
		render.Bytes("more.yaml", []byte("collector:\n  replicsa: 2\n")))
	r := newRenderer(t)
	_, err := r.Render(t.Context(), v)
	var refused *render.ProblemsError
	require.ErrorAs(t, err, &refused)
	assert.Contains(t, found(refused.Problems), "error LS-VALUES-UNKNOWN-KEY collector.replicsa more.yaml:2")
	assert.Contains(t, err.Error(), "more.yaml:2:3: error: collector.replicsa: ")
	assert.Contains(t, err.Error(), "\n    fix: ")
	assert.Contains(t, err.Error(), "\n--set global.tracer.lightstep.address=…: error: global.tracer.lightstep.address: ")
	assert.Contains(t, err.Error(), "[LS-SAMPLING-")
	for _, p := range refused.Problems {
		assert.Contains(t, err.Error(), p.Reason)
	}

	_, explained := r.Explain(t.Context(), v)
	assert.EqualError(t, explained, err.Error())
	_, err = r.Render(t.Context(), nil)
	assert.ErrorAs(t, err, &refused, "no values are values with much missing")
}

// pem gives text the look of a certificate.
func pem(text string) string {
	return "-----BEGIN CERTIFICATE-----\n" + text + "\n-----END CERTIFICATE-----\n"
}

// Helm deletes a default that is null. Where the default is ours that is refused, by Render and Check alike.
func TestNullIsRefused(t *testing.T) {
	r := newRenderer(t)
	for path, text := range map[string]string{
		"global.tracer.lightstep.secure":        "\nglobal: {tracer: {lightstep: {secure: null}}}",
		"collector.networkPolicy":               "\ncollector:\n  networkPolicy:\n  #  enabled: false\n",
		"collector.podDisruptionBudget.enabled": "\ncollector: {podDisruptionBudget: {enabled: ~}}",
		"delivery":                              "\ndelivery:\n",
		"output":                                "\noutput:\n",
		"collector.env":                         "\ncollector: {env: null}\n",
	} {
		v := goodValues(t, render.Bytes("null.yaml", []byte(text)))
		_, err := r.Render(t.Context(), v)
		var refused *render.ProblemsError
		require.ErrorAs(t, err, &refused, path)
		checked, err := r.Check(t.Context(), v)
		require.NoError(t, err)
		assert.Equal(t, refused.Problems, checked, path)
		require.Len(t, checked, 1)
		assert.Equal(t, []any{"LS-VALUES-NULL", path, "null.yaml"}, []any{checked[0].ID, checked[0].Path, checked[0].File})
		assert.Positive(t, checked[0].Line, path)
		assert.Positive(t, checked[0].Column, path)
		assert.Contains(t, checked[0].Fix, "remove the line to keep the default")
	}
	_, err := r.Render(t.Context(), goodValues(t, render.Set("collector.affinity=null,collector.resources.limits=null,collector.exporters=null,enabled=null")))
	require.NoError(t, err, "below an open map null removes an entry")
}

// Kubernetes refuses a pod whose lists have items of another type, after the release was made.
func TestItemsOfListsAreOfTheirType(t *testing.T) {
	r := newRenderer(t)
	for text, paths := range map[string][]string{
		"env: [text]": {"collector.env[0]"},
		"env: [{name: A, value: b}, {name: B, value: 5}]": {"collector.env[1].value"},
		"env: [{name: A, value: true}, {name: 1}]":        {"collector.env[0].value", "collector.env[1].name"},
		"env: [{name: A, valueFrom: secret}]":             {"collector.env[0].valueFrom"},
		"env: [{name: A, valuefrom: {}}]":                 {"collector.env[0].valuefrom"},
		"tolerations: [a]":                                {"collector.tolerations[0]"},
		"tolerations: [{key: a, value: true}]":            {"collector.tolerations[0].value"},
		"tolerations: [{key: a, tolerationSeconds: 5s}]":  {"collector.tolerations[0].tolerationSeconds"},
		"topologySpreadConstraints: [1]":                  {"collector.topologySpreadConstraints[0]"},
		"topologySpreadConstraints: [{maxSkew: one, whenUnsatisfiable: DoNotSchedule, topologyKey: a}]": {"collector.topologySpreadConstraints[0].maxSkew"},
	} {
		_, err := r.Render(t.Context(), goodValues(t, render.Bytes("items.yaml", []byte("collector:\n  "+text+"\n"))))
		var refused *render.ProblemsError
		require.ErrorAs(t, err, &refused, text)
		var got []string
		for _, p := range refused.Problems {
			got = append(got, p.Path)
			assert.Equal(t, 2, p.Line, text)
		}
		assert.ElementsMatch(t, paths, got, text)
	}
	_, err := r.Render(t.Context(), goodValues(t, render.Bytes("items.yaml", []byte(`
collector:
  env:
    - {name: A, value: b}
    - {name: B, value: null, valueFrom: {secretKeyRef: {name: b, key: b}}}
  tolerations: [{key: a, operator: Equal, value: "true", effect: NoExecute, tolerationSeconds: 60}, {operator: Exists}]
  topologySpreadConstraints:
    - {maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule, labelSelector: {matchLabels: {a: b}}, matchLabelKeys: [c]}
`))))
	require.NoError(t, err)
}

// What a rule finds in the PEM is not told again by the parser.
func TestCheckTellsOfPEMOnce(t *testing.T) {
	for pem, id := range map[string]string{
		"text":                      "LS-CA-PEM",
		"$ANSIBLE_VAULT;1.1;AES256": "LS-CA-ENCRYPTED",
		"data: ENC[AES256_GCM\\,a]": "LS-CA-ENCRYPTED",
		"-----BEGIN AGE ENCRYPTED FILE-----\nYWdl\n-----END AGE ENCRYPTED FILE-----\n": "LS-CA-ENCRYPTED",
	} {
		problems, err := newRenderer(t).Check(t.Context(), goodValues(t, render.Set("global.tracer.lightstep.cacertPath=/a/ca.pem"), render.SetString("cacert.pem="+pem)))
		require.NoError(t, err)
		assert.Equal(t, []string{"error " + id + " cacert.pem --set-string cacert.pem=…:0"}, found(problems), pem)
	}
}

// What is surely a mistake, though Helm takes it, refuses a check and warns in a
// render; and no such warning is in an object.
func TestCheckIsStricter(t *testing.T) {
	r := newRenderer(t)
	v := readValues(t, render.Bytes("twice.yaml", []byte("istio: {version: 1.26.1}\n"+good)),
		render.SetString("cacert.pem="+pem("bWFy")), render.Set("global.tracer.lightstep.cacertPath=/etc/lightstep/ca.pem"))
	problems, err := r.Check(t.Context(), v)
	require.NoError(t, err)
	assert.Equal(t, []string{
		"error LS-VALUES-DUPLICATE-KEY istio twice.yaml:2",
		"error LS-CA-PEM cacert.pem --set-string cacert.pem=…:0",
	}, found(problems))

	result, err := r.Render(t.Context(), v)
	require.NoError(t, err)
	assert.Equal(t, []string{
		"warning LS-VALUES-DUPLICATE-KEY istio twice.yaml:2",
		"warning LS-CA-PEM cacert.pem --set-string cacert.pem=…:0",
	}, found(result.Warnings))
	assert.NotContains(t, string(result.YAML()), "LS-")
}

func TestCheckAt(t *testing.T) {
	r := newRenderer(t)
	v := readValues(t, render.File(measured))
	for at, want := range map[time.Time]string{
		time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC): "error LS-CA-NOT-YET-VALID cacert.pem",
		time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC): "error LS-CA-EXPIRED cacert.pem",
	} {
		problems, err := r.Check(t.Context(), v, render.At(at))
		require.NoError(t, err)
		require.Len(t, problems, 1)
		assert.Contains(t, found(problems)[0], want)
		assert.NotZero(t, problems[0].Line)
	}
	result, err := r.Render(t.Context(), v)
	require.NoError(t, err)
	assert.Empty(t, result.Warnings, "a render has no clock")
}

func TestCheckWithDocument(t *testing.T) {
	r := newRenderer(t)
	document := "apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nspec:\n  meshConfig:\n    extensionProviders:\n    - name: mine\n      lightstep: {address: a:1}\n"
	problems, err := r.Check(t.Context(), goodValues(t), render.WithDocument("mine.yaml", []byte(document)))
	require.NoError(t, err)
	require.NotEmpty(t, problems)
	for _, p := range problems {
		if p.ID == "LS-END-OF-LIFE" {
			continue // of the values
		}
		assert.Equal(t, "mine.yaml", p.File)
		assert.True(t, strings.HasPrefix(p.Path, "document."), p.Path)
		assert.Equal(t, p.ID != "LS-DOCUMENT-UNSHARED", p.Line > 0, "what is missing stands nowhere")
	}

	for _, text := range [][]byte{[]byte("kind: Pod\n"), {}, nil} { // nil is what a failed `git show` gives
		problems, err = r.Check(t.Context(), goodValues(t), render.WithDocument("mine.yaml", text))
		require.NoError(t, err)
		require.Len(t, problems, 1)
		assert.Equal(t, "mine.yaml", problems[0].File)
	}
}

// A rule tells nothing new of what has a wrong shape.
func TestCheckTellsAFaultOnce(t *testing.T) {
	problems, err := newRenderer(t).Check(t.Context(), goodValues(t, render.SetJSON(`global.tracer.lightstep="text"`)))
	require.NoError(t, err)
	assert.Len(t, problems, 1, found(problems))
}

// Of a file that can't be read as values nothing more is told.
func TestCheckOfAFileThatIsNoYAML(t *testing.T) {
	r := newRenderer(t)
	v := readValues(t, render.Bytes("broken.yaml", []byte("a: [\n")))
	problems, err := r.Check(t.Context(), v)
	require.NoError(t, err)
	require.Len(t, problems, 1, found(problems))
	assert.Equal(t, "broken.yaml", problems[0].File)
	_, err = r.Render(t.Context(), v)
	var refused *render.ProblemsError
	require.ErrorAs(t, err, &refused)
	assert.Equal(t, problems, refused.Problems)
}

func TestUnreadableSources(t *testing.T) {
	for _, source := range []render.Source{
		render.File(filepath.Join(t.TempDir(), "absent.yaml")),
		render.SetFile("cacert.pem=" + filepath.Join(t.TempDir(), "absent.crt")),
	} {
		_, err := render.ReadValues(source)
		assert.ErrorContains(t, err, "absent")
	}
}

func TestContextIsHonoured(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r, v := newRenderer(t), goodValues(t)
	_, err := r.Check(ctx, v)
	assert.ErrorIs(t, err, context.Canceled)
	_, err = r.Render(ctx, v)
	assert.ErrorIs(t, err, context.Canceled)
	_, err = r.Explain(ctx, v)
	assert.ErrorIs(t, err, context.Canceled)
}

// A render of many gateways ends when its context does.
func TestContextEndsARender(t *testing.T) {
	r := newRenderer(t)
	v := manyGateways(t, 10_000)
	start := time.Now()
	_, err := r.Render(t.Context(), v)
	require.NoError(t, err)
	whole := time.Since(start)

	for _, part := range []time.Duration{10, 3, 2} {
		ctx, cancel := context.WithTimeout(t.Context(), whole/part)
		start = time.Now()
		_, err = r.Render(ctx, v)
		took, ended := time.Since(start), ctx.Err() != nil
		cancel()
		if !ended { // It was faster this time.
			continue
		}
		require.ErrorIs(t, err, context.DeadlineExceeded)
		t.Logf("ended %v after its context; the whole takes %v", took-whole/part, whole)
		assert.Less(t, took-whole/part, max(5*time.Second, whole/3))
	}
}

// manyGateways are values of a number of gateways.
func manyGateways(t *testing.T, number int) *render.Values {
	t.Helper()
	var text strings.Builder
	text.WriteString("delivery: direct\ncacert: {pem: \"-----BEGIN CERTIFICATE-----\\nYQ==\\n-----END CERTIFICATE-----\"}\n" +
		"global: {tracer: {lightstep: {cacertPath: /etc/lightstep/cacert.pem}}}\ngateways:\n")
	for i := range number {
		fmt.Fprintf(&text, "- {name: g%d, namespace: n%d, selector: {a: b}}\n", i, i)
	}
	return goodValues(t, render.Bytes("many.yaml", []byte(text.String())))
}

// Many renders of shared values at once give what one gives.
func TestConcurrentUse(t *testing.T) {
	r := newRenderer(t)
	v := readValues(t, render.File(measured))
	want, err := r.Render(t.Context(), v)
	require.NoError(t, err)
	explained, err := r.Explain(t.Context(), v)
	require.NoError(t, err)
	var group sync.WaitGroup
	for range 16 {
		group.Go(func() {
			for range 8 {
				got, err := r.Render(t.Context(), v)
				assert.NoError(t, err)
				assert.Equal(t, string(want.YAML()), string(got.YAML()))
				text, err := r.Explain(t.Context(), v)
				assert.NoError(t, err)
				assert.Equal(t, explained, text)
				problems, err := r.Check(t.Context(), v)
				assert.NoError(t, err)
				assert.Empty(t, problems)
			}
		})
	}
	group.Wait()
}

// Values and results do not show what they hold, however they are printed.
func TestPrintingTellsNoSecret(t *testing.T) {
	v := goodValues(t, render.SetString("cacert.pem="+accessToken+"\n"+pem("bWFy")), render.SetString("global.tracer.lightstep.cacertPath=/a/ca.pem"))
	result, err := newRenderer(t).Render(t.Context(), v)
	require.NoError(t, err)
	require.Contains(t, string(result.YAML()), "dG9rZW4tbWFya2VyLTFmMGM", "the secret must be there to be shown")
	for _, held := range []struct {
		it   any
		text string
	}{{v, "values of 3 sources"}, {*v, "values of 3 sources"}, {result, result.String()}, {*result, result.String()}} {
		encoded, err := json.Marshal(held.it)
		require.NoError(t, err)
		wanted, err := json.Marshal(held.text)
		require.NoError(t, err)
		assert.JSONEq(t, string(wanted), string(encoded))
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			assert.Equal(t, held.text, fmt.Sprintf(verb, held.it))
		}
		var logged strings.Builder
		slog.New(slog.NewJSONHandler(&logged, nil)).Info("held", "it", held.it)
		assert.Contains(t, logged.String(), `"it":`+string(wanted))
	}
	// Inside of something else they may look otherwise, but show no more.
	for _, held := range []any{[]any{v}, []any{*v}, struct{ V *render.Values }{v}, map[string]any{"r": *result}} {
		var log strings.Builder
		slog.New(slog.NewTextHandler(&log, nil)).Info("held", "it", held)
		slog.New(slog.NewJSONHandler(&log, nil)).Info("held", "it", held)
		encoded, err := json.Marshal(held)
		require.NoError(t, err)
		printed := fmt.Sprintf("%v %+v %#v %s %q %x %d", held, held, held, held, held, held, held) + fmt.Sprint(held) + log.String() + string(encoded)
		assertNoSecret(t, printed)
	}
	assert.Equal(t, "nothing rendered", fmt.Sprint(render.Result{}))
}

func TestDialects(t *testing.T) {
	r := newRenderer(t)
	dialects := r.Dialects()
	assert.Equal(t, "1.4", dialects[0].Minor)
	for _, d := range dialects {
		assert.Contains(t, d.Deliveries, d.Auto)
		assert.Contains(t, d.Outputs, "cluster")
		assert.True(t, strings.HasPrefix(d.From, d.Minor+"."), d.From)
		assert.NotEmpty(t, d.Source)
	}
	dialects[0].Deliveries[0] = "changed"
	assert.NotEqual(t, "changed", r.Dialects()[0].Deliveries[0])
}

// TestManyCertificates: of a bundle no more problems are told than of any rule.
func TestManyCertificates(t *testing.T) {
	t.Parallel()
	pem := strings.Repeat("-----BEGIN CERTIFICATE-----\nYQ==\n-----END CERTIFICATE-----\n", 150)
	v := readValues(t, render.File(measured), render.Map("values", map[string]any{"cacert": map[string]any{"pem": pem}}))
	problems, err := newRenderer(t).Check(t.Context(), v)
	require.NoError(t, err)
	require.Len(t, problems, 101)
	assert.Equal(t, "and 50 more of LS-CA-PEM", problems[100].Reason)
}

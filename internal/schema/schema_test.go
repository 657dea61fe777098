package schema

import (
	"fmt"
	"maps"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"helm.sh/helm/v3/pkg/chartutil"
	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/internal/redact"
	"github.com/istio-lightstep/istio-lightstep/internal/values"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

const token = "4711008150815"

// public is what the chart's rules say of the paths that these tests use.
var public, _ = redact.NewPublic([]any{
	"values.istio.version", "values.istio.revision", "values.meshConfig.shared", "values.collector.replicas", "values.gateways",
	"values.cacert.namespaces", "values.either", "values.mode", "values.percent", "values.all",
})

// chartSchema is the schema that users meet.
func chartSchema(tb testing.TB) *Schema {
	tb.Helper()
	data, err := os.ReadFile("../../charts/istio-lightstep/values.schema.json")
	require.NoError(tb, err)
	s, err := Compile(data)
	require.NoError(tb, err)
	return s
}

// coalesced gives the user's values over the chart's own, as Helm checks them.
func coalesced(tb testing.TB, user map[string]any) map[string]any {
	tb.Helper()
	data, err := os.ReadFile("../../charts/istio-lightstep/values.yaml")
	require.NoError(tb, err)
	var defaults map[string]any
	require.NoError(tb, yaml.Unmarshal(data, &defaults))
	return chartutil.MergeTables(maps.Clone(user), defaults)
}

func compile(tb testing.TB, text string) *Schema {
	tb.Helper()
	s, err := Compile([]byte(text))
	require.NoError(tb, err)
	return s
}

func read(tb testing.TB, sources ...values.Source) *values.Values {
	tb.Helper()
	v, err := values.Read(public, sources...)
	require.NoError(tb, err)
	require.Empty(tb, v.Problems(true))
	return v
}

// file is a values file of these lines.
func file(lines ...string) values.Source {
	return values.Bytes("v.yaml", []byte(strings.Join(lines, "\n")))
}

// report gives each problem as text: where, path, id, reason, fix.
func report(problems []problem.Problem) []string {
	var out []string
	for _, p := range problems {
		at := p.File
		if p.Line > 0 {
			at = fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
		}
		out = append(out, fmt.Sprintf("%s | %s | %s | %s | %s", at, p.Path, p.ID, p.Reason, p.Fix))
	}
	return out
}

func TestCheckOfTheChart(t *testing.T) {
	s := chartSchema(t)
	text, err := os.ReadFile("../../charts/istio-lightstep/values.schema.json")
	require.NoError(t, err)
	for name, test := range map[string]struct {
		sources []values.Source
		want    []string
	}{
		"nothing": {},
		"good": {sources: []values.Source{
			file("global: {tracer: {lightstep: {address: a:1, secure: false}, zipkin: {}}, other: 1}", "pilot: {traceSampling: 1.5}", "enabled: true"),
			values.Set("pilot.traceSampling=0.5"), values.SetString("istio.version=1.26"),
		}},
		"a misspelt key": {sources: []values.Source{file("global:", "  tracer:", "    lightstep:", "      adddress: a:1")}, want: []string{
			"v.yaml:4:7 | global.tracer.lightstep.adddress | LS-VALUES-UNKNOWN-KEY | the chart has no such key; did you mean `address`? | write `global.tracer.lightstep.address`",
		}},
		"the key's other case": {sources: []values.Source{values.Set("global.tracer.lightstep.ca-cert-path=/x")}, want: []string{
			"--set global.tracer.lightstep.ca-cert-path=… | global.tracer.lightstep.ca-cert-path | LS-VALUES-UNKNOWN-KEY | the chart has no such key; did you mean `cacertPath`? | write `global.tracer.lightstep.cacertPath`",
		}},
		"a beginning": {sources: []values.Source{file("istio: {root: x, ns: y}")}, want: []string{
			"v.yaml:1:18 | istio.ns | LS-VALUES-UNKNOWN-KEY | the chart has no such key | take it away; the keys here are namespace, revision, rootNamespace, skipVersionCheck, version",
			"v.yaml:1:9 | istio.root | LS-VALUES-UNKNOWN-KEY | the chart has no such key | take it away; the keys here are namespace, revision, rootNamespace, skipVersionCheck, version",
		}},
		"istioctl's prefix": {sources: []values.Source{values.Set("values.global.tracer.lightstep.accessToken=x" + token)}, want: []string{
			"--set values=… | values | LS-VALUES-UNKNOWN-KEY | the chart has no such key | take the leading `values.` away: istioctl needs it, this chart does not",
		}},
		"a key of that name elsewhere": {sources: []values.Source{file("istio: {values: 1}")}, want: []string{
			"v.yaml:1:9 | istio.values | LS-VALUES-UNKNOWN-KEY | the chart has no such key | take it away; the keys here are namespace, revision, rootNamespace, skipVersionCheck, version",
		}},
		"at the wrong place": {sources: []values.Source{file("cacertPath: /x", "lightstep: {}")}, want: []string{
			"v.yaml:1:1 | cacertPath | LS-VALUES-UNKNOWN-KEY | the chart has no such key here; did you mean `global.tracer.lightstep.cacertPath`? | move it to `global.tracer.lightstep.cacertPath`",
			"v.yaml:2:1 | lightstep | LS-VALUES-UNKNOWN-KEY | the chart has no such key here; did you mean `global.tracer.lightstep`? | move it to `global.tracer.lightstep`",
		}},
		"the render's own keys": {sources: []values.Source{file("_problems: []", "_subject: {}")}, want: []string{
			"v.yaml:1:1 | _problems | LS-VALUES-UNKNOWN-KEY | the chart has no such key | take it away; the keys are those of the chart's values.yaml",
			"v.yaml:2:1 | _subject | LS-VALUES-UNKNOWN-KEY | the chart has no such key | take it away; the keys are those of the chart's values.yaml",
		}},
		"a key of a list's item": {sources: []values.Source{file("gateways:", "- name: a", "- name: b", "  namspace: c")}, want: []string{
			"v.yaml:4:3 | gateways[1].namspace | LS-VALUES-UNKNOWN-KEY | the chart has no such key; did you mean `namespace`? | write `gateways[1].namespace`",
		}},

		"a number for text in a file": {sources: []values.Source{file("istio: {version: 1.30}")}, want: []string{
			`v.yaml:1:9 | istio.version | LS-VALUES-TYPE | got number 1.30, want string | quote it: "1.30"`,
		}},
		"a boolean for text in a file": {sources: []values.Source{file("istio:", "  revision: yes")}, want: []string{
			`v.yaml:2:3 | istio.revision | LS-VALUES-TYPE | got boolean yes, want string | quote it: "yes"`,
		}},
		"a number for text by --set": {sources: []values.Source{values.Set("istio.revision=5")}, want: []string{
			`--set istio.revision=… | istio.revision | LS-VALUES-TYPE | got number, want string | use --set-string istio.revision=…`,
		}},
		"a number for text by --set-json": {sources: []values.Source{values.SetJSON("istio.version=1.30")}, want: []string{
			`--set-json istio.version=… | istio.version | LS-VALUES-TYPE | got number, want string | put the value in double quotes: --set-json 'istio.version="…"'`,
		}},
		"a numeric token in a file": {sources: []values.Source{file("global: {tracer: {lightstep: {accessToken: " + token + "}}}")}, want: []string{
			"v.yaml:1:31 | global.tracer.lightstep.accessToken | LS-VALUES-TYPE | got number, want string | write text, in quotes if it looks like a number or like true",
		}},
		"a numeric token by --set": {sources: []values.Source{values.Set("global.tracer.lightstep.accessToken=" + token)}, want: []string{
			"--set global.tracer.lightstep.accessToken=… | global.tracer.lightstep.accessToken | LS-VALUES-TYPE | got number, want string | use --set-string global.tracer.lightstep.accessToken=…",
		}},
		"the token at its parent": {sources: []values.Source{file("global: {tracer: {lightstep: " + token + "}}")}, want: []string{
			"v.yaml:1:19 | global.tracer.lightstep | LS-VALUES-TYPE | got number, want map | write keys and values below it, indented",
		}},
		"text for a boolean": {sources: []values.Source{file(`meshConfig: {shared: "true"}`)}, want: []string{
			"v.yaml:1:14 | meshConfig.shared | LS-VALUES-TYPE | got string true, want boolean | write true or false, without quotes",
		}},
		"text for a boolean by --set-string": {sources: []values.Source{values.SetString("meshConfig.shared=true")}, want: []string{
			"--set-string meshConfig.shared=… | meshConfig.shared | LS-VALUES-TYPE | got string, want boolean | use --set meshConfig.shared=true or =false",
		}},
		"text for a number": {sources: []values.Source{file("collector: {replicas: two}")}, want: []string{
			"v.yaml:1:13 | collector.replicas | LS-VALUES-TYPE | got string two, want whole number | write a whole number, without quotes",
		}},
		"a broken number": {sources: []values.Source{values.Set("collector.replicas=1.5")}, want: []string{
			"--set collector.replicas=… | collector.replicas | LS-VALUES-TYPE | got string, want whole number | use --set-json collector.replicas=… with a whole number; --set reads whole numbers only",
		}},
		"text for a list": {sources: []values.Source{file("gateways: istio-ingressgateway"), values.Set("cacert.namespaces=default")}, want: []string{
			"--set cacert.namespaces=… | cacert.namespaces | LS-VALUES-TYPE | got string, want list | use --set 'cacert.namespaces={a,b}' or --set-json 'cacert.namespaces=[…]'",
			"v.yaml:1:1 | gateways | LS-VALUES-TYPE | got string istio-ingressgateway, want list | write a list: each item on a line of its own after `- `, or [a, b]",
		}},
		"a map for a list": {sources: []values.Source{file("gateways:", "  name: x")}, want: []string{
			"v.yaml:1:1 | gateways | LS-VALUES-TYPE | got map, want list | write a list: each item on a line of its own after `- `, or [a, b]",
		}},
		"text for a map": {sources: []values.Source{values.Set("collector=on")}, want: []string{
			"--set collector=… | collector | LS-VALUES-TYPE | got string, want map | set the keys below it: --set collector.KEY=…",
		}},
		"null for text": {sources: []values.Source{file("istio:", "  version:")}, want: []string{
			"v.yaml:2:3 | istio.version | LS-VALUES-TYPE | got null, want string | give it a value, or take the key away",
		}},
		"keys that Kubernetes does not know": {sources: []values.Source{file("collector:", "  tolerations: [{keys: a}]", "  extraVolumes: [{name: a, secret: {secretName: b, name: b}}]", "podSecurityContext: {field: 1}")}, want: []string{
			"v.yaml:3:52 | collector.extraVolumes[0].secret.name | LS-VALUES-UNKNOWN-KEY | the type SecretVolumeSource of Kubernetes 1.37 has no such key | take it away; the keys here are defaultMode, defaultUser, items, optional, secretName; for a key of a newer Kubernetes, use Helm with --skip-schema-validation",
			"v.yaml:2:18 | collector.tolerations[0].keys | LS-VALUES-UNKNOWN-KEY | the type Toleration of Kubernetes 1.37 has no such key; did you mean `key`? | write `collector.tolerations[0].key`",
			"v.yaml:4:22 | podSecurityContext.field | LS-VALUES-UNKNOWN-KEY | the type PodSecurityContext of Kubernetes 1.37 has no such key | take it away; for a key of a newer Kubernetes, use Helm with --skip-schema-validation",
		}},
		"what Kubernetes refuses": {sources: []values.Source{file("collector:", "  extraVolumeMounts: [{name: a, mountPath: /a, subPath: /b, readOnly: 1}]", "  autoscaling: {metrics: [{type: Pods, resource: {name: cpu}}]}", "  affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {}}}")}, want: []string{
			"v.yaml:4:29 | collector.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms | LS-KUBERNETES-FORM | Kubernetes wants a value here, and would reject the object or not run the pod | set it",
			"v.yaml:3:27 | collector.autoscaling.metrics[0].pods | LS-KUBERNETES-FORM | Kubernetes wants a value with type Pods here, and would reject the object or not run the pod | set it",
			"v.yaml:3:40 | collector.autoscaling.metrics[0].resource | LS-KUBERNETES-FORM | Kubernetes wants no value with type Pods here, and would reject the object or not run the pod | remove it, or set it to null",
			"v.yaml:2:61 | collector.extraVolumeMounts[0].readOnly | LS-VALUES-TYPE | got number, want boolean or null | write true or false, without quotes",
			"v.yaml:2:48 | collector.extraVolumeMounts[0].subPath | LS-KUBERNETES-FORM | Kubernetes wants a path that does not begin with a slash, and has no .. here, and would reject the object or not run the pod | write it from the volume's own directory on, for example certs/ca.pem",
		}},
		"sorted by step, indexes as numbers": {sources: []values.Source{file("cacert: {namespaces: [a,b,1,d,e,f,g,h,i,j,2]}", "aa: 1")}, want: []string{
			"v.yaml:2:1 | aa | LS-VALUES-UNKNOWN-KEY | the chart has no such key | take it away; the keys are those of the chart's values.yaml",
			`v.yaml:1:27 | cacert.namespaces[2] | LS-VALUES-TYPE | got number 1, want string | quote it: "1"`,
			`v.yaml:1:43 | cacert.namespaces[10] | LS-VALUES-TYPE | got number 2, want string | quote it: "2"`,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			v := read(t, test.sources...)
			whole := coalesced(t, v.User())
			helm := chartutil.ValidateAgainstSingleSchema(whole, text)
			assert.Equal(t, helm != nil, len(test.want) > 0, "Helm says: %v", helm)
			for range 3 { // the engine's own order is random
				problems := s.Check(whole, v)
				assert.Equal(t, test.want, report(problems))
				for _, p := range problems {
					assert.Equal(t, problem.SeverityError, p.Severity)
					assert.NotContains(t, fmt.Sprint(p), token)
				}
			}
		})
	}
}

func TestCheckOfOtherKeywords(t *testing.T) {
	s := compile(t, `{"$schema": "http://json-schema.org/draft-07/schema#", "required": ["must"], "properties": {
		"must": {},
		"refused": false,
		"either": {"anyOf": [{"type": "number"}, {"type": "array"}]},
		"deep": {"oneOf": [{"type": "string"}, {"type": "object", "additionalProperties": false, "properties": {"name": {"type": "string"}}}]},
		"forms": {"anyOf": [{"required": ["a"]}, {"required": ["b"]}]},
		"mode": {"enum": ["auto", "native", 5]},
		"short": {"maxLength": 3},
		"word": {"pattern": "^a+$"},
		"never": {"not": {"type": "string"}},
		"link": {"$ref": "#/definitions/gateway"},
		"percent": {"type": ["number", "string"]},
		"all": {"allOf": [{"$ref": "#/definitions/gateway"}, {"type": "object"}]}
	}, "definitions": {"gateway": {"type": "object", "additionalProperties": false, "properties": {"namespace": {"type": "string"}}}}}`)
	for yaml, want := range map[string]string{
		"x: 1":                      "| must | LS-VALUES-MISSING | is missing | set it; see what values.yaml of the chart says about it",
		"must: 1\nrefused: 1":       "v.yaml:2:1 | refused | LS-VALUES-UNKNOWN-KEY | the chart has no such key | take it away; the keys are those of the chart's values.yaml",
		"must: 1\neither: word":     "v.yaml:2:1 | either | LS-VALUES-TYPE | got string word, want list or number | write a list: each item on a line of its own after `- `, or [a, b]",
		"must: 1\ndeep: {nme: a}":   "v.yaml:2:8 | deep.nme | LS-VALUES-UNKNOWN-KEY | the chart has no such key; did you mean `name`? | write `deep.name`",
		"must: 1\nforms: {}":        "v.yaml:2:1 | forms | LS-VALUES-SCHEMA | has none of the forms that are allowed here | see what values.yaml of the chart says about it",
		"must: 1\nmode: natve":      "v.yaml:2:1 | mode | LS-VALUES-ENUM | \"natve\" is not one of those allowed; did you mean `native`? | write one of auto, native, 5",
		"must: 1\nshort: abcd":      "v.yaml:2:1 | short | LS-VALUES-SCHEMA | breaks the chart's schema (maxLength) | see what values.yaml of the chart says about it",
		"must: 1\nword: secretword": "v.yaml:2:1 | word | LS-VALUES-SCHEMA | breaks the chart's schema (pattern) | see what values.yaml of the chart says about it",
		"must: 1\nnever: x":         "v.yaml:2:1 | never | LS-VALUES-SCHEMA | breaks the chart's schema | see what values.yaml of the chart says about it",
		"must: 1\nlink: {names: x}": "v.yaml:2:8 | link.names | LS-VALUES-UNKNOWN-KEY | the chart has no such key; did you mean `namespace`? | write `link.namespace`",
		"must: 1\npercent: true":    `v.yaml:2:1 | percent | LS-VALUES-TYPE | got boolean true, want number or string | quote it: "true"`,
		"must: 1\nall: text":        "v.yaml:2:1 | all | LS-VALUES-TYPE | got string text, want map | write keys and values below it, indented",
	} {
		t.Run(yaml, func(t *testing.T) {
			v := read(t, file(yaml))
			got := report(s.Check(v.User(), v))
			require.Len(t, got, 1)
			assert.Contains(t, got[0], want)
		})
	}
}

// A file that was not meant for the chart is told in bounded space and time.
func TestCheckTellsSomeOfVeryMany(t *testing.T) {
	var text strings.Builder
	for i := range 50_000 {
		fmt.Fprintf(&text, "key%d: 1\n", i)
	}
	v := read(t, file(text.String()))
	got := chartSchema(t).Check(coalesced(t, v.User()), v)
	require.Len(t, got, most+1)
	assert.Equal(t, "key0", got[0].Path)
	assert.Equal(t, "the values break the chart's schema in 49900 more places", got[most].Reason)
}

func TestCheckWithoutPositions(t *testing.T) {
	got := chartSchema(t).Check(coalesced(t, map[string]any{"istio": map[string]any{"version": 1.3}}), (*values.Values)(nil))
	require.Len(t, got, 1)
	assert.Empty(t, got[0].File)
	assert.Equal(t, "got number, want string", got[0].Reason)
	assert.Empty(t, chartSchema(t).Check(coalesced(t, nil), (*values.Values)(nil)))
}

func TestCheckIsSafeForConcurrentUse(t *testing.T) {
	s := chartSchema(t)
	v := read(t, file("istio: {version: 1.30, revison: x}"))
	want := s.Check(v.User(), v)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() { assert.Equal(t, want, s.Check(v.User(), v)) })
	}
	group.Wait()
}

func TestNearest(t *testing.T) {
	words := []string{"address", "namespace", "names", "port", "rootNamespace", "cacertPath"}
	for word, want := range map[string]string{
		"addrress": "address", "Address": "address", "addr": "address", "cacert_path": "cacertPath", "namespaces": "namespace",
		"name": "names", "namspace": "namespace", "rootnamspace": "rootNamespace", "prot": "", "x": "", "": "", "token": "",
	} {
		assert.Equal(t, want, Nearest(word, words), word)
	}
}

func TestCompileRefusesWhatIsNoSchema(t *testing.T) {
	for _, text := range []string{"", "{", `{"type": "text"}`, `{"$ref": "other.json"}`, `{"$ref": "http://localhost:1/x"}`, `{"pattern": "(?=a)"}`} {
		_, err := Compile([]byte(text))
		assert.Error(t, err, text)
	}
}

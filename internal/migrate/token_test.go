package migrate_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/internal/migrate"
)

// TestTokenElsewhereIsNamed: each line that holds the token is named, in whatever
// form it does, and a Secret is no place to remove it from.
func TestTokenElsewhereIsNamed(t *testing.T) {
	const token = "t0kz9d6b7a1e4c52"
	secret := func(entry string) string {
		return "---\napiVersion: v1\nkind: Secret\nmetadata: {name: other, namespace: a}\n" + entry + "\n"
	}
	const inSecret, change = "the access token is in this Secret too", ": change it here too when you rotate the token"
	for name, c := range map[string]struct{ text, says string }{
		"base64 in a Secret":      {secret("data: {token: " + base64.StdEncoding.EncodeToString([]byte(token)) + "}"), inSecret + ", as base64" + change},
		"with its line break":     {secret("data: {token: \"" + base64.StdEncoding.EncodeToString([]byte(token+"\n")) + "\"}"), inSecret + ", as base64" + change},
		"without padding":         {secret("data:\n  token: " + strings.TrimRight(base64.StdEncoding.EncodeToString([]byte(token)), "=")), inSecret + ", as base64" + change},
		"plain text in a Secret":  {secret("stringData: {token: " + token + "}"), inSecret + change},
		"a Secret of a list":      {"---\napiVersion: v1\nkind: List\nitems:\n- kind: ConfigMap\n- kind: Secret\n  stringData: {token: " + token + "}\n", inSecret + change},
		"plain text elsewhere":    {"---\nkind: ConfigMap\ndata: {token: " + token + "}\n", "the access token stands here too: remove it"},
		"base64 elsewhere":        {"---\nkind: ConfigMap\ndata: {token: " + base64.StdEncoding.EncodeToString([]byte(token)) + "}\n", "the access token stands here too, as base64: remove it"},
		"behind a key":            {"---\nkind: ConfigMap\ndata: {env: \"TOKEN=" + token + "\"}\n", "the access token stands here too: remove it"},
		"in a URL":                {"---\nkind: ConfigMap\ndata: {env: \"https://example.com/" + token + "/x\"}\n", "the access token stands here too: remove it"},
		"base64 behind a key":     {"---\nkind: ConfigMap\ndata: {env: \"TOKEN=" + base64.StdEncoding.EncodeToString([]byte(token)) + "\"}\n", "the access token stands here too, as base64: remove it"},
		"a part of another token": {"---\nkind: ConfigMap\ndata: {env: \"" + token + "00\"}\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			report := reportOf(t, changed+c.text, migrate.Options{To: "1.28"})
			if c.says == "" {
				assert.NotContains(t, report, "the access token stands here too")
				return
			}
			assert.Contains(t, report, c.says)
			assert.NotContains(t, report, token)
		})
	}
}

// TestNothingThatStaysIsTakenOut: what stays where it is is not listed as what
// was removed.
func TestNothingThatStaysIsTakenOut(t *testing.T) {
	report := reportOf(t, changed+"gateways:\n  istio-ingressgateway:\n    secretVolumes:\n    - {name: lightstep-certs, secretName: lightstep.cacert, mountPath: /etc/lightstep}\n"+
		"    - {name: other, secretName: other, mountPath: /etc/other}\n", migrate.Options{To: "1.28"})
	_, taken, _ := strings.Cut(report, "\n## Removed\n")
	assert.Contains(t, taken, "secretVolumes[0]")
	assert.NotContains(t, taken, "it stays where it is")
}

// TestLiteralBesideAVariable: a token in plain text is to be rotated though the
// value that Istio uses is a variable or a placeholder.
func TestLiteralBesideAVariable(t *testing.T) {
	const literal = "t0kz9d6b7a1e4c52"
	document := func(provider, values string) string {
		return "apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nspec:\n  meshConfig:\n    defaultProviders: {tracing: [ls]}\n    extensionProviders:\n" +
			"    - {name: ls, lightstep: {service: sat.ls, port: 8383, accessToken: \"" + provider + "\"}}\n" +
			"  values: {global: {tracer: {lightstep: {address: \"sat.ls:8383\", accessToken: \"" + values + "\"}}}}\n"
	}
	const commands = "istioctl install --set meshConfig.defaultProviders.tracing[0]=ls --set meshConfig.extensionProviders[0].name=ls " +
		"--set meshConfig.extensionProviders[0].lightstep.service=sat.ls --set meshConfig.extensionProviders[0].lightstep.accessToken=$(cat /etc/token)\n" +
		"helm upgrade istiod istio/istiod --set global.tracer.lightstep.accessToken=" + literal + "\n"
	for name, c := range map[string]struct {
		text, path string
		rotated    int
	}{
		"a variable":           {document("${LS_TOKEN}", literal), "spec.values.global.tracer.lightstep.accessToken", 1},
		"a placeholder":        {document("<your-access-token>", literal), "spec.values.global.tracer.lightstep.accessToken", 1},
		"a literal":            {document(literal, "${LS_TOKEN}"), "spec.meshConfig.extensionProviders[0].lightstep.accessToken", 1},
		"begins with a slash":  {document("/x9/Kd6b7A1e4C52+Qm0==", "${LS_TOKEN}"), "spec.meshConfig.extensionProviders[0].lightstep.accessToken", 1},
		"of command lines":     {commands, "global.tracer.lightstep.accessToken", 1},
		"none but a variable":  {document("${LS_TOKEN}", "$(cat /etc/token)"), "", 0},
		"none but placeholder": {document("${LS_TOKEN}", "<your-access-token>"), "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			report := reportOf(t, c.text, migrate.Options{To: "1.28"})
			_, rotate, _ := strings.Cut(report, "\n## Tokens to rotate\n")
			rotate, _, _ = strings.Cut(rotate, "\n## ")
			assert.Equal(t, c.rotated, strings.Count(rotate, "the access token was stored in plain text here"), report)
			assert.Contains(t, rotate, c.path)
			assert.Equal(t, c.rotated > 0, strings.Contains(report, "Rotate the access token: create a new one, change the Secret"))
			assert.NotContains(t, report, literal)
		})
	}
}

// TestBinary: what a file has as `!!binary` is what Helm and Istio decode, and where
// a text of it cannot be edited, it is named.
func TestBinary(t *testing.T) {
	const token = "t0kz9d6b7a1e4c52"
	encoded := func(text string) string { return "!!binary " + base64.StdEncoding.EncodeToString([]byte(text)) }
	tracing := func(address, token string) string {
		return "{tracing: {lightstep: {address: " + address + ", accessToken: " + token + "}}}"
	}
	for text, left := range map[string]bool{
		"meshConfig:\n  accessLogFile: a\n  defaultConfig: " + tracing(encoded("ingest.lightstep.com:443"), encoded(token)) + "\n": false,
		"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: istio, namespace: istio-system}\ndata:\n  mesh: " +
			encoded("defaultConfig: "+tracing("ingest.lightstep.com:443", token)+"\n") + "\n": true,
	} {
		result, err := migrate.Migrate(t.Context(), []migrate.Source{{Name: "mine.yaml", Data: []byte(text)}}, migrate.Options{To: "1.28"})
		require.NoError(t, err, text)
		assert.Contains(t, string(result.Secret), "token: "+token+"\n", text)
		assert.Contains(t, string(result.Values), "address: ingest.lightstep.com:443\n", text)
		assert.Equal(t, left, strings.Contains(result.Report(), "remove LightStep's part by hand"), text)
		assert.NotContains(t, result.Report(), token)
		assert.NotContains(t, result.Report(), base64.StdEncoding.EncodeToString([]byte(token)))
	}
}

// TestReferencesAreNoToken: what says where a token is kept, or stands for one, is
// named and never taken for it.
func TestReferencesAreNoToken(t *testing.T) {
	for _, text := range []string{
		"ref+vault://secret/lightstep#/token", "ref+awssecrets://lightstep/token", "ref+gcpsecrets://p/s", "secretref+vault://secret/lightstep#/token",
		"arn:aws:secretsmanager:eu-west-1:123456789012:secret:lightstep-AbCdEf", "arn:aws-us-gov:ssm:us-gov-west-1:123456789012:parameter/lightstep",
		"((x))", "((lightstep.token))", "((/team/lightstep/token))", "CHANGE_ME", "change-me", "changeme",
		"vals:ref", "vals:vault/secret/lightstep", "secretref:x/y", "gcp:secretmanager:projects/p/secrets/s", "k8s:Secret/x/y",
		"/etc/token", "/etc/lightstep/access-token", "/var/run/secrets/token.txt", "~/lightstep/token", "./token", "../secrets/token",
		"~{token}", "token-placeholder", "YOUR_ACCESS_TOKEN_PLACEHOLDER",
	} {
		t.Run(text, func(t *testing.T) {
			result := migratedToken(t, text)
			assert.Empty(t, string(result.Secret))
			assert.Contains(t, string(result.Values), "accessTokenFrom:")
			assert.NotContains(t, string(result.Values), text)
			assert.Regexp(t, `accessToken`+"`"+`: the access token is (only )?(a|ciphertext)`, result.Report())
		})
	}
}

// TestTokensThatLookLikeReferences: a token may begin with what a reference does.
func TestTokensThatLookLikeReferences(t *testing.T) {
	for _, token := range []string{
		"ref0d6b7a1e4c52", "ref+0d6b7a1e4c52Kq==", "arn9d6b7a1e4c52", "arnd6b7a1e4c52aws", "vals9d6b7a1e4c52", "secretref9d6b7a1e4", "gcp9d6b7a1e4c52",
		"k8s9d6b7a1e4c52", "change9me6b7a1e4c52", "CHANGE_ME_9d6b7a1e4c52", "token-9d6b7a1e4c52", "9d6b7a1e4c52-placeholder",
		"/x9/Kd6b7A1e4C52+Qm0==", "/etc9d6B7a1e4c52", "etc/9d6b7a1e4c52", ".9d6b7a1e4c52", "vault-9d6b7a1e4c52",
	} {
		t.Run(token, func(t *testing.T) {
			result := migratedToken(t, token)
			assert.Contains(t, string(result.Secret), token)
			assert.NotContains(t, string(result.Values), token)
			assert.NotContains(t, result.Report(), token)
		})
	}
}

// migratedToken migrates a document with such a token.
func migratedToken(t *testing.T, token string) *migrate.Result {
	t.Helper()
	text := "meshConfig:\n  defaultConfig:\n    tracing: {lightstep: {address: \"sat.obs:9292\", accessToken: '" + token + "'}}\n"
	result, err := migrate.Migrate(t.Context(), []migrate.Source{{Name: "mine.yaml", Data: []byte(text)}}, migrate.Options{To: "1.28"})
	require.NoError(t, err)
	return result
}

package migrate_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/internal/migrate"
)

// values gives values of Istio's chart with a token and other settings.
func values(token, more string) string {
	return "meshConfig:\n  defaultConfig: {tracing: {lightstep: {address: \"sat.obs:9292\", accessToken: '" + token + "'}}}\n" + more
}

// TestTextThatMayBeNoToken: what may stand for a token is written into no Secret, and
// nobody is told that it is a token.
func TestTextThatMayBeNoToken(t *testing.T) {
	for _, text := range []string{
		"<< inputs.token >>", "<<TOKEN>>", "<<.Token>>", "%{TOKEN}", "$$TOKEN", "%(token)s", "$ENV{TOKEN}", "!{TOKEN}", "@{token}", "$[TOKEN]",
		"~TOKEN~", "|TOKEN|", "!!TOKEN!!", "(redacted)", "{cipher}abc0123456789def", "-----BEGIN PGP MESSAGE-----", "two words",
		"@Microsoft.KeyVault(SecretUri=https://a.example.com/x)", "var.ls_token", "local.token", "data.aws_ssm_parameter.x.value", "module.x.tokens[0].y",
	} {
		source := migrate.Source{Name: "mine.yaml", Data: []byte(values(text, ""))}
		result, err := migrate.Migrate(t.Context(), []migrate.Source{source}, migrate.Options{To: "1.28"})
		require.NoError(t, err, text)
		assert.Nil(t, result.Secret, text)
		assert.Contains(t, result.Report(), "the access token is only ", text)
		assert.NotContains(t, result.Report(), "the access token was stored in plain text here", text)
	}
	for _, text := range []string{"a!b0123456789", "(t0kz9d6b7a1e4c52)", "~9d6b7a1e4c52", "a{9d6b7a1e4c52}"} {
		result := migratedToken(t, text)
		assert.Empty(t, string(result.Secret), text)
		assert.Contains(t, result.Report(), "the access token is only text that may be none, by its characters: "+
			"give the token itself, or create the Secret yourself. If it is one, it stands in plain text: rotate it")
		assert.NotContains(t, result.Report(), text)
	}
}

// TestTokenWithBlanksAround: blanks around a token are no part of it.
func TestTokenWithBlanksAround(t *testing.T) {
	source := migrate.Source{Name: "mine.yaml", Data: []byte(values(" t0kz9d6b7a1e4c52 ", ""))}
	result, err := migrate.Migrate(t.Context(), []migrate.Source{source}, migrate.Options{To: "1.28"})
	require.NoError(t, err)
	assert.Contains(t, string(result.Secret), "token: t0kz9d6b7a1e4c52\n")
	assert.Contains(t, result.Report(), "without the blanks around it")
	assert.NotContains(t, result.Report(), "t0kz9d6b7a1e4c52")
}

// TestTokenThatIsAWord: the words of the project itself stay as they are.
func TestTokenThatIsAWord(t *testing.T) {
	report := reportOf(t, values("kubectl", ""), migrate.Options{To: "1.28"})
	assert.NotContains(t, report, "[redacted]")
	assert.Contains(t, report, "RUNNING=$(kubectl get ")
}

// TestSamplingThatIsNotKnown: what sets the sampling, and is not read, leaves no value
// that may be installed, and is named.
func TestSamplingThatIsNotKnown(t *testing.T) {
	const token = "t0kz9d6b7a1e4c52"
	for written, wanted := range map[string]string{
		"\"${SAMPLING}\"": "<percent>", "0x10": "<percent>", "true": "<percent>", ".inf": "<percent>", "inf": "<percent>", "nan": "<percent>",
		"\"<< inputs.sampling >>\"": "<percent>", "\"100%\"": "100", "\"50 \"": "50", "\" 12.5 % \"": "12.5", "5": "5",
	} {
		text := values(token, "pilot: {traceSampling: "+written+"}\n")
		result, err := migrate.Migrate(t.Context(), []migrate.Source{{Name: "mine.yaml", Data: []byte(text)}}, migrate.Options{To: "1.28"})
		require.NoError(t, err, written)
		assert.Contains(t, string(result.Values), "traceSampling: "+wanted+"\n", written)
		assert.NotContains(t, result.Report(), "nothing here sets how many requests are traced", written)
		known := wanted != "<percent>"
		assert.Equal(t, !known, strings.Contains(result.Report(), "what mine.yaml:3 sets is not known here"), written)
		assert.Equal(t, !known, strings.Contains(result.Report(), "LS-SAMPLING-NUMBER"), written)
	}
	wide := "---\napiVersion: telemetry.istio.io/v1\nkind: Telemetry\nmetadata: {name: mesh, namespace: istio-system}\nspec: {tracing: [{randomSamplingPercentage: \"${P}\"}]}\n"
	report := reportOf(t, values(token, "pilot: {traceSampling: 7}\n"+wide), migrate.Options{To: "1.28"})
	assert.Contains(t, report, "what mine.yaml:8 sets is not known here", "the Telemetry overrules the value")
	command := "helm upgrade istiod istio/istiod --set meshConfig.defaultConfig.tracing.lightstep.accessToken=" + token + " --set pilot.traceSampling=$((2*5))\n"
	report = reportOf(t, command, migrate.Options{To: "1.28"})
	assert.NotContains(t, report, "nothing here sets how many requests are traced")
}

// TestTokensWithTheirKeyElsewhere: a token in plain text is named where its key is a
// name on another line, or what holds it.
func TestTokensWithTheirKeyElsewhere(t *testing.T) {
	const token = "t0kz9d6b7a1e4c52"
	for name, text := range map[string]string{
		"a variable":               "env:\n- name: LIGHTSTEP_ACCESS_TOKEN\n  value: TOKEN #\n",
		"with a comment":           "env:\n- name: LIGHTSTEP_ACCESS_TOKEN # of the project\n  value: 'TOKEN' #\n",
		"a variable in brackets":   "env: [{name: LIGHTSTEP_ACCESS_TOKEN, value: TOKEN}] #\n",
		"a set of Terraform":       "resource \"helm_release\" \"istiod\" {\n  set {\n    name  = \"meshConfig.defaultConfig.tracing.lightstep.accessToken\"\n    value = \"TOKEN\" #\n  }\n}\n",
		"with its type":            "set {\n  name = \"global.tracer.lightstep.accessToken\"\n  type = \"string\"\n  value = \"TOKEN\" #\n}\n",
		"sets of Terraform":        "set_sensitive = [{ name = \"global.tracer.lightstep.accessToken\", value = \"TOKEN\" }] #\n",
		"a list of parameters":     "- name: global.tracer.lightstep.accessToken\n  value: TOKEN #\n",
		"a data source of Envoy":   "tracing:\n  name: envoy.tracers.lightstep\n  access_token: {inline_string: TOKEN} #\n",
		"the same over two lines":  "tracing:\n  name: envoy.tracers.lightstep\n  access_token:\n    inline_string: TOKEN #\n",
		"the same as JSON":         "a: |\n  {\"name\":\"envoy.tracers.lightstep\",\"accessToken\":{\"inlineString\":\"TOKEN\"}} #\n",
		"two on a line, one taken": "env: [{name: LS_TOKEN, value: none}, {name: LIGHTSTEP_ACCESS_TOKEN, value: TOKEN}] #\n",
	} {
		text = strings.ReplaceAll(text, "TOKEN}", token+"}")
		text = strings.NewReplacer("value: TOKEN", "value: "+token, "inline_string: TOKEN", "inline_string: "+token, "'TOKEN'", "'"+token+"'", "\"TOKEN\"", "\""+token+"\"").Replace(text)
		before, _, found := strings.Cut(text, " #\n")
		require.True(t, found, name)
		line := strings.Count(before, "\n") + 1
		result, err := migrate.Migrate(t.Context(), []migrate.Source{{Name: "mine", Data: []byte(text)}}, migrate.Options{To: "1.28"})
		require.NoError(t, err, name)
		named := 0
		for _, f := range result.Findings {
			if f.Outcome == migrate.Rotate {
				named = f.Line
			}
		}
		assert.Equal(t, line, named, "%s\n%s\n%s", name, text, result.Report())
		assert.NotContains(t, result.Report(), token, name)
	}
}

// TestTokensOfAVariable: where the token is a variable, what is set of its name is one.
func TestTokensOfAVariable(t *testing.T) {
	text := "apiVersion: fluxcd.controlplane.io/v1\nkind: ResourceSet\nmetadata: {name: istio, namespace: flux-system}\nspec:\n  inputs:\n" +
		"  - {tenant: a, token: t0kz9d6b7a1e4c52}\n  - {tenant: b, token: t0kz9d6b7a1e4c53}\n" + strings.Repeat("  # more\n", 20) +
		"  resources:\n  - values:\n      meshConfig:\n        defaultConfig: {tracing: {lightstep: {address: \"ingest.lightstep.com:443\", accessToken: \"<< inputs.token >>\"}}}\n"
	report := reportOf(t, text, migrate.Options{To: "1.28"})
	_, rotate, _ := strings.Cut(report, "\n## Tokens to rotate\n")
	assert.Contains(t, rotate, "mine.yaml:6:24: ")
	assert.Contains(t, rotate, "mine.yaml:7:24: ")
	assert.NotContains(t, report, "t0kz9d6b7a1e4c5")
}

package migrate_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/internal/migrate"
)

// TestSecretsBesideTheirPlaceAreNotShown holds the report and the diff to show
// no token wherever in a file it is: only what is known to be public is shown.
func TestSecretsBesideTheirPlaceAreNotShown(t *testing.T) {
	const token = "S3CRETtoken12345"
	tail := "\nglobal: {tracer: {lightstep: {address: \"a.lightstep.com:443\", accessToken: 0a1b2c3d4e5f}}}\n"
	for name, text := range map[string]string{
		"parameters.yaml": "apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec:\n  source:\n    helm:\n      parameters:\n" +
			"      - name: global.tracer.lightstep.accessToken\n        value: " + token + "\n      values: |\n        global:\n          tracer:\n" +
			"            lightstep:\n              address: a.lightstep.com:443\n",
		"export.sh": "export TOKEN=" + token + "\nistioctl install --set values.global.tracer.lightstep.address=a.lightstep.com:443 --set values.global.tracer.lightstep.accessToken=$TOKEN\n",
		"argument.sh": "istioctl install --set values.global.tracer.lightstep.address=a.lightstep.com:443 --set 'values.a=" + token + " b' --token " + token +
			" --from-literal=token=" + token + " " + token + "\n",
		"alias.yaml":     "global:\n  tracer:\n    lightstep:\n      address: a.lightstep.com:443\n      accessToken: *" + token + "\n",
		"anchor.yaml":    "x: &" + token + " 1" + tail,
		"key.yaml":       token + ": 1" + tail,
		"flow-key.yaml":  "x: {" + token + ": 1}" + tail,
		"name.yaml":      "name: " + token + tail,
		"comment.yaml":   "# the token is " + token + "\nx: 1 # or " + token + tail,
		"short.yaml":     "x: {pass: hunter2, user: \"admin\"}" + strings.Replace(tail, "0a1b2c3d4e5f", token, 1),
		"userinfo.yaml":  "endpoint: https://u:" + token + "@a.example.com" + tail,
		"header.yaml":    "headers: [{name: x-token, value: " + token + "}]" + tail,
		"list.yaml":      "secrets:\n- " + token + "\n- [" + token + "]" + tail,
		"block.yaml":     "x: |\n  " + token + "\n  a: " + token + tail,
		"folded.yaml":    "x: a b\n  c " + token + tail,
		"quoted.yaml":    "x: \"a \\\"b\n  " + token + "\"" + tail,
		"json.json":      "{\"x\":\"" + token + "\",\"" + token + "\":1,\"global\":{\"tracer\":{\"lightstep\":{\"address\":\"a.lightstep.com:443\"}}}}",
		"annotated.yaml": "metadata: {annotations: {last: '{\"token\":\"" + token + "\"}'}}" + tail,
		"control.yaml":   "\"x\\e[31m\": \"\\e[31m" + token + "\"" + tail,
	} {
		t.Run(name, func(t *testing.T) {
			result, err := migrate.Migrate(t.Context(), []migrate.Source{{Name: name, Data: []byte(text)}}, migrate.Options{To: "1.28"})
			require.NoError(t, err)
			diff := result.Diff(result.Documents[0])
			for _, shown := range []string{diff, result.Report()} {
				assert.NotContains(t, shown, token)
				assert.NotContains(t, shown, "hunter2")
				assert.NotContains(t, shown, "\x1b")
			}
			if strings.Contains(text, "0a1b2c3d4e5f") {
				require.NotEmpty(t, diff, "there is a diff to look at")
				assert.NotContains(t, diff, "0a1b2c3d4e5f")
			}
		})
	}
}

// TestDiffShowsWhatIsPublic: what is taken out can be recognised.
func TestDiffShowsWhatIsPublic(t *testing.T) {
	const text = `apiVersion: install.istio.io/v1alpha1
kind: IstioOperator
spec:
  meshConfig:
    extensionProviders:
    - name: "lightstep" # mine
      lightstep: {service: ingest.lightstep.com, port: 443, accessToken: 0a1b2c3d4e5f}
    defaultProviders:
      tracing:
      - lightstep
`
	result, err := migrate.Migrate(t.Context(), []migrate.Source{{Name: "istio.yaml", Data: []byte(text)}}, migrate.Options{To: "1.28"})
	require.NoError(t, err)
	diff := result.Diff(result.Documents[0])
	for _, line := range []string{
		" kind: IstioOperator\n", "-    - name: \"lightstep\" # [redacted]\n",
		"-      lightstep: {service: ingest.lightstep.com, port: 443, accessToken: [redacted]}\n", "-      tracing:\n", "-      - lightstep\n",
	} {
		assert.Contains(t, diff, line)
	}
}

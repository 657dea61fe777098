package leftover

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func encode(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }

func TestBase64IsLookedInto(t *testing.T) {
	t.Parallel()
	config := "tracing:\n  lightstep: {accessToken: t0kz9d6b7a1e4c52}\n"
	long := strings.Repeat("a: b\n", 100) + config
	wrapped := strings.Join(strings.SplitAfter(encode(long), encode(long)[76:80]), "\n")
	for name, c := range map[string]struct {
		text string
		want bool
	}{
		"once":                    {encode(config), true},
		"twice":                   {encode(encode(config)), true},
		"of a URL":                {base64.RawURLEncoding.EncodeToString([]byte(config)), true},
		"on lines":                {wrapped, true},
		"among other text":        {"a: {b: " + encode(config) + "}", true},
		"behind a name":           {"Authorization-basic " + encode(config), true},
		"behind our name":         {"istio-lightstep-config " + encode(config), true},
		"behind a path":           {"/etc/config/very/long/path/" + encode(config), true},
		"behind a key":            {"collector_configuration_" + encode(config), true},
		"in an entry":             {"- collector_configuration " + encode(config), true},
		"before a name":           {strings.TrimRight(encode(config+"a: b"), "=") + " istio-ingressgateway", true},
		"on lines, behind a name": {"collector_configuration\n" + wrapped, true},
		"on lines, before a name": {strings.TrimRight(wrapped, "=") + "\nistio-ingressgateway-and-more", true},
		"twice, behind a path":    {encode("/etc/config/" + encode(config)), true},
		"a path alone":            {"/etc/config/very/long/path/that-is-none", false},
		"a comment":               {encode("# lightstep was here, once\n"), false},
		"another backend":         {encode("tracing: {zipkin: {address: zipkin}}"), false},
		"no text":                 {encode("\xff\xfe lightstep"), false},
		"no base64":               {"istio-ingressgateway-and-more", false},
		"too large":               {encode(strings.Repeat("a", mostEncoded) + config), false},
	} {
		assert.Equal(t, c.want, inEncoded(c.text), name)
	}
}

func TestBase64OnAClusterAndInFilesIsNamed(t *testing.T) {
	t.Parallel()
	config := encode("tracing:\n  lightstep: {accessToken: t0kz9d6b7a1e4c52}\n")
	text := fmt.Sprintf(`
apiVersion: v1
kind: Secret
metadata: {name: mesh, namespace: shop}
data: {values.yaml: %s, other: %s}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: mesh, namespace: shop}
binaryData: {mesh: %s}
data: {files: "a: b\nc: %s\n"}
`, config, encode("a: {b: c, d: e, f: g}"), config, config)
	r := look(t, text)
	r.File("a.yaml", []byte("kind: Secret\ndata:\n  é: "+config+"\n"))
	assert.Equal(t, []string{
		`ConfigMap shop/mesh: binaryData.mesh, in base64`,
		`ConfigMap shop/mesh: data.files, line 2, in base64`,
		`Secret shop/mesh: data.values\.yaml, in base64`,
		`a.yaml:3:6, in base64`,
	}, names(r))
	assert.NotContains(t, strings.Join(names(r), "\n"), "t0kz9d6b7a1e4c52")
}

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
		"large":                   {encode(strings.Repeat("a", 3<<20) + config), true},
		"behind many parts":       {strings.Repeat("part/", 200) + encode(config), true},
		"of every length":         {"a/" + encode("é"+config), true},
	} {
		assert.Equal(t, c.want, encodedAt(c.text) >= 0, name)
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
		`a.yaml:3:6: é, in base64`,
	}, names(r))
	assert.NotContains(t, strings.Join(names(r), "\n"), "t0kz9d6b7a1e4c52")
}

// TestALargeFileIsLookedAtWhole: what kubectl prints of a mesh is larger than any of
// its objects, and a mention may be anywhere in it.
func TestALargeFileIsLookedAtWhole(t *testing.T) {
	t.Parallel()
	secret := "kind: Secret\ndata: {a: " + encode("ingest.lightstep.com:443") + "}\n---\n"
	other := "kind: ConfigMap\ndata: {a: \"" + strings.Repeat("x ", 5000) + encode("nothing of interest") + "\"}\n---\n"
	r := &Report{}
	r.File("a.yaml", []byte(secret+strings.Repeat(other, 220)+secret))
	assert.Equal(t, []string{"a.yaml:2:11: data, in base64", "a.yaml:665:11: data, in base64"}, names(r))
}

// TestBase64IsDecodedAFewTimes: whatever a text is made of. Its length times
// the parts of a path, and that once more for what is encoded twice, would be for
// whoever runs a mesh to wait for.
func TestBase64IsDecodedAFewTimes(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("QUFBQUF/", 4000) + "AAAA"
	for shift := range 4 {
		total := 0
		for plain := range decoded(strings.Repeat("/", shift) + text) {
			total += len(plain)
		}
		assert.Positive(t, total)
		assert.LessOrEqual(t, total, 3*len(text))
	}
	total := 0
	for candidate := range candidates(strings.Repeat(strings.Repeat("A", 40)+"\n"+strings.Repeat("A", 39)+"\n", 1000)) {
		total += len(candidate)
	}
	assert.LessOrEqual(t, total, 4*80_000)
}

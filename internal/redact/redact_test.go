package redact

import (
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestValue(t *testing.T) {
	for text, want := range map[string]string{
		"":                                     "",
		"ingest.lightstep.com:443":             "ingest.lightstep.com:443",
		"lightstep-access-token-2024":          "lightstep-access-token-2024",
		"istio-ingressgateway":                 "istio-ingressgateway",
		"applicationmonitoringsystem":          "applicationmonitoringsystem",
		"[2001:db8:1234:5678:9abc:def0:1:2]:1": "[2001:db8:1234:5678:9abc:def0:1:2]:1",
		"https://u:p@a.example:1/b":            "https://[redacted]@a.example:1/b",
		"https://u:p/a@ss word@a.example":      "https://[redacted]@a.example",
		"user:p@a.example:443":                 "[redacted]@a.example:443",
		"a.example:443?token=t":                "a.example:443?[redacted]",
		"S3CRETtoken12345":                     "[redacted]",
		"a.S3CRETtoken12345.example:443":       "a.[redacted].example:443",
		"0123456789abcdef":                     "[redacted]",
		"a1b2c3d4-e5f6-7890-abcd-ef0123456789": "[redacted]",
		"ab-CDefgh_1-ijkl-mnop":                "[redacted]",
		"a\x1b[31m\n\u202e\u0085\u2028b\"":     `a\x1b[31m\n\u202e\u0085\u2028b"`,
		`"a\b\"`:                               `"a\b\"`,
	} {
		assert.Equal(t, want, Value(text), text)
	}
}

func TestHidden(t *testing.T) {
	var p Public
	p.Hide("values.a.token")
	p.Hide("values.pem")
	p.Hide("values.none")
	long := p.Hidden(map[string]any{"values": map[string]any{"a": map[string]any{"token": "sesame"}, "pem": " sesame-open\n", "none": 5}})
	assert.Equal(t, Hidden{"sesame-open", "sesame"}, long)
	for text, want := range map[string]string{
		"sesame": "[redacted]", "a.sesame.b": "a.[redacted].b", "sesame-open sesame": "[redacted] [redacted]", "sesam": "sesam", "": "",
	} {
		assert.Equal(t, want, long.Mask(text), text)
	}
	short := p.Hidden(map[string]any{"values": map[string]any{"a": map[string]any{"token": "a"}, "pem": "b"}})
	assert.Equal(t, []string{"[redacted]", "[redacted]", "[redacted]", "a b", "banana"},
		[]string{short.Mask("a"), short.Mask("b"), short.Mask(" a\n"), short.Mask("a b"), short.Mask("banana")})
	assert.Empty(t, p.Hidden(map[string]any{"values": "text"}))
	assert.Equal(t, "text", Hidden(nil).Mask("text"))
}

func TestPlain(t *testing.T) {
	for _, text := range []string{"", "true", "100", "0.5", "2Gi", "50%", "1.26.2", "v1.4.10-gke.1", "istio-system", "ingest.lightstep.com:443", "SIMPLE", "accessToken"} {
		assert.True(t, Plain(text), text)
	}
	for _, text := range []string{"S3CRETtoken12345", "Bearer x", "https://u:p@x", "a b", "a\nb", "0123456789012345", "x==", "*alias", "&anchor", "u:p@x:1"} {
		assert.False(t, Plain(text), text)
	}
}

func TestPublic(t *testing.T) {
	p, err := NewPublic([]any{"live", "values.gateways[].name", map[string]any{"path": "values.a.b", "matches": "^x+$"}})
	require.NoError(t, err)
	assert.True(t, p.Entry([]string{"live", "istiod", "image"}).Shows("any"))
	assert.True(t, p.Entry([]string{"values", "gateways", "[]", "name"}).Shows("any"))
	assert.False(t, p.Entry([]string{"values", "gateways", "[]"}).Shows("any"))
	assert.False(t, p.Entry([]string{"values", "a"}).Shows("x"))
	assert.True(t, p.Entry([]string{"values", "a", "b"}).Shows("xx"))
	assert.False(t, p.Entry([]string{"values", "a", "b"}).Shows("xy"))
	assert.False(t, Public{}.Entry([]string{"live"}).Shows(""))
	for _, item := range []any{"", 5, map[string]any{"path": "a"}, map[string]any{"path": "a", "matches": "("}, map[string]any{"matches": "a"}} {
		_, err := NewPublic([]any{item})
		assert.Error(t, err, "%v", item)
	}
}

// FuzzValue: nothing that a terminal acts on is left of any text, and what
// looks like a token is not either.
func FuzzValue(f *testing.F) {
	for _, text := range []string{"a\u009b31m\u202e", "https://u:p@x", "S3CRETtoken12345", "\xff\x00", "a\nb"} {
		f.Add(text)
	}
	const marker = "S3CRETtoken12345"
	f.Fuzz(func(t *testing.T, text string) {
		for _, given := range []string{text, text + marker, marker + "." + text, "https://" + marker + "@" + text} {
			got := Value(given)
			for _, r := range got {
				require.True(t, unicode.IsPrint(r), "%q", got)
			}
			require.NotContains(t, strings.ReplaceAll(got, Redacted, ""), marker)
		}
	})
}

// TestLongTexts: of a text only the beginning is shown, and only that is looked at.
func TestLongTexts(t *testing.T) {
	const most = 9 << 20
	for name, shown := range map[string]func(string) string{"Value": Value, "Key": Key} {
		start := time.Now()
		assert.Equal(t, Redacted+"… (9437184 characters)", shown(strings.Repeat("a1", most/2)), name)
		assert.Equal(t, strings.Repeat("é", 278)+"… (4718592 characters)", shown(strings.Repeat("é", most/2)), name)
		assert.Less(t, time.Since(start), 2*time.Second, name)
	}
	filled := strings.Repeat("a ", 3000)
	assert.NotContains(t, Value("hunter2 "+filled+"@host"), "hunter2", "what stands before an @ far behind")
	tokens := strings.Repeat(strings.Repeat("a1", 599)+" ", 5)
	for before := range 20 {
		assert.NotContains(t, Value(strings.Repeat(" ", before)+tokens), "a1", "what is left of a token")
	}
}

package redact

import (
	"encoding/base64"
	"encoding/hex"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

const token = "tok-3f9A+b7C/d1E5=gH"

// TestSaid: a server repeats what it was sent in forms of its own, whole or cut.
func TestSaid(t *testing.T) {
	encode := base64.StdEncoding.EncodeToString
	for said, want := range map[string]string{
		"no " + token + " here":                          "no [redacted] here",
		"no " + strings.ToUpper(token) + " here":         "no [redacted] here",
		"no " + strings.ToLower(token) + "x":             "no [redacted]x",
		token + token:                                    "[redacted][redacted]",
		"a=tok-3f9A%2bb7C%2Fd1E5%3DgH&b=c":               "a=[redacted]&b=c",
		"no " + encode([]byte(token)) + ".":              "no [redacted].",
		"no " + encode([]byte("user:"+token)) + ".":      "no [redacted].",
		"no " + encode([]byte("us:"+token+"\n")) + ".":   "no [redacted].",
		"no " + encode([]byte("a b c d:"+token)) + ".":   "no [redacted].",
		"no " + hex.EncodeToString([]byte(token)) + ".":  "no [redacted].",
		"no token tok-3f9A… known":                       "no token [redacted]… known",
		"no token TOK-3F9A+B7*** known":                  "no token [redacted]*** known",
		"no token tok-3f9… known":                        "no token tok-3f9… known",
		"no " + encode([]byte(token))[:12] + "... known": "no [redacted]... known",
		"Bearer authentication is needed":                "Bearer authentication is needed",
		"https://example.com: no PRIVATE KEY":            "https://example.com: no PRIVATE KEY",
	} {
		assert.Equal(t, want, Said(said, token, "Bearer "+token, "https://user:hunter2@collector.example.com/x", "-----BEGIN PRIVATE KEY-----\nTUlJ\n-----END PRIVATE KEY-----", "abc"), said)
	}
	assert.Equal(t, "the collector at [redacted]", Without("the collector at collector.example.com", []string{"collector.example.com"}), "words of our own are whole")
	assert.Equal(t, "é[redacted]é", Without("é"+strings.ToUpper(token)+"é", []string{token}))
}

// TestSaidIsBounded: what a server says may be long, and secrets many.
func TestSaidIsBounded(t *testing.T) {
	secrets := make([]string, 100)
	for i := range secrets {
		secrets[i] = strings.Repeat("a", 1000+i)
	}
	start := time.Now()
	said := Said(strings.Repeat("a", 10<<20)+token, secrets...)
	assert.Less(t, time.Since(start), 5*time.Second)
	assert.NotContains(t, said, "aaaaaaaa")
}

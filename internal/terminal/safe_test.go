package terminal_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/internal/terminal"
)

func TestSafeShowsWhatDoesNotShowItself(t *testing.T) {
	t.Parallel()
	for given, wanted := range map[string]string{
		"ingest.lightstep.com:443 – “größer” 日本 é": "ingest.lightstep.com:443 – “größer” 日本 é",
		"x\x1b[1A\x1b[2Kerror: fake\r\n\tline\x07": `x\x1b[1A\x1b[2Kerror: fake\r\n\tline\a`,
		"a\u009b31m\u0085\x7f":                     `a\u009b31m\u0085\x7f`,
		"a\u202egnp.exe\u2066\u200f":               `a\u202egnp.exe\u2066\u200f`,
		"a\u200b\u2060\ufeff\u00ad\u3164\ufe0f":    `a\u200b\u2060\ufeff\u00ad\u3164\ufe0f`,
		"a\u2028b\u2029c\u00a0d":                   `a\u2028b\u2029c\u00a0d`,
		"tag \U000e0041":                           `tag \U000e0041`,
		"not UTF-8: \x9b\xff, but this is: \ufffd": `not UTF-8: \x9b\xff, but this is: ` + "\ufffd",
		"": "",
	} {
		assert.Equal(t, wanted, terminal.Safe(given))
		assert.Equal(t, wanted, terminal.Safe(wanted), "what is safe stays")
	}
}

func TestBounded(t *testing.T) {
	t.Parallel()
	assert.Equal(t, strings.Repeat("ä", 300), terminal.Bounded(strings.Repeat("ä", 300), 300))
	long := terminal.Bounded(strings.Repeat("ä", 5000), 300)
	assert.Equal(t, strings.Repeat("ä", 281)+"… (5000 characters)", long)
	assert.Equal(t, 300, utf8.RuneCountInString(long))
	assert.Equal(t, long, terminal.Bounded(long, 300), "what is bounded stays")
}

func TestSafeTakesCommandsOfCIApart(t *testing.T) {
	t.Parallel()
	for given, wanted := range map[string]string{
		"::error::x":                      `:\:error::x`,
		"  ::set-output name=x::y":        `  :\:set-output name=x::y`,
		"a ##[add-mask]e":                 `a ##\[add-mask]e`,
		"##vso[task.setvariable]x":        `##vso\[task.setvariable]x`,
		"##teamcity[message]":             `##teamcity\[message]`,
		"::1":                             "::1",
		"from ::/0 to a::b":               "from ::/0 to a::b",
		"pod/x: ::error:: in the message": `pod/x: :\:error:: in the message`,
		"a::error::b":                     "a::error::b",
	} {
		assert.Equal(t, wanted, terminal.Safe(given))
	}
	assert.Equal(t, "a:\n:\\:error::b\\r\n", terminal.SafeLines("a:\n::error::b\r\n"))
}

func TestSafeJSONLosesNothing(t *testing.T) {
	t.Parallel()
	given := "x\u009b\u202e\U000e0041é\x7f\x1b ##vso[x]"
	encoded, err := json.Marshal(given)
	require.NoError(t, err)
	safe := terminal.SafeJSON(encoded)
	assertShown(t, string(safe))
	assert.NotContains(t, string(safe), "##vso[")
	var read string
	require.NoError(t, json.Unmarshal(safe, &read))
	assert.Equal(t, given, read)
}

func TestTextMakesSafeWhatItIsGiven(t *testing.T) {
	t.Parallel()
	type name string
	text := terminal.Text{Coloured: true}
	text.Line("%s %s %v %s %d %s", text.In(terminal.Bold, "a\x1b"), "b\x1b\n", errors.New("c\u009b"), name("d\x1b"), 5,
		terminal.Lines("e\x1b\nf", "  "))
	assert.Equal(t, "\x1b[1ma\\x1b\x1b[0m b\\x1b\\n c\\u009b d\\x1b 5 e\\x1b\n  f\n", text.String())
}

func FuzzSafe(f *testing.F) {
	f.Add("x\x1b[2J\u202e::error::\n##[error]\x9b")
	f.Fuzz(func(t *testing.T, text string) {
		safe := terminal.Safe(text)
		assertShown(t, safe)
		if terminal.Safe(safe) != safe {
			t.Errorf("%q is not yet safe", safe)
		}
		assertShown(t, strings.ReplaceAll(terminal.SafeLines(text), "\n", ""))
	})
}

func assertShown(t *testing.T, text string) {
	t.Helper()
	if !utf8.ValidString(text) {
		t.Errorf("%q is not UTF-8", text)
	}
	for _, r := range text {
		if !terminal.Shows(r) {
			t.Errorf("%q has %U", text, r)
		}
	}
}

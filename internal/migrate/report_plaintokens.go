package migrate

import (
	"bytes"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/istio-lightstep/istio-lightstep/internal/leftover"
)

// nearMention is how many lines may be between a token in plain text and a mention
// of LightStep: those of one provider, exporter or tracer.
const nearMention = 8

// What a token looks like in plain text, and what is between it and its key: where
// that is a name, on the same line or below, such as of a variable or of what Helm
// sets, the key of its value; of Envoy's data sources that of the text. A call has both
// as texts beside each other.
const (
	plainText  = `[ \t]*(?:[:=]|,[ \t]*["'])[ \t]*["']?([A-Za-z0-9+_][A-Za-z0-9+/_=.~-]{15,})(?:["',}\]\s]|$)`
	plainField = `(?:(?:[:=,]|[ \t]#[^\n]*)?[\s{]*(?:["']?(?:type|forceString)["']?[ \t]*[:=][ \t]*["']?\w+["']?[\s,]*)?["']?\b(?:value|inline_?string)["']?)?`
)

// literalToken finds an access token by its key.
var literalToken = regexp.MustCompile(`(?i)(?:access[-_]?|lightstep[-_]?|\bls[-_]?)token["']?` + plainField + plainText)

// mostBelow is how many lines below a name its value may stand.
const mostBelow = 2

// plainToken notes what looks like a token in plain text and is not the one that was
// taken, also in what was named and left alone. In a Secret it is at its place. The
// line, of a number, begins at an offset.
func (s *sweeper) plainToken(offset, number int, line string) {
	if s.named != nil {
		if at := s.named.FindStringSubmatchIndex(line); at != nil && at[0] < leftover.Comment(line) {
			s.note(number, line, at, &s.sure)
		}
	}
	if !strings.Contains(line, "oken") && !strings.Contains(line, "OKEN") {
		return
	}
	text, comment := string(s.Data[offset:s.endOf(offset, 1+mostBelow)]), leftover.Comment(line)
	for _, at := range literalToken.FindAllStringSubmatchIndex(text, -1) {
		if at[0] < comment && s.note(number, text, at, &s.plain) {
			return
		}
	}
}

// endOf gives the end of some lines from an offset on.
func (s *sweeper) endOf(offset, lines int) int {
	for ; lines > 0 && offset < len(s.Data); lines-- {
		end := bytes.IndexByte(s.Data[offset:], '\n')
		if end < 0 {
			return len(s.Data)
		}
		offset += end + 1
	}
	return offset
}

// note notes a token of a text that begins on a line, where a pattern has found one.
func (s *sweeper) note(number int, text string, at []int, to *[]Finding) bool {
	token, before := text[at[2]:at[3]], text[:at[2]]
	if _, taken := s.tokens[token]; taken || !strings.ContainsAny(token, "0123456789") || s.standsFor(token, true) != "" || textAt(s.rootAt(number), "kind") == "Secret" {
		return false
	}
	number += strings.Count(before, "\n")
	*to = append(*to, Finding{
		Outcome: Rotate, File: s.Name, Line: number, Column: utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:]) + 1, Path: s.within(number),
		Text: "this looks like an access token in plain text, in what was not recognised: rotate it, or revoke it once nothing sends to LightStep any more",
	})
	return true
}

// variableName finds the name in what stands for a token.
var variableName = regexp.MustCompile(`([A-Za-z_][A-Za-z0-9_]*)[^A-Za-z0-9_]*$`)

// namedTokens finds tokens by the names of the variables that stand for them; nil
// where there is none.
func (e *edited) namedTokens() *regexp.Regexp {
	names := map[string]bool{}
	for _, c := range slices.Concat(e.claims, e.literals) {
		text, _ := c.is.(string)
		if name := variableName.FindStringSubmatch(text); c.value == valueToken && name != nil && fallbackOf(text) == "" && e.standsFor(text, true) == aVariable {
			names[name[1]] = true
		}
	}
	if len(names) == 0 {
		return nil
	}
	return regexp.MustCompile(`\b(?:` + strings.Join(slices.Sorted(maps.Keys(names)), "|") + `)["']?` + plainText)
}

// plainTokens gives the tokens that were noted near a mention of LightStep: others
// are another's.
func (s *sweeper) plainTokens() []Finding {
	near := slices.DeleteFunc(s.plain, func(f Finding) bool {
		i, _ := slices.BinarySearch(s.mentions, f.Line-nearMention)
		return i == len(s.mentions) || s.mentions[i] > f.Line+nearMention || slices.ContainsFunc(s.sure, func(other Finding) bool { return position(f) == position(other) })
	})
	return append(near, s.sure...)
}

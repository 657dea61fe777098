package migrate

import (
	"cmp"
	_ "embed"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/internal/redact"
)

// around a change, so many lines of a diff are shown.
const contextLines = 2

// mostOfLine is the most that a diff shows of one line, in characters.
const mostOfLine = 2000

// diffLine is a line of a diff: kept (' '), taken out ('-') or put in ('+').
type diffLine struct {
	kind byte
	text string
}

// edits gives the way from one text to another that is made of its lines. It
// takes linear time, for a text of which parts were taken out; it looks for no
// shortest way.
func edits(before, after []string) []diffLine {
	places := map[string][]int{}
	for i, line := range before {
		places[line] = append(places[line], i)
	}
	var all, added []diffLine
	at := 0
	keep := func(to int) {
		for ; at < to; at++ {
			all = append(all, diffLine{'-', before[at]})
		}
		all, added = append(all, added...), nil
	}
	for _, line := range after {
		next, _ := slices.BinarySearch(places[line], at)
		if next == len(places[line]) {
			added = append(added, diffLine{'+', line})
			continue
		}
		keep(places[line][next])
		all = append(all, diffLine{' ', line})
		at++
	}
	keep(len(before))
	return all
}

// unified writes the changed lines of a diff and those around them.
func unified(from, to string, all []diffLine) string {
	var out strings.Builder
	old, fresh := 0, 0 // lines before the hunk
	for i := 0; i < len(all); {
		first := i
		for first < len(all) && all[first].kind == ' ' {
			first++
		}
		if first == len(all) {
			break
		}
		start := max(i, first-contextLines)
		end, kept := first, 0 // kept are the unchanged lines up to end
		for end < len(all) && kept <= 2*contextLines {
			if all[end].kind == ' ' {
				kept++
			} else {
				kept = 0
			}
			end++
		}
		end -= max(0, kept-contextLines)
		old, fresh = old+start-i, fresh+start-i
		if out.Len() == 0 {
			fmt.Fprintf(&out, "--- %s\n+++ %s\n", from, to)
		}
		hunk := all[start:end]
		removed, added := counted(hunk, '-'), counted(hunk, '+')
		same := len(hunk) - removed - added
		fmt.Fprintf(&out, "@@ -%s +%s @@\n", lineRange(old, same+removed), lineRange(fresh, same+added))
		for _, e := range hunk {
			out.WriteString(string(e.kind) + bounded(e.text, mostOfLine))
		}
		old, fresh, i = old+same+removed, fresh+same+added, end
	}
	return out.String()
}

func counted(hunk []diffLine, kind byte) int {
	n := 0
	for _, e := range hunk {
		if e.kind == kind {
			n++
		}
	}
	return n
}

// lineRange writes the lines of a hunk as `diff -u` does.
func lineRange(before, count int) string {
	switch count {
	case 0:
		return fmt.Sprintf("%d,0", before)
	case 1:
		return fmt.Sprint(before + 1)
	}
	return fmt.Sprintf("%d,%d", before+1, count)
}

//go:embed public.yaml
var publicYAML []byte

// publicWords is public.yaml, where its keys are told.
type publicWords struct {
	Keys, Commands, Flags []string

	keys map[string]bool
}

var loadPublic = sync.OnceValues(func() (*publicWords, error) {
	p := new(publicWords)
	if err := yaml.UnmarshalStrict(publicYAML, p); err != nil {
		return nil, fmt.Errorf("public.yaml: %w", err)
	}
	p.keys = map[string]bool{}
	for _, key := range p.Keys {
		p.keys[key] = true
	}
	return p, nil
})

// shown gives a name from a document as reports show it.
func shown(name string) string { return redact.Value(name) }

func shownAll(names []string) string {
	all := make([]string, len(names))
	for i, name := range names {
		all[i] = shown(name)
	}
	return strings.Join(all, ", ")
}

var (
	small    = regexp.MustCompile(`^-?[0-9]{1,5}(\.[0-9]{1,5})?$`)
	keyWord  = regexp.MustCompile(`^[A-Za-z$_][-A-Za-z0-9_./\\*]{0,62}$`)
	pathWord = regexp.MustCompile(`^[/A-Za-z][-A-Za-z0-9_./\[\]]{0,126}$`)
)

// value gives a value of a key as the diff shows it.
func (p *publicWords) value(key, text string) string {
	switch text {
	case "", "true", "false", "null", "~", "{}", "[]":
		return text
	}
	if small.MatchString(text) || p.keys[key] && (redact.Plain(text) || pathWord.MatchString(text) && !redact.Tokenlike(text)) {
		return text
	}
	return redact.Redacted
}

// key gives a key as the diff shows it: a name, and not a token in its place.
func (p *publicWords) key(text string) string {
	if (keyWord.MatchString(text) || small.MatchString(text)) && !redact.Tokenlike(text) {
		return text
	}
	return redact.Redacted
}

// shortest is the length from which a secret is looked for everywhere. A
// shorter one would be found in every other word.
const shortest = 6

// clearToken finds what else looks like a token.
var clearToken = regexp.MustCompile(`(?i)(acc?ess?[-_]?tok[ea]?n["']?\s*[:=]\s*["']?)([^\s"',}]+)`)

// hide is a net below what is redacted where it stands: no text that is given
// to people holds a secret.
func (r *Result) hide(text string) string {
	return clearToken.ReplaceAllString(r.redacted(text), "${1}"+redact.Redacted)
}

// longest is the length from which a secret is looked for by itself: what looks for all at
// once can take the square of a length to prepare, and a length at each place of a text.
const longest = 1 << 10

// redacting replaces secrets, the longest first, in time linear in the text.
func redacting(secrets []string) func(string) string {
	secrets = slices.DeleteFunc(slices.Clone(secrets), func(secret string) bool { return len(secret) < shortest })
	slices.SortFunc(secrets, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	secrets = slices.Compact(secrets)
	long := slices.IndexFunc(secrets, func(secret string) bool { return len(secret) < longest })
	if long < 0 {
		long = len(secrets)
	}
	var pairs []string
	for _, secret := range secrets[long:] {
		pairs = append(pairs, secret, redact.Redacted)
	}
	short := strings.NewReplacer(pairs...)
	return func(text string) string {
		for _, secret := range secrets[:long] {
			text = strings.ReplaceAll(text, secret, redact.Redacted)
		}
		return short.Replace(text)
	}
}

// show gives a text of a document as the diff has it.
func (r *Result) show(d Document, text []byte) string {
	if d.command {
		return r.public.showCommands(string(text))
	}
	return r.public.showDocument(string(text))
}

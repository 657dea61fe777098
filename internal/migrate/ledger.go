package migrate

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
	"go.yaml.in/yaml/v3"

	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// ledger is what is decided, in the order in which it is decided: each entry
// names its place and its reason.
type ledger struct {
	*table
	findings []Finding
	claims   []claim
	unknown  []claim // settings that are read, and what they say is not known here
	removals []removal
	secrets  []string // never shown

	gone    map[*yaml.Node]bool // keys, items and roots of what goes
	told    map[*yaml.Node]bool // keys and items that a finding names which leaves them where they are
	knownAt map[*yaml.Node]bool // keys and items that a value is made of
}

// claim is a setting that says what a value of this chart is.
type claim struct {
	value string
	is    any
	rank  int
	order int // of the source
	at    Finding
	from  *yaml.Node // the place
	keep  bool       // it stays where it is
	own   bool       // it is one workload's, and not for the mesh

	workload *document // whose annotation it is; nil for one of the mesh
}

// removal is a part of a document that goes: a place, or all of it where that
// has no key.
type removal struct {
	document *document
	site     site
}

func newLedger(known *table) *ledger {
	return &ledger{table: known, gone: map[*yaml.Node]bool{}, told: map[*yaml.Node]bool{}, knownAt: map[*yaml.Node]bool{}}
}

// after gives a ledger that goes on where another one ends, which stays as it is.
func (l *ledger) after() *ledger {
	return &ledger{
		table: l.table, findings: slices.Clone(l.findings), claims: slices.Clone(l.claims), unknown: slices.Clone(l.unknown), removals: slices.Clone(l.removals), secrets: slices.Clone(l.secrets),
		gone: maps.Clone(l.gone), told: maps.Clone(l.told), knownAt: maps.Clone(l.knownAt),
	}
}

// note adds findings as they are.
func (l *ledger) note(findings ...Finding) { l.findings = append(l.findings, findings...) }

// tell adds a finding about a place.
func (l *ledger) tell(d *document, outcome Outcome, s site, to, why string) {
	f := d.found(outcome, s)
	f.To, f.Text = to, why
	l.tellHeld(d, &f)
	if key := d.anchor(s); outcome == Left || outcome == ByHand {
		l.told[key] = true
	} else {
		l.knownAt[key] = true
	}
	l.note(f)
}

// tellHeld tells of a setting in a text that cannot be edited that it is still
// there, and once of the text.
func (l *ledger) tellHeld(d *document, f *Finding) {
	if d.holder == nil || f.Outcome != Moved && f.Outcome != Dropped {
		return
	}
	f.Text = appended(f.Text, "it is still there")
	if l.told[d.holder.anchor(d.held)] {
		return
	}
	why := "it is text in quotes, folded, in base64, or within another text: remove LightStep's part by hand"
	switch {
	case d.patches || d.holder.patches:
		why = "nothing is taken out of JSON patches: remove by hand what is listed of them as moved or removed, and see that the others still find their places"
	case d.isWithin():
		why = "it is an object within another one, which is not changed: remove by hand what is listed of it as removed"
	}
	l.tell(d.holder, Left, d.held, "", why)
}

// overFiles is above the number of any source.
const overFiles = 1 << 30

// know takes note of a setting, and tells whether it is one. What only stands for a value, such as a variable,
// is left to the user; for the token that is decided once all are known.
func (l *ledger) know(d *document, s site, value string, is any, rank int) bool {
	if why := l.noValue(value, is); why != "" {
		l.tell(d, ByHand, s, value, why)
		l.notKnown(d, s, value, rank)
		return false
	}
	l.knownAt[d.anchor(s)] = true
	at := d.found(Moved, s)
	if text, ok := is.(string); ok && value == valueToken && strings.TrimSpace(text) != text {
		is = strings.TrimSpace(text)
		if strings.TrimRight(text, "\r\n") != is {
			at.Text = "without the blanks around it, which are no part of a token"
		}
	}
	l.tellHeld(d, &at)
	l.claims = append(l.claims, claim{value: value, is: is, rank: rank, order: d.layer(), at: at, from: s.Value})
	return true
}

// knowKept takes note of a setting that stays where it is, as know does.
func (l *ledger) knowKept(d *document, s site, value string, is any, rank int) bool {
	known := l.know(d, s, value, is, rank)
	if known {
		l.claims[len(l.claims)-1].keep = true
	}
	return known
}

// layer orders documents by which is laid over which.
func (d *document) layer() int {
	if d.below != nil || d.patches || d.isPatch() { // flags, parameters and patches are laid over files
		return d.order + overFiles
	}
	return d.order
}

// notKnown takes note of a setting of which is not known here what it says.
func (l *ledger) notKnown(d *document, s site, value string, rank int) {
	l.unknown = append(l.unknown, claim{value: value, rank: rank, order: d.layer(), at: d.found(ByHand, s)})
}

// noValue tells why a setting is none that a value can be made of; "" where it
// is one.
func (l *ledger) noValue(value string, is any) string {
	written, isText := is.(string)
	if !isText || value == valueToken {
		return ""
	}
	if what := l.standsFor(written, false); what != "" {
		if is := fallbackOf(written); is != "" {
			what += " whose default is " + shown(is)
		}
		if kept, ours := strings.CutPrefix(written, "$("); ours && what == aReference {
			what += ", " + shown(strings.TrimSuffix(kept, ")"))
		}
		return "this is " + what + ", and not the value: set the value itself"
	}
	switch value {
	case valueSecure:
		return "this is neither true nor false: set the value"
	case "pilot.traceSampling":
		return "this is not a number: set the value"
	}
	return ""
}

// remove decides that a part of a document goes.
func (l *ledger) remove(d *document, s site) {
	switch {
	case d.holder != nil: // it cannot be edited
		l.gone[cmp.Or(s.Key, d.root)] = true
	case d.items != nil && s.Key != nil:
		d.eachBelow(s.Key, func(n *yaml.Node) {
			if item := d.items[n]; item != nil {
				l.gone[item] = true
				l.removals = append(l.removals, removal{d, site{Key: item}})
			}
		})
	case d.command != nil:
		d.eachBelow(s.Key, func(n *yaml.Node) { l.gone[n] = true })
	default:
		l.gone[cmp.Or(s.Key, d.root)] = true
		l.removals = append(l.removals, removal{d, s})
	}
}

// hand adds something to do that is about no place.
func (l *ledger) hand(to, text string) {
	l.note(Finding{Outcome: ByHand, To: to, Text: text})
}

// hide takes note of a secret that is never shown. A placeholder is none, and a word
// that the report may have itself: it is hidden where it stands alone.
func (l *ledger) hide(value string) {
	for _, text := range append([]string{strings.TrimSpace(value), fallbackOf(value)}, fallbacksIn(value)...) {
		if text != "" && l.standsFor(text, true) != aPlaceholder && !isOwnWord(text) {
			l.secrets = append(l.secrets, text)
		}
	}
}

// isOwnWord tells a text that reports and steps have by themselves.
func isOwnWord(text string) bool {
	return bytes.Contains(stepsYAML, []byte(text)) || bytes.Contains(pathsYAML, []byte(text)) || strings.Contains(commandsText, text)
}

// What the table calls a placeholder, and what may be a token or none.
const (
	aPlaceholder = "a placeholder"
	aReference   = "a reference to where it is kept"
	aVariable    = "a variable"
	perhapsNone  = "text that may be none, by its characters"
)

// reveal has texts shown that were taken for secrets.
func (l *ledger) reveal(texts map[string]bool) {
	l.secrets = slices.DeleteFunc(l.secrets, func(secret string) bool { return texts[secret] })
}

// hideTokens hides what a text that could not be read has for access tokens.
func (l *ledger) hideTokens(text string) {
	for _, token := range clearToken.FindAllStringSubmatch(text, -1) {
		l.hide(token[2])
	}
}

// hideBelow hides the texts below a key that nobody knows, but for those that
// are plainly no secret.
func (l *ledger) hideBelow(key string, node *yaml.Node) {
	if node.Kind == yaml.MappingNode {
		for _, pair := range yamltree.Pairs(node) {
			l.hideBelow(pair.Key.Value, pair.Value)
		}
		return
	}
	if nearest(key, l.PlainKeys) == "" || nearest(key, []string{"accessToken"}) != "" {
		eachScalar(node, func(n *yaml.Node) {
			if n.Value != "" {
				l.hide(n.Value)
			}
		})
	}
}

// nearest gives the word that another is a slip of, or "".
func nearest(word string, known []string) string {
	best, distance := "", 3
	for _, k := range known {
		if n := levenshtein.ComputeDistance(strings.ToLower(word), strings.ToLower(k)); n < distance {
			best, distance = k, n
		}
	}
	return best
}

func appended(text, more string) string { return strings.TrimPrefix(text+"; "+more, "; ") }

func position(f Finding) string {
	if f.Line == 0 {
		return f.File
	}
	return fmt.Sprintf("%s:%d", f.File, f.Line)
}

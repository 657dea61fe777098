package migrate

import (
	"cmp"
	"encoding/base64"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	yamlfile "github.com/istio-lightstep/istio-lightstep/internal/document"
	"github.com/istio-lightstep/istio-lightstep/internal/leftover"
	"github.com/istio-lightstep/istio-lightstep/internal/redact"
	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// place is a line and column, from 1; columns count characters.
type place struct{ line, column int }

func (p place) before(other place) bool {
	return p.line < other.line || p.line == other.line && p.column < other.column
}

// span is what a decision covers, from a place to before another.
type span struct{ from, to place }

// sweep looks once more at every line of every source, and names each mention of
// LightStep that no decision took, whatever it stands in.
func (e *edited) sweep() []Finding {
	tokens := e.tokens()
	some := []string{""}
	if len(tokens) < 32 {
		some = slices.Collect(maps.Keys(tokens))
	}
	var found []Finding
	named := e.namedTokens()
	for _, in := range e.inputs {
		s := &sweeper{input: in, table: e.table, named: named, tokens: tokens, some: some, cuts: e.cuts[in], covered: e.covered(in)}
		s.encoded = slices.Collect(leftover.Encoded(string(in.Data)))
		offset, number := 0, 0
		for line := range strings.Lines(string(in.Data)) {
			number++
			s.line(offset, number, line)
			offset += len(line)
		}
		found = append(append(found, s.found...), s.plainTokens()...)
	}
	return found
}

type sweeper struct {
	*input
	*table
	cuts    []yamlfile.Cut
	found   []Finding
	tokens  map[string]string
	some    []string // of the tokens where they are few, and else what any line contains
	covered []span   // in order, none within another
	encoded []int    // offsets of base64 that mentions LightStep, of what comes
	cut     int      // of the input's cuts, the first that may hold what comes
	span    int      // of covered, the same

	mentions []int     // the lines that mention LightStep
	plain    []Finding // what looks like a token in plain text
	sure     []Finding // the same, by the name of a variable that stands for the token
	named    *regexp.Regexp

	counted, column int // up to which byte of the line its characters are counted, and how many there are
}

// line names the first mention in a line that no decision took.
func (s *sweeper) line(offset, number int, line string) {
	line = strings.TrimRight(line, "\r\n")
	s.counted, s.column = 0, 1
	cut, covering := s.cut, s.span
	s.plainToken(offset, number, line)
	var comment int
	for at := leftover.Next(line, 0); at >= 0; at = leftover.Next(line, at+1) {
		if comment == 0 {
			comment = leftover.Comment(line)
			s.mentions = append(s.mentions, number)
		}
		if at < comment && s.open(offset, number, line, at) {
			s.name(number, "this mentions LightStep, and nothing was recognised in it: it was left alone")
			return
		}
	}
	for ; len(s.encoded) > 0 && s.encoded[0] < offset+len(line); s.encoded = s.encoded[1:] {
		if at := s.encoded[0] - offset; at >= 0 && at < leftover.Comment(line) {
			s.counted, s.column, s.cut, s.span = 0, 1, cut, covering // from the line's start again
			if s.open(offset, number, line, at) {
				s.name(number, "this is base64 of a text that mentions LightStep, and nothing is taken from it: give the decoded text as a file, and change it here by hand")
				return
			}
		}
	}
	if len(s.tokens) == 0 || !slices.ContainsFunc(s.some, func(token string) bool { return strings.Contains(line, token) }) {
		return
	}
	s.counted, s.column, s.cut, s.span = 0, 1, cut, covering // from the line's start again
	for _, at := range tokenWord.FindAllStringIndex(line, -1) {
		if form, found := s.tokenIn(line[at[0]:at[1]]); found && s.open(offset, number, line, at[0]) {
			s.nameToken(number, form)
			return
		}
	}
}

// tokenIn tells whether a word is a token, or ends in one as KEY=TOKEN does, and
// in which form.
func (s *sweeper) tokenIn(word string) (form string, found bool) {
	if form, found = s.tokens[strings.TrimRight(word, ".")]; found {
		return form, true
	}
	for _, part := range strings.FieldsFunc(strings.TrimRight(word, "=."), func(r rune) bool { return r == '=' || r == '/' }) {
		if form, found = s.tokens[part]; found {
			return form, true
		}
	}
	return "", false
}

// nameToken names a place with the access token. A Secret is where one belongs.
func (s *sweeper) nameToken(line int, form string) {
	if textAt(s.rootAt(line), "kind") == "Secret" {
		s.name(line, "the access token is in this Secret too"+form+": change it here too when you rotate the token, or delete the Secret once nothing uses it")
		return
	}
	s.name(line, "the access token stands here too"+form+": remove it")
}

// mentionsLightStep tells whether a text has the word that nothing may pass over.
func mentionsLightStep(text string) bool { return leftover.Next(text, 0) >= 0 }

// tokenWord finds what may be a token.
var tokenWord = regexp.MustCompile(`[A-Za-z0-9+/=_.~-]{8,}`)

// tokens gives the tokens that were found, as they are written and as base64, as
// a Secret's data has them, and what to say of that form.
func (e *edited) tokens() map[string]string {
	all := map[string]string{}
	for _, c := range slices.Concat(e.claims, e.literals) {
		token, ok := c.is.(string)
		token = cmp.Or(fallbackOf(token), token)
		if !ok || c.value != valueToken || e.standsFor(token, true) != "" {
			continue
		}
		for _, text := range []string{token, token + "\n"} {
			for _, encoding := range []*base64.Encoding{base64.StdEncoding, base64.URLEncoding} {
				encoded := encoding.EncodeToString([]byte(text))
				all[encoded], all[strings.TrimRight(encoded, "=")] = ", as base64", ", as base64"
			}
		}
		all[token] = ""
	}
	return all
}

// open tells whether a place in a line, which begins at an offset, is in nothing
// that goes and that a decision covers. Places are asked for in order.
func (s *sweeper) open(offset, number int, line string, index int) bool {
	s.column += utf8.RuneCountInString(line[s.counted:index])
	s.counted = index
	offset += index
	for s.cut < len(s.cuts) && s.cuts[s.cut].End <= offset {
		s.cut++
	}
	if s.cut < len(s.cuts) && s.cuts[s.cut].Start <= offset {
		return false
	}
	at := place{number, s.column}
	for s.span < len(s.covered) && !at.before(s.covered[s.span].to) {
		s.span++
	}
	return s.span >= len(s.covered) || at.before(s.covered[s.span].from)
}

// name names the place that was asked for last.
func (s *sweeper) name(line int, why string) {
	s.found = append(s.found, Finding{
		Outcome: Left, File: s.Name, Line: line, Column: s.column, Path: s.within(line), Text: why,
	})
}

// rootAt gives the object that a line is in, or nil.
func (s *sweeper) rootAt(line int) *yaml.Node {
	if s.file == nil {
		return nil
	}
	root := lastBefore(s.file.Roots, line)
	if textAt(root, "kind") == "List" {
		if item := lastBefore(yamltree.Items(at(root, "items")), line); item != nil {
			return item
		}
	}
	return root
}

// lastBefore gives the last of some nodes, in order, that begins at a line or
// before it.
func lastBefore(nodes []*yaml.Node, line int) *yaml.Node {
	i, _ := slices.BinarySearchFunc(nodes, line+1, func(node *yaml.Node, line int) int { return node.Line - line })
	if i == 0 {
		return nil
	}
	return nodes[i-1]
}

// within names the object that a line is in.
func (s *sweeper) within(line int) string {
	root := s.rootAt(line)
	if root == nil {
		return ""
	}
	name := strings.Trim(textAt(root, "metadata.namespace")+"/"+textAt(root, "metadata.name"), "/")
	return redact.Key(strings.TrimSpace(textAt(root, "kind") + " " + name))
}

// covered gives what decisions about a source cover.
func (e *edited) covered(in *input) []span {
	c := &cover{edited: e}
	switch {
	case in.command != nil:
		c.flags(in)
	case in.file != nil:
		for _, root := range slices.Concat(in.file.Roots, in.file.Patches) {
			c.entry(in.file, root, root)
		}
		c.close(place{1 << 62, 1})
	}
	slices.SortFunc(c.spans, func(a, b span) int {
		if a.from.before(b.from) {
			return -1
		}
		return 1
	})
	var merged []span
	for _, s := range c.spans {
		if n := len(merged); n > 0 && s.from.before(merged[n-1].to) {
			if merged[n-1].to.before(s.to) {
				merged[n-1].to = s.to
			}
			continue
		}
		merged = append(merged, s)
	}
	return merged
}

// flags finds the words of flags that findings are about.
func (c *cover) flags(in *input) {
	named := map[place]bool{}
	for _, f := range c.findings {
		if f.File == in.Name && f.Line > 0 {
			named[place{f.Line, f.Column}] = true
		}
	}
	for _, leaves := range in.command.flags {
		for _, leaf := range leaves.leaves {
			if c.knownAt[leaf] || c.told[leaf] {
				named[place{leaf.Line, leaf.Column}] = true
			}
		}
	}
	starts := lineStarts(in.Data)
	for _, words := range in.command.calls {
		for _, w := range words {
			if !named[place{w.line, w.column}] {
				continue
			}
			line, found := slices.BinarySearch(starts, w.end)
			if !found {
				line--
			}
			c.spans = append(c.spans, span{place{w.line, w.column}, place{line + 1, utf8.RuneCount(in.Data[starts[line]:w.end]) + 1}})
		}
	}
}

// cover finds the text of what findings are about: it ends where the next thing
// begins.
type cover struct {
	*edited
	spans   []span
	pending []int // spans whose end is not known yet
}

func (c *cover) close(at place) {
	for _, i := range c.pending {
		c.spans[i].to = at
	}
	c.pending = c.pending[:0]
}

// entry walks an entry of a map, an item of a list or a whole document.
func (c *cover) entry(file *yamlfile.File, key, value *yaml.Node) {
	line, column := file.Position(key)
	at := place{line, column}
	c.close(at)
	mine := -1
	if c.told[key] || c.knownAt[key] {
		mine = len(c.spans)
		c.spans = append(c.spans, span{from: at})
	}
	before := len(c.spans)
	c.walk(file, value)
	if mine < 0 && len(c.spans) > before && key != value && mentionsLightStep(key.Value) {
		// The key of a map of which decisions took the entries.
		c.spans = append(c.spans, span{at, place{at.line, at.column + len(key.Value)}})
	}
	if mine >= 0 {
		c.pending = append(c.pending, mine)
	}
}

func (c *cover) walk(file *yamlfile.File, node *yaml.Node) {
	for key, value := range yamltree.Children(node) {
		c.entry(file, key, value)
	}
	if inner := c.inner[node]; inner != nil {
		for _, root := range slices.Concat(inner.Roots, inner.Patches) {
			c.entry(inner, root, root)
		}
	}
}

package migrate

import (
	"bytes"
	"errors"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"

	yamlfile "github.com/istio-lightstep/istio-lightstep/internal/document"
	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// parsed is what the sources hold: their documents, and where in each the
// settings stand that somebody reads. Nothing changes it once it is made.
type parsed struct {
	*table
	notes     *ledger // what reading itself tells
	inputs    []*input
	documents []*document
	inner     map[*yaml.Node]*yamlfile.File // by text, the file in it that was read
	unread    []namedText                   // what could not be read
	named     map[string][]*input           // by the names of sources, at most two of those that no shell reads and that have them in their text
	given     map[string]bool               // the names of the sources, without folders
	targets   map[string]*yaml.Node         // by the names of files of JSON patches, what others say that these are for
}

// namedText is a text of a source, by the source's name.
type namedText struct{ name, text string }

// input is a source that was read.
type input struct {
	Source
	order   int
	file    *yamlfile.File // nil where it is a command, or was not understood
	mended  *mending       // how it was made YAML, where it was not
	sealed  string         // why nothing is taken out of it; "" where something may be
	command *commandText

	mayHaveCommands bool // in it
}

// document is one document of an input.
type document struct {
	*input
	file    *yamlfile.File // that holds it: the input's, or one embedded in it
	root    *yaml.Node
	kind    *kind
	placed  []placed  // where in it which settings stand
	prefix  string    // path of what it is embedded in
	owner   *document // the one that it is embedded in; nil where it is in none
	depth   int       // how many documents it is embedded in
	within  bool      // it is an object of the one that it is embedded in, and no text
	patches bool      // it is what a JSON patch sets of an object that is not known
	holder  *document // what holds the object or the text that it stands in, where that cannot be edited
	held    site

	forSome []*forSome // parts of it that are for some clusters only
	lists   []site     // of JSON patches in it

	items map[*yaml.Node]*yaml.Node // by what they set, the items of a list that is read as values
	below map[*yaml.Node]*yaml.Node // values by their keys, of such a list or of flags

	flags   []*flag // of a command, that it is made of
	words   []word  // and all of it, where it installs istiod
	release string  // that the command installs
	applied bool    // or renders, for kubectl to apply
	system  string  // and what istioctl is told to be the namespace of Istio
	into    *namespace
	cluster cluster
	reads   bool // the command reads values that were not given
	spreads bool // the command has flags that a variable holds
}

// namespace is what a command installs istiod into, by its flag.
type namespace struct {
	name string // "" where a variable holds it
	flag site
}

// parse reads the sources.
func parse(known *table, sources []Source) *parsed {
	p := &parsed{table: known, notes: newLedger(known), inner: map[*yaml.Node]*yamlfile.File{}, given: map[string]bool{}, targets: map[string]*yaml.Node{}}
	for _, source := range sources {
		p.given[path.Base(source.Name)] = true
	}
	files := p.findTargets(sources)
	for i, source := range sources {
		is, found := files[i]
		if !found {
			is.file, is.err = yamlfile.Open(source.Data)
		}
		p.read(i, source, is.file, is.err)
	}
	p.findNamed()
	return p
}

// read reads one source, which was opened as YAML, and takes note of its documents.
func (p *parsed) read(order int, source Source, file *yamlfile.File, err error) {
	in := &input{Source: source, order: order, mayHaveCommands: mayHaveCommands(source.Data)}
	p.inputs = append(p.inputs, in)
	if err != nil {
		if lines := onlyCommands(source.Data); lines.lookLikeCommands(source.Data) {
			p.readCommand(in, lines)
			return
		}
	}
	if text := commandsIn(file, in); text != nil {
		p.readCommand(in, onlyCommands(text))
		return
	}
	if err != nil {
		if mended := p.mend(source.Data); mended != nil {
			if again, second := yamlfile.Open(mended.text); second == nil {
				in.mended, file, err = mended, again, nil
				p.tellMended(in)
			}
		}
	}
	if err != nil {
		var unread []yamlfile.Unread
		if file, unread, err = yamlfile.OpenEach(source.Data); err != nil {
			p.unread = append(p.unread, namedText{in.Name, string(in.Data)})
			p.notes.refuse(in, Unread, err)
			return
		}
		p.tellUnread(in, unread)
	}
	in.file = file
	filled := filledLines(in.Data)
	for i, root := range file.Roots {
		for len(filled) > 0 && filled[0] < root.Line {
			filled = filled[1:]
		}
		if len(filled) > 0 && (i+1 == len(file.Roots) || filled[0] < file.Roots[i+1].Line) {
			p.notes.note(Finding{Outcome: Template, File: in.Name, Line: filled[0], Column: 1, Text: "ytt fills in a value here: give what it renders, the output of `ytt -f`"})
			continue
		}
		if mac := textAt(root, "sops.mac"); mac != "" && in.sealed == "" {
			in.sealed = "take it out by `sops edit`"
			p.notes.note(Finding{
				Outcome: ByHand, File: in.Name,
				Text: "this file is encrypted by SOPS: it is not changed, because it could not be decrypted after that",
			})
		}
		if list := sites(root, "items[]"); textAt(root, "kind") == "List" {
			for _, s := range list { // what `kubectl get -o yaml` prints
				p.add(&document{input: in, file: file, root: s.Value, kind: p.kindOf(s.Value), prefix: s.Path().String() + "."})
			}
			continue
		}
		d := &document{input: in, file: file, root: root, kind: p.kindOf(root)}
		if textAt(root, "kind") == "" && overlaysOperator.Match(in.Data) {
			d.kind = p.kind("IstioOperator", "install.istio.io")
		}
		p.add(d)
	}
	for _, list := range file.Patches {
		p.addPatch(&document{input: in, file: file, root: list}, p.targets[path.Clean(in.Name)])
	}
}

// overlaysOperator finds an overlay of ytt for an IstioOperator, which needs no kind
// of its own.
var overlaysOperator = regexp.MustCompile(`(?m)^#@overlay/match .*overlay\.subset\(.*["']kind["']: *["']IstioOperator["']`)

// filledIn is a line with a value that ytt fills in.
var filledIn = regexp.MustCompile(`^[^#]*[:-][ \t]+#@ `)

// filledLines gives the lines on which ytt fills in a value: without it, the
// value is empty.
func filledLines(data []byte) []int {
	if !bytes.Contains(data, []byte("#@ ")) {
		return nil
	}
	var lines []int
	number := 0
	for line := range bytes.Lines(data) {
		if number++; filledIn.Match(line) {
			lines = append(lines, number)
		}
	}
	return lines
}

// refuse tells that a source could not be read, or not be edited.
func (l *ledger) refuse(in *input, outcome Outcome, err error) {
	finding := Finding{Outcome: outcome, File: in.Name, Text: err.Error()}
	var refused *yamlfile.Error
	if errors.As(err, &refused) {
		finding.refusedBy(refused)
	}
	l.hideTokens(string(in.Data))
	l.note(finding)
}

func (f *Finding) refusedBy(err *yamlfile.Error) {
	p := err.Problem
	f.Line, f.Column, f.Path = p.Line, p.Column, p.Path
	f.Text = p.Reason + "; " + p.Fix
}

// tellUnread names the documents of a file that could not be read.
func (p *parsed) tellUnread(in *input, unread []yamlfile.Unread) {
	for _, u := range unread {
		p.unread = append(p.unread, namedText{in.Name, u.Text})
		finding := Finding{Outcome: Unread, File: in.Name}
		finding.refusedBy(u.Err)
		p.notes.hideTokens(u.Text)
		switch {
		case strings.Contains(u.Text, "{{"):
			finding.Outcome, finding.Path = Template, ""
			finding.Text = "give what it renders, such as the output of `helm template`"
		case strings.Contains(u.Text, "\n```"):
			finding.Text = "this is Markdown: give the YAML in it as a file of its own"
		case p.languageOf(in.Name) != "":
			finding.Text = "this is " + p.languageOf(in.Name) + ": give the settings in it as a file of their own"
		}
		p.notes.note(finding)
	}
}

// add takes note of a document and of those in texts of it.
func (p *parsed) add(d *document) {
	d.lists = yamltree.Outermost(d.root, arePatches)
	p.place(d)
	p.documents = append(p.documents, d)
	if d.file != nil {
		p.tellCommands(d)
		p.tellRelease(d)
		p.addTexts(d)
		p.addSets(d)
		p.addArguments(d)
		p.addPatches(d)
		p.addWithin(d)
	}
}

// kindOf gives the kind of a document by what it says, or by what it holds.
func (p *parsed) kindOf(root *yaml.Node) *kind {
	name := textAt(root, "kind")
	if name == "" {
		if yamlfile.IsMeshConfig(root) {
			return p.kind("meshConfig", "")
		}
		return p.kind("values", "")
	}
	group, _, found := strings.Cut(textAt(root, "apiVersion"), "/")
	if !found {
		group = ""
	}
	return p.kind(name, group)
}

// placed is a scope and the place in a document that it is about.
type placed struct {
	scope scope
	base  site
}

// place finds the scopes of a document: those of its kind, and in a wrapper that
// nobody has to know, such as another chart's values, those that look like one.
func (p *parsed) place(d *document) {
	p.findForSome(d)
	taken := map[*yaml.Node]bool{}
	take := func(s scope, base site) {
		d.takePlace(s, base)
		taken[base.Value], taken[at(base.Value, "defaultConfig")] = true, true
	}
	if d.kind != nil {
		for _, s := range d.kind.Scopes {
			for _, base := range sites(d.root, s.At) {
				take(s, base)
			}
		}
	}
	if d.kind != nil && !d.kind.Wraps {
		return
	}
	apart := p.readApart(d)
	weaker := 0
	if p.hasIstioKeys(d.root) { // Istio's chart reads the root, and nothing of what is deeper
		weaker = 2
	}
	for s := range yamltree.All(d.root) {
		switch {
		case s.Value.Kind != yaml.MappingNode || taken[s.Value] || isBelow(s, apart):
		case yamlfile.IsValues(s.Value), at(s.Value, "pilot.traceSampling") != nil:
			d.takePlace(scope{Rows: "values", Rank: 20 - weaker}, s)
			for _, base := range below(s, "meshConfig") {
				take(scope{Rows: "meshConfig", Rank: 30 - weaker}, base)
			}
		case s.Up != nil && tracesMesh(s.Value):
			take(scope{Rows: "meshConfig", Rank: 31 - weaker}, s)
		case yamltree.IsMap(at(s.Value, "tracing.lightstep")):
			d.takePlace(scope{Rows: "proxyConfig", Rank: 5}, s)
		}
	}
}

// isBelow tells whether a place is one of some, or below one.
func isBelow(s site, nodes map[*yaml.Node]bool) bool {
	for up := &s; len(nodes) > 0 && up != nil; up = up.Up {
		if nodes[up.Value] {
			return true
		}
	}
	return false
}

// tracesMesh tells a mesh config with settings of tracing, wherever it stands.
func tracesMesh(node *yaml.Node) bool {
	return yamlfile.IsMeshConfig(node) && (at(node, "extensionProviders[0].name") != nil ||
		yamltree.IsMap(at(node, "defaultConfig.tracing")) || at(node, "defaultProviders.tracing") != nil)
}

// site is a place in a document.
type site = yamltree.Site

// istioPath reads a path of Istio's settings, whose keys may be spelled in
// either way that JSON of protocol buffers has.
func istioPath(path string) yamltree.Path {
	if known, ok := istioPaths.Load(path); ok {
		return known.(yamltree.Path) //nolint:forcetypeassert // it holds nothing else
	}
	parsed := yamltree.Parse(path).Proto()
	istioPaths.Store(path, slices.Clip(parsed))
	return parsed
}

// istioPaths are the paths that were read: as many as this package names.
var istioPaths sync.Map

// sites gives the places below a node that a path leads to.
func sites(root *yaml.Node, path string) []site { return yamltree.Find(root, istioPath(path)) }

// below gives the places below another that a path leads to.
func below(s site, path string) []site { return s.Find(istioPath(path)) }

// at gives the first value that a path leads to, or nil.
func at(node *yaml.Node, path string) *yaml.Node { return yamltree.At(node, istioPath(path)) }

// textAt gives the scalar at a path.
func textAt(node *yaml.Node, path string) string { return yamltree.Text(at(node, path)) }

// mentions tells whether any text in a tree holds another.
func mentions(node *yaml.Node, part string) bool {
	found := false
	eachScalar(node, func(n *yaml.Node) { found = found || strings.Contains(n.Value, part) })
	return found
}

// eachScalar calls f with every key and value of a tree that is written out.
func eachScalar(node *yaml.Node, f func(*yaml.Node)) {
	if node == nil {
		return
	}
	if node.Kind == yaml.ScalarNode {
		f(node)
	}
	for _, c := range node.Content {
		eachScalar(c, f)
	}
}

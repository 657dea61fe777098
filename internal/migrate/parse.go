package migrate

import (
	"errors"
	"strings"

	"go.yaml.in/yaml/v3"

	yamlfile "github.com/istio-lightstep/istio-lightstep/internal/document"
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
}

// document is one document of an input.
type document struct {
	*input
	file   *yamlfile.File // that holds it: the input's, or one embedded in it
	root   *yaml.Node
	kind   *kind
	placed []placed  // where in it which settings stand
	prefix string    // path of what it is embedded in
	owner  *document // the one that it is embedded in; nil where it is in none
	depth  int       // how many documents it is embedded in
	holder *document // what holds the text that it stands in, where that cannot be edited
	held   site

	items map[*yaml.Node]*yaml.Node // by what they set, the items of a list that is read as values
	below map[*yaml.Node]*yaml.Node // values by their keys, of such a list or of flags
}

// parse reads the sources.
func parse(known *table, sources []Source) *parsed {
	p := &parsed{table: known, notes: newLedger(known), inner: map[*yaml.Node]*yamlfile.File{}}
	for i, source := range sources {
		p.read(i, source)
	}
	return p
}

// read reads one source and takes note of its documents.
func (p *parsed) read(order int, source Source) {
	in := &input{Source: source, order: order}
	p.inputs = append(p.inputs, in)
	file, err := yamlfile.Open(source.Data)
	if err != nil && looksLikeCommand(source.Data) {
		p.readCommand(in)
		return
	}
	if err != nil {
		if mended := mend(source.Data); mended != nil {
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
	for _, root := range file.Roots {
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
		p.add(&document{input: in, file: file, root: root, kind: p.kindOf(root)})
	}
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
		}
		p.notes.note(finding)
	}
}

// add takes note of a document and of those in texts of it.
func (p *parsed) add(d *document) {
	p.place(d)
	p.documents = append(p.documents, d)
	if d.file != nil {
		p.addTexts(d)
		p.addParameters(d)
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

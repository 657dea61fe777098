package migrate

import (
	"cmp"
	"errors"
	"strings"

	"go.yaml.in/yaml/v3"

	yamlfile "github.com/istio-lightstep/istio-lightstep/internal/document"
	"github.com/istio-lightstep/istio-lightstep/internal/redact"
	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// input is a source that was read.
type input struct {
	Source
	order   int
	file    *yamlfile.File // nil where it is a command, or was not understood
	mended  *mending       // how it was made YAML, where it was none
	cuts    []yamlfile.Cut // what goes of its text
	stays   string         // why nothing is taken out of it; "" where something may be
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

	items  map[*yaml.Node]*yaml.Node // by what they set, the items of a list that is read as values
	below  map[*yaml.Node]*yaml.Node // values by their keys, of such a list or of flags
	marked bool                      // it holds something that marks LightStep
	gone   bool                      // all of it goes
}

// read reads one source and takes note of its documents.
func (m *migration) read(order int, source Source) {
	in := &input{Source: source, order: order}
	m.inputs = append(m.inputs, in)
	file, err := yamlfile.Open(source.Data)
	if err != nil && looksLikeCommand(source.Data) {
		m.readCommand(in)
		return
	}
	if err != nil {
		if mended := mend(source.Data); mended != nil {
			if again, second := yamlfile.Open(mended.text); second == nil {
				in.mended, file, err = mended, again, nil
				m.tellMended(in)
			}
		}
	}
	if err != nil {
		var unread []yamlfile.Unread
		if file, unread, err = yamlfile.OpenEach(source.Data); err != nil {
			m.refuse(in, Unread, err)
			return
		}
		m.tellUnread(in, unread)
	}
	in.file = file
	for _, root := range file.Roots {
		if mac := textAt(root, "sops.mac"); mac != "" && in.stays == "" {
			in.stays = "take it out by `sops edit`"
			m.result.Findings = append(m.result.Findings, Finding{
				Outcome: ByHand, File: in.Name,
				Text: "this file is encrypted by SOPS: it is not changed, for then it could not be decrypted any more",
			})
		}
		if list := sites(root, "items[]"); textAt(root, "kind") == "List" {
			for _, s := range list { // what `kubectl get -o yaml` prints
				m.add(&document{input: in, file: file, root: s.Value, kind: m.kindOf(s.Value), prefix: s.Path().String() + "."})
			}
			continue
		}
		m.add(&document{input: in, file: file, root: root, kind: m.kindOf(root)})
	}
}

// refuse tells that a source could not be read, or not be edited.
func (m *migration) refuse(in *input, outcome Outcome, err error) {
	if outcome == Unread {
		m.unreadTexts = append(m.unreadTexts, namedText{in.Name, string(in.Data)})
	}
	finding := Finding{Outcome: outcome, File: in.Name, Text: err.Error()}
	var refused *yamlfile.Error
	if errors.As(err, &refused) {
		finding.refusedBy(refused)
	}
	for _, token := range clearToken.FindAllStringSubmatch(string(in.Data), -1) {
		m.hide(token[2])
	}
	m.result.Findings = append(m.result.Findings, finding)
}

func (f *Finding) refusedBy(err *yamlfile.Error) {
	p := err.Problem
	f.Line, f.Column, f.Path = p.Line, p.Column, p.Path
	f.Text = p.Reason + "; " + p.Fix
}

// tellUnread names the documents of a file that could not be read.
func (m *migration) tellUnread(in *input, unread []yamlfile.Unread) {
	for _, u := range unread {
		m.unreadTexts = append(m.unreadTexts, namedText{in.Name, u.Text})
		finding := Finding{Outcome: Unread, File: in.Name}
		finding.refusedBy(u.Err)
		for _, token := range clearToken.FindAllStringSubmatch(u.Text, -1) {
			m.hide(token[2])
		}
		switch {
		case strings.Contains(u.Text, "{{"):
			finding.Outcome, finding.Path = Template, ""
			finding.Text = "give what it renders, such as the output of `helm template`"
		case strings.Contains(u.Text, "\n```"):
			finding.Text = "this is Markdown: give the YAML in it as a file of its own"
		}
		m.result.Findings = append(m.result.Findings, finding)
	}
}

// add takes note of a document and of those in texts of it.
func (m *migration) add(d *document) {
	m.place(d)
	m.documents = append(m.documents, d)
	if d.file != nil {
		m.addTexts(d)
		m.addParameters(d)
	}
}

// kindOf gives the kind of a document by what it says, or by what it holds.
func (m *migration) kindOf(root *yaml.Node) *kind {
	name := textAt(root, "kind")
	if name == "" {
		if yamlfile.IsMeshConfig(root) {
			return m.table.kind("meshConfig", "")
		}
		return m.table.kind("values", "")
	}
	group, _, found := strings.Cut(textAt(root, "apiVersion"), "/")
	if !found {
		group = ""
	}
	return m.table.kind(name, group)
}

// is tells whether a document is of a kind.
func (d *document) is(name string) bool { return d.kind != nil && d.kind.Kind == name }

// outermost gives the document that all of this one stands in.
func (d *document) outermost() *document { return cmp.Or(d.owner, d) }

// position gives where a node stands in the source.
func (d *document) position(node *yaml.Node) (line, column int) {
	if node == nil {
		return 0, 0
	}
	if d.command != nil {
		return node.Line, node.Column
	}
	if d.holder != nil {
		return d.holder.position(d.held.Key)
	}
	return d.file.Position(node)
}

// remove marks what goes: a place, or the whole document where it has no key.
func (d *document) remove(s site) {
	key := s.Key
	switch {
	case d.holder != nil:
	case d.items != nil && key != nil:
		d.eachBelow(key, func(n *yaml.Node) {
			if item := d.items[n]; item != nil {
				d.file.Remove(item)
			}
		})
	case d.command != nil:
		d.eachBelow(key, func(n *yaml.Node) { d.command.gone[n] = true })
	case key == nil:
		d.file.Remove(d.root)
		d.gone = true
	default:
		d.file.RemoveAt(s)
	}
}

// eachBelow calls f with a key that flags or items of a list set, and with all
// below it.
func (d *document) eachBelow(key *yaml.Node, f func(*yaml.Node)) {
	f(key)
	if value := d.below[key]; value != nil {
		d.eachBelow(value, f)
	}
	for k := range yamltree.Children(key) { // a value is below its key
		d.eachBelow(k, f)
	}
}

// removed tells whether an entry goes already.
func (d *document) removed(key *yaml.Node) bool {
	if d.command != nil {
		return d.command.gone[key]
	}
	return d.file.Removed(key)
}

// found makes a finding about a place.
func (d *document) found(outcome Outcome, s site) Finding {
	f := Finding{Outcome: outcome, File: d.Name, Path: redact.Key(strings.TrimSuffix(d.prefix+s.Path().String(), ": "))}
	if d.command != nil && d.is("IstioOperator") {
		f.Path = strings.TrimPrefix(f.Path, "spec.")
	}
	key := s.Key
	if key == nil {
		key = d.root
	}
	f.Line, f.Column = d.position(key)
	return f
}

// tellHeld tells of a setting in a text that cannot be edited that it is still
// there, and once of the text.
func (m *migration) tellHeld(d *document, f *Finding) {
	if d.holder == nil || f.Outcome != Moved && f.Outcome != Dropped {
		return
	}
	f.Text = appended(f.Text, "it is still there")
	if !m.told[d.held.Key] {
		m.tell(d.holder, Left, d.held, "", "it is text in quotes, or folded: take LightStep's part out by hand")
	}
}

// noValue tells why a setting is none that a value can be made of; "" where it
// is one.
func (m *migration) noValue(value string, is any) string {
	written, isText := is.(string)
	if !isText || value == valueToken {
		return ""
	}
	if what := m.table.standsFor(written, false); what != "" {
		return "what stands here is " + what + ": set the value itself"
	}
	switch value {
	case valueSecure:
		return "this is neither true nor false: set the value"
	case "pilot.traceSampling":
		return "this is no number: set the value"
	}
	return ""
}

// anchor gives the node of the file that a place is about.
func (d *document) anchor(s site) *yaml.Node {
	if item := d.items[s.Key]; item != nil {
		return item
	}
	return cmp.Or(s.Key, d.root)
}

// tell adds a finding about a place.
func (m *migration) tell(d *document, outcome Outcome, s site, to, why string) {
	f := d.found(outcome, s)
	f.To, f.Text = to, why
	m.tellHeld(d, &f)
	if key := d.anchor(s); outcome == Left || outcome == ByHand {
		m.told[key] = true
	} else {
		m.knownAt[key] = true
	}
	m.result.Findings = append(m.result.Findings, f)
}

// know takes note of a setting, and tells whether it is one. What only stands for a value, such as a variable,
// is left to the user; for the token that is decided once all are known.
func (m *migration) know(d *document, s site, value string, is any, rank int) bool {
	if why := m.noValue(value, is); why != "" {
		m.tell(d, ByHand, s, value, why)
		return false
	}
	m.knownAt[d.anchor(s)] = true
	at := d.found(Moved, s)
	m.tellHeld(d, &at)
	m.facts = append(m.facts, fact{value: value, is: is, rank: rank, order: d.order, at: at})
	return true
}

package migrate

import (
	"cmp"
	"fmt"
	"path"
	"slices"

	"go.yaml.in/yaml/v3"

	yamlfile "github.com/istio-lightstep/istio-lightstep/internal/document"
	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// edited is what is left of the sources once what goes is taken out.
type edited struct {
	*decisions
	*ledger   // that of the decisions, and what could not be edited
	documents []Document
	cuts      map[*input][]yamlfile.Cut
	stays     map[*input]string // why nothing was taken out
	going     map[*flag]bool
}

// edit takes out of the sources what is to go.
func edit(m *decisions) *edited {
	e := &edited{decisions: m, ledger: m.after(), cuts: map[*input][]yamlfile.Cut{}, stays: map[*input]string{}, going: map[*flag]bool{}}
	for _, r := range m.removals {
		if r.site.Up == nil {
			r.document.file.Remove(cmp.Or(r.site.Key, r.document.root))
		} else {
			r.document.file.RemoveAt(r.site)
		}
	}
	for _, in := range m.inputs {
		e.stays[in] = in.sealed
		if in.command != nil {
			e.findGoing(in)
		}
		if e.leaveHoles(in); e.stays[in] == "" {
			e.cuts[in] = e.cutsOf(in)
		}
		d := Document{Name: in.Name, Before: in.Data, After: in.Data, live: in.Live, command: in.command != nil}
		switch {
		case e.keepsBase(in):
			e.stays[in] = cmp.Or(e.stays[in], laidOverBase)
		case len(e.cuts[in]) > 0:
			d.After = e.left(in)
		}
		e.documents = append(e.documents, d)
	}
	e.nameEntries()
	return e
}

// nameEntries names the entries of lists of files, such as a Kustomization's, for files of which
// nothing is left: nothing is written of these.
func (e *edited) nameEntries() {
	empty := map[string]bool{}
	for i, d := range e.documents {
		if in := e.inputs[i]; !in.Live && in.command == nil && d.Changed() && isEmpty(d.After) {
			empty[path.Clean(d.Name)] = true
		}
	}
	if len(empty) == 0 {
		return
	}
	for _, d := range e.decisions.documents {
		if d.Live || d.command != nil || e.gone[d.outermost().root] {
			continue
		}
		for s := range yamltree.All(d.root) {
			name := yamltree.Text(s.Value)
			if file := path.Join(path.Dir(d.Name), name); name != "" && file != path.Clean(d.Name) && empty[file] {
				e.tell(d, ByHand, s, "", "nothing is left of "+shown(name)+", and nothing is written of it: remove this entry when you remove the file")
			}
		}
	}
}

// keepsBase tells a source that stays whole for the clusters that have more of
// LightStep's. Where no provider is taken out, there is a second control plane.
func (e *edited) keepsBase(in *input) bool { return e.laidOver[in] && e.plan.kind != "" }

// left gives a source without what goes.
func (e *edited) left(in *input) []byte { return []byte(yamlfile.Without(string(in.Data), e.cuts[in])) }

// cutsOf gives the pieces of a source that go. Where that cannot be done safely,
// it stays whole and the reason is told.
func (e *edited) cutsOf(in *input) []yamlfile.Cut {
	switch {
	case in.command != nil:
		return e.withoutFlags(in)
	case in.file == nil:
		return nil
	}
	_, cuts, err := in.file.Bytes()
	if err != nil {
		e.refuse(in, Left, err)
		e.stays[in] = "remove it by hand"
		return nil
	}
	if in.mended == nil {
		return cuts
	}
	pieces, ok := in.mended.cut(in.Data, cuts)
	if !ok {
		e.note(Finding{Outcome: Left, File: in.Name, Text: "nothing was removed from it: first fix the lines that are not valid YAML"})
	}
	return pieces
}

// withoutFlags gives the pieces of the text with the flags that go.
func (e *edited) withoutFlags(in *input) []yamlfile.Cut {
	var cuts []yamlfile.Cut
	for _, words := range in.command.calls {
		for i := 0; i < len(words); i++ {
			if words[i].flag == nil || !e.going[words[i].flag] {
				continue
			}
			last := i
			for last+1 < len(words) && words[last+1].flag != nil && e.going[words[last+1].flag] {
				last++
			}
			start, end := words[i].start, words[last].end
			if last+1 < len(words) {
				end = words[last+1].start
			} else if i > 0 {
				start = words[i-1].end
			}
			cuts = append(cuts, yamlfile.Cut{Start: start, End: end})
			i = last
		}
	}
	return cuts
}

// findGoing finds which flags go, and names those that set something else too.
func (e *edited) findGoing(in *input) {
	stays := map[[2]int]bool{} // places of what is still there
	for _, f := range in.command.flags {
		gone := 0
		for _, leaf := range f.leaves {
			if e.gone[leaf] {
				gone++
			}
		}
		e.going[f] = gone > 0 && gone == len(f.leaves)
		if gone > 0 && gone < len(f.leaves) {
			for _, leaf := range f.leaves {
				stays[[2]int{leaf.Line, leaf.Column}] = true
			}
			e.note(Finding{
				Outcome: Left, File: in.Name, Line: f.line, Column: f.column, Path: "--set",
				Text: "the flag sets other things too: remove LightStep's part by hand",
			})
		}
	}
	for i, finding := range e.findings {
		if finding.Outcome == Dropped && finding.File == in.Name && stays[[2]int{finding.Line, finding.Column}] {
			e.findings[i].Text += "; it is still there"
		}
	}
}

// cut gives pieces of the mended text as those of the text as it was; false where
// a piece begins or ends within a line that was mended.
func (m *mending) cut(data []byte, cuts []yamlfile.Cut) ([]yamlfile.Cut, bool) {
	before, after := lineStarts(data), lineStarts(m.text)
	slips := map[int]bool{}
	for _, l := range m.lines {
		slips[l.line] = true
	}
	mapped := func(offset int) int {
		line, found := slices.BinarySearch(after, offset)
		if !found {
			line--
		}
		column := offset - after[line]
		switch {
		case column == 0:
			return before[line]
		case slips[line+1]:
			return -1
		}
		return before[line] + column
	}
	var pieces []yamlfile.Cut
	at := 0
	for _, c := range cuts {
		start, end := mapped(c.Start), mapped(c.End)
		if start < at || end < start {
			return nil, false
		}
		pieces = append(pieces, yamlfile.Cut{Start: start, End: end})
		at = end
	}
	return pieces, true
}

// lineStarts gives the offsets of the lines, and that of the end.
func lineStarts(data []byte) []int {
	starts := []int{0}
	for i, b := range data {
		if b == '\n' {
			starts = append(starts, i+1)
		}
	}
	return starts
}

// leaveHoles leaves a source whole in which a list is set item by item, by flags
// or parameters, and an item would go from before one that stays: Helm would
// have null in its place.
func (e *edited) leaveHoles(in *input) {
	for _, d := range e.decisions.documents {
		if d.input != in || d.holder != nil || d.items == nil && d.command == nil || e.stays[in] != "" {
			continue
		}
		for s := range yamltree.All(d.root) {
			hole, left := e.hole(d, s.Value)
			if left == nil {
				continue
			}
			f := d.found(Left, s)
			f.Line, f.Column = d.position(d.anchor(site{Key: left}))
			f.Text = fmt.Sprintf("item %d of this list is LightStep's, and a later one stays: without it, Helm would put null in its place. "+
				"Remove LightStep's part by hand, and number the later ones anew", hole)
			e.note(f)
			e.stays[in] = "remove it by hand"
			break
		}
	}
}

// hole gives the first item of a list that goes before one that stays, and what
// sets the latter; nil where there is none.
func (e *edited) hole(d *document, list *yaml.Node) (hole int, left *yaml.Node) {
	if list.Kind != yaml.SequenceNode {
		return 0, nil
	}
	hole = -1
	for i, item := range list.Content {
		var goes, stays *yaml.Node
		d.eachBelow(item, func(n *yaml.Node) {
			switch flag := d.flagOf(n); {
			case d.items[n] == nil && flag == nil:
			case e.gone[d.items[n]], e.going[flag]:
				goes = n
			default:
				stays = n
			}
		})
		switch {
		case stays != nil && hole >= 0:
			return hole, stays
		case stays == nil && goes != nil && hole < 0:
			hole = i
		}
	}
	return 0, nil
}

// flagOf gives the flag that a key or item is set by.
func (d *document) flagOf(leaf *yaml.Node) *flag {
	if d.command == nil {
		return nil
	}
	return d.command.setBy[leaf]
}

package migrate

import (
	"cmp"
	"path"
	"slices"
)

// findOthers finds what is of another control plane than the one that sends to LightStep, by the revision that commands
// install, and tells of each whether it sends to LightStep too: the commands, and the files that these alone read. Of
// several that do the last is the one. Without one there are no others.
func (f *facts) findOthers() map[*document]bool {
	sends := map[*document]bool{}
	var commands []*document
	var of *document
	for _, d := range f.documents {
		if len(d.words) == 0 {
			continue
		}
		commands = append(commands, d)
		if sends[d] = f.sendsToLightStep(d); sends[d] {
			of = d
		}
	}
	others := map[*document]bool{}
	if of == nil {
		return others
	}
	isOther := func(d *document) bool { return d.installedRevision() != of.installedRevision() }
	for _, d := range f.documents {
		if len(d.words) > 0 {
			if isOther(d) {
				others[d] = sends[d]
			}
			continue
		}
		reads := slices.DeleteFunc(slices.Clone(commands), func(c *document) bool { return !c.names(d.input) })
		if d.command == nil && len(reads) > 0 && !slices.ContainsFunc(reads, func(c *document) bool { return !isOther(c) }) {
			others[d] = mentionsLightStep(string(d.Data))
		}
	}
	return others
}

// isOther tells whether a document is of another control plane.
func (f *facts) isOther(d *document) bool {
	_, other := f.others[d]
	return other
}

// installedRevision gives the revision that a command sets; "" where it sets none.
func (d *document) installedRevision() string {
	if d.is("IstioOperator") {
		return cmp.Or(textAt(d.root, "spec.revision"), textAt(d.root, "spec.values.revision"))
	}
	return textAt(d.root, "revision")
}

// names tells whether a command has the name of a file.
func (d *document) names(in *input) bool {
	return slices.ContainsFunc(d.words, func(w word) bool { return path.Base(w.text) == path.Base(in.Name) })
}

// sendsToLightStep tells a command that mentions LightStep, or that reads a file which does.
func (f *facts) sendsToLightStep(d *document) bool {
	return slices.ContainsFunc(d.words, func(w word) bool { return mentionsLightStep(w.text) }) ||
		slices.ContainsFunc(f.inputs, func(in *input) bool { return in.command == nil && d.names(in) && mentionsLightStep(string(in.Data)) })
}

package migrate

import (
	"regexp"
	"slices"
)

// forSome is a part of a document that is for some clusters only, and where in it
// settings stand: the values are of one mesh.
type forSome struct {
	site   site
	placed []placed
}

// conditions are those of a Go template: what stands between them may be for some
// clusters only.
var conditions = regexp.MustCompile(`\{\{-?\s*(?:if|else|with|range)\b`)

// findForSome finds the parts of a document that are for some clusters only.
func (p *parsed) findForSome(d *document) {
	for _, place := range p.ForSome {
		switch {
		case textAt(d.root, "kind") == place.Kind && !place.Template:
			for _, s := range sites(d.root, place.At) {
				d.forSome = append(d.forSome, &forSome{site: s})
			}
		case d.owner != nil && place.Template && textAt(d.owner.root, "kind") == place.Kind && d.depth == 1 &&
			d.held.Path().String() == place.At && conditions.MatchString(d.held.Value.Value):
			d.forSome = append(d.forSome, &forSome{site: d.whole("")})
		}
	}
	if d.owner != nil && d.owner.someAt(d.held) != nil {
		d.forSome = append(d.forSome, &forSome{site: d.whole("")})
	}
}

// someAt gives what is for some clusters only and has a place in it; nil where the
// place is for all.
func (d *document) someAt(s site) *forSome {
	if len(d.forSome) == 0 {
		return nil
	}
	for up := &s; up != nil; up = up.Up {
		if i := slices.IndexFunc(d.forSome, func(c *forSome) bool { return c.site.Value == up.Value }); i >= 0 {
			return d.forSome[i]
		}
	}
	return nil
}

// takePlace takes note of a scope and its place in a document.
func (d *document) takePlace(s scope, base site) {
	if some := d.someAt(base); some != nil {
		some.placed = append(some.placed, placed{s, base})
		return
	}
	d.placed = append(d.placed, placed{s, base})
}

package migrate

import (
	"fmt"

	"go.yaml.in/yaml/v3"

	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// leaveHoles leaves a source whole in which a list is set item by item, by flags
// or parameters, and an item would go from before one that stays: Helm would
// have null in its place.
func (e *edited) leaveHoles(in *input) {
	for _, d := range e.decisions.documents {
		if d.input != in || d.items == nil && d.command == nil || e.stays[in] != "" {
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

package migrate

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// setting is something that a row of the table is about.
type setting struct {
	document *document
	scope    scope
	row      row
	site     site
}

// meshConfig is a mesh config that istiod reads.
type meshConfig struct {
	document *document
	rank     int
	site     site
}

// fits tells whether a row is for what stands at its path.
func (r row) fits(s site) bool {
	if s.Value == nil || r.Is != "" && !strings.EqualFold(yamltree.Text(s.Value), r.Is) {
		return false
	}
	for key, wanted := range r.Has {
		if textAt(s.Value, key) != wanted {
			return false
		}
	}
	if r.Mentions != "" && !mentions(s.Value, r.Mentions) {
		return false
	}
	if r.Beside != "" && !besides(s, r.Beside) {
		return false
	}
	return r.Value == "" || r.As == "envValue" || s.Value.Kind == yaml.ScalarNode
}

// besides tells whether a key stands beside a place, or beside what holds it.
func besides(s site, key string) bool {
	return at(s.Up.Value, key) != nil || s.Up.Up != nil && at(s.Up.Up.Value, key) != nil
}

// findSettings finds what the rows of the table are about.
func (f *facts) findSettings() {
	for _, d := range f.documents {
		for _, p := range d.placed {
			for _, r := range f.Rows[p.scope.Rows] {
				if r.Keep && p.scope.Unread != "" {
					continue
				}
				for _, s := range below(p.base, r.Path) {
					if r.fits(s) {
						f.found(setting{d, p.scope, r, s})
					}
				}
			}
		}
		f.eachClosed(d, func(c closedMap, s site) {
			if strings.HasSuffix(c.Path, "lightstep") && slices.ContainsFunc(below(s, "*"), c.unknown) {
				f.marked[d], f.configured = true, true // what is known in it marks by its row, or says nothing by itself
			}
		})
	}
}

func (f *facts) found(s setting) {
	f.settings = append(f.settings, s)
	if s.row.Marks && yamltree.Text(s.site.Value) != "" {
		f.marked[s.document], f.configured = true, true
		f.native = f.native || s.row.Native
		f.ofWorkloads, f.ofMesh = f.ofWorkloads || s.document.ofWorkload(), f.ofMesh || !s.document.ofWorkload()
	}
}

// findMeshConfigs finds the mesh configs, where istiod reads them.
func (f *facts) findMeshConfigs() {
	for _, d := range f.documents {
		for _, p := range d.placed {
			if p.scope.Rows == "meshConfig" && p.scope.Unread == "" {
				f.meshes = append(f.meshes, meshConfig{d, p.scope.Rank, p.base})
			}
		}
	}
}

// eachClosed calls with the maps of a document in which every key is known.
func (p *parsed) eachClosed(d *document, found func(closedMap, site)) {
	for _, place := range d.placed {
		for _, c := range p.Closed {
			if c.Rows != place.scope.Rows {
				continue
			}
			for _, s := range below(place.base, c.Path) {
				if s.Value.Kind == yaml.MappingNode && len(s.Value.Content) > 0 {
					found(c, s)
				}
			}
		}
	}
}

// unknown tells an entry that is none of a map's.
func (c closedMap) unknown(entry site) bool {
	return !slices.Contains(c.Keys, yamltree.Camel(entry.Key.Value))
}

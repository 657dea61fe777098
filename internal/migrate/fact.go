package migrate

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// facts are what the documents say, each with its place, what it means, and who
// else may use it. Nothing is decided yet: the same documents give the same
// facts, whatever they are migrated to.
type facts struct {
	*parsed
	settings []setting
	noTexts  []setting // where text belongs, and a map or a list stands
	meshes   []meshConfig
	plane    plane
	usage    usage

	telemetries []telemetry       // that the control plane heeds, those that another one overrules first
	collectors  []collectorConfig // all that were found
	toLightStep []collectorConfig // those that export to LightStep, and that the mesh sends to
	providers   []*provider       // extension providers of LightStep's
	parts       []part            // of extension providers, what flags and parameters set
	added       []part            // and what they add behind its last item
	marked      map[*document]bool
	others      map[*document]bool // of another control plane, and whether that sends to LightStep too
	configured  bool               // LightStep is configured by more than a provider
	native      bool               // the proxies' own tracer is configured
	ofWorkloads bool               // LightStep's own tracer is configured for workloads,
	ofMesh      bool               // for the mesh

	entries, rules map[string][]*document       // ServiceEntries and DestinationRules by their hosts
	ports          map[string]map[string]bool   // by host, what LightStep's providers send to
	environ        map[string][]variableSite    // istiod's variables by name
	patched        map[string][]patchedVariable // those of them that patches set
	fromSecrets    map[string][]secretVariable
	headersOf      map[string][]headerUse   // headers of providers by the variable that they are from
	mountUser      string                   // what reads files from where LightStep's CA is mounted; "" where nothing does
	behind         map[destination][]string // ConfigMaps that pods behind a Service use, of those that were asked for
}

// findFacts finds what the documents say.
func findFacts(p *parsed) *facts {
	f := &facts{parsed: p, marked: map[*document]bool{}, behind: map[destination][]string{}}
	f.findSettings()
	f.others = f.findOthers()
	f.findMeshConfigs()
	f.plane = f.findPlane()
	f.telemetries = f.findTelemetries()
	f.usage = f.findUsage()
	f.collectors = f.readCollectors()
	f.findParts()
	f.findReached()
	f.findProviders()
	f.findRoutes()
	f.findVariables()
	f.mountUser = f.findMountUser()
	return f
}

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
	return r.Beside == "" || besides(s, r.Beside)
}

// isText tells whether what stands at a row's path is text, where a value is made
// of it.
func (r row) isText(s site) bool {
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
				if r.Keep && (p.scope.Unread != "" || p.isOtherItem()) {
					continue
				}
				for _, s := range below(p.base, r.Path) {
					switch {
					case r.fits(s) && r.isText(s):
						f.found(setting{d, p.scope, r, s})
					case r.fits(s) && (r.Marks || r.Value == valueSampling):
						f.noTexts = append(f.noTexts, setting{d, p.scope, r, s})
						f.marked[d], f.configured = f.marked[d] || r.Marks, f.configured || r.Marks
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

// isOtherItem tells an item of a list of control planes that is none of those that send to LightStep.
func (p placed) isOtherItem() bool {
	return strings.HasSuffix(p.scope.At, "[]") && !mentionsAny(p.base.Value)
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
		if sends, other := f.others[d]; other && !sends {
			continue
		}
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

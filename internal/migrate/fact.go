package migrate

import (
	"cmp"
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

	entries, rules map[string][]*document     // ServiceEntries and DestinationRules by their hosts
	ports          map[string]map[string]bool // by host, what LightStep's providers send to
	environ        map[string][]variableSite  // istiod's variables by name
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

// plane is what the documents say of the control plane itself.
type plane struct {
	namespace string          // of istiod
	root      string          // whose Telemetry is for the whole mesh
	revisions map[string]bool // none where nothing tells
	revision  string          // that settings name
	managed   bool            // a provider runs it: nobody else sets its variables
	operated  bool            // Istio's own operator installs it
}

// findPlane finds the control plane's own settings.
func (f *facts) findPlane() plane {
	best := map[string]int{}
	is := map[string]string{}
	p := plane{revisions: map[string]bool{}}
	for _, s := range f.settings {
		text := yamltree.Text(s.site.Value)
		if !s.row.Keep || text == "" || f.isOther(s.document) {
			continue
		}
		if s.row.Value == "istio.revision" {
			p.revisions[text] = true
		}
		rank := s.scope.Rank
		if s.document.below != nil { // flags and parameters are laid over files
			rank += overFiles
		}
		if rank >= best[s.row.Value] {
			best[s.row.Value], is[s.row.Value] = rank, text
		}
	}
	p.namespace, p.revision = is["istio.namespace"], is["istio.revision"]
	p.managed = slices.ContainsFunc(f.documents, func(d *document) bool { return f.managedBy(d) != nil })
	p.operated = f.isOperated()
	for _, d := range f.meshConfigMaps() {
		// istiod reads the mesh config of its own namespace.
		p.namespace = cmp.Or(p.namespace, textAt(d.root, "metadata.namespace"))
		if revision, _ := d.revisionOfMesh(); revision != "" {
			p.revisions[revision] = true
		}
	}
	p.namespace = cmp.Or(p.namespace, "istio-system")
	p.root = cmp.Or(is["istio.rootNamespace"], p.namespace)
	return p
}

// meshConfigMaps gives the user's ConfigMaps with a mesh config.
func (f *facts) meshConfigMaps() (all []*document) {
	for _, d := range f.documents {
		if d.is("ConfigMap") && at(d.root, "data.mesh") != nil && !d.ours() {
			all = append(all, d)
		}
	}
	return all
}

// revisionOfMesh gives the revision whose mesh config a ConfigMap holds, and where
// that stands; "" where nothing tells.
func (d *document) revisionOfMesh() (revision, path string) {
	const label, name = `metadata.labels.istio\.io/rev`, "metadata.name"
	if revision := textAt(d.root, label); revision != "" {
		return revision, label
	}
	if textAt(d.root, name) == "istio" {
		return "default", name
	}
	revision, found := strings.CutPrefix(textAt(d.root, name), "istio-")
	if !found {
		return "", ""
	}
	return revision, name
}

// otherRevision gives the revision that a Telemetry is for, where it is for none
// of those that are known; "" else.
func (p plane) otherRevision(d *document) string {
	revision := textAt(d.root, `metadata.labels.istio\.io/rev`)
	if len(p.revisions) == 0 || p.revisions[revision] {
		return ""
	}
	return revision
}

// decidesForMesh tells whether a namespace is one of those who run the mesh.
func (p plane) decidesForMesh(namespace string) bool {
	return namespace == "" || namespace == p.root || namespace == p.namespace
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
				if r.Keep && p.scope.Unread != "" {
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

// telemetry is a Telemetry that the control plane heeds.
type telemetry struct {
	document  *document
	wide      bool // it is for the whole mesh
	overruled bool // another one is heeded in its place
}

// age is how Telemetries are ordered: by the time at which the cluster made one,
// and by the name where two have the same.
func (d *document) age() string {
	created := textAt(d.root, "metadata.creationTimestamp")
	if created == "" {
		return ""
	}
	return created + "\x00" + textAt(d.root, "metadata.name")
}

// findTelemetries finds the Telemetries that the control plane heeds. Of the
// mesh-wide ones that come from a cluster, as their creationTimestamp shows, that
// is the oldest. Those that it overrules come first.
func (f *facts) findTelemetries() []telemetry {
	var heeded []telemetry
	first := ""
	for _, d := range f.documents {
		if !d.is("Telemetry") || f.plane.otherRevision(d) != "" {
			continue
		}
		t := telemetry{document: d, wide: f.plane.isMeshWide(d)}
		if age := d.age(); t.wide && age != "" && (first == "" || age < first) {
			first = age
		}
		heeded = append(heeded, t)
	}
	var overruled []telemetry
	heeded = slices.DeleteFunc(heeded, func(t telemetry) bool {
		age := t.document.age()
		if t.overruled = t.wide && age != "" && age != first; t.overruled {
			overruled = append(overruled, t)
		}
		return t.overruled
	})
	return append(overruled, heeded...)
}

// narrowing are the settings by which a Telemetry is for less than its namespace; an
// empty one is none (namespaceWideTelemetryConfig of Istio).
var narrowing = []string{"spec.selector.matchLabels.*", "spec.targetRefs[]", "spec.targetRef"}

// narrowed tells whether a Telemetry is for less than its namespace.
func (d *document) narrowed() bool {
	return slices.ContainsFunc(narrowing, func(path string) bool { return len(sites(d.root, path)) > 0 })
}

// isMeshWide tells whether a Telemetry is for the whole mesh. Of a cluster it is
// known which namespace that is; in a file one of the chart's own tells it.
func (p plane) isMeshWide(d *document) bool {
	namespace := textAt(d.root, "metadata.namespace")
	return !d.narrowed() && (namespace == "" || namespace == p.root || d.ours() && !d.Live)
}

// usage tells which extension providers the mesh sends its spans by.
type usage struct {
	mesh   []string             // names, that for clients first; nil where nothing tells
	place  Finding              // where that stands
	behind []string             // names in lists of which Istio takes the first alone
	of     map[string]*document // by name, the first Telemetry for less than the mesh
}

// findUsage reads the Telemetries and defaultProviders. A mesh-wide Telemetry
// overrules the latter. Of a list Istio takes the first.
func (f *facts) findUsage() usage {
	u := usage{of: map[string]*document{}}
	rank := -1
	for _, m := range f.meshes {
		list := below(m.site, "defaultProviders.tracing")
		if len(list) == 0 || m.rank < rank {
			continue
		}
		rank, u.mesh, u.behind, u.place = m.rank, nil, nil, m.document.found(Left, list[0])
		for _, s := range append(below(list[0], "[]"), list[0]) {
			switch {
			case s.Value.Kind != yaml.ScalarNode:
			case u.mesh == nil:
				u.mesh = []string{yamltree.Text(s.Value)}
			default:
				u.behind = append(u.behind, yamltree.Text(s.Value))
			}
		}
	}
	byDefault := u.mesh
	for _, t := range f.telemetries {
		found := sites(t.document.root, "spec.tracing[].providers[]")
		if t.overruled || len(found) == 0 {
			continue
		}
		if t.wide {
			u.place = t.document.found(Left, found[0])
			u.mesh = t.document.sendsBy(byDefault)
		}
		for _, entry := range sites(t.document.root, "spec.tracing[]") {
			for i, s := range below(entry, "providers[]") {
				switch name := textAt(s.Value, "name"); {
				case i > 0:
					u.behind = append(u.behind, name)
				case !t.wide && u.of[name] == nil:
					u.of[name] = t.document
				}
			}
		}
	}
	return u
}

// sendsBy gives the providers that clients and servers send by with a Telemetry for
// all of them, where without it they send by others. A later entry overrules an
// earlier one for the same mode.
func (d *document) sendsBy(others []string) []string {
	client, server := "", ""
	if len(others) > 0 {
		client, server = others[0], others[0]
	}
	for _, entry := range sites(d.root, "spec.tracing[]") {
		names := below(entry, "providers[]")
		if len(names) == 0 {
			continue
		}
		name, mode := textAt(names[0].Value, "name"), textAt(entry.Value, "match.mode")
		if mode != "SERVER" {
			client = name
		}
		if mode != "CLIENT" {
			server = name
		}
	}
	return slices.DeleteFunc(slices.Compact([]string{client, server}), func(name string) bool { return name == "" })
}

// known tells whether anything says which providers are used.
func (u usage) known() bool { return u.mesh != nil || len(u.of) > 0 }

// uses tells whether anything names a provider; true where nothing tells.
func (u usage) uses(name string) bool {
	return !u.known() || slices.Contains(u.mesh, name) || u.of[name] != nil
}

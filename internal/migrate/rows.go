package migrate

import (
	"slices"
	"strconv"
	"strings"

	"github.com/agnivade/levenshtein"
	"go.yaml.in/yaml/v3"

	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// eachScope calls f with every place of a document that has rows.
func (m *migration) eachScope(d *document, f func(scope, site)) {
	for _, p := range d.placed {
		f(p.scope, p.base)
	}
}

// eachRow calls f with every row of the table that a document has something
// for.
func (m *migration) eachRow(d *document, f func(scope, row, site)) {
	m.eachScope(d, func(sc scope, base site) {
		for _, r := range m.table.Rows[sc.Rows] {
			if r.Keep && sc.Unread != "" {
				continue
			}
			for _, s := range below(base, r.Path) {
				if r.fits(s) {
					f(sc, r, s)
				}
			}
		}
	})
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

// mark finds out whether LightStep is meant at all.
func (m *migration) mark() {
	var ofWorkloads, ofMesh bool
	for _, d := range m.documents {
		m.eachRow(d, func(_ scope, r row, s site) {
			if r.Marks && yamltree.Text(s.Value) != "" {
				d.marked, m.lightstep = true, true
				m.native = m.native || r.Native
				ofWorkloads, ofMesh = ofWorkloads || d.ofWorkload(), ofMesh || !d.ofWorkload()
			}
		})
		m.markClosed(d)
	}
	m.nameFilters()
	m.usage = m.readUsage()
	m.findCollectors()
	m.findProviders()
	// What nothing uses is no reason to move anything.
	switch used := m.chooseProviders(); {
	case used:
		m.lightstep = true
		ofMesh = true
	case !m.lightstep && len(m.providers) > 0:
		m.leftover = true
	}
	m.workloads = ofWorkloads && !ofMesh && len(m.collectors) == 0
	m.partial = m.partial || m.workloads
	if m.workloads && m.to.native() {
		m.lightstep = false // the proxies of that Istio read their own configuration as before
	}
}

// nameFilters names EnvoyFilters with a tracer of LightStep's. Istio does not
// look into them, and neither is anything taken from them.
func (m *migration) nameFilters() {
	for _, d := range m.documents {
		if textAt(d.root, "kind") == "EnvoyFilter" && mentions(at(d.root, "spec"), "ightstep") {
			m.tell(d, ByHand, d.whole(""), "", "EnvoyFilter "+d.namespaced()+" gives Envoy a tracer of LightStep's by itself, beside Istio; proxies of Istio 1.15 and newer "+
				"do not contain that tracer. No value is taken from it: set the address that its cluster stands for, and delete it once the chart's Telemetry is there, before such proxies run")
		}
	}
}

// markClosed takes a map of LightStep's that has slips of the pen alone: what
// is known in it marks by its row, or says nothing by itself.
func (m *migration) markClosed(d *document) {
	m.eachClosed(d, func(c closedMap, s site) {
		for _, entry := range below(s, "*") {
			if !slices.Contains(c.Keys, yamltree.Camel(entry.Key.Value)) {
				d.marked, m.lightstep = true, true
			}
		}
	})
}

func (m *migration) eachClosed(d *document, f func(closedMap, site)) {
	m.eachScope(d, func(sc scope, base site) {
		for _, c := range m.table.Closed {
			if c.Rows != sc.Rows {
				continue
			}
			for _, s := range below(base, c.Path) {
				if s.Value.Kind == yaml.MappingNode && len(s.Value.Content) > 0 && strings.HasSuffix(c.Path, "lightstep") {
					f(c, s)
				}
			}
		}
	})
}

// collect reads every setting, and marks what goes.
func (m *migration) collect() {
	for _, d := range m.documents {
		m.eachRow(d, func(sc scope, r row, s site) { m.take(d, sc, r, s) })
		m.nameUnknown(d)
	}
	m.tellWorkloads()
	m.takeTracers()
	m.takeProviders()
	m.takeObjects()
	m.takeTelemetries()
}

// take takes one row's setting.
func (m *migration) take(d *document, sc scope, r row, s site) {
	if sc.Rows == "proxyConfig" && !d.marked {
		return
	}
	if d.command == nil && d.file.Removed(s.Key) {
		if !r.Keep && (!m.partial || !r.ofMesh()) {
			d.remove(s) // an alias leads there once more
		}
		return
	}
	if r.Mentions != "" && !alone(s.Value) {
		if !m.mixed[s.Key] {
			m.mixed[s.Key] = true
			m.tell(d, Left, s, "", "it mounts LightStep's CA and holds other settings too, so it is not changed: remove the mount by hand")
		}
		return
	}
	if strings.HasPrefix(r.Path, "sidecarInjectorWebhook.templates.") {
		if why := m.templateStays(s); why != "" {
			m.tell(d, ByHand, s, "", why)
			return
		}
	}
	if r.mountOfCA() {
		if why := m.sharedMount(d, s); why != "" {
			m.tell(d, Left, s, "", "it is part of a mount of LightStep's CA, and is not changed: "+why)
			return
		}
	}
	if m.partial && r.ofMesh() {
		return
	}
	if r.Secret {
		m.hide(yamltree.Text(s.Value))
	}
	if r.Hand != "" {
		m.tell(d, ByHand, s, "", r.Hand)
	}
	switch {
	case r.Drop != "":
		why := r.Drop
		if strings.HasPrefix(r.Path, "gateways.") && strings.HasSuffix(r.Path, "[]") {
			m.noteGateway(d, s)
		}
		m.tell(d, Dropped, s, "", why)
	case r.Value != "":
		m.takeValue(d, sc, r, s)
	}
	if r.Keep {
		return
	}
	d.remove(s)
	m.goneOf[s.Up.Value]++
	if r.Emptied > 0 && m.goneOf[s.Up.Value] == len(s.Up.Value.Content) {
		up := s.Up
		for range r.Emptied {
			up = up.Up
		}
		d.remove(*up)
	}
}

// ofMesh tells a row that is the mesh's, whatever it sends its spans by: how many,
// and by which other tracer.
func (r row) ofMesh() bool {
	return r.Value == "pilot.traceSampling" || strings.HasPrefix(r.Drop, "left over") && r.Beside == ""
}

// allGone tells whether every item of a list goes.
func (m *migration) allGone(d *document, list *yaml.Node) bool {
	return d.command == nil && !slices.ContainsFunc(list.Content, func(n *yaml.Node) bool { return !d.file.Removed(n) })
}

// takeValue takes note of a setting that becomes a value.
func (m *migration) takeValue(d *document, sc scope, r row, s site) {
	written := yamltree.Text(s.Value)
	var is any = written
	switch r.As {
	case "boolean":
		if b, ok := yamltree.Value(s.Value).(bool); ok {
			is = b
		} else if b, err := strconv.ParseBool(written); err == nil {
			is = b
		}
	case "number":
		is = number(written)
	case "envValue":
		is = number(textAt(s.Value, "value"))
	case "tlsMode":
		switch strings.ToUpper(written) {
		case "SIMPLE":
			is = true
		case "DISABLE", "":
			is = false
		default:
			is = true
			m.tell(d, ByHand, s, "", "mode "+written+" wants certificates of the client, which the chart has no values for; ask who runs the satellites whether SIMPLE will do")
		}
	}
	if written == "" && r.As != "envValue" {
		if r.Keep {
			return
		}
		m.tell(d, Dropped, s, "", "it is empty")
		return
	}
	if !m.know(d, s, r.Value, is, sc.Rank) {
		return
	}
	m.facts[len(m.facts)-1].keep = r.Keep
	m.facts[len(m.facts)-1].own = d.ofWorkload() && !m.workloads
	if sc.Unread != "" {
		m.facts[len(m.facts)-1].at.Text = "it stood " + sc.Unread
	}
}

// literal is a number that is written as the user wrote it.
type literal string

func number(written string) any {
	if _, err := strconv.ParseFloat(written, 64); err == nil {
		return literal(written)
	}
	return written
}

// nameUnknown names the keys in LightStep's own maps that nobody reads.
func (m *migration) nameUnknown(d *document) {
	m.eachScope(d, func(sc scope, base site) {
		for _, c := range m.table.Closed {
			if c.Rows != sc.Rows {
				continue
			}
			for _, s := range below(base, c.Path) {
				for _, entry := range below(s, "*") {
					if slices.Contains(c.Keys, yamltree.Camel(entry.Key.Value)) {
						continue
					}
					why := "no Istio reads this key; it was left alone"
					if like := nearest(entry.Key.Value, c.Keys); like != "" {
						why += "; is it " + like + "?"
					}
					m.hideBelow(entry.Key.Value, entry.Value)
					m.tell(d, Left, entry, "", why)
				}
			}
		}
	})
}

// plainKeys are keys whose values are no secrets.
var plainKeys = []string{
	"address", "secure", "cacertPath", "mode", "caCertificates", "sni", "subjectAltNames", "service", "port", "maxTagLength",
	"sampling", "traceSampling", "tracer", "name", "tlsSettings", "enabled",
}

// hideBelow hides the texts below a key that nobody knows, but for those that
// are plainly no secret.
func (m *migration) hideBelow(key string, node *yaml.Node) {
	if node.Kind == yaml.MappingNode {
		for _, pair := range yamltree.Pairs(node) {
			m.hideBelow(pair.Key.Value, pair.Value)
		}
		return
	}
	if nearest(key, plainKeys) == "" || nearest(key, []string{"accessToken"}) != "" {
		eachScalar(node, func(n *yaml.Node) {
			if n.Value != "" {
				m.hide(n.Value)
			}
		})
	}
}

// nearest gives the word that another is a slip of, or "".
func nearest(word string, known []string) string {
	best, distance := "", 3
	for _, k := range known {
		if n := levenshtein.ComputeDistance(strings.ToLower(word), strings.ToLower(k)); n < distance {
			best, distance = k, n
		}
	}
	return best
}

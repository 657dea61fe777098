package migrate

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// decisions are what becomes of each fact, and why: the ledger, the values, and
// what goes, for the steps to name.
type decisions struct {
	*facts
	*ledger
	to    target
	blind bool // not all of a cluster could be looked at

	lightstep bool        // spans are sent to LightStep
	leftover  bool        // all that is LightStep's is a provider that nothing uses
	partial   bool        // the mesh itself sends to another backend, or none
	kept      []*document // mesh-wide Telemetries of the user's that stay, so that the chart makes none
	workloads bool        // only workloads' own configurations send to LightStep
	roles     map[*provider]role
	taken     map[string]bool // names of extension providers that go
	needing   *needing
	laidOver  map[*input]bool    // sources in which more of LightStep's is laid over what all clusters have
	routed    map[*document]bool // ServiceEntries and DestinationRules that were dealt with

	plan          plan
	gateways      map[string]bool // those that mount the CA
	narrow        []narrowUse
	values        map[string]any    // of this chart
	valuesDrained map[string]any    // the same while LightStep's queue is emptied; nil where there is no such time
	valuesAfter   map[string]any    // the same without LightStep, after that
	literals      []claim           // tokens in plain text that no value is made of
	unused        map[string]string // values that were found and left out, and why
	token         string            // the access token, where one was found
	tlsGuessed    bool              // nothing says whether the satellite speaks TLS
	backendHolds  string            // what the Secret of the backend holds
	runs          string            // an Istio that runs and is older than direct delivery; "" where none is named
	runsNamed     bool              // the documents name a version of the Istio that runs
}

// plan is what goes, as the steps name it.
type plan struct {
	kind            string        // of extension provider that is configured: lightstep, direct, collector or ours
	defaultProvider string        // that was taken out of defaultProviders
	telemetries     []object      // mesh-wide Telemetries
	renames         []renamed     // Telemetries that stay, and name the chart's provider
	narrowGone      []object      // others
	narrow          []renamed     // and those of them that lose the old provider's name
	routes          []object      // what led to the old provider
	samplings       []podSampling // of annotations, which the chart's Telemetry ends
	tokenSecret     string        // that is of no use without LightStep,
	tokenKey        string        // and the token's key in it
	unshared        bool          // istiod reads one of these, so our part is in its own document
	shared          []*document   // shared mesh ConfigMaps of the user's
}

// decide decides what becomes of facts, on the way to an Istio.
func decide(ctx context.Context, f *facts, to target, blind bool) (*decisions, error) {
	m := &decisions{
		facts: f, ledger: f.notes.after(), to: to, blind: blind, roles: map[*provider]role{}, taken: map[string]bool{},
		laidOver: map[*input]bool{}, routed: map[*document]bool{}, gateways: map[string]bool{}, values: map[string]any{}, unused: map[string]string{},
	}
	m.nameFilters()
	m.nameReferences()
	m.nameOtherExporters()
	m.chooseProviders()
	m.findKept()
	m.nameForSome()
	m.namePartsOfTelemetries()
	switch {
	case m.lightstep:
		m.leaveShared()
		m.takeTracers("zipkin") // before its row says that it is left over
		m.takeSettings()
		m.nameSamplings()
		m.nameUnknown()
		m.tellWorkloads()
		m.takeTracers(m.Tracers...)
		m.takeProviders()
		if err := m.takeObjects(ctx); err != nil {
			return nil, err
		}
		m.takeSecretsOfLists()
		m.takeCollectors()
		m.takeTelemetries()
		m.tellOtherUses()
		m.tellUncovered()
		return m, m.settle(ctx)
	case m.leftover:
		m.takeProviders()
		m.tellOtherUses()
		m.tellUncovered()
	}
	return m, nil
}

// nameFilters names EnvoyFilters with a tracer of LightStep's, or that put its header on requests. Istio does not
// look into them, and neither is anything taken from them.
func (m *decisions) nameFilters() {
	for _, d := range m.documents {
		if textAt(d.root, "kind") == "EnvoyFilter" && mentions(at(d.root, "spec"), "ightstep") {
			if !mentions(at(d.root, "spec"), "tracers.") && !mentions(at(d.root, "spec"), "LightstepConfig") && mentions(at(d.root, "spec"), tokenHeader) {
				m.tell(d, ByHand, d.whole(""), "", "EnvoyFilter "+d.namespaced()+" puts the header "+tokenHeader+" on requests by itself; "+
					"no value is taken from it: delete it once nothing needs the header, which collectors of the chart set themselves")
				continue
			}
			why, when := "proxies of Istio 1.15 and newer do not contain that tracer. ", ", before such proxies run"
			if mentions(at(d.root, "spec"), "OpenTelemetryConfig") || mentions(at(d.root, "spec"), "tracers.opentelemetry") {
				why, when = "what Istio configures for tracing does not apply where it does. ", ": until then proxies do not send to the collectors"
			}
			m.tell(d, ByHand, d.whole(""), "", "EnvoyFilter "+d.namespaced()+" gives Envoy a tracer of LightStep's by itself, beside Istio; "+why+
				"No value is taken from it: set the address that its cluster stands for, and delete it once the chart's Telemetry is there"+when)
		}
	}
}

// takeSettings takes what the rows of the table are about.
func (m *decisions) takeSettings() {
	for _, d := range m.meshConfigMaps() {
		if namespace := textAt(d.root, "metadata.namespace"); namespace != "" && namespace != "istio-system" {
			m.know(d, d.whole("metadata.namespace"), "istio.namespace", namespace, 0)
		}
	}
	m.compareRevisions()
	m.tellOthers()
	goneOf := map[*yaml.Node]int{} // of a list, how many of its items go
	for _, s := range m.settings {
		if m.passesOver(s) {
			continue
		}
		m.takeSetting(s)
		if s.row.Keep {
			continue
		}
		m.remove(s.document, s.site)
		up := s.site.Up
		goneOf[up.Value]++
		if s.row.Emptied > 0 && goneOf[up.Value] == len(up.Value.Content) {
			for range s.row.Emptied {
				up = up.Up
			}
			m.remove(s.document, *up)
		}
	}
	m.takeNamespace()
	m.takeDomain()
}

// takeNamespace takes the namespace that a command of Helm installs istiod into, over what files say. The root
// namespace stays that of global.istioNamespace, as Istio's chart has it.
func (m *decisions) takeNamespace() {
	told := func(value string) bool {
		return slices.ContainsFunc(m.claims, func(c claim) bool { return c.value == value })
	}
	for _, d := range m.documents {
		switch {
		case d.into == nil, m.isOther(d):
			continue
		case d.into.name != "":
			m.knowKept(d, d.into.flag, "istio.namespace", d.into.name, overFiles)
			if m.plane.root != d.into.name && !told("istio.rootNamespace") {
				m.knowKept(d, d.into.flag, "istio.rootNamespace", m.plane.root, 0)
			}
		case !told("istio.namespace"):
			m.tell(d, ByHand, d.into.flag, "istio.namespace", "nothing tells which namespace this is: set this to the one of istiod")
		}
	}
}

// tellOthers names the commands that install another control plane.
func (m *decisions) tellOthers() {
	for _, d := range m.documents {
		if !m.isOther(d) || len(d.words) == 0 {
			continue
		}
		f := Finding{Outcome: Left, File: d.Name, Line: d.words[0].line, Column: d.words[0].column, Text: "this command installs another control plane, and nothing of that is taken"}
		if m.others[d] {
			f.Outcome, f.Text = ByHand, "this command installs another control plane, and one release is for one: migrate each by itself"
		}
		m.note(f)
	}
}

// compareRevisions takes note of the revisions of mesh ConfigMaps, where they are of
// several control planes: those of LightStep's are the stronger.
func (m *decisions) compareRevisions() {
	meshes := m.meshConfigMaps()
	revisions := map[string]bool{}
	for _, d := range meshes {
		revision, _ := d.revisionOfMesh()
		revisions[revision] = revision != ""
	}
	if len(revisions) < 2 {
		return
	}
	rank := map[*document]int{}
	for _, d := range m.documents {
		if m.marked[d] {
			rank[d.outermost()] = 1
		}
	}
	for _, d := range meshes {
		revision, at := d.revisionOfMesh()
		if revision != "" {
			m.knowKept(d, sites(d.root, at)[0], "istio.revision", revision, rank[d])
		}
	}
}

// passesOver tells whether a setting stays and no value is made of it.
func (m *decisions) passesOver(s setting) bool {
	d := s.document
	switch {
	case s.scope.Rows == "proxyConfig" && !m.marked[d], m.isOther(d) && (s.row.Keep || !m.others[d]):
		return true
	case d.command == nil && m.gone[s.site.Key]:
		if !s.row.Keep && (!m.partial || !s.row.Mesh) {
			m.remove(d, s.site) // an alias leads there once more
		}
		return true
	}
	if outcome, why := m.usedElsewhere(s); why != "" {
		if !m.told[d.anchor(s.site)] {
			m.tell(d, outcome, s.site, "", why)
		}
		return true
	}
	return m.partial && s.row.Mesh
}

// usedElsewhere tells why a mount of LightStep's CA is not changed; "" for
// anything else.
func (m *decisions) usedElsewhere(s setting) (Outcome, string) {
	if s.row.Mentions != "" && !alone(s.site.Value) {
		return Left, "it mounts LightStep's CA and holds other settings too, so it is not changed: remove the mount by hand"
	}
	if strings.HasPrefix(s.row.Path, "sidecarInjectorWebhook.templates.") {
		if why := m.templateStays(s.site); why != "" {
			return ByHand, why
		}
	}
	if !s.row.Mount {
		return "", ""
	}
	why := mountNeeded(s.document, s.site)
	if !m.to.native() && m.mountUser != "" { // to native, the chart mounts it at the same path
		why = m.mountUser + " names a file in it"
	}
	if why == "" {
		return "", ""
	}
	return Left, "it is part of a mount of LightStep's CA, and is not changed: " + why
}

// takeSetting takes a setting that goes, or that becomes a value.
func (m *decisions) takeSetting(s setting) {
	if s.row.Secret {
		m.hide(yamltree.Text(s.site.Value))
	}
	if s.row.Hand != "" {
		m.tell(s.document, ByHand, s.site, "", s.row.Hand)
	}
	switch {
	case s.row.Drop != "":
		if strings.HasPrefix(s.row.Path, "gateways.") && strings.HasSuffix(s.row.Path, "[]") {
			m.noteGateway(s.document, s.site)
		}
		m.tell(s.document, Dropped, s.site, "", s.row.Drop)
	case s.row.Value != "":
		m.takeValue(s)
	}
}

// takeValue takes note of a setting that becomes a value.
func (m *decisions) takeValue(s setting) {
	written := yamltree.Text(s.site.Value)
	if written == "" && s.row.As != "envValue" {
		if !s.row.Keep {
			m.tell(s.document, Dropped, s.site, "", "it is empty")
		}
		return
	}
	if !m.know(s.document, s.site, s.row.Value, m.read(s, written), cmp.Or(s.row.Rank, s.scope.Rank)) {
		return
	}
	c := &m.claims[len(m.claims)-1]
	c.keep, c.own = s.row.Keep, s.document.ofWorkload() && !m.workloads
	if s.document.ofWorkload() {
		c.workload = s.document
	}
	if s.scope.Unread != "" {
		c.at.Text = "it stood " + s.scope.Unread
	}
}

// read gives what a setting says, as its row tells to read it.
func (m *decisions) read(s setting, written string) any {
	switch s.row.As {
	case "boolean":
		if b, ok := yamltree.Value(s.site.Value).(bool); ok {
			return b
		}
		if b, err := strconv.ParseBool(written); err == nil {
			return b
		}
	case "number":
		return number(written)
	case "hundredths":
		if n, err := strconv.ParseFloat(written, 64); err == nil {
			return number(strconv.FormatFloat(n/100, 'f', -1, 64))
		}
	case "envValue":
		return number(textAt(s.site.Value, "value"))
	case "tlsMode":
		if mode := strings.ToUpper(written); mode != "SIMPLE" && mode != "DISABLE" {
			m.tell(s.document, ByHand, s.site, "", "mode "+written+clientCertificates)
		}
		return strings.ToUpper(written) != "DISABLE"
	}
	return written
}

// clientCertificates is what to do about a mode of TLS that wants them.
const clientCertificates = " wants certificates of the client, which the chart has no values for; ask the operators of the satellites whether SIMPLE is enough"

// literal is a number that is written as the user wrote it.
type literal string

// number gives a number of per cent, or the text where it is none.
func number(written string) any {
	text := strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(written), "%"))
	if n, err := strconv.ParseFloat(text, 64); err == nil && !math.IsInf(n, 0) && !math.IsNaN(n) {
		return literal(text)
	}
	return written
}

// nameUnknown names what is in LightStep's own maps that nobody reads: keys, and
// what is not text.
func (m *decisions) nameUnknown() {
	for _, s := range m.noTexts {
		m.hideBelow(s.site.Key.Value, s.site.Value)
		m.tell(s.document, ByHand, s.site, s.row.Value, "this is a map or a list, and not the value: it is not changed; set the value itself")
		m.notKnown(s.document, s.site, s.row.Value, s.scope.Rank)
	}
	for _, d := range m.documents {
		m.eachClosed(d, func(c closedMap, s site) {
			for _, entry := range below(s, "*") {
				if !c.unknown(entry) {
					continue
				}
				why := "no Istio reads this key; it was left alone"
				if like := nearest(entry.Key.Value, c.Keys); like != "" {
					why += "; is it " + like + "?"
				}
				m.hideBelow(entry.Key.Value, entry.Value)
				m.tell(d, Left, entry, "", why)
			}
		})
	}
}

// noteGateway takes note of a gateway that mounts the CA, and of the volumes of
// its own that it must keep.
func (m *decisions) noteGateway(d *document, s site) {
	m.gateways[yamltree.Key(s.Up.Up.Key)] = true
	var others []any
	for _, item := range s.Up.Value.Content {
		mounted := textAt(item, "secretName")
		if v := yamltree.Value(item); mounted != "lightstep.cacert" && !istioOwn(item) && v != nil {
			others = append(others, v)
		}
	}
	if len(others) > 0 {
		m.know(d, *s.Up, "controlPlane.gateways.secretVolumes", others, 20)
	}
}

// istioOwn tells the volumes that Istio's charts of gateways have by default.
func istioOwn(item *yaml.Node) bool {
	switch textAt(item, "name") {
	case "ingressgateway-certs", "ingressgateway-ca-certs", "egressgateway-certs", "egressgateway-ca-certs":
		return true
	}
	return false
}

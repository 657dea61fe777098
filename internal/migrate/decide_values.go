package migrate

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"net"
	"path"
	"regexp"
	"slices"
)

// The values that are decided together.
const (
	valueAddress      = "global.tracer.lightstep.address"
	valueToken        = "global.tracer.lightstep.accessToken"
	valueSecure       = "global.tracer.lightstep.secure"
	valueCAPath       = "global.tracer.lightstep.cacertPath"
	valueServerName   = "collector.tls.serverName"
	valueRetryRefused = "collector.retryRefused.enabled"
	valueTokenFrom    = "accessTokenFrom.name"
	valueTokenKey     = "accessTokenFrom.key"
	valueConfig       = "collector.config"
	valueSampling     = "pilot.traceSampling"
	valueNamespaces   = "cacert.namespaces"
	valueDomain       = "clusterDomain"
	valueCASecret     = "cacert.existingSecret.name" //nolint:gosec // the name of a value
)

// strongest gives the claim that holds for each value: that of the place Istio
// heeds, and of several such the last.
func (l *ledger) strongest() map[string]claim {
	best := map[string]claim{}
	for _, c := range l.claims {
		if b, found := best[c.value]; !c.own && (!found || c.rank > b.rank || c.rank == b.rank && c.order >= b.order) {
			best[c.value] = c
		}
	}
	return best
}

// ownSecret is the name of the Secret where nothing names another.
const ownSecret = tokenHeader

// settle decides every value.
func (m *decisions) settle(ctx context.Context) error {
	m.keepConnectionsWhole()
	best := m.strongest()
	for value, c := range best {
		m.values[value] = c.is
	}
	m.choosePlaces(best)
	m.settleTLS()
	if err := m.settleToken(ctx, best); err != nil {
		return err
	}
	m.settleTarget()
	m.settleVolume()
	m.takePodSamplings()
	m.nameWays()
	if err := m.settleBackend(); err != nil {
		return err
	}
	m.tellClaims(best)
	return nil
}

// choosePlaces chooses the namespaces that have the CA: all of them.
func (m *decisions) choosePlaces(best map[string]claim) {
	var names []string
	for _, c := range m.claims {
		if name, ok := c.is.(string); ok && c.value == valueNamespaces && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if _, found := best[valueNamespaces]; found {
		m.values[valueNamespaces] = names
	}
}

// text gives a value that is text; "" where it is not set, or no text.
func (m *decisions) text(value string) string {
	text, _ := m.values[value].(string)
	return text
}

// leaveOut takes a value out of those chosen, and notes why.
func (m *decisions) leaveOut(value, why string) {
	if _, ok := m.values[value]; ok {
		delete(m.values, value)
		m.unused[value] = why
	}
}

// tellClaims tells what became of every setting that says what a value is.
func (m *decisions) tellClaims(best map[string]claim) {
	for _, c := range m.claims {
		finding := c.at
		finding.To = c.value
		strongest := best[c.value]
		differs := fmt.Sprint(c.is) != fmt.Sprint(strongest.is)
		why, unused := m.unused[c.value]
		drop := func(why string) {
			finding.Outcome, finding.To, finding.Text = Dropped, "", appended(finding.Text, why)
		}
		switch {
		case c.own:
			drop("it is one workload's own, and the values are the mesh's")
		case c.keep && differs && (m.isOver(strongest, c) || !m.isOne(c.value)):
			finding.To, finding.Text = "", "it stays; what "+position(strongest.at)+" says takes precedence"
		case c.keep && differs:
			finding.Outcome = ByHand
			finding.Text = "it differs from " + position(strongest.at) + ", and one release is for one control plane: migrate each by itself"
		case c.value != valueNamespaces && differs:
			drop("what " + position(strongest.at) + " says takes precedence")
		case unused && (why == staysThere || c.keep):
			continue // it is what others have, and was not taken out
		case unused:
			drop(why)
		case c.keep:
			finding.Text = "it stays"
		case c.value == valueToken:
			finding.To = "secret.yaml"
			if m.to.native() {
				finding.To = "token-values.yaml"
			}
		}
		m.note(finding)
	}
}

// isOver tells whether a flag is laid over a setting: the command names the file.
func (m *decisions) isOver(flag, setting claim) bool {
	if flag.order < overFiles {
		return false
	}
	in := m.inputs[flag.order-overFiles]
	return in.command != nil && setting.at.File != in.Name && bytes.Contains(in.Data, []byte(path.Base(setting.at.File)))
}

// staysThere says that what a value would have been made of is not LightStep's, and
// stays in the document.
const staysThere = "it stays where it is"

// settleTLS decides whether TLS is spoken, by which CA and to which name.
func (m *decisions) settleTLS() {
	address := m.text(valueAddress)
	host, port, err := net.SplitHostPort(address)
	if _, said := m.values[valueSecure].(bool); !said {
		_, ca := m.values[valueCAPath]
		why := "by its port, " + port + ","
		m.values[valueSecure] = ca || err != nil || slices.Contains(m.SecurePorts, port)
		if !ca && m.plan.kind != "" && inCluster.MatchString(host) {
			why, m.values[valueSecure] = "as proxies speak plain text to a Service of the cluster unless a DestinationRule says otherwise,", false
		}
		if m.tlsGuessed = err == nil && !ca; m.tlsGuessed {
			m.hand(valueSecure, fmt.Sprintf("nothing says whether the satellite speaks TLS; %s it was taken for %t: check this, or give the DestinationRule for its host too", why, m.values[valueSecure]))
		}
	}
	if ca := m.text(valueCAPath); ca != "" && m.isSystemCA(ca) && !m.to.native() {
		m.leaveOut(valueCAPath, "it contains the public certificate authorities, which are trusted if no path is set")
	}
	name := m.text(valueServerName)
	direct := m.values["delivery"] == "direct"
	if name == host || name == "" {
		m.leaveOut(valueServerName, "it is the host of the address, which is asked for anyway")
	} else if m.to.native() || direct {
		m.leaveOut(valueServerName, "the chart asks for the host of the address")
		m.hand(valueServerName, "TLS asked for the name "+name+"; here it asks for the address's host, "+host+": use an address with that name")
	}
	if m.values[valueSecure] == true && m.values[valueCAPath] != nil {
		if name := m.text(valueCASecret); name == "" || m.to.native() || direct {
			m.values[valueCASecret] = "lightstep.cacert"
		}
		m.tellCA(direct)
	}
	if m.values[valueSecure] == false && !m.to.native() {
		m.leaveOut(valueCAPath, "without TLS there is nothing to verify")
	}
}

// inCluster is the host of a Service.
var inCluster = regexp.MustCompile(`^[^.]+$|\.svc(\.|$)`)

// isSystemCA tells a file of the public authorities.
func (m *decisions) isSystemCA(file string) bool {
	return slices.Contains(m.SystemCAs, path.Clean(file))
}

// tellCA says where the CA's Secret must be.
func (m *decisions) tellCA(direct bool) {
	if !m.to.native() && !direct {
		m.hand(valueCASecret, "Secret lightstep.cacert must be in the namespace of the release, "+m.releaseNamespace()+": copy it from an application's namespace where it is not")
		return
	}
	m.hand(valueNamespaces, "name every namespace with injected pods; Secret lightstep.cacert must be in each of them and in each gateway's")
}

// settleToken decides where the token goes.
func (m *decisions) settleToken(ctx context.Context, best map[string]claim) error {
	token := m.text(valueToken)
	delete(m.values, valueToken)
	placeholder, err := m.to.isPlaceholder(ctx, token)
	if err != nil {
		return err
	}
	if err := m.rotateLiterals(ctx, map[string]bool{token: placeholder}); err != nil {
		return err
	}
	if stands := m.standsFor(token, true); placeholder || stands != "" {
		token = ""
		m.tellNoToken(stands, placeholder)
	}
	m.token = token
	if m.to.native() {
		if from := m.text(valueTokenFrom); from != "" {
			m.hand(valueToken, "Istio "+m.to.row.Minor+" takes the token as a literal only: give what Secret "+from+" holds")
		}
		m.leaveOut(valueTokenFrom, "Istio "+m.to.row.Minor+" takes no Secret")
		m.leaveOut(valueTokenKey, "Istio "+m.to.row.Minor+" takes no Secret")
		return nil
	}
	m.settleSecret(best)
	if m.text(valueTokenFrom) == "" {
		m.values[valueTokenFrom] = ownSecret
	}
	if m.text(valueTokenKey) == "" {
		delete(m.values, valueTokenKey)
	}
	if _, found := best[valueTokenFrom]; m.token == "" && !found {
		m.hand(valueTokenFrom, "no access token was found: create Secret lightstep-access-token with the token under the key token, in the namespace "+m.releaseNamespace())
	}
	return nil
}

// settleSecret chooses between a token in plain text and a Secret: no Secret of the user's is
// written, which may hold another token, and other keys.
func (m *decisions) settleSecret(best map[string]claim) {
	literal, secret := best[valueToken], best[valueTokenFrom]
	switch {
	case m.token == "" || secret.value == "":
	case literal.rank > secret.rank:
		why := "what " + position(literal.at) + " says takes precedence"
		m.leaveOut(valueTokenFrom, why)
		m.leaveOut(valueTokenKey, why)
	default:
		m.token = ""
		m.unused[valueToken] = "what " + position(secret.at) + " says takes precedence"
	}
}

// tellNoToken tells that what stands in the place of the access token is none, or may
// be none.
func (m *decisions) tellNoToken(stands string, placeholder bool) {
	m.unused[valueToken] = "it is not a token"
	rotate := ""
	switch {
	case placeholder && (stands == "" || stands == perhapsNone):
		stands = "a placeholder or a shell variable"
	case stands == perhapsNone:
		m.unused[valueToken] = "it may be no token"
		rotate = ". If it is one, it stands in plain text: rotate it"
	}
	m.hand(valueToken, "the access token is only "+stands+": give the token itself, or create the Secret yourself"+rotate)
}

// rotateLiterals names every token that is in plain text, also one that Istio
// does not use because of another setting. placeholders is what is known about
// texts.
func (m *decisions) rotateLiterals(ctx context.Context, placeholders map[string]bool) error {
	for _, c := range slices.Concat(m.claims, m.literals) {
		written, _ := c.is.(string)
		written = cmp.Or(fallbackOf(written), written)
		if c.value != valueToken || written == "" || m.standsFor(written, true) != "" {
			continue
		}
		placeholder, known := placeholders[written]
		if !known {
			var err error
			if placeholder, err = m.to.isPlaceholder(ctx, written); err != nil {
				return err
			}
			placeholders[written] = placeholder
		}
		if !placeholder {
			m.rotate(c.at)
		}
	}
	m.reveal(placeholders)
	return nil
}

// rotate tells that a token was stored in plain text.
func (m *decisions) rotate(f Finding) {
	f.Outcome, f.To = Rotate, ""
	f.Text = "the access token was stored in plain text here, and is in the mesh config and in what proxies show: once spans arrive, rotate it and revoke the old one"
	if slices.ContainsFunc(m.toLightStep, func(c collectorConfig) bool {
		d, s, known := c.place(c.tokenPath())
		return known && position(d.found(Rotate, s)) == position(f)
	}) {
		f.Text = "the access token was stored in plain text here: once spans arrive, rotate it and revoke the old one"
	}
	if m.to.backend != nil {
		f.Text = "the access token was stored in plain text here: revoke it once nothing sends to LightStep any more"
	}
	m.note(f)
}

// settleTarget leaves out what the target has no use for.
func (m *decisions) settleTarget() {
	m.values["istio.version"] = m.to.version
	direct := m.values["delivery"] == "direct"
	mounts := m.values[valueSecure] == true && m.values[valueCAPath] != nil && (m.to.native() || direct)
	none := "Istio " + m.to.version + " needs none"
	if !mounts {
		m.leaveOut(valueNamespaces, "the Secret stays; only the collector needs it, in the namespace of the release")
		if m.unused[valueNamespaces] != "" && m.values[valueSecure] == true && m.values[valueCAPath] == nil {
			m.hand(valueCAPath, "there is a Secret lightstep.cacert, and no setting that names a path for it: where the satellite's certificate needs that CA, set cacertPath and cacert.existingSecret.name")
		}
		m.leaveOut("controlPlane.gateways.secretVolumes", staysThere)
	}
	if m.plane.managed {
		m.values["meshConfig.shared"] = false // such an istiod reads no ConfigMap of ours
	}
	if !m.to.row.Shared {
		m.leaveOut("meshConfig.shared", none)
		m.leaveOut("controlPlane.extensionProviders", staysThere)
	}
	if m.text("istio.revision") == "default" {
		m.leaveOut("istio.revision", "it is that of a control plane without one")
	}
	if m.native && m.plan.kind == "" && !m.to.old() {
		m.leaveOut("istio.revision", "the new control plane has a revision of its own")
	}
	if m.to.native() {
		m.leaveOut("collector.exporters", none)
		m.leaveOut("collector.env", none)
	}
	if mounts {
		m.settleNamespaces()
	}
}

// settleNamespaces names the namespaces that have the CA, and the gateways.
func (m *decisions) settleNamespaces() {
	names, _ := m.values[valueNamespaces].([]string)
	istio := m.text("istio.namespace")
	istio = cmp.Or(istio, "istio-system")
	if len(names) == 0 {
		names = []string{"default"}
	}
	if !slices.Contains(names, istio) {
		names = append(names, istio)
	}
	slices.Sort(names)
	m.values[valueNamespaces] = names
	if m.gateways["istio-egressgateway"] {
		var gateways []any
		for _, kind := range []string{"ingressgateway", "egressgateway"} {
			if m.gateways["istio-"+kind] {
				gateways = append(gateways, map[string]any{"name": "istio-" + kind, "namespace": istio, "selector": map[string]any{"istio": kind}})
			}
		}
		m.values["gateways"] = gateways
	}
}

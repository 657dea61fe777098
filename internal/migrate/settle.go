package migrate

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"

	"github.com/istio-lightstep/istio-lightstep/pkg/render"
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
	valueNamespaces   = "cacert.namespaces"
	valueCASecret     = "cacert.existingSecret.name" //nolint:gosec // the name of a value
)

// best gives the fact that holds for a value: that of the place Istio heeds,
// and of several such the last; nil where there is none.
func (m *migration) best(value string) *fact {
	for ; m.ranked < len(m.facts); m.ranked++ {
		f := m.facts[m.ranked]
		if f.own {
			continue
		}
		i, found := m.strongest[f.value]
		if best := m.facts[i]; !found || f.rank > best.rank || f.rank == best.rank && f.order >= best.order {
			m.strongest[f.value] = m.ranked
		}
	}
	i, found := m.strongest[value]
	if !found {
		return nil
	}
	return &m.facts[i]
}

// settle decides every value, writes the values and asks the chart's rules
// about them.
func (m *migration) settle(ctx context.Context) error {
	chosen := m.choose()
	m.settleTLS(chosen)
	if err := m.settleToken(ctx, chosen); err != nil {
		return err
	}
	m.settleTarget(chosen)
	m.tellVolume(chosen)
	m.tellFacts()
	if err := m.writeValues(chosen); err != nil {
		return err
	}
	if err := m.check(ctx); err != nil {
		return err
	}
	return m.steps(chosen)
}

// choose gives the best fact of each value.
func (m *migration) choose() map[string]any {
	chosen := map[string]any{}
	for _, f := range m.facts {
		if f.value == valueNamespaces {
			names, _ := chosen[f.value].([]string)
			if name, ok := f.is.(string); ok && !slices.Contains(names, name) {
				chosen[f.value] = append(names, name)
			}
			continue
		}
		if best := m.best(f.value); best != nil {
			chosen[f.value] = best.is
		}
	}
	return chosen
}

// leaveOut takes a value out of those chosen, and notes why.
func (m *migration) leaveOut(chosen map[string]any, value, why string) {
	if _, ok := chosen[value]; ok {
		delete(chosen, value)
		m.unused[value] = why
	}
}

// tellFacts tells what became of every setting that was found.
func (m *migration) tellFacts() {
	for _, f := range m.facts {
		best := m.best(f.value)
		finding := f.at
		finding.To = f.value
		why, unused := m.unused[f.value]
		switch {
		case f.own:
			finding.Outcome, finding.To = Dropped, ""
			finding.Text = appended(finding.Text, "it is one workload's own, and the values are the mesh's")
		case f.keep && fmt.Sprint(f.is) != fmt.Sprint(best.is):
			finding.Outcome = ByHand
			finding.Text = "it differs from " + position(best.at) + ", and one release is for one control plane: migrate each by itself"
		case f.value != valueNamespaces && fmt.Sprint(f.is) != fmt.Sprint(best.is):
			finding.Outcome, finding.To = Dropped, ""
			finding.Text = appended(finding.Text, "what "+position(best.at)+" says holds")
		case unused && why == staysThere:
			continue // it is what others have, and was not taken out
		case unused:
			finding.Outcome, finding.To = Dropped, ""
			finding.Text = appended(finding.Text, why)
			if f.keep {
				continue
			}
		case f.keep:
			finding.Text = "it stays"
		case f.value == valueToken:
			finding.To = "secret.yaml"
			if m.to.native() {
				finding.To = "token-values.yaml"
			}
		}
		m.result.Findings = append(m.result.Findings, finding)
	}
}

func appended(text, more string) string { return strings.TrimPrefix(text+"; "+more, "; ") }

func position(f Finding) string {
	if f.Line == 0 {
		return f.File
	}
	return fmt.Sprintf("%s:%d", f.File, f.Line)
}

// hand adds something to do that is about no place.
func (m *migration) hand(to, text string) {
	m.result.Findings = append(m.result.Findings, Finding{Outcome: ByHand, To: to, Text: text})
}

// settleTLS decides whether TLS is spoken, by which CA and to which name.
func (m *migration) settleTLS(chosen map[string]any) {
	address, _ := chosen[valueAddress].(string)
	host, port, err := net.SplitHostPort(address)
	if _, said := chosen[valueSecure].(bool); !said {
		_, ca := chosen[valueCAPath]
		chosen[valueSecure] = ca || err != nil || slices.Contains(m.table.SecurePorts, port)
		if err == nil && !ca {
			m.hand(valueSecure, fmt.Sprintf("nothing says whether the satellite speaks TLS; by its port, %s, it was taken for %t: see that it is so, or give the DestinationRule for its host too", port, chosen[valueSecure]))
		}
	}
	if ca, _ := chosen[valueCAPath].(string); ca != "" && m.isSystemCA(ca) && !m.to.native() {
		m.leaveOut(chosen, valueCAPath, "it holds the public authorities, which are trusted where no path is set")
	}
	name, _ := chosen[valueServerName].(string)
	direct := chosen["delivery"] == "direct"
	if name == host || name == "" {
		m.leaveOut(chosen, valueServerName, "it is the host of the address, which is asked for anyway")
	} else if m.to.native() || direct {
		m.leaveOut(chosen, valueServerName, "the chart asks for the host of the address")
		m.hand(valueServerName, "TLS asked for the name "+name+"; here it asks for the address's host, "+host+": use an address with that name")
	}
	if chosen[valueSecure] == true && chosen[valueCAPath] != nil {
		if name, _ := chosen[valueCASecret].(string); name == "" || m.to.native() || direct {
			chosen[valueCASecret] = "lightstep.cacert"
		}
		m.tellCA(direct)
	}
	if chosen[valueSecure] == false && !m.to.native() {
		m.leaveOut(chosen, valueCAPath, "without TLS there is nothing to verify")
	}
}

// tellCA says where the CA's Secret must be.
func (m *migration) tellCA(direct bool) {
	if !m.to.native() && !direct {
		m.hand(valueCASecret, "Secret lightstep.cacert must be in the namespace of the release, istio-system: copy it from an application's namespace where it is not")
		return
	}
	m.hand(valueNamespaces, "name every namespace with injected pods; Secret lightstep.cacert must be in each of them and in each gateway's")
}

// settleToken decides where the token goes.
func (m *migration) settleToken(ctx context.Context, chosen map[string]any) error {
	token, _ := chosen[valueToken].(string)
	delete(chosen, valueToken)
	placeholder, err := m.to.isPlaceholder(ctx, token)
	if err != nil {
		return err
	}
	if err := m.rotateLiterals(ctx, map[string]bool{token: placeholder}); err != nil {
		return err
	}
	if stands := m.table.standsFor(token, true); placeholder || stands != "" {
		token = ""
		m.unused[valueToken] = "it is no token"
		m.hand(valueToken, "what stands for the access token is "+cmp.Or(stands, "a placeholder or a variable of a shell")+": give the token itself, or make the Secret yourself")
	}
	if m.to.native() {
		if from, _ := chosen[valueTokenFrom].(string); from != "" {
			m.hand(valueToken, "Istio "+m.to.row.Minor+" takes the token as a literal only: give what Secret "+from+" holds")
		}
		m.leaveOut(chosen, valueTokenFrom, "Istio "+m.to.row.Minor+" takes no Secret")
		m.leaveOut(chosen, "accessTokenFrom.key", "Istio "+m.to.row.Minor+" takes no Secret")
		m.token = token
		return nil
	}
	if from, _ := chosen[valueTokenFrom].(string); from == "" {
		chosen[valueTokenFrom] = "lightstep-access-token"
	}
	if key, _ := chosen["accessTokenFrom.key"].(string); key == "" {
		delete(chosen, "accessTokenFrom.key")
	}
	if m.token = token; token == "" && m.best(valueTokenFrom) == nil {
		m.hand(valueTokenFrom, "no access token was found: make Secret lightstep-access-token with the token under the key token, in the namespace istio-system")
	}
	return nil
}

// rotateLiterals names every token that is in plain text, also one that Istio
// does not use because of another setting. placeholders is what is known about
// texts.
func (m *migration) rotateLiterals(ctx context.Context, placeholders map[string]bool) error {
	for _, f := range m.facts {
		written, _ := f.is.(string)
		if f.value != valueToken || written == "" || m.table.standsFor(written, true) != "" {
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
			m.rotate(f.at)
		}
	}
	return nil
}

// settleTarget leaves out what the target has no use for.
func (m *migration) settleTarget(chosen map[string]any) {
	chosen["istio.version"] = m.to.version
	direct := chosen["delivery"] == "direct"
	mounts := chosen[valueSecure] == true && chosen[valueCAPath] != nil && (m.to.native() || direct)
	none := "Istio " + m.to.version + " needs none"
	if !mounts {
		m.leaveOut(chosen, valueNamespaces, "the Secret stays; only the collector needs it, in the namespace of the release")
		if m.unused[valueNamespaces] != "" && chosen[valueSecure] == true && chosen[valueCAPath] == nil {
			m.hand(valueCAPath, "there is a Secret lightstep.cacert, and no setting that names a path for it: where the satellite's certificate needs that CA, set cacertPath and cacert.existingSecret.name")
		}
		m.leaveOut(chosen, "controlPlane.gateways.secretVolumes", staysThere)
	}
	if !m.to.row.Shared {
		m.leaveOut(chosen, "meshConfig.shared", none)
		m.leaveOut(chosen, "controlPlane.extensionProviders", staysThere)
	}
	if m.native && m.provider == "" && !m.to.native() {
		m.leaveOut(chosen, "istio.revision", "the new control plane has a revision of its own")
	}
	if m.to.native() {
		m.leaveOut(chosen, "collector.exporters", none)
		m.leaveOut(chosen, "collector.env", none)
	}
	if mounts {
		m.settleNamespaces(chosen)
	}
}

// settleNamespaces names the namespaces that have the CA, and the gateways.
func (m *migration) settleNamespaces(chosen map[string]any) {
	names, _ := chosen[valueNamespaces].([]string)
	istio, _ := chosen["istio.namespace"].(string)
	istio = cmp.Or(istio, "istio-system")
	if len(names) == 0 {
		names = []string{"default"}
	}
	if !slices.Contains(names, istio) {
		names = append(names, istio)
	}
	slices.Sort(names)
	chosen[valueNamespaces] = names
	if m.gateways["istio-egressgateway"] {
		var gateways []any
		for _, kind := range []string{"ingressgateway", "egressgateway"} {
			if m.gateways["istio-"+kind] {
				gateways = append(gateways, map[string]any{"name": "istio-" + kind, "namespace": istio, "selector": map[string]any{"istio": kind}})
			}
		}
		chosen["gateways"] = gateways
	}
}

// staysThere says that what a value would have been made of is not LightStep's, and
// stays in the document.
const staysThere = "it stays where it is"

// ownValues is what the rules call our values; no file of the user's is called
// so.
const ownValues = "values of this chart"

// otherTracer is the rule that has other tracers removed.
const otherTracer = "LS-DOCUMENT-OTHER-TRACER"

// check asks the chart's rules about the values, and about the documents
// beside them.
func (m *migration) check(ctx context.Context) error {
	sources := []render.Source{render.Bytes(ownValues, m.result.Values)}
	if m.result.TokenValues != nil {
		sources = append(sources, render.Bytes(ownValues, m.result.TokenValues))
	}
	values, err := render.ReadValues(sources...)
	if err != nil {
		return err
	}
	problems, err := m.to.renderer.Check(ctx, values)
	if err != nil {
		return err
	}
	for i, in := range m.inputs {
		if in.file == nil || !m.hasControlPlane(in) {
			continue
		}
		with, err := m.to.renderer.Check(ctx, values, render.WithDocument(in.Name, m.result.Documents[i].After))
		if err != nil {
			return err
		}
		for _, p := range with {
			if m.partial && p.ID == otherTracer {
				continue // it is the mesh's, and stays
			}
			if strings.HasPrefix(p.Path, "document.") {
				problems = append(problems, p)
			}
		}
	}
	m.result.Problems = problems
	return nil
}

// hasControlPlane tells whether a source has one document that the rules know.
func (m *migration) hasControlPlane(in *input) bool {
	count := 0
	for _, d := range m.documents {
		if d.input == in && d.prefix == "" && d.kind != nil && !d.gone &&
			slices.Contains([]string{"IstioOperator", "IstioControlPlane", "Istio", "values", "meshConfig"}, d.kind.Kind) {
			count++
		}
	}
	return count == 1
}

// ErrNothing tells that no source holds anything of LightStep's.
var ErrNothing = errors.New("no tracing to LightStep was found")

// ErrPassedOver tells that nothing can be moved, though sources mention LightStep
// or could not be read.
var ErrPassedOver = errors.New("nothing can be moved; what mentions LightStep, and what could not be read, is named above")

package migrate

import (
	"context"
	"fmt"
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
	valueSampling     = "pilot.traceSampling"
	valueNamespaces   = "cacert.namespaces"
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

// settle decides every value.
func (m *decisions) settle(ctx context.Context) error {
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
	if err := m.settleBackend(); err != nil {
		return err
	}
	m.tellVolume()
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

// staysThere says that what a value would have been made of is not LightStep's, and
// stays in the document.
const staysThere = "it stays where it is"

package migrate

import (
	"cmp"
	"context"
)

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
		m.unused[valueToken] = "it is not a token"
		m.hand(valueToken, "the access token is only "+cmp.Or(stands, "a placeholder or a shell variable")+": give the token itself, or create the Secret yourself")
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
	if m.text(valueTokenFrom) == "" {
		m.values[valueTokenFrom] = "lightstep-access-token"
	}
	if m.text(valueTokenKey) == "" {
		delete(m.values, valueTokenKey)
	}
	if _, found := best[valueTokenFrom]; token == "" && !found {
		m.hand(valueTokenFrom, "no access token was found: create Secret lightstep-access-token with the token under the key token, in the namespace istio-system")
	}
	return nil
}

// rotateLiterals names every token that is in plain text, also one that Istio
// does not use because of another setting. placeholders is what is known about
// texts.
func (m *decisions) rotateLiterals(ctx context.Context, placeholders map[string]bool) error {
	for _, c := range m.claims {
		written, _ := c.is.(string)
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
	return nil
}

// rotate tells that a token was stored in plain text.
func (m *decisions) rotate(f Finding) {
	f.Outcome, f.To = Rotate, ""
	f.Text = "the access token was stored in plain text here, and is in the mesh config and in what proxies show: once spans arrive, rotate it and revoke the old one"
	if m.to.backend != nil {
		f.Text = "the access token was stored in plain text here: revoke it once nothing sends to LightStep any more"
	}
	m.note(f)
}

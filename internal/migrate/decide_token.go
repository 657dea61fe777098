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
		m.unused[valueToken] = "it is no token"
		m.hand(valueToken, "what stands for the access token is "+cmp.Or(stands, "a placeholder or a variable of a shell")+": give the token itself, or make the Secret yourself")
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
		m.hand(valueTokenFrom, "no access token was found: make Secret lightstep-access-token with the token under the key token, in the namespace istio-system")
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

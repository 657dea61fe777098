package migrate

import (
	"cmp"
	"maps"
	"regexp"
	"strings"
)

// takeTokenOf takes the token of a collector's exporter, whose settings stand at a
// place: it may be in an extension, or come from a Secret.
func (m *decisions) takeTokenOf(c collectorConfig, d *document, s site) {
	token, _ := headerOf(c.exporter).(string)
	if _, bearer := c.bearer(); bearer != "" {
		m.hide(bearer)
		token = cmp.Or(token, bearer)
	}
	if holder, place, known := c.place(c.tokenPath()); known {
		d, s = holder, place
	}
	if token != "" && !ofEnvironment(token) {
		m.know(d, s, valueToken, token, 45)
		return
	}
	m.noteFallback(d, s, token)
	if secret := m.secretBehind(token, c); secret != nil {
		m.takeSecretBehind(secret)
	} else if token != "" {
		from := "the collector's environment"
		if strings.HasPrefix(token, "${file:") {
			from = "a file that the collector reads"
		}
		c.tell(m.ledger, ByHand, c.tokenPath(), valueTokenFrom, "the token comes from "+from+": name the Secret behind it")
	}
}

// fallback finds what a variable is where nothing sets it, as collectors, shells and Flux have it, and Helm's templates.
var fallback = regexp.MustCompile(`\$\{(?:env:)?[A-Za-z_]\w*:?[-=]([^${}]+)\}|` +
	`\{\{-?[^{}]*\|\s*default\s+["'\x60]([^"'\x60{}]+)["'\x60][^{}]*\}\}|\{\{-?\s*default\s+["'\x60]([^"'\x60{}]+)["'\x60][^{}]*\}\}`)

// fallbackOf gives a text with the defaults of its variables; "" where there is none,
// or one of them has no default.
func fallbackOf(text string) string {
	is := fallback.ReplaceAllString(text, "$1$2$3")
	if is == text || variables.MatchString(is) {
		return ""
	}
	return is
}

// fallbacksIn gives each default that a text has.
func fallbacksIn(text string) (all []string) {
	for _, found := range fallback.FindAllStringSubmatch(text, -1) {
		all = append(all, found[1]+found[2]+found[3])
	}
	return all
}

// noteFallback takes note of a token that is the default of a variable: whatever the
// variable is, the token stands here in plain text.
func (m *decisions) noteFallback(d *document, s site, token string) {
	if is := fallbackOf(token); is != "" {
		m.hide(is)
		m.literals = append(m.literals, claim{value: valueToken, is: is, at: d.found(Rotate, s)})
	}
}

// withoutToken gives the settings of a collector's exporter without the extension
// that sets the token, and the other headers that this sets.
func (m *decisions) withoutToken(c collectorConfig, exporter map[string]any) (settings, others map[string]any) {
	settings = maps.Clone(exporter)
	_, bearer := c.bearer()
	_, kind := c.authenticator()
	if bearer != "" {
		delete(settings, "auth")
	}
	if kind != headersSetter {
		return settings, nil
	}
	header, others := c.setHeaders()
	if header == nil && len(others) > 0 {
		return settings, nil
	}
	delete(settings, "auth")
	if value, _ := header["value"].(string); value == "" {
		c.tell(m.ledger, ByHand, "exporters."+c.name, valueTokenFrom, "this collector sends on the token that came with the spans, and the chart has one token for all of them: "+
			"where there are several projects, keep this collector for the others")
	}
	return settings, others
}

func (m *decisions) takeSecretBehind(v *secretVariable) {
	m.know(v.document, v.site, valueTokenFrom, v.secret, 45)
	m.know(v.document, v.site, "accessTokenFrom.key", v.key, 45)
	from := "the collector's namespace"
	if v.from != "" {
		from = "namespace " + shown(v.from)
	}
	m.askForCopy(v.document, v.site, v.secret, from)
}

// askForCopy asks for a Secret of another namespace in that of the release.
func (m *decisions) askForCopy(d *document, s site, secret, from string) {
	m.tell(d, ByHand, s, valueTokenFrom, "Secret "+shown(secret)+" must be in the namespace of the release too, "+m.releaseNamespace()+": copy it from "+from)
}

// releaseNamespace is where the steps install the chart.
func (m *decisions) releaseNamespace() string {
	return cmp.Or(asName(m.text("istio.namespace")), asName(m.plane.namespace), defaults["istio.namespace"])
}

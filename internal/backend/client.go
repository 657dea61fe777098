package backend

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"strings"
	"time"

	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

// aboutClient tells whether the other side ended TLS for want of a certificate
// of the client's, or for the one that it got: the alerts of RFC 8446, 6.2, as
// Go calls them.
func aboutClient(err error) bool {
	said := err.Error()
	if !strings.Contains(said, "remote error: tls") {
		return false
	}
	for _, alert := range []string{"certificate", "unknown certificate authority", "access denied"} {
		if strings.Contains(said, alert) {
			return true
		}
	}
	return false
}

// clientRefused tells that the backend asks for a certificate of the client's,
// or refuses the one that it got.
func (p *probe) clientRefused(err error) problem.Problem {
	switch {
	case len(p.Certificate) > 0:
		return broken(IDClient, p.places().Client, fmt.Sprintf("%s refuses the client's certificate: %s", p.reached, p.words(err.Error())),
			"give one that a CA of the backend's signed, for client authentication, and that has not expired")
	case p.places() == OfLightStep:
		return broken(IDTLS, p.places().Secure, fmt.Sprintf("%s ended TLS: %s", p.reached, p.words(err.Error())),
			"the backend must not ask for a client certificate")
	}
	return broken(IDClient, p.places().Client, fmt.Sprintf("%s asks for a certificate of the client's: %s", p.reached, p.words(err.Error())),
		"name a Secret with tls.crt and tls.key in "+p.places().Client)
}

// clientEnds tells of a certificate of the client's that has expired or will
// soon: a server that takes it today may refuse it then.
func (p *probe) clientEnds(own []tls.Certificate, now time.Time) []problem.Problem {
	if len(own) == 0 {
		return nil
	}
	leaf, err := x509.ParseCertificate(own[0].Certificate[0])
	switch {
	case err != nil:
		return nil // X509KeyPair parsed it before.
	case now.After(leaf.NotAfter):
		return []problem.Problem{doubtful(IDClient, p.places().Client, "the client's certificate expired on "+day(leaf.NotAfter), "renew it")}
	case leaf.NotAfter.Sub(now) < Notice && leaf.NotAfter.Sub(leaf.NotBefore) > 4*Notice:
		return []problem.Problem{doubtful(IDClient, p.places().Client, "the client's certificate ends on "+day(leaf.NotAfter), "renew it before that day")}
	}
	return nil
}

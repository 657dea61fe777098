package backend

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

// Notice is how long before the end of a backend's certificate a warning is
// given. One that lives less than four times as long is renewed by a program,
// and its end is always near.
const Notice = 7 * 24 * time.Hour

func day(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 MST") }

// judge says all that is wrong with a certificate that was not accepted. A
// verifier stops at the first thing: so date, name and authority are each asked
// by itself.
func (p *probe) judge(unverified *tls.CertificateVerificationError, roots *x509.CertPool, now time.Time) []problem.Problem {
	chain := unverified.UnverifiedCertificates
	leaf := chain[0]
	var problems []problem.Problem
	at := now
	switch {
	case now.After(leaf.NotAfter):
		at = leaf.NotAfter
		problems = append(problems, broken(IDExpired, p.places().Endpoint,
			"the backend's certificate expired on "+day(leaf.NotAfter), "renew it, and have the backend load it"))
	case now.Before(leaf.NotBefore):
		at = leaf.NotBefore
		problems = append(problems, broken(IDExpired, p.places().Endpoint,
			"the backend's certificate is valid only from "+day(leaf.NotBefore), "wait or replace it; see that the clocks here and there are right"))
	}
	if err := leaf.VerifyHostname(p.name()); err != nil {
		problems = append(problems, p.otherName(leaf))
	}
	options := x509.VerifyOptions{Roots: roots, Intermediates: x509.NewCertPool(), CurrentTime: at}
	for _, intermediate := range chain[1:] {
		options.Intermediates.AddCert(intermediate)
	}
	if _, err := leaf.Verify(options); err != nil {
		problems = append(problems, p.unvouched(leaf, err))
	}
	if len(problems) == 0 { // Its time ran out between the handshake and now.
		problems = append(problems, broken(IDTLS, p.places().Endpoint, "the backend's certificate was refused: "+p.words(unverified.Err.Error()), p.places().trust))
	}
	return problems
}

// otherName tells that the certificate is for other names.
func (p *probe) otherName(leaf *x509.Certificate) problem.Problem {
	path, fix := p.places().Endpoint, p.places().rename
	if p.ServerName != "" {
		path = p.places().ServerName
		fix = "set " + path + " to a name that it has"
	}
	return broken(IDName, path, fmt.Sprintf("the backend's certificate is not for %s, but for %s", p.name(), namesOf(leaf)),
		fix)
}

// unvouched tells why no CA vouches for the certificate.
func (p *probe) unvouched(leaf *x509.Certificate, err error) problem.Problem {
	var invalid x509.CertificateInvalidError
	if errors.As(err, &invalid) && invalid.Reason == x509.Expired {
		return broken(IDExpired, p.places().CA, fmt.Sprintf("the CA certificate %q is outside of its time, %s to %s",
			invalid.Cert.Subject.CommonName, day(invalid.Cert.NotBefore), day(invalid.Cert.NotAfter)), "get the CA's current certificate")
	}
	var unknown x509.UnknownAuthorityError
	if !errors.As(err, &unknown) {
		return broken(IDCA, p.places().Endpoint, "the backend's certificate cannot be one of a server: "+p.words(err.Error()),
			"have it made anew, for server authentication, by the CA")
	}
	known := "the public certificate authorities"
	if len(p.Authorities) > 0 {
		known = "the CA that is given"
	}
	signer := cmp.Or(leaf.Issuer.CommonName, leaf.Issuer.String())
	return broken(IDCA, p.places().CA, fmt.Sprintf("the backend's certificate is signed by %q, for which %s %s vouch",
		signer, known, map[bool]string{true: "does not", false: "do not"}[len(p.Authorities) > 0]), p.places().trust)
}

// namesOf lists what names a certificate is for.
func namesOf(leaf *x509.Certificate) string {
	names := append([]string{}, leaf.DNSNames...)
	for _, ip := range leaf.IPAddresses {
		names = append(names, ip.String())
	}
	const most = 8
	switch {
	case len(names) == 0 && leaf.Subject.CommonName != "":
		return fmt.Sprintf("none: its common name %q does not count", leaf.Subject.CommonName)
	case len(names) == 0:
		return "none"
	case len(names) > most:
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
	}
	return strings.Join(names, ", ")
}

func (p *probe) endsSoon(leaf *x509.Certificate, now time.Time) []problem.Problem {
	if left := leaf.NotAfter.Sub(now); left < Notice && leaf.NotAfter.Sub(leaf.NotBefore) > 4*Notice {
		return []problem.Problem{doubtful(IDExpiresSoon, p.places().Endpoint,
			fmt.Sprintf("the backend's certificate ends on %s (%d days left)", day(leaf.NotAfter), int(left.Hours()/24)), "renew it before that day")}
	}
	return nil
}

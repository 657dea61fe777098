package backend

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

// errNoAuthority says that there is nothing to verify a backend by.
var errNoAuthority = errors.New("the CA's PEM holds no certificate")

// alpn is the name of HTTP/2 in a handshake (RFC 9113, 3.2).
const alpn = "h2"

// tlsConfig is that of a collector's exporter: TLS 1.2 or later, the CAs given
// in the place of the public ones. It fails where a PEM holds nothing of use.
func (p *probe) tlsConfig() (*tls.Config, error) {
	config := &tls.Config{ServerName: p.name(), MinVersion: tls.VersionTLS12, NextProtos: []string{alpn}, InsecureSkipVerify: p.Unverified} //nolint:gosec // as the values ask for
	if p.Protocol == HTTP {
		config.NextProtos = []string{alpn, "http/1.1"}
	}
	if len(p.Authorities) > 0 {
		config.RootCAs = x509.NewCertPool()
		if p.PublicToo {
			if public, err := x509.SystemCertPool(); err == nil {
				config.RootCAs = public
			}
		}
		if !config.RootCAs.AppendCertsFromPEM(p.Authorities) {
			return nil, errNoAuthority
		}
	}
	if len(p.Certificate) > 0 {
		own, err := tls.X509KeyPair(p.Certificate, p.Key)
		if err != nil {
			return nil, fmt.Errorf("the client's certificate and key cannot be used: %w", err)
		}
		config.Certificates = []tls.Certificate{own}
	}
	return config, nil
}

// handshake speaks TLS over the connection.
func (p *probe) handshake(ctx context.Context) (string, []problem.Problem) {
	config, err := p.tlsConfig()
	if err != nil {
		if errors.Is(err, errNoAuthority) {
			return p.fail("ca-empty")
		}
		return p.fail("client-pem", "said", p.words(err.Error()))
	}
	secured := tls.Client(p.conn, config)
	if err := secured.HandshakeContext(ctx); err != nil {
		return p.refusedHandshake(ctx, err, config.RootCAs)
	}
	p.conn = secured
	state := secured.ConnectionState()
	p.alpn = state.NegotiatedProtocol
	leaf := state.PeerCertificates[0]
	seen := fmt.Sprintf("%s, certificate for %s until %s", tls.VersionName(state.Version), namesOf(leaf), day(leaf.NotAfter))
	return seen, append(p.endsSoon(leaf, time.Now()), p.clientEnds(config.Certificates, time.Now())...)
}

// refusedHandshake tells why a handshake failed.
func (p *probe) refusedHandshake(ctx context.Context, err error, roots *x509.CertPool) (string, []problem.Problem) {
	var unverified *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	switch {
	case errors.As(err, &unverified):
		return "", p.judge(unverified, roots, time.Now())
	case errors.As(err, &record), hangsUp(err) && p.speaksPlainHTTP2(ctx):
		return p.fail("wants-plaintext")
	case isTimeout(err):
		return p.fail("tls-silent")
	case strings.Contains(err.Error(), "no application protocol"):
		return p.fail("http2-none")
	case aboutClient(err):
		return p.clientRefused(err)
	}
	return p.fail("tls-failed", "said", p.words(err.Error()))
}

// hangsUp tells whether the other side ended the connection without a word.
func hangsUp(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}

// speaksPlainHTTP2 tries whether the other side answers HTTP/2 in clear, as a
// gRPC server does that hangs up on a handshake.
func (p *probe) speaksPlainHTTP2(ctx context.Context) bool {
	conn, err := p.open(ctx)
	if err != nil {
		return false
	}
	defer conn.Close() //nolint:errcheck // only read from
	answer, err := exchangePreface(ctx, conn)
	return err == nil && isSettings(answer)
}

// speaksTLS tries whether the other side shakes hands, as a server does that
// hangs up on what is in clear. Whether its certificate is good does not matter.
func (p *probe) speaksTLS(ctx context.Context) bool {
	conn, err := p.open(ctx)
	if err != nil {
		return false
	}
	defer conn.Close() //nolint:errcheck // nothing was sent
	err = tls.Client(conn, &tls.Config{ServerName: p.name(), MinVersion: tls.VersionTLS12}).HandshakeContext(ctx)
	var unverified *tls.CertificateVerificationError
	return err == nil || errors.As(err, &unverified) || strings.Contains(err.Error(), "remote error: tls")
}

// alertAfter gives what ends a connection right after its handshake: a server of
// TLS 1.3 refuses a client's certificate only then, and a client that is sending
// may see the connection close and not the reason.
func (p *probe) alertAfter(ctx context.Context) error {
	config, err := p.tlsConfig()
	if err != nil {
		return nil
	}
	config.NextProtos = []string{"h2", "http/1.1"}
	conn, err := p.open(ctx)
	if err != nil {
		return nil
	}
	defer conn.Close() //nolint:errcheck // nothing was sent
	limited, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	defer bound(limited, conn)()
	secured := tls.Client(conn, config)
	if err := secured.HandshakeContext(limited); err != nil {
		return err
	}
	_, err = secured.Read(make([]byte, 1))
	return err
}

// patience is how long a server may take to refuse what it got.
const patience = 3 * time.Second

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
func (p *probe) clientRefused(err error) (string, []problem.Problem) {
	row := "client-asked"
	switch {
	case len(p.Certificate) > 0:
		row = "client-refused"
	case p.places() == OfLightStep:
		row = "tls-asks"
	}
	return p.fail(row, "said", p.words(err.Error()))
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
		return []problem.Problem{p.problem("client-expired", "day", day(leaf.NotAfter))}
	case leaf.NotAfter.Sub(now) < Notice && leaf.NotAfter.Sub(leaf.NotBefore) > 4*Notice:
		return []problem.Problem{p.problem("client-ends", "day", day(leaf.NotAfter))}
	}
	return nil
}

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
		problems = append(problems, p.problem("certificate-expired", "day", day(leaf.NotAfter)))
	case now.Before(leaf.NotBefore):
		at = leaf.NotBefore
		problems = append(problems, p.problem("certificate-early", "day", day(leaf.NotBefore)))
	}
	if err := leaf.VerifyHostname(p.name()); err != nil {
		row := "certificate-name"
		if p.ServerName != "" {
			row = "certificate-override"
		}
		problems = append(problems, p.problem(row, "names", namesOf(leaf)))
	}
	options := x509.VerifyOptions{Roots: roots, Intermediates: x509.NewCertPool(), CurrentTime: at}
	for _, intermediate := range chain[1:] {
		options.Intermediates.AddCert(intermediate)
	}
	if _, err := leaf.Verify(options); err != nil {
		problems = append(problems, p.unvouched(leaf, err))
	}
	if len(problems) == 0 { // Its time ran out between the handshake and now.
		problems = append(problems, p.problem("certificate-refused", "said", p.words(unverified.Err.Error())))
	}
	return problems
}

// unvouched tells why no CA vouches for the certificate.
func (p *probe) unvouched(leaf *x509.Certificate, err error) problem.Problem {
	var invalid x509.CertificateInvalidError
	if errors.As(err, &invalid) && invalid.Reason == x509.Expired {
		return p.problem("ca-expired", "name", strconv.Quote(invalid.Cert.Subject.CommonName), "from", day(invalid.Cert.NotBefore), "to", day(invalid.Cert.NotAfter))
	}
	var unknown x509.UnknownAuthorityError
	if !errors.As(err, &unknown) {
		return p.problem("certificate-use", "said", p.words(err.Error()))
	}
	known := "the public certificate authorities do not"
	if len(p.Authorities) > 0 {
		known = "the CA that is given does not"
	}
	signer := cmp.Or(leaf.Issuer.CommonName, leaf.Issuer.String())
	return p.problem("ca-unknown", "signer", strconv.Quote(signer), "known", known)
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
		return []problem.Problem{p.problem("certificate-ends", "day", day(leaf.NotAfter), "days", int(left.Hours()/24))}
	}
	return nil
}

// prefaceText is what a client of HTTP/2 begins with: a fixed text and an empty
// SETTINGS frame (RFC 9113, 3.4). The server answers with a SETTINGS frame.
const prefaceText = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + "\x00\x00\x00\x04\x00\x00\x00\x00\x00"

// frameHeader is the length of a frame's header.
const frameHeader = 9

// exchangePreface sends the preface and gives the head of what comes back.
func exchangePreface(ctx context.Context, conn net.Conn) ([]byte, error) {
	defer bound(ctx, conn)()
	if _, err := io.WriteString(conn, prefaceText); err != nil {
		return nil, err
	}
	answer := make([]byte, frameHeader)
	n, err := io.ReadAtLeast(conn, answer, 5)
	return answer[:n], err
}

// isSettings tells whether bytes are the head of a SETTINGS frame: its length,
// then its type, 4.
func isSettings(answer []byte) bool { return len(answer) > 3 && answer[3] == 4 && answer[0] == 0 }

// isAlert tells whether bytes are a TLS alert (RFC 8446, 5.1).
func isAlert(answer []byte) bool { return len(answer) > 1 && answer[0] == 0x15 && answer[1] == 3 }

// preface finds out whether the other side speaks HTTP/2. It is the last thing
// that is done with the connection.
func (p *probe) preface(ctx context.Context) (string, []problem.Problem) {
	defer p.close()
	if p.Secure && p.alpn != alpn {
		return p.fail("http2-none")
	}
	answer, err := exchangePreface(ctx, p.conn)
	switch {
	case err == nil && isSettings(answer):
		return "", nil
	case !p.Secure && (isAlert(answer) || hangsUp(err) && p.speaksTLS(ctx)):
		return p.fail("wants-tls")
	case isTimeout(err):
		return p.fail("http2-silent")
	case err != nil && aboutClient(err):
		return p.clientRefused(err)
	}
	return p.fail("http2-none")
}

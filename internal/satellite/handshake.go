package satellite

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"strings"
	"syscall"
	"time"

	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

// alpn is the name of HTTP/2 in a handshake (RFC 9113, 3.2).
const alpn = "h2"

// tlsConfig is that of a collector's exporter: TLS 1.2 or later, the CAs given
// in the place of the public ones. It fails where the PEM holds no certificate.
func (p *probe) tlsConfig() (*tls.Config, error) {
	config := &tls.Config{ServerName: p.name(), MinVersion: tls.VersionTLS12, NextProtos: []string{alpn}}
	if len(p.Authorities) > 0 {
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(p.Authorities) {
			return nil, errors.New("the CA's PEM holds no certificate")
		}
	}
	return config, nil
}

// handshake speaks TLS over the connection.
func (p *probe) handshake(ctx context.Context) (string, []problem.Problem) {
	config, err := p.tlsConfig()
	if err != nil {
		return "", []problem.Problem{broken(IDCA, pathCA, err.Error(), caFix)}
	}
	secured := tls.Client(p.conn, config)
	if err := secured.HandshakeContext(ctx); err != nil {
		return "", p.refusedHandshake(ctx, err, config.RootCAs)
	}
	p.conn = secured
	state := secured.ConnectionState()
	p.alpn = state.NegotiatedProtocol
	leaf := state.PeerCertificates[0]
	seen := fmt.Sprintf("%s, certificate for %s until %s", tls.VersionName(state.Version), namesOf(leaf), day(leaf.NotAfter))
	return seen, endsSoon(leaf, time.Now())
}

// refusedHandshake tells why a handshake failed.
func (p *probe) refusedHandshake(ctx context.Context, err error, roots *x509.CertPool) []problem.Problem {
	var unverified *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	switch {
	case errors.As(err, &unverified):
		return p.judge(unverified, roots, time.Now())
	case errors.As(err, &record), hangsUp(err) && p.speaksPlainHTTP2(ctx):
		return []problem.Problem{broken(IDPlaintext, pathSecure, p.reached+" speaks plain text, not TLS",
			"use the satellite's TLS port; if it truly has none, set global.tracer.lightstep.secure to false")}
	case isTimeout(err):
		return []problem.Problem{broken(IDTLS, pathSecure, p.reached+" took the connection but did not answer the TLS handshake in time",
			"see that this is the satellite's TLS port, and that what stands between is not half-open")}
	case strings.Contains(err.Error(), "no application protocol"):
		return []problem.Problem{noHTTP2(p.reached)}
	default:
		return []problem.Problem{broken(IDTLS, pathSecure, fmt.Sprintf("the TLS handshake with %s failed: %s", p.reached, words(err.Error(), p.Token)),
			"see that this is the satellite's TLS port, that it knows the name "+p.name()+", takes TLS 1.2 or later and wants no client certificate")}
	}
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

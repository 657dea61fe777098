package backend

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
			return "", []problem.Problem{broken(IDCA, p.places().CA, err.Error(), p.places().trust)}
		}
		return "", []problem.Problem{broken(IDClient, p.places().Client, p.words(err.Error()), "write the certificate and its key into the Secret, as PEM")}
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
	return seen, append(p.endsSoon(leaf, time.Now()), p.clientEnds(config.Certificates, time.Now())...)
}

// refusedHandshake tells why a handshake failed.
func (p *probe) refusedHandshake(ctx context.Context, err error, roots *x509.CertPool) []problem.Problem {
	var unverified *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	switch {
	case errors.As(err, &unverified):
		return p.judge(unverified, roots, time.Now())
	case errors.As(err, &record), hangsUp(err) && p.speaksPlainHTTP2(ctx):
		return []problem.Problem{broken(IDPlaintext, p.places().Secure, p.reached+" speaks plain text, not TLS",
			"use the backend's TLS port; if it truly has none, "+p.places().decrypt)}
	case isTimeout(err):
		return []problem.Problem{broken(IDTLS, p.places().Secure, p.reached+" took the connection but did not answer the TLS handshake in time",
			"see that this is the backend's TLS port, and that what stands between is not half-open")}
	case strings.Contains(err.Error(), "no application protocol"):
		return []problem.Problem{p.noHTTP2()}
	case aboutClient(err):
		return []problem.Problem{p.clientRefused(err)}
	default:
		return []problem.Problem{broken(IDTLS, p.places().Secure, fmt.Sprintf("the TLS handshake with %s failed: %s", p.reached, p.words(err.Error())),
			"see that this is the backend's TLS port, that it knows the name "+p.name()+" and takes TLS 1.2 or later")}
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

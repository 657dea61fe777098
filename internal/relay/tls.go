package relay

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"math/big"
	"net"
	"time"

	"google.golang.org/grpc/credentials"

	"github.com/istio-lightstep/istio-lightstep/internal/bounded"
)

// pems are the files of TLS as they are now.
type pems struct{ ca, cert, key string }

func (r Receiver) pems() (pems, error) {
	var p pems
	for file, into := range map[string]*string{r.CAFile: &p.ca, r.CertFile: &p.cert, r.KeyFile: &p.key} {
		if file == "" {
			continue
		}
		text, err := bounded.File(file, bounded.Secret)
		if err != nil {
			return pems{}, err
		}
		*into = string(text)
	}
	return p, nil
}

// config is how to speak TLS to a receiver with these.
func (p pems) config(serverName string) (*tls.Config, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: serverName}
	if p.ca != "" {
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM([]byte(p.ca)) {
			return nil, errors.New("the CA's PEM holds no certificate")
		}
	}
	if p.cert != "" || p.key != "" {
		pair, err := tls.X509KeyPair([]byte(p.cert), []byte(p.key))
		if err != nil {
			return nil, fmt.Errorf("the client's certificate: %w", err)
		}
		config.Certificates = []tls.Certificate{pair}
	}
	return config, nil
}

// fresh reads the files of TLS for every connection.
type fresh struct {
	credentials.TransportCredentials
	receiver Receiver
}

// ClientHandshake speaks TLS with the CA and the client's certificate as they are now.
func (f *fresh) ClientHandshake(ctx context.Context, authority string, conn net.Conn) (net.Conn, credentials.AuthInfo, error) {
	now, err := f.receiver.pems()
	if err != nil {
		return nil, nil, err
	}
	config, err := now.config(f.receiver.ServerName)
	if err != nil {
		return nil, nil, err
	}
	return credentials.NewTLS(config).ClientHandshake(ctx, authority, conn)
}

// Clone gives another of the same.
func (f *fresh) Clone() credentials.TransportCredentials {
	return &fresh{TransportCredentials: f.TransportCredentials.Clone(), receiver: f.receiver}
}

// ownCertificate is for the loopback of the pod, where nothing has to be
// verified: an authenticator of the collector sends no credential by gRPC
// without TLS.
func ownCertificate() (credentials.TransportCredentials, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make a key: %w", err)
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano()), Subject: pkix.Name{CommonName: "relay"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: now.Add(-24 * time.Hour), NotAfter: now.AddDate(100, 0, 0), KeyUsage: x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, fmt.Errorf("make a certificate: %w", err)
	}
	return credentials.NewTLS(&tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}), nil
}

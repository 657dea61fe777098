package spantest

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/http"
	"time"
)

// Client makes an HTTP client that trusts the certificates of a PEM file's content
// besides those of the system, for a gateway or a source with a private CA. A nil PEM adds
// none. The error says that the PEM holds no certificate.
func Client(pem []byte) (*http.Client, error) {
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool()
	}
	if len(pem) > 0 && !roots.AppendCertsFromPEM(pem) {
		return nil, errors.New("the PEM of the certificate authority holds no certificate")
	}
	transport, ok := http.DefaultTransport.(*http.Transport)
	if !ok {
		transport = &http.Transport{Proxy: http.ProxyFromEnvironment}
	}
	transport = transport.Clone()
	transport.TLSClientConfig = &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	return &http.Client{Transport: transport, Timeout: time.Minute}, nil
}

package doctor

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"time"
)

// WriteCertificates writes what breakages put in the CA's place: expired.crt and
// other.crt, CAs of nobody; soon.crt, the right CA with one beside it that
// expires in a week; leaf.crt, no CA; key.pem, the right CA with a private key
// beside it; and Cert_Auth.crt, the right CA alone.
func (s *Shell) WriteCertificates(right, leaf []byte) error {
	now := time.Now()
	for name, ends := range map[string]time.Time{
		"expired.crt": now.Add(-24 * time.Hour), "soon.crt": now.AddDate(0, 0, 7), "other.crt": now.AddDate(1, 0, 0),
	} {
		text, _, err := authority(name, ends)
		if err != nil {
			return err
		}
		if name == "soon.crt" {
			text = append(append([]byte{}, right...), text...)
		}
		if err := s.File(name, text); err != nil {
			return err
		}
	}
	_, key, err := authority("key", now.AddDate(1, 0, 0))
	if err != nil {
		return err
	}
	if err := s.File("key.pem", append(append([]byte{}, right...), key...)); err != nil {
		return err
	}
	if err := s.File("leaf.crt", leaf); err != nil {
		return err
	}
	return s.File("Cert_Auth.crt", right)
}

// authority makes a CA that was valid for the year before it ends, as PEM.
func authority(name string, ends time.Time) (certificate, key []byte, err error) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, fmt.Errorf("key of %s: %w", name, err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(ends.Unix()), Subject: pkix.Name{CommonName: name},
		NotBefore: ends.AddDate(-2, 0, 0), NotAfter: ends,
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		return nil, nil, fmt.Errorf("certificate of %s: %w", name, err)
	}
	text, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return nil, nil, fmt.Errorf("key of %s: %w", name, err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: text}), nil
}

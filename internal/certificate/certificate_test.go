package certificate

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

var now = time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC)

const day = 24 * time.Hour

// issue makes a self-signed certificate and its key, both PEM.
func issue(tb testing.TB, change func(*x509.Certificate)) (cert, key string) {
	tb.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(tb, err)
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(7),
		Subject:               pkix.Name{CommonName: "pool CA"},
		NotBefore:             now.Add(-day),
		NotAfter:              now.Add(365 * day),
		IsCA:                  true,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageCertSign,
	}
	if change != nil {
		change(template)
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	require.NoError(tb, err)
	pkcs8, err := x509.MarshalPKCS8PrivateKey(private)
	require.NoError(tb, err)
	return block("CERTIFICATE", der), block("PRIVATE KEY", pkcs8)
}

func block(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

func TestCheck(t *testing.T) {
	good, key := issue(t, nil)
	other, _ := issue(t, func(c *x509.Certificate) { c.Subject.CommonName = "second CA" })
	leaf, _ := issue(t, func(c *x509.Certificate) { c.IsCA = false; c.Subject.CommonName = "satellite.pool" })
	unmarked, _ := issue(t, func(c *x509.Certificate) { c.IsCA = false; c.BasicConstraintsValid = false })
	noSigning, _ := issue(t, func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageDigitalSignature })
	noUsage, _ := issue(t, func(c *x509.Certificate) { c.KeyUsage = 0 })
	nameless, _ := issue(t, func(c *x509.Certificate) { c.Subject = pkix.Name{}; c.IsCA = false })
	ends := func(at time.Time) string {
		pem, _ := issue(t, func(c *x509.Certificate) { c.NotBefore = now.Add(-1000 * day); c.NotAfter = at })
		return pem
	}
	later, _ := issue(t, func(c *x509.Certificate) { c.NotBefore = now.Add(time.Second) })

	for name, test := range map[string]struct {
		text string
		want []string // severity, id and reason of each problem
	}{
		"one CA":                  {text: good},
		"two CAs":                 {text: good + other},
		"comments before a block": {text: "# the pool's CA\n" + good + "\nsubject=second\n" + other + "\n \n"},
		"no key usage":            {text: noUsage},
		"nothing":                 {text: " \n"},
		"text": {text: "collector-grpc.lightstep.com", want: []string{
			"error LS-CA-PEM is not PEM text",
		}},
		"text of sops": {text: `{"data": "ENC[AES256_GCM,data:a,iv:b,tag:c,type:str]", "sops": {}}`, want: []string{
			"error LS-CA-PEM is encrypted",
		}},
		"text of Ansible": {text: "$ANSIBLE_VAULT;1.1;AES256\n6162\n", want: []string{
			"error LS-CA-PEM is encrypted",
		}},
		"base64 without the lines around it": {text: strings.Join(strings.Split(good, "\n")[1:3], "\n"), want: []string{
			"error LS-CA-PEM is not PEM text",
		}},
		"line breaks lost": {text: strings.ReplaceAll(good, "\n", " "), want: []string{
			"error LS-CA-PEM PEM block 1 is truncated, damaged or indented",
		}},
		"cut short": {text: good + other[:100], want: []string{
			"error LS-CA-PEM PEM block 2 is truncated, damaged or indented",
		}},
		"damaged before a good one": {text: other[:100] + "\n" + good, want: []string{
			"error LS-CA-PEM PEM block 1 is truncated, damaged or indented",
		}},
		"trailing text": {text: good + "EOF\n", want: []string{
			"error LS-CA-PEM has text after the last certificate",
		}},
		"a request": {text: block("CERTIFICATE REQUEST", []byte("x")), want: []string{
			"error LS-CA-PEM PEM block 1 is not a certificate",
		}},
		"no certificate inside": {text: block("CERTIFICATE", []byte("x")), want: []string{
			"error LS-CA-PEM PEM block 1 does not contain a readable certificate",
		}},
		"key after the CA": {text: good + key, want: []string{
			"error LS-CA-PRIVATE-KEY PEM block 2 is a private key, which would be copied to every namespace listed",
		}},
		"key cut short": {text: key[:60], want: []string{
			"error LS-CA-PEM PEM block 1 is truncated, damaged or indented",
			"error LS-CA-PRIVATE-KEY PEM block 1 is a private key, which would be copied to every namespace listed",
		}},
		"old key form": {text: block("RSA PRIVATE KEY", []byte("x")), want: []string{
			"error LS-CA-PRIVATE-KEY PEM block 1 is a private key, which would be copied to every namespace listed",
		}},
		"leaf": {text: leaf, want: []string{
			`error LS-CA-LEAF certificate 1 ("satellite.pool") is not a CA certificate`,
		}},
		"not marked as a CA": {text: unmarked, want: []string{
			`error LS-CA-LEAF certificate 1 ("pool CA") is not a CA certificate`,
		}},
		"may not sign": {text: noSigning, want: []string{
			`error LS-CA-LEAF certificate 1 ("pool CA") is not a CA certificate`,
		}},
		"no subject": {text: nameless, want: []string{
			`error LS-CA-LEAF certificate 1 (serial number 7) is not a CA certificate`,
		}},
		"expired a second ago": {text: ends(now.Add(-time.Second)), want: []string{
			`error LS-CA-EXPIRED certificate 1 ("pool CA") expired on 2026-06-15 11:59 UTC`,
		}},
		"last second of its life": {text: ends(now), want: []string{
			`warning LS-CA-EXPIRES-SOON certificate 1 ("pool CA") expires on 2026-06-15 12:00 UTC (0 days left)`,
		}},
		"29 days left": {text: ends(now.Add(30*day - time.Second)), want: []string{
			`warning LS-CA-EXPIRES-SOON certificate 1 ("pool CA") expires on 2026-07-15 11:59 UTC (29 days left)`,
		}},
		"30 days left": {text: ends(now.Add(30 * day))},
		"not yet valid": {text: later, want: []string{
			`error LS-CA-NOT-YET-VALID certificate 1 ("pool CA") is valid only from 2026-06-15 12:00 UTC`,
		}},
		"errors before warnings": {text: ends(now.Add(day)) + leaf, want: []string{
			`error LS-CA-LEAF certificate 2 ("satellite.pool") is not a CA certificate`,
			`warning LS-CA-EXPIRES-SOON certificate 1 ("pool CA") expires on 2026-06-16 12:00 UTC (1 days left)`,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, p := range Check("cacert.pem", test.text, now) {
				assert.Equal(t, "cacert.pem", p.Path)
				assert.NotEmpty(t, p.Fix)
				got = append(got, fmt.Sprintf("%s %s %s", p.Severity, p.ID, p.Reason))
			}
			assert.Equal(t, test.want, got)
		})
	}
}

// A self-signed certificate from before X.509 version 3 has no CA mark, and
// verifiers take it as a root. Go cannot issue one, so its fields are set here.
func TestVersion1Root(t *testing.T) {
	cert := &x509.Certificate{Version: 1, RawSubject: []byte("a"), RawIssuer: []byte("a")}
	assert.True(t, isAuthority(cert))
	cert.RawIssuer = []byte("b")
	assert.False(t, isAuthority(cert))
}

func FuzzPEM(f *testing.F) {
	good, key := issue(f, nil)
	f.Add(good)
	f.Add(good + key)
	f.Add(good[:100] + good)
	f.Add("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n")
	f.Fuzz(func(t *testing.T, text string) {
		for _, p := range Check("cacert.pem", text, now) {
			if p.Severity != problem.SeverityError && p.Severity != problem.SeverityWarning {
				t.Fatalf("no severity: %v", p)
			}
			// No stretch of the text's base64 may be repeated.
			for _, line := range strings.Fields(text) {
				if len(line) >= 40 && strings.Contains(p.Reason+p.Fix, line) {
					t.Fatalf("%q repeats %q", p.Reason, line)
				}
			}
		}
	})
}

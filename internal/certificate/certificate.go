package certificate

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

// Notice is how long before the end of a certificate a warning is given.
const Notice = 30 * 24 * time.Hour

// Check gives all problems of the PEM text at a values path, such as
// cacert.pem, at a time. Several certificates are fine, each is checked, and
// so are comments before them. An empty text has no problems: whether one is
// needed is not asked here.
func Check(path, text string, now time.Time) []problem.Problem {
	if strings.TrimSpace(text) == "" {
		return nil
	}
	c := checker{path: path, now: now}
	c.text([]byte(text))
	problem.Sort(c.problems)
	return c.problems
}

type checker struct {
	path     string
	now      time.Time
	problems []problem.Problem
}

func (c *checker) add(severity problem.Severity, id, reason, fix string) {
	c.problems = append(c.problems, problem.Problem{ID: id, Severity: severity, Path: c.path, Reason: reason, Fix: fix})
}

// begin starts a block. What pem.Decode passes over and has it is a block cut
// short, damaged or indented.
var begin = []byte("-----BEGIN")

// encrypted is text of sops, Ansible, age, git-crypt or openssl that was not decrypted.
var encrypted = regexp.MustCompile(`ENC\[[A-Z0-9_]+,|^\s*\$ANSIBLE_VAULT;|^\x00GITCRYPT|^age-encryption\.org/|^Salted__`)

const pemFix = "set the pool's CA certificate as PEM, from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----, with its line breaks"

// text checks every block of a text.
func (c *checker) text(text []byte) {
	number := 0
	for rest := text; ; {
		from := rest
		var block *pem.Block
		block, rest = pem.Decode(from)
		if block == nil {
			c.trailer(from, number)
			return
		}
		if passed := from[:len(from)-len(rest)]; bytes.Count(passed, begin) > 1 {
			number++
			c.damaged(passed, number)
		}
		number++
		c.block(block, number)
	}
}

// trailer checks what is left behind the last block.
func (c *checker) trailer(rest []byte, blocks int) {
	switch {
	case bytes.Contains(rest, begin):
		c.damaged(rest, blocks+1)
	case blocks == 0 && encrypted.Match(rest):
		c.add(problem.SeverityError, "LS-CA-PEM", "is encrypted", "decrypt it first, for example with `sops --decrypt` or `ansible-vault decrypt`: it must be a PEM certificate")
	case blocks == 0:
		c.add(problem.SeverityError, "LS-CA-PEM", "is not PEM text", pemFix)
	case len(bytes.TrimSpace(rest)) > 0:
		c.add(problem.SeverityError, "LS-CA-PEM", "has text after the last certificate", "remove everything after the last -----END CERTIFICATE-----")
	}
}

// damaged reports a block that cannot be decoded.
func (c *checker) damaged(text []byte, number int) {
	c.add(problem.SeverityError, "LS-CA-PEM", fmt.Sprintf("PEM block %d is truncated, damaged or indented", number), pemFix)
	_, after, _ := bytes.Cut(text, begin)
	line, _, _ := bytes.Cut(after, []byte("\n"))
	if bytes.Contains(line, []byte("PRIVATE KEY")) {
		c.privateKey(number)
	}
}

// privateKey reports a block that is a private key.
func (c *checker) privateKey(number int) {
	c.add(problem.SeverityError, "LS-CA-PRIVATE-KEY",
		fmt.Sprintf("PEM block %d is a private key, which would be copied to every namespace listed", number),
		"remove the key and keep only certificates; if it was ever stored with the values, rotate it")
}

// block checks one PEM block, counted from 1.
func (c *checker) block(block *pem.Block, number int) {
	switch {
	case strings.HasSuffix(block.Type, "PRIVATE KEY"):
		c.privateKey(number)
		return
	case block.Type != "CERTIFICATE":
		c.add(problem.SeverityError, "LS-CA-PEM", fmt.Sprintf("PEM block %d is not a certificate", number), pemFix)
		return
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		c.add(problem.SeverityError, "LS-CA-PEM", fmt.Sprintf("PEM block %d does not contain a readable certificate", number), pemFix)
		return
	}
	c.certificate(cert, number)
}

// certificate checks a certificate that could be read.
func (c *checker) certificate(cert *x509.Certificate, number int) {
	name := fmt.Sprintf("certificate %d (%s)", number, subject(cert))
	if !isAuthority(cert) {
		c.add(problem.SeverityError, "LS-CA-LEAF", name+" is not a CA certificate",
			"use the certificate of the CA that signed the satellite pool's certificate, not the pool's certificate")
	}
	const date = "2006-01-02 15:04 MST"
	starts, ends := cert.NotBefore.UTC().Format(date), cert.NotAfter.UTC().Format(date)
	switch {
	case c.now.After(cert.NotAfter):
		c.add(problem.SeverityError, "LS-CA-EXPIRED", name+" expired on "+ends, "get the CA's current certificate")
	case c.now.Before(cert.NotBefore):
		c.add(problem.SeverityError, "LS-CA-NOT-YET-VALID", name+" is valid only from "+starts, "use the CA's current certificate, or wait; check this machine's clock")
	case cert.NotAfter.Sub(c.now) < Notice:
		c.add(problem.SeverityWarning, "LS-CA-EXPIRES-SOON",
			fmt.Sprintf("%s expires on %s (%d days left)", name, ends, int(cert.NotAfter.Sub(c.now).Hours()/24)),
			"add the CA's next certificate beside this one before that day")
	}
}

// isAuthority tells whether a verifier takes the certificate as a CA's: one
// with the CA mark of version 3 and, where key usage is limited, the right to
// sign certificates; or a self-signed one from before version 3.
func isAuthority(cert *x509.Certificate) bool {
	if cert.Version < 3 {
		return bytes.Equal(cert.RawSubject, cert.RawIssuer)
	}
	return cert.IsCA && (cert.KeyUsage == 0 || cert.KeyUsage&x509.KeyUsageCertSign != 0)
}

// subject names a certificate by its common name, or else its whole subject,
// or else its serial number, and cuts what is too long to read.
func subject(cert *x509.Certificate) string {
	name := cert.Subject.CommonName
	if name == "" {
		name = cert.Subject.String()
	}
	if name == "" {
		return "serial number " + cert.SerialNumber.String()
	}
	if len(name) > 80 {
		name = name[:80] + "..."
	}
	return strconv.Quote(name)
}

package satellite

import (
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/cluster/clustertest"
)

// What the satellite takes and shows is in its Secret, with tokens as they are.
func TestConfiguration(t *testing.T) {
	t.Parallel()
	server, c := clustertest.New(t, "")
	authority, err := NewAuthority("a pool")
	require.NoError(t, err)
	s := &Satellite{Recorder: Recorder{Namespace: "lightstep-1", cluster: c}, Authority: authority, tokens: []string{`a"b/c+1==`, "second: #"}}
	assert.Equal(t, "lightstep-satellite.lightstep-1:9292", s.Address())
	s.certificate, err = authority.Issue(s.Host())
	require.NoError(t, err)
	require.NoError(t, s.configure(t.Context()))
	var secret struct {
		Data, StringData map[string]string
	}
	require.NoError(t, json.Unmarshal([]byte(server.Objects(t)["/api/v1/namespaces/lightstep-1/secrets/lightstep-satellite"]), &secret))
	text := secret.StringData["config.yaml"]
	if text == "" {
		decoded, err := base64.StdEncoding.DecodeString(secret.Data["config.yaml"])
		require.NoError(t, err)
		text = string(decoded)
	}
	var config struct {
		Extensions struct{ Bearertokenauth struct{ Tokens []string } }
	}
	require.NoError(t, yaml.Unmarshal([]byte(text), &config), text)
	assert.Equal(t, s.tokens, config.Extensions.Bearertokenauth.Tokens)
	assert.Equal(t, s.tokens[0], s.Token())
}

// A certificate is valid for its names and by its authority, and by no other.
func TestCertificates(t *testing.T) {
	t.Parallel()
	authority, err := NewAuthority("a pool")
	require.NoError(t, err)
	other, err := NewAuthority("another pool")
	require.NoError(t, err)
	issued, err := authority.Issue("satellite.example")
	require.NoError(t, err)
	block, _ := pem.Decode(issued.Certificate)
	certificate, err := x509.ParseCertificate(block.Bytes)
	require.NoError(t, err)
	verify := func(a *Authority, name string) error {
		roots := x509.NewCertPool()
		require.True(t, roots.AppendCertsFromPEM(a.PEM()))
		_, err := certificate.Verify(x509.VerifyOptions{Roots: roots, DNSName: name})
		return err
	}
	require.NoError(t, verify(authority, "satellite.example"))
	require.Error(t, verify(authority, "elsewhere.example"))
	require.Error(t, verify(other, "satellite.example"))
}

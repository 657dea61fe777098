package conformance_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/test/ports"
)

// Credentials of OAuth 2 that the fake of a token server and the collector share.
const clientID, clientSecret = "istio", "an-example-of-a-client-secret"

// renewed is how many seconds before a token expires the collector renews it.
const renewed = 300

// TestOAuth2 has the collector, as it is rendered for the block of
// docs/backends.md about oauth2client, ask a token server for a token, send 1,000
// traces with it to a backend that takes no other, and renew it some seconds
// later, minutes before it expires, by each protocol.
func TestOAuth2(t *testing.T) {
	page, err := os.ReadFile("../../docs/backends.md")
	require.NoError(t, err)
	block := regexp.MustCompile("(?s)\n```yaml\n([^`]*oauth2client:[^`]*)\n```\n").FindSubmatch(page)
	require.NotNil(t, block, "docs/backends.md has no block with oauth2client")
	const tokenURL = "https://login.example.com/oauth2/token" // of the example in the page
	require.Contains(t, string(block[1]), tokenURL)

	for protocol, endpoint := range map[string]string{"grpc": "otlp.example.com:443", "http": "https://otlp.example.com"} {
		t.Run(protocol, func(t *testing.T) {
			var tokens atomic.Int32
			var issued atomic.Value
			issued.Store("the-first-token")
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				id, secret, _ := r.BasicAuth()
				if r.Method != http.MethodPost || r.FormValue("grant_type") != "client_credentials" || id != clientID || secret != clientSecret {
					http.Error(w, `{"error": "invalid_client"}`, http.StatusUnauthorized)
					return
				}
				tokens.Add(1)
				w.Header().Set("Content-Type", "application/json")
				_, _ = fmt.Fprintf(w, `{"access_token": %q, "token_type": "Bearer", "expires_in": %d}`, issued.Load(), renewed+3)
			}))
			t.Cleanup(server.Close)

			values := strings.NewReplacer("protocol: http", "protocol: "+protocol, "https://otlp.example.com", endpoint, tokenURL, server.URL+"/oauth2/token").
				Replace(string(block[1])) + "\nistio: {version: \"1.31.0\"}\n"
			c := collectFor(t, values, keptSecrets{})
			c.env = append(c.env, "OAUTH2_CLIENT_SECRET="+clientSecret)
			authority, certificate := newCertificate(t)
			backend := startFakeAt(t, asked{
				protocol: protocol, path: "/v1/traces", header: "authorization", value: "Bearer the-first-token",
			}, ports.Address(t), authority, certificate)
			c.lead(t, backend, "own-oauth2")
			c.start(t)
			c.sendTraces(t, 0, 1000)
			wantTraces(t, backend, 1000)

			issued.Store("the-second-token")
			asked := tokens.Load()
			require.Positive(t, asked)
			time.Sleep(4 * time.Second) // the first token is old enough to be renewed
			backend.ask("Bearer the-second-token")
			c.sendTraces(t, 1000, 1000)
			wantTraces(t, backend, 2000)
			require.Greater(t, tokens.Load(), asked)
		})
	}
}

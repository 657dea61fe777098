package rules_test

import (
	"net"
	"net/netip"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/istio-lightstep/istio-lightstep/internal/rules"
)

// FuzzAddress holds what the rules accept to what a proxy can be given: a host
// that is a DNS name or an IP address, and a port. That nothing is accepted
// which Istio refuses is asked of Istio itself, in test/conformance.
func FuzzAddress(f *testing.F) {
	for _, address := range []string{
		"ingest.lightstep.com:443", "lightstep-satellite.lightstep:9292", "10.1.2.3:8184", "[2001:db8::1]:443", "[::]:1", "a:65535",
		"https://ingest.lightstep.com:443", "<satellite-address>", "my_host:443", "host:0", "host:65536", "host:+443", "1.2.3:443",
		"[::1%eth0]:443", "2001:db8::1:443", "host.:443", "-a:443", "a..b:443", ":443", "host:443\n", "[::ffff:1.2.3.4]:443",
	} {
		f.Add(address)
	}
	judge := templates(f, loadChart(f, nil))
	f.Fuzz(func(t *testing.T, address string) {
		judged, err := judge(rules.Input{Values: map[string]any{
			"global": map[string]any{"tracer": map[string]any{"lightstep": map[string]any{"address": address}}},
		}})
		require.NoError(t, err)
		for _, p := range judged.Problems {
			if strings.HasPrefix(p.ID, "LS-ADDRESS-") {
				return
			}
		}
		host, port, err := net.SplitHostPort(address)
		require.NoError(t, err)
		number, err := strconv.ParseUint(port, 10, 16)
		require.NoError(t, err)
		assert.NotZero(t, number)
		if _, err := netip.ParseAddr(host); err != nil {
			assert.Empty(t, validation.IsDNS1123Subdomain(strings.ToLower(host)), address)
		}
	})
}

//go:build e2e

package e2e_test

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/istio"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/release"
)

// endsAt is a backend on the way to which `helm test` ends at a step, with a finding.
type endsAt struct {
	name, step, finds string
	values            tree
}

// helmTestSteps has `helm test` fail at each step of the way to a backend, by gRPC and by
// HTTP: first at those that end before the marked span, on a way of its own each, then at
// the last, where the backends take all but spans. On the other ways it finds nothing.
func helmTestSteps(t *testing.T, m *mesh) {
	m.unreleased(t)
	s := several{mesh: m, http: m.deployBackend(t, byHTTP), grpc: m.deployBackend(t, byGRPC)}
	good := s.values(t)
	good["collector"] = tree{"persistence": tree{"size": "500Mi"}} // a queue for each of so many backends
	m.install(t, good)
	m.helmTestPasses(t)

	ends := s.ends(t, good["backends"].(tree)[byHTTP.Name].(tree)["headers"])
	broken, exporters := tree{}, []string{}
	for _, e := range ends {
		broken[e.name] = e.values
		protocol, _, _ := strings.Cut(e.name, "-")
		exporters = append(exporters, "otlp_"+protocol+"/"+e.name)
	}
	ctx := t.Context()
	_, err := m.release().Upgrade(t, ctx, m.values(), good, release.Values{"backends": broken})
	require.NoError(t, err)
	said := m.helmTestFailed(t)
	for _, e := range ends {
		steps := regexp.MustCompile(`(?m)^` + e.name + ` at .*, from here:\n((?:  .*\n)+)`).FindStringSubmatch(said)
		if assert.NotNil(t, steps, "the way to %s: %s", e.name, said) {
			assert.Regexp(t, `(?m)^  `+e.step+` +\d+ ms  failed.*\n\z`, steps[1], "the last step to %s", e.name)
		}
		assert.Regexp(t, `error: backends\.`+e.name+`\..*\[`+e.finds+`\]`, said)
	}
	for _, w := range s.ways() {
		assert.Contains(t, said, "no problems in the path to "+w.called)
	}
	assert.Contains(t, said, "no problems in the path through the collector")
	m.step("helm test fails at %d steps, each on a way of its own", len(ends))
	// The spans for these backends would wait forever, and the uninstall for them.
	abandon := release.Values{"collector": tree{"queue": tree{"abandon": exporters}}}
	_, err = m.release().Upgrade(t, ctx, m.values(), good, abandon)
	require.NoError(t, err)
	m.helmTestPasses(t)

	s.arrivalFails(t, s.anotherServer(), `gave up \d+ spans of \S+/%s meanwhile.*\[LS-SPAN-LOST\]`)
	said = s.arrivalFails(t, "127.0.0.1:1", `the marked span waits in the collector: it sent nothing to %s .*\[LS-SPAN-QUEUED\]`)
	for i, record := range s.records() {
		s.markedArrives(t, said, record, s.ways()[i].name)
	}
}

// ends are the ways by gRPC and by HTTP that end before the marked span.
func (s several) ends(t *testing.T, headers any) []endsAt {
	t.Helper()
	grpc := func(endpoint string) tree {
		return tree{"protocol": "grpc", "endpoint": endpoint, "tls": tree{"insecure": true}, "exporter": tree{"compression": "gzip"}}
	}
	// Its preset writes the scheme before what is in the Secret.
	http := func(endpoint string) tree {
		return tree{"preset": byHTTP.Name, "endpoint": endpoint, "headers": headers, "exporter": tree{"compression": "gzip"}}
	}
	secured := grpc(byGRPC.Endpoint())
	secured["tls"] = tree{"insecure": false}
	noGRPC, err := s.grpc.WithoutGzip(t.Context(), s.proxyImage())
	require.NoError(t, err)
	noHTTP, err := s.http.WithoutGzip(t.Context(), s.proxyImage())
	require.NoError(t, err)
	atGRPC, atHTTP := "backend."+byGRPC.Name+".svc", "backend."+byHTTP.Name+".svc"
	return []endsAt{
		{"grpc-dns", "DNS", "LS-SATELLITE-DNS", grpc("nowhere." + byGRPC.Name + ".svc:4317")},
		{"http-dns", "DNS", "LS-SATELLITE-DNS", http("http://nowhere." + byHTTP.Name + ".svc:4318" + byHTTP.Path)},
		{"grpc-tcp", "TCP", "LS-SATELLITE-TCP", grpc(atGRPC + ":4316")},
		{"http-tcp", "TCP", "LS-SATELLITE-TCP", http("http://" + atHTTP + ":4316" + byHTTP.Path)},
		{"grpc-plain", "TLS", "LS-SATELLITE-PLAINTEXT", secured},
		{"http-plain", "TLS", "LS-SATELLITE-PLAINTEXT", http("https://" + atHTTP + ":4318" + byHTTP.Path)},
		// No CA that is known here signed the satellite's certificate.
		{"grpc-ca", "TLS", "LS-SATELLITE-CA", tree{"protocol": "grpc", "endpoint": s.satellite.Address()}},
		{"http-ca", "TLS", "LS-SATELLITE-CA", http("https://" + s.satellite.Address() + byHTTP.Path)},
		{"grpc-http2", "HTTP/2", "LS-SATELLITE-HTTP2", grpc(atHTTP + ":4318")},
		{"http-http", "HTTP", "LS-SATELLITE-PROTOCOL", http("http://" + atGRPC + ":4317" + byHTTP.Path)},
		{"grpc-export", "export", "LS-SATELLITE-PROTOCOL", grpc(s.anotherServer())},
		{"http-export", "export", "LS-EXPORT-PATH", http("http://" + atHTTP + ":4318/another/path")},
		{"grpc-gzip", "gzip", "LS-SATELLITE-GZIP", grpc(noGRPC)},
		{"http-gzip", "gzip", "LS-SATELLITE-GZIP", http(noHTTP)},
	}
}

// anotherServer is one by gRPC that knows no OTLP: istiod's for proxies.
func (s several) anotherServer() string {
	return s.istio.Deployment() + "." + istio.Namespace + ".svc:15010"
}

// arrivalFails has both backends hand spans on to an address that does not take them, and
// holds that `helm test` finds this of each, and of LightStep nothing. It gives what that
// said, once they hand spans on to their records again and `helm test` passes.
func (s several) arrivalFails(t *testing.T, to, finding string) string {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	require.NoError(t, s.grpc.HandOn(ctx, to))
	require.NoError(t, s.http.HandOn(ctx, to))
	said := s.helmTestFailed(t)
	assert.Regexp(t, `(?m)^  arrival +\d+ ms  failed`, said)
	for _, w := range s.ways() {
		assert.Contains(t, said, "no problems in the path to "+w.called)
	}
	for _, name := range []string{byGRPC.Name, byHTTP.Name} {
		assert.Regexp(t, fmt.Sprintf(finding, name), said)
	}
	assert.Contains(t, said, "2 errors in the path through the collector")
	require.NoError(t, s.grpc.HandOn(ctx, ""))
	require.NoError(t, s.http.HandOn(ctx, ""))
	s.step("helm test fails at the arrival, as spans are handed on to %s", to)
	s.helmTestPasses(t)
	return said
}

// helmTestFailed runs a helm test that fails, and gives what its pod logged.
func (m *mesh) helmTestFailed(t *testing.T) string {
	t.Helper()
	said, err := m.release().Test(t, t.Context())
	require.Error(t, err, "%s", said)
	said = m.helmTestSaid(t)
	assert.NotContains(t, said, m.satellite.Token())
	assert.NotContains(t, said, byHTTP.Token)
	return said
}

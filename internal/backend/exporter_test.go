package backend_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/internal/backend"
	"github.com/istio-lightstep/istio-lightstep/internal/behind"
)

// given are the Secrets and the variables of the test.
func given() backend.Source {
	files := map[string]string{"bare": accessToken + "\n", "whole": "Basic " + accessToken, "words": "Bearer abc", "lines": "YWJj\nZGVm\n", "host": "x", "ca.crt": "CA", "tls.crt": "cert", "tls.key": "key"}
	variables := map[string]string{"HOST": "secret-host.example.com", "PORT": "4317", "TOKEN": accessToken, "PASSWORD": "p4ssword"}
	return backend.Source{
		Secret: func(key behind.Key) ([]byte, string) {
			if text, ok := files[key.Key]; ok {
				return []byte(text), ""
			}
			return nil, "Secret " + key.Secret + " has no key " + key.Key
		},
		Variable: func(name string) (string, bool, bool) {
			value, ok := variables[name]
			return value, name == "PORT", ok
		},
	}
}

func read(t *testing.T, exporter, text string, auth *behind.Auth, from backend.Source) (backend.Target, []string) {
	t.Helper()
	b := behind.Backend{Name: "x", Exporter: exporter, Path: "backends.x", Place: "backends", OTLP: true, Auth: auth, Files: map[string]behind.Key{}}
	require.NoError(t, yaml.Unmarshal([]byte(text), &b.Settings))
	for _, key := range []string{"bare", "whole", "words", "lines", "host", "ca.crt", "tls.crt", "tls.key", "absent"} {
		b.Files["/f/"+key] = behind.Key{Secret: "s", Key: key}
	}
	target, problems := backend.TargetOf(&b, from)
	var told []string
	for _, p := range problems {
		assert.NotEmpty(t, p.Fix)
		told = append(told, p.ID+" "+p.Path+": "+p.Reason)
	}
	return target, told
}

// An exporter sends where and what the collector's does.
func TestTargetOf(t *testing.T) {
	t.Parallel()
	bearer := func(file, scheme string) *behind.Auth {
		return &behind.Auth{Extension: "bearertokenauth", Settings: map[string]any{"header": "authorization", "scheme": scheme, "filename": "/f/" + file}}
	}
	header := func(name, value string) []backend.Header {
		return []backend.Header{{Name: name, Value: value, Secret: true}}
	}
	for name, c := range map[string]struct {
		exporter, settings string
		auth               *behind.Auth
		want               backend.Target
		told               []string
	}{
		"gRPC": {
			"otlp_grpc/x", `{endpoint: "a.example.com:4317", compression: gzip}`, nil,
			backend.Target{Protocol: backend.OTLP, Address: "a.example.com:4317", Secure: true, Compression: "gzip"},
			nil,
		},
		"gRPC, plain text": {
			"otlp/x", `{endpoint: "dns:///a:4317", tls: {insecure: true, ca_file: /f/absent}}`, nil,
			backend.Target{Protocol: backend.OTLP, Address: "a:4317"},
			nil,
		},
		"gRPC, by a scheme": {
			"otlp_grpc/x", `{endpoint: "https://a:4317", tls: {insecure: true}}`, nil,
			backend.Target{Protocol: backend.OTLP, Address: "a:4317", Secure: true},
			nil,
		},
		"HTTP": {
			"otlp_http/x", `{endpoint: "https://a.example.com/otlp/", encoding: json}`, nil,
			backend.Target{Protocol: backend.HTTP, Address: "a.example.com:443", URL: "https://a.example.com/otlp/v1/traces", Secure: true, JSON: true},
			nil,
		},
		"HTTP, its own path": {
			"otlphttp", `{endpoint: "https://b", traces_endpoint: "http://[::1]/v2/trace/otlp?x=1"}`, nil,
			backend.Target{Protocol: backend.HTTP, Address: "[::1]:80", URL: "http://[::1]/v2/trace/otlp?x=1"},
			nil,
		},
		"variables": {"otlp_http/x", `{endpoint: "https://${env:HOST}:${PORT}/${env:PATH:-otlp}$$"}`, nil, backend.Target{
			Protocol: backend.HTTP, Address: "secret-host.example.com:4317", URL: "https://secret-host.example.com:4317/otlp$/v1/traces", Secure: true,
			Hidden: []string{"secret-host.example.com", "secret-host.example.com"},
		}, nil},
		"a variable that is not at hand": {
			"otlp_grpc/x", `{endpoint: "${env:OTHER}:4317"}`, nil,
			backend.Target{Protocol: backend.OTLP},
			[]string{"LS-EXPORT-ENDPOINT backends.x.endpoint: the endpoint is not at hand: variable OTHER"},
		},
		"an endpoint that is none": {
			"otlp_grpc/x", `{endpoint: "${env:PORT}"}`, nil,
			backend.Target{Protocol: backend.OTLP, Address: "4317", Secure: true},
			[]string{"LS-EXPORT-ENDPOINT backends.x.endpoint: with the values of its variables, the endpoint is not an address"},
		},
		"a password in the URL": {"otlp_http/x", `{endpoint: "http://user:${env:PASSWORD}@a:4318"}`, nil, backend.Target{
			Protocol: backend.HTTP, Address: "a:4318", URL: "http://user:p4ssword@a:4318/v1/traces", Hidden: []string{"p4ssword", "p4ssword"},
		}, nil},
		"TLS": {
			"otlp_grpc/x", `{endpoint: "a:4317", tls: {ca_file: /f/ca.crt, cert_file: /f/tls.crt, key_file: /f/tls.key, server_name_override: b, insecure_skip_verify: true, include_system_ca_certs_pool: true}}`, nil,
			backend.Target{Protocol: backend.OTLP, Address: "a:4317", Secure: true, ServerName: "b", Unverified: true, PublicToo: true, Authorities: []byte("CA"), Certificate: []byte("cert"), Key: []byte("key")},
			nil,
		},
		"TLS, in the settings": {
			"otlp_grpc/x", `{endpoint: "a:4317", tls: {ca_pem: PEM}}`, nil,
			backend.Target{Protocol: backend.OTLP, Address: "a:4317", Secure: true, Authorities: []byte("PEM")},
			nil,
		},
		"TLS, not at hand": {
			"otlp_grpc/x", `{endpoint: "a:4317", tls: {ca_file: /f/absent, cert_pem: "${env:OTHER}", key_file: /elsewhere}}`, nil,
			backend.Target{Protocol: backend.OTLP, Address: "a:4317", Secure: true},
			[]string{
				"LS-SATELLITE-CA backends.x.tls.ca: the CA is not at hand: Secret s has no key absent",
				"LS-EXPORT-CLIENT backends.x.tls.client: the client's certificate is not at hand: it stands in a variable",
				"LS-EXPORT-CLIENT backends.x.tls.client: the key of the client's certificate is not at hand: it is a file of the collector's own",
			},
		},
		"headers": {"otlp_grpc/x", `{endpoint: "a:1", headers: {x-a: "${file:/f/whole}${env:ISTIO_LIGHTSTEP_UNSET:-}", x-b: "key=${env:TOKEN}", x-c: team, x-d: 7}}`, nil, backend.Target{
			Protocol: backend.OTLP, Address: "a:1", Secure: true, Hidden: []string{"Basic " + accessToken, accessToken},
			Headers: append(append(header("x-a", "Basic "+accessToken), header("x-b", "key="+accessToken)...), backend.Header{Name: "x-c", Value: "team"}, backend.Header{Name: "x-d", Value: "7"}),
		}, nil},
		"headers as a list": {
			"otlp_grpc/x", `{endpoint: "a:1", headers: [{name: x-a, value: "${env:TOKEN}"}]}`, nil,
			backend.Target{Protocol: backend.OTLP, Address: "a:1", Secure: true, Hidden: []string{accessToken}, Headers: header("x-a", accessToken)},
			nil,
		},
		"headers, not at hand": {
			"otlp_grpc/x", `{endpoint: "a:1", headers: {x-a: "${file:/f/absent}", x-b: "${vault:secret/a}"}}`, nil,
			backend.Target{Protocol: backend.OTLP, Address: "a:1", Secure: true, Absent: []string{"x-a", "x-b"}},
			nil,
		},
		"a token": {
			"otlp_grpc/x", `{endpoint: "a:1"}`, bearer("bare", "Bearer"),
			backend.Target{Protocol: backend.OTLP, Address: "a:1", Secure: true, Hidden: []string{accessToken}, Headers: header("authorization", "Bearer "+accessToken)},
			nil,
		},
		"a token, no scheme": {
			"otlp_grpc/x", `{endpoint: "a:1"}`, bearer("bare", ""),
			backend.Target{Protocol: backend.OTLP, Address: "a:1", Secure: true, Hidden: []string{accessToken}, Headers: header("authorization", accessToken)},
			nil,
		},
		"a token, not at hand": {
			"otlp_grpc/x", `{endpoint: "a:1"}`, bearer("absent", ""),
			backend.Target{Protocol: backend.OTLP, Address: "a:1", Secure: true, Absent: []string{"authorization"}},
			nil,
		},
		"two words": {
			"otlp_grpc/x", `{endpoint: "a:1"}`, bearer("words", "Bearer"),
			backend.Target{Protocol: backend.OTLP, Address: "a:1", Secure: true},
			[]string{"LS-SATELLITE-TOKEN backends.x.headers: the Secret of header authorization holds 2 words, and the collector sends the first alone"},
		},
		"two lines": {
			"otlp_grpc/x", `{endpoint: "a:1"}`, bearer("lines", "Basic"),
			backend.Target{Protocol: backend.OTLP, Address: "a:1", Secure: true},
			[]string{"LS-SATELLITE-TOKEN backends.x.headers: the Secret of header authorization has line breaks between 2 words, and the collector sends the first alone"},
		},
		"signed": {"otlp_http/x", `{endpoint: "http://a:1"}`, &behind.Auth{Extension: "sigv4auth"}, backend.Target{
			Protocol: backend.HTTP, Address: "a:1", URL: "http://a:1/v1/traces", Untried: "the collector authenticates by its extension sigv4auth, which is not imitated here",
		}, nil},
		"a token of the owner's": {"otlp_grpc/x", `{endpoint: "a:1"}`, &behind.Auth{Extension: "bearertokenauth", Settings: map[string]any{"filename": "/var/run/secrets/a"}}, backend.Target{
			Protocol: backend.OTLP, Address: "a:1", Secure: true, Untried: "the collector authenticates by a token that no header of the backend names, which is not at hand here",
		}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			target, told := read(t, c.exporter, c.settings, c.auth, given())
			c.want.Collected, c.want.Places = true, backend.OfBackend("backends.x", c.want.Protocol)
			assert.Equal(t, c.want, target)
			assert.ElementsMatch(t, c.told, told)
		})
	}
}

// Where Secrets are given, one that is missing is an error; where none is, it is
// not at hand.
func TestSecretsNotGiven(t *testing.T) {
	t.Parallel()
	auth := &behind.Auth{Extension: "bearertokenauth", Settings: map[string]any{"header": "authorization", "filename": "/f/absent"}}
	const settings = `{endpoint: "a:1", headers: {x-a: "${file:/f/absent}"}}`
	all := given()
	all.Given = true
	target, told := read(t, "otlp_grpc/x", settings, auth, all)
	assert.Equal(t, []string{"x-a", "authorization"}, target.Absent)
	assert.Equal(t, []string{
		"LS-SATELLITE-NO-TOKEN backends.x.headers: the value of header x-a is not there: Secret s has no key absent",
		"LS-SATELLITE-NO-TOKEN backends.x.headers: the value of header authorization is not there: Secret s has no key absent",
	}, told)
	target, told = read(t, "otlp_grpc/x", settings, auth, backend.Source{})
	assert.Equal(t, []string{"x-a", "authorization"}, target.Absent)
	assert.Empty(t, told)
	_, told = read(t, "otlp_grpc/x", `{endpoint: "a:1", tls: {ca_file: /f/ca.crt}}`, nil, backend.Source{})
	assert.Equal(t, []string{"LS-SATELLITE-CA backends.x.tls.ca: the CA is not at hand: it is key ca.crt of Secret s"}, told)
}

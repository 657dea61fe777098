package doctor

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/internal/doctor/finding"
)

// collectorLog is what a collector 0.155.0 wrote: a satellite that is away, one
// that refuses the token and repeats it, and a full queue.
const collectorLog = "2026-11-22T19:57:51.414Z\tinfo\tservice@v0.155.0/service.go:279\tEverything is ready. Begin running and processing data.\t{\"resource\": {}}\n" +
	"2026-11-22T19:57:55.460Z\tinfo\tinternal/retry_sender.go:133\tExporting failed. Will retry the request after interval.\t{\"otelcol.component.id\": \"otlp_grpc/lightstep\", \"error\": \"rpc error: code = Unavailable desc = connection error: desc = \\\"transport: Error while dialing: dial tcp 127.0.0.1:1: connect: connection refused\\\"\", \"interval\": \"1.3s\"}\n" +
	"2026-11-22T19:57:57.460Z\tinfo\tinternal/retry_sender.go:133\tExporting failed. Will retry the request after interval.\t{\"otelcol.component.id\": \"otlp_grpc/lightstep\", \"error\": \"rpc error: code = Unavailable desc = connection error: desc = \\\"transport: Error while dialing: dial tcp 127.0.0.1:1: connect: connection refused\\\"\", \"interval\": \"1.3s\"}\n" +
	"2026-11-22T19:58:00.000Z\terror\tinternal/queue_sender.go:50\tExporting failed. Dropping data.\t{\"otelcol.component.id\": \"otlp_grpc/lightstep\", \"error\": \"not retryable error: Permanent error: rpc error: code = Unauthenticated desc = scheme or token does not match: s3cret\", \"dropped_items\": 1}\n" +
	"2026-11-22T19:58:01.000Z\terror\tinternal/queue_sender.go:50\tExporting failed. Dropping data.\t{\"otelcol.component.id\": \"otlp_grpc/second\", \"error\": \"rpc error: code = Unimplemented\"}\n" +
	"2026-11-22T19:58:02.000Z\terror\tinternal/base_exporter.go:118\tExporting failed. Rejecting data.\t{\"otelcol.component.id\": \"otlp_grpc/lightstep\", \"error\": \"sending queue is full\", \"rejected_items\": 1}\n" +
	"go.opentelemetry.io/collector/exporter/exporterhelper/internal.(*BaseExporter).Send\n"

func TestReadFailures(t *testing.T) {
	t.Parallel()
	at := func(clock string) time.Time {
		moment, err := time.Parse(time.RFC3339, "2026-11-22T"+clock+"Z")
		require.NoError(t, err)
		return moment
	}
	assert.Equal(t, []Failure{
		{Exporter: "otlp_grpc/lightstep", Cause: CauseRefused, First: at("19:57:55.460"), Last: at("19:57:57.460"), Count: 2},
		{Exporter: "otlp_grpc/lightstep", Cause: CauseToken, First: at("19:58:00.000"), Last: at("19:58:00.000"), Count: 1},
		{Exporter: "otlp_grpc/second", Cause: CauseProtocol, First: at("19:58:01.000"), Last: at("19:58:01.000"), Count: 1},
		{Exporter: "otlp_grpc/lightstep", Cause: CauseQueue, First: at("19:58:02.000"), Last: at("19:58:02.000"), Count: 1},
	}, readFailures([]byte(collectorLog)))
}

func TestCausesAreToldApart(t *testing.T) {
	t.Parallel()
	for message, cause := range map[string]Cause{
		`rpc error: code = Unavailable desc = connection error: desc = "transport: authentication handshake failed: tls: failed to verify certificate: x509: certificate signed by unknown authority"`:     CauseAuthority,
		`rpc error: code = Unavailable desc = connection error: desc = "transport: authentication handshake failed: tls: failed to verify certificate: x509: certificate is valid for a, not b"`:           CauseName,
		`rpc error: code = Unavailable desc = connection error: desc = "transport: authentication handshake failed: tls: failed to verify certificate: x509: certificate has expired or is not yet valid"`: CauseExpired,
		`rpc error: code = Unavailable desc = connection error: desc = "transport: authentication handshake failed: tls: first record does not look like a TLS handshake"`:                                 CauseTLS,
		`rpc error: code = Unavailable desc = name resolver error: produced zero addresses`:                                                                                                                CauseLookup,
		`rpc error: code = PermissionDenied desc = `:                          CauseToken,
		`rpc error: code = DeadlineExceeded desc = context deadline exceeded`: CauseTimeout,
		`write /var/lib/otelcol/x: no space left on device`:                   CauseDisk,
		`something new`: CauseUnavailable,
	} {
		assert.Equal(t, cause, causeOf(message), message)
	}
}

func TestReadCluster(t *testing.T) {
	t.Parallel()
	const answer = `{"cluster_statuses":[{"name":"other"},{"name":"outbound|4317||c","host_statuses":[
{"stats":[{"name":"cx_total","value":"3"},{"name":"rq_total","value":"12"},{"name":"rq_success","value":"10"},{"name":"rq_error","value":"2"}],"health_status":{"eds_health_status":"HEALTHY"}},
{"stats":[{"name":"cx_connect_fail","value":"4"}],"health_status":{"eds_health_status":"UNHEALTHY"}}]}]}`
	status, found, err := readCluster([]byte(answer), "outbound|4317||c")
	require.NoError(t, err)
	require.True(t, found)
	assert.Equal(t, Counters{Connections: 3, ConnectFailures: 4, Requests: 12, Succeeded: 10, Failed: 2}, status.counters())
	assert.Equal(t, 1, status.healthy())
	_, found, err = readCluster([]byte(answer), "outbound|1||c")
	require.NoError(t, err)
	assert.False(t, found)
	_, _, err = readCluster([]byte("no admin interface"), "x")
	require.Error(t, err)
}

func FuzzReadCluster(f *testing.F) {
	f.Add([]byte(`{"cluster_statuses":[{"name":"c","host_statuses":[{"stats":[{"name":"rq_total","value":"1"}]}]}]}`))
	f.Fuzz(func(_ *testing.T, answer []byte) {
		if status, found, _ := readCluster(answer, "c"); found {
			_, _ = status.counters(), status.healthy()
		}
	})
}

func FuzzReadFailures(f *testing.F) {
	f.Add([]byte(collectorLog))
	f.Fuzz(func(t *testing.T, log []byte) {
		for _, failure := range readFailures(log) {
			if failure.Count < 1 || failure.Cause == "" {
				t.Fatal("a failure without a cause")
			}
		}
	})
}

const meshConfigMap = `apiVersion: v1
kind: ConfigMap
metadata: {name: istio, namespace: istio-system}
data:
  mesh: |-
    # mine
    enableTracing: false
    defaultConfig:
      tracing:
        lightstep: {address: satellite:8184}
        sampling: 10
    extensionProviders:
    - name: old # the first try
      lightstep: {service: a.b}
    - name: other
      zipkin: {service: c.d}
`

func TestEditTakesOutWhatIsNamedAndNoMore(t *testing.T) {
	t.Parallel()
	out, err := Edit{Key: "mesh", Remove: []string{"extensionProviders[name=old]", "defaultConfig.tracing.lightstep", "enableTracing"}}.Apply([]byte(meshConfigMap))
	require.NoError(t, err)
	text := string(out)
	for _, gone := range []string{"old", "enableTracing", "satellite", "a.b"} {
		assert.NotContains(t, text, gone)
	}
	for _, kept := range []string{"name: other", "zipkin: {service: c.d}", "sampling: 10", "name: istio", "mesh: |"} {
		assert.Contains(t, text, kept)
	}
	// Nothing empty is left, which would be there twice once somebody adds to it.
	out, err = Edit{Key: "mesh", Remove: []string{
		"extensionProviders[name=old]", "extensionProviders[name=other]", "defaultConfig.tracing.lightstep", "defaultConfig.tracing.sampling",
	}}.Apply([]byte(meshConfigMap))
	require.NoError(t, err)
	assert.Contains(t, string(out), "  mesh: |\n    # mine\n    enableTracing: false\n")
	for _, gone := range []string{"extensionProviders", "defaultConfig", "tracing:"} {
		assert.NotContains(t, string(out), gone)
	}

	appended, err := Edit{Key: "mesh", Append: []string{"defaultTemplates=istio-lightstep"}}.Apply([]byte(meshConfigMap))
	require.NoError(t, err)
	assert.Contains(t, string(appended), "    defaultTemplates:\n    - istio-lightstep\n", "in the style of the lists that are there")
	assert.Contains(t, string(appended), "# mine")

	for _, wrong := range []Edit{
		{Key: "meshNetworks", Remove: []string{"a"}},
		{Key: "mesh", Remove: []string{"extensionProviders[name=absent]"}},
		{Key: "mesh", Remove: []string{"enableTracing.x"}},
		{Key: "mesh", Remove: []string{"defaultConfig[name=x]"}},
		{Key: "mesh", Remove: []string{""}},
		{Key: "mesh", Append: []string{"enableTracing=x"}},
		{Key: "mesh", Remove: []string{"extensionProviders[2]"}},
	} {
		_, err := wrong.Apply([]byte(meshConfigMap))
		require.ErrorIs(t, err, ErrNoSuchPart)
	}
	for _, path := range []string{"extensionProviders[namextens", "extensionProviders[name=old", "extensionProviders[x]", "[", "a[name=b][c"} {
		_, err := Edit{Key: "mesh", Remove: []string{path}}.Apply([]byte(meshConfigMap))
		require.ErrorContains(t, err, "is not a valid path", path)
	}
}

// TestEditKeepsEveryOtherByte: what kubectl prints is changed where it is asked
// for, whatever form the document is written in.
func TestEditKeepsEveryOtherByte(t *testing.T) {
	t.Parallel()
	edit := Edit{Key: "mesh", Remove: []string{"b[name=x]", "c"}, Append: []string{"d=y", "e=z"}}
	for before, after := range map[string]string{
		"data:\n  mesh: |\n    a:  1   # one\n    b: [{name: x}]\n    c:\n      - 2\n    d: []\n  other: \"x\"  # two\n": "data:\n  mesh: |\n    a:  1   # one\n    d:\n    - y\n    e:\n    - z\n  other: \"x\"  # two\n",
		"data: {mesh: \"a: 1\\nb: [{name: x}]\\nc: 2\\n\"}\n":                                                            "data: {mesh: \"a: 1\\nd:\\n- y\\ne:\\n- z\\n\"}\n",
		"{\n  \"data\": {\n    \"mesh\": \"b: [{name: x}, {name: w}]\\nc: 2\\n\"\n  }\n}\n":                              "{\n  \"data\": {\n    \"mesh\": \"b: [{name: w}]\\nd:\\n- y\\ne:\\n- z\\n\"\n  }\n}\n",
		"data:\n  mesh: 'b: [{name: x}]'\n":                                                                              "",
	} {
		out, err := edit.Apply([]byte(before))
		if after == "" {
			require.ErrorIs(t, err, ErrNoSuchPart)
			continue
		}
		require.NoError(t, err)
		assert.Equal(t, after, string(out))
	}
	out, err := Edit{Key: "mesh", Remove: []string{"b"}}.Apply([]byte("data:\n  mesh: 'b: 1'\n"))
	require.NoError(t, err)
	assert.Equal(t, "data:\n  mesh: \"\"\n", string(out), "istiod looks for the key")
}

func FuzzEdit(f *testing.F) {
	f.Add(meshConfigMap, "extensionProviders[name=old]")
	f.Add(meshConfigMap, "extensionProviders[namextens")
	f.Fuzz(func(_ *testing.T, configMap, path string) {
		_, _ = Edit{Key: "mesh", Remove: []string{path}}.Apply([]byte(configMap))
	})
}

// Every program that asks a cluster is told which, wherever it stands in the command.
func TestCommandsGoToTheSameCluster(t *testing.T) {
	t.Parallel()
	for mend, want := range map[string]string{
		"istioctl install -f A.yaml":                                        "istioctl --i install -f A.yaml",
		"istio-lightstep render -f V.yaml >t.yaml && istioctl install -f t": "istio-lightstep render -f V.yaml >t.yaml && istioctl --i install -f t",
		"helm get manifest r | kubectl apply -f -":                          "helm --h get manifest r | kubectl --k apply -f -",
		"helm test r --logs":                                                "helm --h test r --logs",
		"istio-lightstep doctor backend -f V.yaml":                          "istio-lightstep doctor backend -f V.yaml",
	} {
		result := &Result{Findings: []finding.Finding{{Mend: mend}}}
		result.For("--k", "--h", "--i")
		assert.Equal(t, want, result.Findings[0].Mend)
		result.For("", "", "")
		assert.Equal(t, want, result.Findings[0].Mend)
	}
}

func TestTextTellsTheWorstFirst(t *testing.T) {
	t.Parallel()
	r := recordedBase(t, "direct")
	for _, c := range []change{
		{Delete: "Secret bookinfo/lightstep.cacert"},
		{Patch: "Telemetry istio-system/istio-lightstep", With: map[string]any{"spec": map[string]any{"tracing": []any{
			map[string]any{"providers": []any{map[string]any{"name": "istio-lightstep"}}, "randomSamplingPercentage": 10},
		}}}},
	} {
		c.apply(t, r)
	}
	snapshot, d := examined(t, r)
	result := d.Summarise(snapshot, nil, d.Examine(snapshot, nil))
	result.For("--context=prod", "--kube-context=prod", "")
	var out strings.Builder
	require.NoError(t, result.WriteText(&out, false))
	lines := strings.Split(out.String(), "\n")
	assert.Equal(t, "Lost: every span of namespace bookinfo", lines[0])
	assert.Contains(t, lines[1], "namespace bookinfo has no Secret lightstep.cacert")
	assert.Contains(t, lines[2], "kubectl --context=prod get secret")
	assert.Contains(t, out.String(), "docs/findings/LS-SAMPLING-PARTIAL.md")
}

package conformance_test

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	collectortrace "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	commonv1 "go.opentelemetry.io/proto/otlp/common/v1"
	tracev1 "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/istio-lightstep/istio-lightstep/test/conformance/istio"
)

// spanKeeper is a backend that keeps each span as a line: its name, and its
// attributes in order, those of its resource behind them.
type spanKeeper struct {
	collectortrace.UnimplementedTraceServiceServer
	address string

	mutex sync.Mutex
	lines []string
}

func keepSpans(t *testing.T) *spanKeeper {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	k := &spanKeeper{address: listener.Addr().String()}
	server := grpc.NewServer()
	collectortrace.RegisterTraceServiceServer(server, k)
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)
	return k
}

// Export keeps the spans of a call.
func (k *spanKeeper) Export(_ context.Context, request *collectortrace.ExportTraceServiceRequest) (*collectortrace.ExportTraceServiceResponse, error) {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	for _, resource := range request.GetResourceSpans() {
		for _, scope := range resource.GetScopeSpans() {
			for _, span := range scope.GetSpans() {
				line := append([]string{span.GetName()}, attributeTexts(span.GetAttributes())...)
				line = append(line, attributeTexts(resource.GetResource().GetAttributes())...)
				k.lines = append(k.lines, strings.Join(line, " "))
			}
		}
	}
	return &collectortrace.ExportTraceServiceResponse{}, nil
}

func (k *spanKeeper) kept() []string {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	return slices.Sorted(slices.Values(k.lines))
}

func attributeTexts(attributes []*commonv1.KeyValue) []string {
	var texts []string
	for _, a := range attributes {
		texts = append(texts, a.GetKey()+"="+a.GetValue().GetStringValue())
	}
	slices.Sort(texts)
	return texts
}

// sentSpan is a span with these attributes.
type sentSpan struct {
	name       string
	attributes map[string]string
}

// sendSpans sends spans, and a last one that a test waits for.
func (c *collecting) sendSpans(t *testing.T, spans ...sentSpan) {
	t.Helper()
	connection, err := grpc.NewClient(c.receiver, grpc.WithTransportCredentials(insecure.NewCredentials()))
	require.NoError(t, err)
	defer func() { assert.NoError(t, connection.Close()) }()
	var made []*tracev1.Span
	for i, s := range append(spans, sentSpan{name: "last"}) {
		span := &tracev1.Span{TraceId: fmt.Appendf(nil, "trace %010d", 1), SpanId: fmt.Appendf(nil, "span %03d", i), Name: s.name}
		for key, value := range s.attributes {
			text := &commonv1.AnyValue{Value: &commonv1.AnyValue_StringValue{StringValue: value}}
			span.Attributes = append(span.Attributes, &commonv1.KeyValue{Key: key, Value: text})
		}
		made = append(made, span)
	}
	_, err = collectortrace.NewTraceServiceClient(connection).Export(t.Context(), &collectortrace.ExportTraceServiceRequest{
		ResourceSpans: []*tracev1.ResourceSpans{{ScopeSpans: []*tracev1.ScopeSpans{{Spans: made}}}},
	}, grpc.WaitForReady(true))
	require.NoError(t, err)
}

// teamBlock gives the block of docs/teams.md below a heading.
func teamBlock(t *testing.T, heading string) string {
	t.Helper()
	page, err := os.ReadFile("../../docs/teams.md")
	require.NoError(t, err)
	_, below, found := strings.Cut(string(page), "# "+heading+"\n")
	require.True(t, found, heading)
	block := regexp.MustCompile("(?s)```yaml\n(.*?)```\n").FindStringSubmatch(below)
	require.NotNil(t, block, heading)
	return block[1]
}

// TestTeamsPage has the real collector, as it is rendered for each block of
// docs/teams.md, send spans on, and compares each.
func TestTeamsPage(t *testing.T) {
	const base = `
istio: {version: "1.31.0"}
backends:
  plain: {protocol: grpc, endpoint: "a.example.com:4317", tls: {insecure: true}}
  other: {protocol: grpc, endpoint: "a.example.com:4317", tls: {insecure: true}, resource: {k8s.cluster.name: for-other}}
`
	for heading, test := range map[string]struct {
		sent  []sentSpan
		plain []string
		other []string
		logs  bool
	}{
		"Tags and sampling": {plain: []string{"last"}, other: []string{"last k8s.cluster.name=for-other"}},
		"Attributes for every backend": {
			plain: []string{"last k8s.cluster.name=prod-eu-17"}, other: []string{"last k8s.cluster.name=for-other"},
		},
		"Personal data": {
			sent: []sentSpan{
				{"query", map[string]string{"http.url": "http://shop/cart?token=abc#top", "component": "proxy"}},
				{"path", map[string]string{"http.url": "http://shop/users/jane/cart?page=2", "user_agent": "browser"}},
				{"caller", map[string]string{"peer.address": "10.1.2.3"}},
			},
			plain: []string{
				fmt.Sprintf("caller peer.address=%x", sha256.Sum256([]byte("10.1.2.3"))),
				"last", "path http.url=http://shop/users/ID/cart", "query component=proxy http.url=http://shop/cart",
			},
		},
		"Health checks": {
			sent: []sentSpan{
				{"client", map[string]string{"http.url": "http://shop/healthz"}},
				{"server", map[string]string{"http.url": "http://shop/readyz?verbose"}},
				{"below", map[string]string{"http.url": "http://db/ping"}},
				{"like", map[string]string{"http.url": "http://shop/healthz/history"}},
			},
			plain: []string{"below http.url=http://db/ping", "last", "like http.url=http://shop/healthz/history"},
		},
		"Logs": {plain: []string{"last"}, logs: true},
	} {
		t.Run(heading, func(t *testing.T) {
			t.Parallel()
			c := collectFor(t, base+teamBlock(t, heading), nil)
			require.NoError(t, validateConfig(t, c.rendered))
			keepers := map[string]*spanKeeper{"plain": keepSpans(t), "other": keepSpans(t)}
			for name, keeper := range keepers {
				c.configs = append(c.configs, fmt.Sprintf("yaml:exporters::otlp_grpc/%s::endpoint: %s", name, keeper.address))
			}
			process := c.start(t)
			c.sendSpans(t, test.sent...)
			for name, keeper := range keepers {
				require.Eventually(t, func() bool {
					return slices.ContainsFunc(keeper.kept(), func(line string) bool { return strings.HasPrefix(line, "last") })
				},
					60*time.Second, 50*time.Millisecond, name)
			}
			assert.Equal(t, test.plain, keepers["plain"].kept())
			if test.other != nil {
				assert.Equal(t, test.other, keepers["other"].kept())
			}
			assert.Equal(t, test.logs, logsJSON(process.Log()), "%s", process.Log())
		})
	}
}

// logsJSON tells whether each line of a log is JSON with a level, and debug one of them.
func logsJSON(log string) bool {
	debug := false
	for line := range strings.Lines(log) {
		var entry struct{ Level string }
		if json.Unmarshal([]byte(line), &entry) != nil || entry.Level == "" {
			return false
		}
		debug = debug || entry.Level == "debug"
	}
	return debug
}

// TestCollectorListensOnIPv6 reaches each port of the collector, as it is
// rendered, by IPv6: Go takes 0.0.0.0 for all addresses of both families.
func TestCollectorListensOnIPv6(t *testing.T) {
	probe, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "[::1]:0")
	require.NoError(t, err, "this machine needs the loopback address of IPv6, ::1")
	require.NoError(t, probe.Close())
	c := collectFor(t, `
istio: {version: "1.31.0"}
backends: {a: {protocol: grpc, endpoint: "a.example.com:4317", tls: {insecure: true}}}
`, nil)
	ports := map[string]string{}
	for i, config := range c.configs {
		for _, at := range []string{"yaml:receivers::otlp::protocols::grpc::endpoint: ", "yaml:extensions::health_check::endpoint: "} {
			if address, found := strings.CutPrefix(config, at); found {
				_, port, err := net.SplitHostPort(address)
				require.NoError(t, err)
				require.Contains(t, c.rendered, "endpoint: 0.0.0.0:")
				c.configs[i], ports[at] = at+"0.0.0.0:"+port, port
			}
		}
	}
	require.Len(t, ports, 2)
	c.start(t)
	for at, port := range ports {
		require.Eventually(t, func() bool {
			connection, err := new(net.Dialer).DialContext(t.Context(), "tcp", net.JoinHostPort("::1", port))
			if err == nil {
				err = connection.Close()
			}
			return err == nil
		}, 60*time.Second, 50*time.Millisecond, at)
	}
}

// TestTelemetriesOfTeams has istioctl validate what teams shape, and the mesh
// config of a running istiod read the provider.
func TestTelemetriesOfTeams(t *testing.T) {
	forEachRelease(t, func(t *testing.T, tools istio.Tools) {
		t.Helper()
		_, minor, _ := strings.Cut(tools.Minor, ".")
		number, err := strconv.Atoi(minor)
		require.NoError(t, err)
		if number < 20 {
			t.Skip("before 1.16.1 there is no Telemetry of ours")
		}
		values := fmt.Sprintf("istio: {version: %q}\n", tools.Minor+".2") + `
backends: {a: {protocol: grpc, endpoint: "a.example.com:4317", tls: {insecure: true}}}
telemetry:
  customTags: {cluster: {literal: {value: prod}}, tenant: {header: {name: x-tenant, defaultValue: none}}, pod: {environment: {name: POD_NAME}}}
  namespaces: {shop: {sampling: 10}, batch: {disabled: true}, checkout: {customTags: {team: {literal: {value: payments}}}}}
`
		if number >= 30 {
			values = strings.Replace(values, "telemetry:\n", "telemetry:\n  serviceAttributeEnrichment: OTEL_SEMANTIC_CONVENTIONS\n", 1)
			values = strings.Replace(values, "batch: {", "batch: {disableContextPropagation: true, customTags: {took: {formatter: {value: \"%DURATION%\"}}}, ", 1)
		}
		objects, err := rendered(t, values).Objects()
		require.NoError(t, err)
		telemetries := istio.Manifests{}
		for _, object := range objects {
			if object.GetKind() == "Telemetry" {
				telemetries = append(telemetries, object)
			}
		}
		require.Len(t, telemetries, 4)
		require.NoError(t, tools.Validate(t.Context(), telemetries))
		config, err := istio.Manifests(objects).ConfigMapKey(releaseName, "mesh")
		require.NoError(t, err)
		_, err = tools.MeshConfig(t.Context(), []byte(config))
		require.NoError(t, err)
	})
}

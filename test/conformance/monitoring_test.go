package conformance_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	collectortrace "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	tracev1 "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/test/ports"
)

// watched are values of a release that is watched in every way.
const watched = `
istio: {version: "1.31.0"}
global: {tracer: {lightstep: {address: "satellite.lightstep:9292", cacertPath: /etc/lightstep/cacert.pem}}}
accessTokenFrom: {name: lightstep-access-token}
cacert: {existingSecret: {name: lightstep.cacert}}
monitoring: {podMonitor: {enabled: true}, prometheusRule: {enabled: true}, dashboard: {enabled: true}}
`

// debian finds a program of Debian's package prometheus.
func debian(t *testing.T, program string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	require.NoError(t, err, "install Debian's package prometheus, which has it")
	return path
}

// watchedObject gives an object of a watched release.
func watchedObject(t *testing.T, kind, name string) *unstructured.Unstructured {
	t.Helper()
	objects, err := rendered(t, watched).Objects()
	require.NoError(t, err)
	for _, object := range objects {
		if object.GetKind() == kind && object.GetName() == name {
			return object
		}
	}
	require.Fail(t, "no object", "%s %s", kind, name)
	return nil
}

// alertRule is what the test reads of an alert.
type alertRule struct {
	Alert, Expr string
	Annotations map[string]string
}

func alerts(t *testing.T) (rules []alertRule, file []byte) {
	t.Helper()
	spec := watchedObject(t, "PrometheusRule", collectorName).Object["spec"]
	file, err := yaml.Marshal(spec)
	require.NoError(t, err)
	var read struct{ Groups []struct{ Rules []alertRule } }
	require.NoError(t, yaml.Unmarshal(file, &read))
	require.Len(t, read.Groups, 1)
	return read.Groups[0].Rules, file
}

// TestAlerts runs the unit tests of the alerts, of which each one fires in one of
// them and in another not, and finds the page of each.
func TestAlerts(t *testing.T) {
	t.Parallel()
	promtool := debian(t, "promtool")
	rules, file := alerts(t)
	folder := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(folder, "rules.yaml"), file, 0o600))
	units, err := os.ReadFile("testdata/alerts.yaml")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(folder, "alerts.yaml"), units, 0o600))
	cmd := exec.CommandContext(t.Context(), promtool, "test", "rules", "alerts.yaml")
	cmd.Dir = folder
	output, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", output)

	var tests struct {
		Tests []struct {
			Rules []struct {
				Name   string `json:"alertname"`
				Alerts []any  `json:"exp_alerts"`
			} `json:"alert_rule_test"`
		}
	}
	require.NoError(t, yaml.Unmarshal(units, &tests))
	fires, silent := map[string]bool{}, map[string]bool{}
	for _, test := range tests.Tests {
		for _, rule := range test.Rules {
			fires[rule.Name] = fires[rule.Name] || len(rule.Alerts) > 0
			silent[rule.Name] = silent[rule.Name] || len(rule.Alerts) == 0
		}
	}
	const pages = "https://github.com/istio-lightstep/istio-lightstep/blob/main/"
	for _, rule := range rules {
		assert.True(t, fires[rule.Alert], "%s fires in no test", rule.Alert)
		assert.True(t, silent[rule.Alert], "%s is silent in no test", rule.Alert)
		page, found := strings.CutPrefix(rule.Annotations["runbook_url"], pages)
		assert.True(t, found)
		runbook, err := os.ReadFile("../../" + page)
		require.NoError(t, err)
		assert.Contains(t, string(runbook), "\n## Alert "+rule.Alert+"\n\n**To confirm:** ", "the runbook of the alert does not speak of it")
	}
}

// dashboardQueries gives the query of each panel of the dashboard, with what
// Grafana puts into it.
func dashboardQueries(t *testing.T) map[string]string {
	t.Helper()
	text, ok := at(watchedObject(t, "ConfigMap", "istio-lightstep-dashboard").Object, "data", "istio-lightstep.json").(string)
	require.True(t, ok)
	var dashboard struct {
		Panels []struct {
			Title   string
			Targets []struct{ RefID, Expr string }
		}
	}
	require.NoError(t, json.Unmarshal([]byte(text), &dashboard))
	queries := map[string]string{}
	for _, panel := range dashboard.Panels {
		for _, target := range panel.Targets {
			queries[panel.Title+" "+target.RefID] = strings.NewReplacer(
				"$namespace", "istio-system", "$pod", "istio-lightstep-collector-.*", "$__rate_interval", "10s",
			).Replace(target.Expr)
		}
	}
	require.NotEmpty(t, queries)
	return queries
}

// measured has the collector give its metrics at an address.
func (c *collecting) measured(t *testing.T) (address string) {
	t.Helper()
	address = ports.Address(t)
	_, port, _ := strings.Cut(address, ":")
	for i, config := range c.configs {
		if strings.HasSuffix(config, "::level: none") {
			c.configs[i] = "yaml:service::telemetry::metrics::readers: [{pull: {exporter: {prometheus: {host: 127.0.0.1, port: " + port + "}}}}]"
		}
	}
	return address
}

// TestQueriesOfDashboard asks each query of the dashboard, and of the alerts, of a
// Prometheus that scrapes a real collector whose backend is away. Those of the
// collector's own metrics have an answer, so no metric is called otherwise.
func TestQueriesOfDashboard(t *testing.T) {
	t.Parallel()
	server := debian(t, "prometheus")
	c := renderFor(t, `
istio: {version: "1.31.0"}
backends: {a: {protocol: grpc, endpoint: "a.example.com:4317", tls: {insecure: true}}}
collector: {queue: {bytes: "2700000"}}
`, nil)
	c.configure(t)
	metrics := c.measured(t)
	c.configs = append(c.configs, "yaml:exporters::otlp_grpc/a::endpoint: "+ports.Address(t))
	c.start(t)
	prometheus := startPrometheus(t, server, metrics)
	connection, err := grpc.NewClient(c.receiver, grpc.WithTransportCredentials(insecure.NewCredentials()))
	require.NoError(t, err)
	t.Cleanup(func() { _ = connection.Close() })
	go func() { // Until the queue is full, and then more.
		client := collectortrace.NewTraceServiceClient(connection)
		for i := 0; t.Context().Err() == nil; i++ {
			span := &tracev1.Span{TraceId: fmt.Appendf(nil, "trace %010d", i), SpanId: []byte("span 000"), Name: strings.Repeat("a", 100_000)}
			_, _ = client.Export(t.Context(), &collectortrace.ExportTraceServiceRequest{
				ResourceSpans: []*tracev1.ResourceSpans{{ScopeSpans: []*tracev1.ScopeSpans{{Spans: []*tracev1.Span{span}}}}},
			})
			time.Sleep(50 * time.Millisecond)
		}
	}()
	queries := dashboardQueries(t)
	rules, _ := alerts(t)
	others := regexp.MustCompile(`kubelet_|kube_|x509_|istio_requests|absent\(|deriv\(|send_failed`)
	for _, rule := range rules {
		queries[rule.Alert] = rule.Expr
	}
	answered := 0
	for name, query := range queries {
		if others.MatchString(query) {
			_, err := ask(prometheus, query)
			assert.NoError(t, err, name)
			continue
		}
		if strings.Contains(query, "sent_spans") {
			continue // its backend is away
		}
		answered++
		assert.Eventually(t, func() bool {
			count, err := ask(prometheus, query)
			return err == nil && count > 0
		}, 120*time.Second, 500*time.Millisecond, "%s: %s", name, query)
	}
	assert.Greater(t, answered, 6)
}

// startPrometheus starts one that scrapes a target as a collector's pod.
func startPrometheus(t *testing.T, server, target string) string {
	t.Helper()
	folder, address := t.TempDir(), ports.Address(t)
	config := fmt.Sprintf(`
global: {scrape_interval: 1s}
scrape_configs:
  - job_name: collector
    static_configs: [{targets: [%q], labels: {namespace: istio-system, pod: istio-lightstep-collector-0}}]
`, target)
	file := filepath.Join(folder, "prometheus.yaml")
	require.NoError(t, os.WriteFile(file, []byte(config), 0o600))
	cmd := exec.CommandContext(t.Context(), server, "--config.file="+file, "--storage.tsdb.path="+filepath.Join(folder, "data"), "--web.listen-address="+address)
	var log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &log, &log
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if t.Failed() {
			t.Log(log.String())
		}
	})
	require.Eventually(t, func() bool {
		_, err := ask(address, "vector(1)")
		return err == nil
	}, 60*time.Second, 100*time.Millisecond, "Prometheus does not start")
	return address
}

// ask gives how many series a query finds.
func ask(prometheus, query string) (int, error) {
	response, err := http.Get("http://" + prometheus + "/api/v1/query?query=" + url.QueryEscape(query)) //nolint:noctx // a test's own server
	if err != nil {
		return 0, err
	}
	defer func() { _ = response.Body.Close() }()
	var answer struct {
		Status, Error string
		Data          struct{ Result []any }
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		return 0, err
	}
	if answer.Status != "success" {
		return 0, fmt.Errorf("%s: %s", query, answer.Error)
	}
	return len(answer.Data.Result), nil
}

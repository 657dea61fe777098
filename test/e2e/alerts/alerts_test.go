package alerts

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/measured"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/satellite"
)

type fake map[string]string

func (f fake) Collectors(context.Context) ([]string, error) {
	if f == nil {
		return nil, errors.New("no cluster")
	}
	return []string{"c-0"}, nil
}

func (f fake) Metrics(_ context.Context, pod string) (io.ReadCloser, error) {
	text, ok := f[pod]
	if !ok {
		return nil, errors.New("no pod")
	}
	return io.NopCloser(strings.NewReader(text)), nil
}

func (f fake) Others(_ context.Context, w io.Writer) error {
	if f == nil {
		return errors.New("no cluster")
	}
	_, err := io.WriteString(w, "other 1\n")
	return err
}

func get(t *testing.T, of Source, path string) (int, string) {
	t.Helper()
	recorder := httptest.NewRecorder()
	handler("istio-system", of).ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, "http://127.0.0.1:9"+path, nil))
	return recorder.Code, strings.TrimSpace(recorder.Body.String())
}

func TestPrometheusIsToldOfCollectors(t *testing.T) {
	t.Parallel()
	status, body := get(t, fake{"c-0": "up 1\n"}, "/targets")
	assert.Equal(t, http.StatusOK, status)
	assert.JSONEq(t, `[{"targets":["127.0.0.1:9"],"labels":{"__metrics_path__":"/metrics/c-0","namespace":"istio-system","pod":"c-0"}}]`, body)
	status, body = get(t, fake{"c-0": "up 1\n"}, "/metrics/c-0")
	assert.Equal(t, http.StatusOK, status)
	assert.Equal(t, "up 1", body)
	status, _ = get(t, fake{}, "/metrics/c-1")
	assert.Equal(t, http.StatusBadGateway, status)
	status, body = get(t, fake{}, "/others")
	assert.Equal(t, http.StatusOK, status)
	assert.Equal(t, "other 1", body)
	status, _ = get(t, fake(nil), "/others")
	assert.Equal(t, http.StatusBadGateway, status)
	status, _ = get(t, fake(nil), "/targets")
	assert.Equal(t, http.StatusBadGateway, status)
}

func TestRulesOfAnObject(t *testing.T) {
	t.Parallel()
	rules, err := Rules("---\nkind: Service\nspec: {a: 1}\n---\nkind: PrometheusRule\nspec: {groups: [{name: a}]}\n")
	require.NoError(t, err)
	assert.YAMLEq(t, "groups: [{name: a}]", string(rules))
	_, err = Rules("---\nkind: Service\n")
	require.Error(t, err)
	_, err = Rules("---\na: [\n")
	require.Error(t, err)
}

func TestNamesOfAlerts(t *testing.T) {
	t.Parallel()
	names, err := Names([]byte("groups: [{rules: [{alert: A}, {alert: B}]}, {rules: [{alert: C}]}]"))
	require.NoError(t, err)
	assert.Equal(t, []string{"A", "B", "C"}, names)
	for _, none := range []string{"a: [", "groups: []"} {
		_, err := Names([]byte(none))
		require.Error(t, err, none)
	}
}

func TestQueriesOfADashboard(t *testing.T) {
	t.Parallel()
	const documents = `---
kind: ConfigMap
data: {relay.yaml: "a"}
---
kind: ConfigMap
data:
  a.json: |
    {"panels": [{"title": "One", "targets": [{"refId": "A", "expr": "rate(a{n=\"$namespace\",p=~\"$pod\"}[$__rate_interval])"}]},
     {"title": "Two", "targets": [{"refId": "A", "expr": "b"}, {"refId": "B", "expr": "c"}]}, {"title": "Text"}]}
`
	queries, err := Dashboard(documents, "tracing", "c-")
	require.NoError(t, err)
	assert.Equal(t, []Query{{"One", `rate(a{n="tracing",p=~"c-.*"}[1m])`}, {"Two A", "b"}, {"Two B", "c"}}, queries)
	for _, none := range []string{"---\nkind: Service\n", "---\na: [\n", "---\nkind: ConfigMap\ndata: {a.json: '{}'}\n", "---\nkind: ConfigMap\ndata: {a.json: '{'}\n"} {
		_, err := Dashboard(none, "tracing", "c-")
		require.Error(t, err, none)
	}
}

func TestWhatWasSeenIsKept(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	seen := Run{Istio: "1.31.0", Prometheus: "2.42.0", Quiet: 1, Alarms: []Alarm{{Fault: "a", Fired: []string{"A"}, After: 2, Ended: 3}}, Panels: []Panel{{"One", 2}}}
	require.NoError(t, seen.Keep(folder))
	kept, err := Read(folder)
	require.NoError(t, err)
	assert.Equal(t, seen, kept)
}

func TestAlarmsAreKeptBesideOthers(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	before := Run{Setup: measured.Setup{Commit: "a"}, Quiet: 1, Alarms: []Alarm{{Fault: "a", After: 1}, {Fault: "b", After: 2}}}
	require.NoError(t, before.Keep(folder))
	later := measured.Setup{Commit: "b"}
	require.NoError(t, Run{Setup: later, Alarms: []Alarm{{Fault: "b", After: 3}, {Fault: "c", After: 4}}}.KeepAlarms(folder))
	kept, err := Read(folder)
	require.NoError(t, err)
	before.Alarms = []Alarm{{Fault: "a", After: 1}, {Fault: "b", After: 3, Setup: &later}, {Fault: "c", After: 4, Setup: &later}}
	assert.Equal(t, before, kept)
	ran := kept.Ran(measured.Setup{})
	require.Len(t, ran, 2)
	assert.Contains(t, ran[0], "a: commit a")
	assert.Contains(t, ran[1], "b, c: commit b")
}

func TestHurry(t *testing.T) {
	t.Parallel()
	rules := []byte("groups: [{name: a, rules: [{alert: A, expr: 'x[1h] > 2', for: 1h}, {alert: B, expr: 'x[1h] > 2', for: 1h}]}]")
	hurried, said, err := Hurry{Alert: "A", For: "1m", Old: "[1h]", New: "[5m]"}.Rules(rules)
	require.NoError(t, err)
	assert.YAMLEq(t, "groups: [{name: a, rules: [{alert: A, expr: 'x[5m] > 2', for: 1m}, {alert: B, expr: 'x[1h] > 2', for: 1h}]}]", string(hurried))
	assert.Equal(t, "for 1m, not 1h; [5m], not [1h]", said)
	for _, none := range []Hurry{{Alert: "C", For: "1m"}, {Alert: "A", Old: "[2h]"}, {Alert: "A"}} {
		_, _, err := none.Rules(rules)
		require.Error(t, err, none)
	}
	_, _, err = Hurry{Alert: "A"}.Rules([]byte("a: ["))
	require.Error(t, err)
}

func TestMetricsOfOthers(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	restarts(&out, []corev1.Pod{{
		ObjectMeta: metav1.ObjectMeta{Namespace: "n", Name: "p", UID: "u"},
		Status:     corev1.PodStatus{ContainerStatuses: []corev1.ContainerStatus{{Name: "c", RestartCount: 3}}},
	}})
	assert.Equal(t, `kube_pod_container_status_restarts_total{namespace="n",pod="p",uid="u",container="c"} 3`+"\n", out.String())
	out.Reset()
	authority, err := satellite.NewAuthority("a")
	require.NoError(t, err)
	pem := append([]byte("# both\n"), append(authority.PEM(), authority.PEM()...)...)
	ofSecret(&out, corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Namespace: "n", Name: "s", CreationTimestamp: metav1.Unix(7, 0)},
		Data:       map[string][]byte{"ca": pem},
	})
	assert.Contains(t, out.String(), `kube_secret_created{namespace="n",secret="s"} 7`)
	assert.Equal(t, 2, strings.Count(out.String(), `x509_cert_not_after{secret_namespace="n",secret_name="s",secret_key="ca",`))
	out.Reset()
	require.NoError(t, volumes(&out, []byte("# HELP kubelet_volume_stats_a\nkubelet_volume_stats_a{x=\"y\"} 1\nkubelet_other 2\n")))
	assert.Equal(t, "kubelet_volume_stats_a{x=\"y\"} 1\n", out.String())
}

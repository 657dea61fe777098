package alerts

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
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

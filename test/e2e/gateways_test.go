//go:build e2e

package e2e_test

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/bookinfo"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/gateway"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/istio"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/release"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/settings"
	"github.com/istio-lightstep/istio-lightstep/test/spantest"
)

// edge is the namespace of a gateway of Istio's `gateway` chart, and its release.
const edge = "edge"

// through are routes of that gateway: to the application, and by another host's name to
// the gateway that istioctl installed.
const through = `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge}
spec:
  selector: {istio: edge}
  servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ["*"]}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: straight}
spec:
  hosts: [straight.example]
  gateways: [edge]
  http:
  - match: [{uri: {exact: /productpage}, queryParams: {route: {exact: "1"}}}]
    headers: {response: {set: {x-route: "1"}}}
    route: [{destination: {host: productpage.%[1]s.svc.cluster.local, port: {number: 9080}}}]
  - match: [{uri: {exact: /productpage}, queryParams: {route: {exact: "2"}}}]
    headers: {response: {set: {x-route: "2"}}}
    route: [{destination: {host: productpage.%[1]s.svc.cluster.local, port: {number: 9080}}}]
  - match: [{uri: {exact: /productpage}}]
    headers: {response: {set: {x-route: "3"}}}
    route: [{destination: {host: productpage.%[1]s.svc.cluster.local, port: {number: 9080}}}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: twice}
spec:
  hosts: [twice.example]
  gateways: [edge]
  http: [{route: [{destination: {host: istio-ingressgateway.%[2]s.svc.cluster.local, port: {number: 80}}}]}]
`

// ofGatewayAPI is a gateway of the Gateway API, for which istiod makes the Deployment.
const ofGatewayAPI = `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: api, annotations: {networking.istio.io/service-type: NodePort}}
spec:
  gatewayClassName: istio
  listeners: [{name: http, port: 80, protocol: HTTP}]
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: bookinfo}
spec:
  parentRefs: [{name: api}]
  rules: [{matches: [{path: {type: Exact, value: /productpage}}], backendRefs: [{name: productpage, port: 9080}]}]
`

// otherGateways has requests enter by a gateway of Istio's `gateway` chart, by one of the
// Gateway API, and pass two gateways: each has its exact trace.
func otherGateways(t *testing.T, m *mesh) {
	if m.Istio.Minor != settings.Known[0].Minor {
		t.Skip("for the newest Istio")
	}
	m.released(t)
	ctx := context.WithoutCancel(t.Context())
	b := m.bookinfo()

	m.edgeGateway(t)
	b.Gateway = "edge.edge"
	for i, query := range []string{"?route=1", "?route=2", ""} {
		p := m.enter(t, edge, edge, "straight.example", query, b.Trees())
		assert.Equal(t, fmt.Sprint(i+1), p.route(t), "of the three of the host")
	}
	b.Gateway = ""
	m.enter(t, edge, edge, "twice.example", "", twice(b))

	definitions := m.gatewayAPI(t)
	require.NoError(t, m.cluster.Apply(ctx, m.Application, definitions))
	t.Cleanup(func() { require.NoError(t, m.cluster.Delete(ctx, m.Application, definitions)) })
	require.NoError(t, m.cluster.Apply(ctx, m.Application, ofGatewayAPI))
	t.Cleanup(func() { require.NoError(t, m.cluster.Delete(ctx, m.Application, ofGatewayAPI)) })
	require.Eventually(t, func() bool {
		_, err := m.cluster.Kubernetes.AppsV1().Deployments(m.Application).Get(ctx, "api-istio", getOptions)
		return err == nil
	}, 2*time.Minute, time.Second, "istiod makes the gateway's Deployment")
	require.NoError(t, m.cluster.Ready(ctx, m.Application, "api-istio"))
	b.Gateway = "api-istio." + m.Application
	m.enter(t, m.Application, "api-istio", "", "", b.Trees())
}

// edgeGateway installs Istio's own chart of a gateway.
func (m *mesh) edgeGateway(t *testing.T) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	require.NoError(t, m.cluster.Namespace(ctx, edge, nil))
	t.Cleanup(func() { require.NoError(t, m.cluster.DeleteNamespace(ctx, edge)) })
	chart := filepath.Join(filepath.Dir(filepath.Dir(m.istiodChart(t))), "gateway")
	_, err := release.New(m.cluster, edge, edge, chart).Install(t, ctx, release.Values{
		// Its image is called auto until it is injected, which has no tag.
		"imagePullPolicy": "IfNotPresent",
		"service":         tree{"type": "NodePort"},
		"autoscaling":     tree{"enabled": false},
		"resources":       tree{"requests": tree{"cpu": "10m", "memory": "64Mi"}},
	})
	require.NoError(t, err)
	require.NoError(t, m.cluster.Apply(ctx, edge, fmt.Sprintf(through, m.Application, istio.Namespace)))
	m.step("a gateway of Istio's gateway chart runs")
}

// twice are the trees of requests that pass the gateway edge first.
func twice(b bookinfo.Mesh) []*spantest.Tree {
	var trees []*spantest.Tree
	for _, tree := range b.Trees() {
		name := spantest.Literal("istio-ingressgateway." + istio.Namespace + ".svc.cluster.local:80/*")
		router := spantest.Span("edge.edge", tree).OfKind(spantest.KindClient).One()
		trees = append(trees, spantest.Span("edge.edge", router).OfKind(spantest.KindServer).Named(name).One())
	}
	return trees
}

// gatewayAPI are the definitions of the Gateway API that this Istio was built with.
func (m *mesh) gatewayAPI(t *testing.T) string {
	t.Helper()
	folder := filepath.Join(m.module(t, "sigs.k8s.io/gateway-api"), "config/crd/standard")
	var stream strings.Builder
	for _, name := range []string{"gatewayclasses", "gateways", "httproutes", "grpcroutes", "referencegrants"} {
		text, err := os.ReadFile(filepath.Join(folder, "gateway.networking.k8s.io_"+name+".yaml"))
		require.NoError(t, err)
		stream.WriteString("---\n" + string(text) + "\n")
	}
	return stream.String()
}

// enter sends requests by a gateway until its proxy traces, and then 50, of which each
// must have one of these traces. It gives the page that was asked for.
func (m *mesh) enter(t *testing.T, namespace, name, host, query string, trees []*spantest.Tree) page {
	t.Helper()
	ctx := t.Context()
	address, closer, err := gateway.Find(t, ctx, m.cluster, namespace, name)
	require.NoError(t, err)
	t.Cleanup(closer)
	p := page{url: address + "/productpage" + query, host: host}
	require.NoError(t, p.Answers(ctx))
	m.settled(t, p, trees)
	sent := p.Send(ctx, 50)
	require.NoError(t, sent.Err())
	report, err := m.satellite.WaitFor(ctx, sent, arrival, trees...)
	require.NoError(t, err, "%s", m.doctor(ctx))
	m.delivery = m.delivery.Add(m.bookinfo(), report)
	m.step("by %s of %s, for %q: %s", name, namespace, host+query, report)
	return p
}

// route gives the name of the route that a request takes, where it says so.
func (p page) route(t *testing.T) string {
	t.Helper()
	client := p.client()
	defer client.CloseIdleConnections()
	asked, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.url, nil)
	require.NoError(t, err)
	asked.Host = p.host
	answer, err := client.Do(asked)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	return answer.Header.Get("X-Route")
}

// settled waits until requests have their traces.
func (m *mesh) settled(t *testing.T, p page, trees []*spantest.Tree) {
	t.Helper()
	var last error
	require.Eventually(t, func() bool {
		sent := p.Send(t.Context(), 6)
		_, last = m.satellite.WaitFor(t.Context(), sent, 8*time.Second, trees...)
		return last == nil
	}, 2*time.Minute, time.Second, "the gateway does not trace: %v", last)
}

// aLongTrace has one trace of more than 200 spans arrive whole: that of a client which
// makes several requests within it.
func aLongTrace(t *testing.T, m *mesh) {
	m.released(t)
	m.tracing(t, m.bookinfo())
	const requests = 30
	var bytes [16]byte
	_, _ = rand.Read(bytes[:]) // never fails, by its contract
	id := hex.EncodeToString(bytes[:])
	client := m.page().client()
	defer client.CloseIdleConnections()
	for n := range requests {
		asked, err := http.NewRequestWithContext(t.Context(), http.MethodGet, m.page().url, nil)
		require.NoError(t, err)
		asked.Host = m.host
		asked.Header.Set("Traceparent", fmt.Sprintf("00-%s-%016x-01", id, n+1))
		answer, err := client.Do(asked)
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
		require.Equal(t, http.StatusOK, answer.StatusCode)
	}
	came, want := 0, 1
	assert.Eventually(t, func() bool {
		spans, err := m.satellite.Spans(t.Context())
		require.NoError(t, err)
		came, want = m.ofTrace(spans, id, requests)
		return came == want
	}, arrival, time.Second)
	require.Equal(t, want, came, "spans of one trace")
	require.GreaterOrEqual(t, came, 200)
	m.step("%s: one trace of %d spans arrived whole", t.Name(), came)
}

// ofTrace gives how many spans of a trace came, and how many its requests make: by the
// versions of reviews that answered.
func (m *mesh) ofTrace(spans []spantest.RecordedSpan, id string, requests int) (came, want int) {
	seen := map[string]bool{}
	byVersion := map[string]int{}
	for _, s := range spans {
		key := s.ID + s.Kind
		if s.TraceID != id || seen[key] {
			continue
		}
		seen[key] = true
		if strings.HasPrefix(s.Service, "reviews.") && s.Kind == spantest.KindServer {
			byVersion[s.Attributes[bookinfo.Revision]]++
			requests--
		}
	}
	for version, n := range byVersion {
		want += n * len(m.bookinfo().Parts(version))
	}
	return len(seen), want + requests*len(m.bookinfo().Parts("v1"))
}

//go:build e2e

package e2e_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gruntwork-io/terratest/modules/random"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/release"
	"github.com/istio-lightstep/istio-lightstep/test/spantest"
)

// server is what the client of [client] calls in its namespace.
const server = `
apiVersion: v1
kind: Service
metadata: {name: details}
spec: {ports: [{port: 9080, name: http}], selector: {app: details}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: details}
spec:
  replicas: 1
  selector: {matchLabels: {app: details}}
  template:
    metadata: {labels: {app: details, version: v1}}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
      - {name: details, image: "docker.io/istio/examples-bookinfo-details-v1:1.20.3", imagePullPolicy: IfNotPresent, ports: [{containerPort: 9080}]}
---`

// Tags and attributes that the values set. The percentage is that of calls which begin in
// the namespace of a team.
const (
	tagOfMesh, tagOfTeam = "cluster", "team"
	ofMesh, ofTeam       = "prod-eu-17", "payments"
	ofCollector          = "k8s.cluster.name"
	percentage           = 10

	tagOfHeader, tagOfProxy, tagOfFormatter = "tenant", "proxy.namespace", "method"

	header, unsetHeader = "x-tenant", "none"
)

// teams are the namespaces of docs/teams.md: one samples a part of what begins there and
// has a tag of its own, one sends no spans.
type teams struct {
	*mesh
	shop, batch string
	formatter   bool // this Istio has tags with a formatter
}

// teamsTelemetries holds what docs/teams.md says by the spans of real proxies: tags, what
// differs in a namespace, and the collector's attributes. Taken out of the values again, all
// is as in the other namespaces. What not every Istio has is held where its row of
// dialects.yaml has it.
func teamsTelemetries(t *testing.T, m *mesh) {
	m.unreleased(t)
	of := teams{mesh: m, shop: m.team(t, "shop"), batch: m.team(t, "batch")}
	tags := tree{
		tagOfMesh:   literal(ofMesh),
		tagOfHeader: tree{"header": tree{"name": header, "defaultValue": unsetHeader}},
		tagOfProxy:  tree{"environment": tree{"name": "POD_NAMESPACE", "defaultValue": "none"}},
	}
	formatted := tree{tagOfFormatter: tree{"formatter": tree{"value": "<%REQ(:METHOD)%>"}}}
	if of.formatter = m.takes(t, "LS-TAG-FORMATTER", tree{"customTags": formatted}); of.formatter {
		maps.Copy(tags, formatted)
	}
	of.callers(t, m.Application, client)
	everywhere := release.Values{
		"telemetry": tree{"customTags": tags},
		"collector": tree{"resource": tree{ofCollector: ofMesh}},
	}
	m.install(t, everywhere, release.Values{"telemetry": tree{"namespaces": tree{
		of.shop:  tree{"sampling": percentage, "customTags": tree{tagOfTeam: literal(ofTeam)}},
		of.batch: tree{"disabled": true},
	}}})
	m.tracing(t, m.bookinfo())
	report := m.deliver(t, 50)
	for _, r := range report.Results {
		for _, s := range r.Spans {
			of.tagged(t, s, "", unsetHeader)
		}
	}
	of.differ(t)
	_, err := m.release().Upgrade(t, t.Context(), m.values(), everywhere)
	require.NoError(t, err)
	of.alike(t)
	of.withoutPropagation(t, everywhere)
	of.byConventions(t, everywhere)
}

func literal(text string) tree { return tree{"literal": tree{"value": text}} }

// team makes a namespace with a client and a server.
func (m *mesh) team(t *testing.T, name string) string {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	name += "-" + strings.ToLower(random.UniqueID())
	t.Cleanup(func() { require.NoError(t, m.cluster.DeleteNamespace(ctx, name)) })
	require.NoError(t, m.cluster.Namespace(ctx, name, m.istio.Label()))
	m.callers(t, name, server+client)
	return name
}

func (m *mesh) callers(t *testing.T, namespace, objects string) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	objects = strings.ReplaceAll(objects, "READER", m.proxyImage())
	t.Cleanup(func() { require.NoError(t, m.cluster.Delete(ctx, namespace, objects)) })
	require.NoError(t, m.cluster.Apply(ctx, namespace, objects))
	require.NoError(t, m.cluster.Ready(ctx, namespace))
}

// differ holds what is different in the namespaces.
func (of teams) differ(t *testing.T) {
	t.Helper()
	const n, many = 50, 300
	mine, shops, batches := of.call(t, of.Application, of.Application, n), of.call(t, of.shop, of.shop, many), of.call(t, of.batch, of.batch, n)
	toShop, toBatch := of.call(t, of.Application, of.shop, n), of.call(t, of.Application, of.batch, n)
	of.all(t, mine, n, n, "", "")
	const tenant = "blue"
	headed := of.call(t, of.Application, of.Application, n, header+": "+tenant)
	headed.tenant = tenant
	of.all(t, headed, n, n, "", "")
	of.all(t, toShop, n, n, "", ofTeam)
	of.all(t, toBatch, n, 0, "", "")
	time.Sleep(arrival) // For what must not come: proxies send at least every five seconds.
	of.all(t, toBatch, n, 0, "", "")
	of.all(t, batches, 0, 0, "", "")
	clients, servers := of.spans(t, shops)
	// Chance misses these bounds less than once in a million million runs.
	assert.Positive(t, len(clients), "of %d calls that begin in %s", many, of.shop)
	assert.Less(t, len(clients), many/3, "of %d calls that begin in %s", many, of.shop)
	of.all(t, shops, len(clients), len(servers), ofTeam, ofTeam)
	assert.Equal(t, traceIDs(clients), traceIDs(servers), "a call is traced as a whole or not at all")
	of.step("%d of %d calls are traced that begin in %s, 0 of %d in %s; tags and attributes are as in the values", len(clients), many,
		of.shop, n, of.batch)
}

// alike holds that nothing differs any more. Proxies need a moment for it.
func (of teams) alike(t *testing.T) {
	t.Helper()
	const n = 20
	for _, namespace := range []string{of.shop, of.batch} {
		deadline := time.Now().Add(2 * time.Minute)
		for {
			c := of.call(t, namespace, namespace, n)
			clients, servers := of.await(t, c, n, n)
			told := slices.ContainsFunc(slices.Concat(clients, servers), func(s spantest.RecordedSpan) bool { return s.Attributes[tagOfTeam] != "" })
			if len(clients)+len(servers) == 2*n && !told || time.Now().After(deadline) {
				of.all(t, c, n, n, "", "")
				break
			}
		}
	}
	of.step("without telemetry.namespaces all calls are traced")
}

// calls were made from a client to a server, with a marker in their URL, and with the header
// of a tenant, or as if its default had been sent.
type calls struct{ from, to, marker, tenant string }

// call makes calls, one after the other, with these headers. Without a traceparent, no trace
// has begun before.
func (of teams) call(t *testing.T, from, to string, n int, headers ...string) calls {
	t.Helper()
	c := calls{from, to, strings.ToLower(random.UniqueID()), unsetHeader}
	pods, err := of.cluster.Pods(t.Context(), from, "app=tls-client")
	require.NoError(t, err)
	require.NotEmpty(t, pods)
	var lines strings.Builder
	for _, h := range headers {
		lines.WriteString(h + "\r\n")
	}
	const script = `ok=0
for i in $(seq "$2"); do
  exec 3<>"/dev/tcp/$0/9080" || continue
  printf 'GET /details/0?e2e=%s-%s HTTP/1.1\r\nHost: %s:9080\r\nConnection: close\r\n%s\r\n' "$1" "$i" "$0" "$3" >&3
  IFS= read -r status <&3
  case $status in *' 200 '*) ok=$((ok+1));; esac
  exec 3>&-
done
echo $ok`
	said, err := of.cluster.Exec(t.Context(), from, pods[len(pods)-1].Name, "client", "bash", "-c", script,
		"details."+to, c.marker, strconv.Itoa(n), lines.String())
	require.NoError(t, err)
	require.Equal(t, strconv.Itoa(n), strings.TrimSpace(string(said)), "calls from %s to %s", from, to)
	return c
}

// spans gives those of the client's proxy and of the server's.
func (of teams) spans(t *testing.T, c calls) (clients, servers []spantest.RecordedSpan) {
	t.Helper()
	for _, s := range of.marked(t, c) {
		switch fmt.Sprint(s.Service, s.Kind) {
		case "tls-client." + c.from + spantest.KindClient:
			clients = append(clients, s)
		case "details." + c.to + spantest.KindServer:
			servers = append(servers, s)
		default:
			assert.Fail(t, "a span that is neither the client's nor the server's", "%+v", s)
		}
	}
	return clients, servers
}

// marked gives all spans of calls.
func (of teams) marked(t *testing.T, c calls) (found []spantest.RecordedSpan) {
	t.Helper()
	all, err := of.satellite.Spans(t.Context())
	require.NoError(t, err)
	for _, s := range all {
		if strings.Contains(s.Attributes["http.url"], "e2e="+c.marker+"-") {
			found = append(found, s)
		}
	}
	return found
}

// await reads spans until there are so many, or until the time is over.
func (of teams) await(t *testing.T, c calls, clients, servers int) (fromClients, fromServers []spantest.RecordedSpan) {
	t.Helper()
	deadline := time.Now().Add(arrival)
	for {
		fromClients, fromServers = of.spans(t, c)
		if len(fromClients) == clients && len(fromServers) == servers || time.Now().After(deadline) {
			return fromClients, fromServers
		}
		time.Sleep(time.Second)
	}
}

// all holds that there are so many spans of calls, and that they have the tags of their
// namespaces.
func (of teams) all(t *testing.T, c calls, clients, servers int, ofClient, ofServer string) {
	t.Helper()
	fromClients, fromServers := of.await(t, c, clients, servers)
	assert.Len(t, fromClients, clients, "the client's proxy, from %s to %s", c.from, c.to)
	assert.Len(t, fromServers, servers, "the server's proxy, from %s to %s", c.from, c.to)
	for _, s := range fromClients {
		of.tagged(t, s, ofClient, c.tenant)
	}
	for _, s := range fromServers {
		of.tagged(t, s, ofServer, c.tenant)
	}
}

// tagged holds that a span has the mesh's tags, the collector's attribute and the team's
// tag, or no tag of a team.
func (of teams) tagged(t *testing.T, s spantest.RecordedSpan, team, tenant string) {
	t.Helper()
	assert.Equal(t, ofMesh, s.Attributes[tagOfMesh], "%+v", s)
	assert.Equal(t, ofMesh, s.Resource[ofCollector], "%+v", s)
	assert.Equal(t, team, s.Attributes[tagOfTeam], "%+v", s)
	assert.Equal(t, tenant, s.Attributes[tagOfHeader], "%+v", s)
	_, namespace, _ := strings.Cut(s.Service, ".")
	assert.Equal(t, namespace, s.Attributes[tagOfProxy], "%+v", s)
	if of.formatter {
		assert.Equal(t, "<GET>", s.Attributes[tagOfFormatter], "%+v", s)
	}
}

func traceIDs(spans []spantest.RecordedSpan) []string {
	var ids []string
	for _, s := range spans {
		ids = append(ids, s.TraceID)
	}
	slices.Sort(ids)
	return ids
}

package doctor

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
)

// The DNS domain of the cluster is that of the provider's own host.
func TestClusterOfAnotherDomain(t *testing.T) {
	t.Parallel()
	for service, want := range map[string]string{
		"spans/collector.spans.svc.cluster.local": "collector.spans.svc.cluster.local",
		"spans/collector.spans.svc.corp.example":  "collector.spans.svc.corp.example",
		"collector.spans.svc.corp.example":        "collector.spans.svc.corp.example",
		"collector.spans":                         "collector.spans.svc.cluster.local",
		"collector.spans.svc":                     "collector.spans.svc.cluster.local",
	} {
		at, ok := mesh.ServiceRef(service)
		d := destination{host: service[strings.Index(service, "/")+1:], at: at, isService: ok}
		assert.Equal(t, want, d.fqdn(), service)
	}
	rule := func(host string) *mesh.DestinationRule {
		return &mesh.DestinationRule{Meta: mesh.Meta{Ref: mesh.Ref{Namespace: "spans", Name: "rule"}}, Host: host}
	}
	const name = "collector.spans.svc.corp.example"
	for host, fits := range map[string]bool{
		name: true, "collector": true, "collector.spans": false, "*.corp.example": true,
		"collector.spans.svc.cluster.local": false, "other": false,
	} {
		assert.Equal(t, fits, closeness(rule(host), name) >= 0, host)
	}
}

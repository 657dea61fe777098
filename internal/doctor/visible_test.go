package doctor

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
)

func entry(namespace, hosts, exportTo, ports string) change {
	return change{Apply: `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: x, namespace: ` + namespace + `}
spec: {hosts: [` + hosts + `], exportTo: ` + exportTo + `, ports: [` + ports + `], resolution: DNS}
`}
}

const (
	grpcPort    = "{number: 4317, name: grpc, protocol: GRPC}"
	noCollector = "Pod istio-system/istio-lightstep-collector-"
)

// unqualified is the collector's mesh with a provider whose service has no
// namespace, as in Istio's own documents.
func unqualified(t *testing.T) *mesh.Recorded {
	t.Helper()
	r := recordedBase(t, "collector")
	change{Patch: "ConfigMap istio-system/istio-lightstep", With: map[string]any{"data": map[string]any{"mesh": `
extensionProviders:
- name: istio-lightstep
  opentelemetry: {service: ` + collectorHost + `, port: 4317}
`}}}.apply(t, r)
	return r
}

// TestATenantsServiceEntryTurnsNoCheckOff: a ServiceEntry of the collector's host,
// whoever sees it, makes a host ambiguous of which the provider names no
// namespace (istiod looks at no exportTo there), and the collector is looked at all
// the same.
func TestATenantsServiceEntryTurnsNoCheckOff(t *testing.T) {
	t.Parallel()
	down := []change{{Delete: noCollector + "0"}, {Delete: noCollector + "1"}}
	for name, c := range map[string]struct {
		changes []change
		lost    []string
	}{
		"without":                 {down, []string{"LS-COLLECTOR-DOWN"}},
		"private":                 {append(down, entry("bookinfo", collectorHost, `["."]`, grpcPort)), []string{"LS-ROUTE-AMBIGUOUS", "LS-COLLECTOR-DOWN"}},
		"exported":                {append(down, entry("bookinfo", collectorHost, `["*"]`, grpcPort)), []string{"LS-ROUTE-AMBIGUOUS", "LS-COLLECTOR-DOWN"}},
		"without a fault besides": {[]change{entry("bookinfo", collectorHost, `["."]`, grpcPort)}, []string{"LS-ROUTE-AMBIGUOUS"}},
		"beside the Service":      {append(down, entry("istio-system", collectorHost, `["*"]`, grpcPort)), []string{"LS-COLLECTOR-DOWN"}},
		"of another host":         {append(down, entry("bookinfo", "other.example", `["*"]`, grpcPort)), []string{"LS-COLLECTOR-DOWN"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := unqualified(t)
			for _, change := range c.changes {
				change.apply(t, r)
			}
			snapshot, d := examined(t, r)
			assert.Equal(t, c.lost, idsOf(d.Examine(snapshot, nil)))
		})
	}
	// The provider of the chart names the namespace.
	r := recordedBase(t, "collector")
	entry("bookinfo", collectorHost, `["*"]`, grpcPort).apply(t, r)
	snapshot, d := examined(t, r)
	assert.Empty(t, d.Examine(snapshot, nil))
	for _, change := range down {
		change.apply(t, r)
	}
	snapshot, d = examined(t, r)
	assert.Equal(t, []string{"LS-COLLECTOR-DOWN"}, idsOf(d.Examine(snapshot, nil)))
}

// TestAServiceEntryOpensWhatItsProxiesSee of a mesh whose proxies send to known
// hosts alone: for the collector's namespace, to the satellite's port, by a
// protocol that passes OTLP.
func TestAServiceEntryOpensWhatItsProxiesSee(t *testing.T) {
	t.Parallel()
	closed := func(t *testing.T, more string) *mesh.Recorded {
		t.Helper()
		r := recordedBase(t, "collector")
		for _, b := range breakages(t) {
			if b.ID == "LS-ROUTE-REGISTRY-ONLY" {
				for _, c := range b.Break {
					c.apply(t, r)
				}
			}
		}
		at := find(t, r, "ConfigMap istio-system/istio")
		text := r.Objects[at].Object["data"].(map[string]any)["mesh"].(string)
		r.Objects[at].Object["data"].(map[string]any)["mesh"] = strings.TrimSpace(text) + "\n" + more
		return r
	}
	snapshot, d := examined(t, closed(t, ""))
	require.Equal(t, []string{"LS-ROUTE-REGISTRY-ONLY"}, idsOf(d.Examine(snapshot, nil)))
	e := &examination{Doctor: d, Snapshot: snapshot}
	exporters := e.planes()[0].dest.collector.exporters
	require.Len(t, exporters, 1)
	host, port := exporters[0].host, exporters[0].port
	require.NotZero(t, port)
	right := "{number: " + number(float64(port)) + ", name: tls, protocol: TLS}"
	for name, c := range map[string]struct {
		entry  change
		config string
		opens  bool
	}{
		"of all":                     {entry("shop", host, `["*"]`, right), "", true},
		"of the mesh's default":      {entry("shop", host, `[]`, right), "", true},
		"of its own namespace":       {entry("istio-system", host, `["."]`, right), "", true},
		"for the collector":          {entry("shop", host, `[istio-system]`, right), "", true},
		"of any host":                {entry("shop", `"*`+host[1:]+`"`, `["*"]`, right), "", true},
		"one of two ports":           {entry("shop", host, `["*"]`, "{number: 80, name: http, protocol: HTTP}, "+right), "", true},
		"a tenant's alone":           {entry("shop", host, `["."]`, right), "", false},
		"of others":                  {entry("shop", host, `[bookinfo]`, right), "", false},
		"of nobody":                  {entry("istio-system", host, `["~"]`, right), "", false},
		"of another port":            {entry("shop", host, `["*"]`, "{number: 80, name: tls, protocol: TLS}"), "", false},
		"of another protocol":        {entry("shop", host, `["*"]`, "{number: "+number(float64(port))+", name: http, protocol: HTTP}"), "", false},
		"of another host":            {entry("shop", "x"+host, `["*"]`, right), "", false},
		"private by the mesh config": {entry("shop", host, `[]`, right), "defaultServiceExportTo: [\".\"]\n", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := closed(t, c.config)
			c.entry.apply(t, r)
			snapshot, d := examined(t, r)
			assert.Equal(t, !c.opens, slices.Contains(idsOf(d.Examine(snapshot, nil)), "LS-ROUTE-REGISTRY-ONLY"))
		})
	}
}

// TestAServiceIsExportedAsTheMeshConfigSays where it does not say it itself.
func TestAServiceIsExportedAsTheMeshConfigSays(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ base, of, ids string }{
		{"collector", "Service istio-system/istio-lightstep-collector", "LS-ROUTE-HIDDEN"},
		{"direct", "ServiceEntry istio-system/istio-lightstep-satellite", "LS-ROUTE-HIDDEN"},
	} {
		r := recordedBase(t, c.base)
		at := find(t, r, "ConfigMap istio-system/istio")
		data := r.Objects[at].Object["data"].(map[string]any)
		data["mesh"] = data["mesh"].(string) + "defaultServiceExportTo: [\".\"]\n"
		change{Patch: c.of, With: map[string]any{"spec": map[string]any{"exportTo": nil}}}.apply(t, r)
		snapshot, d := examined(t, r)
		found := d.Examine(snapshot, nil)
		require.Equal(t, []string{c.ids}, idsOf(found), c.base)
		assert.Contains(t, found[0].Mend, "*", "the default must be overridden")
		for _, to := range []struct {
			exportTo string
			hidden   bool
		}{{"*", false}, {"bookinfo, istio-system", false}, {"bookinfo", true}, {"~", true}} {
			with := map[string]any{"metadata": map[string]any{"annotations": map[string]any{"networking.istio.io/exportTo": to.exportTo}}}
			if c.base == "direct" {
				with = map[string]any{"spec": map[string]any{"exportTo": []any{to.exportTo}}}
				if to.exportTo == "bookinfo, istio-system" {
					with = map[string]any{"spec": map[string]any{"exportTo": []any{"bookinfo", "istio-system"}}}
				}
			}
			change{Patch: c.of, With: with}.apply(t, r)
			snapshot, d = examined(t, r)
			assert.Equal(t, to.hidden, len(d.Examine(snapshot, nil)) > 0, "%s %s", c.base, to.exportTo)
		}
	}
}

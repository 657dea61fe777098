package telemetries_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
	"github.com/istio-lightstep/istio-lightstep/internal/telemetries"
	"github.com/istio-lightstep/istio-lightstep/internal/terminal"
)

// ours is what the chart renders for a mesh, a namespace and its own collectors.
const ours = `
{apiVersion: telemetry.istio.io/v1, kind: Telemetry, metadata: {name: tracing-collector, namespace: tracing}, spec: {selector: {matchLabels: {app: collector}}, tracing: [{disableSpanReporting: true}]}}
---
{apiVersion: telemetry.istio.io/v1, kind: Telemetry, metadata: {name: tracing, namespace: istio-system}, spec: {tracing: [{providers: [{name: tracing}], randomSamplingPercentage: 100, customTags: {cluster: {literal: {value: a}}}}]}}
---
{apiVersion: telemetry.istio.io/v1, kind: Telemetry, metadata: {name: tracing, namespace: shop}, spec: {tracing: [{randomSamplingPercentage: 10.5}]}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: tracing, namespace: istio-system}}
`

const (
	collectors = "namespace tracing, workloads with app=collector: no spans (tracing/tracing-collector of this release)"
	inMesh     = "the mesh: spans to provider tracing (istio-system/tracing of this release), 100 % of requests (istio-system/tracing of this release), tags cluster (istio-system/tracing of this release)"
	inShop     = "namespace shop: spans to provider tracing (istio-system/tracing of this release), 10.5 % of requests (shop/tracing of this release), tags cluster (istio-system/tracing of this release)"
)

// telemetry is one that a user has, created on a day.
func telemetry(at, day, labels, selector, tracing string) string {
	namespace, name, _ := strings.Cut(at, "/")
	created := ""
	if day != "" {
		created = `, creationTimestamp: "2026-01-` + day + `T00:00:00Z"`
	}
	return "---\n{apiVersion: telemetry.istio.io/v1, kind: Telemetry, metadata: {name: " + name + ", namespace: " + namespace + created +
		", labels: {" + labels + "}}, spec: {" + selector + "tracing: [" + tracing + "]}}\n"
}

const (
	cart    = "selector: {matchLabels: {app: cart}}, "
	version = "selector: {matchLabels: {app: cart, version: v2}}, "
)

func TestEffect(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		file string
		want []string
	}{
		"of a workload": {
			telemetry("shop/cart", "02", "", cart, "{disableSpanReporting: true}"),
			[]string{inMesh, inShop, "namespace shop, workloads with app=cart: no spans (shop/cart)", collectors},
		},
		"the later replaces what it sets, where both select": {
			telemetry("shop/b", "03", "", cart, "{randomSamplingPercentage: 3, customTags: {}}") +
				telemetry("shop/a", "04", "", version, "{randomSamplingPercentage: 4}"),
			[]string{
				inMesh, inShop,
				"namespace shop, workloads with app=cart: spans to provider tracing (istio-system/tracing of this release), 3 % of requests (shop/b), no tags (shop/b)",
				"namespace shop, workloads with app=cart,version=v2: spans to provider tracing (istio-system/tracing of this release), 4 % of requests (shop/a), no tags (shop/b)",
				collectors,
			},
		},
		"an older one of a namespace": {
			telemetry("shop/younger", "05", "", "", "{}") + telemetry("shop/older", "02", "", "", "{providers: [{name: zipkin}]}"),
			[]string{
				inMesh,
				"namespace shop: spans to provider zipkin (shop/older), 100 % of requests (istio-system/tracing of this release), tags cluster (istio-system/tracing of this release)",
				collectors,
				"shop/younger is not used: Istio uses only the oldest Telemetry without a selector of a namespace, which is shop/older",
				"shop/tracing of this release is not used: Istio uses only the oldest Telemetry without a selector of a namespace, which is shop/older",
			},
		},
		"an older one of the mesh, which a name decides at the same time": {
			telemetry("istio-system/b", "", "", "", "{}") + telemetry("istio-system/a", "", "", "", "{randomSamplingPercentage: 1}"),
			[]string{
				"the mesh: no Telemetry names a provider: the mesh's defaultProviders decide",
				"namespace shop: no Telemetry names a provider: the mesh's defaultProviders decide",
				collectors,
				"istio-system/b is not used: Istio uses only the oldest Telemetry without a selector of a namespace, which is istio-system/a",
				"istio-system/tracing of this release is not used: Istio uses only the oldest Telemetry without a selector of a namespace, which is istio-system/a",
			},
		},
		"ours are installed, and older": {
			telemetry("istio-system/tracing", "01", "", "", "{providers: [{name: old}]}") + telemetry("istio-system/a", "02", "", "", "{}"),
			[]string{
				inMesh, inShop, collectors,
				"istio-system/a is not used: Istio uses only the oldest Telemetry without a selector of a namespace, which is istio-system/tracing",
			},
		},
		"of another revision, of targets, and of nothing": {
			telemetry("shop/other", "01", "istio.io/rev: canary", "", "{}") + telemetry("shop/default", "01", "istio.io/rev: default", cart, "{randomSamplingPercentage: 7}") +
				telemetry("shop/waypoint", "01", "", "targetRefs: [{name: waypoint}], ", "{}") + telemetry("shop/metrics", "01", "", cart, ""),
			[]string{
				inMesh, inShop,
				"namespace shop, workloads with app=cart: spans to provider tracing (istio-system/tracing of this release), 7 % of requests (shop/default), tags cluster (istio-system/tracing of this release)",
				collectors,
				"shop/metrics is not used: it sets nothing for tracing",
				"shop/other is not used: only the control plane of revision canary reads it",
				"shop/waypoint is not used: it counts only for the gateway, waypoint or service that its targetRefs name, which is not shown here",
			},
		},
		"for one direction": {
			telemetry("pay/client", "01", "", "", "{match: {mode: CLIENT}, disableSpanReporting: true}, {match: {mode: SERVER}, customTags: {a: {}, b: {}}}, {disableSpanReporting: false, match: {mode: SERVER}}"),
			[]string{
				inMesh,
				"namespace pay: requests that it sends: no spans (pay/client); that it receives: " +
					"spans to provider tracing (istio-system/tracing of this release), 100 % of requests (istio-system/tracing of this release), tags a, b (pay/client)",
				inShop, collectors,
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			effect, mine, err := telemetries.Beside(objects(t, ours), strings.NewReader(c.file))
			require.NoError(t, err)
			assert.Equal(t, c.want, effect.Lines(mine))
		})
	}
}

// What others write into a Telemetry is on one line, and nothing in it is a command
// of a terminal or of continuous integration.
func TestLinesAreSafe(t *testing.T) {
	t.Parallel()
	const odd = `"x\n::warning:: ::error::pwned\e]0;title\a\u202e"`
	const secret = "Zk38fjQmZk38fjQm9"
	for name, file := range map[string]string{
		"provider":         telemetry("shop/a", "01", "", "", "{providers: [{name: ODD}]}"),
		"tag":              telemetry("shop/a", "01", "", "", "{customTags: {ODD: {}, b: {}}}"),
		"selector's key":   telemetry("shop/a", "01", "", "selector: {matchLabels: {ODD: b}}, ", "{}"),
		"selector's value": telemetry("shop/a", "01", "", "selector: {matchLabels: {app: ODD}}, ", "{disableSpanReporting: true}"),
		"name":             telemetry("shop/ODD", "01", "", "", "{randomSamplingPercentage: 1, customTags: {}}"),
		"older name":       telemetry("shop/ODD", "01", "", "", "{disableSpanReporting: true}") + telemetry("shop/b", "02", "", "", "{}"),
		"unused name":      telemetry("shop/ODD", "01", "", cart, ""),
		"namespace":        telemetry("ODD/a", "01", "", "", "{}"),
		"its workloads":    telemetry("ODD/a", "01", "", cart, "{match: {mode: CLIENT}, disableSpanReporting: true}"),
		"revision":         telemetry("shop/a", "01", "istio.io/rev: ODD", "", "{}"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for text, shown := range map[string]string{odd: `x\n::warning:: :\:error::pwned\x1b]0;title\a\u202e`, secret: "[redacted]"} {
				effect, mine, err := telemetries.Beside(objects(t, ours), strings.NewReader(strings.ReplaceAll(file, "ODD", text)))
				require.NoError(t, err)
				lines := strings.Join(effect.Lines(mine), "\n")
				assert.Contains(t, lines, shown)
				assert.Equal(t, terminal.SafeLines(lines), lines)
				assert.NotContains(t, lines, "\n:")
				assert.NotContains(t, lines, secret)
			}
		})
	}
}

func TestNothingToShow(t *testing.T) {
	t.Parallel()
	_, _, err := telemetries.Beside(objects(t, ours), strings.NewReader("kind: ConfigMap\napiVersion: v1\n"))
	require.ErrorContains(t, err, "contains no Telemetry")
	_, _, err = telemetries.Beside(objects(t, ours), strings.NewReader("a: [\n"))
	require.Error(t, err)
	_, _, err = telemetries.Beside(nil, strings.NewReader(ours))
	require.ErrorIs(t, err, telemetries.ErrNone)
}

func objects(t *testing.T, text string) []*unstructured.Unstructured {
	t.Helper()
	recorded, err := mesh.ReadRecorded(strings.NewReader(text))
	require.NoError(t, err)
	all := make([]*unstructured.Unstructured, len(recorded.Objects))
	for i := range recorded.Objects {
		all[i] = &recorded.Objects[i]
	}
	return all
}

func TestDeviations(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		file string
		want []telemetries.Deviation
	}{
		"another sampling, other tags, and the provider of the chart": {
			file: telemetry("blog/a", "01", "", "", "{randomSamplingPercentage: 3, customTags: {}}") + telemetry("pay/b", "01", "", "", "{providers: [{name: tracing}]}"),
		},
		"an older one of the mesh, told once": {
			telemetry("istio-system/first", "01", "", "", "{providers: [{name: zipkin}], disableSpanReporting: true}"),
			[]telemetries.Deviation{{Of: telemetries.Older, By: "istio-system/first", Scope: "istio-system/tracing"}},
		},
		"off and elsewhere, of one direction too, in the widest scope alone": {
			telemetry("shop/quiet", "01", "", "", "{match: {mode: CLIENT}, disableSpanReporting: true}") +
				telemetry("pay/other", "01", "", "", "{providers: [{name: zipkin}]}") + telemetry("pay/cart", "02", "", cart, "{randomSamplingPercentage: 1}"),
			[]telemetries.Deviation{
				{Of: telemetries.Elsewhere, By: "pay/other", Scope: "namespace pay", Provider: "zipkin"},
				{Of: telemetries.Older, By: "shop/quiet", Scope: "shop/tracing"},
			},
		},
		"of a workload": {
			telemetry("shop/quiet", "01", "", cart, "{match: {mode: CLIENT}, disableSpanReporting: true}"),
			[]telemetries.Deviation{{Of: telemetries.Off, By: "shop/quiet", Scope: "sent requests of namespace shop, workloads with app=cart"}},
		},
		"no traces of a namespace, and of what another receives": {
			telemetry("blog/none", "01", "", "", "{randomSamplingPercentage: 0}") +
				telemetry("pay/none", "01", "", "", "{match: {mode: SERVER}, randomSamplingPercentage: 0}"),
			[]telemetries.Deviation{
				{Of: telemetries.Unsampled, By: "blog/none", Scope: "namespace blog"},
				{Of: telemetries.Unsampled, By: "pay/none", Scope: "received requests of namespace pay"},
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			effect, mine, err := telemetries.Beside(objects(t, ours), strings.NewReader(c.file))
			require.NoError(t, err)
			assert.ElementsMatch(t, c.want, effect.Deviations(mine, "tracing"))
		})
	}
}

package render

import (
	"maps"
	"regexp"
	"slices"

	"github.com/istio-lightstep/istio-lightstep/internal/pages"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

// lightstepHost finds LightStep's public hosts, as the chart's template of this
// name does.
var lightstepHost = regexp.MustCompile(`^(?i:(https?://)?([-a-z0-9]+\.)*lightstep\.com)(:[0-9]+)?(/|$)`)

// addEndOfLife says once that LightStep's public hosts come to their end, where
// spans go nowhere else: who has another backend too knows the way out. Errors
// come first: there it is not said.
func (e *examination) addEndOfLife() {
	if e.judged == nil || problem.HasErrors(e.problems) {
		return
	}
	path := ""
	if lightstepHost.MatchString(textAt(e.coalesced, "global.tracer.lightstep.address")) {
		path = "global.tracer.lightstep.address"
	} else if textAt(e.coalesced, "global.tracer.lightstep.address") != "" {
		return
	}
	backends, _ := e.coalesced["backends"].(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(backends)) {
		backend, _ := backends[name].(map[string]any)
		if backend == nil || backend["drain"] == true {
			continue
		}
		endpoint, _ := backend["endpoint"].(string)
		if backend["preset"] != "lightstep" && !lightstepHost.MatchString(endpoint) {
			return
		}
		if path == "" {
			path = "backends." + name
		}
	}
	if collector, _ := e.coalesced["collector"].(map[string]any); len(mapAt(collector, "exporters")) > 0 || path == "" {
		return
	}
	e.add(problem.Problem{
		ID: "LS-END-OF-LIFE", Severity: problem.SeverityInfo, Path: path, URL: pages.Check,
		Reason: "LightStep reached its end of life on 2026-03-01, or does so when your contract ends",
		Fix:    "send to another backend too: set `backends`, or have `istio-lightstep migrate --backend NAME` write the values",
	})
}

// mapAt gives the map under a key, nil where there is none.
func mapAt(in map[string]any, key string) map[string]any {
	found, _ := in[key].(map[string]any)
	return found
}

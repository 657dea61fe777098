package migrate

import (
	"maps"
	"slices"
	"strings"
)

// followConnectors finds the pipelines of spans to LightStep: those that export there,
// and those that export to these alone, by connectors that change nothing. Each part of
// a pipeline is looked at once.
func (c *collectorConfig) followConnectors() {
	pipelines := c.config.Service.Pipelines
	givers, takers := map[string][]string{}, map[string][]string{} // by a part, the pipelines that export to it, and that receive from it
	for _, name := range slices.Sorted(maps.Keys(pipelines)) {
		for _, part := range distinct(pipelines[name].Exporters) {
			givers[part] = append(givers[part], name)
		}
		for _, part := range distinct(pipelines[name].Receivers) {
			takers[part] = append(takers[part], name)
		}
	}
	c.toLightStep = c.pipelinesOf(c.name, true)
	reached := map[string]bool{}
	for _, name := range c.toLightStep {
		reached[name] = true
	}
	taken, led := map[string]int{}, map[string]int{} // of a connector and of a pipeline, how many of what they give to lead there
	var leading []string                             // connectors of which all do
	for i := 0; i < len(c.toLightStep); i++ {
		for _, part := range distinct(pipelines[c.toLightStep[i]].Receivers) {
			if taken[part]++; taken[part] < len(takers[part]) || !c.forwards(part) {
				continue
			}
			leading = append(leading, part)
			for _, name := range givers[part] {
				if led[name]++; led[name] == len(distinct(pipelines[name].Exporters)) && isTraces(name) && !reached[name] {
					reached[name] = true
					c.toLightStep = append(c.toLightStep, name)
				}
			}
		}
	}
	c.within = map[string]bool{}
	for _, part := range leading {
		c.within[part] = !slices.ContainsFunc(givers[part], func(name string) bool { return !reached[name] })
	}
}

// forwards tells a connector that passes on what it is given.
func (c *collectorConfig) forwards(part string) bool {
	kind, _, _ := strings.Cut(part, "/")
	_, known := c.config.Connectors[part]
	return known && kind == "forward"
}

func distinct(names []string) []string { return slices.Compact(slices.Sorted(slices.Values(names))) }

package migrate

import (
	"fmt"
	"slices"
	"strings"
)

// rename is a Telemetry of the user's that stays, with what makes the chart's provider
// its own: for people, and for kubectl patch.
type rename struct {
	object
	What, Type, Patch string
	Labelled          bool // with istio.io/rev
	Shared            bool // by all control planes of its root namespace
}

// renames gives each Telemetry once, one that a cluster and a file have as the later
// has it.
func (e *edited) renames() []rename {
	sampling := fmt.Sprint(e.values[valueSampling])
	if e.values[valueSampling] == noSampling {
		sampling = `"` + noSampling + `"`
	}
	providers := fmt.Sprintf(`[{"name": %q}]`, release)
	var all []rename
	for _, r := range lastOfEach(e.plan.renames) {
		is := rename{object: objectsNamed([]object{r.object})[0], Type: "json", Labelled: r.labelled, Shared: r.wide && !r.labelled}
		if len(r.entries) == 0 {
			tracing := fmt.Sprintf(`[{"providers": %s, "randomSamplingPercentage": %s}]`, providers, sampling)
			is.Type, is.Patch = "merge", fmt.Sprintf(`{"spec": {"tracing": %s}}`, tracing)
			is.What = fmt.Sprintf("set spec.tracing to `%s`", tracing)
			all = append(all, is)
			continue
		}
		var patch, what []string
		set := func(entry renamedEntry, key, value string) {
			patch = append(patch, fmt.Sprintf(`{"op": "add", "path": "/spec/tracing/%d/%s", "value": %s}`, entry.index, key, value))
			what = append(what, fmt.Sprintf("spec.tracing[%d].%s to `%s`", entry.index, key, value))
		}
		for _, entry := range r.entries {
			if entry.unnamed {
				set(entry, "providers", providers)
			}
			if entry.unsampled {
				set(entry, "randomSamplingPercentage", sampling)
			}
		}
		is.Patch, is.What = "["+strings.Join(patch, ", ")+"]", "set "+strings.Join(what, " and ")
		all = append(all, is)
	}
	return all
}

// unnamings gives the narrower Telemetries that lose the old provider's name, with what
// takes it out: the file of each may hold more than Telemetries. A patch may be repeated,
// so it adds what it removes.
func (e *edited) unnamings() []rename {
	var all []rename
	for _, r := range lastOfEach(e.plan.narrow) {
		is := rename{object: objectsNamed([]object{r.object})[0], Type: "merge", Patch: `{"spec": {"tracing": null}}`}
		var patch []string
		for _, entry := range r.entries {
			path := fmt.Sprintf("/spec/tracing/%d/providers", entry.index)
			patch = append(patch, fmt.Sprintf(`{"op": "add", "path": %q, "value": []}, {"op": "remove", "path": %q}`, path, path))
		}
		if len(patch) > 0 {
			is.Type, is.Patch = "json", "["+strings.Join(patch, ", ")+"]"
		}
		all = append(all, is)
	}
	return all
}

// lastOfEach gives each Telemetry once.
func lastOfEach(all []renamed) []renamed {
	var last []renamed
	for i, r := range all {
		if !slices.ContainsFunc(all[i+1:], func(later renamed) bool { return later.Namespace == r.Namespace && later.Name == r.Name }) {
			last = append(last, r)
		}
	}
	return last
}

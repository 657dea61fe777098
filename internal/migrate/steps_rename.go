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
	for i, r := range e.plan.renames {
		if slices.ContainsFunc(e.plan.renames[i+1:], func(later renamed) bool { return later.Namespace == r.Namespace && later.Name == r.Name }) {
			continue
		}
		is := rename{object: objectsNamed([]object{r.object})[0], Type: "json", Labelled: r.labelled}
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

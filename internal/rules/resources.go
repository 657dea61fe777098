package rules

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// containers are the paths of the containers' values, by order, with what
// switches each on.
var containers = []struct{ path, enabled string }{
	{"collector", ""},
	{"collector.reload", "enabled"},
	{"collector.retryRefused", "enabled"},
	{"collector.tap", "enabled"},
	{"test", ""},
}

// inBytes are the resources that are measured in bytes.
var inBytes = regexp.MustCompile(`^(memory|ephemeral-storage|hugepages-.*)$`)

// addResources lists, under resources, each quantity of each container's
// requests and limits.
func addResources(subject Subject, step func(key string) string) {
	var found []any
	for _, container := range containers {
		settings := subject.at(append([]string{"values"}, strings.Split(container.path, ".")...)...)
		used := container.enabled == "" || at(settings, []string{container.enabled}) == true
		requests := mapOf(at(settings, []string{"resources", "requests"}))
		for _, of := range []string{"limits", "requests"} {
			given := mapOf(at(settings, []string{"resources", of}))
			for _, name := range slices.Sorted(maps.Keys(given)) {
				if given[name] == nil {
					continue
				}
				entry := quantityOf(name, given[name])
				entry["path"], entry["used"] = container.path+".resources."+of+"."+step(name), used
				if amount, state := stated(requests[name]); of == "limits" && given != nil && requests != nil && state != "malformed" {
					entry["request"], entry["requestText"] = amount, shortText(requests[name])
				}
				found = append(found, entry)
			}
		}
	}
	if found != nil {
		subject["resources"] = found
	}
}

func quantityOf(name string, given any) map[string]any {
	amount, state := stated(given)
	kind := "other"
	switch {
	case name == "cpu":
		kind = "cpu"
	case inBytes.MatchString(name):
		kind = "bytes"
	}
	return map[string]any{"kind": kind, "state": state, "amount": amount}
}

func stated(given any) (float64, string) {
	amount, _ := readAmount(given)
	_, state := readQuantity(given)
	return amount, state
}

func shortText(given any) string {
	if text, ok := given.(string); ok {
		return text
	}
	text, _ := json.Marshal(given) // a number of the subject
	return string(text)
}

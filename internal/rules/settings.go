package rules

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
)

// exporterKeys are the keys that exporters of OTLP know, from rules.json, by
// what they are of: grpc, http, or a part that both have.
type exporterKeys map[string][]string

// newExporterKeys reads them.
func newExporterKeys(given any) (exporterKeys, error) {
	keys := exporterKeys{}
	entries, _ := given.(map[string]any)
	for _, of := range []string{"grpc", "http", "sending_queue", "sending_queue.batch", "retry_on_failure"} {
		list, _ := entries[of].([]any)
		for _, key := range list {
			text, _ := key.(string)
			keys[of] = append(keys[of], text)
		}
		if len(keys[of]) == 0 {
			return nil, fmt.Errorf("%w: no keys of exporters, %s", ErrMalformed, of)
		}
	}
	return keys, nil
}

var overGRPC = regexp.MustCompile(`^(otlp|otlp_grpc)(/|$)`)

// addUnknown says under unknown which key an exporter of OTLP does not know:
// the first one. Null removes a key, so it is none. A step of its path is what
// step makes of a key.
func (k exporterKeys) addUnknown(exporter map[string]any, step func(key string) string) {
	name, _ := exporter["name"].(string)
	if !queueing.MatchString(name) {
		return
	}
	own := "http"
	if overGRPC.MatchString(name) {
		own = "grpc"
	}
	for _, part := range []struct {
		of     string
		within []string
	}{
		{own, nil},
		{"sending_queue", []string{"sending_queue"}},
		{"sending_queue.batch", []string{"sending_queue", "batch"}},
		{"retry_on_failure", []string{"retry_on_failure"}},
	} {
		settings, _ := at(exporter["settings"], part.within).(map[string]any)
		for _, key := range slices.Sorted(maps.Keys(settings)) {
			if settings[key] != nil && !slices.Contains(k[part.of], key) {
				path := ""
				for _, name := range part.within {
					path += name + "."
				}
				exporter["unknown"] = path + step(key)
				return
			}
		}
	}
}

var (
	duration      = regexp.MustCompile(`^([0-9]{1,8}(ms|s|m|h)){1,4}$`)
	durationPart  = regexp.MustCompile(`([0-9]+)(ms|s|m|h)`)
	inMillisecond = map[string]int64{"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000}
)

// addRetry says under retry how many milliseconds the durations of an
// exporter's retry_on_failure are, where they are whole ones.
func addRetry(exporter map[string]any) {
	retry := map[string]any{}
	for _, key := range []string{"initial_interval", "max_interval", "max_elapsed_time"} {
		text, _ := at(exporter["settings"], []string{"retry_on_failure", key}).(string)
		if !duration.MatchString(text) {
			continue
		}
		milliseconds := int64(0)
		for _, part := range durationPart.FindAllStringSubmatch(text, -1) {
			number, _ := strconv.ParseInt(part[1], 10, 64) // the grammar leaves nothing else
			milliseconds += number * inMillisecond[part[2]]
		}
		retry[key] = float64(milliseconds)
	}
	exporter["retry"] = retry
}

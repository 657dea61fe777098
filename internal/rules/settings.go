package rules

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// exporterKeys are what exporters of OTLP know, from rules.json: grpc and http
// say of each key what it is, and kinds what that means.
type exporterKeys map[string]map[string]any

// newExporterKeys reads them.
func newExporterKeys(given any) (exporterKeys, error) {
	keys := exporterKeys{}
	for _, of := range []string{"grpc", "http", "kinds"} {
		keys[of] = mapOf(mapOf(given)[of])
		if len(keys[of]) == 0 {
			return nil, fmt.Errorf("%w: no keys of exporters, %s", ErrMalformed, of)
		}
	}
	return keys, nil
}

var overGRPC = regexp.MustCompile(`^(otlp|otlp_grpc)(/|$)`)

// settingsWalk lists what exporters of OTLP do not know.
type settingsWalk struct {
	steps
	keys  exporterKeys
	words map[string]typeWord
	found []any
}

// exporter looks at the settings of an exporter, where it is one of OTLP.
func (w *settingsWalk) exporter(name, path string, settings any) {
	if own, ok := settings.(map[string]any); ok && queueing.MatchString(name) {
		of := "http"
		if overGRPC.MatchString(name) {
			of = "grpc"
		}
		w.visit(path, own, w.keys[of], true)
	}
}

// visit looks at a value and what is below it, by what it is. Where it expands,
// a text with a reference may be anything. Null removes a key.
func (w *settingsWalk) visit(path string, value, is any, expands bool) {
	if text, ok := value.(string); ok && expands && strings.Contains(text, "${") {
		return
	}
	got := jsonType(value)
	switch is := is.(type) {
	case map[string]any:
		wanted := "object"
		if is["[]"] != nil && (got == "array" || is["*"] == nil) {
			wanted = "array"
		}
		if got != wanted {
			w.add(path, got, "a "+w.words[wanted].Name, w.words[wanted].Fix)
			return
		}
		if items, ok := value.([]any); ok {
			for i, item := range items {
				w.visit(path+"["+strconv.Itoa(i)+"]", item, is["[]"], expands)
			}
			return
		}
		w.keysOf(path, value.(map[string]any), is, expands)
	case []any:
		if !slices.Contains(is, value) {
			w.notListed(path, got, is)
		}
	case string:
		kind := mapOf(w.keys["kinds"][is])
		types, _ := kind["is"].([]any)
		if !slices.Contains(types, any(got)) || !matches(value, regexp.MustCompile(textOf(kind["matches"]))) {
			w.add(path, got, textOf(kind["want"]), textOf(kind["fix"]))
		}
	}
}

func (w *settingsWalk) keysOf(path string, settings, is map[string]any, expands bool) {
	for _, key := range slices.Sorted(maps.Keys(settings)) {
		below := is[key]
		if below == nil {
			below = is["*"]
		}
		switch {
		case settings[key] == nil:
		case below == nil:
			w.found = append(w.found, map[string]any{"path": path + "." + w.step(key), "known": like(key, is)})
		default:
			w.visit(path+"."+w.step(key), settings[key], below, expands && key != "sending_queue" && key != "retry_on_failure")
		}
	}
}

// like gives the keys that begin as a key does, or all.
func like(key string, is map[string]any) []any {
	plain := []rune(strings.NewReplacer("-", "", "_", "").Replace(strings.ToLower(key)))
	var all, near []any
	for _, known := range slices.Sorted(maps.Keys(is)) {
		all = append(all, known)
		if strings.HasPrefix(strings.ReplaceAll(known, "_", ""), string(plain[:min(3, len(plain))])) {
			near = append(near, known)
		}
	}
	if near == nil {
		return all
	}
	return near
}

func (w *settingsWalk) notListed(path, got string, is []any) {
	var named []string
	for _, one := range is {
		if one != "" {
			named = append(named, fmt.Sprint(one))
		}
	}
	want := strings.Join(named, " or ")
	last := jsonType(is[len(is)-1])
	quoted := ""
	if last == "string" && got != last {
		quoted = ", in quotes"
	}
	w.add(path, got, want, "write "+want+quoted)
}

func (w *settingsWalk) add(path, got, want, fix string) {
	name := w.words[got].Name
	if got != "null" {
		name = "a " + name
	}
	w.found = append(w.found, map[string]any{"path": path, "got": name, "want": want, "fix": fix})
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

package rules

import (
	"encoding/json"
	"math"
	"math/big"
	"regexp"
	"strconv"
	"strings"

	"github.com/istio-lightstep/istio-lightstep/internal/dialect"
)

// quantity is what a Kubernetes quantity of bytes may be here: as much of its
// grammar as a decimal number can hold exactly.
var quantity = regexp.MustCompile(`^([+-]?(?:[0-9]{1,15}\.?|[0-9]{0,12}\.[0-9]{1,3}))(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei|[eE]\+?[0-9]{1,2})?$`)

var units = map[string]int64{
	"": 1, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15, "E": 1e18,
	"Ki": 1 << 10, "Mi": 1 << 20, "Gi": 1 << 30, "Ti": 1 << 40, "Pi": 1 << 50, "Ei": 1 << 60,
}

// mostBytes is the largest whole number that JSON's numbers hold exactly.
const mostBytes = 1 << 53

// readQuantity gives the bytes of a quantity, a text or a number, and whether
// it is ok, malformed, or none: zero and below.
func readQuantity(given any) (bytes int64, state string) {
	amount, ok := readAmount(given)
	switch whole := math.Floor(amount); {
	case !ok || whole > mostBytes:
		return 0, "malformed"
	case whole <= 0:
		return 0, "none"
	default:
		return int64(whole), "ok"
	}
}

// readAmount gives what a quantity stands for, and whether it is one.
func readAmount(given any) (float64, bool) {
	text := ""
	switch given := given.(type) {
	case string:
		text = given
	case float64:
		encoded, _ := json.Marshal(given) // the subject holds no number that JSON does not
		text = string(encoded)
	}
	parts := quantity.FindStringSubmatch(text)
	if parts == nil {
		return 0, false
	}
	number, ok := new(big.Rat).SetString(parts[1])
	if !ok {
		return 0, false
	}
	number.Mul(number, unit(parts[2]))
	amount, _ := number.Float64()
	return amount, true
}

// unit gives what a quantity's ending stands for: a unit, thousandths, or a
// power of ten.
func unit(ending string) *big.Rat {
	power, isPower := strings.CutPrefix(strings.ToLower(ending), "e")
	switch {
	case ending == "m":
		return big.NewRat(1, 1000)
	case isPower && power != "" && power != "i":
		whole, _ := new(big.Rat).SetString("1e" + power) // the grammar leaves nothing else
		return whole
	default:
		return new(big.Rat).SetInt64(units[ending])
	}
}

// queueing are the exporters that are given a queue, by their type.
var queueing = regexp.MustCompile(`^(otlp|otlp_grpc|otlphttp|otlp_http)(/|$)`)

// addQueue puts the queue into the subject: how many bytes of spans a collector
// keeps, and each of its queues.
func addQueue(subject Subject, f dialect.Queue) {
	collector, _ := subject.at("values", "collector").(map[string]any)
	at := func(segments ...string) any { return at(collector, segments) }

	room, roomState := readQuantity(at("resources", "limits", "memory"))
	memory := f.Unbounded
	if roomState == "ok" {
		memory = room * f.MemoryPercent / 100
	}
	bytes, onVolume := memory, at("persistence", "enabled") == true
	if onVolume {
		room, roomState = readQuantity(at("persistence", "size"))
		bytes = room * f.VolumePercent / 100
	}
	count, owned := queuesIn(subject)
	state, most := "ok", room*f.MostPercent/100
	safe, tight := room*f.SafePercent/100, false
	if given := at("queue", "bytes"); given != nil && given != "" {
		bytes, state = readQuantity(given)
		if state == "ok" && roomState == "ok" && bytes > most {
			state = "large"
		}
		tight = onVolume && state == "ok" && roomState == "ok" && bytes > safe-owned
	} else if roomState == "ok" {
		bytes = max(0, min(bytes, most-owned))
	}
	if state == "ok" && roomState == "ok" && owned > 0 && max(bytes, f.Least*count) > most-owned {
		state = "crowded"
	}
	each := bytes / count
	if state == "ok" && each < f.Least {
		state = "small"
	}
	subject["queue"] = map[string]any{
		"state":    state,
		"count":    float64(count),
		"each":     float64(each),
		"eachText": bytesText(each),
		"seconds":  float64(each / f.Span / spansPerSecond),
		"memory":   float64(memory),
		"tight":    tight,
		"owned":    bytesText(owned),
		"least":    bytesText(f.Least * count),
		"room":     map[string]any{"state": roomState, "volume": onVolume, "safe": bytesText(safe), "most": bytesText(most)},
	}
}

// spansPerSecond is the traffic that a queue's seconds are given for.
const spansPerSecond = 1000

// queuesIn counts the queues that share a collector's volume: that to
// LightStep, those of the backends, and those of further exporters. Those whose
// owner says how many bytes they have are not counted, but owned is the sum of
// their bytes. One counts where none is there, to divide by.
func queuesIn(subject Subject) (count, owned int64) {
	if subject["lightstep"] == true {
		count++
	}
	var all []map[string]any
	backends, _ := subject["backends"].([]any)
	for _, backend := range backends {
		all = append(all, at(backend, []string{"exporter"}).(map[string]any))
	}
	named, _ := subject.at("values", "collector", "exporters").(map[string]any)
	for name, exporter := range named {
		if exporter, ok := exporter.(map[string]any); ok && queueing.MatchString(name) {
			all = append(all, exporter)
		}
	}
	for _, exporter := range all {
		if !keepsQueue(exporter) {
			continue
		}
		settings, _ := exporter["sending_queue"].(map[string]any)
		size, sized := settings["queue_size"].(float64)
		if settings["sizer"] == "bytes" && sized && size > 0 {
			owned = min(mostBytes, owned+int64(math.Min(size, mostBytes)))
			continue
		}
		count++
	}
	return max(count, 1), owned
}

// keepsQueue tells whether an exporter of OTLP has a queue on the volume.
func keepsQueue(exporter map[string]any) bool {
	queue, given := exporter["sending_queue"]
	settings, _ := queue.(map[string]any)
	storage, moved := settings["storage"]
	return (!given || queue != nil) && settings["enabled"] != false && (!moved || storage == "file_storage")
}

// bytesText writes bytes for a person who sets them, in whole Mi where there
// are any.
func bytesText(bytes int64) string {
	if bytes < units["Mi"] {
		return strconv.FormatInt(bytes, 10)
	}
	return strconv.FormatInt(bytes/units["Mi"], 10) + "Mi"
}

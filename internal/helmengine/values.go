package helmengine

import (
	"maps"

	"helm.sh/helm/v3/pkg/strvals"
)

// Defaults gives a copy of the chart's own values.
func (c *Chart) Defaults() map[string]any {
	return c.Coalesce(nil)
}

// Coalesce lays the user's values over the chart's defaults, as Helm does: maps
// are merged, all else is replaced, and a null takes a default away. The user's
// map is left as it is, and the result shares nothing with it or the chart.
//
// Helm's own does this by way of reflection, which takes longer than to decode
// the values, and writes to the process's log where a map meets something else.
func (c *Chart) Coalesce(user map[string]any) map[string]any {
	return coalesce(c.chart.Values, user, true)
}

// coalesce lays over over under. At the root a null takes a key away that has
// no value in under, too; deeper down such a null stays.
func coalesce(under, over map[string]any, root bool) map[string]any {
	merged := make(map[string]any, len(under)+len(over))
	for key, value := range under {
		if _, ok := over[key]; !ok {
			merged[key] = deepCopy(value)
		}
	}
	for key, value := range over {
		below, known := under[key]
		if value == nil && known && (root || below != nil) {
			continue
		}
		belowMap, wasMap := below.(map[string]any)
		valueMap, isMap := value.(map[string]any)
		if isMap && wasMap {
			merged[key] = coalesce(belowMap, valueMap, false)
			continue
		}
		merged[key] = deepCopy(value)
	}
	return merged
}

// deepCopy copies what decoded YAML and --set are made of.
func deepCopy(value any) any {
	switch value := value.(type) {
	case map[string]any:
		copied := make(map[string]any, len(value))
		for key, item := range value {
			copied[key] = deepCopy(item)
		}
		return copied
	case []any:
		copied := make([]any, len(value))
		for i, item := range value {
			copied[i] = deepCopy(item)
		}
		return copied
	}
	return value
}

// MergeFile lays the values of one file over those of the files before it, as
// Helm merges several -f. Neither map is changed; the result shares parts of
// both.
func MergeFile(before, file map[string]any) map[string]any {
	merged := maps.Clone(before)
	if merged == nil {
		merged = make(map[string]any, len(file))
	}
	for key, value := range file {
		under, isMap := value.(map[string]any)
		over, wasMap := merged[key].(map[string]any)
		if isMap && wasMap {
			value = MergeFile(over, under)
		}
		merged[key] = value
	}
	return merged
}

// ParseSet puts the expression of a --set, such as a.b=1,c[0]=x, into values.
// Its errors may hold the value, as may those of the four functions below.
func ParseSet(expr string, values map[string]any) error {
	return strvals.ParseInto(expr, values)
}

// ParseSetString puts the expression of a --set-string into values: as
// [ParseSet], but every value stays a string.
func ParseSetString(expr string, values map[string]any) error {
	return strvals.ParseIntoString(expr, values)
}

// ParseSetJSON puts the expression of a --set-json, such as a.b={"c":1},
// into values.
func ParseSetJSON(expr string, values map[string]any) error {
	return strvals.ParseJSON(expr, values)
}

// ParseSetFile puts the expression of a --set-file, such as a.b=cert.pem, into
// values; read gives the content of the file named.
func ParseSetFile(expr string, values map[string]any, read func(path string) ([]byte, error)) error {
	return strvals.ParseIntoFile(expr, values, func(path []rune) (any, error) {
		data, err := read(string(path))
		return string(data), err
	})
}

// ParseSetLiteral puts the expression of a --set-literal into values: all
// behind the first = is the value, commas and braces too.
func ParseSetLiteral(expr string, values map[string]any) error {
	return strvals.ParseLiteralInto(expr, values)
}

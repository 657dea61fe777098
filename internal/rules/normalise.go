package rules

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"unicode/utf8"
)

// errUnwritable tells of a value that JSON cannot hold.
var errUnwritable = errors.New("cannot be written as JSON")

// deepest is how deep maps and lists may lie in each other.
const deepest = 1000

// normalise copies a value into what decoding its JSON would give, which is
// what the templates see: numbers are float64, text is UTF-8.
func normalise(v any, depth int) (any, error) {
	if depth > deepest {
		return nil, fmt.Errorf("%w: more than %d levels deep", errUnwritable, deepest)
	}
	switch v := v.(type) {
	case nil, bool:
		return v, nil
	case string:
		if !utf8.ValidString(v) {
			return string([]rune(v)), nil // each wrong byte becomes U+FFFD, as in encoding/json
		}
		return v, nil
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, fmt.Errorf("%w: %v", errUnwritable, v)
		}
		return v, nil
	case int64:
		return float64(v), nil
	case int:
		return float64(v), nil
	case map[string]any:
		if v == nil {
			return nil, nil
		}
		return normaliseMap(v, depth)
	case []any:
		if v == nil {
			return nil, nil
		}
		return normaliseList(v, depth)
	}
	return throughJSON(v)
}

func normaliseMap(m map[string]any, depth int) (any, error) {
	out := make(map[string]any, len(m))
	for key, value := range m {
		if !utf8.ValidString(key) {
			return throughJSON(m) // keys that become the same are its business
		}
		copied, err := normalise(value, depth+1)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", key, err)
		}
		out[key] = copied
	}
	return out, nil
}

func normaliseList(list []any, depth int) (any, error) {
	out := make([]any, len(list))
	for i, value := range list {
		copied, err := normalise(value, depth+1)
		if err != nil {
			return nil, fmt.Errorf("[%d]: %w", i, err)
		}
		out[i] = copied
	}
	return out, nil
}

// throughJSON takes the long way, for what decoding values never gives but a
// caller may.
func throughJSON(v any) (any, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errUnwritable, err)
	}
	var out any
	if err := json.Unmarshal(data, &out); err != nil {
		return nil, fmt.Errorf("%w: %w", errUnwritable, err)
	}
	return out, nil
}

package insync

import (
	"fmt"
	"maps"
	"slices"
)

// Differences says of each field that was applied how it is kept, where that is not
// the same: one that is missing, has another value, or is a list of another length.
// Fields that were not applied, such as defaults, are no difference.
func Differences(applied, kept map[string]any) []string {
	return differences("", applied, kept)
}

func differences(path string, applied, kept any) []string {
	switch applied := applied.(type) {
	case map[string]any:
		kept, ok := kept.(map[string]any)
		if !ok {
			return []string{fmt.Sprintf("%s: a map was applied, and it is gone", path)}
		}
		var all []string
		for _, key := range slices.Sorted(maps.Keys(applied)) {
			value, ok := kept[key]
			if !ok {
				all = append(all, fmt.Sprintf("%s.%s: %s was applied, and it is gone", path, key, short(applied[key])))
				continue
			}
			all = append(all, differences(path+"."+key, applied[key], value)...)
		}
		return all
	case []any:
		kept, ok := kept.([]any)
		if !ok || len(kept) != len(applied) {
			return []string{fmt.Sprintf("%s: %d items were applied, and %d are kept", path, len(applied), len(kept))}
		}
		var all []string
		for i := range applied {
			all = append(all, differences(fmt.Sprintf("%s[%d]", path, i), applied[i], kept[i])...)
		}
		return all
	}
	if !same(applied, kept) {
		return []string{fmt.Sprintf("%s: %s was applied, and %s is kept", path, short(applied), short(kept))}
	}
	return nil
}

// short is a value as a message has it.
func short(value any) string {
	const width = 60
	text := fmt.Sprintf("%#v", value)
	if len(text) > width {
		text = text[:width] + "…"
	}
	return text
}

package insync

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// identity are the fields of an object that nobody owns.
var identity = []string{".apiVersion", ".kind", ".metadata.name", ".metadata.namespace"}

// nobodys tells whether a field is of the identity, or holds nothing else.
func nobodys(at string, value any) bool {
	if slices.Contains(identity, at) {
		return true
	}
	below, _ := value.(map[string]any)
	for key := range below {
		if !slices.Contains(identity, at+"."+key) {
			return false
		}
	}
	return len(below) > 0
}

// Owned says where the fields that a manager owns, in the form FieldsV1, are others than
// those that it applied.
func Owned(applied, fields map[string]any) []string {
	return owned("", applied, fields)
}

func owned(path string, applied any, fields map[string]any) []string {
	if len(fields) == 0 {
		return nil // all below is the manager's
	}
	var all []string
	var seen []string
	for _, field := range slices.Sorted(maps.Keys(fields)) {
		if field == "." {
			continue
		}
		at, value, ok := find(path, applied, field)
		if !ok {
			all = append(all, at+": it is owned, and was not applied")
			continue
		}
		seen = append(seen, at)
		below, _ := fields[field].(map[string]any)
		all = append(all, owned(at, value, below)...)
	}
	of := children(path, applied)
	for _, at := range slices.Sorted(maps.Keys(of)) {
		if !slices.Contains(seen, at) && !nobodys(at, of[at]) {
			all = append(all, at+": it was applied, and is not owned")
		}
	}
	return all
}

// Taken says which fields that were applied another manager owns too, by its FieldsV1.
func Taken(applied, fields map[string]any) []string {
	return taken("", applied, fields)
}

func taken(path string, applied any, fields map[string]any) []string {
	if len(fields) == 0 {
		return []string{path}
	}
	var all []string
	for _, field := range slices.Sorted(maps.Keys(fields)) {
		// That there is such a map or item is no value.
		if at, value, ok := find(path, applied, field); ok && field != "." {
			below, _ := fields[field].(map[string]any)
			all = append(all, taken(at, value, below)...)
		}
	}
	return all
}

// children are what is in a map or a list, by their paths.
func children(path string, value any) map[string]any {
	all := map[string]any{}
	switch value := value.(type) {
	case map[string]any:
		for key, inner := range value {
			all[path+"."+key] = inner
		}
	case []any:
		for i, inner := range value {
			all[fmt.Sprintf("%s[%d]", path, i)] = inner
		}
	}
	return all
}

// find gives what a field of FieldsV1 is in a value that was applied, and its path. An
// item of a list is found by its keys: those that it leaves out have their default.
func find(path string, applied any, field string) (at string, value any, ok bool) {
	kind, name, _ := strings.Cut(field, ":")
	if kind == "f" {
		in, _ := applied.(map[string]any)
		value, ok = in[name]
		return path + "." + name, value, ok
	}
	items, _ := applied.([]any)
	var wanted any
	if err := json.Unmarshal([]byte(name), &wanted); err != nil {
		return path + "[" + field + "]", nil, false
	}
	for i, item := range items {
		if is(item, wanted, kind) {
			return fmt.Sprintf("%s[%d]", path, i), item, true
		}
	}
	return path + "[" + name + "]", nil, false
}

// is tells whether an item has the keys, for the kind "k" of field, or is the value.
func is(item, wanted any, kind string) bool {
	keys, ok := wanted.(map[string]any)
	if kind != "k" || !ok {
		return same(item, wanted)
	}
	in, ok := item.(map[string]any)
	if !ok {
		return false
	}
	for key, value := range keys {
		if has, ok := in[key]; ok && !same(has, value) {
			return false
		}
	}
	return true
}

// same compares by JSON: whole numbers are of several types.
func same(a, b any) bool {
	left, err := json.Marshal(a)
	if err != nil {
		return false
	}
	right, err := json.Marshal(b)
	return err == nil && reflect.DeepEqual(left, right)
}

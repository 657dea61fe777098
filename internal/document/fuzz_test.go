package document_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/istio-lightstep/istio-lightstep/internal/document"
)

// FuzzMerge merges two documents of any text and holds the result against a
// reading of all three that shares no code with the merge.
func FuzzMerge(f *testing.F) {
	for _, c := range merges {
		f.Add(operator+c.mine, operator+c.ours)
	}
	f.Add("a:\n- - x\n- k: |2\n   t\n\n  -\n    b: {c: [d,], 'e': \"f\"}\n", "a: [[x]]\nb: {c: 1}\n")
	f.Add("? k\n: v\nn:\nm: !!str 1 # c\nz: &z a\n  b\n", "n: {a: [b]}\nm: 2\nz: c\n")
	f.Add("? 0: \n: ! 0  \n7: 00 0\n 0", "?")
	f.Add(operator+"spec:\n  000:\n  - 0: 0\n", operator+"spec:\n  0:\n")
	f.Add(operator+"spec:\n  values: {} # c\n  components: ~\n", operator+"spec:\n  values:\n")
	f.Add(operator+"spec:\n  meshConfig: # not yet\n  values: {}\n", operator+"spec:\n  values: text\n")
	f.Add("a:\n  meshConfig:\n    extensionProviders:\n", "meshConfig:\n  extensionProviders:\n  - name: lightstep\n")
	f.Fuzz(func(t *testing.T, mine, ours string) {
		for i := range 4 {
			at := len(mine) * i / 3
			if _, err := document.Merge([]byte(mine[:at]+"S3CRETtoken12345"+mine[at:]), []byte(ours)); err != nil {
				require.NotContains(t, err.Error(), "S3CRETtoken12345")
			}
		}
		merged, err := document.Merge([]byte(mine), []byte(ours))
		if err != nil {
			return
		}
		if _, err := document.Merge([]byte(ours), []byte(ours)); err != nil {
			return // no chart renders this: it has no setting of Istio's
		}
		again, err := document.Merge(merged, []byte(ours))
		require.NoError(t, err)
		require.Equal(t, string(merged), string(again), "merging twice")

		before, after := read(t, []byte(mine)), read(t, merged)
		require.Len(t, after, max(len(before), 1))
		our := read(t, []byte(ours))[0]
		changed := 0
		for i := range before {
			if !reflect.DeepEqual(before[i], after[i]) {
				changed++
				require.NoError(t, keepsSomewhere("", before[i], our, after[i]))
			}
		}
		require.LessOrEqual(t, changed, 1, "one document is merged into")
	})
}

// read decodes every document that is not empty.
func read(t *testing.T, data []byte) []any {
	t.Helper()
	var all []any
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	for {
		var v any
		err := decoder.Decode(&v)
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Skip("the reference does not read it:", err)
		}
		if v != nil {
			all = append(all, textKeys(v))
		}
	}
}

// textKeys turns keys into text, as in JSON.
func textKeys(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for key, w := range v {
			v[key] = textKeys(w)
		}
	case map[any]any:
		m := make(map[string]any, len(v))
		for key, w := range v {
			m[fmt.Sprint(key)] = textKeys(w)
		}
		return m
	case []any:
		for i, w := range v {
			v[i] = textKeys(w)
		}
	}
	return v
}

// keepsSomewhere is keeps for ours at one place of the user's document: at its
// top, or where a wrapper holds the values.
func keepsSomewhere(path string, mine, ours, got any) error {
	err := keeps(path, mine, ours, got)
	if err == nil {
		return nil
	}
	outer, other := entries(mine), entries(got)
	if len(outer) != len(other) {
		return err
	}
	var changed []string
	for key, v := range outer {
		if !assert.ObjectsAreEqual(v, other[key]) {
			changed = append(changed, key)
		}
	}
	if len(changed) != 1 {
		return err
	}
	return keepsSomewhere(path+"."+changed[0], outer[changed[0]], ours, other[changed[0]])
}

// entries gives a map's values by key, or a list's by index.
func entries(v any) map[string]any {
	list, ok := v.([]any)
	if !ok {
		m, _ := v.(map[string]any)
		return m
	}
	m := make(map[string]any, len(list))
	for i, item := range list {
		m[strconv.Itoa(i)] = item
	}
	return m
}

// keeps tells where a value of the user's that ours does not set got lost. What
// is empty holds nothing that could be.
func keeps(path string, mine, ours, got any) error {
	if v := reflect.ValueOf(mine); (v.Kind() == reflect.Map || v.Kind() == reflect.Slice) && v.Len() == 0 {
		return nil
	}
	switch mine := mine.(type) {
	case map[string]any:
		ours, _ := ours.(map[string]any)
		got, ok := got.(map[string]any)
		if !ok {
			return fmt.Errorf("%s is no map any more", path)
		}
		for key, v := range mine {
			at := path + "." + key
			if wanted, set := ours[key]; set {
				if err := keeps(at, v, wanted, got[key]); err != nil {
					return err
				}
			} else if !assert.ObjectsAreEqual(v, got[key]) {
				return fmt.Errorf("%s was %v and is %v", at, v, got[key])
			}
		}
	case []any:
		ours, _ := ours.([]any)
		got, ok := got.([]any)
		if !ok || len(got) < len(mine) || len(got) > len(mine)+len(ours) {
			return fmt.Errorf("%s had %d items and is %v", path, len(mine), got)
		}
		for i, v := range mine {
			if !assert.ObjectsAreEqual(v, got[i]) && !named(ours, v) {
				return fmt.Errorf("%s[%d] was %v and is %v", path, i, v, got[i])
			}
		}
	}
	return nil
}

// named tells whether a list has an item of the same name.
func named(list []any, item any) bool {
	m, _ := item.(map[string]any)
	for _, other := range list {
		if o, _ := other.(map[string]any); o != nil && m != nil && fmt.Sprint(o["name"]) == fmt.Sprint(m["name"]) {
			return true
		}
	}
	return false
}

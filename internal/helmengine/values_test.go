package helmengine

import (
	"encoding/json"
	"io"
	"log"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chartutil"
)

func TestCoalesce(t *testing.T) {
	c := loadFixture(t)
	user := map[string]any{
		"table": map[string]any{"dropped": nil, "mine": "m", "unknown": nil},
		"list":  []any{"z", map[string]any{"deep": 1.0}},
		"count": int64(3),
		"name":  nil,
		"new":   nil,
	}
	got := c.Coalesce(user)
	assert.Equal(t, map[string]any{
		"table":   map[string]any{"kept": true, "mine": "m", "unknown": nil},
		"list":    []any{"z", map[string]any{"deep": 1.0}},
		"count":   int64(3),
		"new":     nil,
		"nothing": nil,
	}, got)

	got["table"].(map[string]any)["kept"] = "changed"
	got["list"].([]any)[1].(map[string]any)["deep"] = "changed"
	assert.Contains(t, user, "name", "the user's map was changed")
	assert.Equal(t, []any{"z", map[string]any{"deep": 1.0}}, user["list"], "the user's list was changed")
	assert.Equal(t, map[string]any{"kept": true, "dropped": 5.0}, c.Defaults()["table"], "the chart was changed")
}

// FuzzCoalesce holds our coalescing against Helm's.
func FuzzCoalesce(f *testing.F) {
	// Helm logs each map that meets something else.
	log.SetOutput(io.Discard)
	for _, seed := range [][2]string{
		{`{"a":{"b":1,"c":null,"d":{"e":1}},"f":null}`, `{"a":{"b":null,"c":null,"d":null,"g":null,"h":{"i":null}},"f":null,"j":null}`},
		{`{"a":{"b":1},"c":2,"d":[1]}`, `{"a":3,"c":{"x":null},"d":{"y":1}}`},
		{`{"a":{"b":{"c":1}}}`, `{"a":{"b":[{"z":null}]}}`},
		{`{}`, `{"a":{"b":{"c":null}}}`},
		{`{"a":null,"b":{"c":null}}`, `{"a":{"x":1},"b":{"c":{"y":null}}}`},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, defaults, user string) {
		var under, over map[string]any
		if json.Unmarshal([]byte(defaults), &under) != nil || json.Unmarshal([]byte(user), &over) != nil {
			return
		}
		helm := &chart.Chart{Metadata: &chart.Metadata{Name: "c"}, Values: under}
		want, err := chartutil.CoalesceValues(helm, over)
		require.NoError(t, err)
		assert.Equal(t, want.AsMap(), (&Chart{chart: helm}).Coalesce(over))
	})
}

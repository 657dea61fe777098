//go:build !race

package render_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
	"github.com/istio-lightstep/istio-lightstep/pkg/render"
)

// notRendered are the values that the chart copies nowhere, or into a Secret
// alone, and those that their owner marks as public.
var notRendered = []string{
	"global.*",        // of other charts
	"global.proxy.*",  // of other charts
	"global.tracer.*", // of other charts
	"global.tracer.lightstep.accessToken",
	"cacert.pem",
	"collector.queue.abandon[0]", // names that are compared
}

// ofNames are types of Kubernetes that hold names alone.
var ofNames = []string{"EnvVarSource"}

// isPublic tells of a value that is marked as no secret.
func isPublic(path string) bool { return strings.HasSuffix(path, ".public") }

// credentialTexts are texts that hold a credential whatever they are called.
var credentialTexts = []string{"Bearer S3CRETtoken12345", "https://user:S3CRETtoken12345@host.example/"}

// An open value is one that takes any text. It may become part of an object that
// many may read, so a credential in it is refused or warned of: a value that is
// added to the schema without that fails here.
func TestEveryOpenValueIsLookedAt(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("../../charts/istio-lightstep/values.schema.json")
	require.NoError(t, err)
	var schema map[string]any
	require.NoError(t, json.Unmarshal(data, &schema))
	o := opened{definitions: schema["definitions"].(map[string]any), seen: map[string]bool{}}
	probes := o.values(schema, "", func(value any) any { return value })
	require.Greater(t, len(probes), 150, "the test finds open values")
	r, err := render.New()
	require.NoError(t, err)
	seen := map[string]bool{}
	for i, p := range probes {
		if testing.Short() && p.kubernetes && i%5 != 0 {
			continue
		}
		if slices.Contains(notRendered, p.path) || isPublic(p.path) {
			seen[p.path] = true
			continue
		}
		for _, with := range p.values {
			given := render.Map("probe", with.(map[string]any))
			base := render.Bytes("values.yaml", []byte(`{istio: {version: "1.30.0"}, global: {tracer: {lightstep: {address: "satellite:443", accessToken: token-marker-1f0c}}}}`))
			v, err := render.ReadValues(base, given)
			require.NoError(t, err)
			problems, err := r.Check(t.Context(), v)
			require.NoError(t, err)
			found := slices.ContainsFunc(problems, func(f problem.Problem) bool {
				cut, isCut := strings.CutSuffix(f.Path, "…") // rules show 120 characters of a path
				here := strings.HasPrefix(f.Path, p.prefix) || isCut && strings.HasPrefix(p.prefix, cut)
				if p.open {
					return here && (f.Severity == problem.SeverityError || strings.Contains(f.ID, "SECRET"))
				}
				return here || f.Severity == problem.SeverityError && strings.HasPrefix(p.prefix, f.Path+".")
			})
			assert.True(t, found, "%s: nothing is said of %v", p.path, with)
		}
	}
	for _, path := range notRendered {
		assert.True(t, seen[path], "%s is no open value", path)
	}
}

// probe is an open value, and sets of values with a credential in it.
type probe struct {
	path   string
	prefix string // of the paths of what is found
	open   bool   // any keys or items may be there: a rule for secrets has to look
	values []any

	kubernetes bool // it is in a type of Kubernetes
}

// opened looks for open values in a schema.
type opened struct {
	definitions map[string]any
	seen        map[string]bool // types of Kubernetes: each is looked at where it is first
	in          string          // the type that is looked at
}

// resolved gives a schema with what it refers to, and false where that type was
// looked at before. Of a value that is one, the type says what may be in it.
func (o *opened) resolved(schema map[string]any) (map[string]any, bool) {
	if below, ok := schema["else"].(map[string]any); ok {
		schema = below
	}
	all, _ := schema["allOf"].([]any)
	own := schema
	for _, part := range all {
		part := part.(map[string]any)
		if below, ok := part["else"].(map[string]any); ok {
			part = below
		}
		if ref, ok := part["$ref"]; ok {
			schema = map[string]any{"$ref": ref}
		} else if part["type"] != nil {
			own = part
		}
	}
	ref, ok := schema["$ref"].(string)
	if !ok {
		return own, true
	}
	name := strings.TrimPrefix(ref, "#/definitions/")
	if o.seen[name] || slices.Contains(ofNames, name) {
		return nil, false
	}
	o.seen[name], o.in = true, name
	return o.definitions[name].(map[string]any), true
}

// values gives the open values below a schema. within puts a value where the
// schema is.
func (o *opened) values(schema map[string]any, path string, within func(any) any) []probe {
	before := o.in
	defer func() { o.in = before }()
	schema, unseen := o.resolved(schema)
	if !unseen {
		return nil
	}
	if _, closed := schema["enum"]; closed {
		return nil
	}
	at := strings.TrimPrefix(path, ".")
	types := schemaTypes(schema)
	free := len(types) == 0
	var found []probe
	add := func(at string, open bool, texts ...any) {
		p := probe{path: at, prefix: strings.TrimSuffix(strings.TrimSuffix(at, "*"), "."), open: open, kubernetes: o.in != ""}
		for _, text := range texts {
			p.values = append(p.values, within(text))
		}
		found = append(found, p)
	}
	if slices.Contains(types, "string") || free {
		add(at, false, credentialTexts[0], credentialTexts[1])
	}
	properties, _ := schema["properties"].(map[string]any)
	if slices.Contains(types, "object") || free {
		for _, key := range slices.Sorted(maps.Keys(properties)) {
			below := func(value any) any { return within(map[string]any{key: value}) }
			found = append(found, o.values(properties[key].(map[string]any), path+"."+key, below)...)
		}
		switch others := schema["additionalProperties"].(type) {
		case map[string]any:
			below := func(value any) any { return within(map[string]any{"api-token": value}) }
			found = append(found, o.values(others, path+".api-token", below)...)
			below = func(value any) any { return within(map[string]any{"note": value}) }
			found = append(found, o.values(others, path+".note", below)...)
			if slices.Contains(schemaTypes(others), "string") {
				add(at+".api-token", true, map[string]any{"api-token": "hunter2hunter2"})
			}
		case bool, nil:
			if others != false {
				add(at+".*", true, map[string]any{"password": "hunter2hunter2"}, map[string]any{"a": []any{map[string]any{"note": credentialTexts[0]}}}, map[string]any{"note": credentialTexts[1]},
					map[string]any{"httpHeaders": []any{map[string]any{"name": "x-api-key", "value": "hunter2hunter2"}}})
			}
		}
	}
	if slices.Contains(types, "array") {
		items, _ := schema["items"].(map[string]any)
		below := func(value any) any { return within([]any{value}) }
		found = append(found, o.values(items, path+"[0]", below)...)
	}
	return found
}

func schemaTypes(schema map[string]any) []string {
	switch given := schema["type"].(type) {
	case string:
		return []string{given}
	case []any:
		var types []string
		for _, one := range given {
			types = append(types, fmt.Sprint(one))
		}
		return types
	}
	return nil
}

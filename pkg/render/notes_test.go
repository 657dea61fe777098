package render

import (
	"maps"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// ownSwitches are those of docs/values.md: what the project's own image is for.
var ownSwitches = []string{
	"collector.drain.enabled", "collector.reload.enabled", "collector.retryRefused.enabled", "collector.tap.enabled", "test.enabled",
}

// ownCases are values beside the switches that decide whether the image appears.
func ownCases() map[string]string {
	lightstep := "global: {tracer: {lightstep: {address: 's.example:443', secure: true%}}}\naccessTokenFrom: {name: token}\n"
	plain := strings.Replace(lightstep, "%", "", 1)
	private := strings.Replace(lightstep, "%", ", cacertPath: /etc/lightstep/cacert.pem", 1)
	backend := func(settings string) string {
		return "backends: {t: {protocol: grpc, endpoint: 't.example:4317'" + settings + "}}\n"
	}
	ca := ", tls: {ca: {name: ca, key: ca.pem}}"
	header := ", headers: {x-key: {secret: {name: key, key: key}}}"
	bearer := ", headers: {authorization: {prefix: 'Bearer ', secret: {name: key, key: key}}}"
	resource := ", resource: {region: {secret: {name: region, key: region}}}"
	client := ", tls: {client: {name: client}}"
	return map[string]string{
		"a public CA":                plain,
		"a CA of a Secret":           private + "cacert: {existingSecret: {name: ca}}\n",
		"a backend":                  backend(""),
		"a backend's CA":             backend(ca),
		"a backend's header":         backend(header),
		"a backend's token":          backend(bearer),
		"a backend's attribute":      backend(resource),
		"a backend's client":         backend(client),
		"LightStep and a backend":    plain + backend(""),
		"both with a CA":             private + "cacert: {existingSecret: {name: ca}}\n" + backend(ca),
		"LightStep and a header":     plain + backend(header),
		"direct":                     plain + "delivery: direct\n",
		"direct, to a backend":       backend("") + "delivery: direct\n",
		"native":                     "istio: {version: 1.14.6}\nglobal: {tracer: {lightstep: {address: 's.example:443', accessToken: t0kz9d6b7a1e4c52, secure: false}}}\n",
		"the native Istio, Zipkin":   "istio: {version: 1.14.6}\n" + backend(ca),
		"a namespace of the cluster": plain + "cacert: {namespaces: [default]}\n",
	}
}

// TestNotesOfTheOwnImage: for all combinations of what decides whether the
// project's own image appears, NOTES list exactly the switches that have to be
// off for nothing to be left of it.
func TestNotesOfTheOwnImage(t *testing.T) {
	t.Parallel()
	r, err := New()
	require.NoError(t, err)
	everything := 1<<len(ownSwitches) - 1
	listed := map[string]bool{}
	for name, values := range ownCases() {
		seen := map[string]owned{}
		look := func(on map[string]bool) owned {
			k := key(on)
			if _, ok := seen[k]; !ok {
				seen[k] = ownImage(t, r, values, on)
			}
			return seen[k]
		}
		for set := range everything + 1 {
			if testing.Short() && set != everything && set != 0 {
				continue // all of them take half a minute
			}
			on := switched(set)
			off := maps.Clone(on)
			for _, told := range look(on).told {
				listed[told], off[told] = true, false
			}
			assert.Zero(t, look(off).containers, "%s, %s: without what NOTES list the image is still used", name, key(on))
			for _, told := range look(on).told {
				alone := maps.Clone(off)
				alone[told] = true
				assert.NotZero(t, look(alone).containers, "%s, %s: NOTES list %s, which needs no image", name, key(on), told)
			}
		}
	}
	assert.Len(t, listed, len(ownSwitches), "a switch that no case needs")
}

// owned is how many containers have the project's own image, and which switches
// NOTES list for it.
type owned struct {
	containers int
	told       []string
}

// switched are the switches that a set of bits has on.
func switched(set int) map[string]bool {
	on := map[string]bool{}
	for i, name := range ownSwitches {
		on[name] = set>>i&1 == 1
	}
	return on
}

func key(on map[string]bool) string {
	var names []string
	for _, name := range ownSwitches {
		if on[name] {
			names = append(names, name)
		}
	}
	return strings.Join(names, " ")
}

func ownImage(t *testing.T, r *Renderer, values string, on map[string]bool) owned {
	t.Helper()
	if !strings.Contains(values, "istio:") {
		values += "istio: {version: 1.30.0}\n"
	}
	sources := []Source{Bytes("values.yaml", []byte(values)), Set("image.repository=registry.example/own-image")}
	for name, is := range on {
		set := name + "=false"
		if is {
			set = name + "=true"
		}
		sources = append(sources, Set(set))
	}
	v, err := ReadValues(sources...)
	require.NoError(t, err)
	e, err := r.examine(t.Context(), v)
	require.NoError(t, err, values)
	output, err := r.chart.Render(t.Context(), e.input(r))
	require.NoError(t, err)
	notes, err := r.chart.Notes(t.Context(), r.input(e.coalesced))
	require.NoError(t, err)
	_, list, _ := strings.Cut(notes, "Pods of registry.example/own-image")
	var found owned
	for _, document := range output {
		found.containers += strings.Count(document.Content, "image: \"registry.example/own-image")
	}
	for _, name := range ownSwitches {
		if strings.Contains(list, "\n  "+name+" ") {
			found.told = append(found.told, name)
		}
	}
	return found
}

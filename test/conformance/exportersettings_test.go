package conformance_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
	"github.com/istio-lightstep/istio-lightstep/pkg/render"
	"github.com/istio-lightstep/istio-lightstep/test/conformance/internal/binaries"
)

// knownKeys is what the chart knows of exporters of OTLP and of other parts:
// exporterKeys of files/rules.yaml.
type knownKeys struct {
	Kinds map[string]struct {
		Is []string `json:"is"`
	} `json:"kinds"`
	GRPC  map[string]any                       `json:"grpc"`
	HTTP  map[string]any                       `json:"http"`
	Parts map[string]map[string]map[string]any `json:"parts"` // by kind and type
}

func readKnownKeys(t *testing.T) knownKeys {
	t.Helper()
	data, err := os.ReadFile("../../charts/istio-lightstep/files/rules.yaml")
	require.NoError(t, err)
	var rules struct {
		Keys knownKeys `json:"exporterKeys"`
	}
	require.NoError(t, yaml.Unmarshal(data, &rules))
	return rules.Keys
}

// types gives the type of each path below a key: string, number, boolean,
// duration, or none where nothing may be.
func (k knownKeys) types(into map[string]string, path string, is any) {
	switch is := is.(type) {
	case map[string]any:
		for key, below := range is {
			if key == "needs" {
				continue // of several keys at once
			}
			k.types(into, strings.TrimPrefix(path+"."+key, "."), below)
		}
	case []any:
		into[path] = map[bool]string{true: "boolean", false: "string"}[is[0] == false]
	case string:
		switch of := k.Kinds[is].Is; {
		case strings.HasPrefix(is, "duration") || strings.HasPrefix(is, "interval"):
			into[path] = "duration"
		case len(of) == 0:
			into[path] = "none"
		case is == "texts":
			into[path+".[]"] = "string"
		case is == "any":
			into[path] = "any"
		default:
			into[path] = of[0]
		}
	}
}

// TestExporterKeys holds the keys that the chart knows of parts against those that
// the collector's own types have.
func TestExporterKeys(t *testing.T) {
	out, err := binaries.Go(t.Context(), "collector", "run", "./keys")
	require.NoError(t, err)
	var collector map[string]map[string]string
	require.NoError(t, json.Unmarshal([]byte(out), &collector))
	known := readKnownKeys(t)
	all := map[string]any{"grpc": known.GRPC, "http": known.HTTP}
	for kind, parts := range known.Parts {
		for name, is := range parts {
			all[kind+"/"+name] = is
		}
	}
	assert.ElementsMatch(t, slices.Collect(maps.Keys(collector)), slices.Collect(maps.Keys(all)))
	for protocol, is := range all {
		types := map[string]string{}
		known.types(types, "", is)
		require.Greater(t, len(types), 4)
		for path, of := range types {
			if of == "none" {
				count := len(collector[protocol])
				maps.DeleteFunc(collector[protocol], func(key, _ string) bool { return strings.HasPrefix(key, path+".") })
				assert.Less(t, len(collector[protocol]), count, "%s has no %s", protocol, path)
				delete(types, path)
			}
		}
		assert.Equal(t, collector[protocol], types, protocol)
	}
}

// valuesOf are what a setting of a type is given, and any.
var valuesOf = map[string][]string{
	"":         {`"text"`, `""`, `5`, `-1`, `1.5`, `0`, `true`, `"5"`, `"5s"`, `"a b"`, `null`, `[]`, `["a"]`, `{}`, `{"a": 1}`},
	"string":   {`"gzip"`, `"1.2"`, `"X25519"`, `"http://proxy.example:3128"`},
	"number":   {`1000000`, `"${env:NUMBER_PORT}"`},
	"boolean":  {`false`, `"${env:SWITCH_PORT}"`},
	"duration": {`"1h30m"`, `"0s"`, `"-5s"`, `"99999999h"`, `"${env:DURATION_PORT}"`},
}

var valuesEnv = []string{"NUMBER_PORT=5", "SWITCH_PORT=true", "DURATION_PORT=5s"}

// settingsOf makes settings of each path with each value.
func settingsOf(types map[string]string) []string {
	var all []string
	for _, path := range slices.Sorted(maps.Keys(types)) {
		for _, value := range slices.Concat(valuesOf[""], valuesOf[types[path]]) {
			settings := value
			for _, step := range slices.Backward(strings.Split(path, ".")) {
				switch step {
				case "[]":
					settings = "[" + settings + "]"
				case "*":
					settings = `{"x-a": ` + settings + "}"
				default:
					settings = fmt.Sprintf("{%q: %s}", step, settings)
				}
			}
			all = append(all, settings)
		}
	}
	return all
}

// settled is what is said of an exporter's endpoint, and what is in files, which
// are not here.
var settled = regexp.MustCompile(`^\{"(endpoint|[a-z]+_endpoint|tls": \{"(ca|cert|key)_(file|pem)|tls": \{"tpm)"`)

// ownKeys are those for which a backend has keys of its own next to exporter.
var ownKeys = regexp.MustCompile(`^\{"(headers|tls": \{"(insecure|server_name_override))"`)

// TestAcceptedSettingsStartACollector gives each path of an exporter all kinds
// of values, at both places that an exporter may be configured at: both accept
// the same but for ownKeys, and with all that they accept the real collector
// runs. One of Zipkin is no backend.
func TestAcceptedSettingsStartACollector(t *testing.T) {
	known := readKnownKeys(t)
	both := map[string]configure{"exporters": asExporters, "backends": asBackends}
	for _, exporter := range []struct {
		protocol string
		is       map[string]any
		places   map[string]configure
	}{
		{"grpc", known.GRPC, both},
		{"http", known.HTTP, both},
		{"zipkin", known.Parts["exporters"]["zipkin"], map[string]configure{"exporters": asExporters}},
	} {
		protocol, is := exporter.protocol, exporter.is
		types := map[string]string{}
		known.types(types, "", is)
		settings := slices.DeleteFunc(settingsOf(types), settled.MatchString)
		for _, own := range ownExporters {
			// A queue that no volume holds is refused for all of them.
			if !strings.Contains(own, "endpoint") && !endless.MatchString(own) {
				settings = append(settings, own)
			}
		}
		accepted := map[string][]string{}
		for place, configure := range exporter.places {
			t.Run(protocol+" "+place, func(t *testing.T) {
				for some := range slices.Chunk(settings, told) {
					accepted[place] = append(accepted[place], acceptedOf(t, configure(t, protocol, some), some)...)
				}
				require.Greater(t, len(accepted[place]), 150)
				require.Greater(t, len(settings)-len(accepted[place]), 500)
				for some := range slices.Chunk(accepted[place], most[place]) {
					assertRuns(t, configure(t, protocol, some))
				}
			})
		}
		if exporter.places["backends"] != nil {
			assert.Equal(t, slices.DeleteFunc(accepted["exporters"], ownKeys.MatchString), accepted["backends"], protocol)
		}
	}
}

// configure gives the values that hold an exporter of each of some settings.
type configure func(t *testing.T, protocol string, settings []string) render.Source

// typeOf is the type of an exporter of a protocol.
var typeOf = map[string]string{"grpc": "otlp_grpc", "http": "otlp_http", "zipkin": "zipkin"}

// endpointOf is where one sends.
var endpointOf = map[string]string{"grpc": "a:4317", "http": "http://a:4318", "zipkin": "http://a:9411/api/v2/spans"}

// asExporters makes a further exporter of each of some settings.
func asExporters(t *testing.T, protocol string, settings []string) render.Source {
	t.Helper()
	exporters := map[string]any{}
	for i, own := range settings {
		exporter := parsed(t, own)
		exporter["endpoint"] = endpointOf[protocol]
		exporters[fmt.Sprintf("%s/n%d", typeOf[protocol], i)] = exporter
	}
	return asJSON(t, "collector.exporters", exporters)
}

// asBackends makes a backend of each.
func asBackends(t *testing.T, protocol string, settings []string) render.Source {
	t.Helper()
	backends := map[string]any{}
	for i, own := range settings {
		backends[fmt.Sprintf("n%d", i)] = map[string]any{"protocol": protocol, "endpoint": endpointOf[protocol], "exporter": parsed(t, own)}
	}
	return asJSON(t, "backends", backends)
}

func parsed(t *testing.T, text string) map[string]any {
	t.Helper()
	var settings map[string]any
	require.NoError(t, json.Unmarshal([]byte(text), &settings), text)
	return settings
}

func asJSON(t *testing.T, key string, value any) render.Source {
	t.Helper()
	text, err := json.Marshal(value)
	require.NoError(t, err)
	return render.SetJSON(key + "=" + string(text))
}

// endless is a queue of more than any volume has.
var endless = regexp.MustCompile(`"queue_size": (1e|[0-9]{12})`)

// told is how many are judged at once: of a rule only 100 problems are told.
const told = 50

// most is how many there may be at a place.
var most = map[string]int{"exporters": 2000, "backends": 99}

// roomy is a volume for all of their queues.
var roomy = render.SetString("collector.persistence.size=1000Ti")

// acceptedOf gives those of the settings that are not refused.
func acceptedOf(t *testing.T, values render.Source, settings []string) []string {
	t.Helper()
	given, err := render.ReadValues(
		render.Set("istio.version=1.31.0,accessTokenFrom.name=token,global.tracer.lightstep.address=satellite.lightstep:9292"), roomy, values)
	require.NoError(t, err)
	renderer, err := render.New()
	require.NoError(t, err)
	_, err = renderer.Render(t.Context(), given)
	var refused *render.ProblemsError
	if err == nil {
		return settings
	}
	require.ErrorAs(t, err, &refused)
	wrong := map[string]bool{}
	number := regexp.MustCompile(`^(?:collector\.exporters\.(?:otlp_grpc|otlp_http|zipkin)/|backends\.)n([0-9]+)\.`)
	for _, one := range refused.Problems {
		if one.Severity == problem.SeverityError {
			match := number.FindStringSubmatch(one.Path)
			require.NotNil(t, match, "%s: %s", one.Path, one.Reason)
			wrong[match[1]] = true
		}
	}
	var accepted []string
	for i, own := range settings {
		if !wrong[fmt.Sprint(i)] {
			accepted = append(accepted, own)
		}
	}
	return accepted
}

// assertRuns starts a collector with values, and wants it to be healthy.
func assertRuns(t *testing.T, values render.Source) {
	t.Helper()
	as := configureCollector(t, t.TempDir(), "satellite:9292", false, []render.Source{roomy, values})
	as.env = append(as.env, valuesEnv...)
	process := as.start(t)
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		select {
		case <-process.Exited():
			t.Fatal("the collector ended")
		default:
		}
		response, err := http.Get("http://" + as.health) //nolint:noctx // it ends with the test
		if assert.NoError(c, err) {
			assert.NoError(c, response.Body.Close())
			assert.Equal(c, http.StatusOK, response.StatusCode)
		}
	}, 2*time.Minute, 200*time.Millisecond)
}

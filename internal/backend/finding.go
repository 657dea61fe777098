package backend

import (
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/internal/pages"
	"github.com/istio-lightstep/istio-lightstep/internal/redact"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

// Ids that the code asks for; problems.yaml has them all.
const (
	IDUntried       = "LS-EXPORT-UNTRIED" // whether it takes an export cannot be tried from here
	idSpanPlaintext = "LS-SPAN-PLAINTEXT" // the collector takes plain text, where it is to take mutual TLS alone
)

//go:embed problems.yaml
var problemsYAML []byte

// catalogue is problems.yaml, where its keys are told.
type catalogue struct {
	Places   map[string]map[string]string
	Problems map[string]struct {
		ID, At, Reason, Fix string
		Doubt               bool
	}
}

// load gives the catalogue. It is a part of the program, and a test reads it: no
// error is left to tell.
var load = sync.OnceValue(func() catalogue {
	c, _ := parseCatalogue()
	return c
})

func parseCatalogue() (c catalogue, err error) {
	err = yaml.UnmarshalStrict(problemsYAML, &c)
	return c, err
}

// Places are where in the values the settings of a backend are, and in words
// how to change some. problems.yaml has them.
type Places struct {
	of, path string
	http     bool
}

// OfLightStep are the places of global.tracer.lightstep.
var OfLightStep = Places{of: "lightstep"}

// OfBackend are the places of a backend in the values, at a path such as
// backends.grafana.
func OfBackend(path string, protocol Protocol) Places {
	return Places{"backend", path, protocol == HTTP}
}

// OfExporter are the places of one of collector.exporters, at its path.
func OfExporter(path string, protocol Protocol) Places {
	return Places{"exporter", path, protocol == HTTP}
}

// words gives the words of the places by what they are about.
func (p Places) words() map[string]string {
	words := maps.Clone(load().Places["backend"])
	maps.Copy(words, load().Places[p.of])
	if p.http {
		maps.Copy(words, load().Places["http"])
	}
	for name, word := range words {
		words[name] = strings.ReplaceAll(word, "{path}", p.path)
	}
	return words
}

// problem makes the problem of a row of problems.yaml. Facts are names, each with
// its value.
func (p Places) problem(row string, facts ...any) problem.Problem {
	var pairs []string
	for pair := range slices.Chunk(facts, 2) {
		pairs = append(pairs, fmt.Sprintf("{%s}", pair[0]), fmt.Sprint(pair[1:]...))
	}
	for name, word := range p.words() {
		pairs = append(pairs, "{"+name+"}", word)
	}
	fill := strings.NewReplacer(pairs...).Replace
	r := load().Problems[row]
	made := problem.Problem{ID: r.ID, Severity: problem.SeverityError, Path: fill(r.At), Reason: fill(r.Reason), Fix: fill(r.Fix), URL: pages.Backend}
	if r.Doubt {
		made.Severity = problem.SeverityWarning
	}
	return made
}

// problem makes the problem of a row with what the probe knows.
func (p *probe) problem(row string, facts ...any) problem.Problem {
	return p.places().problem(row, append(facts, "address", p.reached, "name", p.name(), "call", p.call(), "headers", p.headerNames(), "give", giveSecrets)...)
}

// fail gives the problem of a row as what a step says.
func (p *probe) fail(row string, facts ...any) (string, []problem.Problem) {
	return "", []problem.Problem{p.problem(row, facts...)}
}

// NoTokenFile tells that the file is missing or empty that the access token was
// to be read from.
func NoTokenFile(name string) problem.Problem {
	return OfLightStep.problem("token-file", "file", redact.Key(name))
}

// NoCAFile tells that the file is missing or empty that the CA was to be read
// from; without a name, that none was given.
func NoCAFile(name string) problem.Problem {
	if name == "" {
		return OfLightStep.problem("ca-secret")
	}
	return OfLightStep.problem("ca-file", "file", redact.Key(name))
}

package migrate

import (
	_ "embed"
	"fmt"
	"regexp"
	"slices"
	"sync"

	"sigs.k8s.io/yaml"
)

//go:embed paths.yaml
var pathsYAML []byte

// table is paths.yaml, where its keys are told.
type table struct {
	SystemCAs   []string `json:"systemCAs"`
	Stands      []stands `json:"stands"`
	SecurePorts []string `json:"securePorts"`
	Tracers     []string `json:"tracers"`
	Providers   []string `json:"providers"`
	Receivers   []string `json:"receivers"`
	Processors  []string `json:"processors"`
	Exporter    []string `json:"exporter"`
	Kinds       []kind   `json:"kinds"`

	CollectorSuffixes []string `json:"collectorSuffixes"`
	ConfigSuffixes    []string `json:"configSuffixes"`

	Closed []closedMap      `json:"closed"`
	Rows   map[string][]row `json:"rows"`
}

// stands is a form of text that stands for a value and is none.
type stands struct {
	Is    string `json:"is"`
	Like  string `json:"like"`
	Token bool   `json:"token"` // it is one of the access token alone

	like *regexp.Regexp
}

type kind struct {
	Kind   string  `json:"kind"`
	Group  string  `json:"group"`
	Scopes []scope `json:"scopes"`
	Wraps  bool    `json:"wraps"`
}

type scope struct {
	At     string `json:"at"`
	Rows   string `json:"rows"`
	Rank   int    `json:"rank"`
	Unread string `json:"unread"`
}

type closedMap struct {
	Rows string   `json:"rows"`
	Path string   `json:"path"`
	Keys []string `json:"keys"`
}

type row struct {
	Path     string            `json:"path"`
	Value    string            `json:"value"`
	As       string            `json:"as"`
	Marks    bool              `json:"marks"`
	Native   bool              `json:"native"` // it is of the proxies' own tracer
	Secret   bool              `json:"secret"`
	Is       string            `json:"is"`
	Has      map[string]string `json:"has"`
	Mentions string            `json:"mentions"`
	Beside   string            `json:"beside"` // only where this key stands beside it
	Keep     bool              `json:"keep"`
	Drop     string            `json:"drop"`
	Hand     string            `json:"hand"`
	Mesh     bool              `json:"mesh"`
	Mount    bool              `json:"mount"`
	Emptied  int               `json:"emptied"`
}

var loadTable = sync.OnceValues(func() (*table, error) {
	t := new(table)
	if err := yaml.UnmarshalStrict(pathsYAML, t); err != nil {
		return nil, fmt.Errorf("paths.yaml: %w", err)
	}
	for i, s := range t.Stands {
		pattern, err := regexp.Compile(s.Like)
		if err != nil {
			return nil, fmt.Errorf("paths.yaml: stands: %w", err)
		}
		t.Stands[i].like = pattern
	}
	for _, k := range t.Kinds {
		for _, s := range k.Scopes {
			if _, ok := t.Rows[s.Rows]; !ok {
				return nil, fmt.Errorf("paths.yaml: kind %s: there are no rows %q", k.Kind, s.Rows)
			}
		}
	}
	return t, nil
})

// kind gives the entry for a document's kind and API group, or nil.
func (t *table) kind(name, group string) *kind {
	i := slices.IndexFunc(t.Kinds, func(k kind) bool { return k.Kind == name && k.Group == group })
	if i < 0 {
		return nil
	}
	return &t.Kinds[i]
}

// standsFor tells what a text is that stands for a value, such as a variable, or
// "" where it is the value itself.
func (t *table) standsFor(text string, token bool) string {
	for _, s := range t.Stands {
		if (token || !s.Token) && s.like.MatchString(text) {
			return s.Is
		}
	}
	return ""
}

package migrate

import (
	_ "embed"
	"fmt"
	"regexp"
	"slices"
	"sync"

	yamlv3 "go.yaml.in/yaml/v3"
	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

//go:embed paths.yaml
var pathsYAML []byte

// table is paths.yaml, where its keys are told.
type table struct {
	SystemCAs   []string `json:"systemCAs"`
	Stands      []stands `json:"stands"`
	Pins        []string `json:"pins"`
	Contexts    []string `json:"contexts"` // where files of other programs choose the context of kubectl
	Charts      []chart  `json:"charts"`
	SecurePorts []string `json:"securePorts"`
	Tracers     []string `json:"tracers"`
	Providers   []string `json:"providers"`

	LightStepKeys []string `json:"lightstepKeys"`
	Receivers     []string `json:"receivers"`
	Processors    []string `json:"processors"`
	Exporter      []string `json:"exporter"`
	Kinds         []kind   `json:"kinds"`

	Values     []chartValue      `json:"values"`
	Variables  []string          `json:"variables"`
	PlainKeys  []string          `json:"plainKeys"`
	Slips      []slip            `json:"slips"`
	Users      []liveUser        `json:"users"`
	Installers map[string]string `json:"installers"`

	Environments map[string]string `json:"environments"`
	Operator     operator          `json:"operator"`

	Annotation annotation  `json:"annotation"`
	References []reference `json:"references"`
	Egress     []egress    `json:"egress"`
	Makers     []maker     `json:"makers"`
	IstioKeys  []string    `json:"istioKeys"`
	CommonKeys []string    `json:"commonKeys"`
	Samplings  []sampling  `json:"samplings"`
	Languages  []language  `json:"languages"`
	Managed    []managed   `json:"managed"`

	CollectorSuffixes []string `json:"collectorSuffixes"`
	ConfigSuffixes    []string `json:"configSuffixes"`

	ForSome []someOnly `json:"forSome"`

	Closed []closedMap      `json:"closed"`
	Rows   map[string][]row `json:"rows"`
}

// chart is where an object names a chart that it installs, and its version.
type chart struct {
	At      string `json:"at"`
	Version string `json:"version"`
}

// stands is a form of text that stands for a value and is none.
type stands struct {
	Is    string `json:"is"`
	Like  string `json:"like"`
	Token bool   `json:"token"` // it is one of the access token alone

	like *regexp.Regexp
}

// chartValue is a value of this chart.
type chartValue struct {
	Value     string `json:"value"`
	LightStep bool   `json:"lightstep"` // it is about LightStep alone
	One       bool   `json:"one"`       // a control plane has one of it
}

// slip is a form of line that is no YAML, and what is meant by it.
type slip struct {
	Like    string `json:"like"`
	Becomes string `json:"becomes"`
	Why     string `json:"why"`

	pattern *regexp.Regexp
}

// sampling is Istio's own where nothing sets one.
type sampling struct {
	Profile string `json:"profile"` // that it is installed by; none for its charts
	Percent int    `json:"percent"`
	By      string `json:"by"`
}

// language is what files are written in that are no YAML, by their names.
type language struct {
	Is    string `json:"is"`
	Files string `json:"files"`

	files *regexp.Regexp
}

// annotation is how the one is written by which pods configure their proxy.
type annotation struct {
	Key    string   `json:"key"`
	Beside []string `json:"beside"`
	Place  string   `json:"place"`

	key, place *regexp.Regexp
}

// is tells whether a text is that annotation's, or a policy or patch puts it there.
// Maps that were looked at before are in puts.
func (a annotation) is(s site, puts map[*yamlv3.Node]bool) bool {
	if a.key.MatchString(s.Key.Value) {
		return true
	}
	for up := s.Up; up != nil; up = up.Up {
		put, known := puts[up.Value]
		if !known {
			put = slices.ContainsFunc(a.Beside, func(key string) bool { return a.place.MatchString(textAt(up.Value, key)) })
			puts[up.Value] = put
		}
		if put {
			return true
		}
	}
	return false
}

// reference is a place of a kind that names an object with more of its values.
type reference struct {
	Kind string `json:"kind"`
	At   string `json:"at"`
	To   string `json:"to"` // the kind of the object, where the place does not tell

	Path string `json:"path"` // the key of the path of one value that it sets
	From string `json:"from"` // the key of what that is from, where it is no object
	Rank int    `json:"rank"`
}

// liveUser is a kind of objects of a cluster, with its versions.
type liveUser struct {
	mesh.Resource
	Versions []string `json:"versions"`
}

type kind struct {
	Kind   string  `json:"kind"`
	Group  string  `json:"group"`
	Scopes []scope `json:"scopes"`
	Wraps  bool    `json:"wraps"`

	Anywhere bool   `json:"anywhere"` // it is read within other objects too
	Into     string `json:"into"`     // where it takes values of Istio, where it has none yet
	Past     bool   `json:"past"`     // what reads it installs no Istio without LightStep's own tracer
}

type scope struct {
	At     string `json:"at"`
	Rows   string `json:"rows"`
	Rank   int    `json:"rank"`
	Unread string `json:"unread"`
}

// someOnly is a place of a kind that is for some clusters only; of a template,
// where it has conditions.
type someOnly struct {
	Kind     string `json:"kind"`
	At       string `json:"at"`
	Template bool   `json:"template"`
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
	Rank     int               `json:"rank"` // in the place of the scope's
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
	for i, s := range t.Slips {
		pattern, err := regexp.Compile(s.Like)
		if err != nil {
			return nil, fmt.Errorf("paths.yaml: slips: %w", err)
		}
		t.Slips[i].pattern = pattern
	}
	for i, l := range t.Languages {
		pattern, err := regexp.Compile(l.Files)
		if err != nil {
			return nil, fmt.Errorf("paths.yaml: languages: %w", err)
		}
		t.Languages[i].files = pattern
	}
	var err error
	if t.Annotation.key, err = regexp.Compile(t.Annotation.Key); err == nil {
		t.Annotation.place, err = regexp.Compile(t.Annotation.Place)
	}
	if err != nil {
		return nil, fmt.Errorf("paths.yaml: annotation: %w", err)
	}
	for i, m := range t.Managed {
		pattern, err := regexp.Compile(m.Name)
		if err != nil {
			return nil, fmt.Errorf("paths.yaml: managed: %w", err)
		}
		t.Managed[i].name = pattern
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

// hasIstioKeys tells values of Istio's chart of its control plane by their keys.
func (t *table) hasIstioKeys(root *yamlv3.Node) bool {
	return slices.ContainsFunc(t.IstioKeys, func(key string) bool { return yamltree.Get(root, key) != nil })
}

// isOne tells a value of which a control plane has one.
func (t *table) isOne(value string) bool {
	return slices.ContainsFunc(t.Values, func(v chartValue) bool { return v.Value == value && v.One })
}

// samplingOf gives Istio's sampling by a profile of its own, and whether that
// profile has one; the profile "" is for its charts.
func (t *table) samplingOf(profile string) (sampling, bool) {
	i := slices.IndexFunc(t.Samplings, func(s sampling) bool { return s.Profile == profile })
	if i < 0 {
		return sampling{}, false
	}
	return t.Samplings[i], true
}

// languageOf tells what a file is written in that is no YAML, by its name; "" where
// that does not tell.
func (t *table) languageOf(name string) string {
	for _, l := range t.Languages {
		if l.files.MatchString(name) {
			return l.Is
		}
	}
	return ""
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

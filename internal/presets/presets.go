package presets

import (
	"errors"
	"fmt"
	"slices"

	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/charts"
)

// file holds the presets, in the charts.
const file = "istio-lightstep/files/backends.yaml"

// ErrMalformed says that the chart's own file is wrong.
var ErrMalformed = errors.New("malformed presets")

// Preset is a row of the file.
type Preset struct {
	ID             string             `json:"id"`
	Title          string             `json:"title"`
	Protocols      []string           `json:"protocols"` // the first one is used unless the values say another
	Endpoints      map[string]string  `json:"endpoints"` // by protocol, where they are the same for everyone
	Example        string             `json:"example"`   // an endpoint, where everyone has another
	TracesEndpoint string             `json:"tracesEndpoint"`
	Headers        map[string]*Header `json:"headers"`
	TLS            map[string]any     `json:"tls"`
	Auth           map[string]any     `json:"auth"` // an extension of the collector, by its name
	Compression    string             `json:"compression"`
	BatchBytes     int                `json:"batchBytes"` // of a request, before compression; 0: the chart's own
	InCluster      bool               `json:"inCluster"`
	NotRun         string             `json:"notRun"`
	Source         string             `json:"source"`
	Read           string             `json:"read"`
	Facts          []Fact             `json:"facts"`
}

// Header is what a backend asks for in a header.
type Header struct {
	Prefix *string `json:"prefix"` // before the token of a Secret; nil: the Secret has the whole value
}

// Fact is something to know of a backend.
type Fact struct {
	About  string `json:"about"` // limits, attributes, sampling, volume or queue
	Says   string `json:"says"`
	Source string `json:"source"`
	Read   string `json:"read"` // when, such as 2026-11-28
}

// Load reads the presets, in the order of the file.
func Load() ([]Preset, error) {
	data, err := charts.FS.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	var read struct {
		Synonyms map[string]string `json:"synonyms"`
		Presets  []Preset          `json:"presets"`
	}
	if err := yaml.UnmarshalStrict(data, &read); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	for _, p := range read.Presets {
		if i := slices.IndexFunc(p.Facts, func(f Fact) bool { return !slices.Contains(abouts, f.About) || f.Source == "" || f.Read == "" }); i >= 0 {
			return nil, fmt.Errorf("%w: %s: fact %d is about none of %v, or has no source or date", ErrMalformed, p.ID, i, abouts)
		}
	}
	return read.Presets, nil
}

// IDs gives the ids of all presets.
func IDs() ([]string, error) {
	all, err := Load()
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, p := range all {
		ids = append(ids, p.ID)
	}
	return ids, nil
}

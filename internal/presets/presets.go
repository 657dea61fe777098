package presets

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/agnivade/levenshtein"
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
	Path           string             `json:"path"`  // RE2 of how the URL for traces ends, where that is more than /v1/traces
	Hosts          string             `json:"hosts"` // RE2 of the vendor's own hosts
	Intake         Intake             `json:"intake"`
	Headers        map[string]*Header `json:"headers"`
	Holds          string             `json:"holds"` // what the Secret holds; empty: the bare token
	TLS            map[string]any     `json:"tls"`
	Auth           map[string]any     `json:"auth"` // an extension of the collector, by its name
	Compression    string             `json:"compression"`
	BatchBytes     int                `json:"batchBytes"` // of a request, before compression; 0: the chart's own
	InCluster      bool               `json:"inCluster"`
	NotRun         string             `json:"notRun"`
	Source         string             `json:"source"`
	Read           string             `json:"read"`
	Facts          []Fact             `json:"facts"`
	Refusals       []Refusal          `json:"refusals"`
}

// Intake is which of the vendor's own hosts take OTLP, where not all do.
type Intake struct {
	Hosts   string `json:"hosts"`   // RE2
	Paths   string `json:"paths"`   // RE2 of the paths at which the other hosts take it too, by HTTP
	Instead string `json:"instead"` // what to write for another, with the groups of the preset's Hosts; empty: the example
	Name    string `json:"name"`    // what the example is one of
}

// Refusal is what a backend documents to answer where it takes no spans.
type Refusal struct {
	To         string   `json:"to"`         // a wrong credential, a request of too large a size, or too high a rate
	HTTP       []int    `json:"http"`       // statuses
	GRPC       []string `json:"grpc"`       // codes, such as RESOURCE_EXHAUSTED
	RetryAfter bool     `json:"retryAfter"` // it says when to send again
	Source     string   `json:"source"`
	Read       string   `json:"read"`
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
	presets, _, err := read()
	return presets, err
}

// Refusals gives those that OTLP itself has for every backend.
func Refusals() ([]Refusal, error) {
	_, refusals, err := read()
	return refusals, err
}

func read() ([]Preset, []Refusal, error) {
	data, err := charts.FS.ReadFile(file)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	var read struct {
		Synonyms map[string]string `json:"synonyms"`
		Refusals []Refusal         `json:"refusals"`
		Presets  []Preset          `json:"presets"`
	}
	if err := yaml.UnmarshalStrict(data, &read); err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	all := slices.Clone(read.Refusals)
	for _, p := range read.Presets {
		all = append(all, p.Refusals...)
		if i := slices.IndexFunc(p.Facts, func(f Fact) bool { return !slices.Contains(abouts, f.About) || f.Source == "" || f.Read == "" }); i >= 0 {
			return nil, nil, fmt.Errorf("%w: %s: fact %d is about none of %v, or has no source or date", ErrMalformed, p.ID, i, abouts)
		}
	}
	for _, r := range all {
		if !slices.Contains(refusedFor, r.To) || len(r.HTTP)+len(r.GRPC) == 0 || r.Source == "" || r.Read == "" {
			return nil, nil, fmt.Errorf("%w: a refusal is to none of %v, or has no answer, source or date: %+v", ErrMalformed, refusedFor, r)
		}
	}
	return read.Presets, read.Refusals, nil
}

// refusedFor is what refusals are to.
var refusedFor = []string{"credential", "size", "rate"}

// Find gives the preset of an id; nil where there is none.
func Find(id string) (*Preset, error) {
	all, err := Load()
	i := slices.IndexFunc(all, func(p Preset) bool { return p.ID == id })
	if err != nil || i < 0 {
		return nil, err
	}
	return &all[i], nil
}

// Like gives the id of the preset that a name may stand for; "" where none is like it.
func Like(name string) string {
	ids, _ := IDs()
	for _, id := range ids {
		if strings.HasPrefix(id, name+"-") || strings.HasPrefix(name, id+"-") || levenshtein.ComputeDistance(id, name) < 3 {
			return id
		}
	}
	return ""
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

// abouts are what facts are about, in the order in which they are told.
var abouts = []string{"limits", "attributes", "sampling", "volume", "queue"}

// batch is the most bytes of a request that the chart sends unless a preset or
// the values say less (templates/collector/_exporter.tpl).
const batch = 4_063_232

// Row is one thing in which two backends may differ.
type Row struct {
	About   string   `json:"about"`
	From    string   `json:"from"`
	To      string   `json:"to"`
	Same    bool     `json:"same"`
	Sources []string `json:"sources,omitempty"` // of facts, each with the date on which it was read
}

// End is one of the two backends.
type End struct {
	ID     string `json:"id"`
	Title  string `json:"title"`
	Source string `json:"source"`
	Read   string `json:"read"`
}

// Difference is what changes for whoever sends to one backend and will send to
// another.
type Difference struct {
	From        End   `json:"from"`
	To          End   `json:"to"`
	Differences []Row `json:"differences"`
}

// NewDifference tells two presets apart, by their ids. An unknown one is an
// error that names those there are.
func NewDifference(from, to string) (*Difference, error) {
	var ends [2]*Preset
	for i, id := range []string{from, to} {
		var err error
		if ends[i], err = Find(id); err != nil {
			return nil, err
		}
		if ends[i] == nil {
			ids, _ := IDs()
			return nil, fmt.Errorf("%s is not a preset: use one of %s", strconv.Quote(id), strings.Join(ids, ", "))
		}
	}
	if from == to {
		return nil, fmt.Errorf("--from and --to are both %s: name two presets", from)
	}
	a, b := ends[0], ends[1]
	d := &Difference{From: a.end(), To: b.end()}
	for _, tell := range []struct {
		about string
		of    func(*Preset) string
	}{
		{"protocol", (*Preset).protocol},
		{"endpoint", (*Preset).endpoint},
		{"headers", (*Preset).headers},
		{"TLS", (*Preset).tls},
		{"compression", (*Preset).compression},
		{"request", (*Preset).request},
	} {
		d.Differences = append(d.Differences, row(tell.about, tell.of(a), tell.of(b)))
	}
	for _, about := range abouts {
		r := row(about, a.says(about), b.says(about))
		r.Sources = append(a.sources(about), b.sources(about)...)
		d.Differences = append(d.Differences, r)
	}
	return d, nil
}

func row(about, from, to string) Row { return Row{About: about, From: from, To: to, Same: from == to} }

func (p *Preset) end() End { return End{p.ID, p.Title, p.Source, p.Read} }

func (p *Preset) protocol() string {
	if len(p.Protocols) == 1 {
		return p.Protocols[0] + " alone"
	}
	return strings.Join(p.Protocols, ", or ")
}

func (p *Preset) endpoint() string {
	switch protocol := p.Protocols[0]; {
	case p.TracesEndpoint != "":
		return p.TracesEndpoint
	case p.Endpoints[protocol] != "":
		return p.Endpoints[protocol]
	default:
		return "your own, such as " + p.Example
	}
}

// headers says what a Secret has to hold, or what signs requests.
func (p *Preset) headers() string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(p.Headers)) {
		value := "the whole value in a Secret"
		if h := p.Headers[name]; h != nil && h.Prefix != nil {
			value = cmp.Or(p.Holds, "the token") + " of a Secret"
			if *h.Prefix != "" {
				value = strconv.Quote(*h.Prefix) + " and " + value
			}
		}
		all = append(all, name+": "+value)
	}
	for _, extension := range slices.Sorted(maps.Keys(p.Auth)) {
		all = append(all, "by the collector's extension "+extension)
	}
	return cmp.Or(strings.Join(all, "; "), "none")
}

func (p *Preset) tls() string {
	if p.TLS["insecure"] == true {
		return "none, as it mostly runs in the cluster"
	}
	return "by public certificate authorities"
}

func (p *Preset) compression() string {
	return cmp.Or(p.Compression, "gzip, unless the values say another")
}

func (p *Preset) request() string {
	return fmt.Sprintf("at most %d bytes before compression", cmp.Or(p.BatchBytes, batch))
}

// common is what holds for every backend of this chart, and unknown is what is
// said where no fact is known.
var (
	common = map[string]string{
		"sampling": "what pilot.traceSampling has the proxies sample, as every backend is given the same",
		"queue":    "its share of the volume, for as long as `explain -f VALUES` says",
	}
	unknown = map[string]string{
		"limits":     "none known but that of a request",
		"attributes": "no rule known",
		"volume":     "no rule known",
	}
)

// says tells what is known.
func (p *Preset) says(about string) string {
	var all []string
	for _, f := range p.Facts {
		if f.About == about {
			all = append(all, f.Says)
		}
	}
	if text := common[about]; text != "" {
		all = append([]string{text}, all...)
	}
	return cmp.Or(strings.Join(all, "; "), unknown[about])
}

func (p *Preset) sources(about string) []string {
	var all []string
	for _, f := range p.Facts {
		if f.About == about {
			all = append(all, f.Source+", read "+f.Read)
		}
	}
	return all
}

// String tells a person.
func (d *Difference) String() string {
	var out strings.Builder
	fmt.Fprintf(&out, "From %s to %s\n", d.From.Title, d.To.Title)
	for _, same := range []bool{false, true} {
		for _, r := range d.Differences {
			if r.Same != same {
				continue
			}
			if same {
				fmt.Fprintf(&out, "\n%s: the same, %s\n", r.About, r.From)
				continue
			}
			fmt.Fprintf(&out, "\n%s\n  %-14s %s\n  %-14s %s\n", r.About, d.From.ID, r.From, d.To.ID, r.To)
			for _, source := range r.Sources {
				fmt.Fprintf(&out, "  source: %s\n", source)
			}
		}
	}
	fmt.Fprintf(&out, "\nRead on %s: %s\nRead on %s: %s\n", d.From.Read, d.From.Source, d.To.Read, d.To.Source)
	fmt.Fprintf(&out, "\nThe values for %s are in docs/backends.md. Send to both, run `istio-lightstep doctor compare`, and then drain %s.\n",
		d.To.Title, d.From.ID)
	return out.String()
}

package dialect

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"

	"github.com/Masterminds/semver/v3"
)

// Row is what one Istio understands. A minor has several rows where a patch of
// it changed that. What the keys mean stands in dialects.yaml; what a row does
// not have is empty there.
type Row struct {
	Minor            string   `json:"minor"` // such as 1.16
	From             Version  `json:"from"`  // the first version that the row holds for
	Auto             string   `json:"auto"`
	Deliveries       []string `json:"deliveries"`
	Outputs          []string `json:"outputs"`
	Operator         Operator `json:"operator"`
	Native           string   `json:"native"`
	Receiver         string   `json:"receiver"`
	Shared           bool     `json:"shared"`
	Telemetry        string   `json:"telemetry"`
	Networking       string   `json:"networking"`
	UnsetSamplesNone bool     `json:"unsetSamplesNone"`
	HidesSNI         bool     `json:"hidesSNI"`
	CAFromPatch      int      `json:"caFromPatch"`
	CAPathAlways     []string `json:"caPathAlways"`
	GatewaysSilent   []string `json:"gatewaysSilent"`
	GatewayVolumes   string   `json:"gatewayVolumes"`
	NativeSidecars   string   `json:"nativeSidecars"`

	// What a Telemetry and the extension provider take.
	FormatterTags      bool `json:"formatterTags"`
	ContextPropagation bool `json:"contextPropagation"`
	ServiceAttributes  bool `json:"serviceAttributes"`
	FormattedHeaders   bool `json:"formattedHeaders"`

	LightstepProvider string `json:"lightstepProvider"`
	Source            string `json:"source"`

	subject map[string]any
}

// Operator names the kind of the document that istioctl takes.
type Operator struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
}

// Subject is the row as rules and templates see it: what JSON holds. It is
// shared: do not change it.
func (r *Row) Subject() map[string]any { return r.subject }

// newRow reads a row and completes it.
func newRow(data []byte) (*Row, error) {
	r := &Row{}
	if err := strict(data, r); err != nil {
		return nil, err
	}
	if !r.From.Known() {
		return nil, errors.New("no from")
	}
	r.Minor = r.From.Minor()
	for _, list := range []*[]string{&r.Deliveries, &r.Outputs, &r.CAPathAlways, &r.GatewaysSilent} {
		if *list == nil {
			*list = []string{}
		}
	}
	if err := r.check(); err != nil {
		return nil, fmt.Errorf("%s: %w", r.From, err)
	}
	data, err := encode(r)
	if err != nil {
		return nil, err
	}
	return r, json.Unmarshal(data, &r.subject)
}

func (r *Row) check() error {
	var errs []error
	if !slices.Contains(r.Deliveries, r.Auto) {
		errs = append(errs, fmt.Errorf("auto %q is none of the deliveries", r.Auto))
	}
	if r.Operator.APIVersion == "" || r.Operator.Kind == "" {
		errs = append(errs, errors.New("operator lacks its apiVersion or kind"))
	}
	if r.Source == "" {
		errs = append(errs, errors.New("no source"))
	}
	return errors.Join(errs...)
}

// Queue is what a queue of the collector costs, in bytes and in percent, as
// dialects.yaml describes it.
type Queue struct {
	VolumePercent int64 `json:"volumePercent"`
	MostPercent   int64 `json:"mostPercent"`
	SafePercent   int64 `json:"safePercent"`
	MemoryPercent int64 `json:"memoryPercent"`
	Unbounded     int64 `json:"unbounded"`
	Least         int64 `json:"least"`
	Span          int64 `json:"span"`
}

func (q Queue) check() error {
	var errs []error
	numbers := map[string]int64{
		"volumePercent": q.VolumePercent, "mostPercent": q.MostPercent, "safePercent": q.SafePercent,
		"memoryPercent": q.MemoryPercent, "unbounded": q.Unbounded, "least": q.Least, "span": q.Span,
	}
	for _, key := range slices.Sorted(maps.Keys(numbers)) {
		if numbers[key] <= 0 {
			errs = append(errs, fmt.Errorf("queue: %s is no number above zero", key))
		}
	}
	return errors.Join(errs...)
}

// Version is a version of Istio. A pre-release is taken for its release: a
// release candidate understands what the release does. The zero Version is
// unknown.
type Version struct {
	number   *semver.Version
	hasPatch bool
}

// grammar is what a version may be: 1.26.2, v1.26, 1.26.0-rc.1. Numbers of more
// than four digits are no Istio version.
var grammar = regexp.MustCompile(`^v?(` + digits + `\.` + digits + `(\.` + digits + `)?)(-[0-9A-Za-z.-]+)?$`)

const digits = `(?:0|[1-9][0-9]{0,3})`

// ParseVersion reads a version, with or without its patch.
func ParseVersion(text string) (Version, error) {
	parts := grammar.FindStringSubmatch(text)
	if parts == nil {
		return Version{}, fmt.Errorf("%q is no version of Istio", text)
	}
	number, err := semver.NewVersion(parts[1])
	if err != nil {
		return Version{}, fmt.Errorf("%q is no version of Istio: %w", text, err)
	}
	return Version{number, parts[2] != ""}, nil
}

// Known tells whether there is a version.
func (v Version) Known() bool { return v.number != nil }

// HasPatch tells whether the version was given with its patch.
func (v Version) HasPatch() bool { return v.hasPatch }

// Patch is the patch, 0 where it was not given.
func (v Version) Patch() uint64 {
	if !v.Known() {
		return 0
	}
	return v.number.Patch()
}

// Minor is the version without its patch, such as 1.16.
func (v Version) Minor() string {
	if !v.Known() {
		return unknown
	}
	return strconv.FormatUint(v.number.Major(), 10) + "." + strconv.FormatUint(v.number.Minor(), 10)
}

// Less tells whether v is older than other. Neither is where one is unknown.
func (v Version) Less(other Version) bool {
	return v.Known() && other.Known() && v.number.LessThan(other.number)
}

// sameMajor tells whether two known versions are of one major.
func (v Version) sameMajor(other Version) bool { return v.number.Major() == other.number.Major() }

// ahead is the number of minors that v is newer than other, of the same major.
func (v Version) ahead(other Version) uint64 {
	return max(v.number.Minor(), other.number.Minor()) - other.number.Minor()
}

// before is the patch before a later one.
func (v Version) before() Version {
	return Version{semver.New(v.number.Major(), v.number.Minor(), v.number.Patch()-1, "", ""), true}
}

const unknown = "unknown"

// String is the version with its patch, such as 1.16.0, or "unknown".
func (v Version) String() string {
	if !v.Known() {
		return unknown
	}
	return v.number.String()
}

// MarshalJSON writes what String gives.
func (v Version) MarshalJSON() ([]byte, error) { return json.Marshal(v.String()) }

// UnmarshalJSON reads a version that has its patch.
func (v *Version) UnmarshalJSON(data []byte) error {
	var text string
	if err := json.Unmarshal(data, &text); err != nil {
		return err
	}
	read, err := ParseVersion(text)
	if err != nil {
		return err
	}
	if !read.hasPatch {
		return fmt.Errorf("%q has no patch", text)
	}
	*v = read
	return nil
}

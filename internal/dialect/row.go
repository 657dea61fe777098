package dialect

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
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

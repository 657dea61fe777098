package doctor

import (
	"encoding/json"
	"fmt"

	"github.com/istio-lightstep/istio-lightstep/charts"
	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
)

// dialect is what the checks ask of a row of the chart's dialects.json.
type dialect struct {
	From              string `json:"from"`
	Native            string `json:"native"`
	Receiver          string `json:"receiver"`
	Shared            bool   `json:"shared"`
	Telemetry         string `json:"telemetry"`
	LightstepProvider string `json:"lightstepProvider"`
	major, minor      int
	patch             int
}

func loadDialects() ([]dialect, error) {
	data, err := charts.FS.ReadFile("istio-lightstep/files/dialects.json")
	if err != nil {
		return nil, fmt.Errorf("read the chart's dialects: %w", err)
	}
	var file struct {
		Dialects []dialect `json:"dialects"`
	}
	if err := json.Unmarshal(data, &file); err != nil {
		return nil, fmt.Errorf("read the chart's dialects: %w", err)
	}
	for i := range file.Dialects {
		d := &file.Dialects[i]
		if _, err := fmt.Sscanf(d.From, "%d.%d.%d", &d.major, &d.minor, &d.patch); err != nil {
			return nil, fmt.Errorf("read the chart's dialects: from %q: %w", d.From, err)
		}
	}
	return file.Dialects, nil
}

// dialect is the row for a version: the last that begins at it or before. One
// that is unknown is taken for the newest.
func (d *Doctor) dialect(v mesh.Version) dialect {
	newest := d.dialects[len(d.dialects)-1]
	if !v.Known() {
		return newest
	}
	chosen := d.dialects[0]
	for _, row := range d.dialects {
		if !v.Below(row.major, row.minor, row.patch) {
			chosen = row
		}
	}
	return chosen
}

// nativeTracer tells whether proxies of a version contain the LightStep
// tracer; an unknown one is taken to.
func (d *Doctor) nativeTracer(v mesh.Version) bool {
	return !v.Known() || d.dialect(v).Native != ""
}

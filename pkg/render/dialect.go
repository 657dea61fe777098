package render

import (
	"encoding/json"
	"slices"
)

// Dialect is what one version of Istio understands. A minor version has several
// where a patch of it changed that.
type Dialect struct {
	Minor      string   `json:"minor"`      // Istio's minor version, such as 1.16
	From       string   `json:"from"`       // first version of that minor it holds for, such as 1.16.1
	Auto       string   `json:"auto"`       // delivery that `auto` stands for: native, collector or direct
	Deliveries []string `json:"deliveries"` // all that work: what `delivery` takes
	Outputs    []string `json:"outputs"`    // what `output` takes: cluster and the control-plane documents
	Source     string   `json:"source"`     // where this is known from
}

// Dialects gives the dialects the chart knows, the oldest Istio first.
func (r *Renderer) Dialects() []Dialect {
	dialects := slices.Clone(r.dialects)
	for i := range dialects {
		dialects[i].Deliveries = slices.Clone(dialects[i].Deliveries)
		dialects[i].Outputs = slices.Clone(dialects[i].Outputs)
	}
	return dialects
}

func readDialects(dialectsJSON []byte) ([]Dialect, error) {
	var file struct{ Dialects []Dialect }
	err := json.Unmarshal(dialectsJSON, &file)
	return file.Dialects, err
}

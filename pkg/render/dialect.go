package render

import "slices"

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
	r, err := r.ready()
	if err != nil { // what is embedded is broken, and so is every other call
		return nil
	}
	rows := r.dialects.Rows()
	dialects := make([]Dialect, len(rows))
	for i, row := range rows {
		dialects[i] = Dialect{
			Minor: row.Minor, From: row.From.String(), Auto: row.Auto, Source: row.Source,
			Deliveries: slices.Clone(row.Deliveries), Outputs: slices.Clone(row.Outputs),
		}
	}
	return dialects
}

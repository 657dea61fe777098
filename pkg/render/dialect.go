package render

import "slices"

// Dialect is what a version of Istio supports. A minor version has more than one
// if a patch version changed something.
type Dialect struct {
	Minor      string   `json:"minor"`      // Istio's minor version, such as 1.16
	From       string   `json:"from"`       // first version of that minor it holds for, such as 1.16.1
	Auto       string   `json:"auto"`       // delivery that `auto` selects: native, collector or direct
	Deliveries []string `json:"deliveries"` // what `delivery` can be
	Outputs    []string `json:"outputs"`    // what `output` can be: cluster, and the control-plane documents
	Source     string   `json:"source"`     // evidence for this row
}

// Dialects returns the dialects of the supported Istio versions, the oldest
// first.
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

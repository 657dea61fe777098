package dialect

import "slices"

// Capability tells whether an Istio can do something, by its row.
type Capability func(*Row) bool

// Any is what every row can do.
func Any(*Row) bool { return true }

// OTLP tells whether proxies have the OpenTelemetry tracer.
func OTLP(r *Row) bool { return r.Receiver == "otlp" }

// Delivers tells whether a delivery works.
func Delivers(delivery string) Capability {
	return func(r *Row) bool { return slices.Contains(r.Deliveries, delivery) }
}

// Takes tells whether a document is taken.
func Takes(output string) Capability {
	return func(r *Row) bool { return slices.Contains(r.Outputs, output) }
}

// Since gives the first version that can do something; an unknown one where
// none can.
func (t *Table) Since(can Capability) Version {
	for _, r := range t.rows {
		if can(r) {
			return r.From
		}
	}
	return Version{}
}

// Until gives the last version that can do something, as far as the table goes:
// a minor, or a patch of it where the next one cannot. It is empty where none
// can.
func (t *Table) Until(can Capability) string {
	for i := len(t.rows) - 1; i >= 0; i-- {
		if !can(t.rows[i]) {
			continue
		}
		if i+1 < len(t.rows) && t.rows[i+1].Minor == t.rows[i].Minor {
			return t.rows[i+1].From.before().String()
		}
		return t.rows[i].Minor
	}
	return ""
}

// Range gives the first and the last version that can do something, for people:
// 1.26 and 1.32, or 1.16.1 and 1.32 where it came with a patch.
func (t *Table) Range(can Capability) (since, until string) {
	from := t.Since(can)
	since = from.String()
	if from.Patch() == 0 {
		since = from.Minor()
	}
	return since, t.Until(can)
}

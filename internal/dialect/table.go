package dialect

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/istio-lightstep/istio-lightstep/charts"
)

// File is where the table stands in the chart.
const File = "files/dialects.json"

// Table is all that is known of Istio's versions. It never changes once it is
// read.
type Table struct {
	rows  []*Row // the oldest first
	queue Queue
}

// Load gives the table of the chart that is part of this module. It is read
// once.
var Load = sync.OnceValues(func() (*Table, error) {
	data, err := charts.FS.ReadFile("istio-lightstep/" + File)
	if err != nil {
		return nil, fmt.Errorf("read the chart's dialects: %w", err)
	}
	return Read(data)
})

// Read reads dialects.json. Its error tells all that is wrong, and is one too
// where the file is not as JSON writes it: then it was changed by hand or cut
// short.
func Read(data []byte) (*Table, error) {
	t, err := Complete(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", File, err)
	}
	written, err := t.JSON()
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(data, written) {
		return nil, fmt.Errorf("%s: cut short or changed by hand: run `make generate`", File)
	}
	return t, nil
}

// content is what is written in the table.
type content struct {
	Count    int               `json:"count"` // lets a reader see that the file was cut short
	Queue    Queue             `json:"queue"`
	Dialects []json.RawMessage `json:"dialects"`
}

// Complete makes a table of rows that lack what they do not have, and their
// minor: what dialects.yaml holds, as JSON. Its error tells all that is wrong.
func Complete(data []byte) (*Table, error) {
	var c content
	if err := strict(data, &c); err != nil {
		return nil, err
	}
	if len(c.Dialects) == 0 {
		return nil, errors.New("no dialects")
	}
	t := &Table{queue: c.Queue}
	errs := []error{c.Queue.check()}
	for i, entry := range c.Dialects {
		r, err := newRow(entry)
		if err != nil {
			errs = append(errs, fmt.Errorf("dialect %d: %w", i+1, err))
			continue
		}
		t.rows = append(t.rows, r)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return t, t.checkOrder()
}

// JSON writes dialects.json, one row a line so that a change of one shows as
// one.
func (t *Table) JSON() ([]byte, error) {
	queue, err := encode(t.queue)
	if err != nil {
		return nil, err
	}
	out := fmt.Appendf(nil, `{"count": %d, "queue": %s, "dialects": [`, len(t.rows), queue)
	for i, r := range t.rows {
		row, err := encode(r)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", r.From, err)
		}
		if i > 0 {
			out = append(out, ',')
		}
		out = append(append(out, '\n'), row...)
	}
	return append(out, "\n]}\n"...), nil
}

// Queue gives what a queue of the collector costs.
func (t *Table) Queue() Queue { return t.queue }

// Rows gives all rows, the oldest Istio first. Do not change them.
func (t *Table) Rows() []*Row { return slices.Clone(t.rows) }

// Oldest gives the first row.
func (t *Table) Oldest() *Row { return t.rows[0] }

// Newest gives the last row.
func (t *Table) Newest() *Row { return t.rows[len(t.rows)-1] }

// checkOrder tells what is wrong with the order of the rows: each is a later
// patch of the minor before, or the first patch of the next one.
func (t *Table) checkOrder() error {
	var errs []error
	if t.Oldest().From.Patch() != 0 {
		errs = append(errs, fmt.Errorf("%s: the oldest minor has no row for its first patches", t.Oldest().From))
	}
	for i, r := range t.rows[1:] {
		before := t.rows[i].From
		nextMinor := r.From.sameMajor(before) && r.From.ahead(before) == 1 && r.From.Patch() == 0
		if !nextMinor && (r.Minor != before.Minor() || !before.Less(r.From)) {
			errs = append(errs, fmt.Errorf("%s: the row after %s is out of order or leaves a gap", r.From, before))
		}
	}
	return errors.Join(errs...)
}

// strict reads JSON in which every key has a field.
func strict(data []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	return decoder.Decode(into)
}

func encode(v any) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(v)
	return bytes.TrimSpace(out.Bytes()), err
}

// State is how a version relates to the table. Rules know it by its text.
type State string

// The states.
const (
	OK         State = "ok"
	NeedsPatch State = "patch" // the patch decides, and was not given
	Older      State = "older" // than the oldest row
	Newer      State = "newer" // than the newest row
)

// Match is what the table has for a version.
type Match struct {
	State State
	Row   *Row   // nil where no row holds or can stand in
	Ahead uint64 // minors that the version is newer than the newest row, which stands in for it
}

// For finds the row that holds for a known version. Where the version is newer
// than the table, but of its major, the newest row stands in; the rules decide
// how many minors ahead are too many.
func (t *Table) For(v Version) Match {
	newest := t.Newest()
	switch {
	case v.Less(t.Oldest().From):
		return Match{State: Older}
	case !v.sameMajor(newest.From):
		return Match{State: Newer}
	case v.ahead(newest.From) > 0:
		return Match{State: Newer, Row: newest, Ahead: v.ahead(newest.From)}
	}
	last := len(t.rows) - 1
	for v.Less(t.rows[last].From) {
		last--
	}
	if !v.hasPatch && last+1 < len(t.rows) && t.rows[last+1].Minor == v.Minor() {
		return Match{State: NeedsPatch}
	}
	return Match{State: OK, Row: t.rows[last]}
}

// Nearest gives the row that comes nearest to what a version understands. An
// unknown one is taken for the newest.
func (t *Table) Nearest(v Version) *Row {
	if !v.Known() {
		return t.Newest()
	}
	for i := len(t.rows) - 1; i >= 0; i-- {
		if !v.Less(t.rows[i].From) {
			return t.rows[i]
		}
	}
	return t.Oldest()
}

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

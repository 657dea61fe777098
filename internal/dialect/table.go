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

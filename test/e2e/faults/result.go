package faults

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/measured"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/results"
)

// Row is what was seen of one fault.
type Row struct {
	Fault    string   `json:"fault"`
	Delivery Delivery `json:"delivery"`
	// Setup is what it was measured with; its At is when the fault was over (UTC).
	measured.Setup
	// Lasted is the seconds from its cause to that, and Recovered the seconds from
	// there until the last span was lost or came late.
	Lasted    float64 `json:"lasted"`
	Recovered float64 `json:"recovered"`
	// Requests is their number, Failed that of those without an answer of status
	// 200, and Failure one reason.
	Requests int    `json:"requests"`
	Failed   int    `json:"failed"`
	Failure  string `json:"failure,omitempty"`
	// Partial is the number of those with an answer that lacks a part, as an
	// application waited three seconds for another one: a machine with too much to
	// do, in the end.
	Partial int `json:"partial,omitempty"`
	// Expected, Delivered and Doubled are numbers of spans, of the requests that
	// were answered. Delivered counts one that came twice once; Doubled counts each further time. Further are spans of
	// calls that a proxy made again: they are not among the expected.
	Expected  int `json:"expected"`
	Delivered int `json:"delivered"`
	Doubled   int `json:"doubled"`
	Further   int `json:"further,omitempty"`
	// Prefix is the first half of every trace's id. Traces has the second halves,
	// as ranges of hexadecimal numbers without their leading zeros, by the number
	// of expected spans that came: "9": "1-3f" are 63 traces of 9 spans each.
	Prefix string         `json:"prefix"`
	Traces map[int]string `json:"traces"`
	// Unanswered has those of the requests that failed or were answered in part:
	// nobody knows how many spans there were to be.
	Unanswered string `json:"unanswered,omitempty"`
	// Told is what told of it, and Untold what should have.
	Told   []Sign `json:"told,omitempty"`
	Untold []Sign `json:"untold,omitempty"`
	// Lacking says how many of which spans never came, to look for why; it is no
	// result.
	Lacking []string `json:"-"`
	// Wrong names what is wrong in the tree of a trace whose spans all came.
	Wrong []string `json:"wrong,omitempty"`
}

// Lost is the number of spans that never came.
func (r Row) Lost() int { return r.Expected - r.Delivered }

// mostPartial bounds the requests that may be answered in part: one of so many.
const mostPartial = 100

// Judge says in an error what a row must not be: requests that failed, spans
// lost beyond the fault's bound, a fault that nobody is told of.
func (r Row) Judge(f Fault) error {
	var wrong []error
	if r.Failed > 0 && f.Fails[r.Delivery] == "" {
		wrong = append(wrong, fmt.Errorf("%d of %d requests failed, for example: %s", r.Failed, r.Requests, r.Failure))
	}
	if r.Partial*mostPartial > r.Requests && f.Fails[r.Delivery] == "" {
		wrong = append(wrong, fmt.Errorf("%d of %d requests were answered in part", r.Partial, r.Requests))
	}
	bound := f.Bounds[r.Delivery]
	switch lost := r.Lost(); {
	case bound.Some && lost == 0:
		wrong = append(wrong, errors.New("no span was lost: the fault did not happen"))
	case lost > bound.Spans:
		wrong = append(wrong, fmt.Errorf("%d of %d spans were lost, %d may be", lost, r.Expected, bound.Spans))
	}
	if within := bound.Within; within > 0 && r.Recovered > within.Seconds() {
		wrong = append(wrong, fmt.Errorf("spans were lost or late until %.0f s after the fault was over, %.0f s may be", r.Recovered, within.Seconds()))
	}
	for _, sign := range r.Untold {
		wrong = append(wrong, fmt.Errorf("a user is not told: %s", sign))
	}
	for _, text := range r.Wrong {
		wrong = append(wrong, errors.New(text))
	}
	return errors.Join(wrong...)
}

// check says whether the figures are those of the traces.
func (r Row) check() error {
	requests, delivered := 0, 0
	for spans, text := range r.Traces {
		numbers, err := numbersOf(text)
		if err != nil {
			return fmt.Errorf("%s: traces of %d spans: %w", r.Fault, spans, err)
		}
		requests += len(numbers)
		delivered += spans * len(numbers)
	}
	failed, err := numbersOf(r.Unanswered)
	if err != nil {
		return fmt.Errorf("%s: requests that failed: %w", r.Fault, err)
	}
	if len(failed) != r.Failed+r.Partial || requests+len(failed) != r.Requests || delivered != r.Delivered {
		return fmt.Errorf("%s: its traces are %d with %d spans, and it says %d with %d", r.Fault, requests, delivered, r.Requests-r.Failed-r.Partial, r.Delivered)
	}
	return nil
}

// String tells the figures in one line.
func (r Row) String() string {
	return fmt.Sprintf("%s/%s: %d requests, %d failed, %d answered in part; %d of %d spans, %d doubled; lasted %.1f s, recovered after %.1f s",
		r.Delivery, r.Fault, r.Requests, r.Failed, r.Partial, r.Delivered, r.Expected, r.Doubled, r.Lasted, r.Recovered)
}

// File is the name of the results of a delivery, in a folder.
func File(dir string, d Delivery) string { return filepath.Join(dir, fmt.Sprintf("faults-%s.json", d)) }

// Read gives the rows of a file, none where it is not there. The error says
// which row's figures are not those of its traces.
func Read(file string) ([]Row, error) {
	rows, err := results.Read[[]Row](file)
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		if err := row.check(); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
	}
	return rows, nil
}

// Keep puts a row into a file in place of the same fault's, in the order of the
// table.
func Keep(file string, row Row) error {
	rows, err := Read(file)
	if err != nil {
		return err
	}
	rows = slices.DeleteFunc(rows, func(r Row) bool { return r.Fault == row.Fault })
	rows = append(rows, row)
	table := Table()
	place := func(r Row) int {
		return slices.IndexFunc(table, func(f Fault) bool { return f.ID == r.Fault })
	}
	slices.SortStableFunc(rows, func(a, b Row) int { return place(a) - place(b) })
	return results.Write(file, rows)
}

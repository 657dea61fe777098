package render

import (
	"errors"
	"fmt"
	"io"

	"github.com/istio-lightstep/istio-lightstep/internal/values"
)

// Source is one values file or one --set expression, made by [File], [Bytes],
// [Reader], [Map], [Set] and the other functions below. The zero Source is not
// valid.
type Source struct{ source sealed[values.Source] }

// ErrNoSource is the error of [ReadValues] for a zero [Source].
var ErrNoSource = errors.New("a zero Source has no values")

func newSource(s values.Source) Source { return Source{seal(s)} }

// File is a values file, as -f takes it, but not a URL.
func File(path string) Source { return newSource(values.File(path)) }

// Reader is the text of a values file, read once, by [ReadValues]. Problems
// call it by the name.
func Reader(name string, r io.Reader) Source { return newSource(values.Reader(name, r)) }

// Bytes is the text of a values file. Problems call it by the name.
func Bytes(name string, text []byte) Source { return newSource(values.Bytes(name, text)) }

// Map is a values file that was never written: a map of anything that encodes as
// JSON. Problems call it by the name, and have no line. [ReadValues] copies it.
func Map(name string, given map[string]any) Source { return newSource(values.Map(name, given)) }

// Set is what follows --set: a=1,b.c=2.
func Set(expr string) Source { return newSource(values.Set(expr)) }

// SetString is what follows --set-string: as [Set], every value a string.
func SetString(expr string) Source { return newSource(values.SetString(expr)) }

// SetJSON is what follows --set-json: a={"b":1}.
func SetJSON(expr string) Source { return newSource(values.SetJSON(expr)) }

// SetFile is what follows --set-file: a=FILE. FILE's text, to its last newline,
// is the value.
func SetFile(expr string) Source { return newSource(values.SetFile(expr)) }

// SetLiteral is what follows --set-literal: one key, and all behind the = its
// value.
func SetLiteral(expr string) Source { return newSource(values.SetLiteral(expr)) }

// Values are the merged values of a user, and where each came from. They are safe
// for concurrent use. The zero Values and nil are no values: the chart's defaults
// hold. Printed, logged or encoded as JSON, they do not show any value.
type Values struct{ read sealed[*values.Values] }

// ReadValues reads the sources and merges them in Helm's order, whatever the
// order here: files (of each kind), then --set-json, --set, --set-string,
// --set-file and --set-literal; of one kind, the last one wins.
//
// The error is that of a source that cannot be read. What is wrong in it is
// reported by [Renderer.Check] and [Renderer.Render].
func ReadValues(sources ...Source) (*Values, error) {
	shared, err := load()
	if err != nil {
		return nil, err
	}
	plain := make([]values.Source, len(sources))
	for i, s := range sources {
		if s.source == nil {
			return nil, fmt.Errorf("source %d of %d: %w", i+1, len(sources), ErrNoSource)
		}
		plain[i] = s.source.open()
	}
	read, err := values.Read(shared.public, plain...)
	if err != nil {
		return nil, err
	}
	return &Values{seal(read)}, nil
}

// String returns how many sources the values came from.
func (v Values) String() string { return fmt.Sprint(v.read.open()) }

// Format prints [Values.String] for every verb.
func (v Values) Format(f fmt.State, _ rune) { writeText(f, v.String()) }

// MarshalText gives [Values.String], to logs and as JSON.
func (v Values) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// writeText writes to what fmt prints to, which keeps any error.
func writeText(w io.Writer, text string) { _, _ = io.WriteString(w, text) }

package render

import (
	"errors"
	"fmt"
	"io"
	"log/slog"

	"github.com/istio-lightstep/istio-lightstep/internal/values"
)

// Source is one values file or one --set expression. Make one with [File],
// [Bytes], [Reader], [Map], [Set] or one of its kin; the zero Source is none.
type Source struct{ source sealed[values.Source] }

// ErrNoSource is the error of [ReadValues] for a zero [Source].
var ErrNoSource = errors.New("a zero Source has no values")

func newSource(s values.Source) Source { return Source{seal(s)} }

// File is a values file, as -f takes it, but never a URL.
func File(path string) Source { return newSource(values.File(path)) }

// Reader is the text of a values file, read once, by [ReadValues]. Problems
// call it by the name.
func Reader(name string, r io.Reader) Source { return newSource(values.Reader(name, r)) }

// Bytes is the text of a values file. Problems call it by the name.
func Bytes(name string, text []byte) Source { return newSource(values.Bytes(name, text)) }

// Map is a values file that a program has as a map, made of what JSON is made
// of. Problems call it by the name. The map may change once it was read.
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

// Values are what a user gives the chart, merged, and where each value came
// from. They are safe for concurrent use. The zero Values are none, as are nil:
// those of the chart hold. Printed, logged or encoded as JSON,
// they tell no value.
type Values struct{ read sealed[*values.Values] }

// ReadValues reads the sources and merges them in Helm's order, whatever the
// order here: files (of each kind), then --set-json, --set, --set-string,
// --set-file and --set-literal; of one kind, the later wins.
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
	read, err := values.Read(shared.rules.Public(), plain...)
	if err != nil {
		return nil, err
	}
	return &Values{seal(read)}, nil
}

// String tells how many sources the values came from.
func (v Values) String() string { return fmt.Sprint(v.read.open()) }

// Format prints [Values.String], whatever the verb.
func (v Values) Format(f fmt.State, _ rune) { writeText(f, v.String()) }

// LogValue gives a log [Values.String].
func (v Values) LogValue() slog.Value { return slog.StringValue(v.String()) }

// MarshalText gives JSON and others [Values.String].
func (v Values) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// writeText writes to what fmt prints to, which keeps any error.
func writeText(w io.Writer, text string) { _, _ = io.WriteString(w, text) }

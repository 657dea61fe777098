package values

import (
	"errors"
	"fmt"
	"io"
	"regexp"

	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/internal/bounded"
	"github.com/istio-lightstep/istio-lightstep/internal/redact"
)

// Limit is the most that is read of one values file, or of one file named by
// --set-file, in bytes. Helm has no such limit and needs 650 MiB or more for
// a file of this size.
const Limit = bounded.Document

// kind says how a source is applied. Kinds are applied in this order, which is
// Helm's (pkg/cli/values/options.go of v3.22.0), whatever order they come in.
type kind int

const (
	file kind = iota
	setJSON
	set
	setString
	setFile
	setLiteral
	kinds
)

// flags are the command-line flags of the kinds.
var flags = [kinds]string{"--values", "--set-json", "--set", "--set-string", "--set-file", "--set-literal"}

// Source is one values file or one --set flag.
type Source struct {
	kind kind
	name string                 // of a file, for messages
	expr string                 // of a flag, as given after it
	text func() ([]byte, error) // of a file, or a [bounded.TooLargeError]
	made bool                   // its text is not the user's, and so are no lines in it
}

// File is a values file, as --values takes it, but never a URL: nothing here
// reaches for the network.
func File(path string) Source {
	return Source{kind: file, name: path, text: func() ([]byte, error) { return bounded.File(path, Limit) }}
}

// Reader is the text of a values file read from r, once, by Read. The name is
// what messages call it.
func Reader(name string, r io.Reader) Source {
	return Source{kind: file, name: name, text: func() ([]byte, error) { return bounded.Read(r, Limit) }}
}

// Bytes is the text of a values file, which the caller does not change while
// the values are in use. The name is what messages call it.
func Bytes(name string, data []byte) Source {
	return Source{kind: file, name: name, text: func() ([]byte, error) {
		if len(data) > Limit {
			return nil, bounded.ErrTooLarge
		}
		return data, nil
	}}
}

// Map is a values file that was never written. The name is what messages call
// it.
func Map(name string, values map[string]any) Source {
	return Source{kind: file, name: name, made: true, text: func() ([]byte, error) {
		data, err := yaml.Marshal(values)
		switch {
		case err != nil:
			return nil, fmt.Errorf("%s: %w", name, err)
		case len(data) > Limit:
			return nil, bounded.ErrTooLarge
		}
		return data, nil
	}}
}

// Set is what follows --set: a=1,b.c=2.
func Set(expr string) Source { return Source{kind: set, expr: expr} }

// SetString is what follows --set-string: as Set, every value a string.
func SetString(expr string) Source { return Source{kind: setString, expr: expr} }

// SetJSON is what follows --set-json: a={"b":1}.
func SetJSON(expr string) Source { return Source{kind: setJSON, expr: expr} }

// SetFile is what follows --set-file: a=FILE. The file's text, to the last
// newline, is the value. FILE is a path, not "-" and not a URL.
func SetFile(expr string) Source { return Source{kind: setFile, expr: expr} }

// SetLiteral is what follows --set-literal: one key, the rest its value.
func SetLiteral(expr string) Source { return Source{kind: setLiteral, expr: expr} }

// fileName matches what is plainly the name of a file. What stands after
// --set-file may by mistake be the secret itself, and is then not repeated.
var fileName = regexp.MustCompile(`^[\w./\\:~ -]{1,200}\.[A-Za-z]{2,5}$`)

// readNamed gives the text of a file that --set-file names.
func readNamed(name string) ([]byte, error) {
	data, err := bounded.File(name, Limit)
	if err != nil && !fileName.MatchString(name) {
		err = fmt.Errorf("%s (not shown, as it could be the value itself): %w", redact.Redacted, errors.Unwrap(err))
	}
	return data, err
}

package values

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"regexp"
)

// Limit is the most that is read of one values file, or of one file named by
// --set-file, in bytes. Helm has no such limit and needs 650 MiB or more for
// a file of this size.
const Limit = 10 << 20

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
	name string                        // of a file, for messages
	expr string                        // of a flag, as given after it
	open func() (io.ReadCloser, error) // of a file
	data []byte                        // of a file whose text is at hand; open is nil
}

// File is a values file, as --values takes it, but never a URL: nothing here
// reaches for the network.
func File(path string) Source {
	return Source{kind: file, name: path, open: func() (io.ReadCloser, error) { return os.Open(path) }}
}

// Reader is the text of a values file read from r, once, by Read. The name is
// what messages call it.
func Reader(name string, r io.Reader) Source {
	return Source{kind: file, name: name, open: func() (io.ReadCloser, error) { return io.NopCloser(r), nil }}
}

// Bytes is the text of a values file, which the caller does not change while
// the values are in use. The name is what messages call it.
func Bytes(name string, data []byte) Source {
	return Source{kind: file, name: name, data: data}
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

// errTooLarge says that a source holds more than Limit bytes.
var errTooLarge = errors.New("more than the limit")

// read gives the text of a values file, or errTooLarge.
func (s Source) read() ([]byte, error) {
	if s.open == nil {
		if len(s.data) > Limit {
			return nil, errTooLarge
		}
		return s.data, nil
	}
	r, err := s.open()
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }() // read only: closing loses nothing
	return readLimited(r)
}

// readLimited reads at most one byte more than Limit.
func readLimited(r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, Limit+1))
	if err != nil {
		return nil, err
	}
	if len(data) > Limit {
		return nil, errTooLarge
	}
	return data, nil
}

// fileName matches what is plainly the name of a file. What stands after
// --set-file may by mistake be the secret itself, and is then not repeated.
var fileName = regexp.MustCompile(`^[\w./\\:~ -]{1,200}\.[A-Za-z]{2,5}$`)

// readNamed gives the text of a file that --set-file names.
func readNamed(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err == nil {
		defer func() { _ = f.Close() }()
		var data []byte
		if data, err = readLimited(f); err == nil {
			return data, nil
		}
	}
	var pathError *fs.PathError
	if errors.As(err, &pathError) && !fileName.MatchString(name) {
		return nil, fmt.Errorf("%s [redacted]: %w", pathError.Op, pathError.Err)
	}
	return nil, err
}

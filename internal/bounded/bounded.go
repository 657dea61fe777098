// Package bounded reads what a user names, files and streams, no further than
// a limit: a wrong name must not take the machine's memory, nor hang.
package bounded

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"github.com/istio-lightstep/istio-lightstep/internal/redact"
)

// The limits, in bytes.
const (
	Document = 10 << 20 // values files and the user's own YAML documents
	Secret   = 1 << 20  // tokens and certificates; no Secret of Kubernetes holds more
)

// patience is how long a named pipe may have no writer.
var patience = 5 * time.Second

// ErrTooLarge is the kind of [TooLargeError], for errors.Is.
var ErrTooLarge = errors.New("too large")

// TooLargeError says that there is more to read than the limit.
type TooLargeError struct {
	Limit int // bytes
}

func (e *TooLargeError) Error() string { return fmt.Sprintf("holds more than %d MiB", e.Limit>>20) }

// Is tells that the error is of the kind [ErrTooLarge].
func (e *TooLargeError) Is(target error) bool { return target == ErrTooLarge }

// Read gives all of r, or a *TooLargeError where that is more than the limit.
func Read(r io.Reader, limit int) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, int64(limit)+1))
	if err != nil {
		return nil, err
	}
	if len(data) > limit {
		return nil, &TooLargeError{limit}
	}
	return data, nil
}

// File gives all of a file, as [Read] does. A folder is an error, and so is a
// named pipe that nothing writes to for 5 seconds. Errors name the file.
func File(name string, limit int) ([]byte, error) {
	file, err := open(name)
	if err != nil {
		return nil, named(name, err)
	}
	defer func() { _ = file.Close() }() // read only: closing loses nothing
	data, err := Read(file, limit)
	return data, named(name, err)
}

// named names the file of an error, safe to print.
func named(name string, err error) error {
	if err == nil {
		return nil
	}
	var path *fs.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	return fmt.Errorf("%s: %w", redact.Key(name), err)
}

// open opens a file. Opening a named pipe waits for a writer.
func open(name string) (*os.File, error) {
	info, err := os.Stat(name)
	switch {
	case err != nil:
		return nil, err
	case info.IsDir():
		return nil, errors.New("is a directory")
	case info.Mode()&fs.ModeNamedPipe == 0:
		return os.Open(name)
	}
	type opened struct {
		file *os.File
		err  error
	}
	result, late := make(chan opened), make(chan struct{})
	go func() {
		file, err := os.Open(name)
		select {
		case result <- opened{file, err}:
		case <-late:
			_ = file.Close()
		}
	}()
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case o := <-result:
		return o.file, o.err
	case <-timer.C:
		close(late)
		return nil, fmt.Errorf("is a named pipe, and nothing writes to it: waited %s", patience)
	}
}

// Regular gives an error unless the name is that of a regular file of at most
// limit bytes. It is for what a library opens and reads by its name, without a
// bound of its own: a device has no end, and a named pipe makes it wait. Errors
// name the file.
func Regular(name string, limit int) error {
	info, err := os.Stat(name)
	switch {
	case err != nil:
		return named(name, err)
	case info.IsDir():
		return named(name, errors.New("is a directory"))
	case !info.Mode().IsRegular():
		return named(name, errors.New("is not a regular file"))
	case info.Size() > int64(limit):
		return named(name, &TooLargeError{limit})
	}
	return nil
}

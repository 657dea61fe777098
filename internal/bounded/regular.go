package bounded

import (
	"errors"
	"os"
)

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

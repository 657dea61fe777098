package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/istio-lightstep/istio-lightstep/internal/terminal"
	"github.com/istio-lightstep/istio-lightstep/pkg/render"
)

// write writes every object to a file of its own in the folder, and prints the
// names. Files of the same names are replaced.
func (j *renderJob) write(result *render.Result) error {
	files, err := result.Files()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(j.dir, 0o750); err != nil {
		return err
	}
	folder, err := os.OpenRoot(j.dir)
	if err != nil {
		return err
	}
	names := slices.Sorted(maps.Keys(files))
	err = replaceable(folder, names)
	for _, name := range names {
		if err != nil {
			break
		}
		if err = replace(folder, name, files[name]); err == nil {
			_, err = fmt.Fprintf(j.out, "wrote %s\n", terminal.Safe(filepath.Join(j.dir, name)))
		}
	}
	return errors.Join(err, folder.Close())
}

// replaceable refuses to replace what is no file, such as a link to elsewhere.
func replaceable(folder *os.Root, names []string) error {
	for _, name := range names {
		switch info, err := folder.Lstat(name); {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return err
		case !info.Mode().IsRegular():
			return fmt.Errorf("%s is not a regular file", filepath.Join(folder.Name(), name))
		}
	}
	return nil
}

// replace writes a file that this user alone can read, as it may hold the access
// token. One that could not be written whole is not left behind.
func replace(folder *os.Root, name string, text []byte) error {
	if err := folder.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	file, err := folder.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	if err = errors.Join(err, file.Close()); err != nil {
		return errors.Join(err, folder.Remove(name))
	}
	return nil
}

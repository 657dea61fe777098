package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/istio-lightstep/istio-lightstep/internal/terminal"
	"github.com/istio-lightstep/istio-lightstep/pkg/render"
)

// write writes every object to a file of its own in the folder, and prints the
// names. Files of the same names are replaced. A folder that holds further
// manifests is refused: `kubectl apply -f` would apply those too.
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
	err = errors.Join(onlyOurs(folder, names), replaceable(folder, names))
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

// onlyOurs refuses a folder with manifests that are not among the names, such as
// objects of a former run that the values no longer make.
func onlyOurs(folder *os.Root, names []string) error {
	entries, err := fs.ReadDir(folder.FS(), ".")
	if err != nil {
		return err
	}
	var others []string
	for _, entry := range entries {
		manifest := slices.Contains([]string{".yaml", ".yml", ".json"}, filepath.Ext(entry.Name()))
		if manifest && !entry.IsDir() && !slices.Contains(names, entry.Name()) {
			others = append(others, terminal.Safe(entry.Name()))
		}
	}
	if len(others) == 0 {
		return nil
	}
	return fmt.Errorf("%s holds %s, which this run does not write: give an empty folder, or remove them",
		folder.Name(), strings.Join(others, ", "))
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

package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
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
// names: all of them, or none. Files of a former run are replaced, and nobody
// else's. A folder that holds further manifests is refused: `kubectl apply -f`
// would apply those too.
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
	if err = errors.Join(onlyOurs(folder, names), replaceable(folder, names)); err == nil {
		err = writeAll(folder, names, files)
	}
	if err = errors.Join(err, folder.Close()); err != nil {
		return err
	}
	for _, name := range names {
		if _, err := fmt.Fprintf(j.out, "wrote %s\n", terminal.Safe(filepath.Join(j.dir, name))); err != nil {
			return err
		}
	}
	return nil
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

// renderedBy begins each document of the chart's.
var renderedBy = []byte("---\n# Source: istio-lightstep/templates/")

// replaceable refuses to replace what no run has written: what is no file, such
// as a link to elsewhere, a file that may not be written, and one of the user's.
func replaceable(folder *os.Root, names []string) error {
	for _, name := range names {
		called := terminal.Safe(filepath.Join(folder.Name(), name))
		switch info, err := folder.Lstat(name); {
		case errors.Is(err, fs.ErrNotExist):
			continue
		case err != nil:
			return err
		case !info.Mode().IsRegular():
			return fmt.Errorf("%s is not a regular file", called)
		case info.Mode().Perm()&0o200 == 0:
			return fmt.Errorf("%s is read-only: give an empty folder, or remove the file", called)
		}
		file, err := folder.Open(name)
		if err != nil {
			return err
		}
		begins, err := io.ReadAll(io.LimitReader(file, int64(len(renderedBy))))
		if err = errors.Join(err, file.Close()); err != nil {
			return err
		}
		if !bytes.Equal(begins, renderedBy) {
			return fmt.Errorf("%s was not written by this command: give an empty folder, or remove the file", called)
		}
	}
	return nil
}

// writeAll puts the files in place once all of them are written, for this user
// alone, as they may hold the access token. What could not be put in place is
// not left behind.
func writeAll(folder *os.Root, names []string, files map[string][]byte) error {
	for i, name := range names {
		if err := writeNew(folder, unfinished(name), files[name]); err != nil {
			for _, written := range names[:i] {
				err = errors.Join(err, folder.Remove(unfinished(written)))
			}
			return err
		}
	}
	var failed error
	for _, name := range names {
		if failed == nil {
			failed = folder.Rename(unfinished(name), name)
		}
		if failed != nil {
			failed = errors.Join(failed, folder.Remove(unfinished(name)))
		}
	}
	return failed
}

// unfinished is the name of a file until it is in place: of no manifest.
func unfinished(name string) string { return "." + name + ".unfinished" }

// writeNew writes a file in the place of one that a run has left unfinished.
func writeNew(folder *os.Root, name string, text []byte) error {
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

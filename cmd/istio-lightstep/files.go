package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/istio-lightstep/istio-lightstep/internal/fileset"
	"github.com/istio-lightstep/istio-lightstep/internal/terminal"
	"github.com/istio-lightstep/istio-lightstep/pkg/render"
)

// write writes every object to a file of its own in the folder, and prints the
// names: all of them, or none. Files of a former run are replaced, and nobody
// else's. A folder that holds further manifests is refused: `kubectl apply -f`
// would apply those too.
func (j *renderJob) write(ctx context.Context, result *render.Result) error {
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
	former, err := replaceable(folder, names)
	if err = errors.Join(onlyOurs(folder, names), err); err == nil {
		err = fileset.Write(ctx, folder, privately(names, files), former)
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

// privately gives the files to write, for this user alone, as they may hold the
// access token.
func privately(names []string, texts map[string][]byte) []fileset.File {
	var files []fileset.File
	for _, name := range names {
		files = append(files, fileset.File{Name: name, Data: texts[name], Mode: 0o600})
	}
	return files
}

// replaceable gives the names that a former run has written. It refuses to
// replace anything else: what is no file, such as a link to elsewhere, a file
// that may not be written, and one of the user's.
func replaceable(folder *os.Root, names []string) (former []string, err error) {
	for _, name := range names {
		called := terminal.Safe(filepath.Join(folder.Name(), name))
		switch info, err := folder.Lstat(name); {
		case errors.Is(err, fs.ErrNotExist):
			continue
		case err != nil:
			return nil, err
		case !info.Mode().IsRegular():
			return nil, fmt.Errorf("%s is not a regular file", called)
		case info.Mode().Perm()&0o200 == 0:
			return nil, fmt.Errorf("%s is read-only: give an empty folder, or remove the file", called)
		}
		file, err := folder.Open(name)
		if err != nil {
			return nil, err
		}
		begins, err := io.ReadAll(io.LimitReader(file, int64(len(renderedBy))))
		if err = errors.Join(err, file.Close()); err != nil {
			return nil, err
		}
		if !bytes.Equal(begins, renderedBy) {
			return nil, fmt.Errorf("%s was not written by this command: give an empty folder, or remove the file", called)
		}
		former = append(former, name)
	}
	return former, nil
}

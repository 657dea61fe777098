package migrate

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// writeAll writes every file beside its place first, and moves them there when
// all are on the disk. there are the names of files that it replaces.
func writeAll(ctx context.Context, dir string, files []output, there []string) (written []string, err error) {
	var made []string // what is to go where something fails
	defer func() {
		if err != nil {
			for _, name := range made {
				_ = os.Remove(name) // the first error is the one to tell
			}
		}
	}()
	temporary := make([]string, len(files))
	for i, f := range files {
		temporary[i] = filepath.Join(dir, "."+f.name+"-"+rand.Text())
		made = append(made, temporary[i])
		if err := errors.Join(ctx.Err(), writeTemporary(temporary[i], f)); err != nil {
			return nil, fmt.Errorf("write %s, nothing was written: %w", f.name, err)
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("nothing was written: %w", err)
	}
	for i, f := range files { // from here on it goes on to the end
		place := filepath.Join(dir, f.name)
		if err := os.Rename(temporary[i], place); err != nil {
			return nil, fmt.Errorf("write %s: %w", f.name, err)
		}
		if !slices.Contains(there, f.name) {
			made = append(made, place)
		}
		written = append(written, f.name)
	}
	return written, syncFolder(dir)
}

// writeTemporary writes a new file, and has it on the disk.
func writeTemporary(name string, f output) error {
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, f.mode)
	if err != nil {
		return err
	}
	_, err = file.Write(f.data)
	if err == nil {
		err = file.Sync()
	}
	return errors.Join(err, file.Close())
}

// syncFolder has the names of files on the disk.
func syncFolder(dir string) error {
	folder, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

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
// all are on the disk. there are the names of files that it replaces. Where a
// file can't be moved, those moved before are taken back.
func writeAll(ctx context.Context, dir string, files []output, there []string) (written []string, err error) {
	temporary := make([]string, len(files))
	defer func() {
		for _, name := range temporary {
			if name != "" {
				_ = os.Remove(name) // the first error is the one to report
			}
		}
	}()
	for i, f := range files {
		temporary[i] = newName(dir, f.name)
		if err := errors.Join(ctx.Err(), writeTemporary(temporary[i], f)); err != nil {
			return nil, fmt.Errorf("write %s, nothing was written: %w", f.name, err)
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("nothing was written: %w", err)
	}
	var moved moves // from here on it goes on to the end
	for i, f := range files {
		if err := moved.move(temporary[i], filepath.Join(dir, f.name), slices.Contains(there, f.name)); err != nil {
			return nil, errors.Join(fmt.Errorf("write %s: %w", f.name, err), moved.undo())
		}
		written = append(written, f.name)
	}
	return written, errors.Join(moved.keep(), syncFolder(dir))
}

// newName gives a name in the folder that no other file has.
func newName(dir, name string) string { return filepath.Join(dir, "."+name+"-"+rand.Text()) }

// move is a file that was moved to its place, and the name under which what it
// replaced is kept, if it replaced anything.
type move struct{ place, former string }

// moves are taken back together, or kept together.
type moves []move

// move moves a file to its place.
func (m *moves) move(file, place string, replaces bool) error {
	done := move{place: place}
	if replaces {
		done.former = newName(filepath.Dir(place), filepath.Base(place))
		if err := setAside(place, done.former); err != nil {
			return err
		}
	}
	err := os.Rename(file, place)
	if err == nil {
		*m = append(*m, done)
		return nil
	}
	if replaces {
		err = errors.Join(err, done.undo())
	}
	return err
}

// setAside keeps what is at a place under a second name, which leaves the place
// filled all the while. Where the file system has no second names it is moved.
func setAside(place, name string) error {
	if os.Link(place, name) == nil {
		return nil
	}
	switch info, err := os.Lstat(place); {
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return errors.New("is not a regular file")
	default:
		return os.Rename(place, name)
	}
}

// undo makes every place what it was, and reports those that it can't.
func (m moves) undo() error {
	var left []error
	for _, done := range slices.Backward(m) {
		left = append(left, done.undo())
	}
	return errors.Join(left...)
}

func (m move) undo() error {
	if m.former == "" {
		if err := os.Remove(m.place); err != nil {
			return fmt.Errorf("%s was written and can't be removed: %w", m.place, err)
		}
		return nil
	}
	if err := os.Rename(m.former, m.place); err != nil {
		return fmt.Errorf("%s can't be restored, what it was is in %s: %w", m.place, m.former, err)
	}
	// Two names of one file: the rename leaves both.
	if err := os.Remove(m.former); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("%s, a second name of %s, can't be removed: %w", m.former, m.place, err)
	}
	return nil
}

// keep removes what was replaced.
func (m moves) keep() error {
	var left []error
	for _, done := range m {
		if done.former != "" {
			left = append(left, os.Remove(done.former))
		}
	}
	return errors.Join(left...)
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

package fileset

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// File is one file of a set.
type File struct {
	Name string // in the folder, without any folder of its own
	Data []byte
	Mode os.FileMode // before the umask
}

// Write writes every file beside its place first, and moves them there when
// all are on the disk. replaces are the names of files that are there already;
// any other must not be. Where a file can't be moved, those moved before are
// taken back: the error, which says so, also names what could not be. The end of
// the context is one, up to the moment at which all files are written.
func Write(ctx context.Context, folder *os.Root, files []File, replaces []string) error {
	temporary := make([]string, len(files))
	defer func() {
		for _, name := range temporary {
			if name != "" {
				_ = folder.Remove(name) // the first error is the one to report
			}
		}
	}()
	for i, f := range files {
		temporary[i] = newName(f.Name)
		if err := errors.Join(ctx.Err(), writeTemporary(folder, temporary[i], f)); err != nil {
			return fmt.Errorf("write %s, nothing was written: %w", f.Name, err)
		}
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("nothing was written: %w", err)
	}
	moved := moves{folder: folder} // from here on it goes on to the end
	for i, f := range files {
		if err := moved.move(temporary[i], f.Name, slices.Contains(replaces, f.Name)); err != nil {
			return errors.Join(fmt.Errorf("write %s: %w", f.Name, err), moved.undo())
		}
	}
	return errors.Join(moved.keep(), syncFolder(folder))
}

// newName gives a name that no other file has.
func newName(name string) string { return "." + name + "-" + rand.Text() }

// move is a file that was moved to its place, and the name under which what it
// replaced is kept, if it replaced anything.
type move struct{ place, former string }

// moves are taken back together, or kept together.
type moves struct {
	folder *os.Root
	done   []move
}

// move moves a file to its place.
func (m *moves) move(file, place string, replaces bool) error {
	done := move{place: place}
	if replaces {
		done.former = newName(place)
		if err := setAside(m.folder, place, done.former); err != nil {
			return err
		}
	}
	err := m.folder.Rename(file, place)
	if err == nil {
		m.done = append(m.done, done)
		return nil
	}
	if replaces {
		err = errors.Join(err, done.undo(m.folder))
	}
	return err
}

// setAside keeps what is at a place under a second name, which leaves the place
// filled all the while. Where the file system has no second names it is moved.
func setAside(folder *os.Root, place, name string) error {
	if folder.Link(place, name) == nil {
		return nil
	}
	switch info, err := folder.Lstat(place); {
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return errors.New("is not a regular file")
	default:
		return folder.Rename(place, name)
	}
}

// undo makes every place what it was, and reports those that it can't.
func (m *moves) undo() error {
	var left []error
	for _, done := range slices.Backward(m.done) {
		left = append(left, done.undo(m.folder))
	}
	return errors.Join(left...)
}

func (m move) undo(folder *os.Root) error {
	place, former := filepath.Join(folder.Name(), m.place), filepath.Join(folder.Name(), m.former)
	if m.former == "" {
		if err := folder.Remove(m.place); err != nil {
			return fmt.Errorf("%s was written and can't be removed: %w", place, err)
		}
		return nil
	}
	if err := folder.Rename(m.former, m.place); err != nil {
		return fmt.Errorf("%s can't be restored, what it was is in %s: %w", place, former, err)
	}
	// Two names of one file: the rename leaves both.
	if err := folder.Remove(m.former); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("%s, a second name of %s, can't be removed: %w", former, place, err)
	}
	return nil
}

// keep removes what was replaced.
func (m *moves) keep() error {
	var left []error
	for _, done := range m.done {
		if done.former != "" {
			left = append(left, m.folder.Remove(done.former))
		}
	}
	return errors.Join(left...)
}

// writeTemporary writes a new file, and has it on the disk.
func writeTemporary(folder *os.Root, name string, f File) error {
	file, err := folder.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, f.Mode)
	if err != nil {
		return err
	}
	_, err = file.Write(f.Data)
	if err == nil {
		err = file.Sync()
	}
	return errors.Join(err, file.Close())
}

// syncFolder has the names of files on the disk.
func syncFolder(folder *os.Root) error {
	names, err := folder.Open(".")
	if err != nil {
		return err
	}
	return errors.Join(names.Sync(), names.Close())
}

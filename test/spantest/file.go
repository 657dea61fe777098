package spantest

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"
)

type file struct {
	path string

	mu     sync.Mutex
	was    fs.FileInfo // of the file that was read
	offset int64       // up to which it was read
	lines  int         // that were read
	recent recent
}

// File reads what the file exporter of an OpenTelemetry Collector writes, in JSON and
// without compression. A file that does not exist yet has no spans. It is read from
// where it was read to before, and the last 200,000 spans are kept, also of files that
// another has taken the place of. A line can have 64 MiB.
func File(path string) Source { return &file{path: path} }

// Spans implements [Source].
func (f *file) Spans(ctx context.Context, q Query) ([]RecordedSpan, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	opened, err := os.Open(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		return f.recent.of(q), nil
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSource, err)
	}
	defer opened.Close() //nolint:errcheck // only read from
	if err := f.read(ctx, opened); err != nil {
		return nil, err
	}
	return f.recent.of(q), nil
}

func (f *file) lost() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.recent.lost()
}

// read takes what is new, from the beginning where this is another file.
func (f *file) read(ctx context.Context, opened *os.File) error {
	is, err := opened.Stat()
	if err != nil {
		return fmt.Errorf("%w: %w", ErrSource, err)
	}
	if f.was != nil && (!os.SameFile(f.was, is) || is.Size() < f.offset) {
		f.offset, f.lines = 0, 0
	}
	f.was = is
	if _, err := opened.Seek(f.offset, io.SeekStart); err != nil {
		return fmt.Errorf("%w: %w", ErrSource, err)
	}
	lines := bufio.NewScanner(opened)
	lines.Buffer(nil, answerLimit)
	lines.Split(wholeLine)
	for lines.Scan() && ctx.Err() == nil {
		f.lines++
		if err := f.line(lines.Bytes()); err != nil {
			return err
		}
		f.offset += int64(len(lines.Bytes()))
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("%w: line %d of %s: %w", ErrSource, f.lines+1, f.path, err)
	}
	return ctx.Err()
}

// line takes a line. One that is no OTLP behind others may be where a file was cut off and
// written anew: all is read again then.
func (f *file) line(text []byte) error {
	if len(bytes.TrimSpace(text)) == 0 {
		return nil
	}
	spans, err := otlp(text)
	if err != nil && f.lines == 1 {
		return fmt.Errorf("%w: %s: line 1: %w", ErrSource, f.path, err)
	}
	if err != nil {
		err = fmt.Errorf("%s: line %d: %w", f.path, f.lines, err)
		f.offset, f.lines, f.recent.spans = 0, 0, nil
		return err
	}
	f.recent.add(spans...)
	return nil
}

// wholeLine splits lines, with their end: the last one may be half written.
func wholeLine(data []byte, _ bool) (advance int, token []byte, err error) {
	end := bytes.IndexByte(data, '\n') + 1
	if end == 0 {
		return 0, nil, nil
	}
	return end, data[:end], nil
}

package eras

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// Outputs gives what an example is rendered to, by the files beside it.
func Outputs(folder string) ([]string, error) {
	files, err := filepath.Glob(filepath.Join(folder, "rendered", "*.*"))
	if len(files) == 0 && err == nil {
		err = fmt.Errorf("%s has no rendered documents", folder)
	}
	for i, file := range files {
		files[i] = strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))
	}
	return files, err
}

// Golden gives what Helm printed for an example and an output. An example that
// is close to another has a .diff of the lines that differ, as `make golden`
// wrote it; it is applied to the other's golden. The error of what Helm refused
// is [os.ErrNotExist].
func Golden(folder, output string) ([]byte, error) {
	golden := filepath.Join(folder, "rendered", output+".yaml")
	text, err := os.ReadFile(golden)
	if !errors.Is(err, os.ErrNotExist) {
		return text, err
	}
	diff, err := os.ReadFile(filepath.Join(folder, "rendered", output+".diff"))
	if err != nil {
		return nil, err
	}
	lines := strings.SplitAfter(string(diff), "\n")
	other, ok := strings.CutPrefix(lines[0], "--- ")
	if !ok || len(lines) < 3 {
		return nil, fmt.Errorf("%s/rendered/%s.diff names no golden that it differs from", folder, output)
	}
	base, err := os.ReadFile(filepath.Join(folder, "rendered", strings.TrimSpace(other)))
	if err != nil {
		return nil, fmt.Errorf("%s/rendered/%s.diff: %v", folder, output, err) //nolint:errorlint // an example that is gone is no refusal
	}
	text, err = apply(strings.SplitAfter(string(base), "\n"), lines[2:])
	if err != nil {
		return nil, fmt.Errorf("%s/rendered/%s.diff: %w: run make golden", folder, output, err)
	}
	return text, nil
}

// hunk is the head of what differs in one place: the first line, and how many,
// of each side.
var hunk = regexp.MustCompile(`^@@ -(\d+)(?:,(\d+))? \+\d+(?:,\d+)? @@`)

// apply makes the changes of a diff without context lines.
func apply(base, diff []string) ([]byte, error) {
	var text strings.Builder
	next := 0 // line of base
	for _, line := range diff {
		switch {
		case strings.HasPrefix(line, "@@"):
			head := hunk.FindStringSubmatch(line)
			if head == nil {
				return nil, fmt.Errorf("%q is not the head of a hunk", line)
			}
			first, err := strconv.Atoi(head[1])
			if err != nil {
				return nil, err
			}
			if head[2] != "0" {
				first-- // of none, it is the line behind which others are added
			}
			if first < next || first > len(base) {
				return nil, fmt.Errorf("%q is out of order", line)
			}
			text.WriteString(strings.Join(base[next:first], ""))
			next = first
		case strings.HasPrefix(line, "-"):
			if next >= len(base) || base[next] != line[1:] {
				return nil, fmt.Errorf("%q is not line %d", line, next+1)
			}
			next++
		case strings.HasPrefix(line, "+"):
			text.WriteString(line[1:])
		case line != "":
			return nil, fmt.Errorf("%q is no line of a diff", line)
		}
	}
	return []byte(text.String() + strings.Join(base[next:], "")), nil
}

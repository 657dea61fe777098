// Package results reads and writes the files of this folder: what runs of the
// suites showed, from which pages of docs/ are written.
package results

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Read gives what a file keeps, and the zero value where there is no file.
func Read[T any](file string) (T, error) {
	var kept T
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return kept, nil
	}
	if err != nil {
		return kept, err
	}
	if err := json.Unmarshal(text, &kept); err != nil {
		return kept, fmt.Errorf("%s: %w", file, err)
	}
	return kept, nil
}

// Write keeps what a run showed. It makes the folder if need be.
func Write(file string, shown any) error {
	text, err := json.MarshalIndent(shown, "", " ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, append(text, '\n'), 0o644)
}

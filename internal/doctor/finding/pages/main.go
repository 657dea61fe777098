// Command pages writes docs/findings from the catalogue of findings.
//
//	go run ./internal/doctor/finding/pages docs/findings
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/istio-lightstep/istio-lightstep/internal/doctor/finding"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: pages FOLDER")
		os.Exit(2)
	}
	if err := write(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "pages:", err)
		os.Exit(1)
	}
}

// write writes every page, and removes those of findings that are gone.
func write(folder string) error {
	catalogue, err := finding.Load()
	if err != nil {
		return err
	}
	pages := catalogue.Pages()
	old, err := filepath.Glob(filepath.Join(folder, "LS-*.md"))
	if err != nil {
		return err
	}
	for _, file := range old {
		if _, kept := pages[filepath.Base(file)]; !kept {
			if err := os.Remove(file); err != nil {
				return err
			}
		}
	}
	if err := os.MkdirAll(folder, 0o750); err != nil {
		return err
	}
	for name, text := range pages {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// Command table writes docs/reliability.md from the results of the last run of
// the fault suite. Run it in the module's folder:
//
//	go -C test/e2e run ./faults/cmd/table
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/faults"
)

func main() {
	if err := write(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func write() error {
	text, err := faults.Page("results")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join("..", "..", faults.PageFile), []byte(text), 0o644)
}

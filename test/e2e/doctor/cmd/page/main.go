// Command page writes docs/doctor.md from the results of the last run of the
// breakages. Run it in the module's folder:
//
//	go -C test/e2e run ./doctor/cmd/page
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/doctor"
)

func main() {
	if err := write(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func write() error {
	text, err := doctor.Page("results")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join("..", "..", doctor.PageFile), []byte(text), 0o644)
}

// Command page writes docs/support.md. Run it in the module's folder:
//
//	go -C test/e2e run ./support/cmd/page
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/support"
)

func main() {
	if err := write(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func write() error {
	root := filepath.Join("..", "..")
	text, err := support.Page(root)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(root, support.PageFile), []byte(text), 0o644)
}

// Command page writes into docs/migrate.md what its results were measured with. Run it in
// the module's folder:
//
//	go -C test/e2e run ./migrate/cmd/page
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/migrate"
)

func main() {
	if err := write(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func write() error {
	root := filepath.Join("..", "..")
	text, err := migrate.Page(root)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(root, migrate.PageFile), []byte(text), 0o644)
}

// Command cosign is cosign without the key management services of clouds, which
// are a tenth of what it compiles and which no release of this project uses.
package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/sigstore/cosign/v3/cmd/cosign/cli"
	cosignerrors "github.com/sigstore/cosign/v3/cmd/cosign/errors"
)

func main() {
	err := cli.New().Execute()
	if err == nil {
		return
	}
	fmt.Fprintln(os.Stderr, "cosign:", err)
	var failed *cosignerrors.CosignError
	if errors.As(err, &failed) {
		os.Exit(failed.ExitCode())
	}
	os.Exit(1)
}

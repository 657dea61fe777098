package spantest

import (
	"context"
	"errors"
	"os/exec"
)

// Doctor runs `istio-lightstep doctor` with arguments, such as "mesh", or "trace" and a
// URL, and gives what it prints, for the message of a test that failed. It is read-only.
// Where the program is not in PATH, it gives a line that says so.
func Doctor(ctx context.Context, arguments ...string) string {
	//nolint:gosec // The arguments are those of who writes the test.
	said, err := exec.CommandContext(ctx, "istio-lightstep", append([]string{"doctor"}, arguments...)...).CombinedOutput()
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) {
		return "istio-lightstep doctor does not run: " + err.Error()
	}
	return string(said)
}

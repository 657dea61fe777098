package spantest

import (
	"context"
	"errors"
	"os/exec"
	"time"
)

// examination is how long a doctor that is asked after the deadline may take.
const examination = 2 * time.Minute

// Doctor runs `istio-lightstep doctor` with arguments, such as "mesh", or "trace" and a
// URL, and gives what it prints, for the message of a test that failed. It is read-only.
// Where the program is not in PATH, it gives a line that says so.
//
// [Await] gives up at the deadline of its context. Doctor may be given that context: where
// the deadline has passed, it takes up to two minutes more. A context that was canceled
// still ends it.
func Doctor(ctx context.Context, arguments ...string) string {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(context.WithoutCancel(ctx), examination)
		defer cancel()
	}
	//nolint:gosec // The arguments are those of who writes the test.
	said, err := exec.CommandContext(ctx, "istio-lightstep", append([]string{"doctor"}, arguments...)...).CombinedOutput()
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) {
		return "istio-lightstep doctor does not run: " + err.Error()
	}
	return string(said)
}

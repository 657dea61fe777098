package reload

import (
	"context"
	"fmt"
	"os"
	"slices"
	"syscall"
	"time"

	"github.com/shirou/gopsutil/v4/process"
)

// running is a collector's process.
type running struct {
	started time.Time
	hangUp  func(context.Context) error
}

// findCollector gives the process that runs with --config=config, and false
// where there is none.
func findCollector(ctx context.Context, config string) (running, bool, error) {
	all, err := process.ProcessesWithContext(ctx)
	if err != nil {
		return running{}, false, fmt.Errorf("list processes: %w", err)
	}
	for _, p := range all {
		arguments, err := p.CmdlineSliceWithContext(ctx)
		if err != nil || int(p.Pid) == os.Getpid() || !slices.Contains(arguments, "--config="+config) {
			continue // a process that has ended meanwhile has no arguments
		}
		at, err := started(ctx, p)
		if err != nil {
			continue
		}
		return running{
			started: at,
			hangUp:  func(ctx context.Context) error { return p.SendSignalWithContext(ctx, syscall.SIGHUP) },
		}, true, nil
	}
	return running{}, false, nil
}

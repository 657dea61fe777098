//go:build !linux

package reload

import (
	"context"
	"time"

	"github.com/shirou/gopsutil/v4/process"
)

// started gives the time of a process's start. Collectors run on Linux; elsewhere this only has to build.
func started(ctx context.Context, p *process.Process) (time.Time, error) {
	milliseconds, err := p.CreateTimeWithContext(ctx)
	return time.UnixMilli(milliseconds), err
}

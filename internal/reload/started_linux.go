package reload

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/shirou/gopsutil/v4/process"
	"golang.org/x/sys/unix"
)

// tick is the unit of the kernel's times of processes, on every architecture that Go and the collector have.
const tick = 10 * time.Millisecond

// started gives the time of a process's start, up to a tick early. The library counts it from a boot of whole seconds,
// up to a second early: what was written in that second would be taken for younger than the process.
func started(_ context.Context, p *process.Process) (time.Time, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.Pid))
	if err != nil {
		return time.Time{}, err
	}
	// proc_pid_stat(5): the name, field 2, may hold spaces and brackets; the start is field 22.
	fields := bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:])
	if len(fields) < 20 {
		return time.Time{}, fmt.Errorf("/proc/%d/stat has no start", p.Pid)
	}
	ticks, err := strconv.ParseInt(string(fields[19]), 10, 64)
	if err != nil {
		return time.Time{}, fmt.Errorf("/proc/%d/stat: %w", p.Pid, err)
	}
	var sinceBoot unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &sinceBoot); err != nil {
		return time.Time{}, fmt.Errorf("time since boot: %w", err)
	}
	return time.Now().Add(time.Duration(ticks)*tick - time.Duration(sinceBoot.Nano())), nil
}

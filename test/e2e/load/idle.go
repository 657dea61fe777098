package load

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/measured"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/results"
)

// Processor is the time of all of a machine's processors since its start, in the
// kernel's ticks.
type Processor struct{ idle, all uint64 }

// ReadProcessor reads that of this machine, which a kind cluster's nodes share.
func ReadProcessor() (Processor, error) {
	text, err := os.ReadFile("/proc/stat")
	if err != nil {
		return Processor{}, err
	}
	return parseProcessor(string(text))
}

// parseProcessor reads the first line of /proc/stat (proc_stat(5)): the fields user, nice,
// system, idle, iowait, irq, softirq and steal. Those after them are in the first two.
func parseProcessor(text string) (Processor, error) {
	line, _, _ := strings.Cut(text, "\n")
	fields := strings.Fields(line)
	const steal = 8
	if len(fields) <= steal || fields[0] != "cpu" {
		return Processor{}, fmt.Errorf("/proc/stat begins with %q", line)
	}
	var p Processor
	for i, field := range fields[1 : steal+1] {
		ticks, err := strconv.ParseUint(field, 10, 64)
		if err != nil {
			return Processor{}, fmt.Errorf("/proc/stat: %w", err)
		}
		p.all += ticks
		if i == 3 || i == 4 { // idle and iowait
			p.idle += ticks
		}
	}
	return p, nil
}

// Idle is the share of the time since before in which the processors had nothing to do;
// 1 where no time has passed.
func (p Processor) Idle(before Processor) float64 {
	if p.all <= before.all {
		return 1
	}
	return float64(p.idle-before.idle) / float64(p.all-before.all)
}

// Tried is a rate, and how much of the machine was idle with it.
type Tried struct {
	// PerSecond is the number of spans a second, in calls of [Batch].
	PerSecond float64 `json:"perSecond"`
	// Idle is the share of all processors' time, Refused the number of spans that were.
	Idle    float64 `json:"idle"`
	Refused int     `json:"refused"`
}

func (t Tried) fits(share float64) bool { return t.Refused == 0 && t.Idle >= share }

// Highest looks for the highest rate that leaves so much of the machine idle and has no
// span refused: it doubles the lowest until one does not, and halves what is between
// them so often. All that was tried comes with it. It is an error if the lowest is too
// much already.
func Highest(lowest, share float64, halvings int, try func(perSecond float64) (Tried, error)) (best Tried, all []Tried, err error) {
	above := 0.0
	for rate := lowest; ; {
		tried, err := try(rate)
		if err != nil {
			return best, all, err
		}
		all = append(all, tried)
		if tried.fits(share) {
			best = tried
		} else {
			above = rate
		}
		switch {
		case best.PerSecond == 0:
			return best, all, fmt.Errorf("%.0f spans a second leave %.0f %% of the machine idle, and %d were refused", rate, 100*tried.Idle, tried.Refused)
		case above == 0:
			rate *= 2
		case halvings == 0:
			return best, all, nil
		default:
			halvings--
			rate = (best.PerSecond + above) / 2
		}
	}
}

// Keep writes it to a file.
func (s Scaled) Keep(file string) error { return results.Write(file, s) }

// Judge is an error where spans were lost, or the rate left less than the share idle.
func (s Scaled) Judge(share float64) error {
	var failed []error
	if s.Refused > 0 {
		failed = append(failed, fmt.Errorf("%d spans were refused", s.Refused))
	}
	if s.Taken == 0 || s.Delivered < s.Taken {
		failed = append(failed, fmt.Errorf("%d of %d spans were delivered", s.Delivered, s.Taken))
	}
	if s.Rate.Idle < share {
		failed = append(failed, fmt.Errorf("%.0f spans a second left %.0f %% of the machine idle", s.Rate.PerSecond, 100*s.Rate.Idle))
	}
	return errors.Join(failed...)
}

// Scaled is what became of spans while collectors were added and removed, and the
// backend was away half of the time.
type Scaled struct {
	// Setup is what it was measured with.
	measured.Setup

	// Tried are the rates of the search, Rate the one that was taken.
	Tried []Tried `json:"tried"`
	Rate  Tried   `json:"rate"`
	// Idle is the share of the machine while collectors were added and removed.
	Idle float64 `json:"idle"`
	// Seconds is how long that took. Taken and Refused are numbers of spans of the whole
	// run, by the collectors' answers, and Delivered are those that the satellite has, each
	// once.
	Seconds   float64 `json:"seconds"`
	Taken     int     `json:"taken"`
	Refused   int     `json:"refused"`
	Delivered int     `json:"delivered"`
}

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
	// Reached is the rate at which they were taken, Idle the share of all processors' time,
	// and Refused the number of spans that were.
	Reached float64 `json:"reached"`
	Idle    float64 `json:"idle"`
	Refused int     `json:"refused"`
}

// kept is the share of a rate that must be reached.
const kept = 0.9

// fits is false too where the sender itself did not keep the rate.
func (t Tried) fits(share float64) bool {
	return t.Refused == 0 && t.Idle >= share && t.Reached >= kept*t.PerSecond
}

// Highest looks for the highest rate that is reached, leaves so much of the machine idle
// and has no span refused: it doubles the lowest until one does not, and halves what is between
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
			return best, all, fmt.Errorf("of %.0f spans a second %.0f were taken and %d refused in all, and %.0f %% of the machine were idle: "+
				"it has too much other work", rate, tried.Reached, tried.Refused, 100*tried.Idle)
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

// ReadScaled gives what a file keeps; nothing where it is not there.
func ReadScaled(file string) (Scaled, error) { return results.Read[Scaled](file) }

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
	// Seconds is how long that took, and Away for how many of them the satellite was. Taken
	// and Refused are numbers of spans of the whole run, by the collectors' answers, and
	// Delivered are those that the satellite has, each once.
	Seconds   float64 `json:"seconds"`
	Away      float64 `json:"awaySeconds"`
	Taken     int     `json:"taken"`
	Refused   int     `json:"refused"`
	Delivered int     `json:"delivered"`
}

// Sentences tells a reader; nothing where it was not measured.
func (s Scaled) Sentences() []string {
	if s.Taken == 0 {
		return nil
	}
	tried := make([]string, 0, len(s.Tried))
	for _, t := range s.Tried {
		one := fmt.Sprintf("%.0f spans/s (%.0f %% idle", t.PerSecond, 100*t.Idle)
		if t.Refused > 0 {
			one += fmt.Sprintf(", %d refused", t.Refused)
		}
		if t.Reached < kept*t.PerSecond {
			one += fmt.Sprintf(", only %.0f spans/s reached", t.Reached)
		}
		tried = append(tried, one+")")
	}
	return []string{
		"Rates that were tried, each for 20 s: " + strings.Join(tried, ", ") + ".",
		fmt.Sprintf("Rate that was taken: %.0f spans/s, for %.0f s, of which the satellite was away for %.0f s; %.0f %% of the machine was idle.",
			s.Rate.PerSecond, s.Seconds, s.Away, 100*s.Idle),
		fmt.Sprintf("Spans that the collectors accepted, with those of the search: %d. Delivered, each counted once: %d. Refused: %d.",
			s.Taken, s.Delivered, s.Refused),
	}
}

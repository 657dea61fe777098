package load

import (
	"errors"
	"fmt"

	"github.com/istio-lightstep/istio-lightstep/test/e2e/measured"
	"github.com/istio-lightstep/istio-lightstep/test/e2e/results"
)

// Results is all that one run measured.
type Results struct {
	// Setup is what it was measured with.
	measured.Setup
	// Pages are runs of Bookinfo, Spans runs of the collectors alone.
	Pages []Pages `json:"pages"`
	Spans []Spans `json:"spans"`
}

// Cost is what a collector takes to deliver what proxies send: make conformance
// measures it, and its -update keeps it.
type Cost struct {
	// Collector says which one.
	Collector string `json:"collector"`
	// PerCPUSecond is the number of spans for a second of its processor time,
	// Memory the most that it held, in MiB.
	PerCPUSecond float64 `json:"perCPUSecond"`
	Memory       float64 `json:"memory"`
	// With is what it was measured with.
	With measured.Setup `json:"with,omitzero"`
}

// ReadCosts gives the costs of a file; there are none where it is not there.
func ReadCosts(file string) ([]Cost, error) { return results.Read[[]Cost](file) }

// Pages is a run of requests to the product page.
type Pages struct {
	// Sampling is the percentage of requests that were traced.
	Sampling int `json:"sampling"`
	// PerSecond is what was asked for; 0 for as many as the machine bears.
	PerSecond float64 `json:"perSecond"`
	// Seconds is how long it took, Requests how many were answered and Failed how
	// many were not.
	Seconds  float64 `json:"seconds"`
	Requests int     `json:"requests"`
	Failed   int     `json:"failed"`
	// Median and P99 are latencies in milliseconds.
	Median float64 `json:"median"`
	P99    float64 `json:"p99"`
	// ProxyCPU is the processor time of all proxies for one request, in
	// milliseconds.
	ProxyCPU float64 `json:"proxyCPU"`
	// Expected and Delivered are numbers of spans.
	Expected  int `json:"expected"`
	Delivered int `json:"delivered"`
}

// Spans is a run of spans that are sent to the collectors straight.
type Spans struct {
	// Replicas is the number of collectors.
	Replicas int `json:"replicas"`
	// PerSecond is the number of spans a second that were sent; 0 for as many as
	// were taken.
	PerSecond float64 `json:"perSecond"`
	// Away says that the satellite was, Stalled for how many seconds it kept its
	// connections and answered nothing, and Latency after how many milliseconds it
	// answered otherwise.
	Away    bool `json:"away,omitempty"`
	Stalled int  `json:"stalled,omitempty"`
	Latency int  `json:"latency"`
	// Seconds is how long spans were sent, Taken the number that the collectors
	// took, Refused the number that they refused, and Sent what they delivered.
	Seconds float64 `json:"seconds"`
	Taken   int     `json:"taken"`
	Refused int     `json:"refused"`
	Sent    int     `json:"sent"`
	// CPU is the processor time of the collectors in seconds, from the first span
	// taken to the last delivered.
	CPU float64 `json:"cpu"`
	// Memory is the most that a collector took, and Limit its limit, in MiB.
	Memory float64 `json:"memory"`
	Limit  float64 `json:"limit"`
	// Restarts is how often a collector was started again: 0, or it was killed.
	Restarts int `json:"restarts"`
}

// Satellite says what the satellite did.
func (s Spans) Satellite() string {
	switch {
	case s.Away:
		return "away"
	case s.Stalled > 0:
		return fmt.Sprintf("keeps connections and answers nothing for %d s", s.Stalled)
	default:
		return fmt.Sprintf("answers after %d ms", s.Latency)
	}
}

// Rate is the number of spans taken in a second.
func (s Spans) Rate() float64 { return float64(s.Taken) / s.Seconds }

// Rate is the number of requests answered in a second.
func (p Pages) Rate() float64 { return float64(p.Requests) / p.Seconds }

// PerCore is the number of spans that one core takes and delivers in a second.
func (s Spans) PerCore() float64 {
	if s.CPU == 0 {
		return 0
	}
	return float64(s.Sent) / s.CPU
}

// Judge says in an error what a run must not be.
func (s Spans) Judge() error {
	var wrong []error
	if s.PerSecond > 0 && s.Refused > 0 {
		wrong = append(wrong, fmt.Errorf("%d spans were refused at %.0f a second", s.Refused, s.PerSecond))
	}
	if asked := s.PerSecond * s.Seconds; float64(s.Taken+s.Refused) < 0.9*asked {
		wrong = append(wrong, fmt.Errorf("%d spans were sent, and were to be %.0f: the machine has too much other work", s.Taken+s.Refused, asked))
	}
	if s.Sent != s.Taken {
		wrong = append(wrong, fmt.Errorf("%d spans were taken and %d delivered", s.Taken, s.Sent))
	}
	if s.Restarts > 0 {
		wrong = append(wrong, fmt.Errorf("collectors were started again %d times", s.Restarts))
	}
	if s.Memory > s.Limit {
		wrong = append(wrong, fmt.Errorf("a collector took %.0f MiB of %.0f", s.Memory, s.Limit))
	}
	return errors.Join(wrong...)
}

// Judge says in an error what a run must not be.
func (p Pages) Judge() error {
	var wrong []error
	if p.Failed > 0 {
		wrong = append(wrong, fmt.Errorf("%d of %d requests failed", p.Failed, p.Requests+p.Failed))
	}
	if p.Delivered != p.Expected {
		wrong = append(wrong, fmt.Errorf("%d of %d spans were delivered", p.Delivered, p.Expected))
	}
	return errors.Join(wrong...)
}

// Read gives the results of a file; there are none where it is not there.
func Read(file string) (Results, error) { return results.Read[Results](file) }

// Write keeps the results.
func (r Results) Write(file string) error { return results.Write(file, r) }

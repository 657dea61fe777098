package backend

import (
	"context"
	"errors"
	"net"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

// Step is one thing that was looked at.
type Step struct {
	Name     string            // DNS, TCP, TLS, HTTP/2, HTTP, export, gzip, waiting, ready, metrics, span, mTLS or arrival
	Took     time.Duration     // how long it took
	Seen     string            // what was seen, for a person; empty where nothing was
	Problems []problem.Problem // what is wrong, errors and warnings
}

// Failed tells whether the way ends here.
func (s *Step) Failed() bool { return problem.HasErrors(s.Problems) }

// Probe looks at the backend and hands each step to told as soon as it is
// done. It stops at the first that failed, and gives the problems of all. The
// error is the context's: the look was not finished.
func Probe(ctx context.Context, target Target, told func(Step)) ([]problem.Problem, error) {
	p := &probe{Target: target}
	steps := []namedStep{{"DNS", p.lookUp}, {"TCP", p.connect}}
	if target.Secure {
		steps = append(steps, namedStep{"TLS", p.handshake})
	}
	export, compressed := p.export, p.compressed
	if target.Protocol == HTTP {
		steps = append(steps, namedStep{"HTTP", p.post})
		export, compressed = p.posted, p.postedCompressed
	} else {
		steps = append(steps, namedStep{"HTTP/2", p.preface})
	}
	steps = append(steps, namedStep{"export", export})
	if target.Collected && target.Untried == "" && target.Protocol != LightStep {
		steps = append(steps, namedStep{"gzip", compressed})
	}
	defer p.close()
	return walk(ctx, target.timeout(), steps, func(step Step) Step {
		target.hide(&step)
		told(step)
		return step
	})
}

// probe is what the steps hand to each other.
type probe struct {
	Target
	addresses []string // IP:port of the host
	reached   string   // the one that took a connection
	conn      net.Conn // to it; after the handshake the one inside TLS
	alpn      string   // protocol that the handshake settled on
	got       *answer  // to the request by HTTP
}

func (p *probe) close() {
	if p.conn != nil {
		_ = p.conn.Close() // Nothing is wanted of it any more.
		p.conn = nil
	}
}

// namedStep is a step to take. It says what it saw; of a context that is done
// it need not tell.
type namedStep struct {
	name string
	take func(context.Context) (seen string, problems []problem.Problem)
}

// walk takes steps until one fails. told gives the step as it may be shown.
func walk(ctx context.Context, timeout time.Duration, steps []namedStep, told func(Step) Step) ([]problem.Problem, error) {
	var problems []problem.Problem
	for _, s := range steps {
		limited, cancel := context.WithTimeout(ctx, timeout)
		begun := time.Now()
		step := Step{Name: s.name}
		step.Seen, step.Problems = s.take(limited)
		cancel()
		if err := ctx.Err(); err != nil {
			return problems, err
		}
		step.Took = time.Since(begun)
		step = told(step)
		problems = append(problems, step.Problems...)
		if step.Failed() {
			break
		}
	}
	problem.Sort(problems)
	return problems, nil
}

// isTimeout tells whether an error says that the time was over.
func isTimeout(err error) bool {
	var timeout net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.As(err, &timeout) && timeout.Timeout()
}

// open connects to the address that was reached before, and closes the
// connection when the context ends.
func (p *probe) open(ctx context.Context) (net.Conn, error) {
	return new(net.Dialer).DialContext(ctx, "tcp", p.reached)
}

// bound makes reads and writes of a connection end with the context.
func bound(ctx context.Context, conn net.Conn) (release func()) {
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	return func() { stop() }
}

// lookUp finds the addresses of the host.
func (p *probe) lookUp(ctx context.Context) (string, []problem.Problem) {
	host := p.host()
	if net.ParseIP(host) != nil {
		p.addresses = []string{net.JoinHostPort(host, p.port())}
		return host + " is an address", nil
	}
	found, err := net.DefaultResolver.LookupIPAddr(ctx, host)
	if err != nil {
		return p.notFound(host, err)
	}
	names := make([]string, len(found))
	for i, ip := range found {
		names[i] = ip.String()
		p.addresses = append(p.addresses, net.JoinHostPort(ip.String(), p.port()))
	}
	return host + " is " + strings.Join(names, ", "), nil
}

// notFound tells why a lookup failed.
func (p *probe) notFound(host string, err error) (string, []problem.Problem) {
	host = strconv.Quote(host)
	var dns *net.DNSError
	switch {
	case errors.As(err, &dns) && dns.IsNotFound:
		return p.fail("dns-none", "host", host)
	case isTimeout(err):
		return p.fail("dns-silent", "host", host)
	}
	return p.fail("dns-failed", "host", host, "error", err)
}

// connect opens a connection to the first of the addresses that takes one.
func (p *probe) connect(ctx context.Context) (string, []problem.Problem) {
	var failures []string
	var last error
	for i, address := range p.addresses {
		conn, err := dialShare(ctx, address, len(p.addresses)-i)
		if err == nil {
			p.conn, p.reached = conn, address
			return strings.Join(append([]string{address}, failures...), "; "), nil
		}
		last = err
		failures = append(failures, address+" "+cause(err))
	}
	return p.unreachable(strings.Join(failures, "; "), last)
}

// dialShare connects within its share of the time that is left.
func dialShare(ctx context.Context, address string, shares int) (net.Conn, error) {
	dialer := net.Dialer{}
	if deadline, ok := ctx.Deadline(); ok {
		dialer.Timeout = time.Until(deadline) / time.Duration(shares)
	}
	return dialer.DialContext(ctx, "tcp", address)
}

// cause says in a word why a connection failed.
func cause(err error) string {
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return "refused"
	case isTimeout(err):
		return "gave no answer"
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return "has no route"
	default:
		var op *net.OpError
		if errors.As(err, &op) && op.Err != nil {
			return "failed: " + op.Err.Error()
		}
		return "failed: " + err.Error()
	}
}

// unreachable tells that none of the addresses took a connection.
func (p *probe) unreachable(failures string, last error) (string, []problem.Problem) {
	switch {
	case errors.Is(last, syscall.ECONNREFUSED):
		return p.fail("tcp-refused", "failures", failures)
	case isTimeout(last):
		return p.fail("tcp-silent", "failures", failures)
	}
	return p.fail("tcp", "failures", failures)
}

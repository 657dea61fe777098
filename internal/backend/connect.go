package backend

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"syscall"
	"time"

	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

// lookUp finds the addresses of the host.
func (p *probe) lookUp(ctx context.Context) (string, []problem.Problem) {
	host := p.host()
	if net.ParseIP(host) != nil {
		p.addresses = []string{net.JoinHostPort(host, p.port())}
		return host + " is an address", nil
	}
	found, err := net.DefaultResolver.LookupIPAddr(ctx, host)
	if err != nil {
		return "", []problem.Problem{p.notFound(host, err)}
	}
	names := make([]string, len(found))
	for i, ip := range found {
		names[i] = ip.String()
		p.addresses = append(p.addresses, net.JoinHostPort(ip.String(), p.port()))
	}
	return host + " is " + strings.Join(names, ", "), nil
}

// notFound tells why a lookup failed.
func (p *probe) notFound(host string, err error) problem.Problem {
	fix := "correct " + p.places().Endpoint + ", or the record; a Service of this cluster is NAME.NAMESPACE.svc.cluster.local"
	var dns *net.DNSError
	switch {
	case errors.As(err, &dns) && dns.IsNotFound:
		return broken(IDDNS, p.places().Endpoint, fmt.Sprintf("there is no host %q: DNS knows no address of that name", host), fix)
	case isTimeout(err):
		return broken(IDDNS, p.places().Endpoint, fmt.Sprintf("DNS gave no answer for %q in time", host),
			"look at the cluster's DNS, and at NetworkPolicies that keep port 53 from this pod")
	default:
		return broken(IDDNS, p.places().Endpoint, fmt.Sprintf("DNS failed for %q: %v", host, err), fix)
	}
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
	return "", []problem.Problem{p.unreachable(failures, last)}
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
func (p *probe) unreachable(failures []string, last error) problem.Problem {
	fix := "see that the network lets this through: routes, firewalls, NetworkPolicies for egress"
	switch {
	case errors.Is(last, syscall.ECONNREFUSED):
		fix = "nothing listens at that port: correct the port of " + p.places().Endpoint + ", or start the backend"
	case isTimeout(last):
		fix = "the packets are dropped: look at firewalls, NetworkPolicies for egress, and whether the address is right"
	}
	return broken(IDTCP, p.places().Endpoint, "no connection: "+strings.Join(failures, "; "), fix)
}

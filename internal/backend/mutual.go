package backend

import (
	"cmp"
	"context"
	"net"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

// refuses asks each replica at the port for spans: a Service leads to any of them, and one
// may have a sidecar where another has none.
func (s *sending) refuses(ctx context.Context) (string, []problem.Problem) {
	addresses := s.spanAddresses()
	answers := make([]*problem.Problem, len(addresses))
	var asked sync.WaitGroup
	for i, address := range addresses {
		asked.Go(func() { answers[i] = s.awaitRefusal(ctx, address) })
	}
	asked.Wait()
	var problems []problem.Problem
	var refusing []string
	for i, answer := range answers {
		if answer != nil {
			problems = append(problems, *answer)
		} else {
			refusing = append(refusing, addresses[i])
		}
	}
	switch len(refusing) {
	case 0:
		return "", problems
	case 1:
		return refusing[0] + " refuses plain text; no span was sent, because only a proxy has a certificate", problems
	default:
		return strings.Join(refusing, ", ") + " refuse plain text; no span was sent, because only a proxy has a certificate", problems
	}
}

// spanAddresses gives the host:port of each replica, or the one for all where the metrics
// did not tell of replicas.
func (s *sending) spanAddresses() []string {
	_, port, err := net.SplitHostPort(s.Address)
	if err != nil || len(s.replicas) == 0 {
		return []string{s.Address}
	}
	var addresses []string
	for metrics := range s.replicas {
		ip, _, _ := net.SplitHostPort(metrics)
		addresses = append(addresses, net.JoinHostPort(ip, port))
	}
	slices.Sort(addresses)
	return addresses
}

// awaitRefusal asks a replica until it does not accept plain text: a sidecar takes some
// seconds until it knows that its mode was changed. It gives nil where it refuses.
func (s *sending) awaitRefusal(ctx context.Context, address string) *problem.Problem {
	for accepted := (*problem.Problem)(nil); ; {
		answer := s.askPlainText(ctx, address)
		if accepted != nil && ctx.Err() != nil { // Whatever that says, the time is over.
			return accepted
		}
		if answer == nil || answer.ID != idSpanPlaintext {
			return answer
		}
		accepted = answer
		select {
		case <-ctx.Done():
		case <-time.After(pollEvery):
		}
	}
}

// askPlainText begins as a client of gRPC without TLS does. A proxy that takes mutual TLS
// alone ends the connection; a collector that is stuck may also be silent.
func (s *sending) askPlainText(ctx context.Context, address string) *problem.Problem {
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(s.Timeout, DefaultTimeout))
	defer cancel()
	conn, err := dialShare(ctx, address, 1)
	if err != nil {
		p := notTaken(address, err)
		return &p
	}
	defer conn.Close() //nolint:errcheck // the answer is in
	answer, err := exchangePreface(ctx, conn)
	var p problem.Problem
	switch {
	case len(answer) == 0 && hangsUp(err):
		return nil
	case err == nil && isSettings(answer):
		p = OfLightStep.problem("plaintext-accepted", "address", address)
	case isTimeout(err):
		p = OfLightStep.problem("plaintext-unproven", "address", address, "did", "did not answer plain text in time")
	default:
		p = OfLightStep.problem("plaintext-unproven", "address", address, "did", "answered plain text, but not as gRPC does")
	}
	return &p
}

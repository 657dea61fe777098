package collector

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"net/http"
	"time"
)

// lookTimeout bounds one question to one collector.
const lookTimeout = 10 * time.Second

// directly asks no proxy of the environment and follows nothing to another
// address.
var directly = &http.Client{
	Transport:     &http.Transport{DisableKeepAlives: true, MaxResponseHeaderBytes: 64 << 10},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// Ask reads the metrics of one collector, IP:port.
func Ask(ctx context.Context, address string) (*Metrics, error) {
	ctx, cancel := context.WithTimeout(ctx, lookTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/metrics", nil)
	if err != nil {
		return nil, err
	}
	answer, err := directly.Do(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close() //nolint:errcheck // read to its end, or of no use
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answers %s", address, answer.Status)
	}
	return ReadMetrics(answer.Body)
}

// AskAll reads the metrics of every address of a host:port. They are given by
// IP:port.
func AskAll(ctx context.Context, hostPort string) (map[string]*Metrics, error) {
	host, port, err := net.SplitHostPort(hostPort)
	if err != nil {
		return nil, err
	}
	bounded, cancel := context.WithTimeout(ctx, lookTimeout)
	defer cancel()
	found, err := net.DefaultResolver.LookupIPAddr(bounded, host)
	if err != nil {
		return nil, err
	}
	replicas := map[string]*Metrics{}
	for _, ip := range found {
		address := net.JoinHostPort(ip.String(), port)
		if replicas[address], err = Ask(ctx, address); err != nil {
			return nil, cmp.Or(ctx.Err(), err)
		}
	}
	return replicas, nil
}

package hops

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"sort"
	"strings"

	"github.com/istio-lightstep/istio-lightstep/internal/collector/tap"
)

// Probe is a marked request.
type Probe struct {
	Trace   string // id of its trace, 32 hexadecimal digits
	Client  string // its x-client-trace-id
	Status  int    // of the answer; 0 where there was none
	Failure string // why there was none
}

// Headers are those that carry a trace, of which proxies speak one kind.
type Headers string

// The kinds of headers.
const (
	TraceContext Headers = "traceparent and tracestate"                                                // W3C: the OpenTelemetry tracer
	B3           Headers = "x-b3-traceid, x-b3-spanid, x-b3-parentspanid, x-b3-sampled and x-b3-flags" // the Zipkin tracer
)

// answerLimit is how much of an answer is read.
const answerLimit = 1 << 20

// prober sends marked requests.
type prober struct {
	client  *http.Client
	url     *url.URL
	host    string // to ask for; empty for that of the URL
	agent   string
	headers Headers
}

func newProber(o *Options, headers Headers) *prober {
	transport := http.DefaultTransport.(*http.Transport).Clone() //nolint:forcetypeassert // it is one
	transport.DisableKeepAlives = true                           // so that each request may reach another pod
	if o.Host != "" {
		// Gateways choose certificate and routes by the name in the handshake.
		transport.TLSClientConfig = &tls.Config{ServerName: (&url.URL{Host: o.Host}).Hostname(), MinVersion: tls.VersionTLS12}
	}
	return &prober{
		url: o.URL, host: o.Host, agent: o.Agent, headers: headers,
		client: &http.Client{
			Transport: transport, Timeout: o.Timeout,
			// Another address is not the one that was given.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

// send sends one request. Both marks make proxies trace it whatever their
// sampling: the trace says that it is sampled, and x-client-trace-id asks for
// one (Envoy, mutateTracingRequestHeader).
func (p *prober) send(ctx context.Context) Probe {
	var ids [24]byte
	_, _ = rand.Read(ids[:]) // never fails, by its contract
	trace, span := hex.EncodeToString(ids[:16]), hex.EncodeToString(ids[16:])
	probe := Probe{Trace: trace, Client: "istio-lightstep-" + trace}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, p.url.String(), nil)
	if err != nil {
		probe.Failure = "it is no URL"
		return probe
	}
	request.Host = p.host
	request.Header.Set("User-Agent", p.agent)
	request.Header.Set("X-Client-Trace-Id", probe.Client)
	if p.headers == B3 {
		request.Header.Set("X-B3-Traceid", trace)
		request.Header.Set("X-B3-Spanid", span)
		request.Header.Set("X-B3-Sampled", "1")
	} else {
		request.Header.Set("Traceparent", "00-"+trace+"-"+span+"-01")
	}
	answer, err := p.client.Do(request)
	if err != nil {
		probe.Failure = failure(err)
		return probe
	}
	defer func() { _ = answer.Body.Close() }()
	// Proxies end their spans with the answer.
	_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, answerLimit))
	probe.Status = answer.StatusCode
	return probe
}

// failure says why there was no answer, without the URL, which may hold a
// password.
func failure(err error) string {
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		return "no answer in time"
	}
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		return wrapped.Err.Error()
	}
	return err.Error()
}

// Namer names the workload of a proxy: of a pod, and what else is known where
// the pod is not.
type Namer func(span *tap.Span) Workload

// Workload is what made a span.
type Workload struct {
	Namespace string `json:"namespace,omitempty"`
	Name      string `json:"name"` // as kubectl takes it, such as deployment/reviews-v2
}

// String names the workload for people, with its namespace where it is known.
func (w Workload) String() string {
	if w.Namespace == "" {
		return w.Name
	}
	return w.Name + " in " + w.Namespace
}

// Node takes a proxy's node id apart: TYPE~IP~POD.NAMESPACE~DOMAIN.
func Node(id string) (pod, namespace string, ok bool) {
	parts := strings.Split(id, "~")
	if len(parts) != 4 {
		return "", "", false
	}
	at := strings.LastIndex(parts[2], ".")
	if at < 1 {
		return "", "", false
	}
	return parts[2][:at], parts[2][at+1:], true
}

// spans are all that were seen, in the ways in which they are searched.
type spans struct {
	all     []tap.Span
	byTrace map[string][]int
	proxies map[string]*proxy
	name    Namer
}

// proxy is what one proxy made.
type proxy struct {
	servers []int    // sorted by start
	latest  []latest // of servers[:i+1]
	firsts  []int    // client spans that are the first of their trace, sorted by start
}

// latest is which of some spans ends last, and when the last of the others ends.
type latest struct {
	span         int
	end, another uint64
}

// with adds a span.
func (l latest) with(span int, end uint64) latest {
	if end < l.end {
		l.another = max(l.another, end)
		return l
	}
	return latest{span, end, l.end}
}

// index makes spans searchable. Exporters may send one twice.
func index(all []tap.Span, name Namer) *spans {
	s := &spans{byTrace: map[string][]int{}, proxies: map[string]*proxy{}, name: name}
	seen := map[[2]string]bool{}
	for i := range all {
		if key := [2]string{all[i].Trace, all[i].ID}; !seen[key] {
			seen[key] = true
			s.byTrace[all[i].Trace] = append(s.byTrace[all[i].Trace], len(s.all))
			s.all = append(s.all, all[i])
		}
	}
	s.nodes()
	for i := range s.all {
		p := s.proxyOf(i)
		switch one := &s.all[i]; {
		case one.Kind == tap.Server:
			p.servers = append(p.servers, i)
		case one.Kind == tap.Client && one.Parent == "":
			p.firsts = append(p.firsts, i)
		}
	}
	byStart := func(a, b int) int { return cmp.Compare(s.all[a].Start, s.all[b].Start) }
	for _, p := range s.proxies {
		slices.SortStableFunc(p.servers, byStart)
		slices.SortStableFunc(p.firsts, byStart)
		var last latest
		for _, i := range p.servers {
			last = last.with(i, s.all[i].End)
			p.latest = append(p.latest, last)
		}
	}
	return s
}

// nodes fills in the proxy of spans that do not tell it, as those that a gateway
// makes of what it sends, from another one of the same trace.
func (s *spans) nodes() {
	type maker struct{ trace, service, revision string }
	known := map[maker]string{}
	for i := range s.all {
		one := &s.all[i]
		if at := (maker{one.Trace, one.Service, one.Revision}); one.Node != "" && known[at] == "" {
			known[at] = one.Node
		}
	}
	for i := range s.all {
		if one := &s.all[i]; one.Node == "" {
			one.Node = known[maker{one.Trace, one.Service, one.Revision}]
		}
	}
}

func (s *spans) proxyOf(i int) *proxy {
	key := s.all[i].Node
	if key == "" {
		key = s.all[i].Service + " " + s.all[i].Revision
	}
	p := s.proxies[key]
	if p == nil {
		p = &proxy{}
		s.proxies[key] = p
	}
	return p
}

// answering tells whether the proxy's application answered a request at a
// time, but for one of them.
func (s *spans) answering(p *proxy, at uint64, but int) bool {
	last := sort.Search(len(p.servers), func(i int) bool { return s.all[p.servers[i]].Start > at }) - 1
	if last < 0 {
		return false
	}
	if l := p.latest[last]; l.span == but {
		return l.another >= at
	}
	return p.latest[last].end >= at
}

// during gives the first spans of traces that begin while a request is
// answered.
func (s *spans) during(p *proxy, server int) []int {
	start, end := s.all[server].Start, s.all[server].End
	from := sort.Search(len(p.firsts), func(i int) bool { return s.all[p.firsts[i]].Start >= start })
	to := sort.Search(len(p.firsts), func(i int) bool { return s.all[p.firsts[i]].Start > end })
	return p.firsts[from:max(from, to)]
}

// destination is what a client span was sent to, for people.
func destination(span *tap.Span) string {
	// outbound|PORT|SUBSET|HOST; a client of zipkin's may end in ";".
	if parts := strings.Split(strings.TrimSuffix(span.Upstream, ";"), "|"); len(parts) == 4 && parts[3] != "" {
		return short(parts[3]+":"+parts[1], span.Node)
	}
	if span.Name != "" {
		name, _, _ := strings.Cut(span.Name, "/")
		return short(name, span.Node)
	}
	return "somewhere"
}

// short leaves out of HOST:PORT what is the same in every service's name.
func short(address, node string) string {
	host, port := address, ""
	if colon := strings.LastIndex(address, ":"); colon >= 0 {
		host, port = address[:colon], address[colon:]
	}
	return strings.TrimSuffix(host, ".svc."+domainOf(node)) + port
}

// domainOf is the domain of a proxy's cluster: its node ends with NAMESPACE.svc.DOMAIN. One
// that does not tell has the domain that pilot-agent has by default.
func domainOf(node string) string {
	if parts := strings.Split(node, "~"); len(parts) == 4 {
		if _, domain, _ := strings.Cut(parts[3], ".svc."); domain != "" {
			return domain
		}
	}
	return "cluster.local"
}

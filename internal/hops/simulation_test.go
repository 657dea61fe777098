package hops

import (
	"fmt"

	"github.com/istio-lightstep/istio-lightstep/internal/collector/tap"
)

// forwards is what an application copies from the request that it takes.
type forwards int

const (
	all     forwards = iota // the trace and x-request-id
	request                 // x-request-id alone, as Bookinfo's productpage up to 1.16.2
	nothing
	sdk // the trace, with a span of its own between
)

// app is a workload and what it calls for each request.
type app struct {
	service string
	calls   []string
	copies  forwards
}

// simulation makes the spans that proxies make.
type simulation struct {
	apps  map[string]app
	now   uint64
	ids   int
	spans []tap.Span
}

const millisecond = 1_000_000

func (s *simulation) id(digits int) string {
	s.ids++
	return fmt.Sprintf("%0*x", digits, s.ids)
}

type sentWith struct{ trace, span, request string }

// serve has a workload take a request, whose caller's proxy sent the context.
func (s *simulation) serve(name string, from sentWith) {
	a := s.apps[name]
	namespace := "default"
	node := "sidecar~10.0.0.1~" + name + "-1." + namespace + "~" + namespace + ".svc.cluster.local"
	server := tap.Span{
		Trace: from.trace, Parent: from.span, ID: s.id(16), Kind: tap.Server, Name: a.service + ".default.svc.cluster.local:9080/*",
		Service: a.service + ".default", Node: node, Request: from.request, Start: s.now, Upstream: "inbound|9080||",
	}
	for _, to := range a.calls {
		s.now += millisecond
		sent := sentWith{trace: server.Trace, span: server.ID, request: server.Request}
		switch a.copies {
		case all:
		case nothing:
			sent = sentWith{s.id(32), "", s.id(16)}
		case request:
			sent = sentWith{s.id(32), "", server.Request}
		case sdk:
			sent.span = s.id(16)
		}
		s.call(server, to, sent)
	}
	s.now += millisecond
	server.End = s.now
	s.spans = append(s.spans, server)
}

// call has a proxy send a request of its application.
func (s *simulation) call(from tap.Span, to string, sent sentWith) {
	host := s.apps[to].service + ".default.svc.cluster.local"
	client := tap.Span{
		Trace: sent.trace, Parent: sent.span, ID: s.id(16), Kind: tap.Client, Name: host + ":9080/*", Service: from.Service, Node: from.Node,
		Request: sent.request, Start: s.now, Upstream: "outbound|9080||" + host,
	}
	s.now += millisecond
	s.serve(to, sentWith{sent.trace, client.ID, sent.request})
	s.now += millisecond
	client.End = s.now
	s.spans = append(s.spans, client)
}

// probe has the gateway send a marked request to productpage.
func (s *simulation) probe(reviews string) Probe {
	p := Probe{Trace: s.id(32), Client: s.id(8), Status: 200}
	s.through(p.Trace, p.Client, reviews)
	return p
}

// through is a request through the gateway.
func (s *simulation) through(trace, client, reviews string) {
	page := s.apps["productpage"]
	page.calls = []string{"details", reviews}
	s.apps["productpage"] = page
	s.now += 1000 * millisecond
	gateway := tap.Span{
		Trace: trace, Parent: s.id(16), ID: s.id(16), Kind: tap.Server, Name: "productpage.default.svc.cluster.local:9080/productpage",
		Service: "istio-ingressgateway.istio-system", Node: "router~10.0.0.9~gateway-1.istio-system~istio-system.svc.cluster.local",
		Request: s.id(16), Client: client, Start: s.now,
	}
	router := tap.Span{Trace: trace, Parent: gateway.ID, ID: s.id(16), Kind: tap.Client, Name: "router outbound|9080||productpage.default.svc.cluster.local; egress", Service: gateway.Service, Start: s.now}
	s.serve("productpage", sentWith{trace, router.ID, gateway.Request})
	router.End, gateway.End = s.now, s.now+millisecond
	s.spans = append(s.spans, router, gateway)
}

func bookinfo(change ...func(map[string]app)) *simulation {
	s := &simulation{now: 1_790_000_000_000 * millisecond, apps: map[string]app{
		"productpage": {service: "productpage"},
		"details":     {service: "details"},
		"reviews-v1":  {service: "reviews"},
		"reviews-v2":  {service: "reviews", calls: []string{"ratings"}},
		"ratings":     {service: "ratings"},
	}}
	for _, c := range change {
		c(s.apps)
	}
	return s
}

func copies(name string, what forwards) func(map[string]app) {
	return func(apps map[string]app) {
		a := apps[name]
		a.copies = what
		apps[name] = a
	}
}

// Package bookinfo says which spans Istio's proxies make of a request for Bookinfo's
// product page, exactly: their services, kinds, names and parents. Package spantest
// compares traces with it.
package bookinfo

import (
	"strings"

	"github.com/istio-lightstep/istio-lightstep/test/spantest"
)

// Mesh says where Bookinfo runs and which spans its Istio makes.
type Mesh struct {
	// Namespace is that of its services.
	Namespace string
	// Gateway is the service name of the gateway's proxy; default
	// istio-ingressgateway.istio-system.
	Gateway string
	// RouterSpan says that the gateway makes a span for what it sends: Istio 1.28
	// and newer.
	RouterSpan bool
}

// Part is what a span is of its request's tree. No two spans of a tree are the same.
type Part struct{ Service, Kind, Name string }

// Revision is the attribute by which the proxies of the three versions of reviews
// differ.
const Revision = "istio.canonical_revision"

// node is a part with those below it.
type node struct {
	Part
	revision string
	children []*node
}

// Parts are the spans of a request that this version of reviews answered: 9 with v2
// and v3, 7 with v1, and one less each where the gateway has no span for what it sends.
func (m Mesh) Parts(reviews string) []Part {
	var parts []Part
	var walk func(*node)
	walk = func(n *node) {
		parts = append(parts, n.Part)
		for _, c := range n.children {
			walk(c)
		}
	}
	walk(m.root(reviews))
	return parts
}

// Trees are those that a request may have, one for each version of reviews.
func (m Mesh) Trees() []*spantest.Tree {
	return []*spantest.Tree{m.Tree("v1"), m.Tree("v2"), m.Tree("v3")}
}

// Tree is that of a request that this version of reviews answered.
func (m Mesh) Tree(reviews string) *spantest.Tree {
	var walk func(*node) *spantest.Tree
	walk = func(n *node) *spantest.Tree {
		var children []*spantest.Tree
		for _, c := range n.children {
			children = append(children, walk(c))
		}
		t := spantest.Span(n.Service, children...).OfKind(n.Kind).Named(spantest.Literal(n.Name)).One()
		if n.revision != "" {
			t = t.With(Revision, n.revision)
		}
		return t
	}
	return walk(m.root(reviews))
}

// Expected is how many spans the requests of a report should have: of one of which
// nothing came the smaller tree counts, as nobody can tell which reviews answered.
func (m Mesh) Expected(report spantest.Report) int {
	expected := 0
	for _, r := range report.Results {
		tree := r.Tree
		if len(r.Spans) == 0 || tree == nil {
			tree = m.Tree("v1")
		}
		expected += tree.Count()
	}
	return expected
}

// Reviews counts the requests of a report by the version of reviews that answered.
func Reviews(report spantest.Report) map[string]int {
	count := map[string]int{}
	for _, r := range report.Results {
		if version := VersionOf(r.Spans); version != "" {
			count[version]++
		}
	}
	return count
}

// VersionOf tells the version of reviews by the span of its own proxy; "" where that is
// not there.
func VersionOf(spans []spantest.RecordedSpan) string {
	for _, s := range spans {
		first, _, _ := strings.Cut(s.Service, ".")
		if first == "reviews" && s.Attributes[Revision] != "" {
			return s.Attributes[Revision]
		}
	}
	return ""
}

func (m Mesh) root(reviews string) *node {
	review := m.call("productpage", "reviews")
	review.children[0].revision = reviews
	if reviews != "v1" {
		review.children[0].children = []*node{m.call("reviews", "ratings")}
	}
	page := m.node("productpage", spantest.KindServer, "productpage", "/productpage")
	page.children = []*node{m.call("productpage", "details"), review}

	gateway := m.node("", spantest.KindServer, "productpage", "/productpage")
	gateway.Service = m.gateway()
	if !m.RouterSpan {
		gateway.Kind = spantest.KindClient
		gateway.children = []*node{page}
		return gateway
	}
	router := &node{Part: Part{
		Service: gateway.Service,
		Kind:    spantest.KindClient,
		Name:    "router outbound|9080||" + m.host("productpage") + "; egress",
	}, children: []*node{page}}
	gateway.children = []*node{router}
	return gateway
}

// call is a client span with its server span below it.
func (m Mesh) call(from, to string) *node {
	client := m.node(from, spantest.KindClient, to, "/*")
	client.children = []*node{m.node(to, spantest.KindServer, to, "/*")}
	return client
}

func (m Mesh) node(of, kind, to, path string) *node {
	return &node{Part: Part{Service: of + "." + m.Namespace, Kind: kind, Name: m.host(to) + ":9080" + path}}
}

func (m Mesh) host(service string) string { return service + "." + m.Namespace + ".svc.cluster.local" }

func (m Mesh) gateway() string {
	if m.Gateway != "" {
		return m.Gateway
	}
	return "istio-ingressgateway.istio-system"
}

package trace

// Bookinfo says where Bookinfo runs and which spans its Istio makes.
type Bookinfo struct {
	// Namespace is that of its services.
	Namespace string
	// Gateway is the service name of the gateway's proxy; default
	// istio-ingressgateway.istio-system.
	Gateway string
	// RouterSpan says that the gateway makes a span for what it sends: Istio 1.28
	// and newer.
	RouterSpan bool
}

// Kinds of spans, as OpenTelemetry names them.
const (
	Server = "Server"
	Client = "Client"
)

// Tree gives the tree of one request for /productpage that was answered with
// this version of reviews: 9 spans with v2 and v3, 7 with v1, and one less each
// where the gateway has no span for what it sends.
func (b Bookinfo) Tree(reviews string) *Node {
	review := b.call("productpage", "reviews")
	if reviews != "v1" {
		review.Children[0].Children = []*Node{b.call("reviews", "ratings")}
	}
	page := b.node("productpage", Server, "productpage", "/productpage")
	page.Children = []*Node{b.call("productpage", "details"), review}

	gateway := b.node("", Server, "productpage", "/productpage")
	gateway.Service = b.gateway()
	if !b.RouterSpan {
		gateway.Kind = Client
		gateway.Children = []*Node{page}
		return gateway
	}
	router := &Node{Span: Span{
		Service: gateway.Service,
		Kind:    Client,
		Name:    "router outbound|9080||" + b.host("productpage") + "; egress",
	}, Children: []*Node{page}}
	gateway.Children = []*Node{router}
	return gateway
}

// call is a client span with its server span below it.
func (b Bookinfo) call(from, to string) *Node {
	client := b.node(from, Client, to, "/*")
	client.Children = []*Node{b.node(to, Server, to, "/*")}
	return client
}

func (b Bookinfo) node(of, kind, to, path string) *Node {
	return &Node{Span: Span{Service: of + "." + b.Namespace, Kind: kind, Name: b.host(to) + ":9080" + path}}
}

func (b Bookinfo) host(service string) string {
	return service + "." + b.Namespace + ".svc.cluster.local"
}

func (b Bookinfo) gateway() string {
	if b.Gateway != "" {
		return b.Gateway
	}
	return "istio-ingressgateway.istio-system"
}

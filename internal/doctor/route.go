package doctor

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/istio-lightstep/istio-lightstep/internal/doctor/finding"
	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
)

// route checks the way from the proxies to what the provider names.
func (e *examination) route(p *plane) {
	d := p.dest
	if !p.has || d.host == "" || !p.target.Traces() || !e.known(p) {
		return
	}
	switch {
	case d.service != nil && d.service.Unseen:
		return
	case d.named == "" && len(d.namespaces()) > 1:
		e.ambiguous(p)
	case d.service != nil:
		e.service(p)
	case len(d.entries) > 0:
		e.serviceEntry(p)
	case !e.Unseen("services") && !e.Unseen("serviceentries"):
		e.absent(p)
		return
	default:
		return
	}
	e.rules(p)
	e.sidecars(p)
	e.policies(p)
	e.authorization(p)
}

func (e *examination) ambiguous(p *plane) {
	e.add("LS-ROUTE-AMBIGUOUS", "host "+p.dest.host, time.Time{}, finding.Facts{
		"service": p.dest.host, "namespaces": listed(p.dest.namespaces()),
	})
}

func (e *examination) absent(p *plane) {
	id, at := "LS-ROUTE-SERVICE-ENTRY", "host "+p.dest.host
	if p.dest.isService {
		id, at = "LS-ROUTE-SERVICE", subject("service", p.dest.at)
	}
	e.add(id, at, time.Time{}, finding.Facts{"provider": p.target.Name, "service": p.target.Service})
}

// service checks the Service that spans go to.
func (e *examination) service(p *plane) {
	s := p.dest.service
	at := subject("service", s.Ref)
	facts := finding.Facts{
		"provider": p.target.Name, "name": s.Name, "namespace": s.Namespace, "kind": "service", "field": "port",
		"port": fmt.Sprint(p.dest.port),
	}
	if s.Headless {
		e.add("LS-ROUTE-HEADLESS", at, s.Created, facts)
		return
	}
	i := slices.IndexFunc(s.Ports, func(port mesh.ServicePort) bool { return port.Port == p.dest.port })
	if i < 0 {
		var ports []string
		for _, port := range s.Ports {
			ports = append(ports, fmt.Sprint(port.Port))
		}
		facts["ports"] = "port " + listed(ports)
		e.add("LS-ROUTE-PORT", at, time.Time{}, facts)
		return
	}
	if port := s.Ports[i]; p.target.GRPC() && !speaksHTTP2(port.Name, port.AppProtocol) {
		facts["portName"] = port.Name
		if port.Name == "" {
			facts["portName"] = "nothing"
		}
		facts["protocol"] = ""
		change := `{"op":"add","path":"/spec/ports/{index}/name","value":"grpc-otlp"}`
		if port.AppProtocol != "" {
			facts["protocol"] = ", appProtocol " + port.AppProtocol
			change = `{"op":"replace","path":"/spec/ports/{index}/appProtocol","value":"grpc"}`
		}
		facts["index"] = i
		facts["patch"] = finding.NewCommand("kubectl patch service {name} --namespace {namespace} --type=json --patch '["+change+"]'", facts)
		e.add("LS-ROUTE-PROTOCOL", at, time.Time{}, facts)
	}
	mend := finding.NewCommand("kubectl annotate service {name} --namespace {namespace} networking.istio.io/exportTo-", facts)
	if len(p.Config.ServiceExportTo) > 0 {
		mend = finding.NewCommand("kubectl annotate service {name} --namespace {namespace} --overwrite 'networking.istio.io/exportTo=*'", facts)
	}
	e.hidden("Service", s.Meta, serviceTo(p, s), mend, p)
}

// speaksHTTP2 reads the protocol as Istio does: appProtocol, else the port's
// name up to its first dash.
func speaksHTTP2(name, appProtocol string) bool {
	protocol, _, _ := strings.Cut(strings.ToLower(name), "-")
	if appProtocol != "" {
		protocol = strings.ToLower(appProtocol)
	}
	return slices.Contains([]string{"grpc", "http2", "kubernetes.io/h2c"}, protocol)
}

// serviceEntry checks the ServiceEntry that spans go to. That of a tenant is not
// what spans are to follow: it is neither mended nor shown to others.
func (e *examination) serviceEntry(p *plane) {
	s := p.dest.entries[0]
	mended := func(command finding.Command) finding.Command {
		if e.Trusted(s.Namespace) {
			return command
		}
		return e.restore()
	}
	at := subject("serviceentry", s.Ref)
	facts := finding.Facts{
		"provider": p.target.Name, "name": s.Name, "namespace": s.Namespace, "kind": "serviceentry", "field": "number",
		"port": fmt.Sprint(p.dest.port),
	}
	i := slices.IndexFunc(s.Ports, func(port mesh.ServiceEntryPort) bool { return port.Number == p.dest.port })
	if i < 0 {
		var ports []string
		for _, port := range s.Ports {
			ports = append(ports, fmt.Sprint(port.Number))
		}
		facts["ports"] = "port " + listed(ports)
		e.add("LS-ROUTE-PORT", at, s.Created, facts)
		return
	}
	port := s.Ports[i]
	if p.target.GRPC() && !slices.Contains([]string{"GRPC", "HTTP2"}, strings.ToUpper(port.Protocol)) {
		facts["portName"], facts["protocol"] = port.Name, ", protocol "+port.Protocol
		facts["index"] = i
		facts["patch"] = mended(finding.NewCommand(`kubectl patch serviceentry {name} --namespace {namespace} --type=json --patch '[{"op":"add","path":"/spec/ports/{index}/protocol","value":"GRPC"}]'`, facts))
		e.add("LS-ROUTE-PROTOCOL", at, s.Created, facts)
	}
	mend := mended(finding.NewCommand(`kubectl patch serviceentry {name} --namespace {namespace} --type=merge --patch '{"spec":{"exportTo":["*"]}}'`, facts))
	e.hidden("ServiceEntry", s.Meta, entryTo(p, s), mend, p)
}

// hidden reports a host that some proxies do not see.
func (e *examination) hidden(kind string, m mesh.Meta, to []string, mend finding.Command, p *plane) {
	if !slices.ContainsFunc(p.pods, func(pod *mesh.Pod) bool { return !sees(to, pod.Namespace) }) {
		return
	}
	words := listed(to)
	if len(to) == 1 {
		words = "namespace " + to[0]
	}
	e.add("LS-ROUTE-HIDDEN", subject(strings.ToLower(kind), m.Ref), m.Created, finding.Facts{
		"kind": kind, "name": m.Name, "exportTo": words, "patch": mend,
	})
}

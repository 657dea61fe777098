package doctor

import (
	"slices"
	"strings"

	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
)

// exported are the namespaces that see an object: what it says itself, or else
// what the mesh config says of its kind; * is all of them.
func exported(own, byDefault []string, namespace string) []string {
	to := own
	if len(to) == 0 {
		to = byDefault
	}
	if len(to) == 0 {
		return []string{"*"}
	}
	named := slices.Clone(to)
	for i := range named {
		if named[i] = strings.TrimSpace(named[i]); named[i] == "." {
			named[i] = namespace
		}
	}
	return named
}

// sees tells whether the proxies of a namespace see what is exported so.
func sees(exported []string, namespace string) bool {
	return slices.Contains(exported, "*") || slices.Contains(exported, namespace)
}

// entryTo are the namespaces that see a ServiceEntry.
func entryTo(p *plane, s *mesh.ServiceEntry) []string {
	return exported(s.ExportTo, p.Config.ServiceExportTo, s.Namespace)
}

// serviceTo are the namespaces that see a Service.
func serviceTo(p *plane, s *mesh.Service) []string {
	var own []string
	if strings.TrimSpace(s.ExportTo) != "" {
		own = strings.Split(s.ExportTo, ",")
	}
	return exported(own, p.Config.ServiceExportTo, s.Namespace)
}

// passes tells whether a ServiceEntry lets the proxies of a namespace send to an
// exporter's backend.
func (x *exporter) passes(p *plane, s *mesh.ServiceEntry, namespace string) bool {
	known := slices.ContainsFunc(s.Hosts, func(h string) bool {
		suffix, wild := strings.CutPrefix(h, "*")
		return h == x.host || wild && strings.HasSuffix(x.host, suffix)
	})
	return known && p.Heeds(s.Meta) && sees(entryTo(p, s), namespace) && slices.ContainsFunc(s.Ports, func(has mesh.ServiceEntryPort) bool {
		return (x.port == 0 || has.Number == x.port) && x.speaks(has.Protocol)
	})
}

// speaks tells whether Istio passes what the exporter sends, with or without TLS,
// through a port of this protocol; that of none is detected. gRPC does not pass
// through one of HTTP/1.
func (x *exporter) speaks(protocol string) bool {
	kind, _, _ := strings.Cut(x.id, "/")
	passing := []string{"", "GRPC", "HTTP2", "HTTPS", "TLS", "TCP"}
	if kind != "otlp" && kind != "otlp_grpc" {
		passing = append(passing, "HTTP")
	}
	return slices.Contains(passing, strings.ToUpper(protocol))
}

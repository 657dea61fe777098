package migrate

import (
	"fmt"
	"net"
	"path"
	"slices"
)

// settleTLS decides whether TLS is spoken, by which CA and to which name.
func (m *decisions) settleTLS() {
	address := m.text(valueAddress)
	host, port, err := net.SplitHostPort(address)
	if _, said := m.values[valueSecure].(bool); !said {
		_, ca := m.values[valueCAPath]
		m.values[valueSecure] = ca || err != nil || slices.Contains(m.SecurePorts, port)
		if err == nil && !ca {
			m.hand(valueSecure, fmt.Sprintf("nothing says whether the satellite speaks TLS; by its port, %s, it was taken for %t: check this, or give the DestinationRule for its host too", port, m.values[valueSecure]))
		}
	}
	if ca := m.text(valueCAPath); ca != "" && m.isSystemCA(ca) && !m.to.native() {
		m.leaveOut(valueCAPath, "it contains the public certificate authorities, which are trusted if no path is set")
	}
	name := m.text(valueServerName)
	direct := m.values["delivery"] == "direct"
	if name == host || name == "" {
		m.leaveOut(valueServerName, "it is the host of the address, which is asked for anyway")
	} else if m.to.native() || direct {
		m.leaveOut(valueServerName, "the chart asks for the host of the address")
		m.hand(valueServerName, "TLS asked for the name "+name+"; here it asks for the address's host, "+host+": use an address with that name")
	}
	if m.values[valueSecure] == true && m.values[valueCAPath] != nil {
		if name := m.text(valueCASecret); name == "" || m.to.native() || direct {
			m.values[valueCASecret] = "lightstep.cacert"
		}
		m.tellCA(direct)
	}
	if m.values[valueSecure] == false && !m.to.native() {
		m.leaveOut(valueCAPath, "without TLS there is nothing to verify")
	}
}

// isSystemCA tells a file of the public authorities.
func (m *decisions) isSystemCA(file string) bool {
	return slices.Contains(m.SystemCAs, path.Clean(file))
}

// tellCA says where the CA's Secret must be.
func (m *decisions) tellCA(direct bool) {
	if !m.to.native() && !direct {
		m.hand(valueCASecret, "Secret lightstep.cacert must be in the namespace of the release, istio-system: copy it from an application's namespace where it is not")
		return
	}
	m.hand(valueNamespaces, "name every namespace with injected pods; Secret lightstep.cacert must be in each of them and in each gateway's")
}

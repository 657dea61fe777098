package migrate

import (
	"strings"

	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// ofWorkload tells the configuration that pods have for their own proxy in an
// annotation.
func (d *document) ofWorkload() bool {
	return d.is("proxyConfig") && strings.Contains(d.prefix, yamltree.Path{proxyConfig}.String())
}

// tellWorkloads has the chart create no Telemetry where only workloads send to
// LightStep, each by its own configuration: none of them decides where the mesh
// sends its spans.
func (m *migration) tellWorkloads() {
	if !m.workloads {
		return
	}
	told := map[*document]bool{}
	for _, d := range m.documents {
		m.eachRow(d, func(_ scope, r row, s site) {
			if told[d] || !d.ofWorkload() || !r.Marks || yamltree.Text(s.Value) == "" {
				return
			}
			if len(told) == 0 {
				m.know(d, s, "telemetry.enabled", false, 5)
			}
			told[d] = true
			m.tell(d, ByHand, s, "", "of the mesh, only what "+d.outermost().describe()+" configures sends to LightStep, and this address is its own: the values create no Telemetry, "+
				"so that the mesh keeps what it has. See that the address is the one that is meant, and name "+release+" in a Telemetry for these workloads")
		})
	}
}

package migrate

import "github.com/istio-lightstep/istio-lightstep/internal/yamltree"

// tellWorkloads has the chart create no Telemetry where only workloads send to
// LightStep, each by its own configuration: none of them decides where the mesh
// sends its spans.
func (m *decisions) tellWorkloads() {
	if !m.workloads {
		return
	}
	told := map[*document]bool{}
	for _, s := range m.settings {
		d := s.document
		if told[d] || !d.ofWorkload() || !s.row.Marks || yamltree.Text(s.site.Value) == "" {
			continue
		}
		if len(told) == 0 {
			m.know(d, s.site, "telemetry.enabled", false, 5)
		}
		told[d] = true
		m.tell(d, ByHand, s.site, "", "of the mesh, only what "+d.outermost().describe()+" configures sends to LightStep, and this address is its own: the values create no Telemetry, "+
			"so that the mesh keeps what it has. See that the address is the one that is meant, and name "+release+" in a Telemetry for these workloads")
	}
}

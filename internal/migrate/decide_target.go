package migrate

import (
	"cmp"
	"slices"
)

// settleTarget leaves out what the target has no use for.
func (m *decisions) settleTarget() {
	m.values["istio.version"] = m.to.version
	direct := m.values["delivery"] == "direct"
	mounts := m.values[valueSecure] == true && m.values[valueCAPath] != nil && (m.to.native() || direct)
	none := "Istio " + m.to.version + " needs none"
	if !mounts {
		m.leaveOut(valueNamespaces, "the Secret stays; only the collector needs it, in the namespace of the release")
		if m.unused[valueNamespaces] != "" && m.values[valueSecure] == true && m.values[valueCAPath] == nil {
			m.hand(valueCAPath, "there is a Secret lightstep.cacert, and no setting that names a path for it: where the satellite's certificate needs that CA, set cacertPath and cacert.existingSecret.name")
		}
		m.leaveOut("controlPlane.gateways.secretVolumes", staysThere)
	}
	if !m.to.row.Shared {
		m.leaveOut("meshConfig.shared", none)
		m.leaveOut("controlPlane.extensionProviders", staysThere)
	}
	if m.native && m.plan.kind == "" && !m.to.old() {
		m.leaveOut("istio.revision", "the new control plane has a revision of its own")
	}
	if m.to.native() {
		m.leaveOut("collector.exporters", none)
		m.leaveOut("collector.env", none)
	}
	if mounts {
		m.settleNamespaces()
	}
}

// settleNamespaces names the namespaces that have the CA, and the gateways.
func (m *decisions) settleNamespaces() {
	names, _ := m.values[valueNamespaces].([]string)
	istio := m.text("istio.namespace")
	istio = cmp.Or(istio, "istio-system")
	if len(names) == 0 {
		names = []string{"default"}
	}
	if !slices.Contains(names, istio) {
		names = append(names, istio)
	}
	slices.Sort(names)
	m.values[valueNamespaces] = names
	if m.gateways["istio-egressgateway"] {
		var gateways []any
		for _, kind := range []string{"ingressgateway", "egressgateway"} {
			if m.gateways["istio-"+kind] {
				gateways = append(gateways, map[string]any{"name": "istio-" + kind, "namespace": istio, "selector": map[string]any{"istio": kind}})
			}
		}
		m.values["gateways"] = gateways
	}
}

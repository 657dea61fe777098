package migrate

import (
	"encoding/base64"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// takeObjects reads the objects beside the control plane's documents.
func (m *decisions) takeObjects() {
	for _, d := range m.documents {
		if d.command != nil || d.kind != nil && d.kind.Kind != "" && textAt(d.root, "kind") == "" {
			continue
		}
		switch {
		case d.is("Secret"):
			m.takeSecret(d)
		case d.ours() && d.is("StatefulSet"):
			for _, s := range sites(d.root, "spec.template.spec.containers[]") {
				if textAt(s.Value, "name") != "collector" {
					continue // what a container beside it has, the chart gives it
				}
				if list, ok := yamltree.Value(at(s.Value, "env")).([]any); ok {
					list = slices.DeleteFunc(list, func(v any) bool { return givenByChart(v, textAt(s.Value, "resources.limits.memory")) })
					if len(list) > 0 {
						m.know(d, s, "collector.env", list, 50)
					}
				}
				for _, e := range sites(s.Value, "env[]") {
					if textAt(e.Value, "name") == "LIGHTSTEP_ACCESS_TOKEN" {
						m.know(d, s, valueTokenFrom, textAt(e.Value, "valueFrom.secretKeyRef.name"), 50)
						m.know(d, s, valueTokenKey, textAt(e.Value, "valueFrom.secretKeyRef.key"), 50)
					}
				}
			}
			for _, s := range sites(d.root, "spec.template.spec.volumes[]") {
				switch textAt(s.Value, "name") {
				case "access-token":
					m.know(d, s, valueTokenFrom, textAt(s.Value, "secret.secretName"), 50)
				case "cacert":
					m.know(d, s, valueCASecret, textAt(s.Value, "secret.secretName"), 50)
				}
			}
		}
		if d.ours() && !d.is("Telemetry") {
			m.tell(d, Dropped, d.whole(""), "", "this chart renders "+textAt(d.root, "kind")+" "+d.namespaced()+" itself")
			m.remove(d, site{})
		}
	}
}

// takeSecret reads the CA's Secret, or one that holds the access token.
func (m *decisions) takeSecret(d *document) {
	for _, block := range []string{"data", "stringData"} {
		for _, s := range sites(d.root, block+".*") {
			m.hide(yamltree.Text(s.Value))
			if block == "data" {
				if decoded, err := base64.StdEncoding.DecodeString(yamltree.Text(s.Value)); err == nil && len(decoded) > 5 {
					m.hide(strings.TrimSpace(string(decoded)))
				}
			}
		}
	}
	name, namespace := textAt(d.root, "metadata.name"), textAt(d.root, "metadata.namespace")
	if name == "lightstep.cacert" {
		if namespace != "" {
			m.know(d, d.whole("metadata.namespace"), valueNamespaces, namespace, 20)
		}
		return
	}
	keys := sites(d.root, "data.*")
	keys = append(keys, sites(d.root, "stringData.*")...)
	if len(keys) == 1 && strings.Contains(name, "lightstep") && !strings.Contains(keys[0].Key.Value, "pem") {
		m.know(d, d.whole("metadata.name"), valueTokenFrom, name, 10)
		m.know(d, d.whole("metadata.name"), valueTokenKey, keys[0].Key.Value, 10)
	}
}

// givenByChart tells a variable of the collector that the chart gives it, with the
// value that it has where the owner sets none.
func givenByChart(variable any, memoryLimit string) bool {
	v, _ := variable.(map[string]any)
	switch v["name"] {
	case "LIGHTSTEP_ACCESS_TOKEN":
		return true
	case "GOGC":
		return v["value"] == "200"
	case "GOMEMLIMIT":
		limit, err := resource.ParseQuantity(memoryLimit)
		return err == nil && v["value"] == strconv.FormatInt(limit.Value()/2, 10)
	}
	return false
}

// Command oracle asks this release of Istio about mesh config and LightStep
// collectors. Package oracle of the module beside describes its commands.
package main

import (
	meshconfig "istio.io/api/mesh/v1alpha1"
	"istio.io/istio/pkg/config/mesh"
	"istio.io/istio/pkg/config/validation/agent"
	"istio.io/istio/pkg/util/protomarshal"

	"github.com/istio-lightstep/istio-lightstep/test/conformance/istio/oracle"
)

func main() {
	oracle.Main(oracle.Istio{
		DecodeStrict:      decodeStrict,
		Effective:         effective,
		ValidateLightstep: validateLightstep,
	})
}

func decodeStrict(document string) error {
	return protomarshal.ApplyYAMLStrict(document, &meshconfig.MeshConfig{})
}

func effective(documents []string) (string, error) {
	config := mesh.DefaultMeshConfig()
	for _, document := range documents {
		var err error
		if config, err = mesh.ApplyMeshConfig(document, config); err != nil {
			return "", err
		}
	}
	return protomarshal.ToYAML(config)
}

func validateLightstep(collector oracle.LightstepCollector) error {
	return agent.ValidateLightstepCollector(&meshconfig.Tracing_Lightstep{
		Address:     collector.Address,
		AccessToken: collector.AccessToken,
	})
}

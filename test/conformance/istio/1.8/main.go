// Command oracle asks this release of Istio about mesh config and LightStep
// collectors. Package oracle of the module beside describes its commands.
package main

import (
	meshconfig "istio.io/api/mesh/v1alpha1"
	"istio.io/istio/pkg/config/mesh"
	"istio.io/istio/pkg/config/validation"
	"istio.io/istio/pkg/util/gogoprotomarshal"

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
	return gogoprotomarshal.ApplyYAMLStrict(document, &meshconfig.MeshConfig{})
}

func effective(documents []string) (string, error) {
	config := mesh.DefaultMeshConfig()
	for _, document := range documents {
		applied, err := mesh.ApplyMeshConfig(document, config)
		if err != nil {
			return "", err
		}
		config = *applied
	}
	return gogoprotomarshal.ToYAML(&config)
}

func validateLightstep(collector oracle.LightstepCollector) error {
	return validation.ValidateLightstepCollector(&meshconfig.Tracing_Lightstep{
		Address:     collector.Address,
		AccessToken: collector.AccessToken,
	})
}

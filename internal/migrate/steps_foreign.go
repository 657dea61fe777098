package migrate

import (
	"slices"

	"go.yaml.in/yaml/v3"

	yamlfile "github.com/istio-lightstep/istio-lightstep/internal/document"
	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// istioKeys are keys of the values of Istio's charts for its control plane that
// hardly any other chart has.
var istioKeys = []string{
	"meshConfig", "pilot", "sidecarInjectorWebhook", "istiodRemote", "defaults", "_internal_defaults_do_not_set", "mixer", "citadel", "galley", "istio_cni", "istiocoredns",
}

// commonKeys are the other keys at the root of the values of istiod's chart, of 1.6
// to 1.32, and of those of 1.4 and 1.5, which
// other charts may have too.
var commonKeys = []string{
	"affinity", "certmanager", "grafana", "kiali", "nodeagent", "prometheus", "security", "tracing", // of 1.4 and 1.5
	"autoscaleBehavior", "autoscaleEnabled", "autoscaleMax", "autoscaleMin", "base", "cni", "compatibilityVersion", "configMap", "cpu", "deploymentAnnotations",
	"deploymentLabels", "enabled", "env", "envVarFrom", "experimental", "extraContainerArgs", "gatewayClasses", "gateways", "global", "hub", "image", "initContainers",
	"ipFamilies", "ipFamilyPolicy", "jwksResolverExtraRootCA", "keepaliveMaxServerConnectionAge", "memory", "nodeSelector", "ownerName", "pdb", "platform",
	"podAnnotations", "podLabels", "profile", "replicaCount", "resourceQuotas", "resourceScope", "resources", "revision", "revisionTags", "rollingMaxSurge",
	"rollingMaxUnavailable", "seccompProfile", "serviceAccountAnnotations", "serviceAnnotations", "tag", "taint", "telemetry", "tolerations",
	"topologySpreadConstraints", "traceSampling", "trustedZtunnelName", "trustedZtunnelNamespace", "variant", "volumeMounts", "volumes", "ztunnel",
}

// ofAnotherChart tells values that no chart of Istio's control plane has: istiod is
// not installed with them.
func ofAnotherChart(root *yaml.Node) bool {
	// An umbrella chart's values and a helmfile hold those of Istio at some depth.
	within := yamltree.Outermost(root, func(s site) bool { return yamlfile.IsValues(s.Value) || yamltree.IsMap(at(s.Value, "pilot")) })
	if len(within) > 0 || yamltree.IsMap(at(root, "global.proxy")) {
		return false
	}
	unknown := yamltree.IsMap(at(root, "image")) // istiod's is a text
	for i := 0; i+1 < len(root.Content); i += 2 {
		key := yamltree.Key(root.Content[i])
		if slices.Contains(istioKeys, key) {
			return false
		}
		unknown = unknown || !yamltree.IsMerge(root.Content[i]) && !slices.Contains(commonKeys, key)
	}
	return unknown
}

package conformance_test

import (
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/test/conformance/istio"
)

// checkControlPlane looks in a control plane's manifests for the effect of our
// document, and for the user's own settings beside it.
func (c *conformance) checkControlPlane(t *testing.T, manifests istio.Manifests) {
	t.Helper()
	config, err := manifests.InjectConfig()
	require.NoError(t, err)
	mesh := c.effectiveMesh(t, config.Mesh)
	c.checkTracer(t, mesh)
	c.checkIstiod(t, manifests)
	proxy := c.checkSidecars(t, config)
	c.checkBootstrap(t, proxy, manifests)
	c.checkMineInControlPlane(t, manifests, mesh, proxy)
}

// effectiveMesh gives the mesh config that istiod works with. Istiod lays its
// own ConfigMap over the shared one.
func (c *conformance) effectiveMesh(t *testing.T, own string) map[string]any {
	t.Helper()
	if c.tools.Minor == "1.4" {
		// Its charts write this field, which its own mesh config does not know.
		own = strings.Replace(own, "localityLbSetting:\n  enabled: true\n", "", 1)
	}
	documents := [][]byte{[]byte(own)}
	if c.shared() {
		shared, err := c.cluster(t).ConfigMapKey(releaseName, "mesh")
		require.NoError(t, err)
		documents = [][]byte{[]byte(shared), []byte(own)}
	}
	mesh, err := c.tools.MeshConfig(t.Context(), documents...)
	require.NoError(t, err)
	c.did(meshDecodes)
	return decode(t, mesh)
}

// tracerKinds are the fields of a proxy's tracing settings, and of an extension
// provider, that are tracers.
var tracerKinds = []string{"zipkin", "lightstep", "datadog", "stackdriver", "opencensus", "openCensusAgent", "skywalking", "opentelemetry"}

// tracersOf gives the tracers of a mesh config: those of the proxies' bootstrap
// and the extension providers that trace.
func tracersOf(mesh map[string]any) (bootstrap, providers []string) {
	tracing, _ := at(mesh, "defaultConfig", "tracing").(map[string]any)
	for kind := range tracing {
		if slices.Contains(tracerKinds, kind) {
			bootstrap = append(bootstrap, kind)
		}
	}
	extensions, _ := mesh["extensionProviders"].([]any)
	for _, extension := range extensions {
		for kind := range extension.(map[string]any) {
			if at(extension, "name") == "stackdriver" {
				continue // Istio's own entry, idle unless something names it.
			}
			if slices.Contains(tracerKinds, kind) {
				providers = append(providers, kind)
			}
		}
	}
	return bootstrap, providers
}

// checkTracer looks for our tracer or provider in the effective mesh config, and
// for any other.
func (c *conformance) checkTracer(t *testing.T, mesh map[string]any) {
	t.Helper()
	bootstrap, providers := tracersOf(mesh)
	assert.Equal(t, true, mesh["enableTracing"])
	assert.Nil(t, at(mesh, "defaultProviders", "tracing"))
	switch {
	case c.native():
		assert.Equal(t, []string{"lightstep"}, bootstrap)
		assert.Empty(t, providers)
		assert.Equal(t, c.nativeTracing(), at(mesh, "defaultConfig", "tracing"))
		c.did(oneTracer)
	case c.receiver() == "otlp":
		assert.Equal(t, []string{"opentelemetry"}, providers)
		provider := named(mesh["extensionProviders"], releaseName)
		assert.Equal(t, c.provider(), provider)
		c.did(oneProvider)
		if c.shared() && !since(c.tools, "1.22") {
			// Istio's own default, which no shared ConfigMap can take away. The
			// Telemetry names our provider, and that is what proxies then use.
			assert.Equal(t, []string{"zipkin"}, bootstrap)
			c.did(stockZipkin)
			return
		}
		assert.Empty(t, bootstrap)
	case c.receiver() == "zipkin":
		assert.Equal(t, []string{"zipkin"}, bootstrap)
		assert.Empty(t, providers)
		tracing := map[string]any{"zipkin": map[string]any{"address": collectorZipkin}}
		if c.row.Native != "values" {
			tracing["sampling"] = sampling
		}
		assert.Equal(t, tracing, at(mesh, "defaultConfig", "tracing"))
		c.did(oneTracer)
	default:
		require.Fail(t, "no expectation for this dialect", "%+v", c.row)
	}
}

// nativeTracing is what the mesh config must hold where proxies contain the
// LightStep tracer.
func (c *conformance) nativeTracing() map[string]any {
	lightstep := map[string]any{"address": satellite, "accessToken": tokenMarker}
	if c.row.Native == "values" {
		lightstep["secure"], lightstep["cacertPath"] = true, cacertPath
		return map[string]any{"lightstep": lightstep}
	}
	return map[string]any{
		"sampling":    sampling,
		"lightstep":   lightstep,
		"tlsSettings": map[string]any{"mode": "SIMPLE", "caCertificates": cacertPath, "sni": satelliteHost},
	}
}

// provider is the extension provider that the mesh config must hold.
func (c *conformance) provider() map[string]any {
	if c.collector() {
		return map[string]any{"name": releaseName, "opentelemetry": map[string]any{
			"service": "istio-system/istio-lightstep-collector.istio-system.svc.cluster.local", "port": 4317.0,
		}}
	}
	return map[string]any{"name": releaseName, "opentelemetry": map[string]any{
		"service": "istio-system/satellite.istio-lightstep.internal", "port": 4317.0,
		"grpc": map[string]any{
			"timeout":         "5s",
			"initialMetadata": []any{map[string]any{"name": "lightstep-access-token", "envName": tokenVariable}},
		},
	}}
}

// checkIstiod looks at istiod's environment.
func (c *conformance) checkIstiod(t *testing.T, manifests istio.Manifests) {
	t.Helper()
	env := c.istiodEnv(t, manifests)
	if c.row.Native == "values" {
		assert.Equal(t, "37.5", env["PILOT_TRACE_SAMPLING"].Value)
		c.did(pilotSampling)
		return
	}
	if c.shared() {
		assert.Equal(t, releaseName, env["SHARED_MESH_CONFIG"].Value)
		c.did(sharedNamed)
	} else {
		assert.NotContains(t, env, "SHARED_MESH_CONFIG")
	}
	if !c.direct() {
		assert.NotContains(t, env, tokenVariable)
		return
	}
	require.NotNil(t, env[tokenVariable].ValueFrom, "istiod's environment lacks the token")
	optional := true
	assert.Equal(t, &corev1.SecretKeySelector{
		LocalObjectReference: corev1.LocalObjectReference{Name: tokenSecret}, Key: "token", Optional: &optional,
	}, env[tokenVariable].ValueFrom.SecretKeyRef)
	c.did(tokenFromSecret)
}

// istiodEnv is the environment of istiod, or of pilot before there was istiod.
func (c *conformance) istiodEnv(t *testing.T, manifests istio.Manifests) map[string]corev1.EnvVar {
	t.Helper()
	name := "istiod"
	if c.tools.Minor == "1.4" || c.Output == "legacyValues" {
		name = "istio-pilot"
	}
	deployment, err := manifests.Deployment(name)
	require.NoError(t, err)
	env := map[string]corev1.EnvVar{}
	for _, variable := range deployment.Spec.Template.Spec.Containers[0].Env {
		env[variable.Name] = variable
	}
	return env
}

// checkSidecars has pods injected and looks for the CA. It gives a plain pod.
func (c *conformance) checkSidecars(t *testing.T, config istio.InjectConfig) *corev1.Pod {
	t.Helper()
	plain := c.checkSidecar(t, config, nil)
	if c.direct() {
		// The injector puts the proxy where the pod wants it; the CA must go
		// along, and no second istio-proxy may come of it.
		for _, native := range []string{"true", "false"} {
			injected := c.checkSidecar(t, config, map[string]string{"sidecar.istio.io/nativeSidecar": native})
			isNative := slices.ContainsFunc(injected.Spec.InitContainers, isProxy)
			assert.Equal(t, native, strconv.FormatBool(isNative), "native sidecar")
		}
		c.did(nativeSidecarCA)
	}
	return plain
}

func (c *conformance) checkSidecar(t *testing.T, config istio.InjectConfig, annotations map[string]string) *corev1.Pod {
	t.Helper()
	injected, err := c.tools.KubeInject(t.Context(), config, annotatedPod(t, config, annotations))
	require.NoError(t, err)
	containers := slices.Concat(injected.Spec.Containers, injected.Spec.InitContainers)
	containers = slices.DeleteFunc(containers, func(container corev1.Container) bool { return !isProxy(container) })
	require.Len(t, containers, 1, "containers named istio-proxy")
	if c.collector() {
		assert.Empty(t, secretAt(injected.Spec, caDirectory), "only the collector has the CA")
		c.did(sidecarNoCA)
		return injected
	}
	assert.Equal(t, caSecret, secretAt(injected.Spec, caDirectory), "the Secret at %s", caDirectory)
	c.did(sidecarCA)
	return injected
}

// annotatedPod gives a plain pod with annotations, and one more for kube-inject:
// unlike the webhook it takes the template of sidecars alone, whatever the
// injector's configuration has for defaultTemplates.
func annotatedPod(t *testing.T, config istio.InjectConfig, annotations map[string]string) []byte {
	t.Helper()
	var pod corev1.Pod
	require.NoError(t, yaml.Unmarshal(plainPod, &pod))
	var injector struct {
		DefaultTemplates []string `json:"defaultTemplates"`
	}
	require.NoError(t, yaml.Unmarshal([]byte(config.Templates), &injector))
	pod.Annotations = maps.Clone(annotations)
	if len(injector.DefaultTemplates) > 0 {
		if pod.Annotations == nil {
			pod.Annotations = map[string]string{}
		}
		pod.Annotations["inject.istio.io/templates"] = strings.Join(injector.DefaultTemplates, ",")
	}
	text, err := yaml.Marshal(pod)
	require.NoError(t, err)
	return text
}

func isProxy(container corev1.Container) bool { return container.Name == "istio-proxy" }

// secretAt gives the Secret that istio-proxy mounts at a directory, or nothing.
func secretAt(spec corev1.PodSpec, directory string) string {
	for _, container := range slices.Concat(spec.Containers, spec.InitContainers) {
		for _, mount := range container.VolumeMounts {
			if !isProxy(container) || path.Clean(mount.MountPath) != directory {
				continue
			}
			for _, volume := range spec.Volumes {
				if volume.Name == mount.Name && volume.Secret != nil {
					return volume.Secret.SecretName
				}
			}
		}
	}
	return ""
}

// checkGateways looks for the CA in the gateways.
func (c *conformance) checkGateways(t *testing.T, manifests istio.Manifests) {
	t.Helper()
	for _, name := range c.gateways() {
		gateway, err := manifests.Deployment(name)
		require.NoError(t, err)
		mounted := secretAt(gateway.Spec.Template.Spec, caDirectory)
		switch {
		case c.collector() && c.row.Native == "values":
			assert.Empty(t, mounted)
			assert.Contains(t, gateway.Spec.Template.Spec.Containers[0].Args, collectorZipkin)
			c.did(gatewaysCollector)
		case slices.Contains(c.row.GatewaysSilent, c.Output):
			assert.Empty(t, mounted)
			assert.Contains(t, gateway.Spec.Template.Spec.Containers[0].Args, "--zipkinAddress")
			c.did(gatewaysZipkin)
		case c.collector():
			assert.Empty(t, mounted)
		default:
			assert.Equal(t, caSecret, mounted, "the Secret that %s mounts at %s", name, caDirectory)
			c.did(gatewayCA)
		}
	}
}

package render_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"path"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/pkg/render"
	"github.com/istio-lightstep/istio-lightstep/test/corpus"
)

// TestPodsHangTogether renders the corpus and random values of what goes into a
// pod: whatever is not refused makes pods that Kubernetes takes, in which no two
// volumes, containers, ports or variables have one name or place.
func TestPodsHangTogether(t *testing.T) {
	t.Parallel()
	r := newRenderer(t)
	pods := 0
	cases, err := corpus.Cases()
	require.NoError(t, err)
	for _, c := range cases {
		if c.Heavy() || c.Values == nil || len(c.Set)+len(c.SetString)+len(c.SetJSON) > 0 {
			continue
		}
		pods += wantWholePods(t, r, c.Values)
	}
	for seed := range uint64(150) {
		pods += wantWholePods(t, r, podValues(rand.New(rand.NewPCG(seed, 2))))
	}
	assert.Greater(t, pods, 100, "pods that were looked at")
}

// podValues are values that a pod is made of.
func podValues(r *rand.Rand) map[string]any {
	one := func(of ...any) any { return of[r.IntN(len(of))] }
	yes := func() bool { return r.IntN(2) == 0 }
	var env []any
	for _, name := range []string{"GOGC", "GOMEMLIMIT", "HTTPS_PROXY", "LIGHTSTEP_ACCESS_TOKEN"} {
		if r.IntN(3) == 0 {
			env = append(env, map[string]any{"name": name, "valueFrom": map[string]any{"secretKeyRef": map[string]any{"name": "a", "key": "b"}}})
		}
	}
	values := map[string]any{
		"istio": map[string]any{"version": one("1.15.7", "1.26.2", "1.31.0")},
		"global": map[string]any{"tracer": map[string]any{"lightstep": map[string]any{
			"address": "satellite.lightstep:9292", "secure": yes(),
			"cacertPath": one("", "/etc/lightstep/a.pem", "/etc/otelcol/a.pem", "/etc/otelcol/b/a.pem", "/etc/a.pem", "/var/lib/otelcol/a.pem",
				"/var/lib/a.pem", "/etc/lightstep-access-token/a.pem", "/etc/lightstep-access-token/b/a.pem", "/etc/lightstep-cacert/a.pem", "/a/b/a.pem"),
		}}},
		"accessTokenFrom": map[string]any{"name": "token"},
		"cacert":          map[string]any{"existingSecret": map[string]any{"name": "ca"}},
		"collector": map[string]any{
			"env": env, "retryRefused": map[string]any{"enabled": yes()}, "tap": map[string]any{"enabled": yes()},
			"persistence": map[string]any{"enabled": yes()},
		},
	}
	if yes() {
		collector := values["collector"].(map[string]any)
		collector["extraVolumes"] = []any{map[string]any{"name": one("extra", "extra", "extra", "extra", "cacert", "queue")}}
		collector["extraVolumeMounts"] = []any{map[string]any{"name": "extra", "mountPath": one("/etc/extra", "/etc/lightstep", "/a/b", "/var/lib/otelcol")}}
		collector["extraContainers"] = []any{map[string]any{"name": one("extra", "extra", "extra", "relay", "tap"), "image": "extra:1"}}
	}
	if at(values, "global", "tracer", "lightstep", "cacertPath") == "" {
		delete(values, "cacert")
	}
	return values
}

func at(values map[string]any, keys ...string) any {
	var found any = values
	for _, key := range keys {
		found = found.(map[string]any)[key]
	}
	return found
}

// wantWholePods looks at every pod of values that are not refused, and gives how
// many there are.
func wantWholePods(t *testing.T, r *render.Renderer, values map[string]any) int {
	t.Helper()
	text, err := json.Marshal(values)
	require.NoError(t, err)
	read, err := render.ReadValues(render.Bytes("values.yaml", text))
	if err != nil {
		return 0 // refused
	}
	result, err := r.Render(t.Context(), read)
	if err != nil {
		return 0 // refused
	}
	count := 0
	for _, document := range strings.Split(string(result.YAML()), "\n---\n") {
		var object struct {
			Kind string
			Spec struct {
				corev1.PodSpec
				Template             struct{ Spec corev1.PodSpec }
				VolumeClaimTemplates []corev1.PersistentVolumeClaim
			}
		}
		if yaml.Unmarshal([]byte(document), &object) != nil {
			continue // another kind, whose spec is of other types
		}
		pod := object.Spec.Template.Spec
		if object.Kind == "Pod" {
			pod = object.Spec.PodSpec
		}
		for _, claim := range object.Spec.VolumeClaimTemplates {
			pod.Volumes = append(pod.Volumes, corev1.Volume{Name: claim.Name})
		}
		if len(pod.Containers) > 0 {
			count++
			assert.Empty(t, faults(pod, extraVolumes(values)), "%s of %s", object.Kind, text)
		}
	}
	return count
}

// extraVolumes are the names of the volumes that the values add to the collector.
func extraVolumes(values map[string]any) map[string]bool {
	names := map[string]bool{}
	collector, _ := values["collector"].(map[string]any)
	volumes, _ := collector["extraVolumes"].([]any)
	for _, volume := range volumes {
		if fields, ok := volume.(map[string]any); ok {
			names[fmt.Sprint(fields["name"])] = true
		}
	}
	return names
}

// faults are what Kubernetes refuses in a pod, what keeps it from starting, and
// mounts that hide one another. Kubernetes takes a mount inside another, so two of
// the owner's volumes may be nested; one of the chart's may not.
func faults(pod corev1.PodSpec, extra map[string]bool) []string {
	var found []string
	once := map[string]bool{}
	add := func(format string, parts ...any) {
		what := fmt.Sprintf(format, parts...)
		if once[what] {
			found = append(found, what+" twice")
		}
		once[what] = true
	}
	for _, volume := range pod.Volumes {
		add("volume %s", volume.Name)
	}
	for _, container := range append(pod.InitContainers, pod.Containers...) {
		add("container %s", container.Name)
		for _, port := range container.Ports {
			if port.Name != "" {
				add("port %s", port.Name)
			}
			add("port %d", port.ContainerPort)
		}
		for _, variable := range container.Env {
			add("variable %s of %s", variable.Name, container.Name)
		}
		for i, mount := range container.VolumeMounts {
			if !once["volume "+mount.Name] {
				found = append(found, "no volume "+mount.Name)
			}
			for _, other := range container.VolumeMounts[:i] {
				nested := within(mount.MountPath, other.MountPath) || within(other.MountPath, mount.MountPath)
				same := path.Clean(mount.MountPath) == path.Clean(other.MountPath)
				bothExtra := extra[mount.Name] && extra[other.Name]
				if same || nested && !bothExtra {
					found = append(found, mount.MountPath+" and "+other.MountPath+" of "+container.Name)
				}
			}
		}
	}
	return found
}

func within(inner, outer string) bool {
	return strings.HasPrefix(path.Clean(inner)+"/", path.Clean(outer)+"/")
}

package render_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/pkg/render"
	"github.com/istio-lightstep/istio-lightstep/test/eras"
)

// Every pod of every example meets the level `restricted` of Pod Security, those
// of hooks too.
func TestExamplesMeetPodSecurity(t *testing.T) {
	t.Parallel()
	pods := 0
	for example, text := range exampleObjects(t) {
		for _, document := range strings.Split(text, "\n---\n") {
			var object struct {
				Kind string
				Spec struct {
					corev1.PodSpec
					Template struct{ Spec corev1.PodSpec }
				}
			}
			if yaml.Unmarshal([]byte(document), &object) != nil {
				continue // another kind, whose spec is of other types
			}
			pod := object.Spec.Template.Spec
			if object.Kind == "Pod" {
				pod = object.Spec.PodSpec
			}
			if len(pod.Containers) > 0 {
				pods++
				assert.Empty(t, unrestricted(pod), "%s of %s", object.Kind, example)
			}
		}
	}
	assert.Greater(t, pods, 20)
	assert.Len(t, unrestricted(corev1.PodSpec{HostNetwork: true, Containers: make([]corev1.Container, 1)}), 5, "the test finds what is wrong")
}

// exampleObjects gives the objects of each example, and of each cluster of the fleet.
func exampleObjects(t *testing.T) map[string]string {
	t.Helper()
	objects := map[string]string{}
	for _, folder := range cases(t) {
		text, err := eras.Golden(folder, "cluster")
		require.NoError(t, err)
		objects[folder] = string(text)
	}
	clusters, err := filepath.Glob(fleet + "/clusters/*.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, clusters)
	r := newRenderer(t)
	for _, cluster := range clusters {
		result, err := r.Render(t.Context(), readValues(t, render.File(fleet+"/base.yaml"), render.File(cluster)))
		require.NoError(t, err)
		objects[cluster] = string(result.YAML())
	}
	return objects
}

// unrestricted are the controls of the level `restricted` that a pod does not meet.
func unrestricted(pod corev1.PodSpec) []string {
	var found []string
	want := func(holds bool, control string) {
		if !holds {
			found = append(found, control)
		}
	}
	context := pod.SecurityContext
	if context == nil {
		context = &corev1.PodSecurityContext{}
	}
	want(!pod.HostNetwork && !pod.HostPID && !pod.HostIPC, "host namespaces")
	want(context.RunAsNonRoot != nil && *context.RunAsNonRoot, "runAsNonRoot")
	want(context.RunAsUser == nil || *context.RunAsUser > 0, "runAsUser")
	want(context.SeccompProfile != nil && context.SeccompProfile.Type == corev1.SeccompProfileTypeRuntimeDefault, "seccompProfile")
	for _, volume := range pod.Volumes {
		of := volume.VolumeSource
		want(of.ConfigMap != nil || of.Secret != nil || of.Projected != nil || of.EmptyDir != nil, "volume "+volume.Name)
	}
	for _, container := range append(pod.InitContainers, pod.Containers...) {
		own := container.SecurityContext
		if own == nil {
			own = &corev1.SecurityContext{}
		}
		want(own.AllowPrivilegeEscalation != nil && !*own.AllowPrivilegeEscalation, "allowPrivilegeEscalation of "+container.Name)
		drops := own.Capabilities != nil && len(own.Capabilities.Add) == 0 && len(own.Capabilities.Drop) == 1 && own.Capabilities.Drop[0] == "ALL"
		want(drops, "capabilities of "+container.Name)
		want(own.Privileged == nil || !*own.Privileged, "privileged "+container.Name)
	}
	return found
}

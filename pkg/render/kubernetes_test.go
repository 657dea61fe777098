package render_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apivalidation "k8s.io/apimachinery/pkg/api/validation"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	metavalidation "k8s.io/apimachinery/pkg/apis/meta/v1/validation"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/pkg/render"
)

// formTexts are what people write where Kubernetes wants a form, good and bad.
var formTexts = []string{
	"", "a", "A", "a-b", "a_b", "a.b", "-a", "a-", "a--b", "1", "1a", "a b", "a/b", "x/y/z", "/a", "a/", "Example.com/a", "a..b/c", "..", "é", "a:b", "a=b", "a\nb",
	strings.Repeat("a", 15), strings.Repeat("a", 16), strings.Repeat("a", 63), strings.Repeat("a", 64), strings.Repeat("a", 254),
	strings.Repeat("a", 253) + "/b", strings.Repeat("a", 254) + "/b", strings.Repeat("a.", 127) + "a",
}

// formPlaces are where the chart copies such texts from, each with %q for one.
var formPlaces = []string{
	`{commonLabels: {a: %q}}`, `{commonLabels: {%q: a}}`, `{commonAnnotations: {%q: a}}`, `{serviceAccount: {annotations: {%q: a}}}`,
	`{collector: {podLabels: {a: %q}}}`, `{collector: {podLabels: {%q: a}}}`, `{collector: {podAnnotations: {%q: a}}}`,
	`{collector: {nodeSelector: {a: %q}}}`, `{collector: {nodeSelector: {%q: a}}}`, `{collector: {priorityClassName: %q}}`,
	`{collector: {persistence: {storageClassName: %q}}}`, `{collector: {image: {pullSecrets: [{name: %q}]}}}`,
	`{collector: {tolerations: [{key: %q, operator: Exists}]}}`, `{collector: {tolerations: [{key: a, value: %q}]}}`,
	`{collector: {tolerations: [{key: a, operator: %q}]}}`, `{collector: {tolerations: [{key: a, operator: Exists, effect: %q}]}}`,
	`{collector: {topologySpreadConstraints: [{maxSkew: 1, whenUnsatisfiable: DoNotSchedule, topologyKey: %q}]}}`,
	`{collector: {extraVolumes: [{name: %q, emptyDir: {}}]}}`, `{collector: {extraVolumes: [{name: config, emptyDir: {}}]} , commonAnnotations: {a: %q}}`,
	`{collector: {extraContainers: [{name: %q, image: a}]}}`, `{collector: {extraContainers: [{name: a, image: a, ports: [{containerPort: 1, name: %q}]}]}}`,
	`{collector: {extraContainers: [{name: a, image: a, env: [{name: %q, value: a}]}]}}`, `{collector: {env: [{name: %q, value: a}]}}`,
	`{extraObjects: [{apiVersion: v1, kind: ConfigMap, metadata: {name: own, labels: {a: %q}}}]}`,
	`{extraObjects: [{apiVersion: v1, kind: ConfigMap, metadata: {name: own, annotations: {%q: a}}}]}`,
	`{monitoring: {dashboard: {enabled: true, labels: {a: %q}}}}`,
}

// What check accepts in these places, Kubernetes' own functions accept.
func TestWhatIsAcceptedHasKubernetesForms(t *testing.T) {
	t.Parallel()
	r, err := render.New()
	require.NoError(t, err)
	accepted, refused := 0, 0
	for _, place := range formPlaces {
		for _, text := range formTexts {
			given := fmt.Sprintf(place, text)
			v, err := render.ReadValues(render.Bytes("base.yaml", []byte(`{istio: {version: "1.30.0"}, global: {tracer: {lightstep: {address: "satellite:443", accessToken: token-marker-1f0c}}}}`)),
				render.Bytes("values.yaml", []byte(given)))
			require.NoError(t, err, given)
			result, err := r.Render(t.Context(), v)
			if err != nil {
				refused++
				continue
			}
			accepted++
			for _, problem := range refusals(t, string(result.YAML())) {
				assert.Fail(t, "the API server refuses it", "%s: %v", given, problem)
			}
		}
	}
	assert.Greater(t, accepted, 100)
	assert.Greater(t, refused, 100)
}

// refusals are what the API server would refuse of objects.
func refusals(tb testing.TB, text string) field.ErrorList {
	tb.Helper()
	var all field.ErrorList
	for _, document := range strings.Split(text, "\n---\n") {
		var object struct {
			Kind     string
			Metadata metav1.ObjectMeta
		}
		require.NoError(tb, yaml.Unmarshal([]byte(document), &object))
		at := field.NewPath(object.Kind)
		all = append(all, metaRefusals(object.Metadata, at)...)
		if object.Kind == "StatefulSet" {
			var set appsv1.StatefulSet
			require.NoError(tb, yaml.UnmarshalStrict([]byte(document), &set))
			all = append(all, metaRefusals(set.Spec.Template.ObjectMeta, at.Child("template"))...)
			all = append(all, podRefusals(set.Spec.Template.Spec, at)...)
			for _, claim := range set.Spec.VolumeClaimTemplates {
				if class := claim.Spec.StorageClassName; class != nil {
					all = append(all, named(at.Child("storageClassName"), *class, apivalidation.NameIsDNSSubdomain(*class, false))...)
				}
			}
		}
	}
	return all
}

func metaRefusals(meta metav1.ObjectMeta, at *field.Path) field.ErrorList {
	return append(metavalidation.ValidateLabels(meta.Labels, at), apivalidation.ValidateAnnotations(meta.Annotations, at)...)
}

func named(at *field.Path, value string, reasons []string) (all field.ErrorList) {
	for _, reason := range reasons {
		all = append(all, field.Invalid(at, value, reason))
	}
	return all
}

func podRefusals(pod corev1.PodSpec, at *field.Path) field.ErrorList {
	all := metavalidation.ValidateLabels(pod.NodeSelector, at.Child("nodeSelector"))
	if pod.PriorityClassName != "" {
		all = append(all, named(at.Child("priorityClassName"), pod.PriorityClassName, apivalidation.NameIsDNSSubdomain(pod.PriorityClassName, false))...)
	}
	for _, secret := range pod.ImagePullSecrets {
		all = append(all, named(at.Child("imagePullSecrets"), secret.Name, apivalidation.NameIsDNSSubdomain(secret.Name, false))...)
	}
	for _, toleration := range pod.Tolerations {
		all = append(all, tolerationRefusals(toleration, at.Child("tolerations"))...)
	}
	for _, spread := range pod.TopologySpreadConstraints {
		all = append(all, metavalidation.ValidateLabelName(spread.TopologyKey, at.Child("topologyKey"))...)
	}
	names := map[string]bool{}
	unique := func(at *field.Path, name string) {
		if names[at.String()+name] {
			all = append(all, field.Duplicate(at, name))
		}
		names[at.String()+name] = true
	}
	for _, volume := range pod.Volumes {
		all = append(all, named(at.Child("volumes"), volume.Name, validation.IsDNS1123Label(volume.Name))...)
		unique(at.Child("volumes"), volume.Name)
	}
	for _, container := range pod.Containers {
		within := at.Child("containers").Key(container.Name)
		all = append(all, named(within, container.Name, validation.IsDNS1123Label(container.Name))...)
		unique(at.Child("containers"), container.Name)
		for _, variable := range container.Env {
			all = append(all, named(within.Child("env"), variable.Name, validation.IsEnvVarName(variable.Name))...)
			unique(within.Child("env"), variable.Name)
		}
		for _, port := range container.Ports {
			if port.Name != "" {
				all = append(all, named(within.Child("ports"), port.Name, validation.IsValidPortName(port.Name))...)
				unique(within.Child("ports"), port.Name)
			}
		}
		for _, mount := range container.VolumeMounts {
			unique(within.Child("volumeMounts"), mount.MountPath)
		}
	}
	return all
}

func tolerationRefusals(toleration corev1.Toleration, at *field.Path) field.ErrorList {
	var all field.ErrorList
	if toleration.Key != "" {
		all = metavalidation.ValidateLabelName(toleration.Key, at)
	}
	all = append(all, named(at, toleration.Value, validation.IsValidLabelValue(toleration.Value))...)
	if !slices.Contains([]corev1.TolerationOperator{"", corev1.TolerationOpEqual, corev1.TolerationOpExists}, toleration.Operator) {
		all = append(all, field.Invalid(at, toleration.Operator, "operator"))
	}
	if !slices.Contains([]corev1.TaintEffect{"", corev1.TaintEffectNoSchedule, corev1.TaintEffectPreferNoSchedule, corev1.TaintEffectNoExecute}, toleration.Effect) {
		all = append(all, field.Invalid(at, toleration.Effect, "effect"))
	}
	if toleration.Key == "" && toleration.Operator != corev1.TolerationOpExists {
		all = append(all, field.Invalid(at, toleration.Operator, "a toleration without a key"))
	}
	return all
}

// Each object of each example is refused among extraObjects of that example.
func TestNoObjectOfTheChartIsRenderedTwice(t *testing.T) {
	t.Parallel()
	r, err := render.New()
	require.NoError(t, err)
	kinds := map[string]bool{}
	for _, folder := range cases(t) {
		values, err := os.ReadFile(filepath.Join(folder, "values.yaml"))
		require.NoError(t, err)
		text, err := os.ReadFile(filepath.Join(folder, "rendered", "cluster.yaml"))
		if os.IsNotExist(err) {
			continue
		}
		require.NoError(t, err)
		var objects []any
		for _, document := range strings.Split(string(text), "\n---\n") {
			var object map[string]any
			require.NoError(t, yaml.Unmarshal([]byte(document), &object))
			if object["kind"] == nil {
				continue
			}
			kinds[fmt.Sprint(object["kind"])] = true
			objects = append(objects, map[string]any{"apiVersion": object["apiVersion"], "kind": object["kind"], "metadata": object["metadata"]})
		}
		v, err := render.ReadValues(render.Bytes("values.yaml", values), render.Map("twice", map[string]any{"extraObjects": objects, "output": "cluster"}))
		require.NoError(t, err)
		problems, err := r.Check(t.Context(), v)
		require.NoError(t, err)
		found := map[string]bool{}
		for _, p := range problems {
			found[p.ID+" "+p.Path] = true
		}
		for i, object := range objects {
			assert.True(t, found[fmt.Sprintf("LS-EXTRA-OBJECT-TWICE extraObjects[%d]", i)], "%s: %v", folder, object)
		}
	}
	assert.Greater(t, len(kinds), 10, "%v", slices.Collect(maps.Keys(kinds)))
}

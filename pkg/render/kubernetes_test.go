//go:build !race

package render_test

import (
	"fmt"
	"os"
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

	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
	"github.com/istio-lightstep/istio-lightstep/pkg/render"
)

// formTexts are what people write where Kubernetes wants a form, good and bad.
var formTexts = []string{
	"", "a", "A", "a-b", "a_b", "a.b", "-a", "a-", "a--b", "1", "1a", "a b", "a/b", "x/y/z", "/a", "a/", "Example.com/a", "a..b/c", "..", "é", "a:b", "a=b", "a\nb",
	strings.Repeat("a", 15), strings.Repeat("a", 16), strings.Repeat("a", 63), strings.Repeat("a", 64), strings.Repeat("a", 254),
	strings.Repeat("a", 253), "Equal", "Exists", "NoSchedule", "TCP", "HTTPS", "Always", "80", "10.0.0.0/8",
	strings.Repeat("a", 253) + "/b", strings.Repeat("a", 254) + "/b", strings.Repeat("a.", 127) + "a",
}

// formPlace is where the chart copies such texts from, and Kubernetes' own
// function for what stands there.
type formPlace struct {
	given string // with %q for the text
	takes func(string) []string
}

var formPlaces = []formPlace{
	{`{commonLabels: {a: %q}}`, validation.IsValidLabelValue},
	{`{commonLabels: {keys: %q}}`, validation.IsValidLabelValue},
	{`{commonLabels: {%q: a}}`, validation.IsQualifiedName},
	{`{commonAnnotations: {a: %q}}`, anyText},
	{`{commonAnnotations: {%q: a}}`, annotationKey},
	{`{serviceAccount: {annotations: {%q: a}}}`, annotationKey},
	{`{collector: {podLabels: {a: %q}}}`, validation.IsValidLabelValue},
	{`{collector: {podLabels: {%q: a}}}`, validation.IsQualifiedName},
	{`{collector: {podAnnotations: {%q: a}}}`, annotationKey},
	{`{collector: {nodeSelector: {a: %q}}}`, validation.IsValidLabelValue},
	{`{collector: {nodeSelector: {%q: a}}}`, validation.IsQualifiedName},
	{`{collector: {priorityClassName: %q}}`, orNone(validation.IsDNS1123Subdomain)},
	{`{collector: {persistence: {storageClassName: %q}}}`, orNone(validation.IsDNS1123Subdomain)},
	{`{collector: {image: {pullSecrets: [{name: %q}]}}}`, validation.IsDNS1123Subdomain},
	{`{global: {imagePullSecrets: [%q]}}`, validation.IsDNS1123Subdomain},
	{`{collector: {tolerations: [{key: %q, operator: Exists}]}}`, orNone(validation.IsQualifiedName)},
	{`{collector: {tolerations: [{key: a, value: %q}]}}`, validation.IsValidLabelValue},
	{`{collector: {tolerations: [{key: a, operator: %q}]}}`, oneOf("", "Equal", "Exists")},
	{`{collector: {tolerations: [{key: a, operator: Exists, effect: %q}]}}`, oneOf("", "NoSchedule")},
	{`{collector: {topologySpreadConstraints: [{maxSkew: 1, whenUnsatisfiable: DoNotSchedule, topologyKey: %q}]}}`, validation.IsQualifiedName},
	{`{collector: {affinity: {podAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: %q}]}}}}`, validation.IsQualifiedName},
	{`{collector: {extraVolumes: [{name: %q, emptyDir: {}}]}}`, validation.IsDNS1123Label},
	{`{collector: {extraContainers: [{name: %q, image: a}]}}`, validation.IsDNS1123Label},
	{`{collector: {extraContainers: [{name: a, image: a, ports: [{containerPort: 1, name: %q}]}]}}`, orNone(validation.IsValidPortName)},
	{`{collector: {extraContainers: [{name: a, image: a, ports: [{containerPort: 1, protocol: %q}]}]}}`, oneOf("", "TCP", "UDP", "SCTP")},
	{`{collector: {extraContainers: [{name: a, image: a, imagePullPolicy: %q}]}}`, oneOf("", "Always", "Never")},
	{`{collector: {extraContainers: [{name: a, image: a, env: [{name: %q, value: a}]}]}}`, validation.IsEnvVarName},
	{`{collector: {extraContainers: [{name: a, image: a, livenessProbe: {tcpSocket: {port: %q}}}]}}`, validation.IsValidPortName},
	{`{collector: {extraContainers: [{name: a, image: a, livenessProbe: {httpGet: {port: 1, httpHeaders: [{name: %q}]}}}]}}`, validation.IsHTTPHeaderName},
	{`{collector: {extraContainers: [{name: a, image: a, livenessProbe: {httpGet: {port: 1, scheme: %q}}}]}}`, oneOf("", "HTTP", "HTTPS")},
	{`{collector: {env: [{name: %q, value: a}]}}`, validation.IsEnvVarName},
	{`{extraObjects: [{apiVersion: v1, kind: ConfigMap, metadata: {name: own, labels: {a: %q}}}]}`, validation.IsValidLabelValue},
	{`{extraObjects: [{apiVersion: v1, kind: ConfigMap, metadata: {name: own, annotations: {%q: a}}}]}`, annotationKey},
	{`{extraObjects: [{apiVersion: v1, kind: ConfigMap, metadata: {name: own, namespace: %q}}]}`, orNone(validation.IsDNS1123Label)},
	{`{monitoring: {dashboard: {enabled: true, labels: {a: %q}}}}`, validation.IsValidLabelValue},
	{`{collector: {networkPolicy: {enabled: true, from: [{ipBlock: {cidr: %q}}]}}}`, func(text string) []string {
		return reasons(validation.IsValidCIDRForLegacyField(nil, text, false, nil))
	}},
}

// rangeTexts are ranges of addresses, good and bad.
var rangeTexts = []string{
	"10.0.0.0/33", "10.0.0.1", "10.0.0/8", "10.0.0.256/8", "::/0", "fd00::/8", "fd00:::/8", "fd00::/129", "fd00::/", "1::2::3/64",
	"::ffff:10.0.0.0/104", "1:2:3:4:5:6:7:8/128", "1:2:3:4:5:6:7:8:9/128", "1:2/64", "12345::/16",
}

func anyText(string) []string { return nil }

func annotationKey(key string) []string { return validation.IsQualifiedName(strings.ToLower(key)) }

func reasons(errs field.ErrorList) (all []string) {
	for _, err := range errs {
		all = append(all, err.Error())
	}
	return all
}

func orNone(takes func(string) []string) func(string) []string {
	return func(text string) []string {
		if text == "" {
			return nil
		}
		return takes(text)
	}
}

func oneOf(texts ...string) func(string) []string {
	return func(text string) []string {
		if slices.Contains(texts, text) {
			return nil
		}
		return texts
	}
}

// What check accepts in these places, Kubernetes' own functions accept, and what
// it refuses, they refuse.
func TestWhatIsAcceptedHasKubernetesForms(t *testing.T) {
	t.Parallel()
	r, err := render.New()
	require.NoError(t, err)
	accepted, refused := 0, 0
	for nth, place := range formPlaces {
		texts := formTexts
		if strings.Contains(place.given, "cidr") {
			texts = slices.Concat(texts, rangeTexts)
		}
		for i, text := range texts {
			if testing.Short() && (i+nth)%4 != 0 {
				continue
			}
			given := fmt.Sprintf(place.given, text)
			result, err := r.Render(t.Context(), withBase(t, given))
			if err != nil {
				refused++
				for _, id := range errorIDs(t, err) {
					assert.NotEmpty(t, place.takes(text), "%s refuses what Kubernetes takes: %s", id, given)
				}
				continue
			}
			accepted++
			assert.Empty(t, place.takes(text), "the API server refuses it: %s", given)
			for _, problem := range refusals(t, string(result.YAML())) {
				assert.Fail(t, "the API server refuses it", "%s: %v", given, problem)
			}
		}
	}
	assert.Greater(t, accepted, 100)
	assert.Greater(t, refused, 100)
}

// withBase gives values that are right but for what is given.
func withBase(tb testing.TB, given string) *render.Values {
	tb.Helper()
	v, err := render.ReadValues(
		render.Bytes("base.yaml", []byte(`{istio: {version: "1.30.0"}, global: {tracer: {lightstep: {address: "satellite:443", accessToken: token-marker-1f0c}}}}`)),
		render.Bytes("values.yaml", []byte(given)))
	require.NoError(tb, err, given)
	return v
}

func errorIDs(tb testing.TB, err error) (ids []string) {
	tb.Helper()
	var refused *render.ProblemsError
	require.ErrorAs(tb, err, &refused)
	for _, p := range refused.Problems {
		if p.Severity == problem.SeverityError {
			ids = append(ids, p.ID)
		}
	}
	return ids
}

// numberPlaces are where Kubernetes wants numbers, each with %d for one.
var numberPlaces = []struct {
	given string
	takes func(int) bool
}{
	{`{podSecurityContext: {runAsUser: %d, runAsNonRoot: false}, containerSecurityContext: {runAsNonRoot: false}}`, func(n int) bool { return len(validation.IsValidUserID(int64(n))) == 0 }},
	{`{podSecurityContext: {fsGroup: %d}}`, func(n int) bool { return len(validation.IsValidGroupID(int64(n))) == 0 }},
	{`{collector: {extraContainers: [{name: a, image: a, ports: [{containerPort: %d}]}]}}`, isPort},
	{`{collector: {extraContainers: [{name: a, image: a, ports: [{containerPort: 1, hostPort: %d}]}]}}`, func(n int) bool { return n == 0 || isPort(n) }},
	{`{collector: {extraContainers: [{name: a, image: a, livenessProbe: {grpc: {port: %d}}}]}}`, isPort},
	{`{collector: {extraContainers: [{name: a, image: a, livenessProbe: {tcpSocket: {port: %d}}}]}}`, isPort},
	{`{collector: {extraContainers: [{name: a, image: a, readinessProbe: {successThreshold: %d, tcpSocket: {port: 1}}}]}}`, isWhole},
	{`{collector: {startupProbe: {failureThreshold: %d}}}`, isWhole},
	{`{collector: {startupProbe: {periodSeconds: %d}}}`, isWhole},
	{`{collector: {startupProbe: {timeoutSeconds: %d}}}`, isWhole},
	{`{collector: {startupProbe: {initialDelaySeconds: %d}}}`, isWhole},
	{`{collector: {startupProbe: {successThreshold: %d}}}`, func(n int) bool { return n == 0 || n == 1 }},
	{`{collector: {updateStrategy: {rollingUpdate: {partition: %d}}}}`, isWhole},
	{`{collector: {topologySpreadConstraints: [{maxSkew: %d, whenUnsatisfiable: DoNotSchedule, topologyKey: a}]}}`, func(n int) bool { return n > 0 && isWhole(n) }},
}

func isPort(n int) bool { return len(validation.IsValidPortNum(n)) == 0 }

// isWhole tells of a number from 0 that an int32 holds.
func isWhole(n int) bool { return n >= 0 && n <= 1<<31-1 }

func TestNumbersAreThoseOfKubernetes(t *testing.T) {
	t.Parallel()
	r, err := render.New()
	require.NoError(t, err)
	for _, place := range numberPlaces {
		for _, number := range []int{-1, 0, 1, 2, 1<<16 - 1, 1 << 16, 1000000000, 1<<31 - 1, 1 << 31} {
			given := fmt.Sprintf(place.given, number)
			_, err := r.Render(t.Context(), withBase(t, given))
			assert.Equal(t, place.takes(number), err == nil, "%s: %v", given, err)
		}
	}
}

// Nothing is said against values as people have them.
func TestOrdinaryValues(t *testing.T) {
	t.Parallel()
	r, err := render.New()
	require.NoError(t, err)
	data, err := os.ReadFile("testdata/ordinary.yaml")
	require.NoError(t, err)
	var all []map[string]any
	require.NoError(t, yaml.UnmarshalStrict(data, &all))
	require.Len(t, all, 6)
	for i, given := range all {
		text, err := yaml.Marshal(given)
		require.NoError(t, err)
		values := withBase(t, string(text))
		problems, err := r.Check(t.Context(), values)
		require.NoError(t, err)
		for _, p := range problems {
			assert.Fail(t, "it is ordinary", "%d: %s: %s: %s", i, p.ID, p.Path, p.Reason)
		}
		result, err := r.Render(t.Context(), values)
		if assert.NoError(t, err) {
			assert.Empty(t, refusals(t, string(result.YAML())), "%d", i)
		}
	}
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

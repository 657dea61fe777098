package kubetypes_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/intstr"
	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/internal/kubetypes"
)

// roots are the types that values.yaml refers to.
var roots = map[string]any{
	"Affinity":                        &corev1.Affinity{},
	"Container":                       &corev1.Container{},
	"EnvVar":                          &corev1.EnvVar{},
	"HorizontalPodAutoscalerBehavior": &autoscalingv2.HorizontalPodAutoscalerBehavior{},
	"MetricSpec":                      &autoscalingv2.MetricSpec{},
	"NetworkPolicyEgressRule":         &networkingv1.NetworkPolicyEgressRule{},
	"NetworkPolicyIngressRule":        &networkingv1.NetworkPolicyIngressRule{},
	"NetworkPolicyPeer":               &networkingv1.NetworkPolicyPeer{},
	"PodSecurityContext":              &corev1.PodSecurityContext{},
	"Probe":                           &corev1.Probe{},
	"ResourceRequirements":            &corev1.ResourceRequirements{},
	"SecurityContext":                 &corev1.SecurityContext{},
	"StatefulSetPersistentVolumeClaimRetentionPolicy": &appsv1.StatefulSetPersistentVolumeClaimRetentionPolicy{},
	"StatefulSetUpdateStrategy":                       &appsv1.StatefulSetUpdateStrategy{},
	"Toleration":                                      &corev1.Toleration{},
	"TopologySpreadConstraint":                        &corev1.TopologySpreadConstraint{},
	"Volume":                                          &corev1.Volume{},
	"VolumeMount":                                     &corev1.VolumeMount{},
}

// compiled gives the schema of each type, by its name.
func compiled(t *testing.T) map[string]*jsonschema.Schema {
	t.Helper()
	data, err := os.ReadFile("../../charts/istio-lightstep/values.schema.json")
	require.NoError(t, err)
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	require.NoError(t, err)
	compiler := jsonschema.NewCompiler()
	require.NoError(t, compiler.AddResource("file:///s.json", document))
	all := map[string]*jsonschema.Schema{}
	for name := range roots {
		all[name], err = compiler.Compile("file:///s.json#/definitions/" + name)
		require.NoError(t, err, name)
	}
	return all
}

// objects are valid objects of each type, which have each field that is used.
func objects(t *testing.T) map[string][]any {
	t.Helper()
	data, err := os.ReadFile("testdata/objects.yaml")
	require.NoError(t, err)
	var all map[string][]any
	require.NoError(t, yaml.UnmarshalStrict(data, &all))
	return all
}

// strictly reads an object as the API server does, which refuses unknown fields.
func strictly(name string, object any) error {
	data, err := json.Marshal(object)
	if err != nil {
		return err
	}
	return yaml.UnmarshalStrict(data, reflect.New(reflect.TypeOf(roots[name]).Elem()).Interface())
}

// What is valid is accepted, and so is what Go writes of it.
func TestValidObjectsAreAccepted(t *testing.T) {
	schemas, all := compiled(t), objects(t)
	for name := range roots {
		require.NotEmpty(t, all[name], "testdata/objects.yaml has no %s", name)
		for i, object := range all[name] {
			assert.NoError(t, strictly(name, object), "%s %d", name, i)
			assert.NoError(t, schemas[name].Validate(object), "%s %d", name, i)
			data, err := json.Marshal(object)
			require.NoError(t, err)
			read := reflect.New(reflect.TypeOf(roots[name]).Elem()).Interface()
			require.NoError(t, json.Unmarshal(data, read))
			data, err = json.Marshal(read)
			require.NoError(t, err)
			written, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
			require.NoError(t, err)
			assert.NoError(t, schemas[name].Validate(written), "%s %d as Go writes it", name, i)
		}
	}
}

// Every field of Kubernetes' types is one of the schema, with the type that it
// has there: an object with that field alone lacks others at most.
func TestEveryFieldIsKnown(t *testing.T) {
	schemas := compiled(t)
	fields := 0
	for name, root := range roots {
		for _, object := range filled(reflect.TypeOf(root).Elem()) {
			fields++
			require.NoError(t, strictly(name, object), "the test fills it as it is")
			for _, problem := range leaves(schemas[name].Validate(object)) {
				assert.NotContains(t, problem, "additional properties", "%s: %v", name, object)
				assert.NotRegexp(t, "got (string|number|boolean|array|object), want [^n]", problem, "%s: %v", name, object)
			}
		}
	}
	assert.Greater(t, fields, 500)
}

// filled gives for each field below a type a value with it alone, as JSON.
func filled(t reflect.Type) []any {
	switch t {
	case reflect.TypeFor[resource.Quantity]():
		return []any{"1Gi", 2.0}
	case reflect.TypeFor[intstr.IntOrString]():
		return []any{"1%", 1.0}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return filled(t.Elem())
	case reflect.String:
		return []any{"a"}
	case reflect.Bool:
		return []any{true}
	case reflect.Int32, reflect.Int64:
		return []any{1.0}
	case reflect.Slice:
		return each(filled(t.Elem()), func(v any) any { return []any{v} })
	case reflect.Map:
		return each(filled(t.Elem()), func(v any) any { return map[string]any{"a": v} })
	default: // a struct
	}
	all := []any{map[string]any{}}
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		switch {
		case name == "" && t.Field(i).Anonymous:
			all = append(all, filled(t.Field(i).Type)...)
		case name != "" && name != "-" && t.Name() != "PersistentVolumeClaimTemplate":
			all = append(all, each(filled(t.Field(i).Type), func(v any) any { return map[string]any{name: v} })...)
		case name == "spec":
			all = append(all, each(filled(t.Field(i).Type), func(v any) any { return map[string]any{name: v} })...)
		}
	}
	return all
}

func each(values []any, in func(any) any) (all []any) {
	for _, value := range values {
		all = append(all, in(value))
	}
	return all
}

// leaves gives what is wrong, one text each. What an object may not have beside
// another is no field that it does not know.
func leaves(err error) (all []string) {
	var invalid *jsonschema.ValidationError
	if !errors.As(err, &invalid) {
		return nil
	}
	if len(invalid.Causes) == 0 && !strings.Contains(invalid.SchemaURL, "/then") {
		return []string{invalid.Error()}
	}
	for _, cause := range invalid.Causes {
		all = append(all, leaves(cause)...)
	}
	return all
}

// What the schema accepts, the API server reads: valid objects with one thing
// changed, a key that is misspelt, a value of another type or a missing field.
func TestWhatIsAcceptedIsRead(t *testing.T) {
	schemas := compiled(t)
	accepted, refused := 0, 0
	for name, all := range objects(t) {
		for _, object := range all {
			for _, changed := range mutations(object) {
				if schemas[name].Validate(changed) != nil {
					refused++
					continue
				}
				accepted++
				err := strictly(name, changed)
				if err != nil && strings.Contains(err.Error(), "quantities must match") && slices.Contains([]string{"Container", "ResourceRequirements"}, name) {
					continue // LS-RESOURCES-QUANTITY
				}
				assert.NoError(t, err, "%s: %v", name, changed)
			}
		}
	}
	assert.Greater(t, refused, 1000)
	assert.Greater(t, accepted, 100)
}

// mutations gives copies of a value with one change each.
func mutations(value any) []any {
	var all []any
	switch of := value.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(of)) {
			with := func(name string, item any) any {
				copied := maps.Clone(of)
				delete(copied, key)
				copied[name] = item
				return copied
			}
			missing := maps.Clone(of)
			delete(missing, key)
			all = append(all, missing, with(key, nil), with(key+"s", of[key]), with(strings.ToUpper(key[:1])+key[1:], of[key]))
			for _, item := range mutations(of[key]) {
				all = append(all, with(key, item))
			}
		}
		all = append(all, []any{}, "a", 1.0)
	case []any:
		for i := range of {
			for _, item := range mutations(of[i]) {
				copied := slices.Clone(of)
				copied[i] = item
				all = append(all, copied)
			}
		}
		all = append(all, append(slices.Clone(of), nil), map[string]any{}, "a", true)
	case string:
		all = append(all, 5.5, 7.0, []any{}, true, map[string]any{})
	case bool:
		all = append(all, "true", 1.0, []any{})
	default:
		all = append(all, "a", true, 1.5, 1e12, []any{})
	}
	return all
}

// The page says of which Kubernetes the types are.
func TestThePageNamesTheVersion(t *testing.T) {
	schema, err := os.ReadFile("../../charts/istio-lightstep/values.schema.json")
	require.NoError(t, err)
	version := regexp.MustCompile(`Volume of (Kubernetes 1\.\d+)"`).FindSubmatch(schema)
	require.NotNil(t, version)
	page, err := os.ReadFile("../../docs/values.md")
	require.NoError(t, err)
	assert.Contains(t, string(page), "**"+string(version[1])+"**")
}

func TestAddDefinitions(t *testing.T) {
	schema := []byte("{\n  \"type\": \"object\",\n  \"allOf\": [{\"$ref\": \"#/definitions/EnvVarList\"}, {\"$ref\": \"#/definitions/MetricSpec\"}]\n}\n")
	once, err := kubetypes.AddDefinitions(schema, "9.99")
	require.NoError(t, err)
	for range 20 {
		again, err := kubetypes.AddDefinitions(once, "9.99")
		require.NoError(t, err)
		assert.Equal(t, string(once), string(again), "what is there is written again, the same each time")
	}
	var written struct {
		Definitions map[string]struct {
			Description string `json:"description"`
		} `json:"definitions"`
	}
	require.NoError(t, json.Unmarshal(once, &written))
	assert.Equal(t, "EnvVar of Kubernetes 9.99", written.Definitions["EnvVar"].Description)
	assert.Contains(t, written.Definitions, "SecretKeySelector", "what it refers to is there")
	assert.NotContains(t, written.Definitions, "Volume", "what nothing refers to is not")

	none, err := kubetypes.AddDefinitions([]byte("{}\n"), "9.99")
	require.NoError(t, err)
	assert.Equal(t, "{}\n", string(none))
	_, err = kubetypes.AddDefinitions([]byte(`{"$ref": "#/definitions/Nonesuch"}`), "9.99")
	assert.ErrorIs(t, err, kubetypes.ErrUnknownType)
	assert.ErrorContains(t, err, "Nonesuch")
}

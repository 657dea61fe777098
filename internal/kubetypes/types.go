package kubetypes

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// types are those that values.yaml can refer to: objects of Kubernetes that the
// chart passes on as they are.
var types = []reflect.Type{
	reflect.TypeFor[appsv1.StatefulSetPersistentVolumeClaimRetentionPolicy](),
	reflect.TypeFor[appsv1.StatefulSetUpdateStrategy](),
	reflect.TypeFor[autoscalingv2.HorizontalPodAutoscalerBehavior](),
	reflect.TypeFor[autoscalingv2.MetricSpec](),
	reflect.TypeFor[corev1.Affinity](),
	reflect.TypeFor[corev1.Container](),
	reflect.TypeFor[corev1.EnvVar](),
	reflect.TypeFor[corev1.PodSecurityContext](),
	reflect.TypeFor[corev1.Probe](),
	reflect.TypeFor[corev1.ResourceRequirements](),
	reflect.TypeFor[corev1.SecurityContext](),
	reflect.TypeFor[corev1.Toleration](),
	reflect.TypeFor[corev1.TopologySpreadConstraint](),
	reflect.TypeFor[corev1.Volume](),
	reflect.TypeFor[corev1.VolumeMount](),
	reflect.TypeFor[networkingv1.NetworkPolicyEgressRule](),
	reflect.TypeFor[networkingv1.NetworkPolicyIngressRule](),
	reflect.TypeFor[networkingv1.NetworkPolicyPeer](),
}

// shape is what JSON of a Go type is.
type shape struct {
	is     []string // the types of JSON that it can be
	below  *shape   // of a list's items, or a map's values
	object string   // the name of a struct
	schema object   // what else holds of a number or a text
}

// object is a part of a schema.
type object = map[string]any

// structs has the fields of each struct by its name.
type structs struct {
	all   map[string]*fields
	extra map[string]extra
}

type fields struct {
	of     reflect.Type
	shapes map[string]shape
	must   []string // those that Go always writes
}

var (
	text   = shape{is: []string{"string"}}
	int32s = shape{is: []string{"integer"}, schema: object{"minimum": -1 << 31, "maximum": 1<<31 - 1}}
	int64s = shape{is: []string{"integer"}, schema: object{"minimum": -1 << 63, "maximum": 1<<63 - 1}}

	// Source: apimachinery pkg/api/resource; Kubernetes takes none below zero here.
	quantity = object{
		"pattern": `^\+?([0-9]+(\.[0-9]*)?|\.[0-9]+)([numkMGTPE]|[KMGTPE]i|[eE][-+]?[0-9]+)?$`, "minimum": 0,
		"description": "a quantity", "$comment": "write a number, followed by m, k, M, G, Ki, Mi, Gi or nothing, for example 512Mi",
	}
)

// shape gives that of a type, and adds the structs in it.
func (s structs) shape(t reflect.Type) (shape, error) {
	switch t {
	case reflect.TypeFor[resource.Quantity]():
		return shape{is: []string{"string", "number"}, schema: quantity}, nil
	case reflect.TypeFor[intstr.IntOrString]():
		return shape{is: []string{"string", "integer"}, schema: int32s.schema}, nil
	}
	if reflect.PointerTo(t).Implements(reflect.TypeFor[json.Unmarshaler]()) {
		return shape{}, fmt.Errorf("%v reads JSON in a way of its own", t)
	}
	switch t.Kind() {
	case reflect.String:
		return text, nil
	case reflect.Bool:
		return shape{is: []string{"boolean"}}, nil
	case reflect.Int32:
		return int32s, nil
	case reflect.Int64:
		return int64s, nil
	case reflect.Pointer:
		return s.shape(t.Elem())
	case reflect.Slice, reflect.Map:
		below, err := s.shape(t.Elem())
		is := map[reflect.Kind]string{reflect.Slice: "array", reflect.Map: "object"}[t.Kind()]
		return shape{is: []string{is}, below: &below}, err
	case reflect.Struct:
		return shape{is: []string{"object"}, object: t.Name()}, s.add(t)
	default:
		return shape{}, fmt.Errorf("%v has no shape in JSON", t)
	}
}

func (s structs) add(t reflect.Type) error {
	if known, ok := s.all[t.Name()]; ok {
		if known.of != t {
			return fmt.Errorf("%v and %v have one name", known.of, t)
		}
		return nil
	}
	f := &fields{of: t, shapes: map[string]shape{}}
	s.all[t.Name()] = f
	only := s.extra[t.Name()].Only
	for _, field := range inlined(t) {
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		if name == "-" || name == "" || only != nil && !slices.Contains(only, name) {
			continue
		}
		shape, err := s.shape(field.Type)
		if err != nil {
			return fmt.Errorf("%v.%s: %w", t, name, err)
		}
		f.shapes[name] = shape
		if field.Type.Kind() != reflect.Pointer && !strings.Contains(options, "omit") {
			f.must = append(f.must, name)
		}
	}
	return nil
}

// inlined gives the fields of a struct and of those that are part of it.
func inlined(t reflect.Type) []reflect.StructField {
	var all []reflect.StructField
	for i := range t.NumField() {
		field := t.Field(i)
		if name, _, _ := strings.Cut(field.Tag.Get("json"), ","); field.Anonymous && name == "" {
			all = append(all, inlined(field.Type)...)
		} else {
			all = append(all, field)
		}
	}
	return all
}

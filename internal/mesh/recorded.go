package mesh

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/yaml"

	"github.com/istio-lightstep/istio-lightstep/internal/bounded"
)

// Recorded is a Source of objects at rest, such as those of a file.
type Recorded struct {
	Objects []unstructured.Unstructured
	Denied  []string // resources that may not be seen, such as "secrets" or "telemetries.telemetry.istio.io"
}

// mostRecorded bounds a file of recorded objects, in bytes.
const mostRecorded = 64 << 20

// ReadRecorded reads objects from YAML or JSON documents, 64 MiB at most. Lists
// are taken apart.
func ReadRecorded(in io.Reader) (*Recorded, error) {
	data, err := bounded.Read(in, mostRecorded)
	if err != nil {
		return nil, fmt.Errorf("read recorded objects: %w", err)
	}
	decoder := yaml.NewYAMLOrJSONDecoder(bytes.NewReader(data), 4096)
	r := &Recorded{}
	for {
		var one unstructured.Unstructured
		err := decoder.Decode(&one.Object)
		if errors.Is(err, io.EOF) {
			return r, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read recorded objects: %w", err)
		}
		if len(one.Object) == 0 {
			continue
		}
		if !one.IsList() {
			r.Objects = append(r.Objects, one)
			continue
		}
		err = one.EachListItem(func(item runtime.Object) error {
			if u, ok := item.(*unstructured.Unstructured); ok {
				r.Objects = append(r.Objects, *u)
			}
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("read recorded objects: %w", err)
		}
	}
}

// Telemetries gives the recorded Telemetries, in their order.
func (r *Recorded) Telemetries() ([]Telemetry, error) {
	var found []Telemetry
	err := r.List(context.Background(), telemetries, Query{}, func(object []byte) error {
		t, err := newTelemetry(object)
		found = append(found, t)
		return err
	})
	return found, err
}

// Versions gives the versions that the recorded objects have.
func (r *Recorded) Versions(_ context.Context, group string) ([]string, error) {
	var found []string
	for i := range r.Objects {
		gv, err := schema.ParseGroupVersion(r.Objects[i].GetAPIVersion())
		if err == nil && gv.Group == group && !slices.Contains(found, gv.Version) {
			found = append(found, gv.Version)
		}
	}
	return found, nil
}

func (r *Recorded) denies(of Resource, namespace, name string) error {
	if !slices.Contains(r.Denied, of.String()) {
		return nil
	}
	return apierrors.NewForbidden(schema.GroupResource{Group: of.Group, Resource: of.Name}, name,
		fmt.Errorf("no right in namespace %q", namespace))
}

// Get gives a recorded object.
func (r *Recorded) Get(_ context.Context, of Resource, namespace, name string) ([]byte, error) {
	if err := r.denies(of, namespace, name); err != nil {
		return nil, err
	}
	for i := range r.Objects {
		if o := &r.Objects[i]; matches(o, of, Query{Namespace: namespace, Name: name}) {
			return o.MarshalJSON()
		}
	}
	return nil, apierrors.NewNotFound(schema.GroupResource{Group: of.Group, Resource: of.Name}, name)
}

// List hands out the recorded objects in their order.
func (r *Recorded) List(_ context.Context, of Resource, query Query, each func([]byte) error) error {
	if err := r.denies(of, query.Namespace, query.Name); err != nil {
		return err
	}
	for i := range r.Objects {
		if !matches(&r.Objects[i], of, query) {
			continue
		}
		object, err := r.Objects[i].MarshalJSON()
		if err != nil {
			return err
		}
		if err := each(object); err != nil {
			return err
		}
	}
	return nil
}

func matches(o *unstructured.Unstructured, of Resource, query Query) bool {
	group, _, found := strings.Cut(o.GetAPIVersion(), "/")
	if !found {
		group = ""
	}
	if reason, _, _ := unstructured.NestedString(o.Object, "reason"); query.Reason != "" && query.Reason != reason {
		return false
	}
	labels := o.GetLabels()
	for key, value := range query.Labels {
		if labels[key] != value {
			return false
		}
	}
	return o.GetKind() == of.Kind && group == of.Group &&
		(query.Namespace == "" || o.GetNamespace() == query.Namespace) &&
		(query.Name == "" || o.GetName() == query.Name) &&
		(query.AnyLabel.Key == "" || slices.Contains(query.AnyLabel.Values, labels[query.AnyLabel.Key]))
}

// decode reads an object into a struct that has the fields that are needed.
func decode(data []byte, into any) error {
	return json.NewDecoder(bytes.NewReader(data)).Decode(into)
}

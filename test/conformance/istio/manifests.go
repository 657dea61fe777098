package istio

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/yaml"
)

// Manifests are the objects of a YAML stream.
type Manifests []*unstructured.Unstructured

// ParseManifests decodes a YAML stream. Text that is no object, such as a log
// line between manifests, is an error; a document of comments is not.
func ParseManifests(stream []byte) (Manifests, error) {
	var manifests Manifests
	for decoder := yaml.NewYAMLOrJSONDecoder(bytes.NewReader(stream), 4096); ; {
		var object map[string]any
		err := decoder.Decode(&object)
		if errors.Is(err, io.EOF) {
			return manifests, nil
		}
		if err != nil {
			return nil, fmt.Errorf("decoding manifests: %w", err)
		}
		if len(object) > 0 {
			manifests = append(manifests, &unstructured.Unstructured{Object: object})
		}
	}
}

// Find gives the one object of a kind and name. None, or several, is an error.
func (m Manifests) Find(kind, name string) (*unstructured.Unstructured, error) {
	var found []*unstructured.Unstructured
	for _, object := range m {
		if object.GetKind() == kind && object.GetName() == name {
			found = append(found, object)
		}
	}
	if len(found) != 1 {
		return nil, fmt.Errorf("%d objects %s %s, want one", len(found), kind, name)
	}
	return found[0], nil
}

// ConfigMapKey gives the text of one key of the one ConfigMap of that name.
func (m Manifests) ConfigMapKey(name, key string) (string, error) {
	object, err := m.Find("ConfigMap", name)
	if err != nil {
		return "", err
	}
	text, ok, err := unstructured.NestedString(object.Object, "data", key)
	if err != nil {
		return "", fmt.Errorf("ConfigMap %s: %w", name, err)
	}
	if !ok {
		return "", fmt.Errorf("ConfigMap %s has no key %q", name, key)
	}
	return text, nil
}

// Deployment gives the one Deployment of that name.
func (m Manifests) Deployment(name string) (*appsv1.Deployment, error) {
	object, err := m.Find("Deployment", name)
	if err != nil {
		return nil, err
	}
	var deployment appsv1.Deployment
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(object.Object, &deployment); err != nil {
		return nil, fmt.Errorf("Deployment %s: %w", name, err)
	}
	return &deployment, nil
}

// InjectConfig is what the sidecar injector works with, out of a control
// plane's manifests.
type InjectConfig struct {
	// Mesh is the mesh config, Templates the injection templates, and Values
	// the control plane's values that the templates read.
	Mesh, Templates, Values string
}

// InjectConfig gives the injector's settings of a control plane without a
// revision.
func (m Manifests) InjectConfig() (InjectConfig, error) {
	mesh, meshErr := m.ConfigMapKey("istio", "mesh")
	templates, templatesErr := m.ConfigMapKey("istio-sidecar-injector", "config")
	values, valuesErr := m.ConfigMapKey("istio-sidecar-injector", "values")
	return InjectConfig{Mesh: mesh, Templates: templates, Values: values}, errors.Join(meshErr, templatesErr, valuesErr)
}

package cluster

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/client-go/dynamic"
)

// fieldOwner is under which name the suite's own objects are applied.
const fieldOwner = "istio-lightstep-e2e"

// Apply makes or changes the objects of a YAML stream, in its order, by a
// server-side apply. An object that names no namespace goes to the one given. A
// webhook that cannot be called, as when istiod has just been replaced, is called
// again.
func (c *Cluster) Apply(ctx context.Context, namespace, stream string) error {
	objects, err := Decode(stream)
	if err != nil {
		return err
	}
	for _, o := range objects {
		resource, err := c.Resource(o, namespace)
		if err != nil {
			return err
		}
		if err := c.mine(ctx, resource, o.GetName()); err != nil {
			return fmt.Errorf("apply %s %s: %w", o.GetKind(), o.GetName(), err)
		}
		c.label(o)
		options := metav1.ApplyOptions{FieldManager: fieldOwner, Force: true}
		var refused error
		err = c.until(ctx, fmt.Sprintf("%s %s is applied", o.GetKind(), o.GetName()), func(ctx context.Context) error {
			_, refused = resource.Apply(ctx, o.GetName(), o, options)
			if apierrors.IsInternalError(refused) {
				return refused
			}
			return nil
		})
		if err := errors.Join(err, refused); err != nil {
			return fmt.Errorf("apply %s %s: %w", o.GetKind(), o.GetName(), err)
		}
		if o.GetKind() == definition {
			if err := c.served(ctx, o); err != nil {
				return err
			}
		}
	}
	return nil
}

// definition is the kind of objects that define kinds.
const definition = "CustomResourceDefinition"

// served waits until the API server serves each version of a new kind. It answers to the
// definition before that.
func (c *Cluster) served(ctx context.Context, o *unstructured.Unstructured) error {
	group, _, err := unstructured.NestedString(o.Object, "spec", "group")
	kind, _, errKind := unstructured.NestedString(o.Object, "spec", "names", "kind")
	versions, _, errVersions := unstructured.NestedSlice(o.Object, "spec", "versions")
	if err := errors.Join(err, errKind, errVersions); err != nil {
		return fmt.Errorf("%s %s: %w", o.GetKind(), o.GetName(), err)
	}
	return c.until(ctx, o.GetName()+" is served", func(context.Context) error {
		c.mapper.Reset()
		for _, v := range versions {
			version, _ := v.(map[string]any)
			if served, _ := version["served"].(bool); !served {
				continue
			}
			if _, err := c.mapper.RESTMapping(schema.GroupKind{Group: group, Kind: kind}, fmt.Sprint(version["name"])); err != nil {
				return err
			}
		}
		return nil
	})
}

// Delete removes the objects of a YAML stream, last first. One that is not there
// is no error.
func (c *Cluster) Delete(ctx context.Context, namespace, stream string) error {
	objects, err := Decode(stream)
	if err != nil {
		return err
	}
	for i := len(objects) - 1; i >= 0; i-- {
		o := objects[i]
		resource, err := c.Resource(o, namespace)
		if meta.IsNoMatchError(err) {
			continue
		}
		if err != nil {
			return err
		}
		if err := c.mine(ctx, resource, o.GetName()); err != nil {
			return fmt.Errorf("delete %s %s: %w", o.GetKind(), o.GetName(), err)
		}
		foreground := metav1.DeletePropagationForeground
		err = resource.Delete(ctx, o.GetName(), metav1.DeleteOptions{PropagationPolicy: &foreground})
		if err != nil && !apierrors.IsNotFound(err) {
			return fmt.Errorf("delete %s %s: %w", o.GetKind(), o.GetName(), err)
		}
	}
	return nil
}

// label marks an object as the run's.
func (c *Cluster) label(o *unstructured.Unstructured) {
	if c.Run == "" {
		return
	}
	labels := maps.Clone(o.GetLabels())
	if labels == nil {
		labels = map[string]string{}
	}
	labels[RunLabel] = c.Run
	o.SetLabels(labels)
}

// Decode splits a YAML stream into its objects; empty documents are left out.
func Decode(stream string) ([]*unstructured.Unstructured, error) {
	decoder := yaml.NewYAMLOrJSONDecoder(bytes.NewReader([]byte(stream)), 4096)
	var objects []*unstructured.Unstructured
	for {
		o := &unstructured.Unstructured{}
		err := decoder.Decode(&o.Object)
		if errors.Is(err, io.EOF) {
			return objects, nil
		}
		if err != nil {
			return nil, fmt.Errorf("object %d of the stream: %w", len(objects)+1, err)
		}
		if len(o.Object) > 0 {
			objects = append(objects, o)
		}
	}
}

// Resource is where an object is on the cluster: in its own namespace, or else in the one
// given.
func (c *Cluster) Resource(o *unstructured.Unstructured, namespace string) (dynamic.ResourceInterface, error) {
	kind := o.GroupVersionKind()
	mapping, err := c.mapper.RESTMapping(kind.GroupKind(), kind.Version)
	if meta.IsNoMatchError(err) {
		// A definition that was made since the cluster was last asked.
		c.mapper.Reset()
		mapping, err = c.mapper.RESTMapping(kind.GroupKind(), kind.Version)
	}
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", kind.Kind, o.GetName(), err)
	}
	if mapping.Scope.Name() == meta.RESTScopeNameRoot {
		return c.Dynamic.Resource(mapping.Resource), nil
	}
	if o.GetNamespace() != "" {
		namespace = o.GetNamespace()
	}
	return c.Dynamic.Resource(mapping.Resource).Namespace(namespace), nil
}

// Namespace makes a namespace, or changes the labels of one that is there. An
// empty label takes ours of that name away.
func (c *Cluster) Namespace(ctx context.Context, name string, labels map[string]string) error {
	patch := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "v1", "kind": "Namespace", "metadata": map[string]any{"name": name},
	}}
	kept := map[string]string{}
	for k, v := range labels {
		if v != "" {
			kept[k] = v
		}
	}
	patch.SetLabels(kept)
	resource, err := c.Resource(patch, "")
	if err != nil {
		return err
	}
	if err := c.mine(ctx, resource, name); err != nil {
		return fmt.Errorf("namespace %s: %w", name, err)
	}
	c.label(patch)
	_, err = resource.Apply(ctx, name, patch, metav1.ApplyOptions{FieldManager: fieldOwner, Force: true})
	if err != nil {
		return fmt.Errorf("namespace %s: %w", name, err)
	}
	return nil
}

// DeleteNamespace removes a namespace and waits until it is gone. One that is not there
// is no error.
func (c *Cluster) DeleteNamespace(ctx context.Context, name string) error {
	if err := c.mineNamespace(ctx, name); apierrors.IsNotFound(err) {
		return nil
	} else if err != nil {
		return fmt.Errorf("delete: %w", err)
	}
	namespaces := c.Kubernetes.CoreV1().Namespaces()
	if err := namespaces.Delete(ctx, name, metav1.DeleteOptions{}); err != nil && !apierrors.IsNotFound(err) {
		return fmt.Errorf("namespace %s: %w", name, err)
	}
	return c.until(ctx, fmt.Sprintf("namespace %s is gone", name), func(ctx context.Context) error {
		_, err := namespaces.Get(ctx, name, metav1.GetOptions{})
		if apierrors.IsNotFound(err) {
			return nil
		}
		if err == nil {
			return errors.New("it is still there")
		}
		return err
	})
}

package helmengine

import (
	"context"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/dynamic"
)

// Lookup answers the chart's `lookup` template function: one object where name
// is given, else a list (`items`). A nil map with a nil error means not found,
// which the chart sees as empty; an error stops the render, as it does in Helm.
type Lookup func(apiVersion, kind, namespace, name string) (map[string]any, error)

// GetClientFor implements Helm's ClientProvider. Every kind is taken as
// namespaced, so the namespace is always told to the function.
func (l Lookup) GetClientFor(apiVersion, kind string) (dynamic.NamespaceableResourceInterface, bool, error) {
	return lookupClient{lookup: l, apiVersion: apiVersion, kind: kind}, true, nil
}

// lookupClient has the methods of a client that Helm's lookup calls; the
// embedded interface, which is nil, stands for those it never calls.
type lookupClient struct {
	dynamic.NamespaceableResourceInterface
	lookup                      Lookup
	apiVersion, kind, namespace string
}

func (c lookupClient) Namespace(namespace string) dynamic.ResourceInterface {
	c.namespace = namespace
	return c
}

func (c lookupClient) Get(_ context.Context, name string, _ metav1.GetOptions, _ ...string) (*unstructured.Unstructured, error) {
	object, err := c.lookup(c.apiVersion, c.kind, c.namespace, name)
	if err != nil {
		return nil, err
	}
	return &unstructured.Unstructured{Object: object}, nil
}

func (c lookupClient) List(context.Context, metav1.ListOptions) (*unstructured.UnstructuredList, error) {
	list, err := c.lookup(c.apiVersion, c.kind, c.namespace, "")
	if err != nil || list == nil {
		return &unstructured.UnstructuredList{}, err
	}
	return (&unstructured.Unstructured{Object: list}).ToList()
}

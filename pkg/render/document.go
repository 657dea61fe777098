package render

import (
	"cmp"
	"errors"
	"fmt"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/internal/helmengine"
)

// ErrNotObject is the error of [Document.Object] for a document that is not a
// Kubernetes object, such as the values of an Istio chart.
var ErrNotObject = errors.New("the document is not a Kubernetes object")

// Document is one YAML document of a [Result]. Printed, logged or encoded as JSON,
// it shows its kind and its template, and nothing else.
type Document struct {
	Source string // its template, such as istio-lightstep/templates/mesh/telemetry.yaml
	Hook   bool   // a hook of Helm, see [Result.Hooks]

	rendered sealed[helmengine.Document]
}

// YAML returns the text of the document. It may contain secrets.
func (d Document) YAML() []byte {
	if d.rendered == nil {
		return nil
	}
	return []byte(d.rendered.open().Content + "\n")
}

// Object decodes the document, again at each call. The error is [ErrNotObject] if
// it is not a Kubernetes object. The object may contain secrets.
func (d Document) Object() (*unstructured.Unstructured, error) {
	rendered := d.rendered.open()
	if rendered.Kind == "" {
		return nil, fmt.Errorf("decode %s: %w", d.Source, ErrNotObject)
	}
	data, err := yaml.YAMLToJSON([]byte(rendered.Content))
	if err != nil {
		return nil, fmt.Errorf("decode %s: %w", d.Source, err)
	}
	object := new(unstructured.Unstructured)
	if err := object.UnmarshalJSON(data); err != nil {
		return nil, fmt.Errorf("decode %s: %w", d.Source, err)
	}
	return object, nil
}

// String returns the kind and the template.
func (d Document) String() string {
	if d.rendered == nil {
		return "no document"
	}
	return cmp.Or(d.rendered.open().Kind, "values") + " of " + d.Source
}

// Format prints [Document.String] for every verb.
func (d Document) Format(f fmt.State, _ rune) { writeText(f, d.String()) }

// MarshalText gives [Document.String], to logs and as JSON.
func (d Document) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

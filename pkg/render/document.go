package render

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/internal/helmengine"
)

// ErrNotObject is the error of [Document.Object] for a document that is not a
// Kubernetes object, such as the values of an Istio chart.
var ErrNotObject = errors.New("the document is not a Kubernetes object")

// Document is one YAML document of a [Result]. Printed, logged or encoded as
// text it names its kind and its template alone.
type Document struct {
	Source string // template that it comes from, such as istio-lightstep/templates/telemetry.yaml
	Hook   bool   // Helm runs it at a time of its own: a test, or a job before an uninstall

	rendered sealed[helmengine.Document]
}

// YAML gives the text of the document. Secrets are in it.
func (d Document) YAML() []byte {
	if d.rendered == nil {
		return nil
	}
	return []byte(d.rendered.open().Content + "\n")
}

// Object gives the document as a Kubernetes object, decoded anew at each call:
// it is the caller's. The error of a document that is none is [ErrNotObject].
// Secrets are in it.
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

// String gives the kind and the template.
func (d Document) String() string {
	if d.rendered == nil {
		return "no document"
	}
	return cmp.Or(d.rendered.open().Kind, "values") + " of " + d.Source
}

// Format prints [Document.String], whatever the verb.
func (d Document) Format(f fmt.State, _ rune) { writeText(f, d.String()) }

// LogValue gives a log [Document.String].
func (d Document) LogValue() slog.Value { return slog.StringValue(d.String()) }

// MarshalText gives JSON and others [Document.String].
func (d Document) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

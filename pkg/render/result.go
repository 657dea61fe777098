package render

import (
	"cmp"
	"fmt"
	"log/slog"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/internal/helmengine"
)

// Result is what values were rendered to. Printed, logged or encoded as text it
// tells the objects' names alone.
type Result struct {
	// Warnings are the problems that do not refuse the values.
	Warnings []Problem

	output *helmengine.Output
}

// YAML gives the bytes that `helm template` prints, hooks included. Secrets are
// in them.
func (r *Result) YAML() []byte { return r.output.YAML() }

// String names the documents, by kind and template.
func (r Result) String() string {
	if r.output == nil {
		return "nothing rendered"
	}
	lines := make([]string, len(r.output.Documents))
	for i, d := range r.output.Documents {
		lines[i] = cmp.Or(d.Kind, "values") + " of " + d.Source
	}
	return strings.Join(lines, "\n")
}

// Format prints [Result.String], whatever the verb.
func (r Result) Format(f fmt.State, _ rune) { writeText(f, r.String()) }

// LogValue gives a log [Result.String].
func (r Result) LogValue() slog.Value { return slog.StringValue(r.String()) }

// MarshalText gives JSON and others [Result.String].
func (r Result) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// Objects gives the Kubernetes objects, in Helm's order of installation, decoded
// anew at each call: they are the caller's. Left out are Helm's hooks, which
// `helm install` does not apply either (the pod of `helm test`, and the job
// before an uninstall), and a document that is no Kubernetes object, such as the
// values of an Istio chart. Secrets are in them.
func (r *Result) Objects() ([]*unstructured.Unstructured, error) {
	var objects []*unstructured.Unstructured
	for _, d := range r.output.Documents {
		if d.Kind == "" || d.Hook {
			continue
		}
		data, err := yaml.YAMLToJSON([]byte(d.Content))
		if err != nil {
			return nil, fmt.Errorf("decode %s: %w", d.Source, err)
		}
		object := new(unstructured.Unstructured)
		if err := object.UnmarshalJSON(data); err != nil {
			return nil, fmt.Errorf("decode %s: %w", d.Source, err)
		}
		objects = append(objects, object)
	}
	return objects, nil
}

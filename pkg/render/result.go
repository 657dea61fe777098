package render

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/internal/helmengine"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

// Result is what values were rendered to. Printed, logged or encoded as JSON, it
// shows the kind and the template of each document, and nothing else.
type Result struct {
	// Warnings are the problems that are not errors.
	Warnings []problem.Problem

	rendered sealed[[]helmengine.Document]
}

// YAML returns what `helm template` prints, with Helm's hooks. Use
// [Result.WithoutHooks] if another program than Helm applies the objects. It
// contains secrets.
func (r *Result) YAML() []byte { return helmengine.YAML(r.all()) }

// all gives what was rendered, of a nil or zero Result nothing.
func (r *Result) all() []helmengine.Document {
	if r == nil {
		return nil
	}
	return r.rendered.open()
}

// Documents returns every document in the order of [Result.YAML]: objects, Helm's
// hooks, and documents that are not objects.
func (r *Result) Documents() []Document {
	all := r.all()
	documents := make([]Document, len(all))
	for i := range all {
		documents[i] = Document{Source: all[i].Source, Hook: all[i].Hook, rendered: seal(all[i])}
	}
	return documents
}

// WithoutHooks returns the result without Helm's hooks. Its YAML is what
// `helm template --no-hooks` prints, and safe for `kubectl apply`.
func (r *Result) WithoutHooks() *Result {
	left := slices.DeleteFunc(slices.Clone(r.all()), func(d helmengine.Document) bool { return d.Hook })
	without := &Result{rendered: seal(left)}
	if r != nil {
		without.Warnings = r.Warnings
	}
	return without
}

// Files returns each document by a file name: the kind, namespace and name of an
// object, such as telemetry.istio-system.istio-lightstep.yaml, or the name of the
// template if the document is not an object. Together the files are what
// [Result.YAML] is. They contain secrets.
func (r *Result) Files() (map[string][]byte, error) {
	files := make(map[string][]byte, len(r.all()))
	for _, d := range r.all() {
		name, err := fileName(d)
		if err != nil {
			return nil, fmt.Errorf("decode %s: %w", d.Source, err)
		}
		if _, taken := files[name]; taken {
			return nil, fmt.Errorf("two documents are called %s", name)
		}
		files[name] = bytes.TrimPrefix(helmengine.YAML([]helmengine.Document{d}), []byte("\n")) // which begins a render of hooks alone
	}
	return files, nil
}

// unsafe is what neither kinds nor names are made of.
var unsafe = regexp.MustCompile(`[^-.a-z0-9]`)

func fileName(d helmengine.Document) (string, error) {
	if d.Kind == "" {
		return path.Base(d.Source), nil
	}
	var head struct {
		Metadata struct{ Namespace, Name string }
	}
	if err := yaml.Unmarshal([]byte(d.Content), &head); err != nil {
		return "", err
	}
	name := d.Kind
	for _, part := range []string{head.Metadata.Namespace, head.Metadata.Name} {
		if part != "" {
			name += "." + part
		}
	}
	return unsafe.ReplaceAllString(strings.ToLower(name), "-") + ".yaml", nil
}

// String returns the [Document.String] of each document, one a line.
func (r Result) String() string {
	lines := make([]string, len(r.all()))
	for i, d := range r.Documents() {
		lines[i] = d.String()
	}
	return cmp.Or(strings.Join(lines, "\n"), "nothing rendered")
}

// Format prints [Result.String] for every verb.
func (r Result) Format(f fmt.State, _ rune) { writeText(f, r.String()) }

// MarshalText gives [Result.String], to logs and as JSON.
func (r Result) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// Objects returns the Kubernetes objects that `helm install` applies, in Helm's
// order: without hooks, see [Result.Hooks], and without documents that are not
// objects, see [Result.Documents]. Each call decodes them again, so the caller
// may change them. They contain secrets.
func (r *Result) Objects() ([]*unstructured.Unstructured, error) { return r.objects(false) }

// Hooks returns the objects that Helm runs apart from the others: the pod of
// `helm test`, and the job before an uninstall. They are as those of
// [Result.Objects].
func (r *Result) Hooks() ([]*unstructured.Unstructured, error) { return r.objects(true) }

func (r *Result) objects(hooks bool) ([]*unstructured.Unstructured, error) {
	var objects []*unstructured.Unstructured
	for _, d := range r.Documents() {
		if d.rendered.open().Kind == "" || d.Hook != hooks {
			continue
		}
		object, err := d.Object()
		if err != nil {
			return nil, err
		}
		objects = append(objects, object)
	}
	return objects, nil
}

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

// sealed holds a value that may have secrets, where fmt does not look: in a
// field that is not exported it calls no Format, and follows pointers.
type sealed[T any] func() T

func seal[T any](value T) sealed[T] { return func() T { return value } }

// open gives the value, of a zero sealed the zero value.
func (s sealed[T]) open() (value T) {
	if s != nil {
		value = s()
	}
	return value
}

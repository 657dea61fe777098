package render

import (
	"bytes"
	"cmp"
	"fmt"
	"log/slog"
	"path"
	"regexp"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/internal/helmengine"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

// Result is what values were rendered to. Printed, logged or encoded as text it
// tells the objects' names alone.
type Result struct {
	// Warnings are the problems that do not refuse the values.
	Warnings []problem.Problem

	rendered sealed[[]helmengine.Document]
}

// YAML gives the bytes that `helm template` prints, Helm's hooks included; leave
// them out by [Result.WithoutHooks] where another program than Helm applies the
// objects. Secrets are in them.
func (r *Result) YAML() []byte { return (&helmengine.Output{Documents: r.rendered.open()}).YAML() }

// Documents gives every document, in the order of [Result.YAML]: objects, Helm's
// hooks, and a control-plane document that may be no object.
func (r *Result) Documents() []Document {
	all := r.rendered.open()
	documents := make([]Document, len(all))
	for i := range all {
		documents[i] = Document{Source: all[i].Source, Hook: all[i].Hook, rendered: seal(all[i])}
	}
	return documents
}

// WithoutHooks gives the result without what Helm runs at a time of its own: the
// pod of `helm test`, and the job before an uninstall. Its YAML is what
// `helm template --no-hooks` prints, and what may be given to `kubectl apply`.
func (r *Result) WithoutHooks() *Result {
	left := slices.DeleteFunc(slices.Clone(r.rendered.open()), func(d helmengine.Document) bool { return d.Hook })
	return &Result{Warnings: r.Warnings, rendered: seal(left)}
}

// Files gives each document as a file of its own, by the file's name: the
// object's kind, namespace and name, such as
// telemetry.istio-system.istio-lightstep.yaml, or, of a document that is no
// Kubernetes object, such as the values of an Istio chart, its template's. The
// files are together what [Result.YAML] is. Secrets are in them.
func (r *Result) Files() (map[string][]byte, error) {
	files := make(map[string][]byte, len(r.rendered.open()))
	for _, d := range r.rendered.open() {
		name, err := fileName(d)
		if err != nil {
			return nil, fmt.Errorf("decode %s: %w", d.Source, err)
		}
		if _, taken := files[name]; taken {
			return nil, fmt.Errorf("two documents are called %s", name)
		}
		alone := helmengine.Output{Documents: []helmengine.Document{d}}
		files[name] = bytes.TrimPrefix(alone.YAML(), []byte("\n")) // which begins a render of hooks alone
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

// String names the documents, each as [Document.String].
func (r Result) String() string {
	lines := make([]string, len(r.rendered.open()))
	for i, d := range r.Documents() {
		lines[i] = d.String()
	}
	return cmp.Or(strings.Join(lines, "\n"), "nothing rendered")
}

// Format prints [Result.String], whatever the verb.
func (r Result) Format(f fmt.State, _ rune) { writeText(f, r.String()) }

// LogValue gives a log [Result.String].
func (r Result) LogValue() slog.Value { return slog.StringValue(r.String()) }

// MarshalText gives JSON and others [Result.String].
func (r Result) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// Objects gives the Kubernetes objects that `helm install` applies, in Helm's
// order: neither Helm's hooks (see [Result.Hooks]), nor a document that is not
// an object (see [Result.Documents]). They are decoded anew at each call and are
// the caller's. Secrets are in them.
func (r *Result) Objects() ([]*unstructured.Unstructured, error) { return r.objects(false) }

// Hooks gives the objects that Helm runs at a time of its own, as
// [Result.Objects] gives the others: the pod of `helm test`, and the job before
// an uninstall.
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

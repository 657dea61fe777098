package render

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

// Errors of [New] about what [WithPrevious] gives.
var (
	ErrNothingPrevious = errors.New("it has no object of this chart; give the values, or what they rendered")
	ErrOtherRelease    = errors.New("it is of another release")
	ErrOtherNamespace  = errors.New("it is of another namespace")
	ErrNotWhole        = errors.New("of the collectors it has not both the StatefulSet and the ConfigMap of that name; give all manifests of the release")
)

// WithPrevious gives what is installed now: the values, or the manifests that they
// rendered. Values that would leave spans in a queue of these collectors are then
// refused, as `helm upgrade` refuses them by looking at the cluster. Errors call
// it by the name.
func WithPrevious(name string, text []byte) Option {
	return func(o *options) { o.previousName, o.previous = name, text }
}

// readPrevious reads what WithPrevious gave.
func (r *Renderer) readPrevious(name string, text []byte) error {
	objects, err := mesh.ReadRecorded(bytes.NewReader(text))
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	var all []*unstructured.Unstructured
	for i := range objects.Objects {
		if objects.Objects[i].GetKind() != "" {
			all = append(all, &objects.Objects[i])
		}
	}
	if len(all) == 0 {
		if all, err = r.renderPrevious(name, text); err != nil {
			return err
		}
	}
	if err := r.ofThisRelease(all); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	r.previous = []any{}
	collectors := map[string]map[string]bool{}
	elsewhere := map[string]bool{}
	for _, object := range all {
		kind := object.GetKind()
		if kind != "StatefulSet" && kind != "ConfigMap" {
			continue
		}
		ours := r.isOurs(object)
		if namespace := object.GetNamespace(); namespace != "" && namespace != r.namespace {
			elsewhere[namespace] = elsewhere[namespace] || ours
			continue
		}
		r.previous = append(r.previous, object.Object)
		_, configures, _ := unstructured.NestedString(object.Object, "data", "config.yaml")
		if ours && (kind == "StatefulSet" || configures) {
			if collectors[object.GetName()] == nil {
				collectors[object.GetName()] = map[string]bool{}
			}
			collectors[object.GetName()][kind] = true
		}
	}
	return r.wholePrevious(name, collectors, elsewhere)
}

// wholePrevious refuses what lacks the collectors, or a half of them: nothing could be
// compared with it, and nothing would be told. Takes the kinds by the name of the
// collectors, and whether namespaces that are not the release's have objects of it.
func (r *Renderer) wholePrevious(name string, collectors map[string]map[string]bool, elsewhere map[string]bool) error {
	for _, kinds := range collectors {
		if len(kinds) < 2 {
			return fmt.Errorf("%s: %w", name, ErrNotWhole)
		}
	}
	maps.DeleteFunc(elsewhere, func(_ string, ours bool) bool { return !ours })
	if len(collectors) == 0 && len(elsewhere) > 0 {
		return fmt.Errorf("%s: %w, %s: give that one", name, ErrOtherNamespace, strings.Join(slices.Sorted(maps.Keys(elsewhere)), ", "))
	}
	return nil
}

// isOurs tells an object of this release.
func (r *Renderer) isOurs(object *unstructured.Unstructured) bool {
	labels := object.GetLabels()
	return labels["app.kubernetes.io/name"] == DefaultRelease && labels["app.kubernetes.io/instance"] == r.release
}

// renderPrevious gives the objects that the values of before render.
func (r *Renderer) renderPrevious(name string, text []byte) ([]*unstructured.Unstructured, error) {
	v, err := ReadValues(Bytes(name, text), Set("output=cluster"))
	if err != nil {
		return nil, err
	}
	result, err := r.Render(context.Background(), v)
	var refused *ProblemsError
	if errors.As(err, &refused) {
		for _, p := range refused.Problems {
			if p.Severity == problem.SeverityError {
				return nil, fmt.Errorf("%s, the values of before: %s: %s [%s]; give the manifests that are installed", name, p.Path, p.Reason, p.ID)
			}
		}
	}
	if err != nil {
		return nil, err
	}
	return result.Objects()
}

// ofThisRelease refuses objects of which none is the chart's, or all are of other
// releases.
func (r *Renderer) ofThisRelease(objects []*unstructured.Unstructured) error {
	others := map[string]bool{}
	for _, object := range objects {
		labels := object.GetLabels()
		if labels["app.kubernetes.io/name"] != DefaultRelease || labels["app.kubernetes.io/instance"] == "" {
			continue
		}
		if labels["app.kubernetes.io/instance"] == r.release {
			return nil
		}
		others[labels["app.kubernetes.io/instance"]] = true
	}
	if len(others) == 0 {
		return ErrNothingPrevious
	}
	return fmt.Errorf("%w, %s: give its name", ErrOtherRelease, strings.Join(slices.Sorted(maps.Keys(others)), ", "))
}

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

	"github.com/istio-lightstep/istio-lightstep/internal/collector"
	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
)

// Errors of [New] about what [WithPrevious] gives.
var (
	// ErrNothingPrevious: the manifests have no object with the labels of this chart.
	ErrNothingPrevious = errors.New("it has no object of this chart; give the values, or what they rendered")
	// ErrOtherRelease: every object of this chart is of a release other than that of [WithRelease].
	ErrOtherRelease = errors.New("it is of another release")
	// ErrOtherNamespace: the release's collectors are in a namespace other than that of [WithRelease].
	ErrOtherNamespace = errors.New("it is of another namespace")
	// ErrSeveral: the chart is a dependency under several aliases, whose collectors are all there.
	ErrSeveral = errors.New("it has collectors of several aliases of this chart")
	// ErrNotWhole: of some collectors there is only the StatefulSet or only the ConfigMap.
	ErrNotWhole = errors.New("of the collectors it has not both the StatefulSet and the ConfigMap of that name; give all manifests of the release")
)

// WithPrevious gives what is installed now: the values, or the manifests that they
// rendered. Values that would leave spans in a queue of these collectors are then
// refused, as `helm upgrade` refuses them by looking at the cluster. Errors call
// it by the name. Values without istio.version, such as the base file of many clusters,
// are those of the newest Istio: the queues of collectors are the same on all. An empty
// text, or a nil one, is an error: leave the option out where nothing is installed.
func WithPrevious(name string, text []byte) Option {
	return func(o *options) { o.hasPrevious, o.previousName, o.previous = true, name, text }
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
	if err := r.takePrevious(all); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// takePrevious keeps what the collectors are made of, and refuses what lacks them, or a
// half of them: nothing could be compared with it, and nothing would be told.
func (r *Renderer) takePrevious(objects []*unstructured.Unstructured) error {
	r.previous = []any{}
	sets, configs, elsewhere := map[string]bool{}, map[string]bool{}, map[string]bool{} // of this release, by name; by namespace
	aliases := map[string]bool{}
	for _, object := range objects {
		kind, namespace := object.GetKind(), object.GetNamespace()
		if kind != "StatefulSet" && kind != "ConfigMap" {
			continue
		}
		ours := releaseOf(object) == r.release
		if namespace != "" && namespace != r.namespace {
			if ours {
				elsewhere[namespace] = true
			}
			continue
		}
		r.previous = append(r.previous, object.Object)
		_, configures, _ := unstructured.NestedString(object.Object, "data", "config.yaml")
		switch {
		case ours && kind == "StatefulSet":
			sets[object.GetName()] = true
			aliases[object.GetLabels()[collector.NameLabel]] = true
		case ours && configures:
			configs[object.GetName()] = true
		}
	}
	if len(aliases) > 1 {
		return fmt.Errorf("%w, %s: give the manifests of one", ErrSeveral, strings.Join(slices.Sorted(maps.Keys(aliases)), ", "))
	}
	if !maps.Equal(sets, configs) {
		return ErrNotWhole
	}
	if len(sets) == 0 && len(elsewhere) > 0 {
		return fmt.Errorf("%w, %s: give that one", ErrOtherNamespace, strings.Join(slices.Sorted(maps.Keys(elsewhere)), ", "))
	}
	return nil
}

// releaseOf gives the release of an object of this chart, "" for any other.
func releaseOf(object *unstructured.Unstructured) string {
	if labels := object.GetLabels(); collector.OfChart(labels) {
		return labels[collector.ReleaseLabel]
	}
	return ""
}

// renderPrevious gives the objects that the values of before render.
func (r *Renderer) renderPrevious(name string, text []byte) ([]*unstructured.Unstructured, error) {
	result, err := r.renderBefore(Bytes(name, text))
	var refused *ProblemsError
	if errors.As(err, &refused) && slices.ContainsFunc(refused.Problems, func(p problem.Problem) bool { return p.ID == noVersion }) {
		rows := r.dialects.Rows()
		result, err = r.renderBefore(Bytes(name, text), Set("istio.version="+rows[len(rows)-1].Minor+".0"))
	}
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

// noVersion is the rule that asks for istio.version.
const noVersion = "LS-ISTIO-VERSION-MISSING"

func (r *Renderer) renderBefore(sources ...Source) (*Result, error) {
	v, err := ReadValues(append(sources, Set("output=cluster"))...)
	if err != nil {
		return nil, err
	}
	return r.Render(context.Background(), v)
}

// ofThisRelease refuses objects of which none is the chart's, or all are of other
// releases.
func (r *Renderer) ofThisRelease(objects []*unstructured.Unstructured) error {
	others := map[string]bool{}
	for _, object := range objects {
		switch release := releaseOf(object); release {
		case "":
		case r.release:
			return nil
		default:
			others[release] = true
		}
	}
	if len(others) == 0 {
		return ErrNothingPrevious
	}
	return fmt.Errorf("%w, %s: give its name", ErrOtherRelease, strings.Join(slices.Sorted(maps.Keys(others)), ", "))
}

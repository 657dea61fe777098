package telemetries

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
)

// ErrNone says that the values lead to no Telemetry.
var ErrNone = errors.New("these values render no Telemetry: Istio has them from 1.16.1 on, with output cluster and telemetry.enabled")

// Beside gives the effect of the Telemetries that were rendered together with
// those of a user's file, and the names of the former. One of the file that has
// the name of one of the chart's is the chart's own that is installed: it is
// replaced, and keeps its time. What else the chart renders is younger than all
// in the file.
func Beside(rendered []*unstructured.Unstructured, file io.Reader) (Effect, []string, error) {
	chart := &mesh.Recorded{}
	for _, object := range rendered {
		chart.Objects = append(chart.Objects, *object)
	}
	own, err := chart.Telemetries()
	if err != nil {
		return Effect{}, nil, err
	}
	at := slices.IndexFunc(own, func(t mesh.Telemetry) bool { return len(t.Selector) == 0 && provided(&t) })
	if at < 0 {
		return Effect{}, nil, ErrNone
	}
	recorded, err := mesh.ReadRecorded(file)
	if err != nil {
		return Effect{}, nil, err
	}
	theirs, err := recorded.Telemetries()
	if err != nil {
		return Effect{}, nil, err
	}
	if len(theirs) == 0 {
		return Effect{}, nil, fmt.Errorf("it contains no Telemetry; `kubectl get telemetries --all-namespaces --output yaml` gives those of a cluster")
	}
	root, revision := own[at].Namespace, own[at].Revision()
	slices.SortStableFunc(theirs, mesh.OlderTelemetry)
	var ours []string
	for _, t := range own {
		ours = append(ours, t.String())
		installed := slices.IndexFunc(theirs, func(other mesh.Telemetry) bool { return other.Ref == t.Ref })
		if installed < 0 {
			theirs = append(theirs, t)
		} else {
			t.Created = theirs[installed].Created
			theirs[installed] = t
		}
	}
	return Of(theirs, root, revision), ours, nil
}

func provided(t *mesh.Telemetry) bool {
	return slices.ContainsFunc(t.Tracing, func(entry mesh.Tracing) bool { return len(entry.Providers) > 0 })
}

package mesh

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
)

// Refusal is a workload of which Kubernetes cannot make a pod: the API server,
// or a webhook of it, refuses.
type Refusal struct {
	Ref
	Kind    string            // Deployment, ReplicaSet, StatefulSet or DaemonSet
	Labels  map[string]string // of the pods that are to be
	Missing int               // pods that are wanted and not there
	Message string            // of the API server, as the event has it
	Since   time.Time         // of the first attempt that is remembered
}

// Workload names the workload for people and for kubectl.
func (r *Refusal) Workload() string { return strings.ToLower(r.Kind) + "/" + r.Name }

// mostRefusals bounds how many workloads are looked at: each is a request.
const mostRefusals = 50

// attempt is what an event says of a pod that could not be made.
type attempt struct {
	kind        string
	at          Ref
	message     string
	first, last time.Time
}

// refusals reads the events of pods that could not be made, and then those of
// the workloads that still lack some. Events are remembered for an hour; a
// controller tries again every 17 minutes or sooner.
func (r *reader) refusals(ctx context.Context) {
	latest := map[string]attempt{}
	pods := map[string][]*Pod{}
	for i := range r.snapshot.Pods {
		p := &r.snapshot.Pods[i]
		pods[p.Namespace] = append(pods[p.Namespace], p)
	}
	r.list(ctx, events, Query{Namespace: r.options.Namespace, Reason: "FailedCreate"}, func(data []byte) error {
		a, err := newAttempt(data)
		key := a.kind + " " + a.at.String()
		if err != nil || latest[key].last.After(a.last) || a.succeeded(pods[a.at.Namespace]) {
			return nil //nolint:nilerr // one event that cannot be read hides no other
		}
		latest[key] = a
		return nil
	})
	attempts := make([]attempt, 0, len(latest))
	for _, a := range latest {
		attempts = append(attempts, a)
	}
	slices.SortFunc(attempts, func(a, b attempt) int {
		return cmp.Or(b.last.Compare(a.last), strings.Compare(a.kind+a.at.String(), b.kind+b.at.String()))
	})
	if more := len(attempts) - mostRefusals; more > 0 {
		r.snapshot.Gaps = append(r.snapshot.Gaps, Gap{
			What: fmt.Sprintf("%d more workloads whose pods were refused", more), Why: fmt.Sprintf("%d are looked at", mostRefusals),
		})
		attempts = attempts[:mostRefusals]
	}
	for _, a := range attempts {
		if ctx.Err() != nil {
			return
		}
		r.refusal(ctx, a)
	}
}

// newAttempt reads an event of either API: core's controllers write times of
// their own into it, others a series.
func newAttempt(data []byte) (attempt, error) {
	var o corev1.Event
	if err := decode(data, &o); err != nil {
		return attempt{}, fmt.Errorf("read an Event: %w", err)
	}
	a := attempt{
		kind: o.InvolvedObject.Kind, at: Ref{o.InvolvedObject.Namespace, o.InvolvedObject.Name}, message: o.Message,
		first: o.FirstTimestamp.Time, last: o.LastTimestamp.Time,
	}
	if a.last.IsZero() {
		a.first, a.last = o.EventTime.Time, o.EventTime.Time
	}
	if o.Series != nil && o.Series.LastObservedTime.After(a.last) {
		a.last = o.Series.LastObservedTime.Time
	}
	return a, nil
}

// succeeded tells whether a pod of the workload was made since the attempt, by
// the pods of its namespace.
func (a attempt) succeeded(pods []*Pod) bool {
	return slices.ContainsFunc(pods, func(p *Pod) bool {
		own, found := strings.CutPrefix(p.Name, a.at.Name+"-")
		return found && !strings.Contains(own, "-") && !p.Created.Before(a.last)
	})
}

// refusal keeps a workload that still lacks pods.
func (r *reader) refusal(ctx context.Context, a attempt) {
	of, known := map[string]Resource{
		"ReplicaSet": replicaSets, "StatefulSet": statefulSets, "DaemonSet": daemonSets,
	}[a.kind]
	if !known {
		return
	}
	data, err := r.source.Get(ctx, of, a.at.Namespace, a.at.Name)
	if err != nil {
		if !Absent(err) && ctx.Err() == nil {
			r.gap(of, a.at.Namespace, err)
		}
		return
	}
	found, err := newRefusal(a, data)
	if err != nil {
		r.gap(of, a.at.Namespace, err)
	} else if found.Missing > 0 {
		r.snapshot.Refusals = append(r.snapshot.Refusals, found)
	}
}

func newRefusal(a attempt, data []byte) (Refusal, error) {
	found := Refusal{Ref: a.at, Kind: a.kind, Message: a.message, Since: a.first}
	var o struct {
		object[struct {
			Replicas *int                   `json:"replicas"`
			Template corev1.PodTemplateSpec `json:"template"`
		}]
		Status struct {
			Replicas int `json:"replicas"`
			Desired  int `json:"desiredNumberScheduled"`
			Current  int `json:"currentNumberScheduled"`
		} `json:"status"`
	}
	if err := decode(data, &o); err != nil {
		return found, fmt.Errorf("read a %s: %w", a.kind, err)
	}
	found.Labels, found.Missing = o.Spec.Template.Labels, ptr.Deref(o.Spec.Replicas, 1)-o.Status.Replicas
	if a.kind == "DaemonSet" {
		found.Missing = o.Status.Desired - o.Status.Current
	}
	if of := metav1.GetControllerOfNoCopy(&o.Metadata); of != nil && a.kind == "ReplicaSet" {
		found.Kind, found.Name = of.Kind, of.Name
	}
	return found, nil
}

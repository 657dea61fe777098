package compare

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/internal/collector"
	"github.com/istio-lightstep/istio-lightstep/internal/doctor/finding"
	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
	"github.com/istio-lightstep/istio-lightstep/internal/terminal"
	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// Asker reads a cluster and asks its pods; a *mesh.Cluster is one.
type Asker interface {
	mesh.Source
	// Ask sends GET requests to a port of a pod.
	Ask(ctx context.Context, pod mesh.Ref, port int, paths []string, take func(path string, answer []byte) error) error
	// Anew gives lists their whole time again.
	Anew()
}

// Options say what is compared, and for how long.
type Options struct {
	Namespace string        // of the release
	Release   string        // its name; may be empty where there is one alone
	Backends  []string      // names of backends or exporters; empty for all
	For       time.Duration // the longest time
	Spans     float64       // it ends once each backend took so many; 0: after the time alone
	Every     time.Duration // between two looks
	Settle    time.Duration // for queues to be empty, before and after
	Timeout   time.Duration // of each question to a pod
	Told      func(what string)

	clock clock
}

// The bounds that are used where none are given.
const (
	DefaultFor     = time.Hour
	DefaultEvery   = 10 * time.Second
	DefaultSettle  = time.Minute
	DefaultTimeout = 10 * time.Second
)

// clock is the time, which tests make.
type clock interface {
	Now() time.Time
	Sleep(ctx context.Context, d time.Duration) error
}

type wall struct{}

// Now is the time.
func (wall) Now() time.Time { return time.Now() }

// Sleep waits, or ends with the context.
func (wall) Sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// Run compares. Its error says that there is nothing to compare, that the
// cluster could not be asked, or that the context ended; what keeps it from a
// verdict otherwise is in the report.
func Run(ctx context.Context, from Asker, catalogue *finding.Catalogue, o Options) (*Report, error) {
	if o.clock == nil {
		o.clock = wall{}
	}
	if o.Told == nil {
		o.Told = func(string) {}
	}
	found, err := find(ctx, from, &o)
	if err != nil {
		return nil, err
	}
	w := &watch{from: from, options: &o, release: found, replicas: map[string]*replica{}}
	if err := w.backends(ctx); err != nil {
		return nil, err
	}
	r := &Report{Release: found.name, Namespace: found.namespace, catalogue: catalogue, Gaps: []mesh.Gap{}, Findings: []finding.Finding{}}
	o.Told("waiting until the queues are empty")
	gaps, err := w.begin(ctx)
	if err != nil {
		return nil, err
	}
	if len(gaps) > 0 {
		r.Gaps = gaps
		r.judge(w)
		return r, nil
	}
	if err := w.pass(ctx); err != nil {
		return nil, err
	}
	o.Told("waiting until what came has left the queues")
	if err := w.finish(ctx); err != nil {
		return nil, err
	}
	r.Gaps = append(r.Gaps, w.unasked()...)
	r.judge(w)
	if w.tapped {
		r.traces(ctx, w)
	}
	return r, nil
}

// backends finds out which exporters are compared: those of the collector's
// configuration or, where that may not be read, those with a queue.
func (w *watch) backends(ctx context.Context) error {
	if len(w.release.exporters)+len(w.release.drained) == 0 {
		if err := w.look(ctx); err != nil {
			return err
		}
		for _, r := range w.replicas {
			if r.last != nil {
				w.release.exporters = r.last.Queues(w.release.exporters...)
			}
		}
		w.replicas = map[string]*replica{}
	}
	return w.release.choose(w.options.Backends)
}

// The kinds that are read.
var (
	statefulSets = mesh.Resource{Group: "apps", Version: "v1", Name: "statefulsets", Kind: "StatefulSet"}
	configMaps   = mesh.Resource{Version: "v1", Name: "configmaps", Kind: "ConfigMap"}
	pods         = mesh.Resource{Version: "v1", Name: "pods", Kind: "Pod"}
)

// Errors of what was asked for.
var (
	ErrNoCollector = errors.New("no collector of istio-lightstep")
	ErrBackends    = errors.New("two backends are needed to compare")
)

// release is what is compared.
type release struct {
	name, namespace string
	chart           string   // what its labels call the chart: its name, or its alias in another
	replicas        int      // collectors that are to run
	exporters       []string // that are compared; empty until the metrics say which there are
	drained         []string // exporters that are given nothing new
}

// object is what is read of an object.
type object struct {
	Metadata struct {
		Name   string            `json:"name"`
		Labels map[string]string `json:"labels"`
	} `json:"metadata"`
	Spec struct {
		Replicas   *int `json:"replicas"`
		Containers []struct {
			Name string `json:"name"`
		} `json:"containers"`
	} `json:"spec"`
	Data   map[string]string `json:"data"`
	Status struct {
		Phase string `json:"phase"`
	} `json:"status"`
}

// release is what --release calls the release of the object: RELEASE/ALIAS where
// its chart is a dependency with an alias, of which a release may have several.
func (o *object) release() string {
	name := o.Metadata.Labels[collector.ReleaseLabel]
	if alias := o.Metadata.Labels[collector.NameLabel]; alias != collector.Chart {
		name += "/" + alias
	}
	return name
}

// list lists objects with some labels.
func list(ctx context.Context, from mesh.Source, of mesh.Resource, namespace string, labels map[string]string) ([]object, error) {
	var all []object
	err := from.List(ctx, of, mesh.Query{Namespace: namespace, Labels: labels}, func(data []byte) error {
		var o object
		if err := json.Unmarshal(data, &o); err != nil {
			return fmt.Errorf("one of the %s cannot be read", of)
		}
		all = append(all, o)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list %s in namespace %s: %w", of, namespace, err)
	}
	return all, nil
}

// find finds the release, and to which backends it sends.
func find(ctx context.Context, from mesh.Source, o *Options) (*release, error) {
	var sets []object
	for _, label := range collector.ChartLabels {
		labelled, err := list(ctx, from, statefulSets, o.Namespace, map[string]string{
			label: collector.Chart, collector.ComponentLabel: collector.Component,
		})
		if err != nil {
			return nil, err
		}
		sets = append(sets, labelled...)
	}
	if o.Release != "" {
		sets = slices.DeleteFunc(sets, func(set object) bool {
			return o.Release != set.Metadata.Labels[collector.ReleaseLabel] && o.Release != set.release()
		})
	}
	r := &release{namespace: o.Namespace, replicas: 1}
	switch len(sets) {
	case 0:
		return nil, fmt.Errorf("%w in namespace %s: --namespace names that of the release", ErrNoCollector, o.Namespace)
	case 1:
		if set := sets[0]; set.Spec.Replicas != nil {
			r.replicas = *set.Spec.Replicas
		}
		r.name, r.chart = sets[0].Metadata.Labels[collector.ReleaseLabel], sets[0].Metadata.Labels[collector.NameLabel]
	default:
		var names []string
		for _, set := range sets {
			names = append(names, set.release())
		}
		slices.Sort(names)
		return nil, fmt.Errorf("namespace %s has the releases %s: --release names one", o.Namespace, terminal.Safe(strings.Join(names, ", ")))
	}
	configs, err := list(ctx, from, configMaps, o.Namespace, map[string]string{collector.NameLabel: r.chart, collector.ReleaseLabel: r.name})
	if err != nil && !mesh.Refused(err) {
		return nil, err
	}
	for _, config := range configs {
		r.pipelines(config.Data["config.yaml"])
	}
	return r, nil
}

// pipelines reads to which exporters a collector's configuration gives the
// spans of proxies.
func (r *release) pipelines(text string) {
	var config struct {
		Service struct {
			Pipelines map[string]struct{ Receivers, Exporters []string }
		}
	}
	if yamltree.Bounded(text) != nil || yaml.Unmarshal([]byte(text), &config) != nil {
		return // another's
	}
	for name, p := range config.Service.Pipelines {
		signal, _, _ := strings.Cut(name, "/")
		if signal != "traces" {
			continue
		}
		into := &r.exporters
		if !slices.ContainsFunc(p.Receivers, func(receiver string) bool { return receiver != collector.DrainedReceiver }) {
			into = &r.drained
		}
		for _, exporter := range p.Exporters {
			if exporter != collector.TapExporter {
				*into = append(*into, exporter)
			}
		}
	}
	for _, names := range []*[]string{&r.exporters, &r.drained} {
		slices.Sort(*names)
		*names = slices.Compact(*names)
	}
}

// choose leaves the backends that were asked for, by the exporter's name or the
// backend's. Without any, all are compared.
func (r *release) choose(backends []string) error {
	if len(backends) > 0 {
		var chosen []string
		for _, name := range backends {
			i := slices.IndexFunc(r.exporters, func(exporter string) bool { return exporter == name || backendOf(exporter) == name })
			if i < 0 {
				return fmt.Errorf("release %s gives no spans to a backend %q: it has %s", r.name, terminal.Safe(name), strings.Join(r.exporters, ", "))
			}
			chosen = append(chosen, r.exporters[i])
		}
		slices.Sort(chosen)
		r.exporters = slices.Compact(chosen)
	}
	if len(r.exporters) < 2 {
		has := "none"
		if len(r.exporters) > 0 {
			has = r.exporters[0]
		}
		return fmt.Errorf("%w, and release %s gives spans to %s", ErrBackends, r.name, has)
	}
	return nil
}

// backendOf is what the values call the backend of an exporter.
func backendOf(exporter string) string {
	if _, name, found := strings.Cut(exporter, "/"); found {
		return name
	}
	return exporter
}

// pods lists the collectors that run.
func (r *release) pods(ctx context.Context, from mesh.Source) (all []mesh.Ref, tapped bool, err error) {
	found, err := list(ctx, from, pods, r.namespace, map[string]string{
		collector.NameLabel: r.chart, collector.ComponentLabel: collector.Component, collector.ReleaseLabel: r.name,
	})
	if err != nil {
		return nil, false, err
	}
	for _, pod := range found {
		if pod.Status.Phase == "Succeeded" || pod.Status.Phase == "Failed" {
			continue
		}
		all = append(all, mesh.Ref{Namespace: r.namespace, Name: pod.Metadata.Name})
		for _, container := range pod.Spec.Containers {
			tapped = tapped || container.Name == collector.TapContainer
		}
	}
	slices.SortFunc(all, func(a, b mesh.Ref) int { return strings.Compare(a.Name, b.Name) })
	return all, tapped, nil
}

package telemetries

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
	"github.com/istio-lightstep/istio-lightstep/internal/redact"
)

// Setting is a setting, and the Telemetry that decides it.
type Setting struct {
	Value string `json:"value"`
	From  string `json:"from"` // NAMESPACE/NAME
}

// Spec is what proxies do with spans. A setting that nothing decides is nil.
type Spec struct {
	Provider *Setting `json:"provider,omitempty"`
	Sampling *Setting `json:"sampling,omitempty"` // percent of requests
	Disabled *Setting `json:"disabled,omitempty"` // true or false
	Tags     *Setting `json:"tags,omitempty"`     // the names, joined by commas
}

// Scope is what counts for some workloads.
type Scope struct {
	Name   string `json:"name"`   // the mesh, namespace NAME, or the workloads of one that a selector matches
	Client Spec   `json:"client"` // of requests that the workloads send
	Server Spec   `json:"server"` // of requests that they receive
}

// Unused is a Telemetry that decides nothing, and why.
type Unused struct {
	Name string `json:"name"` // NAMESPACE/NAME
	Why  string `json:"why"`

	by string // NAMESPACE/NAME of the Telemetry that is used in its place
}

// Effect is what Telemetries lead to together.
type Effect struct {
	Scopes []Scope  `json:"scopes"`
	Unused []Unused `json:"unused"`
}

// Of gives the effect of all Telemetries, in the order in which they were
// created, for the control plane of a revision ("" for that of none).
func Of(all []mesh.Telemetry, root, revision string) Effect {
	var effect Effect
	wide := map[string]*mesh.Telemetry{} // by namespace
	var narrow []*mesh.Telemetry
	for i := range all {
		t := &all[i]
		unused := func(why string) { effect.Unused = append(effect.Unused, Unused{Name: t.String(), Why: why}) }
		switch {
		case t.Revision() != "" && t.Revision() != cmp.Or(revision, "default"):
			unused("only the control plane of revision " + redact.Key(t.Revision()) + " reads it")
		case len(t.Tracing) == 0 && (len(t.Selector) > 0 || t.Targeted):
			unused("it sets nothing for tracing")
		case t.Targeted:
			unused("it counts only for the gateway, waypoint or service that its targetRefs name, which is not shown here")
		case len(t.Selector) > 0:
			narrow = append(narrow, t)
		case wide[t.Namespace] != nil:
			unused(fmt.Sprintf("Istio uses only the oldest Telemetry without a selector of a namespace, which is %s", shownName(wide[t.Namespace].String())))
			effect.Unused[len(effect.Unused)-1].by = wide[t.Namespace].String()
		default:
			wide[t.Namespace] = t
		}
	}
	effect.Scopes = append(effect.Scopes, scope("the mesh", wide[root]))
	for _, namespace := range slices.Sorted(maps.Keys(wide)) {
		if namespace != root {
			effect.Scopes = append(effect.Scopes, scope("namespace "+redact.Key(namespace), wide[root], wide[namespace]))
		}
	}
	for i, t := range narrow {
		same := func(other *mesh.Telemetry) bool {
			return other.Namespace == t.Namespace && maps.Equal(other.Selector, t.Selector)
		}
		if slices.ContainsFunc(narrow[:i], same) {
			continue
		}
		chain := []*mesh.Telemetry{wide[root]}
		if t.Namespace != root {
			chain = append(chain, wide[t.Namespace])
		}
		for _, other := range narrow {
			if other.Namespace == t.Namespace && mesh.Selects(other.Selector, t.Selector) {
				chain = append(chain, other)
			}
		}
		effect.Scopes = append(effect.Scopes, scope(fmt.Sprintf("namespace %s, workloads with %s", redact.Key(t.Namespace), shownLabels(t.Selector)), chain...))
	}
	return effect
}

// scope merges a chain, in which nil stands for none.
func scope(name string, chain ...*mesh.Telemetry) Scope {
	s := Scope{Name: name}
	for _, t := range chain {
		if t == nil {
			continue
		}
		for i := range t.Tracing {
			entry := &t.Tracing[i]
			if entry.Match == nil || entry.Match.Mode != "SERVER" {
				s.Client.merge(entry, t.String())
			}
			if entry.Match == nil || entry.Match.Mode != "CLIENT" {
				s.Server.merge(entry, t.String())
			}
		}
	}
	return s
}

func (s *Spec) merge(entry *mesh.Tracing, from string) {
	if len(entry.Providers) > 0 {
		s.Provider = &Setting{entry.Providers[0].Name, from}
	}
	if entry.Sampling != nil {
		s.Sampling = &Setting{strconv.FormatFloat(*entry.Sampling, 'f', -1, 64), from}
	}
	if entry.Disable != nil {
		s.Disabled = &Setting{strconv.FormatBool(*entry.Disable), from}
	}
	if entry.CustomTags != nil {
		s.Tags = &Setting{strings.Join(slices.Sorted(maps.Keys(entry.CustomTags)), ", "), from}
	}
}

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
	slices.SortStableFunc(theirs, mesh.Older)
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

// Lines say the effect to people: one line for each scope, and for each
// Telemetry that is not used. ours are the names of the chart's own.
func (e Effect) Lines(ours []string) []string {
	mine := map[string]bool{}
	for _, name := range ours {
		mine[name] = true
	}
	by := func(name string) string {
		if mine[name] {
			return shownName(name) + " of this release"
		}
		return shownName(name)
	}
	var lines []string
	for _, s := range e.Scopes {
		client, server := s.Client.text(by), s.Server.text(by)
		if client == server {
			lines = append(lines, s.Name+": "+client)
			continue
		}
		lines = append(lines, fmt.Sprintf("%s: requests that it sends: %s; that it receives: %s", s.Name, client, server))
	}
	for _, u := range e.Unused {
		lines = append(lines, fmt.Sprintf("%s is not used: %s", by(u.Name), u.Why))
	}
	return lines
}

// text says what proxies do, and which Telemetry decides it.
func (s *Spec) text(by func(string) string) string {
	if s.Disabled != nil && s.Disabled.Value == "true" {
		return "no spans (" + by(s.Disabled.From) + ")"
	}
	if s.Provider == nil {
		return "no Telemetry names a provider: the mesh's defaultProviders decide"
	}
	parts := []string{fmt.Sprintf("spans to provider %s (%s)", redact.Key(s.Provider.Value), by(s.Provider.From))}
	if s.Sampling == nil {
		parts = append(parts, "the mesh's percentage of requests")
	} else {
		parts = append(parts, fmt.Sprintf("%s %% of requests (%s)", s.Sampling.Value, by(s.Sampling.From)))
	}
	switch {
	case s.Tags == nil:
	case s.Tags.Value == "":
		parts = append(parts, "no tags ("+by(s.Tags.From)+")")
	default:
		parts = append(parts, fmt.Sprintf("tags %s (%s)", shownEach(s.Tags.Value, ", "), by(s.Tags.From)))
	}
	return strings.Join(parts, ", ")
}

// shownName gives NAMESPACE/NAME as people are shown it: others write both.
func shownName(name string) string { return shownEach(name, "/") }

// shownLabels gives the labels of a selector as people are shown them.
func shownLabels(selector map[string]string) string {
	var all []string
	for _, key := range slices.Sorted(maps.Keys(selector)) {
		all = append(all, redact.Key(key)+"="+redact.Key(selector[key]))
	}
	return strings.Join(all, ",")
}

// shownEach gives what stands between separators as people are shown it: a part that
// is cut or masked leaves the others as they are.
func shownEach(text, separator string) string {
	parts := strings.Split(text, separator)
	for i, part := range parts {
		parts[i] = redact.Key(part)
	}
	return strings.Join(parts, separator)
}

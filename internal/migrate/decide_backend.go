package migrate

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"

	"github.com/istio-lightstep/istio-lightstep/internal/collector"
	"github.com/istio-lightstep/istio-lightstep/internal/presets"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
	"github.com/istio-lightstep/istio-lightstep/pkg/render"
)

// Backend is the backend that takes the place of LightStep.
type Backend struct {
	Name     string // its key in the values; the preset of that name is used, where there is one
	Endpoint string // where it is; empty for that of the preset, or for a placeholder
	Protocol string // grpc or http; empty for that of the preset, or else grpc
	Alone    bool   // nothing goes to LightStep any more: there is no time at which both take the spans
}

// backendValue is an entry of backends, in the order in which it is written.
type backendValue struct {
	Preset   string                 `yaml:"preset,omitempty"`
	Protocol string                 `yaml:"protocol,omitempty"`
	Endpoint string                 `yaml:"endpoint,omitempty"`
	Traces   string                 `yaml:"tracesEndpoint,omitempty"`
	Headers  map[string]headerValue `yaml:"headers,omitempty"`
	TLS      map[string]any         `yaml:"tls,omitempty"`
	Drain    bool                   `yaml:"drain,omitempty"`
}

type headerValue struct {
	Prefix *string `yaml:"prefix,omitempty"`
	Secret secretKey
}

type secretKey struct{ Name, Key string }

// wholeURL is an endpoint with the path for traces, to which the collector adds
// nothing: a tracesEndpoint, by HTTP alone.
var wholeURL = regexp.MustCompile(`^https?://.*(/(v1/traces|trace/otlp)/?$|\?)`)

// value gives the entry of a backend, with the endpoint under the key that it is
// for.
func (b Backend) value(of *presets.Preset) backendValue {
	v := b.entry(of)
	protocol, url := b.Protocol, b.Endpoint
	if of != nil {
		protocol, url = cmp.Or(protocol, of.Protocols[0]), cmp.Or(url, of.Example)
	}
	if protocol == "http" && wholeURL.MatchString(url) {
		v.Endpoint, v.Traces = "", v.Endpoint
	}
	return v
}

// entry gives the entry of a backend, with a placeholder where it needs an
// endpoint and none is known, and a Secret for each header that it asks for.
func (b Backend) entry(of *presets.Preset) backendValue {
	v := backendValue{Protocol: b.Protocol, Endpoint: b.Endpoint}
	protocol := cmp.Or(b.Protocol, "grpc")
	if of == nil {
		v.Protocol = protocol
		v.Endpoint = cmp.Or(v.Endpoint, map[string]string{"grpc": "<host>:" + strconv.Itoa(collector.OTLPPort), "http": "https://<host>"}[protocol])
		return v
	}
	v.Preset = of.ID
	if len(of.Endpoints) == 0 && v.Endpoint == "" {
		v.Endpoint = "<your endpoint, such as " + of.Example + ">"
	}
	for name := range of.Headers {
		if v.Headers == nil {
			v.Headers = map[string]headerValue{}
		}
		v.Headers[name] = headerValue{Secret: secretKey{b.Name, name}}
	}
	return v
}

// refuse gives what the chart refuses in the name and the protocol of a backend,
// as problems of the flags.
func (b Backend) refuse(ctx context.Context, to target) error {
	if b.Name == "lightstep" {
		return fmt.Errorf("--backend lightstep is what the spans are moved from: name the backend that they are moved to")
	}
	values, err := render.ReadValues(render.Map("--backend", map[string]any{
		"istio":    map[string]any{"version": to.version},
		"backends": map[string]any{b.Name: map[string]any{"protocol": cmp.Or(b.Protocol, "grpc"), "endpoint": "backend.example.com:" + strconv.Itoa(collector.OTLPPort)}},
	}))
	if err != nil {
		return err
	}
	problems, err := to.renderer.Check(ctx, values)
	if err != nil {
		return err
	}
	flags := map[string]string{"LS-BACKEND-NAME": "--backend", "LS-BACKEND-DRAINED-NAME": "--backend", "LS-BACKEND-TAP": "--backend", "LS-BACKEND-PROTOCOL": "--protocol"}
	problems = slices.DeleteFunc(problems, func(p problem.Problem) bool { return flags[p.ID] == "" })
	for i := range problems {
		problems[i].File, problems[i].Path = flags[problems[i].ID], ""
	}
	if len(problems) > 0 {
		return &render.ProblemsError{Problems: problems}
	}
	return nil
}

// settleBackend adds the backend to the values, and decides the values of the
// rest of the move: those of the time in which LightStep's queue is emptied, and
// those after it.
func (m *decisions) settleBackend() error {
	if m.to.backend == nil {
		return nil
	}
	b := *m.to.backend
	of, err := presets.Find(b.Name)
	if err != nil {
		return err
	}
	entry := b.value(of)
	m.handBackend(b, of, entry)
	m.valuesAfter = maps.Clone(m.values)
	for _, v := range m.Values {
		if v.LightStep {
			delete(m.valuesAfter, v.Value)
		}
	}
	m.valuesAfter["backends"] = map[string]backendValue{b.Name: entry}
	m.plan.tokenKey = cmp.Or(m.text(valueTokenKey), defaults[valueTokenKey])
	if m.plan.tokenSecret = m.text(valueTokenFrom); b.Alone {
		if m.token != "" {
			m.plan.tokenSecret = "" // it was never made
		}
		m.token = ""
		for _, v := range m.Values {
			if !v.LightStep {
				continue
			}
			m.unused[v.Value] = "the values are those of " + b.Name + " alone"
			m.findings = slices.DeleteFunc(m.findings, func(f Finding) bool {
				return f.Outcome == ByHand && f.File == "" && f.To == v.Value
			})
		}
		m.values, m.valuesAfter = m.valuesAfter, nil
		return nil
	}
	m.values["backends"] = m.valuesAfter["backends"]
	m.valuesDrained = maps.Clone(m.valuesAfter)
	m.valuesDrained["backends"] = map[string]backendValue{b.Name: entry, "lightstep": m.drainedLightStep()}
	return nil
}

// drainedLightStep gives LightStep as a backend that gets nothing more: the queue
// of its exporter is the one that it has.
func (m *decisions) drainedLightStep() backendValue {
	v := backendValue{Protocol: "grpc", Endpoint: m.text(valueAddress), Drain: true, TLS: map[string]any{}, Headers: map[string]headerValue{
		tokenHeader: {new(string), secretKey{m.text(valueTokenFrom), cmp.Or(m.text(valueTokenKey), "token")}},
	}}
	if m.values[valueSecure] == false {
		v.TLS["insecure"] = true
	}
	if name := m.text(valueServerName); name != "" {
		v.TLS["serverName"] = name
	}
	if secret := m.text(valueCASecret); secret != "" && m.text(valueCAPath) != "" {
		v.TLS["ca"] = map[string]any{"name": secret, "key": path.Base(m.text(valueCAPath))}
	}
	return v
}

// backendKeys gives the keys of the Secret of a backend; none where it asks for
// no Secret.
func (m *decisions) backendKeys(name string) []string {
	all, _ := m.values["backends"].(map[string]backendValue)
	return slices.Sorted(maps.Keys(all[name].Headers))
}

// handBackend names what the values do not know of the backend.
func (m *decisions) handBackend(b Backend, of *presets.Preset, entry backendValue) {
	at := "backends." + b.Name
	m.backendHolds = "the token of backend " + asName(b.Name)
	if of != nil && of.Holds != "" {
		m.backendHolds = of.Holds
	}
	switch {
	case of == nil:
		meant := presets.Like(b.Name)
		if meant != "" {
			meant = " (did you mean --backend " + meant + "?)"
		}
		m.hand(at, "no preset has this name"+meant+": add the headers that the backend asks for, and, if it speaks plain text, as many do within a cluster, tls.insecure: true (docs/backends.md)")
	case of.NotRun != "":
		m.hand(at, "no test of this project sends to "+of.Title+": it "+of.NotRun)
	}
	for _, name := range slices.Sorted(maps.Keys(entry.Headers)) {
		s := entry.Headers[name].Secret
		if prefix := of.Headers[name].Prefix; prefix != nil && *prefix != "" {
			m.backendHolds += " (the text after `" + *prefix + "`, where the vendor shows the whole header)"
		}
		m.hand(at+".headers."+name, "create Secret "+s.Name+" in the namespace of the release, with the key "+s.Key+": "+m.backendHolds+", as docs/backends.md describes for this backend")
	}
}

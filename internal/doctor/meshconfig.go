package doctor

import (
	"slices"
	"time"

	"github.com/istio-lightstep/istio-lightstep/internal/doctor/finding"
	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
)

// meshConfig checks the mesh config as istiod sees it.
func (e *examination) meshConfig(p *plane) {
	at := subject("configmap", mesh.Ref{Namespace: p.Namespace, Name: p.StandardName})
	facts := func() finding.Facts {
		return finding.Facts{
			"configMap": p.StandardName, "namespace": p.Namespace, "istiod": p.Name, "provider": p.target.Name,
		}
	}
	if p.ConfigErr != nil {
		f := facts()
		f["error"] = p.ConfigErr.Error()
		e.add("LS-MESH-CONFIG-INVALID", at, time.Time{}, f)
		return
	}
	if e.Unseen("configmaps") {
		return
	}
	if tracers := p.Config.Tracers(); len(tracers) > 1 {
		f := facts()
		f["removals"] = removals(tracers, p.row.Native != "")
		e.add("LS-MESH-CONFIG-TRACERS", at, time.Time{}, f)
	}
	e.shared(p)
	e.defaultProvider(p)
	if p.has {
		e.provider(p)
	} else if p.target.Name == "" && !p.hasTracer() {
		e.add("LS-NOT-CONFIGURED", subject("deployment", p.Ref), time.Time{}, facts())
	}
	// With a Telemetry, enableTracing is not looked at (pilot/pkg/networking/core/tracing.go).
	if off := p.Config.EnableTracing; off != nil && !*off && p.meshWide == nil && len(p.Config.DefaultProviders) == 0 &&
		(p.native() || p.row.Receiver == "zipkin") {
		e.add("LS-TRACING-OFF", at, time.Time{}, facts())
	}
}

// hasTracer tells whether proxies trace without a provider: by LightStep's
// tracer, which is told of where it is not there any more, or to a collector
// that takes Zipkin's spans.
func (p *plane) hasTracer() bool {
	tracers := p.Config.Tracers()
	return slices.Contains(tracers, "lightstep") || p.row.Receiver == "zipkin" && len(tracers) == 1
}

// removals are the options that leave the right tracer: LightStep's where
// proxies have it, none else.
func removals(tracers []string, keep bool) finding.Command {
	options := finding.NewCommand("", nil)
	for _, t := range tracers {
		if !keep || t != "lightstep" {
			options = finding.NewCommand("{options} --remove defaultConfig.tracing.{tracer}", finding.Facts{"options": options, "tracer": t})
		}
	}
	return options
}

// shared checks the shared mesh config.
func (e *examination) shared(p *plane) {
	ours := e.unread(p)
	facts := func(name string) finding.Facts {
		return finding.Facts{"istiod": p.Name, "namespace": p.Namespace, "name": name, "live.name": name}
	}
	at := subject("configmap", mesh.Ref{Namespace: p.Namespace, Name: p.Shared})
	switch {
	case p.Shared != "" && p.SharedErr != nil:
		f := facts(p.Shared)
		f["error"] = p.SharedErr.Error()
		e.add("LS-SHARED-INVALID", at, time.Time{}, f)
	case ours != nil && p.row.Shared && e.taken(p, ours):
		f := facts(ours.Name)
		if f["other"] = p.Shared; p.SharedUnread {
			f["other"] = "(one that another object references)"
		}
		e.add("LS-SHARED-TAKEN", subject("deployment", p.Ref), ours.Created, f)
	case p.Shared != "" && p.SharedFound:
	case ours != nil && p.row.Shared:
		e.add("LS-SHARED-NOT-READ", subject("deployment", p.Ref), ours.Created, facts(ours.Name))
	case p.Shared != "":
		e.add("LS-SHARED-MISSING", at, time.Time{}, facts(p.Shared))
	}
	for _, provider := range p.Config.Providers {
		if provider.Hidden {
			f := facts(p.Shared)
			f["configMap"], f["provider"], f["remove"] = p.StandardName, provider.Name, removeProvider(p, provider)
			e.add("LS-SHARED-OVERRIDDEN", subject("configmap", mesh.Ref{Namespace: p.Namespace, Name: p.StandardName}), time.Time{}, f)
		}
	}
}

// unread finds a mesh ConfigMap of the chart, meant for this istiod, that it
// does not read.
func (e *examination) unread(p *plane) *mesh.ConfigMap {
	for i := range e.SharedConfigs {
		m := &e.SharedConfigs[i]
		if m.Namespace == p.Namespace && p.Heeds(m.Meta) && m.Name != p.Shared {
			return m
		}
	}
	return nil
}

// taken tells whether istiod shares the mesh config of another owner, or of
// another release, in the place of one of the chart's that is in use.
func (e *examination) taken(p *plane, ours *mesh.ConfigMap) bool {
	if p.SharedUnread {
		return true // whose it is, nobody here knows
	}
	if p.Shared == "" {
		return false
	}
	for i := range e.SharedConfigs {
		if m := &e.SharedConfigs[i]; m.Namespace == p.Namespace && m.Name == p.Shared {
			return e.uses(p, ours)
		}
	}
	return true
}

// uses tells whether a Telemetry of the chart's names a provider of a mesh
// ConfigMap, so that its release is not merely left over.
func (e *examination) uses(p *plane, m *mesh.ConfigMap) bool {
	config, err := mesh.ParseMeshConfig(m.Data["mesh"])
	if err != nil {
		return false
	}
	for i := range e.Telemetries {
		t := &e.Telemetries[i]
		if !e.Ours(t.Meta) || !p.Heeds(t.Meta) {
			continue
		}
		if slices.ContainsFunc(providersOf(t), func(name string) bool { _, ok := config.Provider(name); return ok }) {
			return true
		}
	}
	return false
}

// leftovers finds mesh ConfigMaps of the chart that no istiod reads, where
// each istiod reads another.
func (e *examination) leftovers(planes []*plane) {
	if e.Narrowed {
		return
	}
	for i := range e.SharedConfigs {
		m := &e.SharedConfigs[i]
		left := len(planes) > 0 && e.Ours(m.Meta)
		for _, p := range planes {
			reads := p.Shared != "" && p.SharedFound
			if !reads || p.Namespace == m.Namespace && (p.Shared == m.Name || e.taken(p, m)) {
				left = false
			}
		}
		if left {
			e.add("LS-LEFTOVER", subject("configmap", m.Ref), m.Created, finding.Facts{"name": m.Name, "namespace": m.Namespace})
		}
	}
}

// defaultProvider checks that the default provider exists. Istio uses the first of the
// names, where no Telemetry names another (pilot/pkg/model/telemetry.go, Tracing).
func (e *examination) defaultProvider(p *plane) {
	if p.row.Telemetry == "" || len(p.Config.DefaultProviders) == 0 || e.Unseen("telemetries") {
		return
	}
	first := p.Config.DefaultProviders[0]
	if _, exists := p.Config.Provider(first); exists || p.meshWide != nil && len(providersOf(p.meshWide)) > 0 {
		return
	}
	configMap := p.configMapOf(mesh.Provider{Shared: p.Config.DefaultShared})
	e.add("LS-PROVIDER-DEFAULT", subject("configmap", mesh.Ref{Namespace: p.Namespace, Name: configMap}), time.Time{}, finding.Facts{
		"configMap": configMap, "namespace": p.Namespace, "provider": first,
	})
}

// removeProvider is the command that removes a provider.
func removeProvider(p *plane, provider mesh.Provider) finding.Command {
	return finding.NewCommand("kubectl get configmap {configMap} --namespace {namespace} --output yaml | "+
		"istio-lightstep doctor configmap --key mesh --remove 'extensionProviders[name={provider}]' | kubectl replace -f -",
		finding.Facts{"configMap": p.configMapOf(provider), "namespace": p.Namespace, "provider": provider.Name})
}

// retireProvider is the command that removes a provider which works. What is in use is not
// removed but migrated: without its provider, a Telemetry or the default sends nothing.
func (e *examination) retireProvider(p *plane, provider mesh.Provider) finding.Command {
	if !e.providerInUse(p, provider.Name) {
		return removeProvider(p, provider)
	}
	if !p.Version.Known() {
		return finding.Advise("the provider is in use: move to the chart by `istio-lightstep migrate --live`, whose steps remove it")
	}
	return finding.NewCommand("istio-lightstep migrate --live --to {version}", finding.Facts{"version": p.Version.Minor()})
}

// providerInUse tells whether something may send spans by a provider. Where Telemetries
// cannot be read, one may.
func (e *examination) providerInUse(p *plane, name string) bool {
	return e.Unseen("telemetries") || slices.Contains(p.Config.DefaultProviders, name) ||
		slices.ContainsFunc(e.Telemetries, func(t mesh.Telemetry) bool {
			return p.Heeds(t.Meta) && slices.Contains(providersOf(&t), name)
		})
}

// provider checks the provider that is meant to send spans.
func (e *examination) provider(p *plane) {
	configMap := p.configMapOf(p.target)
	at := subject("configmap", mesh.Ref{Namespace: p.Namespace, Name: configMap})
	facts := finding.Facts{"provider": p.target.Name, "kind": p.target.Kind(), "configMap": configMap, "namespace": p.Namespace}
	switch {
	case len(p.target.Kinds) == 0:
		e.add("LS-PROVIDER-EMPTY", at, time.Time{}, facts)
	case !p.target.Traces():
		e.add("LS-PROVIDER-KIND", at, time.Time{}, facts)
	}
}

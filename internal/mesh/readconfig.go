package mesh

import (
	"context"
	"fmt"

	"github.com/istio-lightstep/istio-lightstep/internal/collector"
)

// meshConfigs reads the ConfigMaps of every istiod, and those that the chart
// made and no istiod need be reading.
func (r *reader) meshConfigs(ctx context.Context) {
	for _, i := range r.snapshot.Istiods {
		r.meshConfig(ctx, i)
		r.injector(ctx, i)
	}
	var all []ConfigMap
	for _, label := range collector.ChartLabels {
		all = append(all, listAll(ctx, r, configMaps, Query{Labels: map[string]string{label: collector.Chart}}, newConfigMap)...)
	}
	for _, m := range all {
		if !r.snapshot.Trusted(m.Namespace) {
			continue // everybody can set the label, and fill the memory
		}
		if _, ok := m.Data["mesh"]; ok {
			r.snapshot.SharedConfigs = append(r.snapshot.SharedConfigs, m)
		}
		if _, ok := m.Data["config.yaml"]; ok {
			r.snapshot.CollectorConfigs = append(r.snapshot.CollectorConfigs, m)
		}
	}
}

func newConfigMap(data []byte) (ConfigMap, error) {
	var o struct {
		object[struct{}]
		Data map[string]string `json:"data"`
	}
	if err := decode(data, &o); err != nil {
		return ConfigMap{}, fmt.Errorf("read a ConfigMap: %w", err)
	}
	return ConfigMap{Meta: newMeta(&o.Metadata), Data: o.Data}, nil
}

// configMap gets a ConfigMap; nil is one that is not there or not seen.
func (r *reader) configMap(ctx context.Context, namespace, name string) (*ConfigMap, error) {
	data, err := r.source.Get(ctx, configMaps, namespace, name)
	if Absent(err) {
		return nil, nil
	}
	if err != nil {
		r.gap(configMaps, namespace, err)
		return nil, err
	}
	m, err := newConfigMap(data)
	return &m, err
}

func (r *reader) meshConfig(ctx context.Context, i *Istiod) {
	standardMap, err := r.configMap(ctx, i.Namespace, i.StandardName)
	if err != nil {
		return
	}
	var standard, shared *Config
	if standardMap != nil {
		standard, i.ConfigErr = ParseMeshConfig(standardMap.Data["mesh"])
	}
	if err := r.sharedName(ctx, i); err != nil {
		return
	}
	if i.Shared != "" {
		sharedMap, err := r.configMap(ctx, i.Namespace, i.Shared)
		if err != nil {
			return
		}
		if sharedMap != nil {
			var text string
			if text, i.SharedFound = sharedMap.Data["mesh"]; i.SharedFound {
				shared, i.SharedErr = ParseMeshConfig(text)
			}
		}
	}
	i.Config = Merge(shared, standard)
}

// sharedName reads the name of the shared mesh config where istiod has it from
// the key of a ConfigMap.
func (r *reader) sharedName(ctx context.Context, i *Istiod) error {
	variable, _ := i.Variable(sharedVariable)
	if variable.ConfigMap == "" {
		return nil
	}
	m, err := r.configMap(ctx, i.Namespace, variable.ConfigMap)
	if err != nil {
		return err
	}
	i.SharedUnread = false
	if m != nil {
		i.Shared = m.Data[variable.Key]
	}
	return nil
}

func (r *reader) injector(ctx context.Context, i *Istiod) {
	m, err := r.configMap(ctx, i.Namespace, i.named("istio-sidecar-injector"))
	if err != nil || m == nil {
		return
	}
	injector, err := newInjector(*m)
	if err != nil {
		r.gap(configMaps, i.Namespace, err)
		return
	}
	i.Injector = injector
}

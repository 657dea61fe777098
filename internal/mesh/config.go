package mesh

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// Config is a mesh config, as far as it decides about spans.
type Config struct {
	EnableTracing    *bool
	RootNamespace    string
	Outbound         string                 // outboundTrafficPolicy.mode
	AutoMTLS         *bool                  // enableAutoMtls; see [Config.AutoMutual]
	RuleExportTo     []string               // defaultDestinationRuleExportTo
	ServiceExportTo  []string               // defaultServiceExportTo: of Services, and of ServiceEntries
	Discovery        []metav1.LabelSelector // discoverySelectors; none is every namespace
	DefaultProviders []string
	DefaultShared    bool // they come from the shared mesh config
	Providers        []Provider
	Tracing          map[string]any // defaultConfig.tracing; nil is not set
	Runtime          map[string]int // of defaultConfig.runtimeValues; see [Runtime]
}

// Provider is an extension provider.
type Provider struct {
	Name     string
	Kinds    []string // the keys of its body: one where it is right
	Service  string
	Port     int
	Path     string   // to which opentelemetry sends, as far as it is known
	Metadata []Header // of opentelemetry: what is sent beside the spans
	Tokens   []string // paths in it that hold a token in clear
	Shared   bool     // it comes from the shared mesh config
	Hidden   bool     // the shared mesh config has one of this name too, which does not count
}

// Header is one of the headers that a provider sends.
type Header struct {
	Name    string `json:"name"`
	Value   string `json:"value"`
	EnvName string `json:"envName"`
}

// tracingKinds are the provider kinds that can trace (istio/api
// mesh/v1alpha1/config.proto, ExtensionProvider).
var tracingKinds = []string{"opentelemetry", "lightstep", "zipkin", "datadog", "stackdriver", "opencensus", "skywalking"}

// Kind is what the provider is; "" where its body is empty.
func (p Provider) Kind() string {
	if len(p.Kinds) == 0 {
		return ""
	}
	return p.Kinds[0]
}

// Traces tells whether a provider of its kind can take spans.
func (p Provider) Traces() bool { return slices.Contains(tracingKinds, p.Kind()) }

// AutoMutual tells whether proxies find out by themselves what takes mutual TLS. It is so
// where nothing is said (pkg/config/mesh, DefaultMeshConfig).
func (c *Config) AutoMutual() bool { return c.AutoMTLS == nil || *c.AutoMTLS }

// exportPath is where proxies send spans by gRPC.
const exportPath = "/opentelemetry.proto.collector.trace.v1.TraceService/Export"

// GRPC tells whether proxies send it spans by OTLP over gRPC, and not over HTTP.
func (p Provider) GRPC() bool { return p.Path == exportPath }

// builtIn are the providers that Istio adds to every mesh config, of which one can
// trace (pkg/config/mesh, DefaultMeshConfig).
var builtIn = []Provider{
	{Name: "prometheus", Kinds: []string{"prometheus"}},
	{Name: "stackdriver", Kinds: []string{"stackdriver"}},
	{Name: "envoy", Kinds: []string{"envoyFileAccessLog"}},
}

// Provider finds the provider of a name.
func (c *Config) Provider(name string) (Provider, bool) {
	for _, providers := range [][]Provider{c.Providers, builtIn} {
		if i := slices.IndexFunc(providers, func(p Provider) bool { return p.Name == name }); i >= 0 {
			return providers[i], true
		}
	}
	return Provider{}, false
}

// tracers are the fields of the one oneof in defaultConfig.tracing
// (istio/api mesh/v1alpha1/proxy.proto, Tracing).
var tracers = []string{"datadog", "lightstep", "openCensusAgent", "stackdriver", "zipkin"}

// Tracers names the tracers of defaultConfig.tracing, sorted. One at most is
// right.
func (c *Config) Tracers() []string { return tracersIn(c.Tracing) }

func tracersIn(tracing map[string]any) []string {
	var found []string
	for _, t := range tracers {
		if tracing[t] != nil {
			found = append(found, t)
		}
	}
	return found
}

// Sampling is defaultConfig.tracing.sampling; 0 is not set.
func (c *Config) Sampling() float64 {
	f, _ := c.Tracing["sampling"].(float64)
	return f
}

// PodTracing reads the tracing part of annotation proxy.istio.io/config, and
// tells whether there is one.
func PodTracing(annotation string) (tracers []string, present bool, err error) {
	if strings.TrimSpace(annotation) == "" {
		return nil, false, nil
	}
	tree, err := readTree(annotation)
	if err != nil {
		return nil, false, err
	}
	tracing, present := tree["tracing"].(map[string]any)
	return tracersIn(tracing), present, nil
}

// ParseMeshConfig reads a mesh config. Its error is one for which istiod
// refuses the whole document: no YAML, or a value of the wrong type. It never
// repeats the document, which may hold a token.
func ParseMeshConfig(text string) (*Config, error) {
	tree, err := readTree(text)
	if err != nil {
		return nil, err
	}
	var read struct {
		EnableTracing         *bool                  `json:"enableTracing"`
		RootNamespace         string                 `json:"rootNamespace"`
		RuleExportTo          []string               `json:"defaultDestinationRuleExportTo"`
		ServiceExportTo       []string               `json:"defaultServiceExportTo"`
		AutoMTLS              *bool                  `json:"enableAutoMtls"`
		Discovery             []metav1.LabelSelector `json:"discoverySelectors"`
		OutboundTrafficPolicy struct {
			Mode any `json:"mode"`
		} `json:"outboundTrafficPolicy"`
		DefaultProviders struct {
			Tracing []string `json:"tracing"`
		} `json:"defaultProviders"`
		DefaultConfig struct {
			Tracing map[string]any `json:"tracing"`
			Runtime map[string]any `json:"runtimeValues"`
		} `json:"defaultConfig"`
		ExtensionProviders []map[string]json.RawMessage `json:"extensionProviders"`
	}
	if err := convert(tree, &read); err != nil {
		return nil, err
	}
	c := &Config{
		EnableTracing: read.EnableTracing, RootNamespace: read.RootNamespace, RuleExportTo: read.RuleExportTo, ServiceExportTo: read.ServiceExportTo,
		AutoMTLS: read.AutoMTLS, Discovery: read.Discovery, DefaultProviders: read.DefaultProviders.Tracing, Tracing: read.DefaultConfig.Tracing,
		Runtime: Runtime(read.DefaultConfig.Runtime),
	}
	if mode := read.OutboundTrafficPolicy.Mode; mode != nil {
		c.Outbound = fmt.Sprint(mode)
	}
	for _, body := range read.ExtensionProviders {
		p, err := newProvider(body)
		if err != nil {
			return nil, err
		}
		c.Providers = append(c.Providers, p)
	}
	return c, nil
}

func newProvider(body map[string]json.RawMessage) (Provider, error) {
	var p Provider
	for key, value := range body {
		if key == "name" {
			if err := decode(value, &p.Name); err != nil {
				return p, wrongType("extensionProviders[].name")
			}
		} else if string(value) != "null" {
			p.Kinds = append(p.Kinds, key)
		}
	}
	slices.Sort(p.Kinds)
	if len(p.Kinds) != 1 {
		return p, nil
	}
	var to struct {
		Service     string `json:"service"`
		Port        int    `json:"port"`
		AccessToken string `json:"accessToken"`
		GRPC        struct {
			InitialMetadata []Header `json:"initialMetadata"`
		} `json:"grpc"`
		HTTP *struct {
			Path    string   `json:"path"`
			Headers []Header `json:"headers"`
		} `json:"http"`
	}
	if err := decode(body[p.Kinds[0]], &to); err != nil {
		return p, wrongType("extensionProviders[" + p.Name + "]." + p.Kinds[0])
	}
	p.Service, p.Port = to.Service, to.Port
	p.Metadata = to.GRPC.InitialMetadata
	if p.Kinds[0] == "opentelemetry" {
		p.Path = exportPath
	}
	if to.HTTP != nil {
		p.Path, p.Metadata = to.HTTP.Path, slices.Concat(p.Metadata, to.HTTP.Headers)
	}
	if to.AccessToken != "" {
		p.Tokens = append(p.Tokens, p.Kinds[0]+".accessToken")
	}
	for _, h := range p.Metadata {
		if h.Value != "" && strings.Contains(strings.ToLower(h.Name), "token") {
			p.Tokens = append(p.Tokens, "header "+h.Name)
		}
	}
	return p, nil
}

// wrongType names a place alone: the value may be a secret.
func wrongType(path string) error { return fmt.Errorf("%s has a value of the wrong type", path) }

// readTree reads YAML, with the keys in the form of JSON: Istio takes both
// enable_tracing and enableTracing.
func readTree(text string) (map[string]any, error) {
	var tree map[string]any
	if err := unmarshal(text, &tree); err != nil {
		// The parser's error can quote the text.
		return nil, fmt.Errorf("it is no YAML map%s", lineOf(err))
	}
	camel, _ := camelKeys(tree, 0).(map[string]any)
	return camel, nil
}

// unmarshal reads YAML of an object, within bounds.
func unmarshal(text string, into any) error {
	if err := yamltree.Bounded(text); err != nil {
		return err
	}
	return yaml.Unmarshal([]byte(text), into)
}

func convert(tree map[string]any, into any) error {
	data, err := json.Marshal(tree)
	if err != nil {
		return fmt.Errorf("it cannot be read")
	}
	if err := decode(data, into); err != nil {
		if wrong, ok := err.(*json.UnmarshalTypeError); ok { //nolint:errorlint // encoding/json does not wrap it
			return wrongType(wrong.Field)
		}
		return fmt.Errorf("it cannot be read")
	}
	return nil
}

// lineOf gives the line that a YAML error speaks of.
func lineOf(err error) string {
	_, after, found := strings.Cut(err.Error(), "line ")
	if !found {
		return ""
	}
	number, _, _ := strings.Cut(after, ":")
	if len(number) > 6 || strings.Trim(number, "0123456789") != "" {
		return ""
	}
	return " (line " + number + ")"
}

// deepest bounds what is looked into.
const deepest = 40

// ownKeys are the fields of a mesh config whose keys are of its owner.
var ownKeys = []string{"matchLabels", "runtimeValues", "staticLayer"}

func camelKeys(v any, depth int) any {
	switch v := v.(type) {
	case map[string]any:
		if depth > deepest {
			return nil
		}
		camel := make(map[string]any, len(v))
		for key, value := range v {
			name := yamltree.Camel(key)
			if slices.Contains(ownKeys, name) {
				camel[name] = value
			} else {
				camel[name] = camelKeys(value, depth+1)
			}
		}
		return camel
	case []any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = camelKeys(v[i], depth+1)
		}
		return list
	default:
		return v
	}
}

// Merge merges a shared mesh config with the standard one as istiod does
// (pilot/pkg/bootstrap/mesh.go, pkg/config/mesh/mesh.go): the standard wins,
// field by field; tracing as one whole; extension providers by name. Either
// may be nil.
func Merge(shared, standard *Config) *Config {
	merged := &Config{}
	if shared != nil {
		*merged = *shared
		merged.Providers = slices.Clone(shared.Providers)
		merged.DefaultShared = shared.DefaultProviders != nil
		for i := range merged.Providers {
			merged.Providers[i].Shared = true
		}
	}
	if standard == nil {
		return merged
	}
	merged.EnableTracing = cmp.Or(standard.EnableTracing, merged.EnableTracing)
	merged.AutoMTLS = cmp.Or(standard.AutoMTLS, merged.AutoMTLS)
	merged.RootNamespace = cmp.Or(standard.RootNamespace, merged.RootNamespace)
	merged.Outbound = cmp.Or(standard.Outbound, merged.Outbound)
	if standard.RuleExportTo != nil {
		merged.RuleExportTo = standard.RuleExportTo
	}
	if standard.ServiceExportTo != nil {
		merged.ServiceExportTo = standard.ServiceExportTo
	}
	if standard.Discovery != nil {
		merged.Discovery = standard.Discovery
	}
	if standard.DefaultProviders != nil {
		merged.DefaultProviders, merged.DefaultShared = standard.DefaultProviders, false
	}
	if standard.Tracing != nil {
		merged.Tracing = standard.Tracing
	}
	merged.Runtime = maps.Clone(merged.Runtime)
	if merged.Runtime == nil {
		merged.Runtime = map[string]int{}
	}
	maps.Copy(merged.Runtime, standard.Runtime)
	for _, p := range standard.Providers {
		i := slices.IndexFunc(merged.Providers, func(q Provider) bool { return q.Name == p.Name })
		if i < 0 {
			merged.Providers = append(merged.Providers, p)
			continue
		}
		p.Hidden = merged.Providers[i].Shared
		merged.Providers[i] = p
	}
	return merged
}

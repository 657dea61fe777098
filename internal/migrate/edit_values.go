package migrate

import (
	"bytes"
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/istio-lightstep/istio-lightstep/internal/collector"
	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// defaults are the chart's, which need not be said.
var defaults = map[string]string{
	valueSecure: "true", "istio.namespace": "istio-system", valueTokenKey: "token",
	valueDomain: "cluster.local", "istio.rootNamespace": "istio-system", "istio.revision": "default", "direct.port": strconv.Itoa(collector.OTLPPort),
}

// defaultOf gives the chart's default of a value beside others: the root namespace is that of istiod.
func defaultOf(value string, values map[string]any) string {
	if namespace, ok := values["istio.namespace"].(string); ok && value == "istio.rootNamespace" && namespace != defaults["istio.namespace"] {
		return ""
	}
	return defaults[value]
}

// writeValues writes the values files, and what holds the token.
func (m *decisions) writeValues(r *Result) error {
	for _, file := range []struct {
		values map[string]any
		text   *[]byte
	}{{m.values, &r.Values}, {m.valuesDrained, &r.Drained}, {m.valuesAfter, &r.After}} {
		var err error
		if *file.text, err = m.valuesFile(file.values); err != nil {
			return err
		}
	}
	var err error
	switch {
	case m.token == "":
	case m.to.native():
		r.TokenValues, err = tokenValues(m.token)
	default:
		r.Secret, err = encode(m.tokenSecret(), keepTight)
	}
	return err
}

// valuesFile writes values that are not the chart's own; nil where there are none.
func (t *table) valuesFile(values map[string]any) ([]byte, error) {
	if values == nil {
		return nil, nil
	}
	root := &yaml.Node{Kind: yaml.MappingNode}
	for _, v := range t.Values {
		is, ok := values[v.Value]
		if !ok || fmt.Sprint(is) == defaultOf(v.Value, values) || fmt.Sprint(is) == "" {
			continue
		}
		if err := set(root, strings.Split(v.Value, "."), is); err != nil {
			return nil, err
		}
	}
	return encode(root, "")
}

// keepTight heads a file with the access token.
const keepTight = "# The access token. Keep it to those who may know it.\n"

// tokenValues gives the values file that holds the token alone.
func tokenValues(token string) ([]byte, error) {
	root := &yaml.Node{Kind: yaml.MappingNode}
	if err := set(root, strings.Split(valueToken, "."), token); err != nil {
		return nil, err
	}
	return encode(root, keepTight)
}

// secret is a Secret, in the order in which it is written.
type secret struct {
	APIVersion string `yaml:"apiVersion"`
	Kind       string
	Metadata   struct{ Name, Namespace string }
	Type       string
	StringData map[string]string `yaml:"stringData"`
}

func (m *decisions) tokenSecret() secret {
	s := secret{APIVersion: "v1", Kind: "Secret", Type: "Opaque", StringData: map[string]string{cmp.Or(m.text(valueTokenKey), "token"): m.token}}
	s.Metadata.Name, s.Metadata.Namespace = m.text(valueTokenFrom), m.releaseNamespace()
	return s
}

// set writes a value at a path of a tree.
func set(root *yaml.Node, path []string, is any) error {
	node := root
	for _, step := range path[:len(path)-1] {
		next := yamltree.Get(node, step)
		if next == nil {
			next = &yaml.Node{Kind: yaml.MappingNode}
			node.Content = append(node.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: step}, next)
		}
		node = next
	}
	value := new(yaml.Node)
	switch is := is.(type) {
	case literal:
		*value = yaml.Node{Kind: yaml.ScalarNode, Value: string(is)}
	default:
		if err := value.Encode(is); err != nil {
			return fmt.Errorf("write values: %w", err)
		}
	}
	if last := path[len(path)-1]; last == "version" {
		value.Style = yaml.DoubleQuotedStyle
	}
	node.Content = append(node.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: path[len(path)-1]}, value)
	return nil
}

func encode(root any, head string) ([]byte, error) {
	var out bytes.Buffer
	out.WriteString(head)
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	if err := encoder.Encode(root); err != nil {
		return nil, fmt.Errorf("write values: %w", err)
	}
	if err := encoder.Close(); err != nil {
		return nil, fmt.Errorf("write values: %w", err)
	}
	return out.Bytes(), nil
}

package migrate

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/istio-lightstep/istio-lightstep/internal/collector"
	yamlfile "github.com/istio-lightstep/istio-lightstep/internal/document"
	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// order is how values.yaml is ordered: as the chart's own.
var order = []string{
	valueAddress, valueSecure, valueCAPath, "pilot.traceSampling",
	valueTokenFrom, "accessTokenFrom.key",
	valueCASecret, valueNamespaces, "gateways",
	"istio.version", "istio.namespace", "istio.rootNamespace", "istio.revision",
	"delivery", "meshConfig.shared", "telemetry.enabled",
	"controlPlane.extensionProviders", "controlPlane.gateways.secretVolumes",
	"direct.host", "direct.port",
	"collector.tls.serverName", valueRetryRefused, "collector.exporters", "collector.env",
}

// defaults are the chart's, which need not be said.
var defaults = map[string]string{
	valueSecure: "true", "istio.namespace": "istio-system", "accessTokenFrom.key": "token",
	"istio.rootNamespace": "istio-system", "istio.revision": "default", "direct.port": strconv.Itoa(collector.OTLPPort),
}

// writeValues writes values.yaml and what holds the token.
func (m *migration) writeValues(chosen map[string]any) error {
	root := &yaml.Node{Kind: yaml.MappingNode}
	for _, value := range order {
		is, ok := chosen[value]
		if !ok || fmt.Sprint(is) == defaults[value] || fmt.Sprint(is) == "" {
			continue
		}
		if err := set(root, strings.Split(value, "."), is); err != nil {
			return err
		}
	}
	var err error
	if m.result.Values, err = encode(root, ""); err != nil || m.token == "" {
		return err
	}
	if m.to.native() {
		m.result.TokenValues, err = tokenValues(m.token)
		return err
	}
	m.result.Secret, err = encode(tokenSecret(m.token, chosen), keepTight)
	return err
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

func tokenSecret(token string, chosen map[string]any) secret {
	name, _ := chosen[valueTokenFrom].(string)
	key, _ := chosen["accessTokenFrom.key"].(string)
	namespace, _ := chosen["istio.namespace"].(string)
	s := secret{APIVersion: "v1", Kind: "Secret", Type: "Opaque", StringData: map[string]string{cmp.Or(key, "token"): token}}
	s.Metadata.Name, s.Metadata.Namespace = name, cmp.Or(namespace, "istio-system")
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

// write takes out of the sources what is to go.
func (m *migration) write() {
	for _, in := range m.inputs {
		d := Document{Name: in.Name, Before: in.Data, After: in.Data, live: in.Live, command: in.command != nil}
		switch {
		case in.command != nil:
			in.cuts = m.withoutFlags(in)
		case in.file != nil:
			in.cuts = m.withoutParts(in)
		}
		if d.After = in.Data; len(in.cuts) > 0 {
			d.After = []byte(yamlfile.Without(string(in.Data), in.cuts))
		}
		m.result.Documents = append(m.result.Documents, d)
	}
}

// withoutParts gives the pieces of a file that go. Where that cannot be done
// safely, the file stays whole and the reason is told.
func (m *migration) withoutParts(in *input) []yamlfile.Cut {
	if m.leaveHoles(in); in.stays != "" {
		return nil
	}
	_, cuts, err := in.file.Bytes()
	if err != nil {
		m.refuse(in, Left, err)
		in.stays = "take it out by hand"
		return nil
	}
	if in.mended == nil {
		return cuts
	}
	if pieces, ok := in.mended.cut(in.Data, cuts); ok {
		return pieces
	}
	m.result.Findings = append(m.result.Findings, Finding{
		Outcome: Left, File: in.Name, Text: "nothing was taken out of it: first mend the lines that are no YAML",
	})
	return nil
}

// tellStays tells of everything in files that could not be changed that it is
// still there.
func (m *migration) tellStays() {
	stays := map[string]string{}
	for _, in := range m.inputs {
		if in.stays != "" {
			stays[in.Name] = in.stays
		}
	}
	for i, f := range m.result.Findings {
		if how := stays[f.File]; how != "" && (f.Outcome == Dropped || f.Outcome == Moved && f.Text != "it stays") {
			m.result.Findings[i].Text = appended(f.Text, "it is still there, "+how)
		}
	}
}

// sort orders the findings by source and place, those about no place last.
func (r *Result) sort(sources []Source) {
	rank := map[string]int{}
	for i, s := range sources {
		rank[s.Name] = i
	}
	slices.SortStableFunc(r.Findings, func(a, b Finding) int {
		if (a.File == "") != (b.File == "") {
			if a.File == "" {
				return 1
			}
			return -1
		}
		if d := rank[a.File] - rank[b.File]; d != 0 {
			return d
		}
		if d := a.Line - b.Line; d != 0 {
			return d
		}
		return a.Column - b.Column
	})
}

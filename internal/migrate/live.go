package migrate

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
)

// LiveOptions say which control plane of a cluster is meant.
type LiveOptions struct {
	Namespace string // of istiod; default istio-system
	Revision  string // of istiod; may be empty where there is one alone
}

// Live is what a cluster has of an existing configuration.
type Live struct {
	Sources []Source
	Unseen  []string // what could not be looked at, and why: for Options
	Helm    bool     // Istio was installed by Helm: for Options
	Running string   // the version of istiod, by its image; empty where that does not tell: for Options
}

// ErrPlane tells that the control plane meant is not there, or that there are
// several.
var ErrPlane = errors.New("which control plane is to be migrated is not clear")

// ReadLive reads from a cluster what Migrate takes from files: mesh configs,
// Telemetries and what belongs to them, as they are in effect. Of Secrets it
// keeps names alone. Its error is that of the context or of a cluster that
// cannot be reached, or an ErrPlane; a missing right is in Live.Unseen.
func ReadLive(ctx context.Context, from mesh.Source, o LiveOptions) (*Live, error) {
	r := &liveReader{from: from, namespace: cmp.Or(o.Namespace, "istio-system"), live: &Live{}, routed: map[string]bool{}}
	if _, err := from.Versions(ctx, "telemetry.istio.io"); err != nil && !mesh.Refused(err) {
		return nil, fmt.Errorf("ask the cluster what it serves: %w", err)
	}
	plane, err := r.plane(ctx, o.Revision)
	if err != nil {
		return nil, err
	}
	r.live.Helm = plane != nil && plane.Metadata.Annotations["meta.helm.sh/release-name"] != ""
	if plane != nil {
		r.live.Running = plane.version()
	}
	r.documents(ctx)
	r.plain(plane)
	r.meshConfigs(ctx, plane)
	r.collectors(ctx)
	r.telemetries(ctx)
	r.routes(ctx)
	if err := r.users(ctx); err != nil {
		return nil, err
	}
	r.workloads(ctx)
	r.secrets(ctx)
	return r.live, ctx.Err()
}

type liveReader struct {
	from      mesh.Source
	namespace string
	root      string // whose Telemetry is for the whole mesh
	revision  string
	hosts     []string        // that providers send to
	routed    map[string]bool // those for which a ServiceEntry or DestinationRule was read
	live      *Live
}

// liveObject is an object, as far as it is looked into.
type liveObject struct {
	APIVersion string         `json:"apiVersion"`
	Kind       string         `json:"kind"`
	Metadata   liveMeta       `json:"metadata"`
	Spec       map[string]any `json:"spec,omitempty"`

	data map[string]string
}

type liveMeta struct {
	Name        string            `json:"name"`
	Namespace   string            `json:"namespace,omitempty"`
	Labels      map[string]string `json:"labels,omitempty"`
	Annotations map[string]string `json:"annotations,omitempty"`
	Created     string            `json:"creationTimestamp,omitempty"` // of a Telemetry: the oldest counts
	created     string
}

// lastApplied is the annotation in which kubectl keeps an object as it was
// applied, a token in it too.
const lastApplied = "kubectl.kubernetes.io/last-applied-configuration"

func newLiveObject(of mesh.Resource, text []byte) (liveObject, error) {
	var o liveObject
	var more struct {
		Metadata struct {
			Created string `json:"creationTimestamp"`
		} `json:"metadata"`
		Data json.RawMessage `json:"data"` // of a Secret it stays unread
	}
	if err := errors.Join(json.Unmarshal(text, &o), json.Unmarshal(text, &more)); err != nil {
		return o, fmt.Errorf("one of the %s cannot be read", of.Name)
	}
	if of.Kind == "ConfigMap" && more.Data != nil {
		if err := json.Unmarshal(more.Data, &o.data); err != nil {
			return o, fmt.Errorf("one of the %s cannot be read", of.Name)
		}
	}
	// Those of a list do not say what they are.
	o.APIVersion, o.Kind = of.Version, of.Kind
	if of.Group != "" {
		o.APIVersion = of.Group + "/" + of.Version
	}
	o.Metadata.Created, o.Metadata.created = "", more.Metadata.Created
	delete(o.Metadata.Annotations, lastApplied)
	return o, nil
}

// unseen notes what could not be looked at. A kind or an object that is not
// there is no such thing.
func (r *liveReader) unseen(what string, err error) {
	if err == nil || mesh.Absent(err) {
		return
	}
	if text := what + ": " + mesh.Reason(err); !slices.Contains(r.live.Unseen, text) {
		r.live.Unseen = append(r.live.Unseen, text)
	}
}

// list lists objects of a kind. Those of Istio have the best of the versions
// that are known here and served; objects of another version are unseen.
func (r *liveReader) list(ctx context.Context, of mesh.Resource, query mesh.Query, versions ...string) []liveObject {
	var served []string
	if len(versions) > 0 {
		var err error
		served, err = r.from.Versions(ctx, of.Group)
		r.unseen(of.String(), err)
	} else {
		versions, served = []string{of.Version}, []string{of.Version}
	}
	var all []liveObject
	err := mesh.ListIn(ctx, r.from, of, versions, served, query, func(of mesh.Resource, text []byte) error {
		o, err := newLiveObject(of, text)
		r.unseen(of.String(), err)
		if err == nil {
			all = append(all, o)
		}
		return nil
	})
	what := of.String()
	if query.Namespace != "" {
		what += " in namespace " + query.Namespace
	}
	r.unseen(what, err)
	slices.SortStableFunc(all, func(a, b liveObject) int {
		// The newest first: of mesh-wide Telemetries the oldest counts, and of sources the last.
		return cmp.Or(cmp.Compare(b.Metadata.created, a.Metadata.created),
			cmp.Compare(a.Metadata.Namespace+"/"+a.Metadata.Name, b.Metadata.Namespace+"/"+b.Metadata.Name))
	})
	return all
}

// add makes a source of an object.
func (r *liveReader) add(o liveObject) {
	text, err := yaml.Marshal(o)
	if err != nil {
		r.unseen(o.Kind+" "+o.Metadata.Name, err)
		return
	}
	if len(o.data) > 0 {
		text = append(text, block(o.data)...)
	}
	parts := []string{strings.ToLower(o.Kind), o.Metadata.Namespace, o.Metadata.Name, "yaml"}
	r.source(strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), "."), text)
}

func (r *liveReader) source(name string, text []byte) {
	r.live.Sources = append(r.live.Sources, Source{Name: "live/" + name, Data: text, Live: true})
}

// block writes a ConfigMap's data as blocks of text, whose documents can be
// edited, and in quotes what no block can hold.
func block(data map[string]string) []byte {
	var out bytes.Buffer
	out.WriteString("data:\n")
	for _, key := range slices.Sorted(maps.Keys(data)) {
		text := data[key]
		if text != "" && strings.ContainsAny(text[:1], " \t\r\n") || strings.ContainsFunc(strings.ReplaceAll(text, "\r\n", "\n"), noBlock) {
			quoted, err := json.Marshal(text)
			if err == nil {
				fmt.Fprintf(&out, "  %s: %s\n", key, quoted)
			}
			continue
		}
		chomp := "-"
		if strings.HasSuffix(text, "\n") {
			chomp = "+"
		}
		fmt.Fprintf(&out, "  %s: |%s\n", key, chomp)
		for line := range strings.Lines(text) {
			if line != "\n" {
				out.WriteString("    ")
			}
			out.WriteString(line)
		}
		if chomp == "-" {
			out.WriteString("\n")
		}
	}
	return out.Bytes()
}

// noBlock tells whether YAML takes a character in quotes alone. A carriage return
// by itself ends a line, and what follows would not be part of the text.
func noBlock(r rune) bool { return !unicode.IsPrint(r) && !strings.ContainsRune("\t\n", r) }

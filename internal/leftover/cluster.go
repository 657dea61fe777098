package leftover

import (
	"cmp"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"sigs.k8s.io/yaml"

	"github.com/istio-lightstep/istio-lightstep/internal/bounded"
	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
)

// Mention is a place that mentions LightStep.
type Mention struct {
	What string // file, or kind of an object
	Name string // of the object, with its namespace; empty for a file
	At   string // path in the object, or line:column of the file
}

// String names the place.
func (m Mention) String() string {
	if m.Name == "" {
		return m.What + ":" + m.At
	}
	return m.What + " " + m.Name + ": " + m.At
}

// Gap is something that could not be looked at.
type Gap struct {
	What, Why string
}

// Report is what was found.
type Report struct {
	Mentions []Mention
	More     int // mentions that are not named, as there are too many
	Gaps     []Gap
	MoreGaps int // gaps that are not named

	own      own
	deployed map[string]int // the revisions of Helm's releases, by the latter
	failed   []revision     // that Helm notes as failed
}

// most bounds how many mentions, and how many gaps, are named.
const most = 1000

func (r *Report) add(m Mention) {
	if len(r.Mentions) >= most {
		r.More++
		return
	}
	r.Mentions = append(r.Mentions, m)
}

// kind is a kind of objects that are looked at, with the versions that are
// known of it, the best first: none for what Kubernetes itself serves.
type kind struct {
	mesh.Resource
	Versions []string
}

//go:embed kinds.yaml
var kindsYAML []byte

// kinds reads kinds.yaml.
var kinds = sync.OnceValues(func() (all []kind, err error) {
	err = yaml.UnmarshalStrict(kindsYAML, &all)
	return all, err
})

var secrets = mesh.Resource{Version: "v1", Name: "secrets", Kind: "Secret"}

// Cluster looks at the objects of a cluster. Its error is that of a context
// that ended, or says that the cluster could not be reached.
func Cluster(ctx context.Context, from mesh.Source) (*Report, error) {
	if _, err := from.Versions(ctx, "telemetry.istio.io"); err != nil && !mesh.Refused(err) {
		return nil, err
	}
	all, err := kinds()
	if err != nil {
		return nil, fmt.Errorf("kinds.yaml: %w", err)
	}
	r := &Report{own: findOwn(ctx, from), deployed: map[string]int{}}
	for _, k := range all {
		if err := r.kind(ctx, from, k); err != nil {
			return nil, err
		}
	}
	if err := r.list(ctx, from, secrets, []string{secrets.Version}, r.secret); err != nil {
		return nil, err
	}
	r.failedReleases()
	slices.SortStableFunc(r.Mentions, func(a, b Mention) int {
		return cmp.Or(strings.Compare(a.What, b.What), strings.Compare(a.Name, b.Name))
	})
	return r, nil
}

// kind looks at all objects of a kind, of which one that the cluster does not
// serve has none.
func (r *Report) kind(ctx context.Context, from mesh.Source, k kind) error {
	versions := []string{k.Version}
	if len(k.Versions) > 0 {
		// In any other version they are looked at too: what mentions LightStep is found by its text.
		served, err := from.Versions(ctx, k.Group)
		if err != nil {
			r.gap(k.Resource, err)
			return ctx.Err()
		}
		known := slices.DeleteFunc(slices.Clone(k.Versions), func(v string) bool { return !slices.Contains(served, v) })
		others := slices.DeleteFunc(slices.Clone(served), func(v string) bool { return slices.Contains(known, v) })
		versions = slices.Concat(known, others)
	}
	return r.list(ctx, from, k.Resource, versions, func(data []byte) error {
		o, err := newObject(data)
		if err != nil {
			return err
		}
		r.object(k.Resource, o)
		return nil
	})
}

// list lists objects. What cannot be read is a gap, and hides no other object.
func (r *Report) list(ctx context.Context, from mesh.Source, of mesh.Resource, versions []string, look func([]byte) error) error {
	err := mesh.ListIn(ctx, from, of, versions, versions, mesh.Query{}, func(of mesh.Resource, data []byte) error {
		if err := look(data); err != nil {
			r.addGap(Gap{What: of.Kind + " " + nameOf(data), Why: unreadable(err)})
		}
		return nil
	})
	if err != nil && !mesh.Absent(err) && ctx.Err() == nil {
		r.gap(of, err)
	}
	return ctx.Err()
}

func (r *Report) object(of mesh.Resource, o *object) {
	name := mesh.Ref{Namespace: o.Metadata.Namespace, Name: o.Metadata.Name}.String()
	for _, at := range o.places(r.own) {
		r.add(Mention{What: of.Kind, Name: name, At: at})
	}
}

// secret looks at a Secret, of what it holds at the text in base64, and at the
// values in one in which Helm keeps a release that is in use.
func (r *Report) secret(data []byte) error {
	o, err := newObject(data)
	if err != nil {
		return err
	}
	if o.Type != ReleaseType {
		o.secret()
		r.object(secrets, o)
		return nil
	}
	if !o.isInUse() {
		return nil // of former revisions, and Helm deletes these in time
	}
	release, err := readRelease(data)
	if err != nil {
		return err
	}
	name := mesh.Ref{Namespace: cmp.Or(release.Namespace, o.Metadata.Namespace), Name: release.Name}.String()
	revision := revision{number: o.revision(), release: name}
	for _, at := range release.places(r.own) {
		revision.mentions = append(revision.mentions, Mention{What: "Helm release", Name: name, At: "values " + at})
	}
	if o.Metadata.Labels["status"] == "failed" {
		r.failed = append(r.failed, revision)
		return nil
	}
	r.deployed[name] = max(r.deployed[name], revision.number)
	for _, m := range revision.mentions {
		r.add(m)
	}
	return nil
}

// revision is one of a release of Helm's.
type revision struct {
	number   int
	release  string
	mentions []Mention
}

// failedReleases takes the mentions of upgrades that failed. One before the revision that is deployed is a former one.
func (r *Report) failedReleases() {
	for _, f := range r.failed {
		if f.number > 0 && f.number < r.deployed[f.release] {
			continue
		}
		for _, m := range f.mentions {
			r.add(m)
		}
	}
}

func (r *Report) gap(of mesh.Resource, err error) {
	if g := (Gap{What: of.String(), Why: mesh.Reason(err)}); !slices.Contains(r.Gaps, g) {
		r.addGap(g)
	}
}

func (r *Report) addGap(g Gap) {
	if len(r.Gaps) >= most {
		r.MoreGaps++
		return
	}
	r.Gaps = append(r.Gaps, g)
}

// nameOf gives the name of an object of which no more may be readable.
func nameOf(data []byte) string {
	var o struct {
		Metadata map[string]any `json:"metadata"`
	}
	_ = json.Unmarshal(data, &o) // without a name, the kind is named alone
	namespace, _ := o.Metadata["namespace"].(string)
	name, _ := o.Metadata["name"].(string)
	return mesh.Ref{Namespace: namespace, Name: name}.String()
}

// unreadable says why an object could not be read, and no more: what it holds may
// be a secret.
func unreadable(err error) string {
	var large *bounded.TooLargeError
	if errors.As(err, &large) {
		return "it " + large.Error()
	}
	return "it cannot be read"
}

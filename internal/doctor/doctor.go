package doctor

import (
	"cmp"
	"slices"
	"strings"
	"time"

	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/istio-lightstep/istio-lightstep/internal/dialect"
	"github.com/istio-lightstep/istio-lightstep/internal/doctor/finding"
	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
)

// Doctor knows what can be found, and what each Istio understands.
type Doctor struct {
	catalogue *finding.Catalogue
	dialects  *dialect.Table
}

// New reads the catalogue and the chart's dialects.
func New() (*Doctor, error) {
	catalogue, err := finding.Load()
	if err != nil {
		return nil, err
	}
	dialects, err := dialect.Load()
	if err != nil {
		return nil, err
	}
	return &Doctor{catalogue: catalogue, dialects: dialects}, nil
}

// Examine gives what is wrong on a mesh, in the order in which a span travels.
// Seen is what proxies and collectors said; nil where they were not asked.
func (d *Doctor) Examine(snapshot *mesh.Snapshot, seen *Observations) []finding.Finding {
	e := &examination{Doctor: d, Snapshot: snapshot, seen: seen, release: releaseOf(snapshot)}
	if len(snapshot.Istiods) == 0 && !snapshot.Unseen("deployments") && !snapshot.Unsure("") {
		e.add("LS-ISTIOD-MISSING", "the cluster", time.Time{}, nil)
	}
	planes := e.planes()
	for _, check := range []func(*plane){
		e.versions, e.meshConfig, e.discovery, e.telemetry, e.runtime, e.token, e.authority, e.route, e.envoyFilters, e.proxies, e.collector,
	} {
		for _, p := range planes {
			check(p)
		}
	}
	e.orphans()
	e.leftovers(planes)
	e.claims()
	e.injection()
	e.refused()
	return e.onPurpose(d.catalogue.Unexplained(e.within(planes, e.once())))
}

// examination is one look at a mesh.
type examination struct {
	*Doctor
	*mesh.Snapshot
	seen    *Observations
	release mesh.Release
	found   []finding.Finding

	policySets map[string]map[networkingv1.PolicyType]*policySet
	selectors  map[*metav1.LabelSelector]labels.Selector
}

func (e *examination) add(id, subject string, since time.Time, facts finding.Facts) {
	if facts == nil {
		facts = finding.Facts{}
	}
	facts["restore"] = e.restore()
	e.found = append(e.found, e.catalogue.Make(id, subject, since, facts))
}

// once leaves out what two revisions have in common, and sorts by the way of a
// span.
func (e *examination) once() []finding.Finding {
	order := map[string]int{}
	for i, k := range e.catalogue.Kinds() {
		order[k.ID] = i
	}
	var left []finding.Finding
	known := map[string]bool{}
	for _, f := range e.found {
		if key := f.ID + " " + f.Subject + " " + f.Backend; !known[key] {
			known[key] = true
			left = append(left, f)
		}
	}
	slices.SortStableFunc(left, func(a, b finding.Finding) int {
		return cmp.Or(order[a.ID]-order[b.ID], cmp.Compare(a.Subject, b.Subject))
	})
	return left
}

// within notes which findings concern one namespace alone.
func (e *examination) within(planes []*plane, found []finding.Finding) []finding.Finding {
	for i := range found {
		f := &found[i]
		namespace := namespaceOf(f.Subject)
		named := slices.ContainsFunc(planes, func(p *plane) bool { return namespace == p.dest.named })
		if !named && !e.Trusted(namespace) && f.ID != misplaced {
			f.Within = namespace
		}
	}
	return found
}

// releaseOf finds the Helm release that the chart's objects belong to.
func releaseOf(s *mesh.Snapshot) mesh.Release {
	for _, m := range slices.Concat(mesh.Metas(s.SharedConfigs), mesh.Metas(s.CollectorConfigs), mesh.Metas(s.Telemetries),
		mesh.Metas(s.DestinationRules), mesh.Metas(s.Workloads)) {
		if s.Ours(m) && finding.ValidName(m.Release.Name) && finding.ValidNamespace(m.Release.Namespace) {
			return m.Release
		}
	}
	return mesh.Release{}
}

// restore is the command that puts back what the chart made.
func (e *examination) restore() finding.Command {
	if e.release.Name == "" {
		return finding.NewCommand("istio-lightstep render -f YOUR-VALUES.yaml | kubectl apply -f -", nil)
	}
	return finding.NewCommand("helm get manifest {release} --namespace {releaseNamespace} | kubectl apply -f -", e.releaseFacts())
}

func (e *examination) releaseFacts() finding.Facts {
	return finding.Facts{"release": e.release.Name, "releaseNamespace": e.release.Namespace}
}

// subject names an object for people.
func subject(kind string, at mesh.Ref) string { return kind + " " + at.String() }

// namespaceOf is the namespace of a subject: of KIND NAMESPACE/NAME, of KIND/NAME
// in NAMESPACE, or the namespace itself.
func namespaceOf(subject string) string {
	if at := strings.LastIndex(subject, " in "); at >= 0 {
		return subject[at+len(" in "):]
	}
	kind, name, _ := strings.Cut(subject, " ")
	if kind == "namespace" {
		return name
	}
	namespace, _, found := strings.Cut(name, "/")
	if !found {
		return ""
	}
	return namespace
}

// listed joins names, and cuts what is too long to read.
func listed(names []string) string {
	const most = 5
	if len(names) == 0 {
		return "none"
	}
	if len(names) > most {
		names = append(names[:most:most], "…")
	}
	return strings.Join(names, ", ")
}

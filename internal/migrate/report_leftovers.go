package migrate

import (
	"context"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
	"go.yaml.in/yaml/v3"

	"github.com/istio-lightstep/istio-lightstep/internal/redact"
	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
	"github.com/istio-lightstep/istio-lightstep/pkg/problem"
	"github.com/istio-lightstep/istio-lightstep/pkg/render"
)

// ownValues is what the rules call our values; no file of the user's is called
// so.
const ownValues = "values of this chart"

// otherTracers are the rules that have other tracers removed.
var otherTracers = []string{"LS-DOCUMENT-OTHER-TRACER", "LS-DOCUMENT-TRACER-UNUSED"}

// answered are the rules about what the report has steps, a section or lines of its
// own for: a document of the version before the upgrade, the sampling, the revision,
// which a command may give instead, and what hides the collectors.
var answered = []string{
	"LS-DOCUMENT-VERSION", "LS-DOCUMENT-SAMPLING", "LS-DOCUMENT-UNSHARED", "LS-DOCUMENT-REVISION",
	"LS-BESIDE-SIDECAR", "LS-BESIDE-SIDECAR-NAMESPACE", "LS-BESIDE-PRIVATE",
}

// check asks the chart's rules about the values, and about the documents
// beside them.
func (e *edited) check(ctx context.Context, r *Result) error {
	sources := []render.Source{render.Bytes(ownValues, r.Values)}
	if r.TokenValues != nil {
		sources = append(sources, render.Bytes(ownValues, r.TokenValues))
	}
	values, err := render.ReadValues(sources...)
	if err != nil {
		return err
	}
	problems, err := e.to.renderer.Check(ctx, values)
	if err != nil {
		return err
	}
	for _, later := range [][]byte{r.Drained, r.After} {
		if later == nil {
			continue
		}
		values, err := render.ReadValues(render.Bytes(ownValues, later))
		if err != nil {
			return err
		}
		more, err := e.to.renderer.Check(ctx, values)
		if err != nil {
			return err
		}
		for _, p := range more {
			if !slices.ContainsFunc(problems, func(known problem.Problem) bool { return known.ID == p.ID && known.Path == p.Path }) {
				problems = append(problems, p)
			}
		}
	}
	for i, in := range e.inputs {
		if in.file == nil || !e.hasControlPlane(in) {
			continue
		}
		left := e.documents[i].After
		if e.keepsBase(in) {
			left = e.left(in)
		}
		with, err := e.to.renderer.Check(ctx, values, render.WithDocument(in.Name, left))
		if err != nil {
			return err
		}
		e.asGiven(in, left, with)
		for _, p := range with {
			if e.partial && slices.Contains(otherTracers, p.ID) {
				continue // it is the mesh's, and stays
			}
			if strings.HasPrefix(p.Path, "document.") && !slices.Contains(answered, p.ID) {
				problems = append(problems, p)
			}
		}
	}
	if e.values["telemetry.enabled"] == false { // on purpose, and there is a step or a place for what takes its part
		problems = slices.DeleteFunc(problems, func(p problem.Problem) bool { return p.ID == "LS-TELEMETRY-HELD" })
	}
	r.Problems = problems
	return nil
}

// hasControlPlane tells whether a source has one document that the rules know.
func (e *edited) hasControlPlane(in *input) bool {
	count := 0
	for _, d := range e.decisions.documents {
		if d.input == in && d.prefix == "" && d.kind != nil && !e.gone[d.root] && !e.isOther(d) &&
			slices.Contains([]string{"IstioOperator", "IstioControlPlane", "Istio", "values", "meshConfig"}, d.kind.Kind) {
			count++
		}
	}
	return count == 1
}

// nameLeftovers names what is still there and has to do with LightStep, by the
// look of it: slips of the pen, and places that the table does not know.
func (e *edited) nameLeftovers() {
	l := &leftovers{edited: e, named: map[[2]int]bool{}, above: map[string]bool{}, known: e.keptNames(), placed: map[*yaml.Node]bool{}}
	for _, f := range e.findings {
		if f.Outcome == Left || f.Outcome == ByHand {
			l.named[[2]int{f.Line, f.Column}] = true
		}
		if f.Outcome != Moved && f.Outcome != Dropped {
			l.tellAbove(f.File, f.Path)
		}
	}
	for _, d := range e.decisions.documents {
		if !e.lightstep {
			l.nameUnused(d)
		}
		if len(d.placed) == 0 || d.holder != nil || d.items != nil || d.file == nil || e.gone[d.root] {
			continue
		}
		l.document = d
		l.walk(nil, d.root)
	}
}

// nameUnused names the maps of LightStep's of which nothing is taken.
func (l *leftovers) nameUnused(d *document) {
	l.eachClosed(d, func(c closedMap, s site) {
		if !strings.HasSuffix(c.Path, "lightstep") {
			return
		}
		l.placed[s.Value] = true
		switch {
		case l.workloads:
			l.tell(d, Left, s, "", "only this workload sends to LightStep, and the proxies of Istio "+l.to.version+" read it as before: it stays, and no value of the mesh is made of it")
		case len(at(s.Up.Value, "lightstep").Content) > 0:
			l.tell(d, Left, s, "", "it holds no address and no token, as in Istio's own values: nothing is sent by it")
		}
	})
}

type leftovers struct {
	*edited
	document *document
	named    map[[2]int]bool     // places by line and column
	above    map[string]bool     // file and path of what findings are about, and of all that holds it
	known    map[string]bool     // texts of the user's that need no word
	placed   map[*yaml.Node]bool // maps of LightStep's that are where Istio reads them, and say nothing
}

// tellAbove takes note of a path that a finding is about, and of those above.
func (l *leftovers) tellAbove(file, path string) {
	for path != "" && !l.above[file+"\x00"+path] {
		l.above[file+"\x00"+path] = true
		path = path[:max(0, strings.LastIndexAny(path, ".["))]
	}
}

// walk gives whether anything is left below a node.
func (l *leftovers) walk(path yamltree.Path, node *yaml.Node) bool {
	if node.Kind == yaml.ScalarNode || node.Kind == yaml.AliasNode {
		return node.Kind == yaml.ScalarNode
	}
	left := len(node.Content) == 0
	for key, value := range yamltree.Children(node) {
		var step any = yamltree.Each{}
		if node.Kind == yaml.MappingNode {
			step = yamltree.Key(key)
		}
		if !l.gone[key] {
			left = l.entry(append(slices.Clip(path), step), key, value) || left
		}
	}
	return left
}

// entry looks at one entry of a map, or item of a list.
func (l *leftovers) entry(path yamltree.Path, key, value *yaml.Node) bool {
	if l.placed[value] || l.told[key] || l.knownAt[key] {
		return true
	}
	if key != value && looksLikeLightStep(key.Value) && l.hasScalars(value) {
		l.name(path, key, "this looks like LightStep's, and is not where any Istio reads it: it was left alone")
		l.hideBelow(key.Value, value)
		return true
	}
	if value.Kind == yaml.ScalarNode && mentionsLightStep(value.Value) && !l.known[value.Value] {
		if l.document.file.Embedded(value) == nil {
			l.name(path, key, "it has to do with LightStep, by its text, and was left alone")
		}
		return true
	}
	return l.walk(path, value)
}

func (l *leftovers) hasScalars(value *yaml.Node) bool {
	if value.Kind == yaml.ScalarNode {
		return value.Value != ""
	}
	return l.walk(nil, value) && len(yamltree.Pairs(value)) > 0
}

// name names a place once.
func (l *leftovers) name(path yamltree.Path, key *yaml.Node, why string) {
	line, column := l.document.position(key)
	whole := redact.Key(l.document.prefix + path.String())
	if l.above[l.document.Name+"\x00"+whole] {
		return
	}
	if l.named[[2]int{line, column}] {
		return
	}
	l.named[[2]int{line, column}] = true
	l.tellAbove(l.document.Name, whole)
	l.tell(l.document, Left, site{Key: key, Steps: path}, "", why)
}

// keptNames gives text of the user's that needs no word: the names of what is
// kept.
func (e *edited) keptNames() map[string]bool {
	known := map[string]bool{}
	for _, c := range e.claims {
		if is, ok := c.is.(string); ok && (strings.HasPrefix(c.value, "istio.") || strings.HasPrefix(c.value, "accessTokenFrom.")) {
			known[is] = true
		}
	}
	return known
}

// looksLikeLightStep tells a key that is LightStep's or a slip of it.
func looksLikeLightStep(key string) bool {
	key = strings.ToLower(key)
	return key == "lightstep" || len(key) > 6 && len(key) < 12 && levenshtein.ComputeDistance(key, "lightstep") <= 2
}

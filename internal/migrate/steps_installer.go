package migrate

import (
	"cmp"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	yamlfile "github.com/istio-lightstep/istio-lightstep/internal/document"
	"github.com/istio-lightstep/istio-lightstep/internal/terminal"
	"github.com/istio-lightstep/istio-lightstep/internal/yamltree"
)

// managed is a ConfigMap with settings of a mesh whose istiod a provider runs.
type managed struct {
	Namespace string `json:"namespace"`
	Name      string `json:"name"` // a form of its name
	By        string `json:"by"`   // what runs istiod
	Upgrade   string `json:"upgrade"`

	name *regexp.Regexp
}

// managedBy tells who runs the istiod that a document configures; nil where the user
// does, or where nothing tells.
func (p *parsed) managedBy(d *document) *managed {
	owner := d.outermost()
	if !owner.is("ConfigMap") || at(owner.root, "data.mesh") == nil {
		return nil
	}
	for i, m := range p.Managed {
		if m.Namespace == textAt(owner.root, "metadata.namespace") && m.name.MatchString(textAt(owner.root, "metadata.name")) {
			return &p.Managed[i]
		}
	}
	return nil
}

// injector begins the names of the ConfigMaps in which an installer notes the values of the
// injector.
const injector = "istio-sidecar-injector"

// inText tells what holds settings of Istio in a text: a program that installs Istio
// from them, whatever it is, or what applies the object in it that does. A mesh config in
// a ConfigMap alone is what an installer wrote. An IstioOperator in a text is istioctl's, but
// for one among values: what reads these installs it.
func (e *edited) inText(d *document, w wrapper) wrapper {
	switch {
	case d.owner == nil, d.patches, len(d.placed) == 0, d.is("proxyConfig"), d.ofIstioctl() && !d.within && !d.amongValues():
		return wrapper{}
	case e.configuresCollector(d), d.is("values") && e.ofAnotherChart(d.root), strings.HasPrefix(w.Object.Name, injector):
		return wrapper{}
	case d.is("meshConfig"):
		if d.owner.is("ConfigMap") {
			return wrapper{}
		}
		w.Mesh = true
	}
	w.By = "other"
	return w
}

// configuresWorkloads tells a source that has proxy settings of workloads.
func (e *edited) configuresWorkloads(in *input) bool {
	return !in.Live && slices.ContainsFunc(e.decisions.documents, func(d *document) bool { return d.input == in && d.ofWorkload() && e.marked[d] })
}

// isOfWorkloads tells values of which all that is read configures workloads, such as those
// of a gateway's chart: istiod is not installed with them.
func (e *edited) isOfWorkloads(d *document) bool {
	if d.owner != nil || !d.is("values") || e.hasIstioKeys(d.root) || valuesBelow(d).Values != "" {
		return false
	}
	return slices.ContainsFunc(e.decisions.documents, func(inner *document) bool { return inner.owner == d && inner.ofWorkload() }) &&
		!slices.ContainsFunc(e.settings, func(s setting) bool { return s.document == d && !s.row.Keep })
}

// besideWorkloads tells what Istio is installed by where all that is there configures
// workloads: by Helm, as the values of a gateway's chart, or by what installs such a chart.
func (e *edited) besideWorkloads() wrapper {
	for _, d := range e.decisions.documents {
		if d.Live || !d.ofWorkload() {
			continue
		}
		switch owner := d.outermost(); {
		case e.wrapped(d).By != "":
			return wrapper{By: "other", Mesh: true}
		case owner.is("values"):
			return wrapper{By: "helm"}
		}
	}
	return wrapper{}
}

// amongValues tells what stands in a text of values, such as those of a chart that installs
// Istio from it.
func (d *document) amongValues() bool {
	return d.owner != nil && d.owner.is("values") && d.owner.command == nil
}

// ofIstioctl tells a document that istioctl, and its operator, install Istio from.
func (d *document) ofIstioctl() bool { return d.is("IstioOperator") || d.is("IstioControlPlane") }

// holds tells an object that only holds values for what installs Istio.
func (w wrapper) holds() bool {
	return w.By == "other" && (w.Object.Kind == "configmap" || w.Object.Kind == "secret")
}

// maker is where a kind of objects names a Secret that it makes: at the first of some
// places that is there.
type maker struct {
	Kind string   `json:"kind"`
	At   []string `json:"at"`

	Namespace []string `json:"namespace"` // where it names the Secret's; that of the object where it has none
}

// makers names the objects that make the Secret with the access token, or one with
// LightStep's CA.
func (e *edited) makers(token, namespace string) []string {
	var named []string
	for _, d := range e.decisions.documents {
		for _, m := range e.Makers {
			if textAt(d.root, "kind") != m.Kind || e.gone[d.root] {
				continue
			}
			i := slices.IndexFunc(m.At, func(path string) bool { return at(d.root, path) != nil })
			if i < 0 {
				continue
			}
			for _, s := range sites(d.root, m.At[i]) {
				name, by := yamltree.Text(s.Value), d.object()
				in, known := m.namespaceOf(d, s)
				if name != "lightstep.cacert" && (token == "" || name != token || known && !sameNamespace(in, namespace)) {
					continue
				}
				what := asName(by.Kind) + " " + asName(by.Name)
				if own := textAt(d.root, "metadata.namespace"); own != "" {
					what += " of " + asName(own)
				}
				if by.Name == "" { // a file
					what = fmt.Sprintf("%s %s of %s", asName(fmt.Sprint(s.Path()[0])), asName(name), terminal.Safe(d.Name))
				}
				if !known && name != "lightstep.cacert" {
					what += ", if it is of " + namespace
				}
				if !slices.Contains(named, what) {
					named = append(named, what)
				}
			}
		}
	}
	return named
}

// namespaceOf gives the namespace of the Secret that is named at a place, where the
// object tells it.
func (m maker) namespaceOf(d *document, s site) (string, bool) {
	if len(m.Namespace) == 0 {
		return d.object().Namespace, true
	}
	for _, path := range m.Namespace {
		if in := textAt(d.root, path); in != "" {
			return in, true
		}
		if in := textAt(s.Up.Value, path); in != "" {
			return in, true
		}
	}
	return "", false
}

// shortName names a file for a sentence: by its path where another one has the same base name.
func (e *edited) shortName(in *input) string {
	base := filepath.Base(in.Name)
	for _, other := range e.inputs {
		if other != in && filepath.Base(other.Name) == base {
			return terminal.Safe(in.Name)
		}
	}
	return terminal.Safe(base)
}

// pins notes the images and the revision that a file sets.
func (e *edited) pins(in *input, to *stepData) {
	for d, s := range e.pinned() {
		if d.input == in {
			f := d.found(Left, s)
			to.Pins = append(to.Pins, fmt.Sprintf("`%s` (%s)", terminal.Safe(f.Path), terminal.Safe(position(f))))
			to.PinsTags = to.PinsTags || yamltree.Key(s.Key) == "revisionTags"
		}
	}
}

// commandOf notes what the command that installs Istio has and the commands of the steps lack, which take it by
// variables: its flags, as they were and as they are to be, and the files that were not given.
func (e *edited) commandOf(in *input, d *stepData) {
	var flags []*flag
	spreads, reads := false, false
	for _, doc := range e.decisions.documents {
		if doc.input == in && e.installs(doc) {
			flags = append(flags, doc.flags...)
			reads, spreads = reads || doc.reads, spreads || doc.spreads
			if properName.MatchString(doc.release) {
				d.release, d.Charts = doc.release, true
			}
			d.Applied = d.Applied || doc.applied
			d.System = cmp.Or(asName(doc.system), d.System)
			d.clusterOf(doc.cluster, asFile(e.shortName(in)))
		}
	}
	name := asFile(e.shortName(in))
	if reads {
		d.Reads = append(d.Reads, name)
	}
	if len(flags) == 0 && !spreads {
		return
	}
	d.Flags = append(d.Flags, name)
	e.pins(in, d)
	// What is left to the user, as a number of an item, changes too.
	d.flagsGo = d.flagsGo || spreads || slices.ContainsFunc(e.findings, func(f Finding) bool {
		return f.File == in.Name && (f.Outcome == ByHand || f.Outcome == Left) && f.Path != "" && f.Path != "-f"
	})
	d.flagsStay = d.flagsStay || spreads
	for _, f := range flags {
		d.flagsGo = d.flagsGo || e.going[f]
		d.flagsStay = d.flagsStay || !e.going[f]
	}
}

// AsksForFile tells whether Istio is installed from a document that was not given.
func (d stepData) AsksForFile() bool {
	return len(d.Files) == 0 && (len(d.Flags) == 0 || len(d.Reads) > 0)
}

// AsksForMore tells whether it is installed from files that were not given, beside some that were.
func (d stepData) AsksForMore() bool { return len(d.Files) > 0 && len(d.Reads) > 0 }

// FlagsLeft is the variable with the flags that stay; empty where there are none.
func (d stepData) FlagsLeft() string {
	switch {
	case len(d.Flags) == 0 || !d.flagsStay:
		return ""
	case d.flagsGo:
		return "FLAGS_WITHOUT"
	default:
		return "FLAGS"
	}
}

// Release is that of the chart istiod for a revision.
func (d stepData) Release(revision string) string {
	switch {
	case revision == d.Revision && d.release != "":
		return d.release
	case revision != "":
		return "istiod-" + revision
	default:
		return "istiod"
	}
}

// namedElsewhere tells values that another program installs with, which names their file.
func (e *edited) namedElsewhere(in *input) bool {
	return slices.ContainsFunc(e.named[filepath.Base(in.Name)], func(other *input) bool { return other != in })
}

// isOfTarget tells whether every version that the files tell is that of the Istio that
// is migrated to, and there is one.
func (e *edited) isOfTarget() bool {
	found := false
	for is := range e.installed() {
		if is.Minor() != e.to.parsed.Minor() || e.to.parsed.HasPatch() && is.Patch() != e.to.parsed.Patch() {
			return false
		}
		found = true
	}
	return found
}

// wrapped tells which object of another program's holds settings of Istio that a
// document is part of.
func (p *parsed) wrapped(d *document) wrapper {
	owner := d.outermost()
	if d.patches {
		owner = d // it is of the object that is patched
	}
	group, _, _ := strings.Cut(textAt(owner.root, "apiVersion"), "/")
	w := wrapper{By: p.Installers[group+"/"+textAt(owner.root, "kind")], Object: owner.object(), Values: strings.TrimSuffix(d.prefix, ": ")}
	if len(d.placed) == 0 {
		return wrapper{}
	}
	switch {
	case d.owner != nil && d.ofIstioctl() && !d.patches:
		w.Values, w.Spec = d.prefix+"spec", true
	case d.owner == nil || d.within || d.patches:
		i := slices.IndexFunc(d.placed, func(p placed) bool { return p.scope.Rows == "values" && p.scope.Unread == "" })
		w.Values = ""
		switch {
		case i >= 0:
			base := d.placed[i].base
			w.Values, w.IsMap, w.Spec = d.prefix+base.Path().String(), true, isOperatorSpec(base)
			if d.patches {
				w.Values, w.IsMap = base.Path().String(), false
			}
		case d.kind != nil && d.kind.Into != "" && d.patches:
			w.Values = d.kind.Into
		case d.kind != nil && d.kind.Into != "":
			w.Values = d.prefix + d.kind.Into
		}
	}
	w.Past = d.kind != nil && d.kind.Past
	w.Env = p.Environments[group+"/"+textAt(owner.root, "kind")]
	return w
}

// isOperatorSpec tells the spec of an IstioOperator that another object holds, by
// its name or by what values have not.
func isOperatorSpec(s site) bool {
	return s.Key != nil && strings.HasSuffix(s.Key.Value, "peratorSpec") || yamltree.IsMap(at(s.Value, "components")) || yamltree.IsMap(at(s.Value, "values"))
}

// ofAnotherChart tells values that no chart of Istio's control plane has: istiod is
// not installed with them.
func (t *table) ofAnotherChart(root *yaml.Node) bool {
	// An umbrella chart's values and a helmfile hold those of Istio at some depth.
	within := yamltree.Outermost(root, func(s site) bool { return yamlfile.IsValues(s.Value) || yamltree.IsMap(at(s.Value, "pilot")) })
	if len(within) > 0 || yamltree.IsMap(at(root, "global.proxy")) {
		return false
	}
	unknown := yamltree.IsMap(at(root, "image")) // istiod's is a text
	for i := 0; i+1 < len(root.Content); i += 2 {
		key := yamltree.Key(root.Content[i])
		if slices.Contains(t.IstioKeys, key) {
			return false
		}
		unknown = unknown || !yamltree.IsMerge(root.Content[i]) && !slices.Contains(t.CommonKeys, key)
	}
	return unknown
}

// samplingSteps says what keeps samplings, and when.
func (e *edited) samplingSteps(d *stepData) {
	d.SamplingsLate = e.keepsSamplingsLate()
	for _, s := range e.plan.samplings {
		if s.Name == "" {
			d.SamplingsByHand = append(d.SamplingsByHand, s.Place)
		} else {
			s.Telemetry = "sampling-of-" + s.Name
			if slices.ContainsFunc(e.plan.samplings, func(o podSampling) bool { return o.Namespace == s.Namespace && o.Name == s.Name && o.Kind != s.Kind }) {
				s.Telemetry += "." + s.Kind // each has its own
			}
			d.Samplings = append(d.Samplings, s)
		}
	}
}

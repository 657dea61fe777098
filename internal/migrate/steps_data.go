package migrate

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/istio-lightstep/istio-lightstep/internal/collector"
	"github.com/istio-lightstep/istio-lightstep/internal/terminal"
)

// DefaultDir is the folder that the steps name where none is given.
const DefaultDir = "migrated"

// object is one of the cluster that goes.
type object struct{ Kind, Namespace, Name, Version string }

// files are a file of the user's before and after; the latter is empty where
// nothing is left of it.
type files struct{ Before, After string }

// wrapper is an object that another program installs Istio from.
type wrapper struct {
	By     string // flux, argocd, k3s, sail, operator, managed or other; empty where there is none
	Object object
	Values string // where in it the values stand
	IsMap  bool   // they are a map, and no text
	Spec   bool   // they are the spec of an IstioOperator
	Env    string // where in it istiod's variables stand, where these are no values; "" where they are
	Past   bool   // it installs no Istio without LightStep's own tracer
	Mesh   bool   // they are a mesh config, which has no place for values of Istio

	Provider, Upgrade string // who runs istiod, and what an upgrade needs; empty where the user does
}

// stepData is what the texts of steps.yaml and commands.tmpl may name.
type stepData struct {
	Dir, Namespace, Root, Version, Revision, NewRevision string
	Ours, Nothing                                        string // the file with our part of the control plane's document; of which files nothing is left
	File, SecretName, CA, Default                        string
	Cluster                                              []string // contexts of the user's own commands, and what else chooses their cluster
	Kubeconfig                                           string   // that of these, as a word of a shell
	Kubeconfigs                                          []string // files with commands whose own is not told, or is another one
	Paths, After                                         string   // the files that Istio is installed from, as they are and as they are written
	Telemetries, NarrowGone, Routes                      []object
	Renames                                              []rename // Telemetries that stay, and name the chart's provider
	Partial, Idle                                        bool     // the mesh itself sends to another backend; nothing sends to the collectors yet
	Narrow                                               []rename // narrower ones, which lose the old provider's name
	Secret, Token, Crashes, Rotate                       bool
	Backend, BackendSecret                               string   // that the spans are moved to, its Secret,
	BackendKeys                                          []string // and the keys of that,
	BackendHolds                                         string   // and what it holds
	OldSecret, OldKey                                    string   // with the access token, once it is of no use, and its key
	Makers                                               []string // what makes Secrets again that are deleted
	Alone                                                bool     // nothing goes to LightStep any more

	Samplings       []podSampling // of workloads, that Telemetries keep,
	SamplingsByHand []string      // and the places of those that the owner keeps,
	SamplingsLate   bool          // both once the chart's Telemetry is there

	TLSGuessed      bool // nothing said whether the satellite speaks TLS
	Files           []files
	Others          []string // files that another program installs
	Workloads       []string // files that configure workloads, and not istiod
	Flags           []string // files with commands whose flags set values of Istio
	flagsStay       bool     // whether any of these stays,
	flagsGo         bool     // and whether any goes or changes
	Reads           []string // files with commands that read values that were not given
	release         string   // of the chart istiod, by such a command
	Released        string   // that of Helm's which made the mesh ConfigMap, of whatever chart
	Charts          bool     // a command tells that its chart is istiod's
	Applied         bool     // Helm renders it alone, for kubectl to apply
	System          string   // what such a command tells istioctl to be the namespace of Istio
	Pins            []string // what of them is of the Istio that runs: its images and its revision
	PinsTags        bool     // and tags of that
	ValuesFiles     []string // of this chart, that are written
	Stays           bool     // the Istio that is migrated to is installed
	Running         string   // the one that runs, where a cluster tells it
	ByHelm          bool
	Ingress, Egress int     // gateways of the control plane's document
	Wrapper         wrapper // that Istio is installed from
	Native          bool    // the old Istio is of 1.14 or older
	InstallsOver    bool    // and the new one is installed over it
	Unshared        bool    // our part is in the control plane's own document,
	Before, Without string  // which it is merged into, as it is and, where anything is left, without LightStep's parts; Before is empty where it is laid over it
	Lists           bool    // several files, of which one has a list that our part replaces
	SharedMaps      []sharedMap
	Output, Part    string   // of the chart, for what installs Istio, and for an object of another program
	Replaced, Gone  []kept   // the files that were given, and change, or of which nothing is left, in the end
	Left            []string // those that are kept, for migrate --verify
	canUpgrade      bool     // from and to tracing that is no matter of the version of Istio
	Args            []any    // what a command of commands.tmpl is told besides
}

// With gives the data with arguments for a command of commands.tmpl.
func (d stepData) With(args ...any) stepData {
	d.Args = args
	return d
}

// ChartLabels are the labels by which what the chart made is found, for a shell's loop.
func (stepData) ChartLabels() string {
	var labels []string
	for _, label := range collector.ChartLabels {
		labels = append(labels, label+"="+collector.Chart)
	}
	return strings.Join(labels, " ")
}

// Git tells whether Istio is installed from a repository.
func (d stepData) Git() bool { return d.Wrapper.By == "flux" || d.Wrapper.By == "argocd" }

// Sail tells whether Sail installs Istio.
func (d stepData) Sail() bool { return d.Wrapper.By == "sail" }

// Operator tells whether Istio's own operator installs it.
func (d stepData) Operator() bool { return d.Wrapper.By == "operator" }

// OldRevision is what the proxies of the old control plane say.
func (d stepData) OldRevision() string { return cmp.Or(d.Revision, "default") }

// Kept tells whether proxies have to be kept on the old provider by Telemetries
// of their namespaces.
func (d stepData) Kept() bool { return len(d.Telemetries) > 0 || d.Default != "" }

// TelemetriesChange tells whether Telemetries of the user's go or change as the chart's takes over.
func (d stepData) TelemetriesChange() bool {
	return d.removes() || len(d.Renames)+len(d.Narrow)+len(d.NarrowGone) > 0
}

// removes tells whether Telemetries of the user's change as the chart makes its own.
func (d stepData) removes() bool {
	return d.Kept() && len(d.Telemetries)+len(d.Narrow)+len(d.NarrowGone) > 0
}

// SharedRenames are the Telemetries that name the chart's provider, and that other control
// planes may read, which do not know it.
func (d stepData) SharedRenames() []rename {
	return slices.DeleteFunc(slices.Clone(d.Renames), func(r rename) bool { return !r.Shared })
}

// ChangesMesh tells whether a mesh-wide Telemetry that other control planes may read comes, goes or changes. Of a
// managed istiod and of Sail's, whose proxies have revisions that no file names, what is renamed alone is looked at.
func (d stepData) ChangesMesh() bool {
	return d.Kept() && d.Wrapper.By != "managed" && !d.Sail() || len(d.SharedRenames()) > 0
}

// Prunes tells whether Telemetries of the user's are removed as a commit is applied, maybe before the chart is upgraded
// that the same commit changes: Flux upgrades it after that, and an Application of Argo CD that syncs by itself does not
// wait for another.
func (d stepData) Prunes() bool { return d.Git() && d.removes() }

// ByFlux tells whether Flux applies the commits.
func (d stepData) ByFlux() bool { return d.Wrapper.By == "flux" }

// Telemetry is the mesh-wide one that is in effect: that of the last source, as
// with its sampling.
func (d stepData) Telemetry() object {
	if len(d.Telemetries) == 0 {
		return object{Version: "telemetry.istio.io/v1alpha1"}
	}
	return d.Telemetries[len(d.Telemetries)-1]
}

func (e *edited) stepData(r *Result, o Options) stepData {
	d := stepData{
		Dir: quoted(o.dir()), Ours: r.freeName(o.dir(), "lightstep.yaml"), Namespace: e.releaseNamespace(),
		Root: asName(e.plane.root), Version: e.to.version, NewRevision: strings.ReplaceAll(e.to.version, ".", "-"),
		Revision: asName(cmp.Or(e.text("istio.revision"), e.plane.revision)), SecretName: asName(e.text(valueTokenFrom)), CA: asName(e.text(valueCASecret)),
		Telemetries: objectsNamed(e.plan.telemetries), Default: asProvider(e.plan.defaultProvider), Narrow: e.unnamings(),
		Renames: e.renames(), Partial: e.partial, Idle: e.partial && !e.workloads && len(e.plan.renames) == 0,
		NarrowGone: objectsNamed(e.plan.narrowGone), Routes: objectsNamed(e.plan.routes),
		Crashes: e.plan.kind == "lightstep", Secret: r.Secret != nil, Token: r.TokenValues != nil,
		Rotate:     slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.Outcome == Rotate }),
		TLSGuessed: e.tlsGuessed && (e.to.backend == nil || !e.to.backend.Alone), Native: e.from() == "native", InstallsOver: e.to.old(), Output: "istioOperator", Part: "istiodValues",
	}
	if b := e.to.backend; b != nil {
		d.Backend, d.Alone, d.OldSecret, d.OldKey = asName(b.Name), b.Alone, asName(e.plan.tokenSecret), asName(e.plan.tokenKey)
		if d.BackendKeys = e.backendKeys(b.Name); len(d.BackendKeys) > 0 {
			d.BackendSecret, d.BackendHolds = d.Backend, e.backendHolds
		}
		d.Makers = e.makers(d.OldSecret, d.Namespace)
	}
	if d.NewRevision == d.Revision {
		d.NewRevision += "-new"
	}
	e.samplingSteps(&d)
	for _, name := range r.valuesFiles() {
		d.ValuesFiles = append(d.ValuesFiles, d.Dir+"/"+name)
	}
	e.ownFiles(r, o, &d)
	if !slices.Contains(e.to.row.Outputs, d.Part) {
		d.Part = "legacyValues"
	}
	installed := d.Files
	e.sharedMaps(r, o, &d)
	if d.ByHelm {
		d.Output = d.Part
	}
	switch {
	case d.Sail():
		d.Part = "sail"
	case d.Wrapper.Spec:
		d.Part = "istioOperator"
	}
	if d.Wrapper.By == "managed" {
		d.Native = false // no such istiod has one
	}
	d.canUpgrade = slices.Contains([]string{"provider", "direct", "collector"}, e.from()) && e.kindOfTarget() == "otlp"
	d.Stays = e.isOfTarget() && d.canUpgrade
	if e.to.running.Known() {
		d.Running = e.to.running.String()
	}
	e.keptFiles(r, o, &d, installed)
	return d
}

// ownFiles notes the user's files that Istio is installed from, and by what.
func (e *edited) ownFiles(r *Result, o Options, d *stepData) {
	written := r.documentNames()
	by := e.installer()
	d.ByHelm = by.By == "helm" || o.Helm && by.By != "istioctl"
	d.release = e.releaseOfMesh()
	d.Released = d.release
	if by.By != "istioctl" && by.By != "helm" {
		d.Wrapper = by
	}
	var names, before, after, gone []string
	for i, in := range e.inputs {
		w := e.installedBy(in)
		if name := terminal.Safe(filepath.Base(in.Name)); w.By == "" && e.configuresWorkloads(in) && e.documents[i].Changed() {
			if written[i] == "" {
				name += " (nothing is left of it)"
			}
			d.Workloads = append(d.Workloads, name)
		}
		switch {
		case w.By == by.By, w.By == "other" && e.namedElsewhere(in):
		case w.By == "", w.holds():
			continue
		default:
			d.Others = append(d.Others, e.shortName(in))
			continue
		}
		if by.By != "" && in.command != nil {
			e.commandOf(in, d)
		}
		if by.By != "" && in.command == nil && !in.Live && in.Name != "stdin" {
			file := files{Before: quoted(in.Name)}
			name := e.shortName(in)
			if written[i] != "" {
				file.After = d.Dir + "/" + quoted(written[i])
				after = append(after, file.After)
			} else {
				gone = append(gone, name)
			}
			d.Files = append(d.Files, file)
			e.pins(in, d)
			e.contextsOf(in, d)
			names, before = append(names, name), append(before, file.Before)
		}
	}
	for _, doc := range e.decisions.documents {
		d.Ingress = max(d.Ingress, len(sites(doc.root, "spec.components.ingressGateways[]")))
		d.Egress = max(d.Egress, len(sites(doc.root, "spec.components.egressGateways[]")))
	}
	d.File = cmp.Or(strings.Join(names, " and "), "your document")
	d.Paths, d.After = cmp.Or(strings.Join(before, " "), "FILE"), cmp.Or(strings.Join(after, " and "), d.Dir)
	if len(gone) > 0 {
		d.Nothing = fmt.Sprintf(" (nothing is left of %s)", strings.Join(gone, " and "))
	}
}

// installer tells what Istio is installed by: of several, a provider before istioctl and Istio's operator, these
// before Helm, and that before the last of the others that are known. Values without LightStep may be of anything.
func (e *edited) installer() wrapper {
	var by wrapper
	best := 0
	for _, in := range e.inputs {
		w := e.installedBy(in)
		precedence := 3 // of others that are known
		switch w.By {
		case "managed":
			return w
		case "":
			continue
		case "other":
			precedence = 1
		case "helm":
			if precedence = 4; in.command == nil && !mentionsLightStep(string(in.Data)) {
				precedence = 2
			}
		case "istioctl", "operator":
			precedence = 5
		}
		if precedence >= best {
			by, best = w, precedence
		}
	}
	if by.By == "" {
		by = e.besideWorkloads()
	}
	if by.By == "" {
		by = e.reconcilerOfMesh()
	}
	if by.By == "" && e.releaseOfMesh() != "" {
		by.By = "helm"
	}
	return by
}

// installedBy tells which program installs Istio from a file: istioctl, helm, one
// of those of wrappers, or none.
func (e *edited) installedBy(in *input) wrapper {
	for _, d := range e.decisions.documents {
		if d.input != in || e.gone[d.outermost().root] || e.isOther(d) || d.ofWorkload() || e.isOfWorkloads(d) {
			continue
		}
		w := e.wrapped(d)
		if m := e.managedBy(d); m != nil && w.Values != "" {
			w.By, w.Provider, w.Upgrade = "managed", m.By, m.Upgrade
			return w
		}
		if in.Live && (!e.plane.operated || !d.ofIstioctl()) {
			continue
		}
		switch {
		case w.By != "":
			return w
		case (d.owner == nil || d.patches && len(d.placed) > 0) && (d.kind == nil || d.kind.Into != ""):
			if w.By = "other"; w.Values != "" {
				return w
			}
			if w.Mesh = d.patches; w.Mesh {
				return w // the object that is patched takes a mesh config
			}
			continue
		case d.prefix != "":
			if w = e.inText(d, w); w.By != "" {
				return w
			}
			continue
		}
		switch {
		case !e.installs(d):
			continue
		case d.is("values"):
			if w = valuesBelow(d); w.Values != "" && !e.hasIstioKeys(d.root) {
				return w
			}
			if e.namedElsewhere(in) {
				return wrapper{By: "other", Mesh: true}
			}
			return wrapper{By: "helm"}
		case d.command == nil && textAt(d.root, "kind") == "": // an overlay
			return wrapper{By: "other", Values: "spec", Spec: true}
		case !e.plane.operated:
			return wrapper{By: "istioctl"}
		case d.command == nil:
			return wrapper{By: "operator", Object: d.object(), Values: "spec", Spec: true, Past: !e.to.parsed.Less(e.Operator.Gone)}
		}
	}
	return wrapper{}
}

// installs tells what istioctl, Istio's operator or Helm installs istiod from: no values of another chart or of a
// collector's, and none that hold control planes.
func (e *edited) installs(d *document) bool {
	return !e.isOther(d) && (d.ofIstioctl() || d.is("values") && !e.configuresCollector(d) && !e.ofAnotherChart(d.root) && !e.holdsPlanes(d))
}

// holdsPlanes tells a document with control planes in it, as maps or in texts.
func (e *edited) holdsPlanes(d *document) bool {
	return len(e.planesWithin(d)) > 0 || slices.ContainsFunc(e.decisions.documents, func(inner *document) bool { return inner.owner == d && inner.ofIstioctl() })
}

// valuesBelow tells where the values of Istio's chart stand in a file that has them
// at some depth, as those of an umbrella chart and a helmfile: that chart itself
// does not read the file.
func valuesBelow(d *document) wrapper {
	for _, p := range d.placed {
		if p.scope.Rows == "values" && p.scope.Unread == "" && p.base.Up != nil {
			return wrapper{By: "other", Values: p.base.Path().String(), IsMap: true}
		}
	}
	return wrapper{}
}

// configuresCollector tells values of a collector's chart, which are none of
// Istio's.
func (e *edited) configuresCollector(d *document) bool {
	return slices.ContainsFunc(e.collectors, func(c collectorConfig) bool { return c.document.outermost() == d })
}

package migrate

import (
	"fmt"
	"regexp"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/istio-lightstep/istio-lightstep/internal/collector"
)

// DefaultDir is the folder that the steps name where none is given.
const DefaultDir = "migrated"

// object is one of the cluster that goes.
type object struct{ Kind, Namespace, Name, Version string }

// ChartLabels are the labels by which what the chart made is found, for a shell's loop.
func (stepData) ChartLabels() string {
	var labels []string
	for _, label := range collector.ChartLabels {
		labels = append(labels, label+"="+collector.Chart)
	}
	return strings.Join(labels, " ")
}

// files are a file of the user's before and after; the latter is empty where
// nothing is left of it.
type files struct{ before, after string }

// stepData is what the texts of steps.yaml may name.
type stepData struct {
	Dir, Namespace, Root, Version, Revision, NewRevision string
	Ours, Nothing                                        string // the file with our part of the control plane's document; of which files nothing is left
	File, SecretName, CA, Default                        string
	Telemetries, NarrowGone, Routes                      []object
	Narrow                                               []string
	Secret, Token, Crashes, Rotate                       bool
	Backend, BackendSecret, BackendKeys                  string // that the spans are moved to, its Secret, and the keys of that
	OldSecret                                            string // with the access token, once it is of no use
	Alone                                                bool   // nothing goes to LightStep any more

	files           []files
	istioctl, helm  bool
	ingress, egress int     // gateways of the control plane's document
	wrapper         wrapper // that Istio is installed from; its by is empty where there is none
	native          bool    // the old Istio is of 1.14 or older
	installsOver    bool    // and the new one is installed over it
	helmOutput      string  // of the chart, for Helm
}

// BackendFiles are the flags of kubectl that give the keys of the backend's Secret.
func (d stepData) BackendFiles() string {
	var flags []string
	for _, key := range strings.Split(d.BackendKeys, ", ") {
		flags = append(flags, "--from-file="+key+"=FILE")
	}
	return strings.Join(flags, " ")
}

// ByHelm tells whether Helm installs Istio.
func (d stepData) ByHelm() bool { return d.helm }

// quoted gives text as a word of a shell.
func quoted(text string) string {
	word, err := syntax.Quote(text, syntax.LangBash)
	if err != nil {
		return "FILE" // no file has such a name
	}
	return word
}

// properName is what a name of Kubernetes or of a provider is made of.
var properName = regexp.MustCompile(`^[A-Za-z0-9][-._/A-Za-z0-9]*$`)

// asName gives a name as commands take it anywhere, in quotes or not. A document
// may be somebody else's: what is no name is left to the user, and is no part of
// a command.
func asName(name string) string {
	if name == "" || properName.MatchString(name) {
		return name
	}
	return "NAME"
}

// objectsNamed gives each object once, one that a cluster and a file have in the
// later's place.
func objectsNamed(objects []object) []object {
	last := map[object]int{}
	for i, o := range objects {
		last[object{Kind: o.Kind, Namespace: o.Namespace, Name: o.Name}] = i
	}
	safe := make([]object, 0, len(last))
	for i, o := range objects {
		if last[object{Kind: o.Kind, Namespace: o.Namespace, Name: o.Name}] == i {
			safe = append(safe, object{asName(o.Kind), asName(o.Namespace), asName(o.Name), asName(o.Version)})
		}
	}
	return safe
}

// Kept tells whether proxies have to be kept on the old provider by Telemetries
// of their namespaces.
func (d stepData) Kept() bool { return len(d.Telemetries) > 0 || d.Default != "" }

// Telemetry is the mesh-wide one that is in effect: that of the last source, as
// with its sampling.
func (d stepData) Telemetry() object {
	if len(d.Telemetries) == 0 {
		return object{Version: "telemetry.istio.io/v1alpha1"}
	}
	return d.Telemetries[len(d.Telemetries)-1]
}

// Variables has the shell stop where it was not told what the commands name.
func (d stepData) Variables() string {
	if d.wrapper.by != "" {
		return d.wrapperVariables()
	}
	lines := []string{`: "${CHART:?the chart istio-lightstep}"`}
	if d.helm {
		lines[0] += ` "${ISTIOD:?the chart istiod of the Istio that runs}"`
		lines[0] += fmt.Sprintf(` "${NEW_ISTIOD:?the chart istiod of %s}"`, d.Version)
	} else {
		lines[0] += ` "${ISTIOCTL:?istioctl of the Istio that runs}"`
		lines[0] += fmt.Sprintf(` "${NEW_ISTIOCTL:?istioctl of %s}"`, d.Version)
	}
	if len(d.files) == 0 {
		lines = append(lines, `: "${YOURS:?your document as it was}" "${YOURS_WITHOUT:?the same without what the report says was taken out}"`)
	}
	running := []string{
		`IMAGE='{.items[0].spec.template.spec.containers[0].image}'`,
		fmt.Sprintf(`RUNNING=$(kubectl get deployment -n %s -l app=istiod,istio.io/rev=%s -o jsonpath="$IMAGE")`, d.Namespace, d.oldRevision()),
		`RUNNING=${RUNNING%%@*} && RUNNING=${RUNNING##*:} && RUNNING=${RUNNING%%-*}`,
		`echo "Istio $RUNNING runs" && [[ $RUNNING == [0-9]*.[0-9]* ]]`,
	}
	return strings.Join(lines, "\n") + "\n" + strings.Join(running, " &&\n")
}

// Values are the flags for the values of this chart.
func (d stepData) Values() string {
	if d.Token {
		return fmt.Sprintf("-f %s/values.yaml -f %s/token-values.yaml", d.Dir, d.Dir)
	}
	return fmt.Sprintf("-f %s/values.yaml", d.Dir)
}

// Upgrade has the chart take one of the values files: all that it renders is of
// the new revision, where the control plane has one.
func (d stepData) Upgrade(values string) string {
	command := fmt.Sprintf(`helm upgrade --install istio-lightstep "$CHART" -n %s -f %s/%s`, d.Namespace, d.Dir, values)
	if d.native && !d.installsOver {
		command += " --set istio.revision=" + d.NewRevision
	}
	return command + " --wait"
}

// Render makes our part of the control plane's document, for a version.
func (d stepData) Render(version string) string {
	output := "istioOperator"
	if d.helm {
		output = d.helmOutput
	}
	if strings.HasPrefix(version, "$") {
		version = `"` + version + `"`
	}
	return fmt.Sprintf(`helm template istio-lightstep "$CHART" -n %s %s --set-string istio.version=%s --set output=%s >%s`,
		d.Namespace, d.Values(), version, output, d.Ours)
}

// Install installs the control plane, the old or the new one, of the user's
// files and our part.
func (d stepData) Install(which, revision string, migrated bool) string {
	variable := map[string]string{"old": "", "new": "NEW_"}[which]
	var out strings.Builder
	if d.helm {
		name := "istiod"
		if revision != "" {
			name += "-" + revision
		}
		fmt.Fprintf(&out, `helm upgrade --install %s "$%sISTIOD" -n %s --wait`, name, variable, d.Namespace)
		if revision != "" {
			fmt.Fprintf(&out, " --set revision=%s", revision)
		}
	} else {
		fmt.Fprintf(&out, `"$%sISTIOCTL" install -y`, variable)
		if revision != "" {
			fmt.Fprintf(&out, " --revision %s", revision)
		}
	}
	for _, f := range d.files {
		name := f.before
		if migrated {
			name = f.after
		}
		if name == "" { // nothing is left of it
			continue
		}
		out.WriteString(" -f " + name)
	}
	switch {
	case len(d.files) > 0:
	case migrated:
		out.WriteString(` -f "$YOURS_WITHOUT"`)
	default:
		out.WriteString(` -f "$YOURS"`)
	}
	out.WriteString(" -f " + d.Ours)
	return out.String()
}

// NoGateways has istioctl leave the gateways of the document to the old control
// plane; Helm's chart of istiod has none.
func (d stepData) NoGateways() string {
	if d.helm {
		return ""
	}
	var out strings.Builder
	for i := range max(d.ingress, 1) {
		fmt.Fprintf(&out, " --set 'components.ingressGateways[%d].enabled=false'", i)
	}
	for i := range d.egress {
		fmt.Fprintf(&out, " --set 'components.egressGateways[%d].enabled=false'", i)
	}
	return out.String()
}

// AtOnce has proxies send each span at once, by Envoy's own key, until they end:
// Istio drains connections for longer than a proxy that ends has.
// An installation replaces gateways: its own, and those of the Gateway API. ztunnel has a
// container of the same name, and no such proxy.
func (d stepData) AtOnce() string {
	return `proxies() {
  CONTAINERS='{.metadata.labels.app} {.spec.initContainers[*].name} {.spec.containers[*].name}{"\n"}{end}'
  kubectl get pods "$@" -o jsonpath="{range .items[*]}{.metadata.namespace} {.metadata.name} $CONTAINERS" |
    awk '/ istio-proxy/ && !/ ztunnel / {print $1, $2}'
}
gateways() {
  proxies -A -l istio
  proxies -A -l gateway.networking.k8s.io/gateway-name
  proxies -n ` + d.Root + `
}
at_once() {
  sort -u | while read -r NAME POD; do
    kubectl exec -n "$NAME" "$POD" -c istio-proxy -- \
      pilot-agent request POST 'runtime_modify?tracing.opentelemetry.min_flush_spans=1' </dev/null ||
      echo "$POD of $NAME may drop its last spans" >&2
  done
}`
}

// Move has the namespaces of the old control plane take their proxies from the
// new one.
func (d stepData) Move() string {
	selector, label := "istio-injection=enabled", "istio-injection- istio.io/rev="+d.NewRevision
	if d.Revision != "" {
		selector, label = "istio.io/rev="+d.Revision, "istio.io/rev="+d.NewRevision
	}
	return fmt.Sprintf(`NAMES=$(kubectl get namespaces -l %s -o jsonpath='{.items[*].metadata.name}')
for NAME in $NAMES; do
  kubectl label namespace "$NAME" %s --overwrite
  WORKLOADS=$(kubectl get deployments,statefulsets,daemonsets -n "$NAME" -o name)
  for WORKLOAD in $WORKLOADS; do kubectl rollout restart "$WORKLOAD" -n "$NAME"; done
  for WORKLOAD in $WORKLOADS; do kubectl rollout status "$WORKLOAD" -n "$NAME" --timeout=5m; done
done`, selector, label)
}

// Users stops where anything still names a Secret that goes. It reads whole specs, and so
// all places that a Secret is named in: volumes of each kind, the environment, annotations
// of templates, credentialName. ReplicaSets of a Deployment or Rollout are its history.
func (d stepData) Users() string {
	places := `$4 ~ /[^-.a-z0-9]lightstep\.cacert[^-.a-z0-9]/`
	if d.OldSecret != "" {
		places += fmt.Sprintf(` || $2 == "%s" && $4 ~ /[^-.a-z0-9]%s[^-.a-z0-9]/`, d.Namespace, strings.ReplaceAll(d.OldSecret, ".", `\.`))
	}
	return `KINDS=pods,deployments.apps,statefulsets.apps,daemonsets.apps,replicasets.apps,jobs.batch,cronjobs.batch
KINDS=$KINDS,gateways.networking.istio.io,destinationrules.networking.istio.io
CRDS=$(kubectl get customresourcedefinitions -o name)
if [[ $CRDS == */rollouts.argoproj.io* ]]; then KINDS=$KINDS,rollouts.argoproj.io; fi
SPECS='{.metadata.ownerReferences[*].kind}{"\t"}{.spec}{"\n"}{end}'
SPECS="{range .items[*]}{.kind} {.metadata.name}{'\t'}{.metadata.namespace}{'\t'}$SPECS"
USERS=$(kubectl get "$KINDS" -A -o jsonpath="$SPECS" |
  awk -F'\t' '!($1 ~ /^ReplicaSet / && $3 ~ /^(Deployment|Rollout)$/) && (` + places + `) {print $1 " of " $2}')
if [ -n "$USERS" ]; then
  echo "these still name a Secret that is to go: $USERS" >&2
  false
fi`
}

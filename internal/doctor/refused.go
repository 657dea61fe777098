package doctor

import (
	"regexp"
	"slices"
	"strings"

	"github.com/istio-lightstep/istio-lightstep/internal/doctor/finding"
	"github.com/istio-lightstep/istio-lightstep/internal/mesh"
	"github.com/istio-lightstep/istio-lightstep/internal/terminal"
)

// refused finds workloads of the mesh of which Kubernetes makes no pod any
// more: by the injection webhook, which is away, or by a rule of the cluster.
func (e *examination) refused() {
	for i := range e.Refusals {
		r := &e.Refusals[i]
		revision := e.InjectedBy(r.Namespace, r.Labels)
		if revision == "" && !e.collects(r) {
			continue
		}
		facts := finding.Facts{"workload": r.Workload(), "namespace": r.Namespace, "missing": terminal.Counted(r.Missing, "pod")}
		id := "LS-POD-REFUSED"
		if webhookFailed.MatchString(r.Message) {
			id = "LS-INJECTION-FAILING"
			facts["problem"], facts["command"] = short(lastCause(r.Message)), e.injectAgain(r.Namespace, revision)
		} else {
			facts["problem"], facts["command"] = short(attempted.ReplaceAllString(r.Message, "")), allowing(r)
		}
		e.add(id, r.Workload()+" in "+r.Namespace, r.Since, facts)
	}
}

// collects tells whether the workload is the chart's collector, which has no
// proxy.
func (e *examination) collects(r *mesh.Refusal) bool {
	return slices.ContainsFunc(e.Workloads, func(w mesh.Workload) bool { return w.IsCollector() && w.Ref == r.Ref && w.Kind == r.Kind })
}

var (
	webhookFailed = regexp.MustCompile(`failed calling (admission )?webhook "[a-z.]*sidecar-injector\.istio\.io"`)
	// attempted is what controllers write before the API server's own words.
	attempted = regexp.MustCompile(`^(Error creating: |create Pod \S+ in StatefulSet \S+ failed error: )(pods "[^"]*" is forbidden: )?`)
	quota     = regexp.MustCompile(`exceeded quota: ([a-z0-9.-]+)`)
)

// lastCause is what stands behind the address of a webhook that was called.
func lastCause(message string) string {
	if at := strings.LastIndex(message, `": `); at >= 0 {
		return message[at+len(`": `):]
	}
	return message
}

// longest is how much of an API server's message is told.
const longest = 200

func short(text string) string {
	if runes := []rune(text); len(runes) > longest {
		return string(runes[:longest]) + "…"
	}
	return text
}

// injectAgain is the command for a webhook that fails: for its istiod, or, where
// that is gone, for the namespace that still asks for its revision.
func (e *examination) injectAgain(namespace, revision string) finding.Command {
	istiod := e.IstiodOf(revision)
	if istiod == nil {
		facts := finding.Facts{"namespace": namespace}
		if len(e.Istiods) > 0 && e.Istiods[0].Revision != "default" {
			facts["revision"] = e.Istiods[0].Revision
			return finding.NewCommand("kubectl label namespace {namespace} --overwrite istio-injection- istio.io/rev={revision}", facts)
		}
		return finding.NewCommand("kubectl label namespace {namespace} --overwrite istio-injection=enabled istio.io/rev-", facts)
	}
	facts := finding.Facts{"istiod": istiod.Name, "namespace": istiod.Namespace}
	switch {
	case istiod.Replicas == 0:
		return finding.NewCommand("kubectl scale deployment/{istiod} --namespace {namespace} --replicas=1", facts)
	case !slices.ContainsFunc(istiod.Pods, func(p *mesh.Pod) bool { return p.Ready }):
		return finding.NewCommand("kubectl logs deployment/{istiod} --namespace {namespace} --tail 50", facts)
	default:
		return finding.NewCommand("kubectl rollout restart deployment/{istiod} --namespace {namespace}", facts)
	}
}

// allowing is the command for a rule of the cluster that refuses the pod. That of
// others than Kubernetes' own is theirs to know. Pod Security is never weakened:
// the way is Istio's CNI plugin, with which the proxy needs no privilege.
func allowing(r *mesh.Refusal) finding.Command {
	facts := finding.Facts{"object": r.Workload(), "namespace": r.Namespace}
	if found := quota.FindStringSubmatch(r.Message); found != nil {
		facts["quota"] = found[1]
		return finding.NewCommand("kubectl edit resourcequota {quota} --namespace {namespace}", facts)
	}
	if strings.Contains(r.Message, "violates PodSecurity") {
		return finding.Advise("install Istio's CNI plugin (istio-cni); the proxy then needs no capability that the levels restricted and baseline forbid; " +
			"fix everything else that the message names in the workload")
	}
	return finding.NewCommand("kubectl describe {object} --namespace {namespace}", facts)
}

package migrate

import (
	"cmp"
	"fmt"
	"strings"
)

// oldRevision is what the proxies of the old control plane say.
func (d stepData) oldRevision() string { return cmp.Or(d.Revision, "default") }

// OldProxies lists proxies of the old control plane: the namespace, the pod, and the kind
// and name of its owner. As internal/mesh does, it takes the injector's note for the
// revision, else the label, which gateways that nothing injects have. Pods that end, and
// parts of an old control plane, which have proxies up to 1.7, go with it.
func (d stepData) OldProxies() string {
	return `old_proxies() {
  FIELDS='{.status.phase}{.metadata.deletionTimestamp}{"\t"}{.metadata.labels.istio}/{.metadata.labels.app}{"\t"}'
  FIELDS="$FIELDS {.spec.initContainers[*].name} {.spec.containers[*].name}{'\t'}"
  FIELDS="$FIELDS{.metadata.labels.istio\.io/rev}{'\t'}"
  FIELDS="$FIELDS{.metadata.ownerReferences[0].kind} {.metadata.ownerReferences[0].name}{'\t'}"
  FIELDS="$FIELDS{.metadata.annotations.sidecar\.istio\.io/status}{'\n'}{end}"
  kubectl get pods -A -o jsonpath="{range .items[*]}{.metadata.namespace} {.metadata.name}{'\t'}$FIELDS" |
    awk -F'\t' '$2 !~ /^(Pending|Running|Unknown)?$/ || $3 ~ /^(pilot|mixer)\/|\/ztunnel$/ {next}
    $4 ~ / istio-proxy( |$)/ {
      revision = $5
      if (match($7, /"revision":"[^"]+"/)) revision = substr($7, RSTART + 12, RLENGTH - 13)
      if (revision == "") revision = "default"
      if (revision == "` + d.oldRevision() + `") print $1, $6
    }'
}`
}

// TakeDefault has the new control plane inject what asks for no revision, in the place of
// the old one. With both, new pods would be injected twice.
func (d stepData) TakeDefault() string {
	if d.Revision != "" {
		return ""
	}
	if !d.helm {
		return fmt.Sprintf(`"$NEW_ISTIOCTL" tag set default --revision %s --overwrite -y`, d.NewRevision) + "\n"
	}
	injector := "istio-sidecar-injector"
	if d.Namespace != "istio-system" {
		injector += "-" + d.Namespace
	}
	return fmt.Sprintf(`TAGS=$(kubectl get mutatingwebhookconfigurations -l istio.io/tag,istio.io/rev=%[1]s -o name)
if [ -z "$TAGS" ]; then
  helm upgrade istiod-%[1]s "$NEW_ISTIOD" -n %[2]s --reuse-values --set 'revisionTags={default}' --wait
fi
kubectl get mutatingwebhookconfiguration -l istio.io/tag=default,istio.io/rev=%[1]s -o name | grep .
kubectl delete mutatingwebhookconfiguration %[3]s --ignore-not-found
`, d.NewRevision, d.Namespace, injector)
}

// Rest restarts what still has proxies of the old control plane. A Rollout of Argo has no
// restart by kubectl.
func (d stepData) Rest() string {
	return d.TakeDefault() + `WORKLOADS=$(old_proxies | while read -r NAME POD KIND OWNER; do
  if [ "$KIND" = ReplicaSet ]; then
    OF='{.metadata.ownerReferences[0].kind} {.metadata.ownerReferences[0].name}'
    OF=$(kubectl get replicaset "$OWNER" -n "$NAME" -o jsonpath="$OF") || exit 1
    read -r KIND OWNER <<<"$OF"
  fi
  echo "$NAME $KIND $OWNER"
done | sort -u)
while read -r NAME KIND OWNER; do
  case $KIND in
  Deployment | StatefulSet | DaemonSet) kubectl rollout restart "$KIND/$OWNER" -n "$NAME" ;;
  Rollout)
    NOW='{"spec": {"restartAt": "'$(date -u +%Y-%m-%dT%H:%M:%SZ)'"}}'
    kubectl patch rollouts.argoproj.io "$OWNER" -n "$NAME" --type merge -p "$NOW"
    ;;
  esac
done <<<"$WORKLOADS"
while read -r NAME KIND OWNER; do
  case $KIND in
  Deployment | StatefulSet | DaemonSet) kubectl rollout status "$KIND/$OWNER" -n "$NAME" --timeout=5m ;;
  esac
done <<<"$WORKLOADS"`
}

// Moved stops where the old control plane is still needed: by proxies, by namespaces and
// tags for new pods, or by the webhook of chart base that checks objects.
func (d stepData) Moved() string {
	var out strings.Builder
	fmt.Fprintf(&out, `POINTS="-l istio.io/tag,istio.io/rev=%s"
TAGS=$(kubectl get mutatingwebhookconfigurations $POINTS -o jsonpath='{.items[*].metadata.labels.istio\.io/tag}')
if [ -n "$TAGS" ]; then
  echo "these tags point to the old control plane: $TAGS; point them to revision %s first" >&2
  false
fi
`, d.oldRevision(), d.NewRevision)
	if d.Revision == "" {
		fix := "add default to revisionTags of its chart"
		if !d.helm && d.wrapper.by == "" {
			fix = fmt.Sprintf("istioctl tag set default --revision %s --overwrite", d.NewRevision)
		}
		fmt.Fprintf(&out, `DEFAULT=$(kubectl get mutatingwebhookconfigurations -l istio.io/tag=default,istio.io/rev=%[1]s -o name)
if [ -z "$DEFAULT" ]; then
  echo "revision %[1]s does not inject namespaces with istio-injection=enabled:" >&2
  echo "%[2]s" >&2
  false
fi
`, d.NewRevision, fix)
	} else {
		fmt.Fprintf(&out, `NAMES=$(kubectl get namespaces -l istio.io/rev=%[1]s -o jsonpath='{.items[*].metadata.name}')
if [ -n "$NAMES" ]; then
  echo "these namespaces have label istio.io/rev=%[1]s: $NAMES; change it to %[2]s first" >&2
  false
fi
`, d.Revision, d.NewRevision)
	}
	if d.helm || d.wrapper.by != "" && !d.Sail() { // istioctl and Sail move it themselves
		service := "istiod"
		if d.Revision != "" {
			service += "-" + d.Revision
		}
		fmt.Fprintf(&out, `SERVICE='{.webhooks[*].clientConfig.service.name}'
SERVICE=$(kubectl get validatingwebhookconfiguration istiod-default-validator --ignore-not-found -o jsonpath="$SERVICE")
if [[ " $SERVICE " == *" %[1]s "* ]]; then
  echo "the old control plane checks objects of Istio: without it they are refused." >&2
  echo "Set defaultRevision=%[2]s in the release of chart base first" >&2
  false
fi
`, service, d.NewRevision)
	}
	fmt.Fprintf(&out, `LEFT=$(old_proxies)
if [ -n "$LEFT" ]; then
  echo "these pods have a proxy of the old control plane (namespace, pod, owner): $LEFT" >&2
  echo "move them first: by label istio.io/rev=%s of their templates and a restart," >&2
  echo "gateways that nothing injects by the way they are installed" >&2
  false
fi`, d.NewRevision)
	return out.String()
}

// TakeAway takes the old control plane away, after nothing needs it any more.
func (d stepData) TakeAway() string {
	if d.helm {
		name := "istiod"
		if d.Revision != "" {
			name += "-" + d.Revision
		}
		return d.Moved() + fmt.Sprintf("\nhelm uninstall %s -n %s", name, d.Namespace)
	}
	uninstall := `"$ISTIOCTL" uninstall -y --revision `
	if d.native { // experimental until 1.15: istio#40362
		uninstall = `"$ISTIOCTL" x uninstall -y --revision `
	}
	return d.Moved() + "\n" + uninstall + d.oldRevision()
}

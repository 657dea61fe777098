{{/*
Objects of the user's that the chart has too, as a part of the subject.
*/}}

{{/*
Lists under .subject.own each of the extraObjects that is an object of the chart's, or one before it, in a namespace in
which the chart has objects: rendered twice, one overwrites the other, or Helm fails. Of an object with switches only
while they are on. .root is what templates have.
*/}}
{{- define "istio-lightstep.own" -}}
{{- $values := .subject.values -}}
{{- $at := dict -}}
{{- range list "extraObjects" "istio.namespace" "istio.rootNamespace" "serviceAccount.name" "accessTokenFrom.name" "cacert.existingSecret.name" "cacert.pem" "cacert.namespaces" "gateways" "telemetry.namespaces" -}}
  {{- include "istio-lightstep.find" (dict "root" $values "path" . "into" $at) -}}
{{- end -}}
{{- if and (kindIs "slice" $at.extraObjects) $at.extraObjects -}}
  {{- $full := include "istio-lightstep.fullname" .root -}}
  {{- $collector := include "istio-lightstep.collector" .root -}}
  {{- $release := .root.Release.Namespace -}}
  {{- $places := dict $release "" -}}
  {{- range $namespace := concat (list (index $at "istio.namespace") (index $at "istio.rootNamespace")) (index $at "cacert.namespaces" | kindIs "slice" | ternary (index $at "cacert.namespaces") list) -}}
    {{- if kindIs "string" $namespace -}}{{- $_ := set $places $namespace "" -}}{{- end -}}
  {{- end -}}
  {{- range index $at "gateways" | kindIs "slice" | ternary (index $at "gateways") list -}}
    {{- if kindIs "map" . -}}{{- if kindIs "string" .namespace -}}{{- $_ := set $places .namespace "" -}}{{- end -}}{{- end -}}
  {{- end -}}
  {{- range $namespace, $_ := index $at "telemetry.namespaces" | kindIs "map" | ternary (index $at "telemetry.namespaces") dict -}}
    {{- $_ := set $places $namespace "" -}}
  {{- end -}}

  {{- $rendered := dict -}}
  {{- $account := index $at "serviceAccount.name" | default $collector -}}
  {{- $token := ternary (printf "%s-access-token" $full) "" (and (empty (index $at "accessTokenFrom.name")) (not (deepEqual false .subject.lightstep))) -}}
  {{- $cacerts := ternary (list "lightstep.cacert" (printf "%s.cacert" (trimPrefix "istio-" $full))) list (and (empty (index $at "cacert.existingSecret.name")) (not (empty (index $at "cacert.pem")))) -}}
  {{- $objects := list
    (list "/ConfigMap" $collector "") (list "/ConfigMap" $full "meshConfig.shared") (list "/ConfigMap" (printf "%s-warnings" $full) "")
    (list "/ConfigMap" (printf "%s-dashboard" $full) "monitoring.dashboard.enabled") (list "/Service" $collector "")
    (list "/Service" (printf "%s-metrics" $collector) "") (list "/ServiceAccount" $account "serviceAccount.create")
    (list "/Secret" $token "") (list "/Pod" (printf "%s-test" $full) "test.enabled") (list "apps/StatefulSet" $collector "")
    (list "batch/Job" (printf "%s-drain" $collector) "collector.drain.enabled")
    (list "autoscaling/HorizontalPodAutoscaler" $collector "collector.autoscaling.enabled collector.autoscaling.create")
    (list "networking.k8s.io/NetworkPolicy" $collector "collector.networkPolicy.enabled")
    (list "policy/PodDisruptionBudget" $collector "collector.podDisruptionBudget.enabled")
    (list "networking.istio.io/DestinationRule" $collector "") (list "networking.istio.io/DestinationRule" (printf "%s-satellite" $full) "")
    (list "networking.istio.io/ServiceEntry" (printf "%s-satellite" $full) "") (list "telemetry.istio.io/Telemetry" $full "telemetry.enabled")
    (list "security.istio.io/PeerAuthentication" $collector "collector.mtls.mode") (list "telemetry.istio.io/Telemetry" $collector "collector.mtls.mode")
    (list "monitoring.coreos.com/PodMonitor" $collector "monitoring.podMonitor.enabled")
    (list "monitoring.coreos.com/PrometheusRule" $collector "monitoring.prometheusRule.enabled")
    (list "monitoring.coreos.com/PrometheusRule" $full "monitoring.prometheusRule.enabled")
  -}}
  {{- range $cacerts -}}{{- $objects = append $objects (list "/Secret" . "") -}}{{- end -}}
  {{- range $object := $objects -}}
    {{- $on := true -}}
    {{- range splitList " " (last $object) | compact -}}
      {{- include "istio-lightstep.find" (dict "root" $values "path" . "into" $at) -}}
      {{- $on = and $on (or (deepEqual true (index $at .)) (has (index $at .) (list "PERMISSIVE" "STRICT"))) -}}
    {{- end -}}
    {{- if $on -}}
      {{- range $namespace, $_ := $places -}}
        {{- $_ := set $rendered (printf "%s %s/%s" (first $object) $namespace (index $object 1)) "the chart" -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}

  {{- $own := dict -}}
  {{- range $i, $object := $at.extraObjects -}}
    {{- if kindIs "map" $object -}}
      {{- $metadata := index $object "metadata" -}}
      {{- $metadata = ternary $metadata dict (kindIs "map" $metadata) -}}
      {{- $group := ternary (regexFind `^[^/]*/` (toString $object.apiVersion)) "/" (contains "/" (toString $object.apiVersion)) -}}
      {{- $key := printf "%s%v %v/%v" $group $object.kind ($metadata.namespace | default $release) $metadata.name -}}
      {{- with get $rendered $key -}}
        {{- include "istio-lightstep.note" (list $own (dict "path" (printf "extraObjects[%d]" $i) "of" . "kind" $object.kind)) -}}
      {{- else -}}
        {{- $_ := set $rendered $key (printf "extraObjects[%d]" $i) -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
  {{- with $own -}}{{- $_ := set $.subject "own" (include "istio-lightstep.noted" . | fromJsonArray) -}}{{- end -}}
{{- end -}}
{{- end -}}

{{/*
Lists under .subject.rivals each of the extraObjects that decides about what one of the chart's decides, under another name:
its path, and .of: mesh or namespace of a Telemetry for all pods there, mode of a PeerAuthentication for the collectors,
scaler of what scales them, Ingress or Egress of a NetworkPolicy that lets no spans in or out while none here lets them.
*/}}
{{- define "istio-lightstep.rivals" -}}
{{- $at := dict -}}
{{- range list "extraObjects" "istio.namespace" "istio.rootNamespace" "telemetry.enabled" "telemetry.namespaces" "collector.mtls.mode" "collector.networkPolicy.enabled" "collector.networkPolicy.egress.enabled" -}}
  {{- include "istio-lightstep.find" (dict "root" $.subject.values "path" . "into" $at) -}}
{{- end -}}
{{- $allowed := dict -}}
{{- if deepEqual true (index $at "collector.networkPolicy.enabled") -}}
  {{- $_ := set $allowed "Ingress" true -}}
  {{- if deepEqual true (index $at "collector.networkPolicy.egress.enabled") -}}{{- $_ := set $allowed "Egress" true -}}{{- end -}}
{{- end -}}
{{- $policies := list -}}
{{- $root := index $at "istio.rootNamespace" | default (index $at "istio.namespace") -}}
{{- $namespaces := index $at "telemetry.namespaces" -}}
{{- $namespaces = ternary $namespaces dict (kindIs "map" $namespaces) -}}
{{- $rivals := dict -}}
{{- range $i, $object := ternary $at.extraObjects list (kindIs "slice" $at.extraObjects) -}}
  {{- if kindIs "map" $object -}}
    {{- $of := dict -}}
    {{- range list "metadata.namespace" "spec" "spec.mtls.mode" "spec.portLevelMtls.4317.mode" "spec.scaleTargetRef.kind" "spec.scaleTargetRef.name" "spec.selector.matchLabels" "spec.targetRef" "spec.targetRefs" -}}
      {{- include "istio-lightstep.find" (dict "root" $object "path" . "into" $of) -}}
    {{- end -}}
    {{- $namespace := index $of "metadata.namespace" | default $.root.Release.Namespace -}}
    {{- $rival := "" -}}
    {{- if deepEqual "Telemetry" (index $object "kind") -}}
      {{- if and (deepEqual true (index $at "telemetry.enabled")) (not (or (index $of "spec.selector.matchLabels") (index $of "spec.targetRef") (index $of "spec.targetRefs"))) -}}
        {{- if deepEqual $root $namespace -}}{{- $rival = "mesh" -}}
        {{- else if get $namespaces (toString $namespace) -}}{{- $rival = "namespace" -}}{{- end -}}
      {{- end -}}
    {{- else if not (deepEqual $namespace $.root.Release.Namespace) -}}
    {{- else if deepEqual "PeerAuthentication" (index $object "kind") -}}
      {{- /* Where none is set, it is that of the namespace or of the mesh, which is PERMISSIVE by default. */ -}}
      {{- $mode := "PERMISSIVE" -}}
      {{- range list "spec.mtls.mode" "spec.portLevelMtls.4317.mode" -}}
        {{- if not (has (index $of .) (list nil "" "UNSET")) -}}{{- $mode = index $of . -}}{{- end -}}
      {{- end -}}
      {{- $labels := index $of "spec.selector.matchLabels" -}}
      {{- $selects := and (kindIs "map" $labels) (not (empty $labels)) (has (index $at "collector.mtls.mode") (list "PERMISSIVE" "STRICT")) -}}
      {{- if and $selects (include "istio-lightstep.selectsCollectors" (dict "labels" $labels "root" $.root)) -}}
        {{- if not (deepEqual $mode (index $at "collector.mtls.mode")) -}}{{- $rival = "mode" -}}{{- end -}}
      {{- end -}}
    {{- else if deepEqual "NetworkPolicy" (index $object "kind") -}}
      {{- range $direction, $does := include "istio-lightstep.policy" (dict "spec" (index $of "spec") "subject" $.subject "root" $.root) | fromJson -}}
        {{- if eq $does "allows" -}}{{- $_ := set $allowed $direction true -}}
        {{- else -}}{{- $policies = append $policies (dict "path" (printf "extraObjects[%d]" $i) "of" $direction) -}}{{- end -}}
      {{- end -}}
    {{- else if deepEqual (include "istio-lightstep.collector" $.root) (index $of "spec.scaleTargetRef.name") -}}
      {{- if deepEqual "StatefulSet" (index $of "spec.scaleTargetRef.kind") -}}{{- $rival = "scaler" -}}{{- end -}}
    {{- end -}}
    {{- with $rival -}}{{- include "istio-lightstep.note" (list $rivals (dict "path" (printf "extraObjects[%d]" $i) "of" .)) -}}{{- end -}}
  {{- end -}}
{{- end -}}
{{- range $policies -}}{{- if not (hasKey $allowed .of) -}}{{- include "istio-lightstep.note" (list $rivals .) -}}{{- end -}}{{- end -}}
{{- with $rivals -}}{{- $_ := set $.subject "rivals" (include "istio-lightstep.noted" . | fromJsonArray) -}}{{- end -}}
{{- end -}}

{{/* Truthy where the .labels of a selector are all labels that every collector has. */}}
{{- define "istio-lightstep.selectsCollectors" -}}
{{- $own := include "istio-lightstep.collectorSelector" .root | fromYaml -}}
{{- $selects := true -}}
{{- range $key, $value := .labels -}}{{- $selects = and $selects (deepEqual $value (get $own $key)) -}}{{- end -}}
{{- if $selects -}}true{{- end -}}
{{- end -}}

{{/*
What a NetworkPolicy of the .spec does to the collectors, as JSON: by Ingress and Egress, allows where it lets spans in from
proxies, or out to one of the receivers at least, and else denies. Nothing where it does not select them for sure.
*/}}
{{- define "istio-lightstep.policy" -}}
{{- $does := dict -}}
{{- if kindIs "map" .spec -}}
  {{- $selector := ternary (index .spec "podSelector") dict (kindIs "map" (index .spec "podSelector")) -}}
  {{- $labels := ternary (index $selector "matchLabels") dict (kindIs "map" (index $selector "matchLabels")) -}}
  {{- if and (empty (index $selector "matchExpressions")) (include "istio-lightstep.selectsCollectors" (dict "labels" $labels "root" .root)) -}}
    {{- $types := index .spec "policyTypes" -}}
    {{- if not (kindIs "slice" $types) -}}{{- $types = ternary (list "Ingress") (list "Ingress" "Egress") (empty (index .spec "egress")) -}}{{- end -}}
    {{- $own := list "spans" (ternary 9411.0 4317.0 (eq (get .subject "receiver") "zipkin")) -}}
    {{- $away := list -}}
    {{- /* A policy is about the port of a pod, which the port of its Service does not tell, nor that of a receiver that of a proxy. */ -}}
    {{- $any := empty .subject.egress -}}
    {{- range .subject.environment -}}{{- if has .proxy (list "HTTPS_PROXY" "HTTP_PROXY") -}}{{- $any = true -}}{{- end -}}{{- end -}}
    {{- range .subject.egress -}}
      {{- if or .service (not .port) -}}{{- $any = true -}}{{- else -}}{{- $away = append $away (float64 .port) -}}{{- end -}}
    {{- end -}}
    {{- range $direction, $where := dict "Ingress" (dict "ports" $own "any" false) "Egress" (dict "ports" $away "any" $any) -}}
      {{- if has $direction $types -}}
        {{- $lets := include "istio-lightstep.letsSpans" (set $where "rules" (index $.spec (lower $direction))) -}}
        {{- $_ := set $does $direction (ternary "denies" "allows" (empty $lets)) -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- toRawJson $does -}}
{{- end -}}

{{/* Truthy where one of the .rules of a NetworkPolicy is about one of the .ports, or about .any but those of DNS. */}}
{{- define "istio-lightstep.letsSpans" -}}
{{- range ternary .rules list (kindIs "slice" .rules) -}}
  {{- $ports := index (ternary . dict (kindIs "map" .)) "ports" -}}
  {{- if not (and (kindIs "slice" $ports) $ports) -}}true{{- end -}}
  {{- range ternary $ports list (kindIs "slice" $ports) -}}
    {{- $entry := ternary . dict (kindIs "map" .) -}}
    {{- $port := index $entry "port" -}}
    {{- $end := index $entry "endPort" -}}
    {{- if not (has (index $entry "protocol") (list nil "" "TCP")) -}}
    {{- else if or (kindIs "invalid" $port) (has $port $.ports) -}}true
    {{- else if kindIs "float64" $port -}}
      {{- $last := ternary $end $port (kindIs "float64" $end) -}}
      {{- if and $.any (not (and (eq $port $last) (has $port (list 53.0 5353.0)))) -}}true{{- end -}}
      {{- range $.ports -}}{{- if kindIs "float64" . -}}{{- if and (ge . $port) (le . $last) -}}true{{- end -}}{{- end -}}{{- end -}}
    {{- else if and $.any (not (regexMatch `^(dns|domain)` (toString $port))) -}}true
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

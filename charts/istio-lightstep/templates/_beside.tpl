{{/*
What is installed or configured beside this release and takes its spans: extraObjects, and the user's own document.
*/}}

{{/*
Lists under .subject.beside each of the extraObjects, and each object of the document, that takes spans from this release, and
each setting that hides its collectors: its path, .name of an object, and .of:
private    the collectors' Service is not exported to other namespaces
sidecar    a Sidecar that leaves out where proxies send to
off, elsewhere, unsampled, small
           a Telemetry that disables spans, has another provider, starts no traces, or so few that Envoy makes it none. Of the
           document those without targetRefs are merged in internal/telemetries, which lists them, but not small
tracing    an EnvoyFilter that sets tracing, at its path
rule       a DestinationRule for the host of the collectors
entry      a ServiceEntry for it
denied     an AuthorizationPolicy that lets nobody call the collectors, while nothing here allows it
.root is what templates have.
*/}}
{{- define "istio-lightstep.beside" -}}
{{- $subject := .subject -}}
{{- $at := dict -}}
{{- range list "values.extraObjects" "document.objects" "values.output" "values.istio.revision" "values.istio.namespace" "values.istio.rootNamespace" "values.telemetry.enabled" "values.telemetry.namespaces" "values.commonAnnotations" "values.collector.mtls.mode" "document.meshConfig.defaultServiceExportTo" "dialect.telemetry" -}}
  {{- include "istio-lightstep.find" (dict "root" $subject "path" . "into" $at) -}}
{{- end -}}
{{- $beside := dict -}}
{{- $denied := dict -}}
{{- $found := dict "beside" $beside "denied" $denied "allowed" false "root" .root "steps" .steps "collects" (eq "collector" (toString (get $subject "delivery"))) -}}
{{- $_ := set $found "mesh" (toString (index $at "values.istio.rootNamespace" | default (index $at "values.istio.namespace"))) -}}
{{- $_ := set $found "meshed" (and $found.collects (has (index $at "values.collector.mtls.mode") (list "PERMISSIVE" "STRICT"))) -}}
{{- $_ := set $found "telemetry" (deepEqual true (index $at "values.telemetry.enabled")) -}}
{{- $namespaces := index $at "values.telemetry.namespaces" -}}
{{- $_ := set $found "namespaces" (ternary $namespaces dict (kindIs "map" $namespaces)) -}}
{{- if index $at "dialect.telemetry" -}}
  {{- if $found.collects -}}
    {{- $annotations := index $at "values.commonAnnotations" -}}
    {{- $annotated := index (ternary $annotations dict (kindIs "map" $annotations)) "networking.istio.io/exportTo" -}}
    {{- $default := index $at "document.meshConfig.defaultServiceExportTo" -}}
    {{- if $annotated -}}
      {{- /* Namespaces by their names are taken for those that have proxies. */ -}}
      {{- if regexMatch `^[\s,.~]+$` (toString $annotated) -}}
        {{- include "istio-lightstep.note" (list $beside (dict "path" `commonAnnotations.networking\.istio\.io/exportTo` "of" "private")) -}}
      {{- end -}}
    {{- else if kindIs "slice" $default -}}
      {{- if and $default (empty (without $default "." "~")) -}}
        {{- include "istio-lightstep.note" (list $beside (dict "path" "document.meshConfig.defaultServiceExportTo" "of" "private")) -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
  {{- range $place, $path := dict "values.extraObjects" "extraObjects" "document.objects" "document.objects" -}}
    {{- $own := eq $path "extraObjects" -}}
    {{- $objects := index $at $place -}}
    {{- if and (kindIs "slice" $objects) (or (not $own) (deepEqual "cluster" (index $at "values.output"))) -}}
      {{- range $i, $object := $objects -}}
        {{- if kindIs "map" $object -}}
          {{- $metadata := index $object "metadata" -}}
          {{- $metadata = ternary $metadata dict (kindIs "map" $metadata) -}}
          {{- $labels := ternary (index $metadata "labels") dict (kindIs "map" (index $metadata "labels")) -}}
          {{- $namespace := index $metadata "namespace" | default (ternary $.root.Release.Namespace "" $own) | toString -}}
          {{- $spec := ternary (index $object "spec") dict (kindIs "map" (index $object "spec")) -}}
          {{- $one := dict "path" (printf "%s[%d]" $path $i) "name" (printf "%s/%v" $namespace (index $metadata "name") | trimPrefix "/") -}}
          {{- $revision := index $labels "istio.io/rev" | default "" -}}
          {{- if and (kindIs "string" (index $object "kind")) (has $revision (list "" (index $at "values.istio.revision" | default "default"))) -}}
            {{- $about := dict "found" $found "one" $one "own" $own "namespace" $namespace "spec" $spec -}}
            {{- if eq $object.kind "Telemetry" -}}{{- include "istio-lightstep.besideTelemetry" $about -}}
            {{- else if eq $object.kind "EnvoyFilter" -}}{{- include "istio-lightstep.besideFilter" $about -}}
            {{- else if not $found.collects -}}
            {{- else if eq $object.kind "Sidecar" -}}{{- include "istio-lightstep.besideSidecar" $about -}}
            {{- else if eq $object.kind "AuthorizationPolicy" -}}{{- include "istio-lightstep.besidePolicy" $about -}}
            {{- else -}}
              {{- /* Istio completes a name without a dot by the namespace of its object, and no other. */ -}}
              {{- $names := list (include "istio-lightstep.collectorHost" $.root) -}}
              {{- if eq $namespace $.root.Release.Namespace -}}{{- $names = append $names (include "istio-lightstep.collector" $.root) -}}{{- end -}}
              {{- if and (eq $object.kind "DestinationRule") (has (index $spec "host") $names) -}}
                {{- include "istio-lightstep.note" (list $beside (set $one "of" "rule")) -}}
              {{- else if and (eq $object.kind "ServiceEntry") (eq $namespace $.root.Release.Namespace) (kindIs "slice" (index $spec "hosts")) -}}
                {{- if has (first $names) $spec.hosts -}}{{- include "istio-lightstep.note" (list $beside (set $one "of" "entry")) -}}{{- end -}}
              {{- end -}}
            {{- end -}}
          {{- end -}}
        {{- end -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
  {{- range $denied -}}
    {{- if or .always (not $found.allowed) -}}{{- include "istio-lightstep.note" (list $beside (omit . "always")) -}}{{- end -}}
  {{- end -}}
{{- end -}}
{{- with $beside -}}{{- $_ := set $subject "beside" (include "istio-lightstep.noted" . | fromJsonArray) -}}{{- end -}}
{{- end -}}

{{/* A Telemetry for some pods, or for a namespace without one of ours: for all others one of the two counts, as rules say. */}}
{{- define "istio-lightstep.besideTelemetry" -}}
{{- $selector := ternary (index .spec "selector") dict (kindIs "map" (index .spec "selector")) -}}
{{- $targeted := or (index .spec "targetRef") (index .spec "targetRefs") -}}
{{- $wide := not (or (index $selector "matchLabels") $targeted) -}}
{{- $rival := and $wide (or (eq .namespace .found.mesh) (get .found.namespaces .namespace)) -}}
{{- if and .found.telemetry .namespace (not $rival) (kindIs "slice" (index .spec "tracing")) -}}
  {{- $provider := include "istio-lightstep.provider" .found.root -}}
  {{- $of := dict -}}
  {{- range $entry := .spec.tracing -}}
    {{- if kindIs "map" $entry -}}
      {{- $named := $provider -}}
      {{- $providers := index $entry "providers" -}}
      {{- if and (kindIs "slice" $providers) $providers -}}
        {{- if kindIs "map" (first $providers) -}}{{- $named = index (first $providers) "name" -}}{{- end -}}
      {{- end -}}
      {{- $sampling := index $entry "randomSamplingPercentage" -}}
      {{- if deepEqual true (index $entry "disableSpanReporting") -}}{{- $_ := set $of "off" "" -}}
      {{- else if not (deepEqual $named $provider) -}}{{- $_ := set $of "elsewhere" "" -}}
      {{- else if not (kindIs "float64" $sampling) -}}
      {{- else if eq $sampling 0.0 -}}{{- $_ := set $of "unsampled" "" -}}
      {{- else if lt $sampling 0.01 -}}{{- $_ := set $of "small" "" -}}{{- end -}}
    {{- end -}}
  {{- end -}}
  {{- range $kind, $_ := $of -}}
    {{- if or $.own $targeted (eq $kind "small") -}}
      {{- include "istio-lightstep.note" (list $.found.beside (set (omit $.one "of") "of" $kind)) -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- define "istio-lightstep.besideFilter" -}}
{{- $patches := index .spec "configPatches" -}}
{{- $place := "" -}}
{{- range $i, $patch := ternary $patches list (kindIs "slice" $patches) -}}
  {{- $at := dict -}}
  {{- include "istio-lightstep.find" (dict "root" $patch "path" "patch.value" "into" $at) -}}
  {{- $path := printf "%s.spec.configPatches[%d].patch.value" $.one.path $i -}}
  {{- if not $place -}}{{- $place = include "istio-lightstep.tracingIn" (dict "value" (index $at "patch.value") "path" $path "steps" $.found.steps) | splitList "\n" | first -}}{{- end -}}
{{- end -}}
{{- if $place -}}{{- include "istio-lightstep.note" (list .found.beside (dict "path" $place "name" .one.name "of" "tracing")) -}}{{- end -}}
{{- end -}}

{{/* Prints the path of each map under a key tracing in the .value at the .path, one on a line. */}}
{{- define "istio-lightstep.tracingIn" -}}
{{- if kindIs "map" .value -}}
  {{- range $key, $item := .value -}}
    {{- $path := printf "%s.%s" $.path (include "istio-lightstep.step" (set (omit $.steps "key") "key" $key)) -}}
    {{- if and (eq $key "tracing") (kindIs "map" $item) -}}{{- printf "%s\n" $path -}}{{- end -}}
    {{- include "istio-lightstep.tracingIn" (dict "value" $item "path" $path "steps" $.steps) -}}
  {{- end -}}
{{- else if kindIs "slice" .value -}}
  {{- range $i, $item := .value -}}{{- include "istio-lightstep.tracingIn" (dict "value" $item "path" (printf "%s[%d]" $.path $i) "steps" $.steps) -}}{{- end -}}
{{- end -}}
{{- end -}}

{{/*
A Sidecar that leaves out the destination of spans. In one of the root namespace that is for the mesh, the namespace . is that
of each proxy (pilot/pkg/model/sidecar.go, convertIstioListenerToWrapper). What begins with ~ excludes.
*/}}
{{- define "istio-lightstep.besideSidecar" -}}
{{- $egress := index .spec "egress" -}}
{{- $selector := ternary (index .spec "workloadSelector") dict (kindIs "map" (index .spec "workloadSelector")) -}}
{{- $mesh := and (eq .namespace .found.mesh) (empty (index $selector "labels")) -}}
{{- $host := include "istio-lightstep.collectorHost" .found.root -}}
{{- if and .namespace (kindIs "slice" $egress) -}}
  {{- $shown := empty $egress -}}
  {{- range $listener := $egress -}}
    {{- $in := dict -}}
    {{- range list "hosts" "port.number" -}}{{- include "istio-lightstep.find" (dict "root" $listener "path" . "into" $in) -}}{{- end -}}
    {{- $imported := false -}}
    {{- $excluded := false -}}
    {{- range ternary $in.hosts list (kindIs "slice" $in.hosts) -}}
      {{- $text := toString . -}}
      {{- $parts := trimPrefix "~" $text | splitList "/" -}}
      {{- $namespace := first $parts -}}
      {{- if and (eq $namespace ".") (not $mesh) -}}{{- $namespace = $.namespace -}}{{- end -}}
      {{- $name := rest $parts | join "/" -}}
      {{- $same := or (eq $name $host) (and (hasPrefix "*" $name) (hasSuffix (trimPrefix "*" $name) $host)) -}}
      {{- if and $same (has $namespace (list "*" "" $.found.root.Release.Namespace)) -}}
        {{- if hasPrefix "~" $text -}}{{- $excluded = true -}}{{- else -}}{{- $imported = true -}}{{- end -}}
      {{- end -}}
    {{- end -}}
    {{- if and $imported (not $excluded) (has (index $in "port.number" | toString) (list "<nil>" "0" "4317")) -}}{{- $shown = true -}}{{- end -}}
  {{- end -}}
  {{- if not $shown -}}{{- include "istio-lightstep.note" (list .found.beside (set .one "of" "sidecar")) -}}{{- end -}}
{{- end -}}
{{- end -}}

{{/* Notes a policy that denies every call of the collectors, and whether one allows any. One that denies does so in any case. */}}
{{- define "istio-lightstep.besidePolicy" -}}
{{- $selector := ternary (index .spec "selector") dict (kindIs "map" (index .spec "selector")) -}}
{{- $labels := ternary (index $selector "matchLabels") dict (kindIs "map" (index $selector "matchLabels")) -}}
{{- $own := include "istio-lightstep.collectorSelector" .found.root | fromYaml -}}
{{- $selects := and .found.meshed (has .namespace (list .found.root.Release.Namespace .found.mesh)) (empty (index .spec "targetRef")) (empty (index .spec "targetRefs")) -}}
{{- range $key, $value := $labels -}}{{- $selects = and $selects (deepEqual $value (get $own $key)) -}}{{- end -}}
{{- $action := index .spec "action" | default "ALLOW" -}}
{{- $rules := index .spec "rules" -}}
{{- if not $selects -}}
{{- else if and (deepEqual $action "ALLOW") $rules -}}{{- $_ := set .found "allowed" true -}}
{{- else if deepEqual $action "ALLOW" -}}{{- include "istio-lightstep.note" (list .found.denied (set (set .one "of" "denied") "always" false)) -}}
{{- else if and (deepEqual $action "DENY") (kindIs "slice" $rules) -}}
  {{- if has dict $rules -}}{{- include "istio-lightstep.note" (list .found.denied (set (set .one "of" "denied") "always" true)) -}}{{- end -}}
{{- end -}}
{{- end -}}

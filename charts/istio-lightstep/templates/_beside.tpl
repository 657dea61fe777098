{{/*
What is installed or configured beside this release and takes its spans: extraObjects, and the user's own document.
*/}}

{{/*
Lists under .subject.beside each of the extraObjects, and each object of the document, that takes spans from this release, and
each setting that hides its collectors: its path, .name of an object, and .of:
private    the collectors' Service is not exported to other namespaces
sidecar, sidecarOfSome
           a Sidecar that leaves out where proxies send to: of the whole mesh, or of a namespace or some pods whose spans
           nothing disables
off, elsewhere, unsampled, small
           a Telemetry that disables spans, has another provider, starts no traces, or so few that Envoy makes it none. Of the
           document those without targetRefs are merged in internal/telemetries, which lists them, but not small
tracing    an EnvoyFilter that sets tracing of HTTP connections, routes or the bootstrap, at its path
rule       a DestinationRule for the host of the collectors, or, outside of the root namespace, for all hosts like it
entry      a ServiceEntry for it
denied, forbidden
           an AuthorizationPolicy that lets nobody send spans to the collectors: it allows no such call, and nothing here does, or it
           denies all
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
{{- $sidecars := dict -}}
{{- $quiet := dict -}}
{{- $found := dict "beside" $beside "denied" $denied "sidecars" $sidecars "quiet" $quiet "allowed" false "root" .root "steps" .steps "collects" (eq "collector" (toString (get $subject "delivery"))) -}}
{{- $_ := set $found "mesh" (toString (index $at "values.istio.rootNamespace" | default (index $at "values.istio.namespace"))) -}}
{{- $_ := set $found "meshed" (and $found.collects (has (index $at "values.collector.mtls.mode") (list "PERMISSIVE" "STRICT"))) -}}
{{- $_ := set $found "telemetry" (deepEqual true (index $at "values.telemetry.enabled")) -}}
{{- $namespaces := index $at "values.telemetry.namespaces" -}}
{{- $_ := set $found "namespaces" (ternary $namespaces dict (kindIs "map" $namespaces)) -}}
{{- range $name, $own := $found.namespaces -}}
  {{- if kindIs "map" $own -}}
    {{- if deepEqual true (index $own "disabled") -}}{{- include "istio-lightstep.note" (list $quiet (dict "namespace" $name "labels" dict)) -}}{{- end -}}
  {{- end -}}
{{- end -}}
{{- if index $at "dialect.telemetry" -}}
  {{- if $found.collects -}}
    {{- $annotations := index $at "values.commonAnnotations" -}}
    {{- $annotated := index (ternary $annotations dict (kindIs "map" $annotations)) "networking.istio.io/exportTo" -}}
    {{- $default := index $at "document.meshConfig.defaultServiceExportTo" -}}
    {{- if $annotated -}}
      {{- /* Other namespaces by their names are taken for those that have proxies. */ -}}
      {{- $hidden := true -}}
      {{- range splitList "," (toString $annotated) -}}
        {{- $hidden = and $hidden (has (trim .) (list "" "." "~" $.root.Release.Namespace)) -}}
      {{- end -}}
      {{- if $hidden -}}
        {{- include "istio-lightstep.note" (list $beside (dict "path" `commonAnnotations.networking\.istio\.io/exportTo` "of" "private")) -}}
      {{- end -}}
    {{- else if kindIs "slice" $default -}}
      {{- if and $default (empty (without $default "." "~" .root.Release.Namespace)) -}}
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
              {{- /* Of the hosts in a namespace that match, the longest counts: in the root namespace the chart's. */ -}}
              {{- $rule := index $spec "host" | toString -}}
              {{- $wide := and (not (has $namespace (list "" $found.mesh))) (hasPrefix "*" $rule) (hasSuffix (trimPrefix "*" $rule) (first $names)) -}}
              {{- if and (eq $object.kind "DestinationRule") (or $wide (has $rule $names)) -}}
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
    {{- if or (eq .of "forbidden") (not $found.allowed) -}}{{- include "istio-lightstep.note" (list $beside .) -}}{{- end -}}
  {{- end -}}
  {{- range $sidecar := $sidecars -}}
    {{- $silent := false -}}
    {{- range $quiet -}}
      {{- $all := and (ne $sidecar.of "sidecar") (eq .namespace $sidecar.namespace) -}}
      {{- range $key, $value := .labels -}}{{- $all = and $all (deepEqual $value (index $sidecar.labels $key)) -}}{{- end -}}
      {{- $silent = or $silent $all -}}
    {{- end -}}
    {{- if not $silent -}}{{- include "istio-lightstep.note" (list $beside (omit $sidecar "namespace" "labels")) -}}{{- end -}}
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
  {{- $disables := true -}}
  {{- range $mode := list "CLIENT" "SERVER" -}}
    {{- /* Of each setting the last entry that has it counts. */ -}}
    {{- $last := dict "provider" $provider -}}
    {{- range $entry := $.spec.tracing -}}
      {{- $in := dict -}}
      {{- range list "match.mode" "providers" "disableSpanReporting" "randomSamplingPercentage" -}}
        {{- include "istio-lightstep.find" (dict "root" $entry "path" . "into" $in) -}}
      {{- end -}}
      {{- if has (index $in "match.mode") (list nil "" "CLIENT_AND_SERVER" $mode) -}}
        {{- if and (kindIs "slice" $in.providers) $in.providers -}}
          {{- if kindIs "map" (first $in.providers) -}}{{- $_ := set $last "provider" (index (first $in.providers) "name") -}}{{- end -}}
        {{- end -}}
        {{- if kindIs "bool" $in.disableSpanReporting -}}{{- $_ := set $last "disabled" $in.disableSpanReporting -}}{{- end -}}
        {{- if kindIs "float64" $in.randomSamplingPercentage -}}{{- $_ := set $last "sampling" $in.randomSamplingPercentage -}}{{- end -}}
      {{- end -}}
    {{- end -}}
    {{- $disabled := index $last "disabled" | default false -}}
    {{- $disables = and $disables $disabled -}}
    {{- if $disabled -}}{{- $_ := set $of "off" "" -}}
    {{- else if not (deepEqual $last.provider $provider) -}}{{- $_ := set $of "elsewhere" "" -}}
    {{- else if not (hasKey $last "sampling") -}}
    {{- else if eq $last.sampling 0.0 -}}{{- $_ := set $of "unsampled" "" -}}
    {{- else if lt $last.sampling 0.01 -}}{{- $_ := set $of "small" "" -}}{{- end -}}
  {{- end -}}
  {{- if and $disables (not $targeted) -}}
    {{- $labels := index $selector "matchLabels" -}}
    {{- include "istio-lightstep.note" (list .found.quiet (dict "namespace" .namespace "labels" (ternary $labels dict (kindIs "map" $labels)))) -}}
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
  {{- range list "patch.value" "applyTo" -}}{{- include "istio-lightstep.find" (dict "root" $patch "path" . "into" $at) -}}{{- end -}}
  {{- $sets := has (index $at "applyTo") (list "BOOTSTRAP" "HTTP_ROUTE") -}}
  {{- $path := printf "%s.spec.configPatches[%d].patch.value" $.one.path $i -}}
  {{- if not $place -}}{{- $place = include "istio-lightstep.tracingIn" (dict "value" (index $at "patch.value") "path" $path "sets" $sets "steps" $.found.steps) | splitList "\n" | first -}}{{- end -}}
{{- end -}}
{{- if $place -}}{{- include "istio-lightstep.note" (list .found.beside (dict "path" $place "name" .one.name "of" "tracing")) -}}{{- end -}}
{{- end -}}

{{/*
Prints the path of each map under a key tracing in the .value at the .path, one on a line, that sets how proxies trace: where
.value .sets that, in an HttpConnectionManager, which its @type or the name of the filter tells, and in a route. Elsewhere it
is a setting of another filter.
*/}}
{{- define "istio-lightstep.tracingIn" -}}
{{- if kindIs "map" .value -}}
  {{- $manager := `[./]HttpConnectionManager$` -}}
  {{- $sets := or .sets (regexMatch $manager (index .value "@type" | toString)) -}}
  {{- range $key, $item := .value -}}
    {{- $path := printf "%s.%s" $.path (include "istio-lightstep.step" (set (omit $.steps "key") "key" $key)) -}}
    {{- if and (eq $key "tracing") (kindIs "map" $item) $sets -}}{{- printf "%s\n" $path -}}{{- end -}}
    {{- $inside := eq $key "routes" -}}
    {{- if has $key (list "typed_config" "config" "typedConfig") -}}
      {{- $inside = regexMatch `http_connection_manager$` (index $.value "name" | toString) -}}
    {{- else if eq $key "value" -}}
      {{- $inside = regexMatch $manager (index $.value "type_url" | toString) -}}
    {{- end -}}
    {{- include "istio-lightstep.tracingIn" (dict "value" $item "path" $path "sets" $inside "steps" $.steps) -}}
  {{- end -}}
{{- else if kindIs "slice" .value -}}
  {{- range $i, $item := .value -}}{{- include "istio-lightstep.tracingIn" (dict "value" $item "path" (printf "%s[%d]" $.path $i) "sets" $.sets "steps" $.steps) -}}{{- end -}}
{{- end -}}
{{- end -}}

{{/*
A Sidecar that leaves out the destination of spans. In one of the root namespace that is for the mesh, the namespace . is that
of each proxy (pilot/pkg/model/sidecar.go, convertIstioListenerToWrapper). What begins with ~ excludes.
*/}}
{{- define "istio-lightstep.besideSidecar" -}}
{{- $egress := index .spec "egress" -}}
{{- $selector := ternary (index .spec "workloadSelector") dict (kindIs "map" (index .spec "workloadSelector")) -}}
{{- $labels := ternary (index $selector "labels") dict (kindIs "map" (index $selector "labels")) -}}
{{- $mesh := and (eq .namespace .found.mesh) (empty $labels) -}}
{{- $host := include "istio-lightstep.collectorHost" .found.root -}}
{{- if and .found.telemetry .namespace (kindIs "slice" $egress) -}}
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
  {{- if not $shown -}}
    {{- $_ := set (set (set .one "of" (ternary "sidecar" "sidecarOfSome" $mesh)) "namespace" .namespace) "labels" $labels -}}
    {{- include "istio-lightstep.note" (list .found.sidecars .one) -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{/* Notes a policy that denies every call with spans, and whether one allows any. One that denies counts before those. */}}
{{- define "istio-lightstep.besidePolicy" -}}
{{- $selector := ternary (index .spec "selector") dict (kindIs "map" (index .spec "selector")) -}}
{{- $labels := ternary (index $selector "matchLabels") dict (kindIs "map" (index $selector "matchLabels")) -}}
{{- $own := include "istio-lightstep.collectorSelector" .found.root | fromYaml -}}
{{- $selects := and .found.meshed (has .namespace (list .found.root.Release.Namespace .found.mesh)) (empty (index .spec "targetRef")) (empty (index .spec "targetRefs")) -}}
{{- range $key, $value := $labels -}}{{- $selects = and $selects (deepEqual $value (get $own $key)) -}}{{- end -}}
{{- $action := index .spec "action" | default "ALLOW" -}}
{{- $rules := index .spec "rules" -}}
{{- if not $selects -}}
{{- else if and (deepEqual $action "ALLOW") (include "istio-lightstep.allowsSpans" $rules) -}}{{- $_ := set .found "allowed" true -}}
{{- else if deepEqual $action "ALLOW" -}}{{- include "istio-lightstep.note" (list .found.denied (set .one "of" "denied")) -}}
{{- else if and (deepEqual $action "DENY") (kindIs "slice" $rules) -}}
  {{- if has dict $rules -}}{{- include "istio-lightstep.note" (list .found.denied (set .one "of" "forbidden")) -}}{{- end -}}
{{- end -}}
{{- end -}}

{{/* Truthy where one of the rules . of a policy may match a call with spans, which is a POST at port 4317. */}}
{{- define "istio-lightstep.allowsSpans" -}}
{{- range ternary . (ternary (list dict) list (not (empty .))) (kindIs "slice" .) -}}
  {{- $to := index (ternary . dict (kindIs "map" .)) "to" -}}
  {{- range $target := ternary $to (list dict) (and (kindIs "slice" $to) (not (empty $to))) -}}
    {{- $allows := true -}}
    {{- range $path, $pattern := dict "operation.ports" `^4317$` "operation.methods" `^POST$|\*` -}}
      {{- $at := dict -}}
      {{- include "istio-lightstep.find" (dict "root" $target "path" $path "into" $at) -}}
      {{- $named := index $at $path -}}
      {{- $matches := empty $named -}}
      {{- range ternary $named list (kindIs "slice" $named) -}}
        {{- if regexMatch $pattern (toString .) -}}{{- $matches = true -}}{{- end -}}
      {{- end -}}
      {{- $allows = and $allows $matches -}}
    {{- end -}}
    {{- if $allows -}}true{{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

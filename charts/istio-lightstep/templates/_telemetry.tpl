{{/*
Custom tags, and what differs in a namespace, as parts of the subject.
*/}}

{{/*
Lists under .subject.tags every custom tag with its path, how many types it has, the last of them, and its text; under
namespaces what the values say of each namespace.
*/}}
{{- define "istio-lightstep.telemetry" -}}
{{- $steps := .steps -}}
{{- $at := dict -}}
{{- range list "telemetry.customTags" "telemetry.namespaces" -}}
  {{- include "istio-lightstep.find" (dict "root" $.subject.values "path" . "into" $at) -}}
{{- end -}}
{{- $tags := dict "list" dict "steps" $steps -}}
{{- include "istio-lightstep.tags" (dict "of" (index $at "telemetry.customTags") "path" "telemetry.customTags" "into" $tags) -}}
{{- $namespaces := dict -}}
{{- $given := index $at "telemetry.namespaces" -}}
{{- range $name, $own := ternary $given dict (kindIs "map" $given) -}}
  {{- if kindIs "map" $own -}}
    {{- $path := printf "telemetry.namespaces.%s" (include "istio-lightstep.step" (set (omit $steps "key") "key" $name)) -}}
    {{- $entry := dict "path" $path "name" $name "sampling" (index $own "sampling") "disabled" (index $own "disabled") -}}
    {{- include "istio-lightstep.note" (list $namespaces (set $entry "disableContextPropagation" (index $own "disableContextPropagation"))) -}}
    {{- include "istio-lightstep.tags" (dict "of" (index $own "customTags") "path" (printf "%s.customTags" $path) "into" $tags) -}}
  {{- end -}}
{{- end -}}
{{- with $tags.list -}}{{- $_ := set $.subject "tags" (include "istio-lightstep.noted" . | fromJsonArray) -}}{{- end -}}
{{- with $namespaces -}}{{- $_ := set $.subject "namespaces" (include "istio-lightstep.noted" . | fromJsonArray) -}}{{- end -}}
{{- end -}}

{{/* Adds to .into.list the tags .of a map at the .path; null removes one. */}}
{{- define "istio-lightstep.tags" -}}
{{- range $name, $tag := ternary .of dict (kindIs "map" .of) -}}
  {{- if kindIs "map" $tag -}}
    {{- $path := printf "%s.%s" $.path (include "istio-lightstep.step" (set (omit $.into.steps "key") "key" $name)) -}}
    {{- $entry := dict "path" $path "types" 0.0 "type" "" "text" "" -}}
    {{- range $type, $key := dict "literal" "value" "environment" "name" "header" "name" "formatter" "value" -}}
      {{- if kindIs "map" (index $tag $type) -}}
        {{- $_ := set (set $entry "types" (add1f $entry.types)) "type" $type -}}
        {{- $_ := set $entry "text" (index $tag $type $key) -}}
      {{- end -}}
    {{- end -}}
    {{- include "istio-lightstep.note" (list $.into.list $entry) -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{/* The tags of all spans, .mesh, with those of a namespace, .own, which win: a Telemetry there replaces all of the mesh's. */}}
{{- define "istio-lightstep.customTags" -}}
{{- $tags := dict -}}
{{- include "istio-lightstep.lay" (dict "base" $tags "over" (.mesh | default dict)) -}}
{{- include "istio-lightstep.lay" (dict "base" $tags "over" (.own | default dict)) -}}
{{- with $tags }}
      customTags:
        {{- include "istio-lightstep.given" . | nindent 8 }}
{{- end -}}
{{- end -}}

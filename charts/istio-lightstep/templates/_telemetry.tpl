{{/*
Custom tags, and what differs in a namespace, as parts of the subject.
*/}}

{{/*
Lists under .subject.tags every custom tag with its path, how many types it has, the last of them, its text, and of one by
formatter its .format, as "istio-lightstep.format" has it; under inserts what the header or variable is called whose value a
tag has; under namespaces what the values say of each namespace.
*/}}
{{- define "istio-lightstep.telemetry" -}}
{{- $steps := .steps -}}
{{- $at := dict -}}
{{- range list "telemetry.customTags" "telemetry.namespaces" -}}
  {{- include "istio-lightstep.find" (dict "root" $.subject.values "path" . "into" $at) -}}
{{- end -}}
{{- $tags := dict "list" dict "inserts" dict "steps" $steps "operators" .operators -}}
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
{{- with $tags.inserts -}}{{- $_ := set $.subject "inserts" (include "istio-lightstep.noted" . | fromJsonArray) -}}{{- end -}}
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
    {{- if and (eq $entry.type "formatter") (kindIs "string" $entry.text) -}}
      {{- $_ := set $entry "format" (include "istio-lightstep.format" (dict "text" $entry.text "operators" $.into.operators) | fromJson) -}}
    {{- end -}}
    {{- $inserts := list -}}
    {{- if has $entry.type (list "environment" "header") -}}{{- $inserts = list $entry.text -}}{{- end -}}
    {{- with $entry.format -}}{{- $inserts = .inserts -}}{{- end -}}
    {{- range $inserts -}}{{- include "istio-lightstep.note" (list $.into.inserts (dict "path" $path "name" .)) -}}{{- end -}}
    {{- include "istio-lightstep.note" (list $.into.list $entry) -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{/*
What Envoy reads in the .text, as JSON: whether that is broken, by its grammar and by what each of the .operators takes, what
operators there are that it may not know, and what a header or a variable is called whose value they insert. A % is %%, or the
start of an operator.
*/}}
{{- define "istio-lightstep.format" -}}
{{- $operators := .operators -}}
{{- $broken := regexReplaceAll $operators.form .text "" | contains "%" -}}
{{- $unknown := list -}}
{{- $inserts := list -}}
{{- range without (regexFindAll $operators.form .text -1) "%%" -}}
  {{- $name := regexFind `[A-Z0-9_]+` . -}}
  {{- $given := regexReplaceAll $operators.form . "${2}" -}}
  {{- $length := ne "" (regexReplaceAll $operators.form . "${3}") -}}
  {{- $known := false -}}
  {{- range $takes, $names := $operators.takes -}}
    {{- if contains (printf " %s " $name) (printf " %s " $names) -}}
      {{- $known = true -}}
      {{- if or (and $given (eq $takes "nothing")) (and (not $given) (hasPrefix "needs" $takes)) (and $length (not (hasSuffix "length" $takes))) -}}
        {{- $broken = true -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
  {{- if not $known -}}{{- $unknown = append $unknown $name -}}{{- end -}}
  {{- if regexMatch $operators.inserts.headers $name -}}
    {{- $names := splitList "?" $given -}}
    {{- $inserts = concat $inserts $names -}}
    {{- /* A header has one alternative. */ -}}
    {{- if gt (len $names) 2 -}}{{- $broken = true -}}{{- end -}}
    {{- range $names -}}{{- if not (regexMatch $operators.header .) -}}{{- $broken = true -}}{{- end -}}{{- end -}}
  {{- else if regexMatch $operators.inserts.others $name -}}
    {{- $inserts = append $inserts $given -}}
  {{- else if eq $name "COALESCE" -}}
    {{- range regexFindAll `"param":\s*"[^"]*"` $given -1 -}}
      {{- $inserts = concat $inserts (regexReplaceAll `.*"([^"]*)"$` . "${1}" | splitList "?") -}}
    {{- end -}}
  {{- else if regexMatch $operators.inserts.expression $given -}}
    {{- $inserts = append $inserts (regexReplaceAll $operators.inserts.expression $given "${1}") -}}
  {{- end -}}
{{- end -}}
{{- dict "broken" $broken "unknown" (join ", " $unknown) "inserts" $inserts | toRawJson -}}
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

{{/*
Where the values have another type than the schema declares, what is there, what may be, and how to write that: Helm may be
told not to heed the schema. And where they have null, which Helm takes to delete a default: it is put there again, so that
no template finds a switch missing, which would read as off. Rules refuse both. _rules.tpl asks of each value that the schema
declares; .shape lists what is wrong under .types and .nulls.
*/}}

{{/* Notes the value of .key in the map .of, at the .path, which is none of .is: null is replaced by the .default. */}}
{{- define "istio-lightstep.misshapen" -}}
{{- $value := index .of .key -}}
{{- if kindIs "invalid" $value -}}
  {{- $_ := set .of .key .default -}}
  {{- /* Of a map that is null, that alone is told. */ -}}
  {{- if not (hasKey .shape.filled (regexReplaceAll `\.?[^.]*$` .path "")) -}}
    {{- $shown := ternary "the defaults" (printf "the default, %s" (toRawJson .default)) (kindIs "map" .default) -}}
    {{- include "istio-lightstep.note" (list .shape.nulls (dict "path" .path "default" $shown)) -}}
  {{- end -}}
  {{- $_ := set .shape.filled .path "" -}}
{{- else -}}
  {{- include "istio-lightstep.typesBelow" (dict "value" $value "path" .path "type" (dict "is" .is) "shape" .shape) -}}
{{- end -}}
{{- end -}}

{{/* Adds to .shape.types the .value at the .path where it is none of .type, or what is wrong in it. Null is none that is wrong, but as an item of a list. */}}
{{- define "istio-lightstep.typesBelow" -}}
{{- $type := .type -}}
{{- $got := get (dict "string" "string" "float64" "number" "bool" "boolean" "slice" "array" "map" "object" "invalid" "null") (kindOf .value) -}}
{{- if and (eq $got "number") (has "integer" $type.is) -}}
  {{- if eq .value (floor .value) -}}{{- $got = "integer" -}}{{- end -}}
{{- end -}}
{{- if not (has $got $type.is) -}}
  {{- $words := .shape.facts.words -}}
  {{- $names := list -}}
  {{- range $type.is -}}{{- $names = append $names (index $words .).name -}}{{- end -}}
  {{- $first := ternary "string" (first $type.is) (has "string" $type.is) -}}
  {{- $wrong := dict "path" .path "got" (index $words $got).name "want" (join " or " $names) "fix" (index $words $first).fix -}}
  {{- include "istio-lightstep.note" (list .shape.types $wrong) -}}
{{- else if eq $got "array" -}}
  {{- range $i, $item := ternary .value list (hasKey $type "items") -}}
    {{- include "istio-lightstep.typesBelow" (dict "value" $item "path" (printf "%s[%d]" $.path $i) "type" $type.items "shape" $.shape) -}}
  {{- end -}}
{{- else if eq $got "object" -}}
  {{- range $key, $item := .value -}}
    {{- $below := get (default dict $type.keys) $key | default $type.others -}}
    {{- if and $below (not (kindIs "invalid" $item)) -}}
      {{- $path := printf "%s.%s" $.path (include "istio-lightstep.step" (dict "key" $key "odd" $.shape.facts.odd "hidden" $.shape.hidden)) -}}
      {{- include "istio-lightstep.typesBelow" (dict "value" $item "path" $path "type" $below "shape" $.shape) -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

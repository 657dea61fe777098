{{/*
Lists under .subject.types where the values have another type than the schema declares, what is there, what may be, and how
to write that: Helm may be told not to heed the schema. Null stands for a key that is missing, but is no item of a list.
Go does the same in internal/rules.
*/}}
{{- define "istio-lightstep.types" -}}
{{- $found := dict "list" list -}}
{{- with .types -}}
  {{- include "istio-lightstep.typesBelow" (dict "value" $.subject.values "path" "" "type" .values "words" .words "steps" $.steps "found" $found) -}}
{{- end -}}
{{- with $found.list -}}{{- $_ := set $.subject "types" . -}}{{- end -}}
{{- end -}}

{{/* Adds to .found.list the .value at the .path where it is none of .type, or what is wrong in it. */}}
{{- define "istio-lightstep.typesBelow" -}}
{{- $type := .type -}}
{{- $got := get (dict "string" "string" "float64" "number" "bool" "boolean" "slice" "array" "map" "object" "invalid" "null") (kindOf .value) -}}
{{- if and (eq $got "number") (has "integer" $type.is) -}}
  {{- if eq .value (floor .value) -}}{{- $got = "integer" -}}{{- end -}}
{{- end -}}
{{- if not (has $got $type.is) -}}
  {{- $names := list -}}
  {{- range $type.is -}}{{- $names = append $names (index $.words .).name -}}{{- end -}}
  {{- $first := ternary "string" (first $type.is) (has "string" $type.is) -}}
  {{- $wrong := dict "path" .path "got" (index .words $got).name "want" (join " or " $names) "fix" (index .words $first).fix -}}
  {{- $_ := set .found "list" (append .found.list $wrong) -}}
{{- else if and (eq $got "array") (hasKey $type "items") -}}
  {{- range $i, $item := .value -}}
    {{- include "istio-lightstep.typesBelow" (set (set (set (omit $ "value") "value" $item) "type" $type.items) "path" (printf "%s[%d]" $.path $i)) -}}
  {{- end -}}
{{- else if eq $got "object" -}}
  {{- range $key, $item := .value -}}
    {{- $below := get (default dict $type.keys) $key | default $type.others -}}
    {{- if and $below (not (kindIs "invalid" $item)) -}}
      {{- $path := printf "%s.%s" $.path (include "istio-lightstep.step" (set (omit $.steps "key") "key" $key)) | trimPrefix "." -}}
      {{- include "istio-lightstep.typesBelow" (set (set (set (omit $ "value") "value" $item) "type" $below) "path" $path) -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

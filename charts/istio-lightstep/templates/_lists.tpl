{{/*
Lists that grow, and lists that are too long. To append to a list copies it, so that one made of many items takes the square of
their number: a map with a key for each item does not.
*/}}

{{/* Adds the second of two to the first, a map that is a list by its keys. Prints nothing. */}}
{{- define "istio-lightstep.note" -}}
{{- $_ := set (first .) (len (first .) | printf "%08d") (last .) -}}
{{- end -}}

{{/* The list that a map is, in the order of its keys, as JSON. */}}
{{- define "istio-lightstep.noted" -}}
{{- $between := "" -}}
[{{- range . -}}{{- $between -}}{{- toRawJson . -}}{{- $between = "," -}}{{- end -}}]
{{- end -}}

{{/*
Empties, in .subject.values, each list that has more than ten thousand entries, and each text of more than 1.5 MiB, leaves one
in a map that has, and one in a map of parts that has more than 500, which each cost as much as a thousand numbers. Lists
those under .subject.long, each with its path, what it .has, the .most that is taken, and a fix: no template looks at them
all. Not in the global values, which other charts share.
*/}}
{{- define "istio-lightstep.shorten" -}}
{{- /* An entry is two bytes at least of the .json of all values, and a part ten. */ -}}
{{- if gt (len .json) 5000 -}}
  {{- $long := dict -}}
  {{- $at := dict -}}
  {{- range list "backends" "collector.exporters" "collector.config.connectors" "collector.config.exporters" "collector.config.extensions" "collector.config.processors" "collector.config.receivers" "collector.config.service.pipelines" -}}
    {{- include "istio-lightstep.find" (dict "root" $.subject.values "path" . "into" $at) -}}
    {{- $map := index $at . -}}
    {{- if kindIs "map" $map -}}
      {{- if gt (len $map) 500 -}}
        {{- include "istio-lightstep.tooLong" (dict "value" $map "path" . "most" 500 "long" $long) -}}
        {{- range $key := keys $map | sortAlpha | rest -}}{{- $_ := unset $map $key -}}{{- end -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
  {{- if gt (len .json) 20000 -}}
    {{- include "istio-lightstep.shortenBelow" (dict "value" .subject.values "path" "" "steps" .steps "long" $long) -}}
  {{- end -}}
  {{- with $long -}}{{- $_ := set $.subject "long" (include "istio-lightstep.noted" . | fromJsonArray) -}}{{- end -}}
{{- end -}}
{{- end -}}

{{/* Notes in .long what the .value at the .path has, and the .most that is taken. */}}
{{- define "istio-lightstep.tooLong" -}}
{{- $fix := "check that this is the values file that was meant, and the index in --set NAME[INDEX]: each entry before it becomes null" -}}
{{- if kindIs "string" .value -}}{{- $fix = "check that this is the values file that was meant, and that --set-file names the right file" -}}{{- end -}}
{{- $has := printf "%d %s" (len .value) (kindIs "string" .value | ternary "bytes" "entries") -}}
{{- include "istio-lightstep.note" (list .long (dict "path" .path "has" $has "most" (toString .most) "fix" $fix)) -}}
{{- end -}}

{{/* Prints true where the .value, an item of a list, cannot be changed: the list is left out. */}}
{{- define "istio-lightstep.shortenBelow" -}}
{{- range $key, $item := .value -}}
  {{- $kind := kindOf $item -}}
  {{- if has $kind (list "map" "slice" "string") -}}
    {{- $most := ternary 1572864 10000 (eq $kind "string") -}}
    {{- $long := gt (len $item) $most -}}
    {{- if or $long (ne $kind "string") -}}
      {{- $path := printf "%s[%v]" $.path $key -}}
      {{- if kindIs "map" $.value -}}
        {{- $path = printf "%s.%s" $.path (include "istio-lightstep.step" (set (omit $.steps "key") "key" $key)) | trimPrefix "." -}}
      {{- end -}}
      {{- $leave := $long -}}
      {{- if $long -}}
        {{- include "istio-lightstep.tooLong" (dict "value" $item "path" $path "most" $most "long" $.long) -}}
      {{- else if ne $path "global" -}}
        {{- $leave = include "istio-lightstep.shortenBelow" (set (set (omit $ "value") "value" $item) "path" $path) -}}
      {{- end -}}
      {{- if not $leave -}}
      {{- else if kindIs "slice" $.value -}}
        {{- "true" -}}
      {{- else if eq $kind "string" -}}
        {{- $_ := set $.value $key "" -}}
      {{- else if and $long (eq $kind "map") -}}
        {{- $_ := keys $item | sortAlpha | first | pick $item | set $.value $key -}}
      {{- else -}}
        {{- $_ := set $.value $key list -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

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
Empties, in .subject.values, each list that has more than ten thousand entries, and leaves one in a map that has, and lists
those under .subject.long, each with its path and its number of entries: no template looks at them all. Not in the global values, which
other charts share.
*/}}
{{- define "istio-lightstep.shorten" -}}
{{- /* An entry is two bytes at least of the .json of all values. */ -}}
{{- if gt (len .json) 20000 -}}
  {{- $long := dict -}}
  {{- include "istio-lightstep.shortenBelow" (dict "value" .subject.values "path" "" "steps" .steps "long" $long) -}}
  {{- with $long -}}{{- $_ := set $.subject "long" (include "istio-lightstep.noted" . | fromJsonArray) -}}{{- end -}}
{{- end -}}
{{- end -}}

{{- define "istio-lightstep.shortenBelow" -}}
{{- if kindIs "map" .value -}}
  {{- range $key, $item := .value -}}
    {{- if has (kindOf $item) (list "map" "slice") -}}
      {{- $path := printf "%s.%s" $.path (include "istio-lightstep.step" (set (omit $.steps "key") "key" $key)) | trimPrefix "." -}}
      {{- if gt (len $item) 10000 -}}
        {{- include "istio-lightstep.note" (list $.long (dict "path" $path "entries" (len $item | float64))) -}}
        {{- if kindIs "map" $item -}}
          {{- $_ := keys $item | sortAlpha | first | pick $item | set $.value $key -}}
        {{- else -}}
          {{- $_ := set $.value $key list -}}
        {{- end -}}
      {{- else if ne $path "global" -}}
        {{- with include "istio-lightstep.shortenBelow" (set (set (omit $ "value") "value" $item) "path" $path) -}}
          {{- $_ := set $.value $key list -}}
        {{- end -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
{{- else if kindIs "slice" .value -}}
  {{- range $i, $item := .value -}}
    {{- $path := printf "%s[%d]" $.path $i -}}
    {{- if not (has (kindOf $item) (list "map" "slice")) -}}
    {{- else if gt (len $item) 10000 -}}
      {{- /* An item of a list cannot be changed: the list is left out. */ -}}
      {{- include "istio-lightstep.note" (list $.long (dict "path" $path "entries" (len $item | float64))) -}}
      {{- "true" -}}
    {{- else -}}
      {{- include "istio-lightstep.shortenBelow" (set (set (omit $ "value") "value" $item) "path" $path) -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

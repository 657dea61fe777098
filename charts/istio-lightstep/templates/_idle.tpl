{{/*
Settings of the collector where there is none, as a part of the subject.
*/}}

{{/*
Lists under .subject.idle what the values set for a collector while spans go past it, each {path, kind}: processors of the
pipeline of proxies' spans, other config, exporters or resource. Null removes an entry.
*/}}
{{- define "istio-lightstep.idle" -}}
{{- $subject := .subject -}}
{{- $idle := dict -}}
{{- if has (get $subject "delivery") (list "native" "direct") -}}
  {{- $at := dict -}}
  {{- range list "collector.config.service.pipelines.traces.processors" "collector.exporters" "collector.resource" -}}
    {{- include "istio-lightstep.find" (dict "root" $subject.values "path" . "into" $at) -}}
  {{- end -}}
  {{- $processors := index $at "collector.config.service.pipelines.traces.processors" -}}
  {{- if and (kindIs "slice" $processors) $processors -}}
    {{- include "istio-lightstep.note" (list $idle (dict "path" "collector.config.service.pipelines.traces.processors" "kind" "processors")) -}}
  {{- else if get $subject "config" -}}
    {{- include "istio-lightstep.note" (list $idle (dict "path" "collector.config" "kind" "config")) -}}
  {{- end -}}
  {{- range $kind := list "exporters" "resource" -}}
    {{- $path := printf "collector.%s" $kind -}}
    {{- $given := index $at $path -}}
    {{- $there := false -}}
    {{- range ternary $given dict (kindIs "map" $given) -}}{{- if not (kindIs "invalid" .) -}}{{- $there = true -}}{{- end -}}{{- end -}}
    {{- if $there -}}{{- include "istio-lightstep.note" (list $idle (dict "path" $path "kind" $kind)) -}}{{- end -}}
  {{- end -}}
{{- end -}}
{{- with $idle -}}{{- $_ := set $subject "idle" (include "istio-lightstep.noted" . | fromJsonArray) -}}{{- end -}}
{{- end -}}

{{/*
Lists under .subject.egress each place that the collector sends spans to: the path of its address, and the port, empty where
the address does not tell it.
*/}}
{{- define "istio-lightstep.egress" -}}
{{- $subject := .subject -}}
{{- $at := dict -}}
{{- include "istio-lightstep.find" (dict "root" $subject "path" "values.global.tracer.lightstep.address" "into" $at) -}}
{{- $places := dict -}}
{{- if $subject.lightstep -}}
  {{- include "istio-lightstep.note" (list $places (dict "path" "global.tracer.lightstep.address" "address" (index $at "values.global.tracer.lightstep.address"))) -}}
{{- end -}}
{{- range $subject.backends -}}
  {{- include "istio-lightstep.note" (list $places (dict "path" (printf "%s.endpoint" .path) "address" (.tracesEndpoint | default .endpoint))) -}}
{{- end -}}
{{- range $subject.exporters -}}
  {{- if and (eq .place "exporters") (kindIs "map" .settings) -}}
    {{- include "istio-lightstep.note" (list $places (dict "path" .path "address" (index .settings "traces_endpoint" | default (index .settings "endpoint")))) -}}
  {{- end -}}
{{- end -}}
{{- $egress := dict -}}
{{- range $places -}}
  {{- $address := kindIs "string" .address | ternary .address "" -}}
  {{- $port := regexFind `:[0-9]{1,5}([/?]|$)` $address | trimPrefix ":" | trimSuffix "/" | trimSuffix "?" -}}
  {{- if and (not $port) (not (regexMatch `\$\{` $address)) -}}
    {{- if hasPrefix "https://" (lower $address) -}}{{- $port = "443" -}}{{- else if hasPrefix "http://" (lower $address) -}}{{- $port = "80" -}}{{- end -}}
  {{- end -}}
  {{- include "istio-lightstep.note" (list $egress (dict "path" .path "port" $port)) -}}
{{- end -}}
{{- with $egress -}}{{- $_ := set $subject "egress" (include "istio-lightstep.noted" . | fromJsonArray) -}}{{- end -}}
{{- end -}}

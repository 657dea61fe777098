{{/*
Lists under .subject.egress each place that the collector sends spans to: the path of its address, and the port, empty where
the address does not tell it.
*/}}
{{- define "istio-lightstep.egress" -}}
{{- $subject := .subject -}}
{{- $at := dict -}}
{{- include "istio-lightstep.find" (dict "root" $subject "path" "values.global.tracer.lightstep.address" "into" $at) -}}
{{- $places := list -}}
{{- if $subject.lightstep -}}
  {{- $places = append $places (dict "path" "global.tracer.lightstep.address" "address" (index $at "values.global.tracer.lightstep.address")) -}}
{{- end -}}
{{- range $subject.backends -}}
  {{- $places = append $places (dict "path" (printf "%s.endpoint" .path) "address" (.tracesEndpoint | default .endpoint)) -}}
{{- end -}}
{{- range $subject.exporters -}}
  {{- if and (eq .place "exporters") (kindIs "map" .settings) -}}
    {{- $places = append $places (dict "path" .path "address" (index .settings "traces_endpoint" | default (index .settings "endpoint"))) -}}
  {{- end -}}
{{- end -}}
{{- $egress := list -}}
{{- range $places -}}
  {{- $address := kindIs "string" .address | ternary .address "" -}}
  {{- $port := regexFind `:[0-9]{1,5}([/?]|$)` $address | trimPrefix ":" | trimSuffix "/" | trimSuffix "?" -}}
  {{- if and (not $port) (not (regexMatch `\$\{` $address)) -}}
    {{- if hasPrefix "https://" (lower $address) -}}{{- $port = "443" -}}{{- else if hasPrefix "http://" (lower $address) -}}{{- $port = "80" -}}{{- end -}}
  {{- end -}}
  {{- $egress = append $egress (dict "path" .path "port" $port) -}}
{{- end -}}
{{- with $egress -}}{{- $_ := set $subject "egress" . -}}{{- end -}}
{{- end -}}

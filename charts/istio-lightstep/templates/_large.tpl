{{/*
Objects with more data than Kubernetes takes, as a part of the subject. Only a render shows how large they are, so the
values have to be right otherwise.
*/}}

{{/* Lists under ._subject.large each ConfigMap and Secret that is too large, with the path of what makes it so. */}}
{{- define "istio-lightstep.large" -}}
{{- $into := dict "list" list -}}
{{- if include "istio-lightstep.hasCollector" . -}}
  {{- $bytes := include "istio-lightstep.collectorConfig" . | trimAll "\n" | len | add1 -}}
  {{- if include "istio-lightstep.relays" . -}}
    {{- $bytes = include "istio-lightstep.relayConfig" . | trimAll "\n" | len | add1 | add $bytes -}}
  {{- end -}}
  {{- if gt $bytes 1048576 -}}
    {{- $path := "collector.config" -}}
    {{- $most := 0 -}}
    {{- range list "collector.config" "collector.exporters" "collector.resource" "backends" -}}
      {{- $at := dict -}}
      {{- include "istio-lightstep.find" (dict "root" $._subject.values "path" . "into" $at) -}}
      {{- $length := index $at . | toJson | len -}}
      {{- if gt $length $most -}}{{- $path = . -}}{{- $most = $length -}}{{- end -}}
    {{- end -}}
    {{- include "istio-lightstep.measured" (dict "path" $path "kind" "ConfigMap" "bytes" $bytes "into" $into) -}}
  {{- end -}}
{{- end -}}
{{- if eq .Values.output "cluster" -}}
  {{- if include "istio-lightstep.ownCA" . -}}
    {{- include "istio-lightstep.measured" (dict "path" "cacert.pem" "kind" "Secret" "bytes" (len .Values.cacert.pem) "into" $into) -}}
  {{- end -}}
  {{- range $i, $object := .Values.extraObjects -}}
    {{- if and (eq "v1" (toString $object.apiVersion)) (has $object.kind (list "ConfigMap" "Secret")) -}}
      {{- $sizes := dict -}}
      {{- range $part := list "data" "binaryData" "stringData" -}}
        {{- $entries := index $object $part -}}
        {{- range $key, $value := ternary $entries dict (kindIs "map" $entries) -}}
          {{- $encoded := or (eq $part "binaryData") (and (eq $part "data") (eq $object.kind "Secret")) -}}
          {{- $_ := set $sizes $key (ternary (toString $value | b64dec) (toString $value) $encoded | len) -}}
        {{- end -}}
      {{- end -}}
      {{- $bytes := 0 -}}
      {{- range $sizes -}}{{- $bytes = add $bytes . -}}{{- end -}}
      {{- include "istio-lightstep.measured" (dict "path" (printf "extraObjects[%d]" $i) "kind" $object.kind "bytes" $bytes "into" $into) -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- with $into.list -}}{{- $_ := set $._subject "large" . -}}{{- end -}}
{{- end -}}

{{- define "istio-lightstep.measured" -}}
{{- $over := sub .bytes 1048576 -}}
{{- if gt $over 0 -}}
  {{- $large := dict "path" .path "kind" .kind "bytes" (float64 .bytes) "over" (float64 $over) -}}
  {{- $_ := set .into "list" (append .into.list $large) -}}
{{- end -}}
{{- end -}}

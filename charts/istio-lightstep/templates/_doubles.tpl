{{/*
Backends and exporters that send every span where another does, as a part of the subject.
*/}}

{{/*
Lists under .subject.doubles each backend and each exporter that has the address, the headers and the attributes of one before
it, and connects to the same name with the same certificate: its .path, and as .of the path of that one. A drained backend gets no
span. Of exporters that are not of OTLP all settings count but those of the queue, the retries and the wire.
*/}}
{{- define "istio-lightstep.doubles" -}}
{{- $subject := .subject -}}
{{- $at := dict -}}
{{- range list "accessTokenFrom" "global.tracer.lightstep.address" "collector.headerName" -}}
  {{- include "istio-lightstep.find" (dict "root" $subject.values "path" . "into" $at) -}}
{{- end -}}
{{- $targets := list -}}
{{- $address := index $at "global.tracer.lightstep.address" -}}
{{- if and $subject.lightstep (kindIs "string" $address) -}}
  {{- $headers := dict (toString (index $at "collector.headerName")) (pick (ternary $at.accessTokenFrom dict (kindIs "map" $at.accessTokenFrom)) "name" "key") -}}
  {{- $targets = append $targets (dict "path" "global.tracer.lightstep.address" "to" $address "protocol" "grpc" "headers" $headers) -}}
{{- end -}}
{{- range $subject.backends -}}
  {{- if not .drain -}}
    {{- $headers := dict "auth" .auth -}}
    {{- range $name, $value := .headers -}}
      {{- $_ := set $headers $name (ternary (get (ternary $value dict (kindIs "map" $value)) "secret") $value (kindIs "map" $value)) -}}
    {{- end -}}
    {{- $as := list (get .exporter "authority") (get .tls "serverName") (get .tls "client") -}}
    {{- $targets = append $targets (dict "path" .path "to" .url "protocol" .protocol "headers" (ternary (omit $headers "auth") $headers (empty .auth)) "resource" .resource "as" $as) -}}
  {{- end -}}
{{- end -}}
{{- $secrets := dict -}}
{{- range $subject.environment -}}
  {{- $from := dict -}}
  {{- include "istio-lightstep.find" (dict "root" . "path" "valueFrom.secretKeyRef" "into" $from) -}}
  {{- if kindIs "map" (index $from "valueFrom.secretKeyRef") -}}{{- $_ := set $secrets (toString .name) (pick (index $from "valueFrom.secretKeyRef") "name" "key") -}}{{- end -}}
{{- end -}}
{{- range $subject.exporters -}}
  {{- $target := dict "path" .path -}}
  {{- if or (ne .place "exporters") (not (kindIs "map" .settings)) (regexMatch `^(debug|file|nop)(/|$)` .name) -}}
  {{- else if include "istio-lightstep.isOTLP" .name -}}
    {{- $given := .settings.headers -}}
    {{- $headers := dict -}}
    {{- range $name, $value := ternary $given dict (kindIs "map" $given) -}}{{- $_ := set $headers (lower $name) $value -}}{{- end -}}
    {{- range ternary $given list (kindIs "slice" $given) -}}
      {{- if kindIs "map" . -}}{{- $_ := set $headers (toString .name | lower) .value -}}{{- end -}}
    {{- end -}}
    {{- range $name, $value := $headers -}}
      {{- $_ := set $headers $name (get $secrets (regexReplaceAll `^\$\{(env:)?([A-Za-z0-9_]+)\}$` (toString $value) "${2}") | default $value) -}}
    {{- end -}}
    {{- with .settings.auth -}}{{- $_ := set $headers "auth" . -}}{{- end -}}
    {{- $tls := ternary .settings.tls dict (kindIs "map" .settings.tls) -}}
    {{- $as := list .settings.authority (get $tls "server_name_override") (get $tls "cert_file" | default (get $tls "cert_pem")) -}}
    {{- $_ := set $target "to" (.settings.traces_endpoint | default .settings.endpoint | toString) -}}
    {{- $targets = append $targets (set (set (set $target "protocol" (include "istio-lightstep.otlpProtocol" .name)) "headers" $headers) "as" $as) -}}
  {{- else -}}
    {{- $_ := set (set $target "to" "-") "protocol" (splitList "/" .name | first | replace "_" "") -}}
    {{- $targets = append $targets (set $target "headers" (omit .settings "compression" "encoding" "format" "retry_on_failure" "sending_queue" "timeout")) -}}
  {{- end -}}
{{- end -}}
{{- $seen := dict -}}
{{- $doubles := dict -}}
{{- range $target := $targets -}}
  {{- $to := regexReplaceAll `^((?i:https?)://|dns:///)` .to "" -}}
  {{- if eq .protocol "http" -}}
    {{- $to = regexReplaceAll `/v1/traces/?$|/+$` .to "" -}}
    {{- $to = regexReplaceAll `^((?i:https)://[^/]*):443(/|$)|^((?i:http)://[^/]*):80(/|$)` $to "${1}${3}${2}${4}" -}}
  {{- end -}}
  {{- /* A Service has its name with and without the cluster's domain, and any host one with a dot at its end. */ -}}
  {{- $to = regexReplaceAll `^((?:https?://)?[^/:]*[^/:.])\.?(:|/|$)` (lower $to) "${1}${2}" -}}
  {{- $to = regexReplaceAll `^((?:https?://)?[^/:.]+\.[^/:.]+)\.svc(?:\.cluster\.local)?(:|/|$)` $to "${1}${2}" -}}
  {{- $as := list -}}
  {{- range .as -}}{{- $as = append $as (. | default "") -}}{{- end -}}
  {{- $key := printf "%s %s %s %s %s" .protocol $to (toRawJson .headers) (.resource | default dict | toRawJson) (join "" $as | empty | ternary "" (toRawJson $as)) -}}
  {{- if not $to -}}
  {{- else if hasKey $seen $key -}}
    {{- include "istio-lightstep.note" (list $doubles (dict "path" .path "of" (get $seen $key))) -}}
  {{- else -}}
    {{- $_ := set $seen $key .path -}}
  {{- end -}}
{{- end -}}
{{- with $doubles -}}{{- $_ := set $subject "doubles" (include "istio-lightstep.noted" . | fromJsonArray) -}}{{- end -}}
{{- end -}}

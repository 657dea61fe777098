{{/*
A backend in the configuration of the collector. Its Secrets are files of one projected volume, each at the top of it: the
kubelet changes all of them at once, and the collector sees it.
*/}}

{{/* Folder of the files of the backend .name. */}}
{{- define "istio-lightstep.backendFolder" -}}
/etc/istio-lightstep/backends/{{ . }}
{{- end -}}

{{/* Puts the entries .list of all backends into .into, by the name of theirs: each is looked at once, however many there are. */}}
{{- define "istio-lightstep.byBackend" -}}
{{- $into := .into -}}
{{- range .list -}}
  {{- $_ := set $into .backend (append (get $into .backend | default list) .) -}}
{{- end -}}
{{- end -}}

{{/* The .secrets of a backend, as the sources of a projected volume, as a JSON list. */}}
{{- define "istio-lightstep.backendSources" -}}
{{- $sources := list -}}
{{- range .secrets -}}
  {{- $sources = append $sources (dict "secret" (dict "name" .name "items" (list (dict "key" .key "path" .file)))) -}}
{{- end -}}
{{- toJson $sources -}}
{{- end -}}

{{/*
The value .value, a text, or {prefix, secret} whose file is .file of the backend .name. The collector reads the file when it
reads its configuration, and takes it as it is. Where nothing else stands beside it, it takes it for YAML: ~ and null would
be nothing, and a word behind # a comment. A variable that no one sets, as a rule sees to (LS-COLLECTOR-ENV-UNSET), stands
behind it, so that it is a text.
*/}}
{{- define "istio-lightstep.backendValue" -}}
{{- if kindIs "map" .value -}}
  {{- get .value "prefix" | default "" -}}{{- printf "${file:%s/%s}" (include "istio-lightstep.backendFolder" .name) .file -}}
  {{- if not (get .value "prefix") -}}{{- "${env:ISTIO_LIGHTSTEP_UNSET:-}" -}}{{- end -}}
{{- else if kindIs "string" .value -}}
  {{- .value -}}
{{- else -}}
  {{- toJson .value -}}
{{- end -}}
{{- end -}}

{{/* The one of a backend's .headers that the collector's authenticator sends, as JSON: nothing where there is none. */}}
{{- define "istio-lightstep.watchedHeader" -}}
{{- range .headers -}}
  {{- if .watched -}}{{- toJson . -}}{{- end -}}
{{- end -}}
{{- end -}}

{{/* Name of the extension that authenticates to the backend .backend, with .headers: nothing where there is none. */}}
{{- define "istio-lightstep.authenticator" -}}
{{- if .backend.auth -}}
  {{- keys .backend.auth | first }}/{{ .backend.name -}}
{{- else if include "istio-lightstep.watchedHeader" . -}}
  bearertokenauth/{{ .backend.name -}}
{{- end -}}
{{- end -}}

{{/* That extension. */}}
{{- define "istio-lightstep.backendExtension" -}}
{{- with include "istio-lightstep.authenticator" . -}}
{{- $settings := dict -}}
{{- if $.backend.auth -}}
  {{- $settings = values $.backend.auth | first -}}
{{- else -}}
  {{- $header := include "istio-lightstep.watchedHeader" $ | fromJson -}}
  {{- $file := printf "%s/header.%s" (include "istio-lightstep.backendFolder" $.backend.name) $header.name -}}
  {{- $settings = dict "header" $header.name "scheme" (trim $header.prefix) "filename" $file -}}
{{- end -}}
{{- dict . $settings | toYaml -}}
{{- end -}}
{{- end -}}

{{/* The exporter of the backend .backend, with .headers and a share of the .queue. */}}
{{- define "istio-lightstep.backendExporter" -}}
{{- $backend := .backend -}}
{{- $own := dict -}}
{{- with $backend.endpoint -}}{{- $_ := set $own "endpoint" . -}}{{- end -}}
{{- with $backend.tracesEndpoint -}}{{- $_ := set $own "traces_endpoint" . -}}{{- end -}}
{{- $authenticator := include "istio-lightstep.authenticator" . -}}
{{- with $authenticator -}}{{- $_ := set $own "auth" (dict "authenticator" .) -}}{{- end -}}

{{- $headers := dict -}}
{{- range .headers -}}
  {{- if not .watched -}}
    {{- $value := dict "name" $backend.name "value" (index $backend.headers .name) "file" (printf "header.%s" .name) -}}
    {{- $_ := set $headers .name (include "istio-lightstep.backendValue" $value) -}}
  {{- end -}}
{{- end -}}
{{- with $headers -}}{{- $_ := set $own "headers" . -}}{{- end -}}

{{- $tls := dict -}}
{{- $folder := include "istio-lightstep.backendFolder" $backend.name -}}
{{- if get (get $backend.tls "ca" | default dict) "name" -}}{{- $_ := set $tls "ca_file" (printf "%s/ca.crt" $folder) -}}{{- end -}}
{{- if get (get $backend.tls "client" | default dict) "name" -}}
  {{- $_ := set $tls "cert_file" (printf "%s/client.tls.crt" $folder) -}}
  {{- $_ := set $tls "key_file" (printf "%s/client.tls.key" $folder) -}}
  {{- /* Of the client's certificate: a new one needs no restart. */ -}}
  {{- $_ := set $tls "reload_interval" "1m" -}}
{{- end -}}
{{- with get $backend.tls "serverName" -}}{{- $_ := set $tls "server_name_override" . -}}{{- end -}}
{{- if ne $backend.protocol "http" -}}{{- $_ := set $tls "insecure" $backend.plaintext -}}{{- end -}}
{{- with $tls -}}{{- $_ := set $own "tls" . -}}{{- end -}}

{{- include "istio-lightstep.lay" (dict "base" $own "over" $backend.exporter) -}}
{{- $most := dig "batchBytes" "" (get $backend "row" | default dict) -}}
{{- include "istio-lightstep.exporter" (dict "name" $backend.exporterName "own" $own "queue" .queue "most" $most) -}}
{{- end -}}

{{/* What the processor of the backend . does to each resource. */}}
{{- define "istio-lightstep.backendResource" -}}
{{- $backend := . -}}
{{- $attributes := list -}}
{{- range $key, $value := .resource -}}
  {{- if kindIs "map" $value -}}
    {{- $value = include "istio-lightstep.backendValue" (dict "name" $backend.name "value" $value "file" (printf "resource.%s" $key)) -}}
  {{- end -}}
  {{- $attributes = append $attributes (dict "key" $key "value" $value "action" "upsert") -}}
{{- end -}}
{{- toYaml $attributes -}}
{{- end -}}

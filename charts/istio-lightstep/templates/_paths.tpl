{{/*
What `doctor backend` tests beside LightStep, as a JSON list: each exporter of OTLP as the collector has it, with its .name,
the .path of its values, its .place as in the subject, .drain, its .settings, its .auth where an extension authenticates, and
by .files which key of which Secret each file of the collector's is. .otlp is false of an exporter of another kind.
*/}}
{{- define "istio-lightstep.paths" -}}
{{- include "istio-lightstep.subject" . -}}
{{- $subject := ._subject -}}
{{- $headers := dict -}}
{{- include "istio-lightstep.byBackend" (dict "list" $subject.backendHeaders "into" $headers) -}}
{{- $secrets := dict -}}
{{- include "istio-lightstep.byBackend" (dict "list" $subject.backendSecrets "into" $secrets) -}}
{{- $paths := list -}}
{{- range $backend := $subject.backends -}}
  {{- $path := pick $backend "name" "path" "drain" -}}
  {{- $_ := set (set (set $path "exporter" $backend.exporterName) "place" "backends") "otlp" true -}}
  {{- $of := dict "backend" $backend "headers" (index $headers $backend.name) "queue" $subject.queue -}}
  {{- $_ := set $path "settings" (include "istio-lightstep.backendExporter" $of | fromYaml) -}}
  {{- with include "istio-lightstep.backendExtension" $of -}}
    {{- range $name, $settings := fromYaml . -}}
      {{- $_ := set $path "auth" (dict "extension" (splitList "/" $name | first) "settings" $settings) -}}
    {{- end -}}
  {{- end -}}
  {{- $files := dict -}}
  {{- range index $secrets $backend.name -}}
    {{- $_ := set $files (printf "%s/%s" (include "istio-lightstep.backendFolder" $backend.name) .file) (dict "secret" .name "key" .key) -}}
  {{- end -}}
  {{- $paths = append $paths (set $path "files" $files) -}}
{{- end -}}
{{- range $subject.exporters -}}
  {{- if eq .place "exporters" -}}
    {{- $path := dict "name" .name "exporter" .name "path" .path "place" "exporters" "drain" false "otlp" false "files" dict -}}
    {{- if and (kindIs "map" .settings) (include "istio-lightstep.isOTLP" .name) -}}
      {{- $settings := include "istio-lightstep.exporter" (dict "name" .name "own" .settings "queue" $subject.queue) | fromYaml -}}
      {{- $_ := set (set $path "otlp" true) "settings" $settings -}}
    {{- end -}}
    {{- $paths = append $paths $path -}}
  {{- end -}}
{{- end -}}
{{- toRawJson $paths -}}
{{- end -}}

{{/* The variables that settings of exporters name, as the keys of a JSON object. */}}
{{- define "istio-lightstep.namedVariables" -}}
{{- $named := dict -}}
{{- range ._subject.references -}}{{- $_ := set $named .name true -}}{{- end -}}
{{- toJson $named -}}
{{- end -}}

{{/*
The values by which `helm test` knows the backends, as JSON texts by their paths. Kubernetes takes $(NAME) in an argument for
a variable.
*/}}
{{- define "istio-lightstep.testValues" -}}
{{- $values := dict -}}
{{- with .Values.backends -}}{{- $_ := set $values "backends" (toRawJson . | replace "$(" "$$(") -}}{{- end -}}
{{- if include "istio-lightstep.hasCollector" . -}}
  {{- with ._subject.values.collector.exporters -}}{{- $_ := set $values "collector.exporters" (toRawJson . | replace "$(" "$$(") -}}{{- end -}}
  {{- /* Of the variables those that exporters name, or by which the path leads through a proxy. */ -}}
  {{- $named := include "istio-lightstep.namedVariables" . | fromJson -}}
  {{- $env := list -}}
  {{- range .Values.collector.env -}}
    {{- if or (hasKey $named .name) (regexMatch `(?i)^(https?|all|no)_proxy$` .name) -}}{{- $env = append $env . -}}{{- end -}}
  {{- end -}}
  {{- with $env -}}{{- $_ := set $values "collector.env" (toRawJson . | replace "$(" "$$(") -}}{{- end -}}
{{- end -}}
{{- toRawJson $values -}}
{{- end -}}

{{/* The Secrets of the backends as sources of one projected volume, each in a directory of its own, as a JSON list. */}}
{{- define "istio-lightstep.testSecrets" -}}
{{- $seen := dict -}}
{{- $sources := list -}}
{{- range ._subject.backendSecrets -}}
  {{- $path := printf "%s/%s" .name .key -}}
  {{- if not (or (eq .kind "resource") (hasKey $seen $path)) -}}
    {{- $_ := set $seen $path true -}}
    {{- $item := dict "key" .key "path" $path -}}
    {{- $sources = append $sources (dict "secret" (dict "name" .name "optional" true "items" (list $item))) -}}
  {{- end -}}
{{- end -}}
{{- toJson $sources -}}
{{- end -}}

{{/*
The variables of the collector that settings of exporters name, as a JSON list. An object that is missing must not keep the
pod from starting.
*/}}
{{- define "istio-lightstep.testEnv" -}}
{{- $named := include "istio-lightstep.namedVariables" . | fromJson -}}
{{- $variables := list -}}
{{- if include "istio-lightstep.hasCollector" . -}}
  {{- range .Values.collector.env -}}
    {{- if hasKey $named .name -}}
      {{- $variable := deepCopy . -}}
      {{- range list "secretKeyRef" "configMapKeyRef" -}}
        {{- $from := get $variable "valueFrom" -}}
        {{- if kindIs "map" $from -}}
          {{- if kindIs "map" (get $from .) -}}{{- $_ := set (get $from .) "optional" true -}}{{- end -}}
        {{- end -}}
      {{- end -}}
      {{- $variables = append $variables $variable -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- toJson $variables -}}
{{- end -}}

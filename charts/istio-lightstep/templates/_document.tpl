{{/*
Lists, under .mistakes of the subject, what the user's own document says at the wrong place, each {path, of, kinds}: of is
bodies for an extension provider of more than one kind, mute for a default provider that cannot trace, default for another
than that of this release, and sampling for one that Istio does not read.
*/}}
{{- define "istio-lightstep.mistakes" -}}
{{- $subject := ._subject -}}
{{- $at := dict -}}
{{- range list "document.ours" "document.meshConfig" "document.values.global" "document.values.pilot" "document.meshConfig.extensionProviders" "document.meshConfig.defaultProviders.tracing" -}}
  {{- include "istio-lightstep.find" (dict "root" $subject "path" . "into" $at) -}}
{{- end -}}
{{- $mistakes := list -}}
{{- /* istio/api mesh/v1alpha1/config.proto, ExtensionProvider: those of spans, and all others. */ -}}
{{- $trace := list "zipkin" "lightstep" "datadog" "stackdriver" "opencensus" "skywalking" "opentelemetry" -}}
{{- $others := list "envoyExtAuthzHttp" "envoyExtAuthzGrpc" "prometheus" "envoyFileAccessLog" "envoyHttpAls" "envoyTcpAls" "envoyOtelAls" "sds" -}}
{{- /* Istio's own default providers, where the document has none of the name. */ -}}
{{- $mute := dict "prometheus" "prometheus" "envoy" "envoyFileAccessLog" -}}
{{- $path := "document.meshConfig.extensionProviders" -}}
{{- $providers := index $at $path -}}
{{- range $i, $provider := ternary $providers list (kindIs "slice" $providers) -}}
  {{- if kindIs "map" $provider -}}
    {{- $has := list -}}
    {{- $traces := false -}}
    {{- range $kind := concat $trace $others -}}
      {{- $body := index $provider $kind -}}
      {{- if kindIs "invalid" $body -}}{{- $body = index $provider (snakecase $kind) -}}{{- end -}}
      {{- if not (kindIs "invalid" $body) -}}
        {{- $has = append $has $kind -}}
        {{- if has $kind $trace -}}{{- $traces = true -}}{{- end -}}
      {{- end -}}
    {{- end -}}
    {{- if gt (len $has) 1 -}}
      {{- $mistakes = append $mistakes (dict "path" (printf "%s[%d]" $path $i) "of" "bodies" "kinds" (join " and " $has)) -}}
    {{- end -}}
    {{- if kindIs "string" (index $provider "name") -}}
      {{- $_ := set $mute (index $provider "name") (ternary "" (join " and " $has) $traces) -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- /* A text in 1.10, a list from 1.11 on, of which the first counts. */ -}}
{{- $path = "document.meshConfig.defaultProviders.tracing" -}}
{{- $default := index $at $path -}}
{{- if and (kindIs "slice" $default) $default -}}
  {{- $path = printf "%s[0]" $path -}}
  {{- $default = first $default -}}
{{- end -}}
{{- if kindIs "string" $default -}}
  {{- $kinds := index $mute $default -}}
  {{- if $kinds -}}
    {{- $mistakes = append $mistakes (dict "path" $path "of" "mute" "kinds" $kinds) -}}
  {{- else if not (has $default (list "" (index $at "document.ours"))) -}}
    {{- $mistakes = append $mistakes (dict "path" $path "of" "default") -}}
  {{- end -}}
{{- end -}}
{{- $found := list -}}
{{- range list "document.meshConfig" "document.values.global" "document.values.pilot" -}}
  {{- $found = concat $found (splitList "\n" (include "istio-lightstep.samplings" (dict "path" . "value" (index $at .)))) -}}
{{- end -}}
{{- range without $found "" "document.meshConfig.defaultConfig.tracing.sampling" "document.values.pilot.traceSampling" -}}
  {{- $mistakes = append $mistakes (dict "path" . "of" "sampling") -}}
{{- end -}}
{{- with $mistakes -}}{{- $_ := set $subject "mistakes" . -}}{{- end -}}
{{- end -}}

{{/*
Prints the path of each sampling in .value, which is at .path, one on a line. Keys of proxyMetadata and of labels, and
those that are no names of Istio's, are the user's own words.
*/}}
{{- define "istio-lightstep.samplings" -}}
{{- if kindIs "map" .value -}}
  {{- range $key, $value := .value -}}
    {{- $path := printf "%s.%s" $.path $key -}}
    {{- if or (kindIs "map" $value) (kindIs "slice" $value) -}}
      {{- if and (regexMatch "^[A-Za-z_]+$" $key) (not (regexMatch "(?i)(metadata|env|labels|annotations|tags)$" $key)) -}}
        {{- include "istio-lightstep.samplings" (dict "path" $path "value" $value) -}}
      {{- end -}}
    {{- else if and (has $key (list "sampling" "traceSampling" "randomSamplingPercentage")) (not (kindIs "invalid" $value)) -}}
      {{- printf "%s\n" $path -}}
    {{- end -}}
  {{- end -}}
{{- else if kindIs "slice" .value -}}
  {{- range $i, $value := .value -}}
    {{- include "istio-lightstep.samplings" (dict "path" (printf "%s[%d]" $.path $i) "value" $value) -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{/*
Lists, under .overridden of the subject, what beats the provider of this release in the shared mesh ConfigMap: an extension
provider of its name in istiod's own mesh config, in the user's document or on the cluster. istiod merges by name, and its
own last. One that sends to the same collector takes nothing away.
*/}}
{{- define "istio-lightstep.overridden" -}}
{{- $subject := ._subject -}}
{{- $at := dict -}}
{{- range list "dialect.shared" "values.meshConfig.shared" "document.meshConfig.extensionProviders" "live.meshConfig.extensionProviders" -}}
  {{- include "istio-lightstep.find" (dict "root" $subject "path" . "into" $at) -}}
{{- end -}}
{{- $overridden := list -}}
{{- if and (deepEqual true (index $at "dialect.shared")) (deepEqual true (index $at "values.meshConfig.shared")) -}}
  {{- $name := include "istio-lightstep.provider" . -}}
  {{- $host := include "istio-lightstep.collectorHost" . -}}
  {{- range $of := list "document" "live" -}}
    {{- $path := printf "%s.meshConfig.extensionProviders" $of -}}
    {{- $providers := index $at $path -}}
    {{- range $i, $provider := ternary $providers list (kindIs "slice" $providers) -}}
      {{- if kindIs "map" $provider -}}
        {{- if deepEqual $name (index $provider "name") -}}
          {{- $same := false -}}
          {{- $body := index $provider "opentelemetry" -}}
          {{- if and (kindIs "map" $body) (eq "collector" (toString (get $subject "delivery"))) -}}
            {{- $same = and (eq $host (index $body "service" | toString | splitList "/" | last)) (eq "4317" (index $body "port" | toString)) -}}
          {{- end -}}
          {{- if not $same -}}
            {{- $overridden = append $overridden (dict "path" (printf "%s[%d]" $path $i) "of" $of) -}}
          {{- end -}}
        {{- end -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- with $overridden -}}{{- $_ := set $subject "overridden" . -}}{{- end -}}
{{- end -}}

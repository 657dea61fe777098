{{/*
The user's own configuration of the collector, as a part of the subject.
*/}}

{{/*
Lists under .subject.config each of its parts with its path, its kind (receivers, processors, …, pipelines, telemetry) and
its name, and whether that is one of the chart's; under processors those that the pipeline of spans names, with their path,
their type, and whether they are .given.
*/}}
{{- define "istio-lightstep.ownConfig" -}}
{{- $subject := .subject -}}
{{- $steps := .steps -}}
{{- $at := dict -}}
{{- $kinds := dict "receivers" "receivers" "processors" "processors" "exporters" "exporters" "connectors" "connectors" "extensions" "extensions" "pipelines" "service.pipelines" -}}
{{- range $kind, $below := $kinds -}}
  {{- include "istio-lightstep.find" (dict "root" $subject.values "path" (printf "collector.config.%s" $below) "into" $at) -}}
{{- end -}}
{{- range list "collector.exporters" "collector.config.service.telemetry.metrics.readers" "collector.config.service.pipelines.traces.processors" -}}
  {{- include "istio-lightstep.find" (dict "root" $subject.values "path" . "into" $at) -}}
{{- end -}}
{{- $ours := dict "receivers" (list "otlp" "zipkin" "otlp/drained") "processors" (list "memory_limiter" "resource" "batch/tap") -}}
{{- $_ := set (set $ours "extensions" (list "health_check" "file_storage" "bearertokenauth")) "connectors" list -}}
{{- $_ := set (set $ours "exporters" (list "otlp_grpc/lightstep" "otlp_grpc/tap")) "pipelines" (list "traces/tap" "traces/drained") -}}
{{- $further := index $at "collector.exporters" -}}
{{- range $name, $settings := ternary $further dict (kindIs "map" $further) -}}{{- $_ := set $ours "exporters" (append $ours.exporters $name) -}}{{- end -}}
{{- range $subject.backends -}}
  {{- $_ := set $ours "exporters" (append $ours.exporters .exporterName) -}}
  {{- $_ := set $ours "processors" (append $ours.processors (printf "resource/%s" .name)) -}}
  {{- $_ := set $ours "pipelines" (append $ours.pipelines (printf "traces/%s" .name)) -}}
  {{- $_ := set $ours "extensions" (append $ours.extensions (printf "%s/%s" (.authName | default "bearertokenauth") .name)) -}}
{{- end -}}
{{- $parts := list -}}
{{- range $kind, $below := $kinds -}}
  {{- $given := index $at (printf "collector.config.%s" $below) -}}
  {{- range $name, $settings := ternary $given dict (kindIs "map" $given) -}}
    {{- if not (kindIs "invalid" $settings) -}}
      {{- $path := printf "collector.config.%s.%s" $below (include "istio-lightstep.step" (set (omit $steps "key") "key" $name)) -}}
      {{- $taken := has $name (index $ours $kind) -}}
      {{- $more := false -}}
      {{- if and (eq $kind "pipelines") (eq $name "traces") -}}
        {{- $more = or (not (kindIs "map" $settings)) (not (empty (omit (ternary $settings dict (kindIs "map" $settings)) "processors"))) -}}
      {{- end -}}
      {{- $parts = append $parts (dict "path" $path "kind" $kind "name" $name "taken" $taken "more" $more) -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- if index $at "collector.config.service.telemetry.metrics.readers" -}}
  {{- $parts = append $parts (dict "path" "collector.config.service.telemetry.metrics.readers" "kind" "telemetry" "name" "readers" "taken" true "more" false) -}}
{{- end -}}
{{- $processors := list -}}
{{- $named := index $at "collector.config.service.pipelines.traces.processors" -}}
{{- $given := index $at "collector.config.processors" -}}
{{- range $i, $name := ternary $named list (kindIs "slice" $named) -}}
  {{- if kindIs "string" $name -}}
    {{- $there := and (kindIs "map" $given) (hasKey (ternary $given dict (kindIs "map" $given)) $name) -}}
    {{- $processors = append $processors (dict "path" (printf "collector.config.service.pipelines.traces.processors[%d]" $i) "name" $name "type" (splitList "/" $name | first) "given" $there) -}}
  {{- end -}}
{{- end -}}
{{- with $parts -}}{{- $_ := set $subject "config" . -}}{{- end -}}
{{- with $processors -}}{{- $_ := set $subject "processors" . -}}{{- end -}}
{{- end -}}

{{/*
The exporters of the collector that users configure, as a part of the subject: its further ones, and those of backends.
*/}}

{{/*
Lists under exporters each of them with its path, its name, its settings, how long it tries again, the type of an authenticator
of the owner's, whether it is given a queue, and whether it is one of exporters or of backends; under exporterSettings what those of OTLP do not know; under exporterHeaders the headers of further
ones; under exporterLosses what of their owner's settings loses spans; and under references each variable that one names,
with the path of the text, its name, and whether collector.env has it. Under environment it lists the entries of collector.env,
and byGRPC tells whether spans leave by gRPC. Takes the .subject, the .keys that
exporters know, the .words for types, and the .steps of paths.
*/}}
{{- define "istio-lightstep.exporters" -}}
{{- $subject := .subject -}}
{{- $steps := .steps -}}
{{- $at := dict -}}
{{- range list "collector.exporters" "collector.env" "collector.config.extensions" "collector.config.service.extensions" -}}
  {{- include "istio-lightstep.find" (dict "root" $subject.values "path" . "into" $at) -}}
{{- end -}}
{{- $wrong := dict "list" dict "keys" .keys "words" .words "steps" $steps -}}
{{- $exporters := dict -}}
{{- $headers := dict -}}
{{- $losses := dict -}}
{{- $twins := dict -}}
{{- $files := dict -}}
{{- if $subject.lightstep -}}{{- include "istio-lightstep.queueFile" (dict "exporter" (dict "name" "otlp_grpc/lightstep") "files" $files) -}}{{- end -}}
{{- range $subject.backends -}}{{- include "istio-lightstep.queueFile" (dict "exporter" (dict "name" .exporterName) "files" $files) -}}{{- end -}}
{{- /* The owner's own extensions that are started. */ -}}
{{- $extensions := dict -}}
{{- $given := index $at "collector.config.service.extensions" -}}
{{- range ternary $given list (kindIs "slice" $given) -}}
  {{- if not (kindIs "invalid" (index (ternary (index $at "collector.config.extensions") dict (kindIs "map" (index $at "collector.config.extensions"))) (toString .))) -}}
    {{- $_ := set $extensions (toString .) true -}}
  {{- end -}}
{{- end -}}
{{- $given = index $at "collector.exporters" -}}
{{- if kindIs "map" $given -}}
  {{- range $name, $settings := $given -}}
    {{- $path := printf "collector.exporters.%s" (include "istio-lightstep.step" (set (omit $steps "key") "key" $name)) -}}
    {{- $exporter := dict "path" $path "name" $name "settings" $settings "place" "exporters" -}}
    {{- include "istio-lightstep.queueFile" (dict "exporter" $exporter "files" $files) -}}
    {{- include "istio-lightstep.durations" $exporter -}}
    {{- include "istio-lightstep.authenticated" (dict "exporter" $exporter "extensions" $extensions) -}}
    {{- if kindIs "map" $settings -}}
      {{- /* Where it sends, and by which key: by HTTP, traces_endpoint stands in the place of endpoint. */ -}}
      {{- $key := ternary "traces_endpoint" "endpoint" (and (eq "http" (include "istio-lightstep.otlpProtocol" $name)) (not (empty (index $settings "traces_endpoint")))) -}}
      {{- $url := index $settings $key -}}
      {{- $_ := set (set $exporter "at" $key) "url" (kindIs "string" $url | ternary $url "") -}}
      {{- include "istio-lightstep.exporterSettings" (dict "name" $name "path" $path "settings" $settings "wrong" $wrong) -}}
      {{- if include "istio-lightstep.queueing" $name -}}{{- $_ := set $exporter "queues" true -}}{{- end -}}
      {{- range include "istio-lightstep.exporterLosses" (dict "path" $path "settings" $settings) | fromJsonArray -}}
        {{- if or $exporter.queues (eq .kind "blocks") -}}{{- include "istio-lightstep.note" (list $losses .) -}}{{- end -}}
      {{- end -}}
      {{- if include "istio-lightstep.isOTLP" $name -}}
        {{- $its := include "istio-lightstep.exporterHeaders" (dict "name" $name "path" $path "settings" $settings "steps" $steps) | fromJsonArray -}}
        {{- range $its -}}{{- include "istio-lightstep.note" (list $headers .) -}}{{- end -}}
        {{- range include "istio-lightstep.twins" $its | fromJsonArray -}}{{- include "istio-lightstep.note" (list $twins .) -}}{{- end -}}
      {{- end -}}
    {{- end -}}
    {{- include "istio-lightstep.note" (list $exporters $exporter) -}}
  {{- end -}}
{{- end -}}
{{- range $backend := $subject.backends -}}
  {{- $files := dict "tls.ca.name" (list "ca_file") "tls.client.name" (list "cert_file" "key_file") -}}
  {{- $tls := dict -}}
  {{- range $path, $keys := $files -}}
    {{- $found := dict -}}
    {{- include "istio-lightstep.find" (dict "root" $backend "path" $path "into" $found) -}}
    {{- if not (has (index $found $path) (list (index dict "null") "")) -}}{{- range $keys -}}{{- $_ := set $tls . "of the chart" -}}{{- end -}}{{- end -}}
  {{- end -}}
  {{- $settings := dict "tls" $tls -}}
  {{- include "istio-lightstep.lay" (dict "base" $settings "over" .exporter) -}}
  {{- $path := printf "%s.exporter" .path -}}
  {{- $exporter := dict "path" $path "name" .exporterName "settings" $settings "place" "backends" "queues" true "url" .url -}}
  {{- include "istio-lightstep.durations" $exporter -}}
  {{- include "istio-lightstep.authenticated" (dict "exporter" $exporter "extensions" $extensions) -}}
  {{- include "istio-lightstep.note" (list $exporters $exporter) -}}
  {{- include "istio-lightstep.exporterSettings" (dict "name" .exporterName "path" $path "settings" .ownExporter "wrong" $wrong) -}}
  {{- if deepEqual 1.0 .auths -}}
    {{- $of := set (omit $wrong "of") "of" (printf "extension of the type %s" .authName) -}}
    {{- $its := printf "%s.auth.%s" .path (include "istio-lightstep.step" (set (omit $steps "key") "key" .authName)) -}}
    {{- $is := get $wrong.keys.parts.extensions .authName | default (dict "*" "any") -}}
    {{- include "istio-lightstep.settingsBelow" (dict "value" (index .auth .authName) "path" $its "is" $is "expands" true "wrong" $of) -}}
  {{- end -}}
  {{- range include "istio-lightstep.exporterLosses" (dict "path" $path "settings" .ownExporter) | fromJsonArray -}}{{- include "istio-lightstep.note" (list $losses .) -}}{{- end -}}
{{- end -}}
{{- $byGRPC := $subject.lightstep -}}
{{- range $exporters -}}{{- if eq "grpc" (include "istio-lightstep.otlpProtocol" .name) -}}{{- $byGRPC = true -}}{{- end -}}{{- end -}}
{{- $_ := set $subject "byGRPC" $byGRPC -}}
{{- with $exporters -}}{{- $_ := set $subject "exporters" (include "istio-lightstep.noted" . | fromJsonArray) -}}{{- end -}}
{{- with $headers -}}{{- $_ := set $subject "exporterHeaders" (include "istio-lightstep.noted" . | fromJsonArray) -}}{{- end -}}
{{- with $twins -}}
  {{- $before := $subject.twins | default list -}}
  {{- $_ := set $subject "twins" (include "istio-lightstep.noted" . | fromJsonArray | concat $before) -}}
{{- end -}}
{{- with $losses -}}{{- $_ := set $subject "exporterLosses" (include "istio-lightstep.noted" . | fromJsonArray) -}}{{- end -}}
{{- with $wrong.list -}}{{- $_ := set $subject "exporterSettings" (include "istio-lightstep.noted" . | fromJsonArray) -}}{{- end -}}

{{- $env := dict -}}
{{- $environment := dict -}}
{{- $given = index $at "collector.env" -}}
{{- if kindIs "slice" $given -}}
  {{- range $i, $entry := $given -}}
    {{- if kindIs "map" $entry -}}
      {{- $from := list -}}
      {{- if kindIs "map" (index $entry "valueFrom") -}}
        {{- range list "configMapKeyRef" "fieldRef" "fileKeyRef" "resourceFieldRef" "secretKeyRef" -}}
          {{- if not (kindIs "invalid" (index $entry.valueFrom .)) -}}{{- $from = append $from . -}}{{- end -}}
        {{- end -}}
      {{- end -}}
      {{- $name := index $entry "name" -}}
      {{- $twice := and (kindIs "string" $name) (hasKey $env (toString $name)) -}}
      {{- $variable := dict "path" (printf "collector.env[%d]" $i) "name" $name "value" (index $entry "value") "valueFrom" (index $entry "valueFrom") "sources" (len $from | float64) "twice" $twice -}}
      {{- /* Of the names of proxies the collector reads these two spellings. */ -}}
      {{- if has $name (list "HTTPS_PROXY" "https_proxy" "HTTP_PROXY" "http_proxy" "NO_PROXY" "no_proxy") -}}{{- $_ := set $variable "proxy" (upper $name) -}}{{- end -}}
      {{- include "istio-lightstep.note" (list $environment $variable) -}}
      {{- if kindIs "string" $name -}}{{- $_ := set $env $name "" -}}{{- end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- with $environment -}}{{- $_ := set $subject "environment" (include "istio-lightstep.noted" . | fromJsonArray) -}}{{- end -}}
{{- $references := dict -}}
{{- range $literal := $subject.literals -}}
  {{- if and (has $literal.place (list "exporters" "backends")) (kindIs "string" $literal.value) -}}
    {{- /* $$ stands for $. */ -}}
    {{- range regexFindAll `\$\{(env:)?[A-Za-z_][A-Za-z0-9_]*\}` (replace "$$" "" $literal.value) -1 -}}
      {{- $name := regexReplaceAll `\$\{(env:)?|\}` . "" -}}
      {{- include "istio-lightstep.note" (list $references (dict "path" $literal.path "name" $name "given" (hasKey $env $name))) -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- with $references -}}{{- $_ := set $subject "references" (include "istio-lightstep.noted" . | fromJsonArray) -}}{{- end -}}
{{- end -}}

{{/* Says under .extension of the .exporter of which type its authenticator is, where that is one of the .extensions. */}}
{{- define "istio-lightstep.authenticated" -}}
{{- $at := dict -}}
{{- include "istio-lightstep.find" (dict "root" .exporter "path" "settings.auth.authenticator" "into" $at) -}}
{{- $name := index $at "settings.auth.authenticator" | toString -}}
{{- if hasKey .extensions $name -}}{{- $_ := set .exporter "extension" (splitList "/" $name | first) -}}{{- end -}}
{{- end -}}

{{/*
Says under sharesFile which exporter before it has its queue in the same file, by the .files of these: the collector's
file_storage names a file by an exporter's type, _ and its name.
*/}}
{{- define "istio-lightstep.queueFile" -}}
{{- $file := .exporter.name -}}
{{- if not (contains "/" $file) -}}{{- $file = printf "%s/" $file -}}{{- end -}}
{{- $file = regexReplaceAll `^([^/]*)/` $file "${1}_" -}}
{{- if not (hasKey .files $file) -}}
  {{- $_ := set .files $file .exporter.name -}}
{{- else if ne .exporter.name (index .files $file) -}}
  {{- $_ := set .exporter "sharesFile" (index .files $file) -}}
{{- end -}}
{{- end -}}

{{/*
What in the owner's .settings of an exporter at the .path loses spans, as a JSON list: a queue that is off, in memory, or blocks where it is full, batches that are off, retries that are off or end. Null stands for the collector's own: a queue in memory, no
batches, five minutes of retries.
*/}}
{{- define "istio-lightstep.exporterLosses" -}}
{{- $losses := list -}}
{{- if hasKey .settings "sending_queue" -}}
  {{- $queue := .settings.sending_queue -}}
  {{- $path := printf "%s.sending_queue" .path -}}
  {{- if kindIs "invalid" $queue -}}
    {{- $losses = append $losses (dict "path" $path "kind" "memory") -}}
  {{- else if kindIs "map" $queue -}}
    {{- if deepEqual false (index $queue "enabled") -}}
      {{- $losses = append $losses (dict "path" (printf "%s.enabled" $path) "kind" "queue") -}}
    {{- else -}}
      {{- if deepEqual true (index $queue "block_on_overflow") -}}
        {{- $losses = append $losses (dict "path" (printf "%s.block_on_overflow" $path) "kind" "blocks") -}}
      {{- end -}}
      {{- if and (hasKey $queue "storage") (kindIs "invalid" $queue.storage) -}}
        {{- $losses = append $losses (dict "path" (printf "%s.storage" $path) "kind" "memory") -}}
      {{- end -}}
      {{- $batch := index $queue "batch" -}}
      {{- if and (hasKey $queue "batch") (kindIs "invalid" $batch) -}}
        {{- $losses = append $losses (dict "path" (printf "%s.batch" $path) "kind" "batch") -}}
      {{- else if kindIs "map" $batch -}}
        {{- if deepEqual false (index $batch "enabled") -}}
          {{- $losses = append $losses (dict "path" (printf "%s.batch.enabled" $path) "kind" "batch") -}}
        {{- end -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- if hasKey .settings "retry_on_failure" -}}
  {{- $retry := .settings.retry_on_failure -}}
  {{- $path := printf "%s.retry_on_failure" .path -}}
  {{- if kindIs "invalid" $retry -}}
    {{- $losses = append $losses (dict "path" $path "kind" "ends") -}}
  {{- else if kindIs "map" $retry -}}
    {{- if deepEqual false (index $retry "enabled") -}}
      {{- $losses = append $losses (dict "path" (printf "%s.enabled" $path) "kind" "retry") -}}
    {{- else if hasKey $retry "max_elapsed_time" -}}
      {{- if not (include "istio-lightstep.endless" $retry.max_elapsed_time) -}}
        {{- $losses = append $losses (dict "path" (printf "%s.max_elapsed_time" $path) "kind" "ends") -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- toRawJson $losses -}}
{{- end -}}

{{/* The headers in the .settings of the exporter .name of OTLP at the .path, a map or a list, as a JSON list. */}}
{{- define "istio-lightstep.exporterHeaders" -}}
{{- $headers := index .settings "headers" -}}
{{- $protocol := include "istio-lightstep.otlpProtocol" .name -}}
{{- $entries := dict -}}
{{- if kindIs "map" $headers -}}
  {{- range $name, $value := $headers -}}
    {{- if not (kindIs "invalid" $value) -}}
      {{- $path := printf "%s.headers.%s" $.path (include "istio-lightstep.step" (set (omit $.steps "key") "key" $name)) -}}
      {{- include "istio-lightstep.note" (list $entries (dict "path" $path "name" $name "value" $value "protocol" $protocol)) -}}
    {{- end -}}
  {{- end -}}
{{- else if kindIs "slice" $headers -}}
  {{- range $i, $header := $headers -}}
    {{- if kindIs "map" $header -}}
      {{- include "istio-lightstep.note" (list $entries (dict "path" (printf "%s.headers[%d]" $.path $i) "name" (index $header "name") "value" (index $header "value") "protocol" $protocol)) -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- include "istio-lightstep.noted" $entries -}}
{{- end -}}

{{/*
Says under .durations of an exporter how many milliseconds its timeout is, and the durations of its retry_on_failure. What is no
duration is not there.
*/}}
{{- define "istio-lightstep.durations" -}}
{{- $durations := dict -}}
{{- range $path := list "settings.timeout" "settings.retry_on_failure.initial_interval" "settings.retry_on_failure.max_interval" "settings.retry_on_failure.max_elapsed_time" -}}
  {{- $at := dict -}}
  {{- include "istio-lightstep.find" (dict "root" $ "path" $path "into" $at) -}}
  {{- with include "istio-lightstep.milliseconds" (index $at $path) -}}{{- $_ := set $durations (splitList "." $path | last) (float64 .) -}}{{- end -}}
{{- end -}}
{{- $_ := set . "durations" $durations -}}
{{- end -}}

{{/* The milliseconds of the duration .: nothing where it is none. A number without a unit is one only where it is 0. */}}
{{- define "istio-lightstep.milliseconds" -}}
{{- $text := ternary . (ternary "0" "" (deepEqual 0.0 .)) (kindIs "string" .) -}}
{{- if regexMatch `^(0|([0-9]{1,8}(\.[0-9]{0,9})?(ms|s|m|h)){1,4})$` $text -}}
  {{- $milliseconds := 0.0 -}}
  {{- range regexFindAll `[0-9.]+(ms|s|m|h)` $text -1 -}}
    {{- $unit := index (dict "ms" 1.0 "s" 1000.0 "m" 60000.0 "h" 3600000.0) (regexFind `[a-z]+$` .) -}}
    {{- $milliseconds = addf $milliseconds (mulf (regexFind `^[0-9.]+` . | float64) $unit) -}}
  {{- end -}}
  {{- $milliseconds -}}
{{- end -}}
{{- end -}}

{{/* Truthy where retries that end after . do not end. */}}
{{- define "istio-lightstep.endless" -}}
{{- if eq "0" (include "istio-lightstep.milliseconds" .) -}}true{{- end -}}
{{- end -}}

{{/*
How an exporter of OTLP waits, batches and tries again, with a queue of .bytes; .grpc is true for OTLP/gRPC, and .most are
the bytes of a request where a receiver takes less than most do. A batch is made of what is in the queue, and stays there
until it is taken: none is lost with the process, as that of a batch processor is.
*/}}
{{- define "istio-lightstep.exporting" -}}
{{- $most := .most | default 4063232 | int64 -}}
# Long, for slow receivers: a call that times out is sent again, and its spans arrive twice.
timeout: 30s
# A stalled connection is closed and replaced.
{{- if .grpc }}
keepalive:
  time: 10s
  timeout: 5s
{{- else }}
http2_read_idle_timeout: 10s
http2_ping_timeout: 5s
{{- end }}
sending_queue:
  enabled: true
  storage: file_storage
  sizer: bytes
  queue_size: {{ int64 .bytes }}
  # With batches of about 300 spans and a latency of 200 ms, this allows 30,000 spans per second.
  num_consumers: 20
  batch:
    sizer: bytes
    min_size: {{ min 262144 $most }}
    # gRPC receivers accept 4 MiB by default and reject more permanently. Receivers of this collector accept 3 MiB: a span
    # larger than a batch would be dropped, together with the other spans of its call.
    max_size: {{ $most }}
    # A short timeout shows sooner that a queue is empty, in helm test and before an uninstall.
    flush_timeout: 200ms
retry_on_failure:
  enabled: true
  initial_interval: 1s
  max_interval: 5s
  # Retry indefinitely: spans that are given up are lost.
  max_elapsed_time: 0s
{{- end -}}

{{/*
The exporter .name of .own settings, which win, with those of the chart's own exporter beside them. .most are the bytes of a
request where its receiver takes less than most do. Of what is not OTLP, only the queue and the retries are, and a batch where
the owner asks for one: what is larger than 1 MB, Kafka refuses.
*/}}
{{- define "istio-lightstep.exporter" -}}
{{- $otlp := include "istio-lightstep.isOTLP" .name -}}
{{- $queue := .own.sending_queue | default dict -}}
{{- $inMemory := false -}}
{{- $bytes := .queue.each -}}
{{- if kindIs "map" $queue -}}
  {{- $inMemory = and (hasKey $queue "storage") (ne "file_storage" (toString $queue.storage)) -}}
  {{- if $inMemory -}}{{- $bytes = .queue.memory -}}{{- end -}}
  {{- if and (eq "bytes" (toString $queue.sizer)) (kindIs "float64" $queue.queue_size) -}}{{- $bytes = $queue.queue_size -}}{{- end -}}
{{- end -}}
{{- $settings := include "istio-lightstep.exporting" (dict "bytes" $bytes "grpc" (eq "grpc" (include "istio-lightstep.otlpProtocol" .name)) "most" (ternary .most 900000 (not (empty $otlp)))) | fromYaml -}}
{{- if $otlp -}}
  {{- $_ := set $settings "compression" (include "istio-lightstep.gzipOrNone" (.own.traces_endpoint | default .own.endpoint | toString)) -}}
{{- else -}}
  {{- $settings = pick $settings "sending_queue" "retry_on_failure" -}}
{{- end -}}
{{- /* A number without its unit is in the collector's own, and not in ours. */ -}}
{{- if kindIs "map" $queue -}}
  {{- $batch := $queue.batch | default dict -}}
  {{- if kindIs "map" $batch -}}
    {{- $batch = include "istio-lightstep.given" $batch | fromYaml -}}
    {{- if or (hasKey $batch "sizer") (hasKey $batch "min_size") (hasKey $batch "max_size") -}}
      {{- $sizer := ternary "bytes" "items" (eq "bytes" ($batch.sizer | default $queue.sizer | toString)) -}}
      {{- /* Of spans of 900 bytes, as proxies send them, 4,000 are less than gRPC receivers accept. */ -}}
      {{- $limit := ternary (int64 $settings.sending_queue.batch.max_size) 4000 (eq $sizer "bytes") -}}
      {{- if kindIs "float64" $batch.min_size -}}{{- $limit = max $limit (int64 $batch.min_size) -}}{{- end -}}
      {{- $ours := set (set $settings.sending_queue.batch "sizer" $sizer) "max_size" $limit -}}
      {{- /* The chart's least is in bytes, and more than the collector's own: small batches send slowly. */ -}}
      {{- if eq $sizer "items" -}}
        {{- $_ := unset $ours "min_size" -}}
      {{- else if gt (int64 $batch.max_size) 0 -}}
        {{- $_ := set $ours "min_size" (min $ours.min_size (int64 $batch.max_size)) -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
  {{- /* Without a size or what it counts, null or not there, the queue is the chart's. */ -}}
  {{- $queue = include "istio-lightstep.given" $queue | fromYaml -}}
  {{- if and (hasKey $queue "queue_size") (not (hasKey $queue "sizer")) -}}{{- $_ := set $settings.sending_queue "sizer" "requests" -}}{{- end -}}
{{- end -}}
{{- $own := deepCopy .own -}}
{{- $batches := not (empty $otlp) -}}
{{- if kindIs "map" $own.sending_queue -}}
  {{- range list "sizer" "queue_size" -}}
    {{- if kindIs "invalid" (index $own.sending_queue .) -}}{{- $_ := unset $own.sending_queue . -}}{{- end -}}
  {{- end -}}
  {{- $batch := $own.sending_queue.batch -}}
  {{- if kindIs "map" $batch -}}
    {{- $batches = true -}}
    {{- if kindIs "invalid" $batch.max_size -}}{{- $_ := unset $batch "max_size" -}}{{- end -}}
  {{- end -}}
{{- end -}}
{{- if not $batches -}}{{- $_ := unset $settings.sending_queue "batch" -}}{{- end -}}
{{- include "istio-lightstep.lay" (dict "over" $own "base" $settings) -}}
{{- include "istio-lightstep.batchFits" $settings.sending_queue -}}
{{- $timed := dict "settings" .own -}}
{{- include "istio-lightstep.durations" $timed -}}
{{- include "istio-lightstep.intervalsFit" (dict "retry" $settings.retry_on_failure "limit" $timed.durations.max_elapsed_time "own" $own.retry_on_failure) -}}
{{- include "istio-lightstep.given" $settings -}}
{{- end -}}

{{/* The map . without what is null, at any depth. */}}
{{- define "istio-lightstep.given" -}}
{{- $given := dict -}}
{{- range $key, $value := . -}}
  {{- if kindIs "map" $value -}}{{- $value = include "istio-lightstep.given" $value | fromYaml -}}{{- end -}}
  {{- if not (kindIs "invalid" $value) -}}{{- $_ := set $given $key $value -}}{{- end -}}
{{- end -}}
{{- toYaml $given -}}
{{- end -}}

{{/*
Makes the least of a batch of the queue . one that the collector takes where the owner names none: no more than the most of
the batch, and no more than the queue holds. Its own default is 8,192 items or bytes.
*/}}
{{- define "istio-lightstep.batchFits" -}}
{{- $queue := . -}}
{{- if kindIs "map" $queue -}}
  {{- $batch := index $queue "batch" -}}
  {{- if kindIs "map" $batch -}}
    {{- if not (hasKey $batch "min_size") -}}
      {{- $least := int64 8192 -}}
      {{- if gt (int64 $batch.max_size) 0 -}}{{- $least = min $least (int64 $batch.max_size) -}}{{- end -}}
      {{- if eq (toString $queue.sizer) (toString $batch.sizer) -}}{{- $least = min $least (int64 $queue.queue_size) -}}{{- end -}}
      {{- $_ := set $batch "min_size" $least -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{/*
Shortens the intervals of .retry that the owner does not name, the chart's or, after a null, the collector's, to the owner's
.limit, milliseconds, which they may not exceed.
*/}}
{{- define "istio-lightstep.intervalsFit" -}}
{{- if and (kindIs "map" .retry) (kindIs "float64" .limit) -}}
  {{- $chosen := dict -}}
  {{- if kindIs "map" .own -}}{{- $chosen = .own -}}{{- end -}}
  {{- range $key, $default := dict "initial_interval" (list 1000.0 5000.0) "max_interval" (list 5000.0 30000.0) -}}
    {{- $interval := ternary (first $default) (last $default) (hasKey $.retry $key) -}}
    {{- if and (gt $.limit 0.0) (lt $.limit $interval) (kindIs "invalid" (index $chosen $key)) -}}
      {{- $_ := set $.retry $key (printf "%vms" $.limit) -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{/* Lays the map .over on the map .base, which it changes: null removes a key, a map is laid on a map. */}}
{{- define "istio-lightstep.lay" -}}
{{- $base := .base -}}
{{- range $key, $value := .over -}}
  {{- if kindIs "invalid" $value -}}
    {{- $_ := unset $base $key -}}
  {{- else if and (kindIs "map" $value) (kindIs "map" (index $base $key)) -}}
    {{- include "istio-lightstep.lay" (dict "base" (index $base $key) "over" $value) -}}
  {{- else -}}
    {{- $_ := set $base $key $value -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{/* Truthy where the address or URL . is one of LightStep's public hosts. */}}
{{- define "istio-lightstep.lightstepHost" -}}
{{- if regexMatch `^(?i:(https?://)?([-a-z0-9]+\.)*lightstep\.com)(:[0-9]+)?(/|$)` . -}}true{{- end -}}
{{- end -}}

{{/*
Path of the value by which spans go to LightStep's public hosts, where they go nowhere else: who has another backend too knows
the way out. `check` says there that these hosts come to their end.
*/}}
{{- define "istio-lightstep.endOfLife" -}}
{{- $address := default "" .Values.global.tracer.lightstep.address -}}
{{- $path := ternary "global.tracer.lightstep.address" "" (eq (include "istio-lightstep.lightstepHost" $address) "true") -}}
{{- $elsewhere := or (and $address (not $path)) (include "istio-lightstep.given" .Values.collector.exporters | fromYaml) -}}
{{- range $name, $backend := .Values.backends -}}
  {{- if and (kindIs "map" $backend) (not (deepEqual $backend.drain true)) -}}
    {{- if or (deepEqual $backend.preset "lightstep") (include "istio-lightstep.lightstepHost" ($backend.tracesEndpoint | default $backend.endpoint | toString)) -}}
      {{- $path = default (printf "backends.%s" $name) $path -}}
    {{- else -}}
      {{- $elsewhere = true -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- if not $elsewhere }}{{ $path }}{{ end -}}
{{- end -}}

{{/*
Compression for a receiver at the address or URL . where nobody says one. LightStep's public hosts take gzip, and traffic
that leaves a cloud costs money; of other receivers it is not known, and one without it refuses every span for good.
*/}}
{{- define "istio-lightstep.gzipOrNone" -}}
{{- if include "istio-lightstep.lightstepHost" . -}}gzip{{- else -}}none{{- end -}}
{{- end -}}

{{/* Compression of what is sent to the satellite. */}}
{{- define "istio-lightstep.compression" -}}
{{- $asked := .Values.collector.compression -}}
{{- if has $asked (list "" "auto") -}}{{- include "istio-lightstep.gzipOrNone" .Values.global.tracer.lightstep.address -}}
{{- else -}}{{- $asked -}}{{- end -}}
{{- end -}}

{{/* Truthy where this release runs a collector. */}}
{{- define "istio-lightstep.hasCollector" -}}
{{- if and (eq .Values.output "cluster") (eq ._subject.delivery "collector") -}}true{{- end -}}
{{- end -}}

{{/* Truthy where the collectors have a sidecar. */}}
{{- define "istio-lightstep.meshed" -}}
{{- if and (include "istio-lightstep.hasCollector" .) (ne .Values.collector.mtls.mode "DISABLE") -}}true{{- end -}}
{{- end -}}

{{/*
Annotations of collectors that have a sidecar. It takes part in nothing but incoming spans: what the collector sends, and
its ports for health, metrics and reloads, are as they are without it.
*/}}
{{- define "istio-lightstep.sidecarAnnotations" -}}
sidecar.istio.io/inject: "true"
sidecar.istio.io/rewriteAppHTTPProbers: "false"
prometheus.istio.io/merge-metrics: "false"
traffic.sidecar.istio.io/includeInboundPorts: {{ include "istio-lightstep.collectorPort" . | quote }}
traffic.sidecar.istio.io/includeOutboundIPRanges: ""
# The proxy outlives the 10 seconds for which a stopping collector accepts spans. The cluster's DNS resolves names: an
# address that Istio allocates to a host leads nowhere without interception.
proxy.istio.io/config: |
  terminationDrainDuration: 15s
  proxyMetadata:
    ISTIO_META_DNS_CAPTURE: "false"
{{- end -}}

{{/* How many collectors there are, at least. */}}
{{- define "istio-lightstep.replicas" -}}
{{- with .Values.collector -}}{{- ternary .autoscaling.minReplicas .replicas .autoscaling.enabled | toJson -}}{{- end -}}
{{- end -}}

{{/*
Seconds for which a stopping collector goes on as before: until proxies have left it; with an autoscaler, which may not
start it again for long, all that the grace period has beyond its usual 60 seconds, so that its queue is sent first.
*/}}
{{- define "istio-lightstep.lingers" -}}
{{- with .Values.collector -}}
{{- $seconds := 10 -}}
{{- if .autoscaling.enabled -}}{{- $seconds = max 10 (sub (int .terminationGracePeriodSeconds) 50) -}}{{- end -}}
{{- $seconds -}}
{{- end -}}
{{- end -}}

{{/* Truthy where Kubernetes has a container wait before it is told to stop. */}}
{{- define "istio-lightstep.sleeps" -}}
{{- if semverCompare ">=1.30-0" .Capabilities.KubeVersion.Version -}}true{{- end -}}
{{- end -}}

{{/* How the collectors are spread: over zones, where the user says nothing and Kubernetes can. */}}
{{- define "istio-lightstep.spread" -}}
{{- $selector := dict "matchLabels" (include "istio-lightstep.collectorSelector" . | fromYaml) -}}
{{- $constraints := list -}}
{{- range .Values.collector.topologySpreadConstraints -}}
  {{- $constraint := deepCopy . -}}
  {{- if not .labelSelector -}}{{- $_ := set $constraint "labelSelector" $selector -}}{{- end -}}
  {{- $constraints = append $constraints $constraint -}}
{{- end -}}
{{- if and (not $constraints) (semverCompare ">=1.19-0" .Capabilities.KubeVersion.Version) -}}
  {{- $zone := dict "maxSkew" 1 "topologyKey" "topology.kubernetes.io/zone" "whenUnsatisfiable" "ScheduleAnyway" "labelSelector" $selector -}}
  {{- $constraints = list $zone -}}
{{- end -}}
{{- with $constraints -}}{{- toYaml . -}}{{- end -}}
{{- end -}}

{{/* Truthy where a container beside the collector passes spans on, and has it keep what the backends refuse. */}}
{{- define "istio-lightstep.relays" -}}
{{- if .Values.collector.retryRefused.enabled -}}true{{- end -}}
{{- end -}}

{{/* Configuration of that container: internal/relay reads it, and doctor. */}}
{{- define "istio-lightstep.relayConfig" -}}
{{- $lightstep := .Values.global.tracer.lightstep -}}
# In seconds. It is told to stop when the collector's wait begins: it goes on for that wait, then for as long as the
# collector is connected, within the pod's grace period.
linger: {{ add 5 (ternary (include "istio-lightstep.lingers" . | int) 0 (include "istio-lightstep.sleeps" . | eq "true")) }}
grace: {{ .Values.collector.terminationGracePeriodSeconds | int }}
{{- if include "istio-lightstep.toLightstep" . }}
listen: 127.0.0.1:4321
endpoint: {{ $lightstep.address | quote }}
compression: {{ include "istio-lightstep.compression" . }}
header: {{ .Values.collector.headerName | quote }}
token_file: /etc/lightstep-access-token/{{ .Values.accessTokenFrom.key }}
{{- if $lightstep.secure }}
{{- with $lightstep.cacertPath }}
ca_file: {{ . | quote }}
{{- end }}
{{- with .Values.collector.tls.serverName }}
server_name: {{ . | quote }}
{{- end }}
{{- else }}
plaintext: true
{{- end }}
{{- end }}
{{- with ._subject.backends }}
# The collector sends each of them its own headers, which are passed on.
backends:
  {{- range $i, $backend := . }}
  - {{ include "istio-lightstep.relayedBackend" (dict "backend" . "index" $i "queue" $._subject.queue) | nindent 4 | trim }}
  {{- end }}
{{- end }}
{{- end -}}

{{/* The port of the relay for the backend of this index: 4330 and the next ones, of which there are 100 at most. */}}
{{- define "istio-lightstep.relayPort" -}}{{- add 4330 . -}}{{- end -}}

{{/* The backend .backend, the .index of them, in the configuration of that container. */}}
{{- define "istio-lightstep.relayedBackend" -}}
{{- $exporter := include "istio-lightstep.backendExporter" (omit . "index") | fromYaml -}}
{{- $tls := get $exporter "tls" | default dict -}}
{{- $relayed := dict "name" .backend.name "protocol" .backend.protocol "listen" (printf "127.0.0.1:%s" (include "istio-lightstep.relayPort" .index)) -}}
{{- if eq .backend.protocol "http" -}}
  {{- /* Where to, says each request. */ -}}
{{- else -}}
  {{- $_ := set (set $relayed "endpoint" (trimPrefix "dns:///" $exporter.endpoint)) "compression" ($exporter.compression | default "none") -}}
{{- end -}}
{{- if .backend.plaintext -}}{{- $_ := set $relayed "plaintext" true -}}{{- end -}}
{{- range $key, $as := dict "ca_file" "ca_file" "cert_file" "cert_file" "key_file" "key_file" "server_name_override" "server_name" -}}
  {{- with get $tls $key -}}{{- $_ := set $relayed $as . -}}{{- end -}}
{{- end -}}
{{- toYaml $relayed -}}
{{- end -}}

{{/*
Has the .exporter of the backend .backend, the .index of them, send to that container: by gRPC as to a server with a
certificate of its own, as an authenticator sends nothing without TLS; by HTTP as to a proxy, which speaks TLS in its
place, so that a signature fits.
*/}}
{{- define "istio-lightstep.byRelay" -}}
{{- $exporter := .exporter -}}
{{- $relay := printf "127.0.0.1:%s" (include "istio-lightstep.relayPort" .index) -}}
{{- $_ := unset $exporter "tls" -}}
{{- if eq .backend.protocol "http" -}}
  {{- range $key := list "endpoint" "traces_endpoint" -}}
    {{- with get $exporter $key -}}{{- $_ := set $exporter $key (regexReplaceAll `^(?i:https)://` . "http://") -}}{{- end -}}
  {{- end -}}
  {{- $_ := set $exporter "proxy_url" (printf "http://%s" $relay) -}}
{{- else -}}
  {{- $_ := set (set $exporter "endpoint" $relay) "compression" "none" -}}
  {{- $_ := set $exporter "tls" (dict "insecure" false "insecure_skip_verify" true) -}}
{{- end -}}
{{- end -}}

{{/*
Truthy where the CA may change without a helm upgrade, and the collector is what reads it. One given by cacert.pem comes
with an upgrade, which rolls the pods by their annotation.
*/}}
{{- define "istio-lightstep.reloadsCA" -}}
{{- if and (include "istio-lightstep.changesCA" .) (not (include "istio-lightstep.relays" .)) -}}true{{- end -}}
{{- end -}}

{{/* The same without the relay, which reads the CA in the place of the collector. */}}
{{- define "istio-lightstep.changesCA" -}}
{{- if and .Values.collector.reload.enabled .Values.cacert.existingSecret.name (include "istio-lightstep.ownCA" .) -}}true{{- end -}}
{{- end -}}

{{/* The same of the CA of a backend. */}}
{{- define "istio-lightstep.changesBackendCA" -}}
{{- $kinds := list -}}
{{- range ._subject.backendSecrets -}}{{- $kinds = append $kinds .kind -}}{{- end -}}
{{- if and .Values.collector.reload.enabled (has "ca" $kinds) -}}true{{- end -}}
{{- end -}}

{{/*
What the container beside the collector watches, as JSON: the .cacerts and .values that the collector reads at its start
alone, and the .backends whose Secrets have one. Of a backend that is all but the token of its authenticator, the
certificate of the client, and, with a relay, the CA.
*/}}
{{- define "istio-lightstep.reloaded" -}}
{{- $cacerts := list -}}
{{- $values := list -}}
{{- $backends := list -}}
{{- if include "istio-lightstep.reloadsCA" . -}}{{- $cacerts = append $cacerts .Values.global.tracer.lightstep.cacertPath -}}{{- end -}}
{{- if .Values.collector.reload.enabled -}}
  {{- range ._subject.backendSecrets -}}
    {{- $byRelay := and (eq .kind "ca") (eq "true" (include "istio-lightstep.relays" $)) -}}
    {{- if not (or (eq .kind "client") .watched $byRelay) -}}
      {{- $file := printf "%s/%s" (include "istio-lightstep.backendFolder" .backend) .file -}}
      {{- if eq .kind "ca" -}}{{- $cacerts = append $cacerts $file -}}{{- else -}}{{- $values = append $values $file -}}{{- end -}}
      {{- if ne .backend (last $backends | default "") -}}{{- $backends = append $backends .backend -}}{{- end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- dict "cacerts" $cacerts "values" $values "backends" $backends | toJson -}}
{{- end -}}

{{/* The exporters whose queues are sent before an uninstall, with commas: empty where no Job waits for any. */}}
{{- define "istio-lightstep.drained" -}}
{{- if and (include "istio-lightstep.hasCollector" .) .Values.collector.drain.enabled -}}
  {{- $exporters := ternary (list "otlp_grpc/lightstep") list (or ._subject.lightstep (empty ._subject.backends)) -}}
  {{- range ._subject.backends -}}
    {{- if include "istio-lightstep.keepsQueue" .exporter -}}{{- $exporters = append $exporters .exporterName -}}{{- end -}}
  {{- end -}}
  {{- join "," $exporters -}}
{{- end -}}
{{- end -}}

{{/* Truthy where that container has something to watch, and is there. */}}
{{- define "istio-lightstep.reloads" -}}
{{- $reloaded := include "istio-lightstep.reloaded" . | fromJson -}}
{{- if or $reloaded.cacerts $reloaded.values -}}true{{- end -}}
{{- end -}}

{{/* Port at which proxies reach the collector: OTLP/gRPC, or Zipkin where the proxies speak nothing else. */}}
{{- define "istio-lightstep.collectorPort" -}}
{{- if eq ._subject.receiver "zipkin" }}9411{{ else }}4317{{ end -}}
{{- end -}}

{{/* The protocol is read from the port's name: without grpc in it proxies would speak HTTP/1.1. */}}
{{- define "istio-lightstep.collectorPortName" -}}
{{- if eq ._subject.receiver "zipkin" }}http-zipkin{{ else }}grpc-otlp{{ end -}}
{{- end -}}

{{/*
How Go uses the collector's memory, as entries of its environment, but for what the owner sets there. With GOGC=200 a core
delivers a third more spans than with Go's own 100. At half of the container's limit Go collects more eagerly: the memory
limiter refuses from 60 % on, and it counts garbage too.
*/}}
{{- define "istio-lightstep.collectorMemory" -}}
{{- $own := list -}}
{{- range .Values.collector.env -}}{{- if kindIs "map" . -}}{{- $own = append $own .name -}}{{- end -}}{{- end -}}
{{- $limit := include "istio-lightstep.goMemory" (dict "of" . "path" "values.collector.resources.limits.memory" "percent" 50) -}}
{{- $variables := list -}}
{{- if not (has "GOGC" $own) -}}{{- $variables = append $variables (dict "name" "GOGC" "value" "200") -}}{{- end -}}
{{- if and $limit (not (has "GOMEMLIMIT" $own)) -}}{{- $variables = append $variables (dict "name" "GOMEMLIMIT" "value" $limit) -}}{{- end -}}
{{- with $variables }}{{ toYaml . }}{{ end -}}
{{- end -}}

{{/* .percent of the memory limit at the .path of the values, in bytes: nothing where there is none. */}}
{{- define "istio-lightstep.goMemory" -}}
{{- $at := dict -}}
{{- $limit := dict -}}
{{- include "istio-lightstep.find" (dict "root" .of._subject "path" .path "into" $at) -}}
{{- include "istio-lightstep.quantity" (dict "given" (index $at .path) "into" $limit) -}}
{{- if eq $limit.state "ok" -}}{{- div (mul $limit.bytes .percent) 100 -}}{{- end -}}
{{- end -}}

{{/*
Environment of the container that passes spans on: that of the collector, whose proxy and CAs it needs, but for how much
memory Go uses, which goes by its own limit.
*/}}
{{- define "istio-lightstep.relayEnv" -}}
{{- $variables := list -}}
{{- with include "istio-lightstep.goMemory" (dict "of" . "path" "values.collector.retryRefused.resources.limits.memory" "percent" 80) -}}
  {{- $variables = append $variables (dict "name" "GOMEMLIMIT" "value" .) -}}
{{- end -}}
{{- range .Values.collector.env -}}
  {{- if kindIs "map" . -}}{{- if not (has .name (list "GOGC" "GOMEMLIMIT")) -}}{{- $variables = append $variables . -}}{{- end -}}{{- end -}}
{{- end -}}
{{- with $variables }}{{ toYaml . }}{{ end -}}
{{- end -}}

{{/* Configuration of the OpenTelemetry Collector, made once: it is measured, hashed and rendered. */}}
{{- define "istio-lightstep.collectorConfig" -}}
{{- if not (hasKey . "_collectorConfig") -}}{{- $_ := set . "_collectorConfig" (include "istio-lightstep.newCollectorConfig" .) -}}{{- end -}}
{{- ._collectorConfig -}}
{{- end -}}

{{- define "istio-lightstep.newCollectorConfig" -}}
{{- $lightstep := .Values.global.tracer.lightstep -}}
{{- $receiver := ._subject.receiver -}}
{{- $relays := include "istio-lightstep.relays" . -}}
{{- $toLightstep := include "istio-lightstep.toLightstep" . -}}
{{- $authenticates := and $toLightstep $lightstep.secure (not $relays) -}}
{{- $backends := ._subject.backends -}}
{{- $headers := dict -}}
{{- include "istio-lightstep.byBackend" (dict "list" ._subject.backendHeaders "into" $headers) -}}
{{- $changed := list -}}
{{- $unchanged := list -}}
{{- $drained := list -}}
{{- range $backends -}}
  {{- if .drain -}}{{- $drained = append $drained .exporterName -}}
  {{- else if .resource -}}{{- $changed = append $changed . -}}{{- else -}}{{- $unchanged = append $unchanged .exporterName -}}{{- end -}}
{{- end -}}
{{- /* The user's own parts, and processors, which are known not to have our names. */ -}}
{{- $own := .Values.collector.config | default dict -}}
{{- $service := $own.service | default dict -}}
{{- $pipelines := $service.pipelines | default dict -}}
{{- $between := "" -}}
{{- $resource := dict -}}
{{- include "istio-lightstep.lay" (dict "base" $resource "over" (.Values.collector.resource | default dict)) -}}
{{- if $resource -}}{{- $between = ", resource" -}}{{- end -}}
{{- range (get $pipelines "traces" | default dict).processors -}}{{- $between = printf "%s, %s" $between (toJson .) -}}{{- end -}}
receivers:
  {{- if eq $receiver "zipkin" }}
  zipkin:
    endpoint: 0.0.0.0:9411
    # In bytes: a call too large for a batch is rejected here, so that its sender gets an error.
    max_request_body_size: 3145728
  {{- else }}
  otlp:
    protocols:
      grpc:
        endpoint: 0.0.0.0:4317
        # Per connection, that is, per proxy; 512 KiB by default.
        read_buffer_size: 32768
        # A call too large for a batch is rejected here, so that its sender gets an error.
        max_recv_msg_size_mib: 3
  {{- end }}
  {{- with $drained }}
  # It receives nothing: an exporter starts, and sends the spans in its queue, only if a pipeline contains it.
  otlp/drained:
    protocols:
      grpc:
        endpoint: 127.0.0.1:4322
  {{- end }}
  {{- include "istio-lightstep.ownParts" (dict "of" $own.receivers "indent" 2) }}
processors:
  memory_limiter:
    check_interval: 1s
    limit_percentage: 80
    spike_limit_percentage: 20
  {{- if .Values.collector.tap.enabled }}
  # It answers before the tap does and does not propagate a full queue of a tap: no proxy gets an error for it.
  batch/tap:
    timeout: 200ms
    send_batch_size: 512
    send_batch_max_size: 512
  {{- end }}
  {{- with $resource }}
  # Resource attributes for every backend.
  resource:
    attributes:
      {{- include "istio-lightstep.backendResource" (dict "name" "" "resource" .) | nindent 6 }}
  {{- end }}
  {{- range $changed }}
  # Resource attributes for this backend only.
  {{ printf "resource/%s" .name }}:
    attributes:
      {{- include "istio-lightstep.backendResource" . | nindent 6 }}
  {{- end }}
  {{- include "istio-lightstep.ownParts" (dict "of" $own.processors "indent" 2) }}
{{- with $own.connectors }}
connectors:
  {{- include "istio-lightstep.ownParts" (dict "of" . "indent" 2) }}
{{- end }}
extensions:
  health_check:
    endpoint: 0.0.0.0:13133
  # The queue: spans survive an outage of the satellite and a restart of the collector.
  file_storage:
    directory: /var/lib/otelcol
    create_directory: true
  {{- if $authenticates }}
  # Reloads the token when it changes.
  bearertokenauth:
    header: {{ .Values.collector.headerName | quote }}
    scheme: ""
    filename: /etc/lightstep-access-token/{{ .Values.accessTokenFrom.key }}
  {{- end }}
  {{- range $backends }}
  {{- with include "istio-lightstep.backendExtension" (dict "backend" . "headers" (index $headers .name)) }}
  {{- . | nindent 2 }}
  {{- end }}
  {{- end }}
  {{- include "istio-lightstep.ownParts" (dict "of" $own.extensions "indent" 2) }}
exporters:
  {{- if $toLightstep }}
  otlp_grpc/lightstep:
    {{- if $relays }}
    # To the relay container in this pod, which adds the token and forwards the calls.
    endpoint: 127.0.0.1:4321
    compression: none
    tls:
      insecure: true
    {{- else }}
    endpoint: {{ $lightstep.address | quote }}
    # A receiver that does not support the compression rejects the spans permanently.
    compression: {{ include "istio-lightstep.compression" . }}
    {{- if $lightstep.secure }}
    auth:
      authenticator: bearertokenauth
    tls:
      {{- with $lightstep.cacertPath }}
      ca_file: {{ . | quote }}
      {{- end }}
      {{- with .Values.collector.tls.serverName }}
      server_name_override: {{ . | quote }}
      {{- end }}
      insecure: false
    {{- else }}
    headers:
      # The authenticator does not send a token in plain text; this header does.
      {{ .Values.collector.headerName | quote }}: ${env:LIGHTSTEP_ACCESS_TOKEN}
    tls:
      insecure: true
    {{- end }}
    {{- end }}
    {{- include "istio-lightstep.exporting" (dict "bytes" ._subject.queue.each "grpc" true) | nindent 4 }}
  {{- end }}
  {{- range $i, $backend := $backends }}
  {{- $exporter := include "istio-lightstep.backendExporter" (dict "backend" . "headers" (index $headers .name) "queue" $._subject.queue) | fromYaml }}
  {{- if $relays }}
  {{- include "istio-lightstep.byRelay" (dict "exporter" $exporter "backend" . "index" $i) }}
  # To the relay container in this pod, which forwards the calls over TLS if the backend has it.
  {{- end }}
  {{- dict .exporterName $exporter | toYaml | nindent 2 }}
  {{- end }}
  {{- if .Values.collector.tap.enabled }}
  # To the tap container in this pod. Spans that it does not accept immediately are dropped: nothing waits for it.
  otlp_grpc/tap:
    endpoint: 127.0.0.1:4319
    compression: none
    timeout: 2s
    tls:
      insecure: true
    sending_queue:
      enabled: true
      sizer: bytes
      queue_size: 4194304
    retry_on_failure:
      enabled: false
  {{- end }}
  {{- /* The subject's: a number of --set is an integer, and one of a file is not. */}}
  {{- range ._subject.exporters }}
  {{- if eq .place "exporters" }}
  {{- $own := .settings }}
  {{- if and (kindIs "map" $own) (include "istio-lightstep.queueing" .name) }}
  {{- $own = include "istio-lightstep.exporter" (dict "name" .name "own" $own "queue" $._subject.queue) | fromYaml }}
  {{- end }}
  {{- dict .name $own | toYaml | nindent 2 }}
  {{- end }}
  {{- end }}
  {{- include "istio-lightstep.ownParts" (dict "of" $own.exporters "indent" 2) }}
service:
  telemetry:
    {{- with omit ($service.telemetry | default dict) "metrics" }}
    {{- include "istio-lightstep.given" . | nindent 4 }}
    {{- end }}
    metrics:
      {{- with omit (get ($service.telemetry | default dict) "metrics" | default dict) "readers" }}
      {{- include "istio-lightstep.given" . | nindent 6 }}
      {{- end }}
      readers:
        - pull:
            exporter:
              prometheus:
                host: 0.0.0.0
                port: 8888
  extensions: [health_check, file_storage{{ if $authenticates }}, bearertokenauth{{ end }}
  {{- range $backends }}
  {{- with include "istio-lightstep.authenticator" (dict "backend" . "headers" (index $headers .name)) }}, {{ . }}{{ end }}
  {{- end }}
  {{- range ternary $service.extensions list (kindIs "slice" $service.extensions) }}, {{ toJson . }}{{ end }}]
  pipelines:
    {{- $first := ternary (list "otlp_grpc/lightstep") list (not (empty $toLightstep)) }}
    {{- $exporters := concat $first $unchanged (keys (._subject.values.collector.exporters | default dict) | sortAlpha) }}
    {{- if $exporters }}
    traces:
      receivers: [{{ $receiver }}]
      processors: [memory_limiter{{ $between }}]
      exporters: {{ $exporters | toJson }}
    {{- end }}
    {{- if .Values.collector.tap.enabled }}
    traces/tap:
      receivers: [{{ $receiver }}]
      processors: [batch/tap]
      exporters: [otlp_grpc/tap]
    {{- end }}
    {{- with $drained }}
    traces/drained:
      receivers: [otlp/drained]
      processors: []
      exporters: {{ . | toJson }}
    {{- end }}
    {{- range $changed }}
    traces/{{ .name }}:
      receivers: [{{ $receiver }}]
      processors: [memory_limiter{{ $between }}, {{ printf "resource/%s" .name }}]
      exporters: {{ list .exporterName | toJson }}
    {{- end }}
    {{- include "istio-lightstep.ownParts" (dict "of" (omit $pipelines "traces") "indent" 4) }}
{{- end -}}

{{/* The user's own parts .of the configuration, on lines with the .indent: nothing where there are none. */}}
{{- define "istio-lightstep.ownParts" -}}
{{- $parts := dict -}}
{{- range $name, $settings := ternary .of dict (kindIs "map" .of) -}}
  {{- if not (kindIs "invalid" $settings) -}}{{- $_ := set $parts $name $settings -}}{{- end -}}
{{- end -}}
{{- with $parts -}}{{- toYaml . | nindent (int $.indent) -}}{{- end -}}
{{- end -}}

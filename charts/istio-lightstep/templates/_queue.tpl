{{/*
The queue, as a part of the subject: how many bytes of spans a collector keeps, and each of its queues. What a queue costs
is in files/dialects.json.
*/}}

{{/* Puts the queue into .subject, by the facts in .facts. */}}
{{- define "istio-lightstep.queue" -}}
{{- $facts := .facts -}}
{{- $at := dict -}}
{{- range list "resources.limits.memory" "persistence.enabled" "persistence.size" "queue.bytes" "startupProbe" -}}
  {{- include "istio-lightstep.find" (dict "root" $.subject.values "path" (printf "collector.%s" .) "into" $at) -}}
{{- end -}}

{{- $room := dict -}}
{{- include "istio-lightstep.quantity" (dict "given" (index $at "collector.resources.limits.memory") "into" $room) -}}
{{- $memory := int64 $facts.unbounded -}}
{{- if eq $room.state "ok" -}}{{- $memory = div (mul $room.bytes (int64 $facts.memoryPercent)) 100 -}}{{- end -}}
{{- $bytes := $memory -}}
{{- $bound := "memory" -}}
{{- if deepEqual true (index $at "collector.persistence.enabled") -}}
  {{- $bound = "volume" -}}
  {{- include "istio-lightstep.quantity" (dict "given" (index $at "collector.persistence.size") "into" $room) -}}
  {{- $bytes = div (mul $room.bytes (int64 $facts.volumePercent)) 100 -}}
{{- else -}}
  {{- with include "istio-lightstep.ephemeral" .subject -}}
    {{- if or (ne $room.state "ok") (lt (int64 .) $room.bytes) -}}
      {{- $bound = "ephemeral" -}}
      {{- $_ := set (set $room "state" "ok") "bytes" (int64 .) -}}
      {{- $bytes = min $bytes (div (mul . (int64 $facts.volumePercent)) 100) -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- $safe := div (mul $room.bytes (int64 $facts.safePercent)) 100 -}}
{{- $most := div (mul $room.bytes (int64 $facts.mostPercent)) 100 -}}

{{- $queues := dict "subject" .subject "facts" $facts -}}
{{- include "istio-lightstep.queues" $queues -}}
{{- $count := $queues.count -}}
{{- $owned := $queues.owned -}}
{{- $state := "ok" -}}
{{- $tight := false -}}
{{- $given := index $at "collector.queue.bytes" -}}
{{- if not (has $given (list (index dict "null") "")) -}}
  {{- $asked := dict -}}
  {{- include "istio-lightstep.quantity" (dict "given" $given "into" $asked) -}}
  {{- $bytes = $asked.bytes -}}
  {{- $state = $asked.state -}}
  {{- if and (eq $state "ok") (eq $room.state "ok") (gt $bytes $most) -}}{{- $state = "large" -}}{{- end -}}
  {{- $tight = and (ne $bound "memory") (eq $state "ok") (eq $room.state "ok") (gt $bytes (sub $safe $owned)) -}}
{{- else if eq $room.state "ok" -}}
  {{- $bytes = max 0 (min $bytes (sub $most $owned)) -}}
{{- end -}}
{{- $free := sub $most (max $bytes (mul (int64 $facts.least) $count)) -}}
{{- if and (eq $state "ok") (eq $room.state "ok") (gt $owned 0) (gt $owned $free) -}}
  {{- $state = "crowded" -}}
  {{- /* Those that do not fit by themselves are at fault, or else the largest. */ -}}
  {{- $largest := 0 -}}
  {{- range $queues.owners -}}{{- $largest = max $largest .bytes -}}{{- end -}}
  {{- $crowded := dict -}}
  {{- range $queues.owners -}}
    {{- if gt .bytes (min $free (sub $largest 1)) -}}
      {{- include "istio-lightstep.note" (list $crowded (dict "path" .path "size" (include "istio-lightstep.bytesText" .bytes))) -}}
    {{- end -}}
  {{- end -}}
  {{- $_ := set .subject "crowded" (include "istio-lightstep.noted" $crowded | fromJsonArray) -}}
{{- end -}}
{{- $each := div $bytes $count -}}
{{- if and (eq $state "ok") (lt $each (int64 $facts.least)) -}}{{- $state = "small" -}}{{- end -}}

{{- $queue := dict "state" $state "count" (float64 $count) "each" (float64 $each) "memory" (float64 $memory) -}}
{{- $_ := set $queue "eachText" (include "istio-lightstep.bytesText" $each) -}}
{{- $_ := set $queue "tight" $tight -}}
{{- $_ := set $queue "owned" (include "istio-lightstep.bytesText" $owned) -}}
{{- $_ := set $queue "floor" (float64 $facts.least) -}}
{{- $_ := set $queue "least" (printf "%dMi" (div (add (mul (int64 $facts.least) $count) 1048575) 1048576)) -}}
{{- /* At 1,000 spans a second. */ -}}
{{- $_ := set $queue "seconds" (div (div $each (int64 $facts.span)) 1000 | float64) -}}
{{- $raise := get (dict "memory" "resources.limits.memory" "volume" "persistence.size" "ephemeral" "resources.limits.ephemeral-storage") $bound | printf "collector.%s" -}}
{{- $is := get (dict "memory" "a memory limit of" "volume" "a volume of" "ephemeral" "ephemeral-storage limits of") $bound -}}
{{- $_ := set $queue "room" (dict "state" $room.state "bound" $bound "raise" $raise "has" (include "istio-lightstep.bytesText" $room.bytes | printf "%s %s" $is) "safe" (include "istio-lightstep.bytesText" $safe) "most" (include "istio-lightstep.bytesText" $most)) -}}
{{- /* The seconds that a collector has to scan its queue at startup; without a startup probe, those of the liveness probe. */ -}}
{{- $start := 40 -}}
{{- $probe := index $at "collector.startupProbe" -}}
{{- if and (kindIs "map" $probe) $probe -}}
  {{- $given := dict "initialDelaySeconds" 0 "periodSeconds" 10 "failureThreshold" 3 -}}
  {{- range $key := list "initialDelaySeconds" "periodSeconds" "failureThreshold" -}}
    {{- $number := index $probe $key -}}
    {{- /* Rules of their own tell of what Kubernetes refuses or replaces. */ -}}
    {{- if kindIs "float64" $number -}}{{- $_ := set $given $key (ternary (int64 $number) (ternary 0 600 (eq $key "initialDelaySeconds")) (ge $number 1.0)) -}}{{- end -}}
  {{- end -}}
  {{- $start = add $given.initialDelaySeconds (mul $given.periodSeconds $given.failureThreshold) -}}
{{- end -}}
{{- $_ := set $queue "start" (float64 $start) -}}
{{- $_ := set .subject "queue" $queue -}}
{{- end -}}

{{/*
Reads the Kubernetes quantity .given, a text or a number, and puts its amount, its whole bytes and its state into .into: ok,
malformed, or none, which is zero and below.
*/}}
{{- define "istio-lightstep.quantity" -}}
{{- $text := "" -}}
{{- if kindIs "string" .given -}}{{- $text = .given -}}{{- else if kindIs "float64" .given -}}{{- $text = toJson .given -}}{{- end -}}
{{- $_ := set (set .into "bytes" (int64 0)) "state" "malformed" -}}
{{- $_ = set .into "amount" 0.0 -}}
{{- $grammar := `^([+-]?(?:[0-9]{1,15}\.?|[0-9]{0,12}\.[0-9]{1,3}))(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei|[eE]\+?[0-9]{1,2})?$` -}}
{{- $read := regexReplaceAll $grammar $text "${1} ${2}" -}}
{{- if ne $read $text -}}
  {{- $parts := splitList " " $read -}}
  {{- $number := first $parts | trimPrefix "+" | trimSuffix "." -}}
  {{- $unit := last $parts -}}
  {{- $factor := get (dict "" 1 "m" 0.001 "k" 1e3 "M" 1e6 "G" 1e9 "T" 1e12 "P" 1e15 "E" 1e18 "Ki" 1024 "Mi" 1048576 "Gi" 1073741824 "Ti" 1099511627776 "Pi" 1125899906842624 "Ei" 1152921504606846976) $unit -}}
  {{- if kindIs "string" $factor -}}{{- $factor = float64 (printf "1e%s" (regexFind `[0-9]+$` $unit)) -}}{{- end -}}
  {{- $amount := mulf (regexReplaceAll `^(-?)\.` $number "${1}0.") $factor -}}
  {{- $_ = set .into "amount" $amount -}}
  {{- $bytes := floor $amount -}}
  {{- if le $bytes 0.0 -}}
    {{- $_ := set .into "state" "none" -}}
  {{- else if le $bytes 9007199254740992.0 -}}
    {{- $_ := set (set .into "state" "ok") "bytes" (int64 $bytes) -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{/* Truthy where an exporter of the name . is of OTLP. */}}
{{- define "istio-lightstep.isOTLP" -}}
{{- if regexMatch `^(otlp|otlp_grpc|otlphttp|otlp_http)(/|$)` . -}}true{{- end -}}
{{- end -}}

{{/* What an exporter of OTLP of the name . sends by: grpc or http. */}}
{{- define "istio-lightstep.otlpProtocol" -}}
{{- ternary "grpc" "http" (regexMatch `^(otlp|otlp_grpc)(/|$)` .) -}}
{{- end -}}

{{/*
Truthy where an exporter of the name . is given a queue and retries: those of OTLP, and those whose type keeps spans in the
queue until its receiver has them. Source: collector-contrib 0.155, factory.go of each: WithQueue and WithRetry. loadbalancing
has further queues, in memory, behind its own, and datadog does not try again.
*/}}
{{- define "istio-lightstep.queueing" -}}
{{- if or (include "istio-lightstep.isOTLP" .) (regexMatch `^(clickhouse|kafka|zipkin)(/|$)` .) -}}true{{- end -}}
{{- end -}}

{{/*
The bytes of ephemeral storage that the pod of the subject . may use, its queue among them: Kubernetes evicts it above the sum of
its containers' limits. Nothing where none has one. Container reload is there only where it has something to read.
*/}}
{{- define "istio-lightstep.ephemeral" -}}
{{- $sum := 0.0 -}}
{{- $limited := false -}}
{{- $reloads := true -}}
{{- if not (index . "types") -}}{{- $reloads = include "istio-lightstep.reloads" (dict "Values" .values "_subject" .) -}}{{- end -}}
{{- range .resources -}}
  {{- $there := or $reloads (not (hasPrefix "collector.reload." .path)) -}}
  {{- if and .used $there (has .state (list "ok" "none")) (regexMatch `^collector\.(.*\.)?resources\.limits\.ephemeral-storage$` .path) -}}
    {{- $limited = true -}}
    {{- $sum = addf $sum .amount -}}
  {{- end -}}
{{- end -}}
{{- if $limited -}}{{- minf (maxf $sum 0.0) 9007199254740992.0 | int64 -}}{{- end -}}
{{- end -}}

{{/*
Puts into . the count of queues that share a volume in the .subject: that to LightStep, those of the backends, and those of
further exporters, also of collector.config. Those whose owner says how much they hold, in bytes, spans (items) or calls (requests, also without a sizer),
are not counted, but are owners, each {path, bytes}, by the .facts, and owned is the sum. One counts where none is there, to
divide by.
*/}}
{{- define "istio-lightstep.queues" -}}
{{- $count := ternary 1 0 .subject.lightstep | int64 -}}
{{- $owned := int64 0 -}}
{{- /* Proxies send calls of 5 spans. */ -}}
{{- $bytesOf := dict "bytes" 1 "items" .facts.span "requests" (mul 5 .facts.span) -}}
{{- $owners := dict -}}
{{- range .subject.exporters -}}
  {{- $settings := ternary .settings dict (kindIs "map" .settings) -}}
  {{- $queue := ternary $settings.sending_queue dict (kindIs "map" $settings.sending_queue) -}}
  {{- if and (or .queues (deepEqual "file_storage" $queue.storage)) (include "istio-lightstep.keepsQueue" $settings) -}}
    {{- $size := 0.0 -}}
    {{- if kindIs "float64" $queue.queue_size -}}{{- $size = mulf $queue.queue_size (index $bytesOf ($queue.sizer | default "requests" | toString) | default 0) -}}{{- end -}}
    {{- if gt $size 0.0 -}}
      {{- $bytes := int64 (minf $size 9007199254740992.0) -}}
      {{- $owned = min 9007199254740992 (add $owned $bytes) -}}
      {{- include "istio-lightstep.note" (list $owners (dict "path" (printf "%s.sending_queue.queue_size" .path) "bytes" $bytes)) -}}
    {{- else -}}
      {{- $count = add1 $count -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- range .subject.config -}}
  {{- if .keeps -}}
    {{- $bytes := int64 (minf (mulf .keeps.size (index $bytesOf .keeps.sizer | default 0)) 9007199254740992.0) -}}
    {{- if gt $bytes 0 -}}
      {{- $owned = min 9007199254740992 (add $owned $bytes) -}}
      {{- include "istio-lightstep.note" (list $owners (dict "path" (printf "%s.%s" .path .keeps.path) "bytes" $bytes)) -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- $_ := set (set (set . "count" (max $count 1)) "owned" $owned) "owners" $owners -}}
{{- end -}}

{{/*
How much the queue of an owner's exporter .name of these .settings holds on the collectors' volume, as JSON of {path, size, sizer};
the collector's default is 1,000 calls. Nothing where it has none there, and of calls and items where these are no spans.
*/}}
{{- define "istio-lightstep.keptInQueue" -}}
{{- $queue := ternary (index .settings "sending_queue") dict (kindIs "map" (index .settings "sending_queue")) -}}
{{- $storage := index $queue "storage" | toString -}}
{{- $directory := ternary "/var/lib/otelcol" "" (eq $storage "file_storage") -}}
{{- if and (hasPrefix "file_storage/" $storage) (hasKey .extensions $storage) -}}
  {{- $extension := index .extensions $storage -}}
  {{- $directory = index (ternary $extension dict (kindIs "map" $extension)) "directory" | default "/var/lib/otelcol/file_storage" | toString | clean -}}
{{- end -}}
{{- $spans := false -}}
{{- range $pipeline, $parts := .pipelines -}}
  {{- $names := index $parts "exporters" -}}
  {{- if and (regexMatch `^traces(/|$)` $pipeline) (kindIs "slice" $names) -}}{{- $spans = or $spans (has $.name $names) -}}{{- end -}}
{{- end -}}
{{- $sizer := index $queue "sizer" | default "requests" -}}
{{- $size := index $queue "queue_size" -}}
{{- if and (regexMatch `^/var/lib/otelcol(/|$)` $directory) (not (deepEqual false (index $queue "enabled"))) (or $spans (deepEqual $sizer "bytes")) -}}
  {{- $path := ternary "sending_queue.queue_size" "sending_queue" (kindIs "float64" $size) -}}
  {{- dict "path" $path "size" (ternary $size 1000.0 (kindIs "float64" $size)) "sizer" (toString $sizer) | toRawJson -}}
{{- end -}}
{{- end -}}

{{/* Truthy where the exporter . that is given a queue has it on the volume. */}}
{{- define "istio-lightstep.keepsQueue" -}}
{{- $queue := dict -}}
{{- if hasKey . "sending_queue" -}}{{- $queue = .sending_queue -}}{{- end -}}
{{- if kindIs "invalid" $queue -}}
{{- else if not (kindIs "map" $queue) -}}
true
{{- else if not (or (deepEqual false $queue.enabled) (and (hasKey $queue "storage") (ne "file_storage" (toString $queue.storage)))) -}}
true
{{- end -}}
{{- end -}}

{{/* Bytes for a person who sets them, in whole Mi where there are any. */}}
{{- define "istio-lightstep.bytesText" -}}
{{- if lt (int64 .) 1048576 -}}{{- int64 . -}}{{- else -}}{{- div . 1048576 -}}Mi{{- end -}}
{{- end -}}

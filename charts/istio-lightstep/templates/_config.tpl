{{/*
The user's own configuration of the collector, as a part of the subject.
*/}}

{{/*
Lists under .subject.config each of its parts with its path, its kind (receivers, processors, …, pipelines, telemetry) and
its name, whether that is one of the chart's, and whether something .uses it, with the settings of exporters that say where
to and what each .keeps in a queue on the volume, and of receivers of OTLP whether they are deaf, without a protocol; under uses each name of a part in it, as
"istio-lightstep.uses" has them; under pipelines the further ones; under listens the ports at which it listens; and under
exporterSettings what service.telemetry and the parts do not know. Lists are made as JSON with a comma behind each item: a list that
grows is copied for each item.
*/}}
{{- define "istio-lightstep.ownConfig" -}}
{{- $subject := .subject -}}
{{- $steps := .steps -}}
{{- $at := dict -}}
{{- range list "collector.config" "collector.config.service.pipelines" "collector.config.service.telemetry" "collector.config.service.extensions" "collector.exporters" "collector.resource" "collector.tap.enabled" "collector.retryRefused.enabled" "collector.reload.enabled" "collector.mtls.mode" "collector.extraContainers" "global.tracer.lightstep.secure" -}}
  {{- include "istio-lightstep.find" (dict "root" $subject.values "path" . "into" $at) -}}
{{- end -}}
{{- $config := index $at "collector.config" -}}
{{- if kindIs "map" $config -}}
  {{- $ours := dict -}}
  {{- include "istio-lightstep.oursInConfig" (dict "subject" $subject "at" $at "into" $ours) -}}
  {{- $own := dict -}}
  {{- range list "receivers" "processors" "exporters" "connectors" "extensions" -}}
    {{- $parts := dict -}}
    {{- $given := index $config . -}}
    {{- range $name, $settings := ternary $given dict (kindIs "map" $given) -}}
      {{- if not (kindIs "invalid" $settings) -}}{{- $_ := set $parts $name $settings -}}{{- end -}}
    {{- end -}}
    {{- $_ := set $own . $parts -}}
  {{- end -}}
  {{- $pipelines := dict -}}
  {{- $given := index $at "collector.config.service.pipelines" -}}
  {{- range $name, $settings := ternary $given dict (kindIs "map" $given) -}}
    {{- if not (kindIs "invalid" $settings) -}}{{- $_ := set $pipelines $name (ternary $settings dict (kindIs "map" $settings)) -}}{{- end -}}
  {{- end -}}
  {{- $ports := list (ternary "9411" "4317" (eq (get $subject "receiver") "zipkin")) "8888" "13133" -}}
  {{- /* Parts of the configuration leave container reload its port also where it is not there yet: a Secret that is named later brings it. */ -}}
  {{- $later := ternary "8080" "" (deepEqual true (index $at "collector.reload.enabled")) -}}
  {{- if not (index $subject "types") -}}
    {{- if include "istio-lightstep.reloads" (dict "Values" $subject.values "_subject" $subject) -}}{{- $ports = append $ports "8080" -}}{{- end -}}
  {{- end -}}
  {{- /* Those of istio-proxy, as Istio's "Ports used by Istio" has them. */ -}}
  {{- if has (index $at "collector.mtls.mode") (list "STRICT" "PERMISSIVE") -}}
    {{- $ports = concat $ports (list "15000" "15001" "15004" "15006" "15008" "15009" "15020" "15021" "15053" "15090") -}}
  {{- end -}}
  {{- if deepEqual true (index $at "collector.tap.enabled") -}}{{- $ports = concat $ports (list "4319" "4320") -}}{{- end -}}
  {{- if deepEqual true (index $at "collector.retryRefused.enabled") -}}
    {{- if $subject.lightstep -}}{{- $ports = append $ports "4321" -}}{{- end -}}
    {{- range $i, $_ := $subject.backends -}}{{- $ports = append $ports (include "istio-lightstep.relayPort" $i) -}}{{- end -}}
  {{- end -}}
  {{- range $subject.backends -}}{{- if .drain -}}{{- $ports = append $ports "4322" -}}{{- end -}}{{- end -}}
  {{- $of := dict "ports" $ports "later" $later "subject" $subject "steps" $steps "own" $own "ours" $ours "pipelines" $pipelines "extensions" (index $at "collector.config.service.extensions") "containers" (index $at "collector.extraContainers") -}}
  {{- $lists := dict "config" (include "istio-lightstep.partsOfConfig" (set $of "used" (include "istio-lightstep.used" $of | fromJson))) -}}
  {{- $_ := set (set $lists "uses" (include "istio-lightstep.uses" $of)) "listens" (include "istio-lightstep.listens" $of) -}}
  {{- $_ := set $lists "pipelines" (include "istio-lightstep.pipelines" $of) -}}
  {{- range $list, $items := $lists -}}
    {{- with $items -}}{{- $_ := set $subject $list (printf "[%s]" (trimSuffix "," .) | fromJsonArray) -}}{{- end -}}
  {{- end -}}
  {{- include "istio-lightstep.spansOfLiterals" $of -}}
  {{- include "istio-lightstep.blocking" $of -}}
  {{- include "istio-lightstep.guarded" $of -}}
  {{- $telemetry := index $at "collector.config.service.telemetry" -}}
  {{- include "istio-lightstep.ownSettings" (set (set $of "facts" .facts) "telemetry" $telemetry) -}}
{{- end -}}
{{- end -}}

{{/*
Puts into .into, by kind, the names that are the chart's: true where it has a part of that name with these values. Takes the
.subject and what stands .at paths.
*/}}
{{- define "istio-lightstep.oursInConfig" -}}
{{- $subject := .subject -}}
{{- $tap := deepEqual true (index .at "collector.tap.enabled") -}}
{{- $token := and (deepEqual true (index .at "global.tracer.lightstep.secure")) (not (deepEqual true (index .at "collector.retryRefused.enabled"))) -}}
{{- $resource := dict -}}
{{- $given := index .at "collector.resource" -}}
{{- include "istio-lightstep.lay" (dict "base" $resource "over" (ternary $given dict (kindIs "map" $given))) -}}
{{- $receiver := get $subject "receiver" -}}
{{- $receivers := dict "otlp" (ne $receiver "zipkin") "zipkin" (eq $receiver "zipkin") "otlp/drained" false -}}
{{- $processors := dict "memory_limiter" true "resource" (not (empty $resource)) "batch/tap" $tap -}}
{{- $extensions := dict "health_check" true "file_storage" true "bearertokenauth" (and $subject.lightstep $token) -}}
{{- $exporters := dict "otlp_grpc/lightstep" $subject.lightstep "otlp_grpc/tap" $tap -}}
{{- $pipelines := dict "traces/tap" true "traces/drained" true -}}
{{- $further := index .at "collector.exporters" -}}
{{- range $name, $settings := ternary $further dict (kindIs "map" $further) -}}{{- $_ := set $exporters $name true -}}{{- end -}}
{{- range $subject.backends -}}
  {{- $_ := set $exporters .exporterName true -}}
  {{- $_ := set $processors (printf "resource/%s" .name) (not (or .drain (empty .resource))) -}}
  {{- $_ := set $pipelines (printf "traces/%s" .name) true -}}
  {{- $_ := set $extensions (printf "%s/%s" (.authName | default "bearertokenauth") .name) true -}}
{{- end -}}
{{- $_ := set (set (set .into "receivers" $receivers) "processors" $processors) "exporters" $exporters -}}
{{- $_ := set (set (set .into "extensions" $extensions) "pipelines" $pipelines) "connectors" dict -}}
{{- end -}}

{{/* The names in pipelines and among the extensions, as JSON: by list, each name with true. */}}
{{- define "istio-lightstep.used" -}}
{{- $used := dict "extensions" dict "receivers" dict "processors" dict "exporters" dict -}}
{{- range ternary .extensions list (kindIs "slice" .extensions) -}}{{- $_ := set $used.extensions (toString .) true -}}{{- end -}}
{{- range $pipeline := .pipelines -}}
  {{- range $list := list "receivers" "processors" "exporters" -}}
    {{- $names := index $pipeline $list -}}
    {{- range ternary $names list (kindIs "slice" $names) -}}{{- $_ := set (index $used $list) (toString .) true -}}{{- end -}}
  {{- end -}}
{{- end -}}
{{- toRawJson $used -}}
{{- end -}}

{{/* The parts of the configuration, as JSON: each with its path, kind and name, and whether it is the chart's, or used. */}}
{{- define "istio-lightstep.partsOfConfig" -}}
{{- range $kind, $parts := set (omit .own "pipelines") "pipelines" .pipelines -}}
  {{- range $name, $settings := $parts -}}
    {{- $path := printf "collector.config.%s.%s" (ternary "service.pipelines" $kind (eq $kind "pipelines")) (include "istio-lightstep.step" (set (omit $.steps "key") "key" $name)) -}}
    {{- $taken := hasKey (index $.ours $kind) $name -}}
    {{- $used := or $taken (eq $kind "pipelines") (hasKey (get $.used $kind | default dict) $name) -}}
    {{- if eq $kind "connectors" -}}{{- $used = or (hasKey $.used.receivers $name) (hasKey $.used.exporters $name) -}}{{- end -}}
    {{- $more := and (eq $kind "pipelines") (eq $name "traces") (not (empty (omit (ternary $settings dict (kindIs "map" $settings)) "processors"))) -}}
    {{- $part := dict "path" $path "kind" $kind "name" $name "taken" $taken "used" $used "more" $more -}}
    {{- $given := ternary $settings dict (kindIs "map" $settings) -}}
    {{- if and (eq $kind "receivers") (not $taken) (regexMatch `^otlp(/|$)` $name) -}}
      {{- $protocols := index $given "protocols" -}}
      {{- $_ := set $part "deaf" (empty (pick (ternary $protocols dict (kindIs "map" $protocols)) "grpc" "http")) -}}
    {{- end -}}
    {{- if and (eq $kind "exporters") $used (not $taken) -}}
      {{- with include "istio-lightstep.keptInQueue" (dict "name" $name "settings" $given "pipelines" $.pipelines "extensions" $.own.extensions) -}}
        {{- $_ := set $part "keeps" (fromJson .) -}}
      {{- end -}}
    {{- end -}}
    {{- toRawJson $part -}},
  {{- end -}}
{{- end -}}
{{- end -}}

{{/* The further pipelines, as JSON: each with its path and name, and whether something goes in and out (.ends). */}}
{{- define "istio-lightstep.pipelines" -}}
{{- range $name, $pipeline := omit .pipelines "traces" -}}
  {{- $path := printf "collector.config.service.pipelines.%s" (include "istio-lightstep.step" (set (omit $.steps "key") "key" $name)) -}}
  {{- $ends := not (or (empty (index $pipeline "receivers")) (empty (index $pipeline "exporters"))) -}}
  {{- dict "path" $path "name" $name "ends" $ends | toRawJson -}},
{{- end -}}
{{- end -}}

{{/*
The names of parts in pipelines and among the extensions, as JSON: each with its path, kind, name and type; whether it is in
the pipeline of proxies' spans (.main); whether a part of this name is .given, which a connector is where another pipeline
has its other end; whether it is there .twice; whether it sends spans .again that the chart's pipelines send there; whether it is
.unqueued, an exporter of the owner's that sends spans by OTLP from a queue in memory; whether it closes a .circle of
connectors, why it .drops every span, where it does, and what it .strips of spans: service, which is the name of it, or all
attributes. Of pipelines it has the signal, and whether it is a part of the owner's .own, and no connector.
*/}}
{{- define "istio-lightstep.uses" -}}
{{- $own := .own -}}
{{- $ours := .ours -}}
{{- $fed := dict "otlp" $ours.receivers.otlp "zipkin" $ours.receivers.zipkin -}}
{{- /* From the receiver of the proxies through up to three connectors. */ -}}
{{- range list 1 2 3 -}}
  {{- range $name, $pipeline := omit $.pipelines "traces" -}}
    {{- if include "istio-lightstep.carries" (dict "name" $name "pipeline" $pipeline "fed" $fed) -}}
      {{- $names := index $pipeline "exporters" -}}
      {{- range ternary $names list (kindIs "slice" $names) -}}
        {{- if hasKey $own.connectors (toString .) -}}{{- $_ := set $fed (toString .) true -}}{{- end -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- $circles := include "istio-lightstep.circles" $ | fromJson -}}
{{- $inTraces := dict -}}
{{- range $name, $there := $ours.processors -}}{{- if $there -}}{{- $_ := set $inTraces $name true -}}{{- end -}}{{- end -}}
{{- range $name, $pipeline := .pipelines -}}
  {{- $main := eq $name "traces" -}}
  {{- $path := printf "collector.config.service.pipelines.%s" (include "istio-lightstep.step" (set (omit $.steps "key") "key" $name)) -}}
  {{- $carries := include "istio-lightstep.carries" (dict "name" $name "pipeline" $pipeline "fed" $fed) -}}
  {{- range $kind, $other := dict "receivers" "exporters" "processors" "" "exporters" "receivers" -}}
    {{- $names := index $pipeline $kind -}}
    {{- if and (kindIs "slice" $names) (or (not $main) (eq $kind "processors")) -}}
      {{- $seen := ternary (deepCopy $inTraces) dict $main -}}
      {{- range $i, $part := $names -}}
        {{- if kindIs "string" $part -}}
          {{- $given := or (hasKey (index $own $kind) $part) (get (index $ours $kind) $part | default false) -}}
          {{- if and $other (hasKey $own.connectors $part) -}}{{- $given = or $given (hasKey (index $.used $other) $part) -}}{{- end -}}
          {{- $twice := and (eq $kind "processors") (hasKey $seen $part) -}}
          {{- $connector := printf "c %s %s" (splitList "/" $name | first) $part -}}
          {{- $step := printf "p %s\n%s" $name $connector -}}
          {{- if eq $kind "receivers" -}}{{- $step = printf "%s\np %s" $connector $name -}}{{- end -}}
          {{- $circle := and (ne $kind "processors") (hasKey $circles $step) -}}
          {{- $again := and (eq $kind "exporters") (not (empty $carries)) (get $ours.exporters $part | default false) -}}
          {{- $unqueued := false -}}
          {{- if and (eq $kind "exporters") (hasKey $own.exporters $part) (include "istio-lightstep.queueing" $part) (regexMatch `^traces(/|$)` $name) -}}
            {{- $at := dict -}}
            {{- range list "sending_queue.storage" "sending_queue.enabled" "retry_on_failure.enabled" "retry_on_failure.max_elapsed_time" -}}
              {{- include "istio-lightstep.find" (dict "path" . "root" (ternary (index $own.exporters $part) dict (kindIs "map" (index $own.exporters $part))) "into" $at) -}}
            {{- end -}}
            {{- $stored := and (kindIs "string" (index $at "sending_queue.storage")) (not (deepEqual false (index $at "sending_queue.enabled"))) -}}
            {{- $retries := and (include "istio-lightstep.endless" (index $at "retry_on_failure.max_elapsed_time")) (not (deepEqual false (index $at "retry_on_failure.enabled"))) -}}
            {{- $unqueued = not (and $stored $retries) -}}
          {{- end -}}
          {{- $drops := "" -}}
          {{- if and $main (hasKey $own.processors $part) -}}
            {{- $drops = include "istio-lightstep.drops" (dict "name" $part "settings" (index $own.processors $part)) -}}
          {{- end -}}
          {{- $strips := "" -}}
          {{- if and (eq $kind "processors") (hasKey $own.processors $part) (regexMatch `^traces(/|$)` $name) -}}
            {{- $strips = include "istio-lightstep.strips" (dict "name" $part "settings" (index $own.processors $part)) -}}
          {{- end -}}
          {{- $_ := set $seen $part true -}}
          {{- $use := dict "path" (printf "%s.%s[%d]" $path $kind $i) "kind" $kind "type" (splitList "/" $part | first) -}}
          {{- $_ := set (set $use "signal" (splitList "/" $name | first)) "own" (hasKey (index $own $kind) $part) -}}
          {{- if $drops -}}{{- $_ := set $use "drops" $drops -}}{{- end -}}
          {{- if $strips -}}{{- $_ := set $use "strips" $strips -}}{{- end -}}
          {{- set (set (set (set (set (set $use "unqueued" $unqueued) "main" $main) "given" $given) "twice" $twice) "again" $again) "circle" $circle | toRawJson -}},
        {{- end -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- range $i, $part := ternary .extensions list (kindIs "slice" .extensions) -}}
  {{- if kindIs "string" $part -}}
    {{- $given := or (hasKey $own.extensions $part) (get $ours.extensions $part | default false) -}}
    {{- $use := dict "path" (printf "collector.config.service.extensions[%d]" $i) "kind" "extensions" "type" (splitList "/" $part | first) -}}
    {{- set (set (set (set $use "main" false) "given" $given) "twice" false) "again" false | toRawJson -}},
  {{- end -}}
{{- end -}}
{{- end -}}

{{/* Sets .spans of each literal that is propagate in a processor or connector of a pipeline of traces. */}}
{{- define "istio-lightstep.spansOfLiterals" -}}
{{- $parts := dict -}}
{{- range $name, $pipeline := .pipelines -}}
  {{- range $list, $kind := ternary (dict "processors" "processors" "exporters" "connectors") dict (regexMatch `^traces(/|$)` $name) -}}
    {{- $names := index $pipeline $list -}}
    {{- range ternary $names list (kindIs "slice" $names) -}}
      {{- $_ := set $parts (printf "collector.config.%s.%s." $kind (include "istio-lightstep.step" (set (omit $.steps "key") "key" (toString .)))) true -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- range .subject.literals -}}
  {{- if and (deepEqual "propagate" .value) (hasKey $parts (regexFind `^collector\.config\.[a-z]+\.([^.\\]|\\.)+\.` .path)) -}}{{- $_ := set . "spans" true -}}{{- end -}}
{{- end -}}
{{- end -}}

{{/* Adds to exporterLosses each of the owner's exporters in a pipeline of traces whose queue blocks where it is full. */}}
{{- define "istio-lightstep.blocking" -}}
{{- $losses := dict -}}
{{- range $pipeline, $parts := omit .pipelines "traces" -}}
  {{- $names := index $parts "exporters" -}}
  {{- range $name := ternary $names list (and (kindIs "slice" $names) (regexMatch `^traces/` $pipeline)) -}}
    {{- $settings := get $.own.exporters (toString $name) -}}
    {{- if and (kindIs "map" $settings) (not (hasKey $.ours.exporters $name)) -}}
      {{- $path := printf "collector.config.exporters.%s" (include "istio-lightstep.step" (set (omit $.steps "key") "key" $name)) -}}
      {{- range include "istio-lightstep.exporterLosses" (dict "path" $path "settings" $settings) | fromJsonArray -}}
        {{- if eq .kind "blocks" -}}{{- $_ := set $losses .path . -}}{{- end -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- range $losses -}}{{- $_ := set $.subject "exporterLosses" (append ($.subject.exporterLosses | default list) .) -}}{{- end -}}
{{- end -}}

{{/*
Lists under .subject.unguarded each protocol of the owner's receivers that something uses whose authenticator is no extension
that the collector starts, with the path.
*/}}
{{- define "istio-lightstep.guarded" -}}
{{- $started := dict -}}
{{- range $name, $there := .ours.extensions -}}{{- if $there -}}{{- $_ := set $started $name true -}}{{- end -}}{{- end -}}
{{- range ternary .extensions list (kindIs "slice" .extensions) -}}
  {{- if hasKey $.own.extensions (toString .) -}}{{- $_ := set $started (toString .) true -}}{{- end -}}
{{- end -}}
{{- $unguarded := dict -}}
{{- range $name, $settings := .own.receivers -}}
  {{- if and (hasKey $.used.receivers $name) (not (hasKey $.ours.receivers $name)) -}}
    {{- range $protocol := list "grpc" "http" -}}
      {{- $auth := printf "protocols.%s.auth" $protocol -}}
      {{- $at := dict -}}
      {{- range list "authenticator" "enabled" -}}
        {{- include "istio-lightstep.find" (dict "root" $settings "path" (printf "%s.%s" $auth .) "into" $at) -}}
      {{- end -}}
      {{- $by := index $at (printf "%s.authenticator" $auth) | default "" | toString -}}
      {{- /* What has a reference may be any name. */ -}}
      {{- $named := and $by (not (contains "${" $by)) (not (deepEqual false (index $at (printf "%s.enabled" $auth)))) -}}
      {{- if and $named (not (hasKey $started $by)) -}}
        {{- $step := include "istio-lightstep.step" (set (omit $.steps "key") "key" $name) -}}
        {{- include "istio-lightstep.note" (list $unguarded (dict "path" (printf "collector.config.receivers.%s.%s.authenticator" $step $auth))) -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- with $unguarded -}}{{- $_ := set $.subject "unguarded" (include "istio-lightstep.noted" . | fromJsonArray) -}}{{- end -}}
{{- end -}}

{{/* Truthy where the .pipeline .name is one of spans that receives from one of .fed. */}}
{{- define "istio-lightstep.carries" -}}
{{- $names := index .pipeline "receivers" -}}
{{- if and (kindIs "slice" $names) (regexMatch `^traces(/|$)` .name) -}}
  {{- range $names -}}{{- if get $.fed (toString .) -}}true{{- end -}}{{- end -}}
{{- end -}}
{{- end -}}

{{/*
The ports at which parts listen that something uses, as JSON: each with its path, and whether it is .taken, by the chart or
by a part before it, .invalid, or .open to what is outside of the pod, which extensions are not meant to be. Of receivers that do not say whether they listen, only the ports of the chart count.
Then those of the owner's .containers, of which each is a .container.
*/}}
{{- define "istio-lightstep.listens" -}}
{{- $kinds := dict "receivers" (dict "all" "" "servers" `^(otlp|zipkin|jaeger)(/|$)`) "extensions" (dict "all" "" "servers" "") "exporters" (dict "all" `^prometheus(/|$)` "servers" "") -}}
{{- $seen := dict -}}
{{- with .later -}}{{- $_ := set $seen . "later" -}}{{- end -}}
{{- range .ports -}}{{- $_ := set $seen . true -}}{{- end -}}
{{- range $kind, $which := $kinds -}}
  {{- range $name, $settings := index $.own $kind -}}
    {{- if and (hasKey (index $.used $kind) $name) (regexMatch $which.all $name) (not (hasKey (index $.ours $kind) $name)) -}}
      {{- $path := printf "collector.config.%s.%s" $kind (include "istio-lightstep.step" (set (omit $.steps "key") "key" $name)) -}}
      {{- $found := include "istio-lightstep.listensBelow" (dict "value" $settings "path" $path "type" (splitList "/" $name | first) "steps" $.steps) -}}
      {{- range printf "[%s]" (trimSuffix "," $found) | fromJsonArray -}}
        {{- $taken := and (ne .port "") (hasKey $seen .port) -}}
        {{- if regexMatch $which.servers $name -}}{{- $_ := set $seen .port true -}}{{- end -}}
        {{- set (set . "taken" $taken) "open" (and .open (ne $kind "extensions")) | toRawJson -}},
      {{- end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- range $i, $container := ternary .containers list (kindIs "slice" .containers) -}}
  {{- if kindIs "map" $container -}}
    {{- $its := dict -}}
    {{- $ports := index $container "ports" -}}
    {{- range $n, $entry := ternary $ports list (kindIs "slice" $ports) -}}
      {{- if kindIs "map" $entry -}}
        {{- $port := index $entry "containerPort" -}}
        {{- if and (kindIs "float64" $port) (has (index $entry "protocol") (list nil "" "TCP")) -}}
          {{- $port = toJson $port -}}
          {{- $_ := set $its $port true -}}
          {{- dict "path" (printf "collector.extraContainers[%d].ports[%d].containerPort" $i $n) "port" $port "container" true "taken" (has (index $seen $port) (list true)) "open" false | toRawJson -}},
        {{- end -}}
      {{- end -}}
    {{- end -}}
    {{- range $port, $_ := $its -}}{{- $_ := set $seen $port true -}}{{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{/*
The addresses of this pod in .value at the .path, as JSON: each with its path and port. By its .type, and for OTLP by the
protocol, a part has a port of its own where it names none, and what it names must be an address to listen at.
*/}}
{{- define "istio-lightstep.listensBelow" -}}
{{- $port := `0*(6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}|[1-5]?[0-9]{1,4})` -}}
{{- $address := printf `^(?i:localhost|127\.[0-9.]+|0\.0\.0\.0|\[[0-9a-f:.]*\]|\$\{[^}]*\})?:%s$` $port -}}
{{- $valid := printf `^(\[[^\[\]]*\]|[^:\[\]]*):(%s|[a-z][-a-z0-9]*)$|\$\{[^}]*\}` $port -}}
{{- $servers := `^(otlp(\.grpc|\.http)?|zipkin|jaeger|prometheus|health_check|pprof|zpages)$` -}}
{{- $default := get (dict "zipkin" "9411" "health_check" "13133" "otlp.grpc" "4317" "otlp.http" "4318") .type -}}
{{- $value := ternary .value dict (kindIs "map" .value) -}}
{{- if and $default (kindIs "invalid" (get $value "endpoint" | default nil)) -}}
  {{- dict "path" .path "port" $default "open" false | toRawJson -}},
{{- end -}}
{{- range $key, $item := $value -}}
  {{- $path := printf "%s.%s" $.path (include "istio-lightstep.step" (set (omit $.steps "key") "key" $key)) -}}
  {{- if and (kindIs "string" $item) (eq $key "endpoint") -}}
    {{- if regexMatch $address $item -}}
      {{- $open := or (regexMatch `^(0\.0\.0\.0|\[::\])?:` $item) (and (hasPrefix "$" $item) (regexMatch $servers $.type)) -}}
      {{- dict "path" $path "port" (regexFind `[1-9][0-9]*$` $item) "open" $open | toRawJson -}},
    {{- else if and $item (regexMatch $servers $.type) (not (regexMatch $valid $item)) (not (hasPrefix "unix" (index $value "transport" | toString))) -}}
      {{- dict "path" $path "port" "" "invalid" true "open" false | toRawJson -}},
    {{- end -}}
  {{- else if or (kindIs "map" $item) (and (eq $.type "otlp.") (has $key (list "grpc" "http"))) -}}
    {{- $type := "" -}}
    {{- if and (eq $.type "otlp") (eq $key "protocols") -}}{{- $type = "otlp." -}}{{- end -}}
    {{- if eq $.type "otlp." -}}{{- $type = printf "otlp.%s" $key -}}{{- end -}}
    {{- include "istio-lightstep.listensBelow" (dict "value" $item "path" $path "type" $type "steps" $.steps) -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{/*
What exporters and other parts of the collector do not know of their settings, as parts of the subject.
*/}}

{{/*
Adds to exporterSettings what is wrong with the settings of the parts .own that are not .ours, and with the .telemetry of the
collector, and lists the readers among the parts.
*/}}
{{- define "istio-lightstep.ownSettings" -}}
{{- $wrong := dict "list" dict "keys" .facts.exporterKeys "words" .facts.words "steps" .steps "ofOwner" true -}}
{{- range $kind, $parts := omit .own "pipelines" -}}
  {{- range $name, $settings := $parts -}}
    {{- if not (hasKey (index $.ours $kind) $name) -}}
      {{- $signals := dict -}}
      {{- range $pipeline, $its := $.pipelines -}}
        {{- $names := index $its $kind -}}
        {{- if has $name (ternary $names list (kindIs "slice" $names)) -}}{{- $_ := set $signals (splitList "/" $pipeline | first) true -}}{{- end -}}
      {{- end -}}
      {{- $_ := set $wrong "signals" $signals -}}
      {{- $path := printf "collector.config.%s.%s" $kind (include "istio-lightstep.step" (set (omit $.steps "key") "key" $name)) -}}
      {{- $of := dict "name" $name "kind" $kind "path" $path "settings" $settings "wrong" $wrong -}}
      {{- include (ternary "istio-lightstep.exporterSettings" "istio-lightstep.partSettings" (eq $kind "exporters")) $of -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- $path := "collector.config.service.telemetry" -}}
{{- if kindIs "map" .telemetry -}}
  {{- include "istio-lightstep.settingsBelow" (dict "value" .telemetry "path" $path "is" .facts.exporterKeys.telemetry "expands" true "wrong" (set $wrong "of" "the collector's telemetry")) -}}
{{- end -}}
{{- with $wrong.list -}}
  {{- $before := $.subject.exporterSettings | default list -}}
  {{- $_ := set $.subject "exporterSettings" (include "istio-lightstep.noted" . | fromJsonArray | concat $before) -}}
{{- end -}}
{{- if kindIs "map" .telemetry -}}
  {{- $metrics := index .telemetry "metrics" -}}
  {{- if kindIs "map" $metrics -}}
    {{- if index $metrics "readers" -}}
      {{- $readers := dict "path" (printf "%s.metrics.readers" $path) "kind" "telemetry" "name" "readers" "taken" true "used" true "more" false -}}
      {{- $_ := set .subject "config" (append (.subject.config | default list) $readers) -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{/* Adds to .wrong.list what the exporter .name does not know of its .settings, at the .path, where the chart knows them. */}}
{{- define "istio-lightstep.exporterSettings" -}}
{{- if include "istio-lightstep.isOTLP" .name -}}
  {{- $keys := index .wrong.keys (include "istio-lightstep.otlpProtocol" .name) -}}
  {{- $wrong := set .wrong "of" "an OTLP exporter" -}}
  {{- include "istio-lightstep.settingsBelow" (dict "value" .settings "path" .path "is" $keys "expands" true "wrong" $wrong) -}}
{{- else -}}
  {{- include "istio-lightstep.partSettings" (set . "kind" "exporters") -}}
{{- end -}}
{{- /* It makes an exporter of OTLP by gRPC for each of its endpoints. */ -}}
{{- if regexMatch `^load_?balancing(/|$)` .name -}}
  {{- $at := dict -}}
  {{- include "istio-lightstep.find" (dict "root" .settings "path" "protocol.otlp" "into" $at) -}}
  {{- $inner := index $at "protocol.otlp" -}}
  {{- if not (kindIs "invalid" $inner) -}}
    {{- /* These have queues in memory. */ -}}
    {{- $wrong := set (set (omit .wrong "of") "of" "an OTLP exporter") "ofOwner" true -}}
    {{- include "istio-lightstep.settingsBelow" (dict "value" $inner "path" (printf "%s.protocol.otlp" .path) "is" .wrong.keys.grpc "expands" true "wrong" $wrong) -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{/* The same of a part of a .kind, such as processors, by its type. */}}
{{- define "istio-lightstep.partSettings" -}}
{{- $type := splitList "/" .name | first -}}
{{- with get (get .wrong.keys.parts .kind | default dict) $type -}}
  {{- $wrong := set $.wrong "of" (printf "%s of the type %s" (trimSuffix "s" $.kind) $type) -}}
  {{- include "istio-lightstep.settingsBelow" (dict "value" $.settings "path" $.path "is" . "expands" true "wrong" $wrong) -}}
{{- end -}}
{{- end -}}

{{/*
Adds to .wrong.list what the map .value at the .path has too few or too many of, or has wrong, by the needs of what it .is, as
files/rules.yaml tells of them.
*/}}
{{- define "istio-lightstep.needs" -}}
{{- $value := .value -}}
{{- $is := .is -}}
{{- range $need := $is.needs -}}
  {{- $there := 0 -}}
  {{- range $need.of -}}
    {{- $given := index $value . -}}
    {{- if not (ternary (kindIs "invalid" $given) (empty $given) (eq "any" (get $is . | toString))) -}}{{- $there = add1 $there -}}{{- end -}}
  {{- end -}}
  {{- $got := "" -}}
  {{- $at := "" -}}
  {{- $beside := omit $value "" -}}
  {{- range $need.beside -}}{{- $beside = omit $beside . -}}{{- end -}}
  {{- if and $need.beside (empty $beside) -}}
  {{- else if or (lt $there ($need.least | default 0 | int64)) (gt $there ($need.most | default 0 | int64)) -}}
    {{- $got = printf "%d of the keys %s" $there (join ", " $need.of) -}}
  {{- end -}}
  {{- $number := index $value ($need.number | default "") -}}
  {{- if kindIs "float64" $number -}}
    {{- $from := index $value $need.from -}}
    {{- $from = ternary $from $need.default (kindIs "float64" $from) -}}
    {{- if and (gt $number 0.0) (lt $number (addf $from $need.plus)) -}}{{- $got = printf "%v" $number -}}{{- end -}}
  {{- end -}}
  {{- range $key := $need.unique -}}
    {{- $seen := dict -}}
    {{- range $i, $text := ternary (index $value $key) list (kindIs "slice" (index $value $key)) -}}
      {{- if hasKey $seen (toString $text | lower) -}}{{- $got = "one that is there before" -}}{{- $at = printf "%s[%d]" $key $i -}}{{- end -}}
      {{- $_ := set $seen (toString $text | lower) true -}}
    {{- end -}}
  {{- end -}}
  {{- range $key := $need.patterns -}}
    {{- range $i, $item := ternary (index $value $key) list (kindIs "slice" (index $value $key)) -}}
      {{- $texts := ternary $item (dict "" $item) (kindIs "map" $item) -}}
      {{- range $name, $text := omit $texts "key" -}}
        {{- $is := kindIs "string" $text | ternary $text "" | include "istio-lightstep.isRegexp" -}}
        {{- if or (empty $is) (and (eq $name "value") (not (kindIs "string" $text))) -}}
          {{- $got = "none" -}}
          {{- $at = printf "%s[%d].%s" $key $i $name | trimSuffix "." -}}
        {{- end -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
  {{- range $key := $need.texts -}}
    {{- range $i, $text := ternary (index $value $key) list (kindIs "slice" (index $value $key)) -}}
      {{- if not (or (has $text $need.among) (contains "${" (toString $text))) -}}{{- $got = "another text" -}}{{- $at = printf "%s[%d]" $key $i -}}{{- end -}}
    {{- end -}}
  {{- end -}}
  {{- with $need.groups -}}
    {{- $pattern := index $value . | toString -}}
    {{- $groups := regexReplaceAll `\\Q.*?(\\E|$)|\\.|\[\^?\]?(\[:\^?[a-z]+:\]|\\.|[^\]\\])*\]` $pattern "" -}}
    {{- if and (index $value .) (not (contains "${" $pattern)) (include "istio-lightstep.isRegexp" $pattern) -}}
      {{- if regexMatch `\(([^?]|$)` $groups -}}{{- $got = "a group without a name" -}}
      {{- else if not (regexMatch `\(\?P?<` $groups) -}}{{- $got = "no group" -}}{{- end -}}
      {{- $at = . -}}
    {{- end -}}
  {{- end -}}
  {{- if $need.in -}}
    {{- $signals := dict -}}
    {{- range $need.in -}}{{- if hasKey ($.wrong.signals | default dict) . -}}{{- $_ := set $signals . true -}}{{- end -}}{{- end -}}
    {{- if empty $signals -}}{{- $got = "" -}}{{- end -}}
  {{- end -}}
  {{- range $key, $in := $need.where -}}
    {{- $given := index $value $key -}}
    {{- if not (has (ternary (toString $given | lower) $given (kindIs "string" $given)) $in) -}}{{- $got = "" -}}{{- end -}}
  {{- end -}}
  {{- if $got -}}
    {{- $path := $.path -}}
    {{- with $need.number | default $at -}}{{- $path = printf "%s.%s" $path . -}}{{- end -}}
    {{- include "istio-lightstep.note" (list $.wrong.list (dict "path" $path "got" $got "want" $need.want "fix" $need.fix)) -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{/*
Adds to .wrong.list what is wrong with the .value at the .path, and below it, by what it .is in files/rules.yaml,
exporterKeys. Where it .expands, a text with a reference may be anything. Null removes a key.
*/}}
{{- define "istio-lightstep.settingsBelow" -}}
{{- $value := .value -}}
{{- $is := .is -}}
{{- $type := get (dict "string" "string" "float64" "number" "bool" "boolean" "slice" "array" "map" "object" "invalid" "null") (kindOf $value) -}}
{{- $text := ternary $value (toJson $value) (eq $type "string") -}}
{{- $want := "" -}}
{{- $fix := "" -}}
{{- if and .expands (eq $type "string") (regexMatch `\$\{` $text) -}}
{{- else if kindIs "map" $is -}}
  {{- $isList := and (hasKey $is "[]") (or (eq $type "array") (not (hasKey $is "*"))) -}}
  {{- $wanted := ternary "array" "object" $isList -}}
  {{- if ne $type $wanted -}}
    {{- $want = (index .wrong.words $wanted).name | printf "a %s" -}}
    {{- $fix = (index .wrong.words $wanted).fix -}}
  {{- else if $isList -}}
    {{- range $i, $item := $value -}}
      {{- include "istio-lightstep.settingsBelow" (set (set (set (omit $ "value") "value" $item) "is" (index $is "[]")) "path" (printf "%s[%d]" $.path $i)) -}}
    {{- end -}}
  {{- else -}}
    {{- include "istio-lightstep.needs" $ -}}
    {{- range $key, $item := $value -}}
      {{- $path := printf "%s.%s" $.path (include "istio-lightstep.step" (set (omit $.wrong.steps "key") "key" $key)) -}}
      {{- $below := get (omit $is "needs") $key | default (get $is "*") -}}
      {{- if kindIs "invalid" $item -}}
      {{- else if and $below (contains "::" $key) -}}
        {{- include "istio-lightstep.note" (list $.wrong.list (dict "path" $path "got" "a name with ::" "want" "a name without ::" "fix" "write another name, as :: divides the keys of the collector")) -}}
      {{- else if empty $below -}}
        {{- $plain := regexReplaceAll `[-_]` (lower $key) "" | regexFind `^.{1,3}` -}}
        {{- $like := list -}}
        {{- $known := keys (omit $is "needs") | sortAlpha -}}
        {{- range $known -}}
          {{- if hasPrefix $plain (replace "_" "" .) -}}{{- $like = append $like . -}}{{- end -}}
        {{- end -}}
        {{- include "istio-lightstep.note" (list $.wrong.list (dict "path" $path "of" $.wrong.of "known" ($like | default $known))) -}}
      {{- else -}}
        {{- $expands := and $.expands (not (has $key (list "sending_queue" "retry_on_failure"))) -}}
        {{- include "istio-lightstep.settingsBelow" (set (set (set (set (omit $ "value") "value" $item) "is" $below) "path" $path) "expands" $expands) -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
{{- else if kindIs "slice" $is -}}
  {{- if not (has $value $is) -}}
    {{- $named := list -}}
    {{- range $is -}}{{- if not (has . (list "")) -}}{{- $named = append $named . -}}{{- end -}}{{- end -}}
    {{- $want = join " or " $named -}}
    {{- $fix = printf "write %s%s" $want (ternary ", in quotes" "" (and (kindIs "string" (index $is 0)) (ne $type "string"))) -}}
  {{- end -}}
{{- else -}}
  {{- $kind := index .wrong.keys.kinds $is -}}
  {{- $good := and (has $type $kind.is) (mustRegexMatch (get $kind "matches") $text) -}}
  {{- if and $good $kind.regexp -}}{{- $good = include "istio-lightstep.isRegexp" $text -}}{{- end -}}
  {{- if and $kind.chart .wrong.ofOwner -}}{{- $good = or (empty $kind.is) (has $type $kind.is) -}}{{- end -}}
  {{- if not $good -}}
    {{- $want = $kind.want -}}
    {{- $fix = $kind.fix -}}
  {{- end -}}
{{- end -}}
{{- if $want -}}
  {{- $got := printf "a %s" (index .wrong.words $type).name | replace "a null" "null" -}}
  {{- include "istio-lightstep.note" (list .wrong.list (dict "path" .path "got" $got "want" $want "fix" (printf "%s, or remove the line to use the default" $fix))) -}}
{{- end -}}
{{- end -}}

{{/* Truthy where the text ., in which $$ stands for $, is a regular expression, or has a reference, which may be any. */}}
{{- define "istio-lightstep.isRegexp" -}}
{{- if or (contains "${" .) (regexMatch (printf "|%s" (replace "$$" "$" .)) "") -}}true{{- end -}}
{{- end -}}

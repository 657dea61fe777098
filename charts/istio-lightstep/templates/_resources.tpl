{{/*
The resources of the containers, as a part of the subject.
*/}}

{{/*
Lists under .subject.resources each quantity of each container's requests and limits with its path, its kind (cpu, bytes or
other), the amount and state that its reading gives, and, of a limit, the amount of the request beside it, and its text.
.used tells whether there is such a container, where there is a collector. .extra are the user's own containers.
*/}}
{{- define "istio-lightstep.resources" -}}
{{- $subject := .subject -}}
{{- $switches := dict "collector" "" "collector.reload" "collector.reload.enabled" "collector.retryRefused" "collector.retryRefused.enabled" "collector.tap" "collector.tap.enabled" "test" "" -}}
{{- $containers := list -}}
{{- range $container, $switch := $switches -}}
  {{- $at := dict -}}
  {{- range list "requests" "limits" -}}
    {{- include "istio-lightstep.find" (dict "root" $subject.values "path" (printf "%s.resources.%s" $container .) "into" $at) -}}
  {{- end -}}
  {{- $used := true -}}
  {{- with $switch -}}
    {{- include "istio-lightstep.find" (dict "root" $subject.values "path" . "into" $at) -}}
    {{- $used = deepEqual true (index $at .) -}}
  {{- end -}}
  {{- $requests := index $at (printf "%s.resources.requests" $container) -}}
  {{- $limits := index $at (printf "%s.resources.limits" $container) -}}
  {{- $containers = append $containers (dict "path" $container "requests" $requests "limits" $limits "used" $used) -}}
{{- end -}}
{{- range $i, $extra := .extra -}}
  {{- if kindIs "map" $extra -}}
    {{- if kindIs "map" $extra.resources -}}
      {{- $path := printf "collector.extraContainers[%d]" $i -}}
      {{- $containers = append $containers (dict "path" $path "requests" $extra.resources.requests "limits" $extra.resources.limits "used" true) -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- $resources := list -}}
{{- range $container := $containers -}}
  {{- $requests := $container.requests -}}
  {{- $readings := dict -}}
  {{- range $name, $given := ternary $requests dict (kindIs "map" $requests) -}}
    {{- $reading := dict -}}
    {{- include "istio-lightstep.quantity" (dict "given" $given "into" $reading) -}}
    {{- $_ := set $readings $name $reading -}}
  {{- end -}}
  {{- range $of := list "limits" "requests" -}}
    {{- $path := printf "%s.resources.%s" $container.path $of -}}
    {{- if kindIs "map" (index $container $of) -}}
      {{- range $name, $given := index $container $of -}}
        {{- if not (kindIs "invalid" $given) -}}
          {{- $entry := dict -}}
          {{- if eq $of "requests" -}}
            {{- $entry = index $readings $name -}}
          {{- else -}}
            {{- include "istio-lightstep.quantity" (dict "given" $given "into" $entry) -}}
          {{- end -}}
          {{- $entry = set (omit $entry "bytes") "used" $container.used -}}
          {{- $_ := set $entry "path" (printf "%s.%s" $path (include "istio-lightstep.step" (set (omit $.steps "key") "key" $name))) -}}
          {{- $_ := set $entry "kind" (ternary "bytes" "other" (regexMatch `^(memory|ephemeral-storage|hugepages-.*)$` $name)) -}}
          {{- if eq $name "cpu" -}}{{- $_ := set $entry "kind" "cpu" -}}{{- end -}}
          {{- if and (eq $of "limits") (hasKey $readings $name) -}}
            {{- $request := index $requests $name -}}
            {{- $reading := index $readings $name -}}
            {{- if ne $reading.state "malformed" -}}
              {{- $_ := set (set $entry "request" $reading.amount) "requestText" (ternary $request (toJson $request) (kindIs "string" $request)) -}}
            {{- end -}}
          {{- end -}}
          {{- $resources = append $resources $entry -}}
        {{- end -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- with $resources -}}{{- $_ := set $subject "resources" . -}}{{- end -}}
{{- end -}}

{{/*
Lists under .subject.unbounded each limit of the collector's memory in the user's own configuration, of Go or of a
memory_limiter, that its container's limit is not above, with how to set it right.
*/}}
{{- define "istio-lightstep.unbounded" -}}
{{- $at := dict -}}
{{- include "istio-lightstep.find" (dict "root" .subject.values "path" "collector.resources.limits.memory" "into" $at) -}}
{{- $limit := dict -}}
{{- include "istio-lightstep.quantity" (dict "given" (index $at "collector.resources.limits.memory") "into" $limit) -}}
{{- $unbounded := dict -}}
{{- range ternary .subject.literals list (eq $limit.state "ok") -}}
  {{- $given := dict "amount" 0.0 -}}
  {{- $fix := "remove the entry, to have half of that limit; or write less than the limit, or raise it" -}}
  {{- if and (hasPrefix "collector.env[" .path) (hasSuffix ".GOMEMLIMIT" .name) -}}
    {{- /* Go has these units of Kubernetes, with a B behind them. */ -}}
    {{- if regexMatch `^[0-9]{1,18}([KMGT]i)?B?$` (toString .value) -}}
      {{- include "istio-lightstep.quantity" (dict "given" (toString .value | trimSuffix "B") "into" $given) -}}
    {{- end -}}
  {{- else if and (kindIs "float64" .value) (regexMatch `^collector\.config\.processors\.memory_limiter/([^.\\]|\\.)*\.limit_mib$` .path) -}}
    {{- $_ := set $given "amount" (mulf .value 1048576.0) -}}
    {{- $fix = "write limit_percentage, for example 80, in the place of limit_mib: it is of that limit" -}}
  {{- end -}}
  {{- if ge $given.amount $limit.amount -}}{{- include "istio-lightstep.note" (list $unbounded (dict "path" .path "fix" $fix)) -}}{{- end -}}
{{- end -}}
{{- with $unbounded -}}{{- $_ := set $.subject "unbounded" (include "istio-lightstep.noted" . | fromJsonArray) -}}{{- end -}}
{{- end -}}

{{/* Lists under .subject.mounts what the .extra containers mount, each with its path. */}}
{{- define "istio-lightstep.mounts" -}}
{{- with include "istio-lightstep.eachMount" .extra -}}
  {{- $_ := set $.subject "mounts" (printf "[%s]" (trimSuffix "," .) | fromJsonArray) -}}
{{- end -}}
{{- end -}}

{{/* The same of the list . as JSON, with a comma behind each: a list that grows is copied for each item. */}}
{{- define "istio-lightstep.eachMount" -}}
{{- range $i, $extra := . -}}
  {{- if kindIs "map" $extra -}}
    {{- range $n, $mount := ternary $extra.volumeMounts list (kindIs "slice" $extra.volumeMounts) -}}
      {{- if kindIs "map" $mount -}}
        {{- toRawJson (dict "path" (printf "collector.extraContainers[%d].volumeMounts[%d].name" $i $n) "name" $mount.name) -}},
      {{- end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{/*
The resources of the containers, as a part of the subject.
*/}}

{{/*
Lists under .subject.resources each quantity of each container's requests and limits with its path, its kind (cpu, bytes or
other), the amount and state that its reading gives, and, of a limit, the amount of the request beside it, and its text.
.used tells whether there is such a container, where there is a collector.
*/}}
{{- define "istio-lightstep.resources" -}}
{{- $subject := .subject -}}
{{- $containers := dict "collector" "" "collector.reload" "collector.reload.enabled" "collector.retryRefused" "collector.retryRefused.enabled" "collector.tap" "collector.tap.enabled" "test" "" -}}
{{- $resources := list -}}
{{- range $container, $switch := $containers -}}
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
  {{- $readings := dict -}}
  {{- range $name, $given := ternary $requests dict (kindIs "map" $requests) -}}
    {{- $reading := dict -}}
    {{- include "istio-lightstep.quantity" (dict "given" $given "into" $reading) -}}
    {{- $_ := set $readings $name $reading -}}
  {{- end -}}
  {{- range $of := list "limits" "requests" -}}
    {{- $path := printf "%s.resources.%s" $container $of -}}
    {{- if kindIs "map" (index $at $path) -}}
      {{- range $name, $given := index $at $path -}}
        {{- if not (kindIs "invalid" $given) -}}
          {{- $entry := dict -}}
          {{- if eq $of "requests" -}}
            {{- $entry = index $readings $name -}}
          {{- else -}}
            {{- include "istio-lightstep.quantity" (dict "given" $given "into" $entry) -}}
          {{- end -}}
          {{- $entry = set (omit $entry "bytes") "used" $used -}}
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

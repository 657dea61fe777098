{{/*
What of the collector's parts its image may lack, and connectors that lead in a circle, as parts of the subject.
*/}}

{{/*
Lists under .subject.strangers each exporter and each part of collector.config whose type is not among .components, with its
path, its kind and its type. A _ in a type does not count.
*/}}
{{- define "istio-lightstep.strangers" -}}
{{- $found := dict -}}
{{- range .subject.exporters -}}
  {{- if eq .place "exporters" -}}
    {{- include "istio-lightstep.stranger" (dict "part" . "kind" "exporters" "components" $.components "found" $found) -}}
  {{- end -}}
{{- end -}}
{{- range .subject.config -}}
  {{- if and (hasKey $.components .kind) (not .taken) -}}
    {{- include "istio-lightstep.stranger" (dict "part" . "kind" .kind "components" $.components "found" $found) -}}
  {{- end -}}
{{- end -}}
{{- with $found -}}{{- $_ := set $.subject "strangers" (include "istio-lightstep.noted" . | fromJsonArray) -}}{{- end -}}
{{- end -}}

{{- define "istio-lightstep.stranger" -}}
{{- $type := splitList "/" .part.name | first -}}
{{- /* Of what can be no name of a part, that is told. */ -}}
{{- if regexMatch `^[A-Za-z][0-9A-Za-z_]*$` $type -}}
  {{- if not (contains (printf " %s " (replace "_" "" $type)) (printf " %s " (index .components .kind))) -}}
    {{- include "istio-lightstep.note" (list .found (dict "path" .part.path "kind" (trimSuffix "s" .kind) "type" $type)) -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{/*
The steps, between .pipelines of one signal and the connectors in .own that join them, that close a circle, as the keys of a
JSON object: "p PIPELINE" and "c SIGNAL CONNECTOR", with a line break in between.
*/}}
{{- define "istio-lightstep.circles" -}}
{{- $next := dict -}}
{{- range $name, $pipeline := .pipelines -}}
  {{- $of := printf "p %s" $name -}}
  {{- $signal := splitList "/" $name | first -}}
  {{- range $kind := list "exporters" "receivers" -}}
    {{- $names := index $pipeline $kind -}}
    {{- range ternary $names list (kindIs "slice" $names) -}}
      {{- if hasKey $.own.connectors (toString .) -}}
        {{- $connector := printf "c %s %s" $signal (toString .) -}}
        {{- $from := ternary $of $connector (eq $kind "exporters") -}}
        {{- if not (hasKey $next $from) -}}{{- $_ := set $next $from dict -}}{{- end -}}
        {{- include "istio-lightstep.note" (list (index $next $from) (ternary $connector $of (eq $kind "exporters"))) -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- $state := dict -}}
{{- $closes := dict -}}
{{- range $name, $_ := .pipelines -}}
  {{- $node := printf "p %s" $name -}}
  {{- if not (hasKey $state $node) -}}
    {{- include "istio-lightstep.follow" (dict "node" $node "next" $next "state" $state "closes" $closes "depth" 0) -}}
  {{- end -}}
{{- end -}}
{{- toRawJson $closes -}}
{{- end -}}

{{/* Follows .next from the .node: a step to what is still open closes a circle. Helm lets no template call itself a thousand times. */}}
{{- define "istio-lightstep.follow" -}}
{{- $_ := set .state .node "open" -}}
{{- range get .next .node | default dict -}}
  {{- if not (hasKey $.state .) -}}
    {{- if lt $.depth 400 -}}
      {{- include "istio-lightstep.follow" (set (set (omit $ "node") "node" .) "depth" (add1 $.depth | int)) -}}
    {{- end -}}
  {{- else if eq (index $.state .) "open" -}}
    {{- $_ := set $.closes (printf "%s\n%s" $.node .) "" -}}
  {{- end -}}
{{- end -}}
{{- $_ := set .state .node "done" -}}
{{- end -}}

{{/*
What sends to the collector itself, which then sends every span again and again.
*/}}

{{/*
Says under .loops of each exporter, backend and exporter of collector.config in the .subject, and under .subject.loops of
LightStep's address, that it is a collector of this chart, and lists among the parts of collector.config where the collector's
own spans go to one: by the names of its Services and pods, as they are or by
fullnameOverride and nameOverride in the namespace of the release; or by a variable that is the pod's own name or address, or,
of exporters, by its local addresses, with the port of the receiver of proxies. .root is what templates have.
*/}}
{{- define "istio-lightstep.loops" -}}
{{- $subject := .subject -}}
{{- $own := include "istio-lightstep.collector" .root | regexQuoteMeta -}}
{{- $domain := `(\.svc(\.[-.a-z0-9]+)?)?` -}}
{{- $these := `([-a-z0-9]+\.)?([-a-z0-9]+-)?istio-lightstep(-[a-z0-9]+)*-collector(-metrics|-[0-9]+)?(\.[-a-z0-9]+` -}}
{{- $this := printf `(%s-[0-9]+\.)?%s(-metrics|-[0-9]+)?(\.%s` $own $own (regexQuoteMeta .root.Release.Namespace) -}}
{{- $start := `([a-z]+:/{2,3})?([^/@]*@)?` -}}
{{- $names := printf `^(?i:%s((%s%s)?)|(%s%s)?))\.?(:|/|$))` $start $these $domain $this $domain -}}
{{- $variables := list "HOSTNAME" -}}
{{- range $subject.environment -}}
  {{- $from := dict -}}
  {{- include "istio-lightstep.find" (dict "root" . "path" "valueFrom.fieldRef.fieldPath" "into" $from) -}}
  {{- if and (has (index $from "valueFrom.fieldRef.fieldPath") (list "metadata.name" "status.podIP" "status.podIPs")) (kindIs "string" .name) -}}
    {{- $variables = append $variables (regexQuoteMeta .name) -}}
  {{- end -}}
{{- end -}}
{{- $pod := printf `\[?\$\{(env:)?(%s)(:-[^}]*)?\}\]?` (join "|" $variables) -}}
{{- $local := `(([-a-z0-9]+\.)*localhost\.?|ip6-(localhost|loopback)|127\.[0-9.]+|0\.0\.0\.0|\[[0:]*:(0{0,3}1?|ffff:(127\.[0-9.]+|7f[0-9a-f]{2}:[0-9a-f]+))\])?` -}}
{{- $port := printf ":0*%s(/|$)" (ternary "9411" "4317" (eq (get $subject "receiver") "zipkin")) -}}
{{- $names = printf `%s|^(?i:%s%s%s)` $names $start $pod $port -}}
{{- $places := printf `%s|^(?i:%s%s%s)` $names $start $local $port -}}
{{- $at := dict -}}
{{- range list "global.tracer.lightstep.address" "collector.config.exporters" "collector.config.service.telemetry.traces.level" "collector.config.service.telemetry.traces.processors" -}}
  {{- include "istio-lightstep.find" (dict "root" $subject.values "path" . "into" $at) -}}
{{- end -}}
{{- if include "istio-lightstep.leads" (dict "value" (index $at "global.tracer.lightstep.address") "to" $names) -}}
  {{- $_ := set $subject "loops" true -}}
{{- end -}}
{{- range $subject.backends -}}
  {{- if include "istio-lightstep.leads" (dict "value" .url "to" $names) -}}{{- $_ := set . "loops" true -}}{{- end -}}
{{- end -}}
{{- range $subject.exporters -}}
  {{- $used := .settings -}}
  {{- if eq "traces_endpoint" (get . "at") -}}{{- $used = omit .settings "endpoint" -}}{{- end -}}
  {{- if include "istio-lightstep.leads" (dict "value" $used "to" $places) -}}{{- $_ := set . "loops" true -}}{{- end -}}
{{- end -}}
{{- $given := index $at "collector.config.exporters" -}}
{{- range $subject.config -}}
  {{- if eq .kind "exporters" -}}
    {{- if include "istio-lightstep.leads" (dict "value" (index $given .name) "to" $places) -}}{{- $_ := set . "loops" true -}}{{- end -}}
  {{- end -}}
{{- end -}}
{{- $processors := index $at "collector.config.service.telemetry.traces.processors" -}}
{{- if ne "none" (index $at "collector.config.service.telemetry.traces.level" | toString | lower) -}}
  {{- range $i, $processor := ternary $processors list (kindIs "slice" $processors) -}}
    {{- $batch := index (ternary $processor dict (kindIs "map" $processor)) "batch" -}}
    {{- if include "istio-lightstep.leads" (dict "value" $batch "to" $places) -}}
      {{- $part := dict "path" (printf "collector.config.service.telemetry.traces.processors[%d]" $i) "kind" "traces" "name" "traces" "taken" false "used" true "more" false "loops" true -}}
      {{- $_ := set $subject "config" (append ($subject.config | default list) $part) -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{/* Truthy where .value is, or has under a key that says where to, a text that matches .to. */}}
{{- define "istio-lightstep.leads" -}}
{{- if kindIs "string" .value -}}
  {{- if regexMatch .to .value -}}true{{- end -}}
{{- else if kindIs "slice" .value -}}
  {{- range .value -}}{{- include "istio-lightstep.leads" (dict "value" . "to" $.to) -}}{{- end -}}
{{- else if kindIs "map" .value -}}
  {{- range $key, $item := .value -}}
    {{- if or (kindIs "map" $item) (has $key (list "endpoint" "endpoints" "hostname" "hostnames" "service" "tracesEndpoint" "traces_endpoint" "url")) -}}
      {{- include "istio-lightstep.leads" (dict "value" $item "to" $.to) -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{/*
Receivers in the cluster to which collectors would connect through a proxy, as a part of the subject.
*/}}

{{/*
Lists under .subject.proxied each receiver in the cluster that the proxy of collector.env is used for, as NO_PROXY does not
have its host: the path of the proxy's entry, the host, and .of, the path of its address. gRPC asks for the proxy of https,
whatever it speaks. What is not in the values, such as a variable from a ConfigMap, is taken for right.
*/}}
{{- define "istio-lightstep.proxied" -}}
{{- $subject := .subject -}}
{{- $set := dict -}}
{{- range $subject.environment -}}
  {{- if and .proxy (or .valueFrom .value) -}}
    {{- /* That in capitals counts before the other. */ -}}
    {{- $before := get $set .proxy | default (dict "name" "") -}}
    {{- if or (not $before.name) (and (eq .name .proxy) (ne $before.name .proxy)) -}}{{- $_ := set $set .proxy . -}}{{- end -}}
  {{- end -}}
{{- end -}}
{{- $exceptions := get $set "NO_PROXY" | default (dict "value" "") -}}
{{- $readable := and (kindIs "string" $exceptions.value) (not (get $exceptions "valueFrom")) -}}
{{- if $readable -}}{{- $readable = and (not (contains "$(" $exceptions.value)) (lt (len $exceptions.value) 100000) -}}{{- end -}}
{{- if and $readable (or (hasKey $set "HTTPS_PROXY") (hasKey $set "HTTP_PROXY")) -}}
  {{- $except := dict -}}
  {{- range splitList "," $exceptions.value -}}{{- $_ := set $except (trim . | lower | trimPrefix "*") "" -}}{{- end -}}
  {{- $at := dict -}}
  {{- range list "values.clusterDomain" "values.global.tracer.lightstep.address" -}}
    {{- include "istio-lightstep.find" (dict "root" $subject "path" . "into" $at) -}}
  {{- end -}}
  {{- $places := dict -}}
  {{- if $subject.lightstep -}}
    {{- include "istio-lightstep.note" (list $places (dict "of" "global.tracer.lightstep.address" "address" (index $at "values.global.tracer.lightstep.address") "grpc" true)) -}}
  {{- end -}}
  {{- range $subject.backends -}}
    {{- if not (and (eq .protocol "http") (index .exporter "proxy_url")) -}}
      {{- include "istio-lightstep.note" (list $places (dict "of" (printf "%s.%s" .path .at) "address" .url "grpc" (eq .protocol "grpc"))) -}}
    {{- end -}}
  {{- end -}}
  {{- range $subject.exporters -}}
    {{- if and (eq .place "exporters") (kindIs "map" .settings) -}}
      {{- if not (index .settings "proxy_url") -}}
        {{- include "istio-lightstep.note" (list $places (dict "of" (printf "%s.%s" .path .at) "address" .url "grpc" (eq "grpc" (include "istio-lightstep.otlpProtocol" .name)))) -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
  {{- $domain := index $at "values.clusterDomain" | toString | regexQuoteMeta -}}
  {{- $proxied := dict -}}
  {{- range $places -}}
    {{- $address := kindIs "string" .address | ternary .address "" -}}
    {{- $scheme := regexFind `^[A-Za-z][A-Za-z0-9+.-]*://` $address | lower -}}
    {{- $proxy := get (dict "https://" "HTTPS_PROXY" "http://" "HTTP_PROXY") $scheme -}}
    {{- if .grpc -}}{{- $proxy = "HTTPS_PROXY" -}}{{- end -}}
    {{- $authority := regexReplaceAll `^([A-Za-z][A-Za-z0-9+.-]*://+)?([^/?#]*@)?` $address "" | regexFind `^[^/?#]*` | lower -}}
    {{- $host := regexReplaceAll `:[0-9]*$` $authority "" -}}
    {{- if and (hasKey $set $proxy) (include "istio-lightstep.inCluster" (dict "host" $host "domain" $domain)) -}}
      {{- $port := regexFind `:[0-9]+$` $authority | default (ternary ":80" ":443" (eq $scheme "http://")) -}}
      {{- $rest := $host -}}
      {{- $names := list "" $host -}}
      {{- range splitList "." $host -}}
        {{- $rest = trimPrefix "." $rest | trimPrefix . -}}
        {{- $names = concat $names (list $rest (trimPrefix "." $rest)) -}}
      {{- end -}}
      {{- $excepted := false -}}
      {{- range without $names "" -}}
        {{- if or (hasKey $except .) (hasKey $except (printf "%s%s" . $port)) -}}{{- $excepted = true -}}{{- end -}}
      {{- end -}}
      {{- /* That of "*", of which nothing is left, and not that of a comma too many. */ -}}
      {{- if regexMatch `(^|,)\s*\*\s*(,|$)` $exceptions.value -}}{{- $excepted = true -}}{{- end -}}
      {{- if not $excepted -}}
        {{- include "istio-lightstep.note" (list $proxied (dict "path" (index $set $proxy).path "host" $host "of" .of)) -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
  {{- with $proxied -}}{{- $_ := set $subject "proxied" (include "istio-lightstep.noted" . | fromJsonArray) -}}{{- end -}}
{{- end -}}
{{- end -}}

{{/*
Truthy where a .host is a name of a Service: without a dot, below svc or svc. and the cluster's .domain, or NAME.NAMESPACE.
Two words may be a name on the internet too, so the second one is none of a few letters, nor one that such names end in.
*/}}
{{- define "istio-lightstep.inCluster" -}}
{{- $word := `[a-z0-9]([-a-z0-9]*[a-z0-9])?` -}}
{{- $ends := `(academy|agency|arpa|asia|bank|click|cloud|company|corp|digital|email|energy|example|finance|global|group|health|home|host|info|internal|intranet|invalid|life|link|live|local|localdomain|localhost|media|mobi|name|network|online|page|private|services|site|software|solutions|space|store|studio|systems|team|tech|technology|test|tools|work|works|world|zone)` -}}
{{- if or (regexMatch `^(.*\.)?localhost\.?$` .host) (not (regexMatch `[a-z]` .host)) -}}
{{- else if regexMatch (printf `^%s(\.%s)+\.svc(\.%s)?\.?$|^%s$` $word $word .domain $word) .host -}}true
{{- else if regexMatch (printf `^%s\.([-a-z0-9]{4,})$` $word) .host -}}
  {{- if not (regexMatch (printf `\.%s$` $ends) .host) -}}true{{- end -}}
{{- end -}}
{{- end -}}

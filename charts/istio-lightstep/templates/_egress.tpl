{{/*
Lists under .subject.egress each place that the collector sends spans to: the path of its address, and the port, empty where
the address does not tell it, and of a Service the .domain of its cluster, and whether it is a .service by its name. Where a policy asks for them, also the other ports that collectors connect to by these values:
of token services, of proxies, of exporters in collector.config, and of the Kubernetes API.
*/}}
{{- define "istio-lightstep.egress" -}}
{{- $subject := .subject -}}
{{- $at := dict -}}
{{- include "istio-lightstep.find" (dict "root" $subject "path" "values.global.tracer.lightstep.address" "into" $at) -}}
{{- $places := dict -}}
{{- $listens := `^collector\.config\.exporters\.prometheus(/[^.]*)?\.` -}}
{{- $addresses := `^(collector\.(exporters|config)|backends)\..*\.proxy_url$|^(collector\.config\.extensions|backends\.([^.\\]|\\.)+\.auth)\..*\.(token|issuer)_url$|^collector\.config\.(service\.telemetry|exporters\.([^.\\]|\\.)+)\.(.*\.)?([a-z]+_)?endpoint$` -}}
{{- if $subject.lightstep -}}
  {{- include "istio-lightstep.note" (list $places (dict "path" "global.tracer.lightstep.address" "address" (index $at "values.global.tracer.lightstep.address"))) -}}
{{- end -}}
{{- range $subject.backends -}}
  {{- include "istio-lightstep.note" (list $places (dict "path" (printf "%s.%s" .path .at) "address" .url)) -}}
{{- end -}}
{{- range $subject.exporters -}}
  {{- /* These send nothing over the network. */ -}}
  {{- if and (eq .place "exporters") (kindIs "map" .settings) (not (regexMatch `^(debug|file|nop)(/|$)` .name)) -}}
    {{- include "istio-lightstep.note" (list $places (dict "path" .path "address" .url)) -}}
  {{- end -}}
{{- end -}}
{{- include "istio-lightstep.find" (dict "root" $subject "path" "values.collector.networkPolicy.egress.enabled" "into" $at) -}}
{{- if deepEqual true (index $at "values.collector.networkPolicy.egress.enabled") -}}
  {{- range $subject.literals -}}
    {{- if and (regexMatch $addresses .path) (not (regexMatch $listens .path)) -}}
      {{- include "istio-lightstep.note" (list $places (dict "path" .path "address" .value "maybe" true)) -}}
    {{- end -}}
  {{- end -}}
  {{- range $subject.environment -}}
    {{- if has .proxy (list "HTTPS_PROXY" "HTTP_PROXY") -}}
      {{- include "istio-lightstep.note" (list $places (dict "path" .path "address" .value "maybe" (not (kindIs "map" .valueFrom)))) -}}
    {{- end -}}
  {{- end -}}
  {{- /* The Service's port, and the one behind it, which a network may judge a call by. */ -}}
  {{- range $asker := $subject.askers -}}
    {{- range list "https://:443" "https://:6443" -}}
      {{- include "istio-lightstep.note" (list $places (dict "path" $asker.path "address" .)) -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- $egress := dict -}}
{{- include "istio-lightstep.find" (dict "root" $subject "path" "values.clusterDomain" "into" $at) -}}
{{- $domain := index $at "values.clusterDomain" | toString | regexQuoteMeta -}}
{{- range $places -}}
  {{- $address := kindIs "string" .address | ternary .address "" -}}
  {{- $authority := regexReplaceAll `^[A-Za-z][A-Za-z0-9+.-]*://+` $address "" | regexFind `^[^/?#]*` -}}
  {{- $port := regexFind `:[0-9]{1,5}$` $authority | trimPrefix ":" -}}
  {{- if and (not $port) (not (regexMatch `[$][{(]` $address)) -}}
    {{- if hasPrefix "https://" (lower $address) -}}{{- $port = "443" -}}{{- else if hasPrefix "http://" (lower $address) -}}{{- $port = "80" -}}{{- end -}}
  {{- end -}}
  {{- if or $port (not .maybe) -}}
    {{- $of := regexReplaceAll `^([^.]+\.){2,}?svc\.` (regexFind `^([^.]+\.){2,}?svc\.[-.a-z0-9]+` (lower $authority)) "" | trimSuffix "." -}}
    {{- $host := regexReplaceAll `^[^@]*@|:[0-9]*$` (lower $authority) "" -}}
    {{- $service := include "istio-lightstep.inCluster" (dict "host" $host "domain" $domain) | empty | not -}}
    {{- include "istio-lightstep.note" (list $egress (dict "path" .path "port" $port "domain" $of "service" $service)) -}}
  {{- end -}}
{{- end -}}
{{- with $egress -}}{{- $_ := set $subject "egress" (include "istio-lightstep.noted" . | fromJsonArray) -}}{{- end -}}
{{- end -}}

{{/*
Names and places, each asked here once. A second release, or one for another revision, gets names of its own.
*/}}

{{/* What fits the collector: a Service's name starts with a letter and has no dot, a StatefulSet's has 52 characters. */}}
{{- define "istio-lightstep.fullname" -}}
{{- $release := regexReplaceAll "^([0-9])" (replace "." "-" .Release.Name) "r${1}" -}}
{{- $name := .Values.nameOverride | default .Chart.Name | toString -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride -}}
{{- else if contains $name $release -}}
{{- $release | trunc 42 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" $release $name | trunc 42 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* Flux adds the digest to the version of a chart from a registry, 0.1.0+DIGEST, and a label has no plus sign. */}}
{{- define "istio-lightstep.labels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
app.kubernetes.io/version: {{ .Chart.AppVersion | replace "+" "_" | trunc 63 | trimSuffix "_" | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimAll "-_." }}
{{- include "istio-lightstep.aliasLabel" . }}
{{- include "istio-lightstep.commonLabels" . }}
{{- end -}}

{{/* Labels of pods: without a version, which would replace the collectors at each upgrade of the chart. */}}
{{- define "istio-lightstep.podLabels" -}}
{{ include "istio-lightstep.chartPodLabels" . }}
{{- include "istio-lightstep.commonLabels" . }}
{{- end -}}

{{- define "istio-lightstep.chartPodLabels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- include "istio-lightstep.aliasLabel" . }}
{{- end -}}

{{/*
Of a dependency that has an alias, .Chart.Name is that, and with it the label by which all objects are selected. It stays, as
two aliases of one release must differ, and a StatefulSet keeps its selector; another label, on a line that follows others,
says what chart it is. internal/collector looks for either.
*/}}
{{- define "istio-lightstep.aliasLabel" -}}
{{- if ne .Chart.Name "istio-lightstep" }}
istio-lightstep.io/alias-of: istio-lightstep
{{- end -}}
{{- end -}}

{{/* The user's own labels, on lines that follow others. */}}
{{- define "istio-lightstep.commonLabels" -}}
{{- with include "istio-lightstep.given" .Values.commonLabels | fromYaml }}
{{ toYaml . }}
{{- end -}}
{{- end -}}

{{/* The user's own annotations of all objects: nothing where there are none. */}}
{{- define "istio-lightstep.commonAnnotations" -}}
{{- with include "istio-lightstep.given" .Values.commonAnnotations | fromYaml }}{{ toYaml . }}{{ end -}}
{{- end -}}

{{/* The same as the annotations of an object that has no others, on the lines after its labels. */}}
{{- define "istio-lightstep.annotated" -}}
{{- with include "istio-lightstep.commonAnnotations" . }}
  annotations:
    {{- . | nindent 4 }}
{{- end -}}
{{- end -}}

{{/* Labels of an object that one control plane alone is to heed. */}}
{{- define "istio-lightstep.revisionLabels" -}}
{{ include "istio-lightstep.labels" . }}
{{- with .Values.istio.revision }}
istio.io/rev: {{ . | quote }}
{{- end }}
{{- end -}}

{{- define "istio-lightstep.rootNamespace" -}}
{{- .Values.istio.rootNamespace | default .Values.istio.namespace -}}
{{- end -}}

{{/*
Name of the extension provider, the shared mesh ConfigMap and the Telemetry. As a value of YAML it needs toYaml: a name such
as "on" would be a boolean.
*/}}
{{- define "istio-lightstep.provider" -}}
{{- include "istio-lightstep.fullname" . -}}
{{- end -}}

{{- define "istio-lightstep.collector" -}}
{{- include "istio-lightstep.fullname" . }}-collector
{{- end -}}

{{- define "istio-lightstep.collectorSelector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
app.kubernetes.io/component: collector
{{- end -}}

{{- define "istio-lightstep.collectorHost" -}}
{{- printf "%s.%s.svc.%s" (include "istio-lightstep.collector" .) .Release.Namespace .Values.clusterDomain -}}
{{- end -}}

{{/* The host that leads to all collectors, and where their metrics are there. */}}
{{- define "istio-lightstep.collectorReplicas" -}}
{{- printf "%s-metrics.%s.svc.%s" (include "istio-lightstep.collector" .) .Release.Namespace .Values.clusterDomain -}}
{{- end -}}

{{- define "istio-lightstep.collectorMetrics" -}}
{{- printf "%s:8888" (include "istio-lightstep.collectorReplicas" .) -}}
{{- end -}}

{{/* Secret with the CA. Istio's injection templates mount lightstep.cacert and no other name. */}}
{{- define "istio-lightstep.cacertSecret" -}}
{{- if .Values.cacert.existingSecret.name -}}
{{- .Values.cacert.existingSecret.name -}}
{{- else if and .Values.cacert.pem (eq ._subject.delivery "collector") -}}
{{- include "istio-lightstep.fullname" . | trimPrefix "istio-" }}.cacert
{{- else -}}
lightstep.cacert
{{- end -}}
{{- end -}}

{{- define "istio-lightstep.tokenSecret" -}}
{{- .Values.accessTokenFrom.name | default (printf "%s-access-token" (include "istio-lightstep.fullname" .)) -}}
{{- end -}}

{{/* Environment variable of istiod that holds the token, one for each release. */}}
{{- define "istio-lightstep.tokenEnv" -}}
{{- include "istio-lightstep.fullname" . | upper | replace "-" "_" | replace "." "_" }}_ACCESS_TOKEN
{{- end -}}

{{/* Host of the satellite, without port and brackets. */}}
{{- define "istio-lightstep.satelliteHost" -}}
{{- regexReplaceAll "\\]?:[0-9]+$" (trimPrefix "[" .Values.global.tracer.lightstep.address) "" -}}
{{- end -}}

{{- define "istio-lightstep.satellitePort" -}}
{{- .Values.global.tracer.lightstep.address | splitList ":" | last -}}
{{- end -}}

{{/*
Where proxies send when they send themselves, as JSON: .host and .port, .secure, .http with the .path there, the .headers,
each {name, value} or {name, envName}, and for each envName the .secrets, {env, name, key}.
*/}}
{{- define "istio-lightstep.directTarget" -}}
{{- $target := dict "http" false "headers" list "secrets" list -}}
{{- if include "istio-lightstep.toLightstep" . -}}
  {{- $env := include "istio-lightstep.tokenEnv" . -}}
  {{- $_ := set (set $target "host" (include "istio-lightstep.satelliteHost" .)) "port" (include "istio-lightstep.satellitePort" .) -}}
  {{- $_ := set (set $target "secure" .Values.global.tracer.lightstep.secure) "headers" (list (dict "name" .Values.collector.headerName "envName" $env)) -}}
  {{- $_ := set $target "secrets" (list (dict "env" $env "name" (include "istio-lightstep.tokenSecret" .) "key" .Values.accessTokenFrom.key)) -}}
{{- else -}}
  {{- $backend := first ._subject.backends -}}
  {{- $place := trimPrefix "dns:///" $backend.endpoint -}}
  {{- if eq $backend.protocol "http" -}}
    {{- $url := urlParse ($backend.tracesEndpoint | default (printf "%s/v1/traces" (trimSuffix "/" $backend.endpoint))) -}}
    {{- $place = $url.host -}}
    {{- if not (regexMatch ":[0-9]+$" $place) -}}{{- $place = printf "%s:%s" $place (ternary "80" "443" $backend.plaintext) -}}{{- end -}}
    {{- $path := $url.path | default "/" -}}
    {{- with $url.query -}}{{- $path = printf "%s?%s" $path . -}}{{- end -}}
    {{- $_ := set (set $target "http" true) "path" $path -}}
  {{- end -}}
  {{- $_ := set $target "host" (regexReplaceAll "\\]?:[0-9]+$" (trimPrefix "[" $place) "") -}}
  {{- $_ := set (set $target "port" (splitList ":" $place | last)) "secure" (not $backend.plaintext) -}}
  {{- $taken := dict -}}
  {{- range ._subject.backendHeaders -}}
    {{- if hasKey . "text" -}}
      {{- $_ := set $target "headers" (append $target.headers (dict "name" .name "value" (kindIs "string" .text | ternary .text (toJson .text)))) -}}
    {{- else -}}
      {{- $env := printf "%s_%s_%s" (include "istio-lightstep.fullname" $) .backend .name | upper | replace "-" "_" | replace "." "_" -}}
      {{- /* Names that differ in - . or _ alone are one variable by this; each has its own. */ -}}
      {{- if hasKey $taken $env -}}{{- $env = printf "%s_%s" $env (sha256sum .name | trunc 8 | upper) -}}{{- end -}}
      {{- $_ := set $taken $env "" -}}
      {{- $_ := set $target "headers" (append $target.headers (dict "name" .name "envName" $env)) -}}
      {{- $_ := set $target "secrets" (append $target.secrets (dict "env" $env "name" .secret.name "key" .secret.key)) -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- $_ := set $target "isIP" (or (contains ":" $target.host) (regexMatch "^[0-9.]+$" $target.host)) -}}
{{- toJson $target -}}
{{- end -}}

{{/*
Host under which the proxies know it. That of a backend outside of the cluster is its own, where it has a name: what stands
in front of a vendor's looks at it.
*/}}
{{- define "istio-lightstep.directHost" -}}
{{- $host := printf "satellite.%s.internal" (include "istio-lightstep.fullname" .) -}}
{{- if not (include "istio-lightstep.toLightstep" .) -}}
  {{- $target := include "istio-lightstep.directTarget" . | fromJson -}}
  {{- if and (contains "." $target.host) (not $target.isIP) (not (regexMatch `\.svc(\.|$)` $target.host)) -}}{{- $host = lower $target.host -}}{{- end -}}
{{- end -}}
{{- .Values.direct.host | default $host -}}
{{- end -}}

{{/* Truthy where spans go to LightStep: not where there are backends alone. */}}
{{- define "istio-lightstep.toLightstep" -}}
{{- if ._subject.lightstep -}}true{{- end -}}
{{- end -}}

{{/* Truthy where TLS to the satellite is verified by a CA of the user's. */}}
{{- define "istio-lightstep.ownCA" -}}
{{- if include "istio-lightstep.toLightstep" . -}}
{{- with .Values.global.tracer.lightstep -}}
{{- if and .secure .cacertPath -}}true{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* Truthy where the satellite is given by its IP address, for which there is no name to send in a handshake. */}}
{{- define "istio-lightstep.satelliteIsIP" -}}
{{- $host := include "istio-lightstep.satelliteHost" . -}}
{{- if or (contains ":" $host) (regexMatch "^[0-9.]+$" $host) -}}true{{- end -}}
{{- end -}}

{{/* Percentage of requests to trace, as a bare number whether it was given as one or as text. */}}
{{- define "istio-lightstep.sampling" -}}
{{- .Values.pilot.traceSampling | toJson | trimAll "\"" -}}
{{- end -}}

{{/* Directory in which proxies and collectors find the CA. */}}
{{- define "istio-lightstep.cacertDirectory" -}}
{{- ._subject.cacert.directory -}}
{{- end -}}

{{/* List .theirs with each entry of .ours added, or put in the place of theirs of the same name. */}}
{{- define "istio-lightstep.mergeByName" -}}
{{- $names := list -}}
{{- range .ours -}}{{- $names = append $names .name -}}{{- end -}}
{{- $merged := list -}}
{{- range .theirs -}}
  {{- if not (has .name $names) -}}{{- $merged = append $merged . -}}{{- end -}}
{{- end -}}
{{- concat $merged .ours | toYaml -}}
{{- end -}}

{{/* The project's own image. */}}
{{- define "istio-lightstep.image" -}}
{{- include "istio-lightstep.imageOf" (dict "image" .Values.image "tag" .Chart.AppVersion "global" .Values.global) -}}
{{- end -}}

{{/* The .image, of the .tag where it names none. The registry of .global is for what nobody else chose. */}}
{{- define "istio-lightstep.imageOf" -}}
{{- $repository := .image.repository -}}
{{- $registry := .image.registry -}}
{{- if has $repository (list "ghcr.io/istio-lightstep/istio-lightstep" "otel/opentelemetry-collector-contrib") -}}
  {{- $registry = $registry | default .global.imageRegistry -}}
  {{- if $registry -}}{{- $repository = trimPrefix "ghcr.io/" $repository -}}{{- end -}}
{{- end -}}
{{- with $registry -}}{{- trimSuffix "/" . }}/{{- end -}}
{{- $repository -}}{{- .image.digest | empty | ternary (printf ":%s" (.image.tag | default .tag)) (printf "@%s" .image.digest) -}}
{{- end -}}

{{/* Image pull Secrets of all pods. */}}
{{- define "istio-lightstep.pullSecrets" -}}
{{- $secrets := list -}}
{{- range concat (.Values.global.imagePullSecrets | default list) .Values.collector.image.pullSecrets -}}
  {{- $secrets = append $secrets (kindIs "string" . | ternary (dict "name" .) .) -}}
{{- end -}}
{{- with $secrets }}{{ uniq . | toYaml }}{{ end -}}
{{- end -}}

{{/* ServiceAccount of the release's pods. */}}
{{- define "istio-lightstep.serviceAccount" -}}
{{- .Values.serviceAccount.name | default (ternary (include "istio-lightstep.collector" .) "default" .Values.serviceAccount.create) -}}
{{- end -}}

{{/* Namespace of `helm test`: that of the token's Secret. */}}
{{- define "istio-lightstep.testNamespace" -}}
{{- ternary .Release.Namespace .Values.istio.namespace (eq ._subject.delivery "collector") -}}
{{- end -}}

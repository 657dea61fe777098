{{/*
What the control plane must be told, in the two parts in which all its documents carry it: mesh config and values.
*/}}

{{- define "istio-lightstep.meshConfig" -}}
{{- $subject := ._subject -}}
{{- if and (eq $subject.dialect.native "meshConfig") (eq $subject.delivery "native") -}}
{{ include "istio-lightstep.nativeMeshConfig" . }}
{{- else if and (eq (toString $subject.receiver) "zipkin") (ne $subject.dialect.native "values") -}}
enableTracing: true
defaultConfig:
  tracing:
    sampling: {{ include "istio-lightstep.sampling" . }}
    zipkin:
      address: {{ include "istio-lightstep.collectorHost" . }}:9411
{{- else if and $subject.dialect.shared (not .Values.meshConfig.shared) -}}
enableTracing: true
extensionProviders:
  {{- include "istio-lightstep.mergeByName" (dict "theirs" .Values.controlPlane.extensionProviders "ours" (include "istio-lightstep.extensionProvider" . | fromYaml | list)) | nindent 2 }}
{{- end -}}
{{- end -}}

{{/* The tracer that the proxies of 1.6 to 1.14 contain, and the TLS settings beside it. */}}
{{- define "istio-lightstep.nativeMeshConfig" -}}
{{- $lightstep := .Values.global.tracer.lightstep -}}
enableTracing: true
defaultConfig:
  tracing:
    sampling: {{ include "istio-lightstep.sampling" . }}
    lightstep:
      address: {{ $lightstep.address | quote }}
      accessToken: {{ $lightstep.accessToken | quote }}
    {{- if $lightstep.secure }}
    tlsSettings:
      mode: SIMPLE
      caCertificates: {{ $lightstep.cacertPath | quote }}
      {{- if not (include "istio-lightstep.satelliteIsIP" .) }}
      sni: {{ include "istio-lightstep.satelliteHost" . | quote }}
      {{- end }}
    {{- else if has .Values.output ._subject.dialect.caPathAlways }}
    tlsSettings:
      mode: DISABLE
      caCertificates: {{ $lightstep.cacertPath | quote }}
    {{- end }}
{{- end -}}

{{/* The provider by which proxies send: to the collector, or to the satellite with the token from istiod's environment. */}}
{{- define "istio-lightstep.extensionProvider" -}}
name: {{ include "istio-lightstep.provider" . | toYaml }}
opentelemetry:
  {{- with .Values.telemetry.serviceAttributeEnrichment }}
  serviceAttributeEnrichment: {{ . }}
  {{- end }}
  {{- if eq ._subject.delivery "collector" }}
  service: {{ .Release.Namespace }}/{{ include "istio-lightstep.collectorHost" . }}
  port: 4317
  {{- else }}
  service: {{ include "istio-lightstep.rootNamespace" . }}/{{ include "istio-lightstep.directHost" . }}
  port: {{ .Values.direct.port }}
  {{- $target := include "istio-lightstep.directTarget" . | fromJson }}
  {{- if $target.http }}
  http:
    path: {{ $target.path | quote }}
    timeout: 5s
    {{- with $target.headers }}
    headers:
      {{- include "istio-lightstep.directHeaders" . | nindent 6 }}
    {{- end }}
  {{- else }}
  grpc:
    timeout: 5s
    {{- with $target.headers }}
    initialMetadata:
      {{- include "istio-lightstep.directHeaders" . | nindent 6 }}
    {{- end }}
  {{- end }}
  {{- end }}
{{- end -}}

{{/* The headers . as an extension provider has them. */}}
{{- define "istio-lightstep.directHeaders" -}}
{{- range $i, $header := . }}
{{- if $i }}
{{ end }}- name: {{ .name | quote }}
  {{ if hasKey . "envName" }}envName: {{ .envName }}{{ else }}value: {{ .value | quote }}{{ end }}
{{- end }}
{{- end -}}

{{/* Helm values of the control plane. */}}
{{- define "istio-lightstep.controlPlaneValues" -}}
{{- $subject := ._subject -}}
{{- if and (eq $subject.dialect.native "values") (eq $subject.delivery "native") -}}
{{ include "istio-lightstep.nativeValues" . }}
{{- else if eq $subject.dialect.native "values" -}}
{{ include "istio-lightstep.zipkinValues" . }}
{{- else if and $subject.dialect.native (eq $subject.delivery "native") -}}
global:
  proxy:
    tracer: lightstep
pilot:
  traceSampling: {{ include "istio-lightstep.sampling" . }}
{{- else if not $subject.dialect.shared -}}
global:
  proxy:
    tracer: zipkin
{{- if $subject.dialect.native }}
pilot:
  traceSampling: {{ include "istio-lightstep.sampling" . }}
{{- end }}
{{- else -}}
{{- if not .Values.meshConfig.shared -}}
global:
  proxy:
    tracer: none
{{ end -}}
{{- include "istio-lightstep.istiodEnvironment" . -}}
{{- if and (eq $subject.delivery "direct") (include "istio-lightstep.ownCA" .) }}
sidecarInjectorWebhook:
  defaultTemplates:
    {{- append (.Values.controlPlane.defaultTemplates | default (list "sidecar")) (include "istio-lightstep.provider" .) | uniq | toYaml | nindent 4 }}
  templates:
    {{ include "istio-lightstep.provider" . | toYaml }}: |
      {{- include "istio-lightstep.sidecarTemplate" . | nindent 6 }}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* The values of the task itself, as Istio 1.4 and 1.5 read them. */}}
{{- define "istio-lightstep.nativeValues" -}}
{{- $lightstep := .Values.global.tracer.lightstep -}}
global:
  enableTracing: true
  proxy:
    tracer: lightstep
  tracer:
    lightstep:
      address: {{ $lightstep.address | quote }}
      accessToken: {{ $lightstep.accessToken | quote }}
      secure: {{ $lightstep.secure }}
      cacertPath: {{ $lightstep.cacertPath | quote }}
pilot:
  traceSampling: {{ include "istio-lightstep.sampling" . }}
{{- end -}}

{{/* The values by which the proxies of Istio 1.4 and 1.5, gateways among them, send to the collector. */}}
{{- define "istio-lightstep.zipkinValues" -}}
global:
  enableTracing: true
  proxy:
    tracer: zipkin
  tracer:
    zipkin:
      address: {{ include "istio-lightstep.collectorHost" . }}:9411
pilot:
  traceSampling: {{ include "istio-lightstep.sampling" . }}
{{- end -}}

{{/* What istiod's environment holds: the name of the shared mesh ConfigMap, and the token where proxies send it. */}}
{{- define "istio-lightstep.istiodEnvironment" -}}
{{- $direct := eq ._subject.delivery "direct" -}}
{{- $secrets := list -}}
{{- if $direct -}}{{- $secrets = (include "istio-lightstep.directTarget" . | fromJson).secrets -}}{{- end -}}
{{- if or .Values.meshConfig.shared $secrets -}}
pilot:
  {{- if .Values.meshConfig.shared }}
  env:
    SHARED_MESH_CONFIG: {{ include "istio-lightstep.provider" . | toYaml }}
  {{- end }}
  {{- if $secrets }}
  envVarFrom:
    {{- include "istio-lightstep.mergeByName" (dict "theirs" .Values.controlPlane.envVarFrom "ours" (include "istio-lightstep.tokenVariables" . | fromYamlArray)) | nindent 4 }}
  {{- end }}
{{- end -}}
{{- end -}}

{{/* Optional, or istiod could not restart once the Secret is gone. */}}
{{- define "istio-lightstep.tokenVariables" -}}
{{- $variables := list -}}
{{- range (include "istio-lightstep.directTarget" . | fromJson).secrets -}}
  {{- $key := dict "name" .name "key" .key "optional" true -}}
  {{- $variables = append $variables (dict "name" .env "valueFrom" (dict "secretKeyRef" $key)) -}}
{{- end -}}
{{- toYaml $variables -}}
{{- end -}}

{{/* Injection template that mounts the CA in the sidecar, in the list of containers where this minor's injector puts it. */}}
{{- define "istio-lightstep.sidecarTemplate" -}}
{{- if eq ._subject.dialect.nativeSidecars "env" -}}
{{ `{{- $nativeSidecar := eq (index .ObjectMeta.Annotations "sidecar.istio.io/nativeSidecar" | default (env "ENABLE_NATIVE_SIDECARS" "false")) "true" }}` }}
{{- else -}}
{{ `{{- $nativeSidecar := ne (index .ObjectMeta.Annotations "sidecar.istio.io/nativeSidecar" | default (printf "%t" .NativeSidecars)) "false" }}` }}
{{- end }}
spec:
  {{ `{{- if $nativeSidecar }}` }}
  initContainers:
  {{ `{{- else }}` }}
  containers:
  {{ `{{- end }}` }}
  - name: istio-proxy
    volumeMounts:
    - name: lightstep-certs
      mountPath: {{ include "istio-lightstep.cacertDirectory" . }}
      readOnly: true
  volumes:
  - name: lightstep-certs
    secret:
      secretName: lightstep.cacert
      optional: true
{{- end -}}

{{/* Where gateways mount the CA in Istio's own gateway charts: under the kind of gateway that each of ours is. */}}
{{- define "istio-lightstep.secretVolumes" -}}
{{- $ours := list (dict "name" "lightstep-certs" "secretName" "lightstep.cacert" "mountPath" (include "istio-lightstep.cacertDirectory" .)) -}}
{{- $kinds := dict -}}
{{- range .Values.gateways -}}{{- $_ := set $kinds (ternary "egressgateway" "ingressgateway" (eq .name "istio-egressgateway")) "" -}}{{- end -}}
gateways:
{{- range $kind := keys $kinds | sortAlpha }}
  istio-{{ $kind }}:
    secretVolumes:
      {{- /* Istio's defaults, which setting the list would drop. */}}
      {{- $theirs := list -}}
      {{- range list "certs" "ca-certs" -}}
        {{- $theirs = append $theirs (dict "name" (printf "%s-%s" $kind .) "secretName" (printf "istio-%s-%s" $kind .) "mountPath" (printf "/etc/istio/%s-%s" $kind .)) -}}
      {{- end -}}
      {{- $theirs = include "istio-lightstep.mergeByName" (dict "theirs" $theirs "ours" $.Values.controlPlane.gateways.secretVolumes) | fromYamlArray -}}
      {{- include "istio-lightstep.mergeByName" (dict "theirs" $theirs "ours" $ours) | nindent 6 }}
{{- end -}}
{{- end -}}

{{/* Truthy where gateways mount the CA by their own values. */}}
{{- define "istio-lightstep.gatewaysMountCA" -}}
{{- if and ._subject.dialect.gatewayVolumes (ne ._subject.delivery "collector") .Values.gateways (include "istio-lightstep.ownCA" .) -}}true{{- end -}}
{{- end -}}

{{/* Warnings as comments, for those who keep the document and never see NOTES. */}}
{{- define "istio-lightstep.warningComments" -}}
{{- range ._problems }}
{{- if eq .severity "warning" }}
# {{ .path }}: {{ .reason }} [{{ .id }}]
{{- end }}
{{- end }}
{{- end -}}

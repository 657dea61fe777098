{{/* A value as people are told it: (list $ VALUE), without the secrets of the values. */}}
{{- define "istio-lightstep.told" -}}
{{- include "istio-lightstep.hidden" (first .) -}}
{{- include "istio-lightstep.mask" (dict "text" (last . | toString) "hidden" (first .).Values._hidden) -}}
{{- end -}}

{{/*
What these values come to, in ten lines for a person; in NOTES and by `istio-lightstep explain`.
*/}}
{{- define "istio-lightstep.explain" -}}
{{- $subject := .Values._subject -}}
{{- $lightstep := .Values.global.tracer.lightstep -}}
{{- $address := include "istio-lightstep.told" (list $ $lightstep.address) -}}
{{- $cacertPath := include "istio-lightstep.told" (list $ $lightstep.cacertPath) -}}
{{- $tokenSecret := include "istio-lightstep.told" (list $ (include "istio-lightstep.tokenSecret" .)) -}}
{{- $delivery := $subject.delivery -}}
{{- $receiver := toString $subject.receiver -}}
{{- $toLightstep := include "istio-lightstep.toLightstep" . -}}
{{- $away := ternary "satellite" "backend" (and (not (empty $toLightstep)) (empty $subject.backends)) -}}
Istio           {{ include "istio-lightstep.told" (list $ $subject.istio.version) }}: {{ if eq $delivery "native" }}Envoy's LightStep tracer, configured by {{ eq $subject.dialect.native "values" | ternary "the values of its charts" "mesh config" }}
{{- else if and $subject.dialect.native (eq $receiver "zipkin") }}Zipkin's tracer; spans leave as Zipkin's
{{- else if eq $receiver "zipkin" }}has no LightStep tracer and no OpenTelemetry tracer yet; spans leave as Zipkin's
{{- else }}OpenTelemetry tracer, by the extension provider {{ include "istio-lightstep.provider" . }}{{ end }}
Route           {{ if eq $delivery "collector" }}proxies -> {{ include "istio-lightstep.collectorHost" . }}:{{ include "istio-lightstep.collectorPort" . }} -> {{ include "istio-lightstep.explainTargets" . }}
{{- else }}proxies -> {{ include "istio-lightstep.explainTargets" . }}{{ end }} (delivery {{ $delivery }})
{{- if include "istio-lightstep.lightstepHost" $lightstep.address }}
End of life     LightStep reached its end of life on 2026-03-01, or reaches it at the end of your contract
{{- end }}
Control plane   {{ include "istio-lightstep.explainControlPlane" . }}
Sampling        {{ include "istio-lightstep.sampling" . }} % of the requests
{{- range $subject.backends }}
Backend         {{ include "istio-lightstep.explainBackend" (list $ .) }}
{{- end }}
{{- if $toLightstep }}
Access token    {{ if eq $delivery "native" }}in clear in the mesh ConfigMap and in every injected pod: this Istio knows no other way
{{- else if eq $delivery "collector" }}in Secret {{ .Release.Namespace }}/{{ $tokenSecret }}, read by the collector alone{{ if $lightstep.secure }}; a new one needs no restart{{ end }}
{{- else }}in Secret {{ include "istio-lightstep.told" (list $ .Values.istio.namespace) }}/{{ $tokenSecret }}, read by istiod at its start, and in clear in proxies' config dumps{{ end }}
TLS             {{ if not $lightstep.secure }}none: spans and token travel in clear
{{- else if $lightstep.cacertPath }}verified by the CA in Secret {{ include "istio-lightstep.told" (list $ (include "istio-lightstep.cacertSecret" .)) }}, key {{ include "istio-lightstep.told" (list $ $subject.cacert.key) }}
{{- else }}verified by the public certificate authorities{{ end }}{{ if eq $delivery "collector" }}; in clear from proxy to collector, inside the cluster{{ end }}
CA mounted      {{ if not (include "istio-lightstep.ownCA" .) }}nowhere: none is needed
{{- else if eq $delivery "collector" }}in the collector at {{ $cacertPath }}; applications need none
{{- if or (include "istio-lightstep.reloadsCA" .) (include "istio-lightstep.relays" .) }}; a new one needs no restart{{ end }}
{{- else }}at {{ $cacertPath }} in every injected pod and gateway; the Secret must be in {{ range $i, $namespace := include "istio-lightstep.caNamespaces" . | fromJsonArray }}{{ if $i }}, {{ end }}{{ include "istio-lightstep.told" (list $ $namespace) }}{{ end }}{{ end }}
{{- end }}
{{ printf "%s away" (title $away) | printf "%-15s" }} {{ if eq $delivery "collector" }}spans wait {{ .Values.collector.persistence.enabled | ternary "on a volume" "in the pod, and are lost with it" }}: {{ include "istio-lightstep.explainQueue" . }}; what {{ if include "istio-lightstep.relays" . }}the satellite refuses is sent again until it is taken, but what is refused for its content is dropped{{ if $subject.backends }}; what a backend refuses for good is dropped{{ end }}{{ else }}the {{ $away }} refuses for good is dropped{{ end }}
{{- else }}spans are lost: proxies keep no queue{{ end }}
To change       {{ include "istio-lightstep.explainChange" . }}
Not covered     {{ include "istio-lightstep.explainNotCovered" . }}
{{- end -}}

{{- define "istio-lightstep.explainQueue" -}}
{{- $queue := .Values._subject.queue -}}
{{- $minutes := div (int64 $queue.seconds) 60 -}}
{{- if eq 1 (int .Values.collector.replicas) }}the collector{{ else }}each of {{ .Values.collector.replicas | toJson }} collectors{{ end }} keeps {{ $queue.eachText }}{{ if not (hasSuffix "i" $queue.eachText) }} bytes{{ end }}
{{- if gt $queue.count 1.0 }} for each of {{ $queue.count }} exporters, which divide its queue evenly{{ end }}, {{ if gt $minutes 120 }}about {{ div $minutes 60 }} hours{{ else if gt $minutes 0 }}about {{ $minutes }} {{ eq 1 (int $minutes) | ternary "minute" "minutes" }}{{ else }}less than a minute{{ end }} at 1,000 spans/s per collector
{{- end -}}

{{- define "istio-lightstep.explainControlPlane" -}}
{{- $subject := .Values._subject -}}
{{- $documents := without $subject.dialect.outputs "cluster" "gatewayValues" | join ", " -}}
{{- if and $subject.dialect.shared .Values.meshConfig.shared -}}
once, SHARED_MESH_CONFIG={{ include "istio-lightstep.provider" . }} in istiod's environment{{ if eq $subject.delivery "direct" }}, with the token{{ end }} (output {{ $documents }})
{{- else -}}
carries the settings: apply the document at each change (output {{ $documents }})
{{- end -}}
{{- end -}}

{{- define "istio-lightstep.explainChange" -}}
{{- if eq .Values._subject.delivery "native" -}}
new settings reach a pod when it restarts
{{- else if eq (toString .Values._subject.receiver) "zipkin" -}}
the collector's by helm upgrade; the proxies' when their pods restart
{{- else if eq .Values._subject.delivery "collector" -}}
by helm upgrade; no pod of an application restarts
{{- else -}}
by helm upgrade; after a new token `kubectl -n {{ include "istio-lightstep.told" (list $ .Values.istio.namespace) }} rollout restart deployment istiod{{ with .Values.istio.revision }}-{{ include "istio-lightstep.told" (list $ .) }}{{ end }}`
{{- end -}}
{{- end -}}

{{- define "istio-lightstep.explainNotCovered" -}}
{{- if has .Values.output .Values._subject.dialect.gatewaysSilent -}}
gateways that istioctl {{ .Values._subject.istio.minor }} installs: they send to Zipkin only
{{- else if eq .Values._subject.delivery "native" -}}
spans of Istio's own components; pods of other injection templates get no CA
{{- else if eq .Values._subject.delivery "direct" -}}
ambient waypoints; Gateway API gateways and other injection templates get no private CA: use the collector there
{{- else -}}
ambient waypoints; Istio's own components
{{- end -}}
{{- end -}}

{{/* Where the collector sends, in the order of its configuration. */}}
{{- define "istio-lightstep.explainTargets" -}}
{{- $targets := list -}}
{{- if include "istio-lightstep.toLightstep" . -}}{{- $targets = append $targets (include "istio-lightstep.told" (list $ .Values.global.tracer.lightstep.address)) -}}{{- end -}}
{{- range .Values._subject.backends -}}{{- $targets = append $targets .name -}}{{- end -}}
{{- join ", " $targets -}}
{{- end -}}

{{/* What the backend of (list $ BACKEND) is sent, and how its Secrets come to it. */}}
{{- define "istio-lightstep.explainBackend" -}}
{{- $root := first . -}}
{{- $subject := $root.Values._subject -}}
{{- $backend := last . -}}
{{- $place := $backend.tracesEndpoint | default $backend.endpoint -}}
{{ $backend.name }}, by {{ $backend.protocol }} to {{ include "istio-lightstep.told" (list $root $place) }}
{{- if $backend.plaintext }}, in plain text{{ end }}
{{- range $subject.backendSecrets }}
{{- if eq .backend $backend.name }}; {{ include "istio-lightstep.told" (list $root (printf "%s from Secret %s, key %s" .file .name .key)) }}{{ end }}
{{- end }}
{{- range $subject.backendHeaders }}
{{- if and .watched (eq .backend $backend.name) (eq $subject.delivery "collector") }}; a new {{ include "istio-lightstep.told" (list $root .name) }} needs no restart{{ end }}
{{- end }}
{{- with $backend.resource }}; with {{ include "istio-lightstep.told" (list $root (keys . | sortAlpha | join ", ")) }} of its own{{ end }}
{{- end -}}

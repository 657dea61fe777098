{{/*
A value as people are told it: (list $ VALUE), on one line, with nothing in it that a terminal acts on, and without the
secrets of the values.
*/}}
{{- define "istio-lightstep.told" -}}
{{- include "istio-lightstep.hidden" (first .) -}}
{{- include "istio-lightstep.item" (dict "value" (last . | toString) "matches" "" "masked" false "hidden" (first .)._hidden) -}}
{{- end -}}

{{/*
Where spans are sent, (list $ ENDPOINT): of a URL the scheme and the host with its port, as a path or query may have a token;
of what else is more than a host with a port what does not look like one.
*/}}
{{- define "istio-lightstep.toldEndpoint" -}}
{{- $endpoint := regexReplaceAll `(?s)^([A-Za-z][A-Za-z0-9+.-]*://)?.*@` (last . | toString) "${1}[redacted]@" -}}
{{- $url := regexFind `^(?i:https?)://[^/?#\\]*` $endpoint -}}
{{- if or $url (regexMatch `^[^/?#@\\]*$` $endpoint) -}}
  {{- include "istio-lightstep.told" (list (first .) ($url | default $endpoint)) -}}
{{- else -}}
  {{- include "istio-lightstep.hidden" (first .) -}}
  {{- include "istio-lightstep.item" (dict "value" $endpoint "matches" "" "masked" true "hidden" (first .)._hidden) -}}
{{- end -}}
{{- end -}}

{{/* The same of a name that the chart makes of such values: a short secret in it is not told from the rest. */}}
{{- define "istio-lightstep.toldName" -}}
{{- $root := first . -}}
{{- $shown := include "istio-lightstep.told" . -}}
{{- range ternary (list $root.Values.nameOverride $root.Values.fullnameOverride $root.Values.clusterDomain) list (not (empty $root._hidden)) -}}
  {{- if ne (toString .) (include "istio-lightstep.told" (list $root .)) -}}{{- $shown = "[redacted]" -}}{{- end -}}
{{- end -}}
{{- $shown -}}
{{- end -}}

{{/*
A summary of the effect of the values in ten lines, for NOTES and `istio-lightstep explain`.
*/}}
{{- define "istio-lightstep.explain" -}}
{{- $subject := ._subject -}}
{{- $lightstep := .Values.global.tracer.lightstep -}}
{{- $address := include "istio-lightstep.told" (list $ $lightstep.address) -}}
{{- $cacertPath := include "istio-lightstep.told" (list $ $lightstep.cacertPath) -}}
{{- $tokenSecret := include "istio-lightstep.toldName" (list $ (include "istio-lightstep.tokenSecret" .)) -}}
{{- $delivery := $subject.delivery -}}
{{- $receiver := toString $subject.receiver -}}
{{- $toLightstep := include "istio-lightstep.toLightstep" . -}}
{{- $away := ternary "satellite" "backend" (and (not (empty $toLightstep)) (empty $subject.backends)) -}}
Istio           {{ include "istio-lightstep.told" (list $ $subject.istio.version) }}: {{ if eq $delivery "native" }}Envoy's LightStep tracer, configured by {{ eq $subject.dialect.native "values" | ternary "the values of Istio's charts" "the mesh config" }}
{{- else if and $subject.dialect.native (eq $receiver "zipkin") }}Zipkin tracer; proxies send spans in Zipkin format
{{- else if eq $receiver "zipkin" }}has neither a LightStep tracer nor an OpenTelemetry tracer; proxies send spans in Zipkin format
{{- else }}OpenTelemetry tracer, through the extension provider {{ include "istio-lightstep.toldName" (list $ (include "istio-lightstep.provider" .)) }}{{ end }}
Route           {{ if eq $delivery "collector" }}proxies -> {{ include "istio-lightstep.toldName" (list $ (include "istio-lightstep.collectorHost" .)) }}:{{ include "istio-lightstep.collectorPort" . }} -> {{ include "istio-lightstep.explainTargets" . }}
{{- else }}proxies -> {{ include "istio-lightstep.explainTargets" . }}{{ end }} (delivery {{ $delivery }})
{{- if include "istio-lightstep.lightstepHost" $lightstep.address }}
End of life     LightStep reached its end of life on 2026-03-01, or does so when your contract ends; `istio-lightstep migrate --backend NAME` adds another backend
{{- end }}
Control plane   {{ include "istio-lightstep.explainControlPlane" . }}
Sampling        {{ include "istio-lightstep.sampling" . }} % of requests
{{- range $subject.backends }}
Backend         {{ include "istio-lightstep.explainBackend" (list $ .) }}
TLS             {{ include "istio-lightstep.told" (list $ .name) }}: {{ include "istio-lightstep.explainTLS" (list $ .) }}
{{- end }}
{{- if $toLightstep }}
Access token    {{ if eq $delivery "native" }}in plain text in the mesh ConfigMap and in every injected pod: this version of Istio supports nothing else
{{- else if eq $delivery "collector" }}in Secret {{ .Release.Namespace }}/{{ $tokenSecret }}, read only by the collector{{ if $lightstep.secure }}; a new one needs no restart{{ end }}
{{- else }}in Secret {{ include "istio-lightstep.told" (list $ .Values.istio.namespace) }}/{{ $tokenSecret }}, read by istiod when it starts, and in plain text in the config dumps of proxies{{ end }}
TLS             {{ if not $lightstep.secure }}none: spans and the access token are sent in plain text
{{- else if $lightstep.cacertPath }}verified with the CA in Secret {{ include "istio-lightstep.toldName" (list $ (include "istio-lightstep.cacertSecret" .)) }}, key {{ include "istio-lightstep.told" (list $ $subject.cacert.key) }}
{{- else }}verified with the public certificate authorities{{ end }}{{ if eq $delivery "collector" }}; {{ include "istio-lightstep.explainHop" . }} from proxy to collector, inside the cluster{{ end }}
CA mounted      {{ if not (include "istio-lightstep.ownCA" .) }}not mounted: no CA is needed
{{- else if eq $delivery "collector" }}in the collector at {{ $cacertPath }}; applications need none
{{- if or (include "istio-lightstep.reloadsCA" .) (include "istio-lightstep.relays" .) }}; a new one needs no restart{{ end }}
{{- else }}at {{ $cacertPath }} in every injected pod and gateway; the Secret must be in {{ range $i, $namespace := include "istio-lightstep.caNamespaces" . | fromJsonArray }}{{ if $i }}, {{ end }}{{ include "istio-lightstep.told" (list $ $namespace) }}{{ end }}{{ end }}
{{- end }}
{{ printf "%s down" (title $away) | printf "%-15s" }} {{ if eq $delivery "collector" }}spans wait {{ .Values.collector.persistence.enabled | ternary "on a volume" "in the pod, and are lost when it stops" }}: {{ include "istio-lightstep.explainQueue" . }}; {{ if include "istio-lightstep.relays" . }}spans that the {{ $away }} rejects are retried until it accepts them, except those rejected for their content, which are dropped{{ else }}spans that the {{ $away }} rejects permanently are dropped{{ end }}
{{- else }}spans are lost: proxies have no queue{{ end }}
To change       {{ include "istio-lightstep.explainChange" . }}
Not covered     {{ include "istio-lightstep.explainNotCovered" . }}
{{- end -}}

{{- define "istio-lightstep.explainQueue" -}}
{{- $queue := ._subject.queue -}}
{{- $minutes := div (int64 $queue.seconds) 60 -}}
{{- if eq "1" (include "istio-lightstep.replicas" .) }}the collector{{ else }}each of {{ include "istio-lightstep.replicas" . }}{{ with .Values.collector.autoscaling }}{{ if .enabled }} to {{ toJson .maxReplicas }}{{ end }}{{ end }} collectors{{ end }} keeps {{ $queue.eachText }}{{ if not (hasSuffix "i" $queue.eachText) }} bytes{{ end }}
{{- if gt $queue.count 1.0 }} for each of {{ $queue.count }} exporters, which share the queue evenly{{ end }}, {{ if gt $minutes 120 }}about {{ div $minutes 60 }} hours{{ else if gt $minutes 0 }}about {{ $minutes }} {{ eq 1 (int $minutes) | ternary "minute" "minutes" }}{{ else }}less than a minute{{ end }} at 1,000 spans/s per collector
{{- end -}}

{{- define "istio-lightstep.explainHop" -}}
{{- get (dict "STRICT" "mutual TLS" "PERMISSIVE" "mutual TLS or plain text") .Values.collector.mtls.mode | default "plain text" -}}
{{- end -}}

{{- define "istio-lightstep.explainControlPlane" -}}
{{- $subject := ._subject -}}
{{- $documents := without $subject.dialect.outputs "cluster" "gatewayValues" | join ", " -}}
{{- if and $subject.dialect.shared .Values.meshConfig.shared -}}
once, SHARED_MESH_CONFIG={{ include "istio-lightstep.toldName" (list . (include "istio-lightstep.provider" .)) }} in istiod's environment{{ if eq $subject.delivery "direct" }}, with the token{{ end }} (output {{ $documents }})
{{- else -}}
contains the settings: apply the document after each change (output {{ $documents }})
{{- end -}}
{{- end -}}

{{- define "istio-lightstep.explainChange" -}}
{{- if eq ._subject.delivery "native" -}}
new settings take effect when a pod restarts
{{- else if eq (toString ._subject.receiver) "zipkin" -}}
collector settings take effect with helm upgrade; proxy settings when pods restart
{{- else if eq ._subject.delivery "collector" -}}
with helm upgrade; application pods do not restart
{{- else -}}
with helm upgrade; after a token rotation `kubectl -n {{ include "istio-lightstep.told" (list $ .Values.istio.namespace) }} rollout restart deployment istiod{{ with .Values.istio.revision }}-{{ include "istio-lightstep.told" (list $ .) }}{{ end }}`
{{- end -}}
{{- end -}}

{{- define "istio-lightstep.explainNotCovered" -}}
{{- if has .Values.output ._subject.dialect.gatewaysSilent -}}
gateways that istioctl {{ ._subject.istio.minor }} installs: they send to Zipkin only
{{- else if eq ._subject.delivery "native" -}}
spans of Istio's own components; pods with other injection templates get no CA
{{- else if eq ._subject.delivery "direct" -}}
ambient waypoints; Gateway API gateways and pods with other injection templates get no private CA: use the collector for them
{{- else -}}
ambient waypoints; Istio's own components
{{- end -}}
{{- end -}}

{{/* Where the collector sends, in the order of its configuration. */}}
{{- define "istio-lightstep.explainTargets" -}}
{{- $targets := list -}}
{{- if include "istio-lightstep.toLightstep" . -}}{{- $targets = append $targets (include "istio-lightstep.toldEndpoint" (list $ .Values.global.tracer.lightstep.address)) -}}{{- end -}}
{{- range ._subject.backends -}}{{- $targets = append $targets (include "istio-lightstep.told" (list $ .name)) -}}{{- end -}}
{{- join ", " $targets -}}
{{- end -}}

{{/* Whether the backend of (list $ BACKEND) is reached by TLS, and by what that is verified. */}}
{{- define "istio-lightstep.explainTLS" -}}
{{- $backend := last . -}}
{{- $own := $backend.exporter.tls | default dict -}}
{{- if $backend.plaintext -}}
none, plain text
{{- else if deepEqual true (get $own "insecure_skip_verify") -}}
not verified, by insecure_skip_verify
{{- else -}}
{{- if not (or (ne $backend.protocol "http") (hasPrefix "https://" (lower $backend.url))) }}as the URL in its variable says, and then {{ end -}}
{{- $ca := get $backend.tls "ca" | default dict -}}
verified with {{ if or (get $own "ca_file") (get $own "ca_pem") }}the CA of exporter.tls
{{- else if $ca.name }}{{ include "istio-lightstep.told" (list (first .) (printf "the CA in Secret %s, key %s" $ca.name ($ca.key | default "ca.crt"))) }}
{{- else }}the public certificate authorities
{{- end -}}
{{- end -}}
{{- end -}}

{{/* What the backend of (list $ BACKEND) is sent, and how its Secrets come to it. */}}
{{- define "istio-lightstep.explainBackend" -}}
{{- $root := first . -}}
{{- $subject := $root._subject -}}
{{- $backend := last . -}}
{{ include "istio-lightstep.told" (list $root $backend.name) }}, over {{ $backend.protocol }} to {{ include "istio-lightstep.toldEndpoint" (list $root $backend.url) }}
{{- $reading := $root.Values.collector.reload.enabled | ternary ", reloaded after a change" ", read when the collector starts" }}
{{- range $subject.backendSecrets }}
{{- if eq .backend $backend.name }}; {{ include "istio-lightstep.told" (list $root (printf "%s from Secret %s, key %s" .file .name .key)) }}
{{- if and (eq $subject.delivery "collector") (ne .kind "client") (not .watched) }}{{ $reading }}{{ end }}{{ end }}
{{- end }}
{{- range $subject.backendHeaders }}
{{- if and .watched (eq .backend $backend.name) (eq $subject.delivery "collector") }}; a new value of {{ include "istio-lightstep.told" (list $root .name) }} needs no restart{{ end }}
{{- end }}
{{- with $backend.resource }}; with {{ include "istio-lightstep.told" (list $root (keys . | sortAlpha | join ", ")) }} set for this backend{{ end }}
{{- end -}}
